import { ConfigError } from "../../core/errors.ts";
import type { AccountAccess } from "../../core/http/account-access.ts";
import { fixedAuth } from "../../core/http/auth.ts";
import type { Auth } from "../../core/http/types.ts";
import { Secret } from "../../core/secret.ts";
import type { KeptSecret } from "../../core/secrets/store.ts";
import type { ShipBobAccountSettings } from "./config.ts";
import { missingForOauth, type RefreshingAuth, refreshingAuth } from "./refresh.ts";
import { TokenClient } from "./token.ts";

/** What proves to ShipBob who we are. */
export interface ShipBobAuthOptions extends AccountAccess {
  settings: ShipBobAccountSettings;
  /** Keeps a refresh token that replaces the last one; without it none is exchanged. */
  keepSecret?(name: string, value: string): Promise<void>;
  /** Reads what another process may have kept since. */
  readSecret?(name: string): Promise<KeptSecret | undefined>;
}

/** How an account is joined. */
export type AuthKind = "token" | "oauth";

/** By the secrets that there are; a personal access token comes first. Pure. */
export function authKind(secrets: Readonly<Record<string, Secret>>): AuthKind {
  return secrets.accessToken || !secrets.refreshToken ? "token" : "oauth";
}

/** Signs calls with a personal access token, which does not end, or by OAuth. Throws ConfigError for what is missing. */
export function shipBobAuth(options: ShipBobAuthOptions): Auth | RefreshingAuth {
  const { accessToken, refreshToken } = options.secrets;
  if (accessToken) return fixedAuth({ authorization: new Secret(`Bearer ${accessToken.reveal()}`) });
  if (refreshToken) return oauth(options, refreshToken);
  const hint = "Run `mlc connect shipbob` and enter a personal access token, or sign in.";
  throw new ConfigError("ShipBob needs accessToken, or clientSecret and refreshToken.", {
    system: "shipbob",
    field: "accessToken",
    hint,
  });
}

function oauth(options: ShipBobAuthOptions, refreshToken: Secret): RefreshingAuth {
  const { settings, secrets, tokens, clock, keepSecret, readSecret } = options;
  const { authUrl, clientId } = settings;
  if (clientId === undefined)
    throw missingForOauth("clientId", "Set it to the client id of your application at ShipBob.");
  const { clientSecret } = secrets;
  if (!clientSecret) throw missingForOauth("clientSecret", "Run `mlc connect shipbob` and enter it.");
  if (!keepSecret) throw missingForOauth("a place for the next refresh token", "Run `mlc connect shipbob` first.");
  return refreshingAuth({
    clock,
    cache: tokens,
    client: new TokenClient({ ...options, authUrl }),
    name: ["shipbob", authUrl, clientId].join(" "),
    clientId,
    clientSecret,
    refreshToken,
    keepSecret,
    ...(readSecret ? { readSecret } : {}),
  });
}
