import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { createHttp } from "../../core/http/http.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import { slidingThrottle } from "../../core/http/sliding-throttle.ts";
import type { Throttle } from "../../core/http/throttle.ts";
import type { Http } from "../../core/http/types.ts";
import { type ShipBobAuthOptions, shipBobAuth } from "./auth.ts";

/** What the client of an account stands on. */
export interface ShipBobAccess extends ShipBobAuthOptions {
  onCall?(call: Call): void;
}

/** The connection to an account, with the budget it keeps to. */
export interface ShipBobConnection {
  http: Http;
  throttle: Throttle;
  /** Keeps a sign-in from ending where nothing else asks. */
  keepFresh(): Promise<void>;
}

/** The span of ShipBob's budget, and the wait after a 429 that does not say how long (12). */
const windowMs = 60_000;
const perWindow = 150;

/** 408 and what the CDN before ShipBob adds to the usual 5xx (12). */
const transient = [408, 500, 502, 503, 504, 520, 521, 522, 523, 524];

/** Connects to an account: at most 150 requests in any minute, over all endpoints (12). Throws ConfigError. */
export function shipBobConnection(access: ShipBobAccess): ShipBobConnection {
  const { settings, fetch, clock, signal, random, timer, onCall } = access;
  const auth = shipBobAuth(access);
  const throttle = slidingThrottle({
    limit: perWindow,
    windowMs,
    clock,
    read: (headers, status) => budgetOf(headers, status, clock),
  });
  const http = createHttp({
    baseUrl: settings.apiUrl,
    fetch,
    clock,
    system: "shipbob",
    auth,
    throttle,
    deadlineMs: 100_000,
    // The CDN may turn away who does not say what he is (2).
    userAgent: "mlc",
    retry: {
      attempts: 5,
      baseMs: 1_000,
      waitMs: ({ headers, status }) => waitMs(headers, status, clock),
      isTransient: (status) => transient.includes(status),
      ...(random ? { random } : {}),
    },
    ...(signal ? { signal } : {}),
    ...(timer ? { timer } : {}),
    ...(onCall ? { onCall } : {}),
  });
  return { http, throttle, keepFresh: async () => ("keepFresh" in auth ? auth.keepFresh() : undefined) };
}

/** One guide names the first header and the FAQ the second (12). */
function budgetOf(headers: Headers, status: number, clock: Clock) {
  const remaining = count(headers, "x-remaining-calls") ?? count(headers, "x-ratelimit-remaining");
  const resetMs = waitMs(headers, status, clock);
  return {
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetMs === undefined ? {} : { resetMs }),
  };
}

function waitMs(headers: Headers, status: number, clock: Clock): number | undefined {
  const seconds = count(headers, "x-retry-after");
  if (seconds !== undefined) return seconds * 1000;
  return retryAfterMs(headers, clock.now()) ?? (status === 429 ? windowMs : undefined);
}

function count(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)?.trim();
  return text && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
