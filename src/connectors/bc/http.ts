import type { Call } from "../../core/delivery.ts";
import { ConfigError } from "../../core/errors.ts";
import type { AccountAccess } from "../../core/http/account-access.ts";
import { createHttp } from "../../core/http/http.ts";
import { createLanes } from "../../core/http/lanes.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import { slidingThrottle } from "../../core/http/sliding-throttle.ts";
import type { Throttle } from "../../core/http/throttle.ts";
import type { Auth, Http } from "../../core/http/types.ts";
import { entraAuth } from "../entra/auth.ts";
import type { BcSettings } from "./config.ts";
import { isTransient } from "./errors.ts";

/** What the clients of one company share. */
export interface BcAccess extends AccountAccess {
  settings: BcSettings;
  onCall?(call: Call): void;
}

/** The connection to an environment, with the budget it keeps to. */
export interface BcConnection {
  http: Http;
  auth: Auth;
  throttle: Throttle;
}

/** The vendor's own host, which page links name whatever proxy stands before it. */
const ownHost = "api.businesscentral.dynamics.com";
/** One scope for all environments (BC, 1.2). */
const scope = `https://${ownHost}/.default`;

/** How long a write's answer is waited for: fetch gives up on a silent server after 300 s, BC's gateway after 600 (BC, 3.3). */
export const writeMs = 290_000;

/** Connects to an environment: at most 5 calls at once and 6,000 in any 5 minutes (BC, 3.3). Throws ConfigError without a secret. */
export function bcConnection(access: BcAccess): BcConnection {
  const { settings, fetch, clock, signal, random, timer, onCall } = access;
  const auth = authOf(access);
  const throttle = slidingThrottle({
    limit: 6_000,
    windowMs: 300_000,
    clock,
    read: (headers) => {
      const resetMs = retryAfterMs(headers, clock.now());
      return resetMs === undefined ? undefined : { resetMs };
    },
  });
  const http = createHttp({
    baseUrl: settings.apiUrl,
    fetch,
    clock,
    system: "bc",
    auth,
    throttle,
    lanes: createLanes(5),
    pageHosts: [ownHost],
    deadlineMs: 120_000,
    retry: {
      attempts: 6,
      baseMs: 2_000,
      maxMs: 60_000,
      waitMs: ({ headers }) => retryAfterMs(headers, clock.now()),
      isTransient,
      ...(random ? { random } : {}),
    },
    ...(signal ? { signal } : {}),
    ...(timer ? { timer } : {}),
    ...(onCall ? { onCall } : {}),
  });
  return { http, auth, throttle };
}

function authOf(access: BcAccess): Auth {
  const { settings, secrets, tokens, fetch, clock, signal, random, timer, onTokenCall } = access;
  const { authority, tenantId, clientId } = settings;
  const { clientSecret } = secrets;
  if (!clientSecret) {
    const hint = "Run `mlc connect bc` and enter the client secret.";
    throw new ConfigError("Business Central needs clientSecret.", { system: "bc", field: "clientSecret", hint });
  }
  return entraAuth({
    authority,
    tenantId,
    clientId,
    secret: clientSecret,
    scope,
    system: "bc",
    fetch,
    clock,
    cache: tokens,
    ...(signal ? { signal } : {}),
    ...(random ? { random } : {}),
    ...(timer ? { timer } : {}),
    ...(onTokenCall ? { onCall: onTokenCall } : {}),
  });
}
