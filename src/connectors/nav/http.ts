import type { Call } from "../../core/delivery.ts";
import { createHttp } from "../../core/http/http.ts";
import { createLanes } from "../../core/http/lanes.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import type { Http } from "../../core/http/types.ts";
import { type NavAuthOptions, navAuth } from "./auth.ts";
import { isTransient } from "./reasons.ts";

/** What the client of a company stands on. */
export interface NavAccess extends NavAuthOptions {
  onCall?(call: Call): void;
}

/** Connects to a server: few calls at a time, since every row runs the page's own code (NAV, 6). Throws ConfigError. */
export function navConnection(access: NavAccess): Http {
  const { settings, fetch, clock, signal, random, timer, onCall } = access;
  return createHttp({
    baseUrl: settings.baseUrl,
    fetch,
    clock,
    system: "nav",
    auth: navAuth(access),
    lanes: createLanes(3),
    pageHosts: settings.pageHosts,
    deadlineMs: 120_000,
    retry: {
      attempts: 5,
      baseMs: 1_000,
      maxMs: 30_000,
      waitMs: ({ headers }) => retryAfterMs(headers, clock.now()),
      isTransient: (status, text) => isTransient(status, text, settings.messages),
      ...(random ? { random } : {}),
    },
    ...(signal ? { signal } : {}),
    ...(timer ? { timer } : {}),
    ...(onCall ? { onCall } : {}),
  });
}
