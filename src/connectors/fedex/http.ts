import type { Call } from "../../core/delivery.ts";
import { ConfigError } from "../../core/errors.ts";
import type { AccountAccess } from "../../core/http/account-access.ts";
import { createHttp } from "../../core/http/http.ts";
import type { Auth, Http } from "../../core/http/types.ts";
import { fedexAuth } from "./auth.ts";
import type { FedExSettings } from "./config.ts";
import { inflating } from "./inflate.ts";
import { type DailyCount, projectThrottle, windowMs } from "./quota.ts";

/** What the clients of one account share. */
export interface FedExAccess extends AccountAccess {
  settings: Pick<FedExSettings, "apiUrl">;
  onCall?(call: Call): void;
}

/** One project of FedEx's developer portal: Track must have one of its own (0). */
export interface Project {
  http: Http;
  auth: Auth;
}

const secretNames = { ship: ["apiKey", "apiSecret"], track: ["trackApiKey", "trackApiSecret"] } as const;

/** The ship or the track project; throws ConfigError when its key is not set. `count` counts all that it sends. */
export function projectOf(access: FedExAccess, kind: keyof typeof secretNames, count?: DailyCount): Project {
  const { settings, secrets, tokens, fetch, clock, signal, random, timer, onCall, onTokenCall } = access;
  const [id, secret] = secretNames[kind];
  const { [id]: clientId, [secret]: clientSecret } = secrets;
  const names = `${id} and ${secret}`;
  if (!clientId || !clientSecret) {
    const hint = "Run `mlc connect fedex` and enter the missing keys.";
    throw new ConfigError(`FedEx needs ${names} for this.`, { system: "fedex", field: id, hint });
  }
  const shared = {
    clock,
    ...(signal ? { signal } : {}),
    ...(timer ? { timer } : {}),
  };
  const auth = fedexAuth({
    ...shared,
    ...(random ? { random } : {}),
    apiUrl: settings.apiUrl,
    names,
    clientId,
    clientSecret,
    fetch,
    cache: tokens,
    ...(onTokenCall ? { onCall: onTokenCall } : {}),
  });
  const throttle = projectThrottle(clock, count);
  const http = createHttp({
    ...shared,
    baseUrl: settings.apiUrl,
    fetch: inflating(fetch),
    system: "fedex",
    throttle,
    auth,
    // Every create that is given up is one whose outcome is not known (8.6).
    deadlineMs: 60_000,
    retry: {
      attempts: 4,
      // After the second 429 the throttle lets nothing pass, so there is nothing to wait for.
      waitMs: ({ status }) => (status === 429 ? (throttle.isUsedUp ? 0 : windowMs) : undefined),
      ...(random ? { random } : {}),
    },
    ...(onCall ? { onCall } : {}),
  });
  return { http, auth };
}
