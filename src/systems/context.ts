import type { Clock } from "../core/clock.ts";
import type { Call } from "../core/delivery.ts";
import type { TokenCache } from "../core/http/token-cache.ts";
import type { LabelStore } from "../core/labels.ts";
import type { Secret } from "../core/secret.ts";
import type { KeptSecret } from "../core/secrets/store.ts";

/** What every system is built with. */
export interface SystemContext {
  fetch: typeof fetch;
  clock: Clock;
  signal: AbortSignal;
  tokens: TokenCache;
  secrets: Readonly<Record<string, Secret>>;
  random(): number;
  /** Keeps a secret that mlc made for the system, by its own name; absent where nothing can be kept. */
  keepSecret?(name: string, value: string): Promise<void>;
  /** Reads one of them anew, as another process may have replaced it since this one began. */
  readSecret?(name: string): Promise<KeptSecret | undefined>;
  /** Where labels that were bought are kept. */
  labels: LabelStore;
  /** Sees every call when it is over. */
  onCall?(call: Call): void;
  /** The same of the calls for tokens, which are not counted. */
  onTokenCall?(call: Call): void;
}
