import type { Clock } from "../clock.ts";
import type { Call } from "../delivery.ts";
import { echoesOf, unmistakable, withoutEchoes } from "./echo.ts";
import { type SendFailure, sendFailure, timeoutFailure, tooLargeFailure } from "./failure.ts";
import { policy, type Trail } from "./trail.ts";
import type { Policy, Timer } from "./types.ts";

/** How long an attempt in flight may still take once the run was told to stop. */
const graceMs = 20_000;

/** Gives up on one attempt after the call's deadline, or soon after the run was told to stop; reading its body counts. */
export function deadline(timer: Timer, signal: AbortSignal | undefined): Policy {
  return policy(async (request, trail, next) => {
    const controller = new AbortController();
    const giveUp = () => controller.abort(timeoutFailure());
    const cancels = [timer(trail.deadlineMs, giveUp)];
    const stop = () => cancels.push(timer(graceMs, giveUp));
    signal?.addEventListener("abort", stop);
    try {
      return await next(new Request(request, { signal: controller.signal }));
    } finally {
      signal?.removeEventListener("abort", stop);
      for (const cancel of cancels) cancel();
    }
  });
}

/** Notes each attempt for the audit: never a body, a query value or a header but the request's id. */
export function trace(clock: Clock, idHeaders: readonly string[], onCall?: (call: Call) => void): Policy {
  return policy(async (request, trail, next) => {
    const startedAt = clock.now().getTime();
    const note = (status: number, headers?: Headers) => {
      const requestId = idHeaders.map((name) => headers?.get(name)).find((value) => value);
      const call: Call = {
        method: request.method,
        path: new URL(request.url).pathname,
        status,
        ms: clock.now().getTime() - startedAt,
        attempt: trail.calls.length + 1,
        ...(requestId ? { requestId: requestId.slice(0, 100) } : {}),
      };
      trail.calls.push(call);
      onCall?.(call);
    };
    try {
      const response = await next(request);
      note(response.status, response.headers);
      return response;
    } catch (error) {
      const failure = sendFailure(error);
      note(failure.status);
      throw failure;
    }
  });
}

/** Sends the request and reads its answer whole, within the cap; the innermost policy. */
export function exchange(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return policy(async (request, trail) => {
    // The signal is heeded here as well: not every fetch that is passed in does.
    return untilAborted(request.signal, async () => {
      const whole = trail.body === undefined ? request : new Request(request, { body: trail.body });
      const response = await fetch(whole).catch((error: unknown) => {
        throw sendFailure(error);
      });
      return trail.streamed && response.ok ? response : readWhole(response, trail);
    });
  })(fetch);
}

/**
 * Leaves the body on the trail. A server that is not well, or not the right one, may give back in a refusal what proves who we
 * are.
 */
async function readWhole(response: Response, trail: Trail): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > trail.maxBytes) throw tooLargeFailure(response.status);
      chunks.push(chunk);
    }
  } catch (error) {
    throw sendFailure(error, response.status);
  }
  const { status, ok } = response;
  const echoes = echoesOf(trail.hidden);
  const headers = new Headers([...response.headers].map(([name, value]) => [name, withoutEchoes(value, echoes)]));
  const whole = Buffer.concat(chunks);
  const body = maskedBody(whole, ok ? unmistakable(echoes) : echoes);
  trail.raw = body;
  trail.isCutOff = ok && !looksWhole(body);
  return new Response(null, { status, headers });
}

/** What is taken from an answer may end up in an error, a refused record's sentence say; most answers hold no echo. */
function maskedBody(whole: Buffer, echoes: readonly string[]): Buffer {
  const isEcho = echoes.some((echo) => whole.includes(echo));
  return isEcho ? Buffer.from(withoutEchoes(whole.toString("utf8"), echoes)) : whole;
}

/** Whether a body can be a whole JSON text, told from its ends alone: a page, or an object that breaks off, cannot. */
function looksWhole(body: Buffer): boolean {
  const [first, last] = [body.subarray(0, 64).toString("latin1").trim(), body.subarray(-64).toString("latin1").trim()];
  if (first.startsWith("{")) return last.endsWith("}");
  if (first.startsWith("[")) return last.endsWith("]");
  return !first.startsWith("<");
}

async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(failureOf(signal));
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function failureOf(signal: AbortSignal): SendFailure {
  return sendFailure(signal.reason);
}
