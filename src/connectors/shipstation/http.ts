import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { fixedAuth } from "../../core/http/auth.ts";
import { createHttp } from "../../core/http/http.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import { createThrottle, type Throttle } from "../../core/http/throttle.ts";
import type { Http } from "../../core/http/types.ts";
import { Secret } from "../../core/secret.ts";
import type { ShipStationSettings } from "./config.ts";
import { isTransient } from "./errors.ts";

/** What the clients of one account share. */
export interface ShipStationAccess {
  settings: Pick<ShipStationSettings, "apiUrl" | "apiUrlV2">;
  secrets: Readonly<Record<string, Secret>>;
  fetch: typeof fetch;
  clock: Clock;
  signal?: AbortSignal;
  random?: () => number;
  onCall?(call: Call): void;
}

/** One of the two APIs with its budget. */
export interface Api {
  http: Http;
  throttle: Throttle;
}

/** The wait when no header can be read (V1, 1.1). */
const fallbackMs = 60_000;

/** V1: Basic auth, 40 a minute, waits `X-Rate-Limit-Reset` (V1, 1.1); undefined without key and secret. */
export function v1Api(access: ShipStationAccess): Api | undefined {
  const { apiKey, apiSecret } = access.secrets;
  if (!apiKey || !apiSecret) return undefined;
  const basic = Buffer.from(`${apiKey.reveal()}:${apiSecret.reveal()}`).toString("base64");
  const throttle = createThrottle({
    limit: 40,
    windowMs: 60_000,
    clock: access.clock,
    read: (headers) => budgetOf(headers, "x-rate-limit-reset"),
  });
  const waitMs = (headers: Headers) => seconds(headers, "x-rate-limit-reset");
  const auth = { authorization: new Secret(`Basic ${basic}`) };
  return { throttle, http: apiHttp(access, access.settings.apiUrl, auth, throttle, waitMs) };
}

/** V2: API-Key, 200 a minute, waits `Retry-After` (V2, 7.1); undefined without its key. */
export function v2Api(access: ShipStationAccess): Api | undefined {
  const { apiKeyV2 } = access.secrets;
  if (!apiKeyV2) return undefined;
  const throttle = createThrottle({
    limit: 200,
    windowMs: 60_000,
    clock: access.clock,
    read: (headers) => budgetOf(headers, "retry-after"),
  });
  const waitMs = (headers: Headers) => retryAfterMs(headers, access.clock.now());
  return { throttle, http: apiHttp(access, access.settings.apiUrlV2, { "API-Key": apiKeyV2 }, throttle, waitMs) };
}

function apiHttp(
  { fetch, clock, signal, random, onCall }: ShipStationAccess,
  baseUrl: string,
  auth: Record<string, Secret>,
  throttle: Throttle,
  waitMs: (headers: Headers) => number | undefined,
): Http {
  return createHttp({
    baseUrl,
    fetch,
    clock,
    system: "shipstation",
    throttle,
    auth: fixedAuth(auth),
    deadlineMs: 100_000,
    retry: {
      attempts: 5,
      isTransient,
      waitMs: (response) => (response.status === 429 ? (waitMs(response.headers) ?? fallbackMs) : undefined),
      ...(random ? { random } : {}),
    },
    ...(signal ? { signal } : {}),
    ...(onCall ? { onCall } : {}),
  });
}

function budgetOf(headers: Headers, reset: string) {
  const limit = number(headers, "x-rate-limit-limit");
  const remaining = number(headers, "x-rate-limit-remaining");
  const resetMs = seconds(headers, reset);
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetMs === undefined ? {} : { resetMs }),
  };
}

function number(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)?.trim();
  return text && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function seconds(headers: Headers, name: string): number | undefined {
  const value = number(headers, name);
  return value === undefined ? undefined : value * 1000;
}
