import type { Clock } from "../../core/clock.ts";
import { ConfigError } from "../../core/errors.ts";
import { fixedAuth } from "../../core/http/auth.ts";
import type { TokenCache } from "../../core/http/token-cache.ts";
import type { Auth, Timer } from "../../core/http/types.ts";
import type { Call } from "../../core/ports.ts";
import { Secret } from "../../core/secret.ts";
import type { ShipBobSettings } from "./config.ts";

/** What proves to ShipBob who we are. */
export interface ShipBobAuthOptions {
  settings: ShipBobSettings;
  secrets: Readonly<Record<string, Secret>>;
  tokens: TokenCache;
  fetch: typeof fetch;
  clock: Clock;
  signal?: AbortSignal;
  random?: () => number;
  timer?: Timer;
  /** Sees every call for a token when it is over. */
  onTokenCall?(call: Call): void;
  /** Keeps a refresh token that replaces the last one; without it nothing is refreshed. */
  keepSecret?(name: string, value: string): Promise<void>;
}

/** How an account is joined. */
export type AuthKind = "token" | "oauth";

/** By the secrets that there are; a personal access token comes first. Pure. */
export function authKind(secrets: Readonly<Record<string, Secret>>): AuthKind {
  return secrets.accessToken || !secrets.refreshToken ? "token" : "oauth";
}

/** Signs calls with a personal access token. Throws ConfigError for what is missing. */
export function shipBobAuth({ secrets }: ShipBobAuthOptions): Auth {
  const { accessToken } = secrets;
  if (accessToken) return fixedAuth({ authorization: new Secret(`Bearer ${accessToken.reveal()}`) });
  const hint = "Run `mlc connect shipbob` and enter a personal access token, or sign in.";
  throw new ConfigError("ShipBob needs accessToken, or clientSecret and refreshToken.", {
    system: "shipbob",
    field: "accessToken",
    hint,
  });
}
