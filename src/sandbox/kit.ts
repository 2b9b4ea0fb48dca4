/** The shared ground of the simulated vendors: clock, ledger, faults by seed. */

/** What the sandbox reads the time from; tests pass their own. */
export interface SandboxClock {
  now(): Date;
}

/** One write that a simulated vendor took. */
export interface LedgerEntry {
  at: string;
  /** What was done, in the vendor's words: `createorder`, `PATCH SalesOrderHeadersV3`. */
  action: string;
  /** The vendor's key of the document, or our key where the vendor keeps it. */
  key: string;
  body: unknown;
}

/** The faults a simulated vendor can show. */
export type Fault =
  | "throttled" // 429 with the vendor's headers
  | "throttledBare" // 429 without any header
  | "serverError" // 500 in the vendor's error shape
  | "unavailable" // 503
  | "resetBefore" // connection dropped, nothing done
  | "resetAfter" // connection dropped after the commit
  | "truncated" // 200 with JSON cut in half
  | "html"; // 200 with an HTML page

/** Chooses the fault for a request, or none. Called once a request, before the vendor sees it. */
export type FaultPlan = (request: Request) => Fault | undefined;

/** What `serve` of @hono/node-server hands over beside the request; absent in-process. */
export interface SocketEnv {
  outgoing?: { destroy(): unknown };
}

/** A simulated vendor: an app to call in-process or to serve on loopback. */
export interface SimulatedVendor {
  fetch(request: Request, env?: SocketEnv): Promise<Response>;
  /** Every request that arrived, as `METHOD /path` without the query, oldest first. */
  readonly requests: string[];
  readonly ledger: LedgerEntry[];
  /** Settable while it runs. */
  faults: FaultPlan | undefined;
}

/** A repeatable stream of numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A plan in which each request meets one of the faults with the given probability. */
export function faultMix(seed: number, probability: number, faults: readonly Fault[]): FaultPlan {
  const random = seededRandom(seed);
  return () => (random() < probability ? faults[Math.floor(random() * faults.length)] : undefined);
}

/** What vendors differ in when they answer: their clock, which dates each answer, and the shapes of refusals. */
export interface FaultAnswers {
  clock: SandboxClock;
  throttled(): Response;
  serverError(): Response;
}

/** Drops the connection: destroys the socket when served, rejects like `fetch` in-process. */
export function dropConnection(env: SocketEnv | undefined): Response {
  if (!env?.outgoing)
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
  env.outgoing.destroy();
  return new Response(null, { headers: { "x-hono-already-sent": "true" } });
}

/** Answers a request through `handle`, with the planned fault around it and the vendor's own time in `Date`. */
export async function answerWithFault(
  fault: Fault | undefined,
  env: SocketEnv | undefined,
  answers: FaultAnswers,
  handle: () => Promise<Response>,
): Promise<Response> {
  const response = await answerOrFault(fault, env, answers, handle);
  // Without it the server that carries the answer would give this machine's time.
  response.headers.set("date", answers.clock.now().toUTCString());
  return response;
}

async function answerOrFault(
  fault: Fault | undefined,
  env: SocketEnv | undefined,
  answers: FaultAnswers,
  handle: () => Promise<Response>,
): Promise<Response> {
  switch (fault) {
    case undefined:
      return handle();
    case "throttled":
      return answers.throttled();
    case "throttledBare":
      return new Response(JSON.stringify({ message: "Too Many Requests" }), { status: 429 });
    case "serverError":
      return answers.serverError();
    case "unavailable":
      return new Response("Service Unavailable", { status: 503, headers: { "content-type": "text/plain" } });
    case "resetBefore":
      return dropConnection(env);
    case "resetAfter":
      await handle();
      return dropConnection(env);
    case "truncated": {
      const response = await handle();
      const text = await response.text();
      return new Response(text.slice(0, Math.floor(text.length / 2)), {
        status: response.status,
        headers: { "content-type": "application/json" },
      });
    }
    case "html":
      return new Response("<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>", {
        headers: { "content-type": "text/html; charset=utf-8" },
      });
  }
}
