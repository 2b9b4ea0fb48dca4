import type { Clock } from "../clock.ts";
import type { Call } from "../delivery.ts";
import type { Secret } from "../secret.ts";
import type { TokenCache } from "./token-cache.ts";
import type { Timer } from "./types.ts";

/** What the calls to one account are made and signed with. */
export interface AccountAccess {
  secrets: Readonly<Record<string, Secret>>;
  tokens: TokenCache;
  fetch: typeof fetch;
  clock: Clock;
  signal?: AbortSignal;
  random?: () => number;
  timer?: Timer;
  /** Sees every call for a token when it is over. */
  onTokenCall?(call: Call): void;
}
