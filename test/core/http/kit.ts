import { jumpingClock } from "../../../src/core/clock.ts";
import { createHttp } from "../../../src/core/http/http.ts";
import { retryAfterMs } from "../../../src/core/http/retry-after.ts";
import type { HttpOptions } from "../../../src/core/http/types.ts";

/** What a fake server does with the n-th request (from 0). */
export type Turn = (request: Request, index: number) => Response | Promise<Response>;

/** A fetch that answers by turns, the last one for ever, and keeps what it was sent. */
export function fakeFetch(...turns: Turn[]) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    if (!(input instanceof Request)) throw new Error("expected a Request");
    requests.push(input);
    return turns[Math.min(requests.length, turns.length) - 1]!(input, requests.length - 1);
  };
  return { fetch, requests };
}

/** A client of a fake server on a clock that jumps. */
export function fakeHttp(turns: Turn[], more: Partial<HttpOptions> = {}) {
  const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
  const { fetch, requests } = fakeFetch(...turns);
  const http = createHttp({
    baseUrl: "https://api.example.com/data",
    fetch,
    clock,
    system: "erp",
    retry: { attempts: 3, waitMs: ({ headers }) => retryAfterMs(headers, clock.now()), random: () => 1 },
    deadlineMs: 10_000,
    ...more,
  });
  return { http, clock, requests, elapsed: () => clock.now().getTime() - Date.parse("2026-11-21T12:00:00Z") };
}

export const json =
  (body: unknown, init: ResponseInit = {}): Turn =>
  () =>
    Response.json(body, init);

export const status =
  (code: number, headers: Record<string, string> = {}, body = ""): Turn =>
  () =>
    new Response(body, { status: code, headers });

/** Rejects as fetch does when the connection fails. */
export const broken =
  (code: string, more: object = {}): Turn =>
  () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error(`it broke: ${code}`), { code }, more) });
  };
