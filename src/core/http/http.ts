import ky from "ky";
import { ContractError, InterruptedError } from "../errors.ts";
import { addressOf, baseOf } from "./address.ts";
import { deadline, exchange, trace } from "./attempt.ts";
import { signed } from "./auth.ts";
import { callError, unreadableError } from "./errors.ts";
import { sendFailure, timeoutFailure, tooLargeFailure } from "./failure.ts";
import { parseJson } from "./json-text.ts";
import { inLanes } from "./lanes.ts";
import { retry } from "./retry.ts";
import { throttled } from "./throttle.ts";
import { pipeline, Trail } from "./trail.ts";
import type { Answer, Http, HttpCall, HttpOptions, StreamedAnswer, Timer } from "./types.ts";

const megabyte = 1024 * 1024;
const maxErrorText = 64 * 1024;

/** A client of one account: small policies around ky's fetch, every final status an answer. */
export function createHttp(options: HttpOptions): Http {
  return new HttpClient(options);
}

class HttpClient implements Http {
  readonly system: string;
  readonly #options: HttpOptions;
  readonly #base: ReturnType<typeof baseOf>;
  readonly #timer: Timer;
  readonly #ky: typeof ky;

  constructor(options: HttpOptions) {
    const { clock, signal, system } = options;
    this.system = system;
    this.#options = options;
    this.#base = baseOf(options.baseUrl, system, options.pageHosts);
    this.#timer = options.timer ?? machineTimer;
    const fetch = pipeline(
      exchange(options.fetch),
      retry(options.retry, clock, signal),
      // Around the throttle: what it counts must leave at that time.
      ...(options.lanes ? [inLanes(options.lanes, signal)] : []),
      ...(options.throttle ? [throttled(options.throttle, signal)] : []),
      ...(options.auth ? [signed(options.auth, system)] : []),
      deadline(this.#timer, signal),
      trace(clock, options.requestIdHeaders ?? ["x-request-id", "request-id"], options.onCall),
    );
    // ky's own retry ignores Retry-After and never repeats a POST, and its timeout counts the time spent queueing.
    this.#ky = ky.create({ fetch, retry: 0, timeout: false, throwHttpErrors: false, redirect: "manual" });
  }

  async call(call: HttpCall): Promise<Answer> {
    const { response, trail } = await this.#send(call, false);
    const { status, headers } = response;
    const { raw, calls } = trail;
    if (response.ok) await call.onAnswer?.(raw);
    const text = new TextDecoder().decode(raw);
    if (response.ok) return { status, headers, body: this.#parse(text, response, call, trail), text: "", calls };
    return { status, headers, body: parsedOrUndefined(text), text: text.slice(0, maxErrorText), calls };
  }

  async stream(call: HttpCall): Promise<StreamedAnswer> {
    const { response, trail } = await this.#send(call, true);
    return { status: response.status, body: this.#guarded(response, trail), calls: trail.calls };
  }

  async #send(call: HttpCall, streamed: boolean): Promise<{ response: Response; trail: Trail }> {
    const { signal } = this.#options;
    const { system } = this;
    const url = addressOf(this.#base, call);
    const trail = new Trail({
      host: url.host,
      repeatable: call.repeatable,
      streamed,
      deadlineMs: call.timeoutMs ?? this.#options.deadlineMs,
      maxBytes: call.maxBytes ?? (streamed ? Number.POSITIVE_INFINITY : 64 * megabyte),
      body: bodyOf(call),
    });
    trail.hidden = call.hidden ?? [];
    if (signal?.aborted) throw new InterruptedError("The run was interrupted before it sent.", { system, calls: [] });
    // ky hands options it does not know to fetch, so the trail reaches the policies.
    const request = {
      method: call.method,
      headers: {
        accept: "application/json",
        "user-agent": this.#options.userAgent ?? "mlc",
        ...(call.json === undefined ? {} : { "content-type": "application/json" }),
        ...(call.content ? { "content-type": call.content.type } : {}),
        ...call.headers,
      },
      trail,
    };
    try {
      const response = await this.#ky(url, request);
      if (!call.takesRedirect) this.#refuseRedirect(response, trail);
      return { response, trail };
    } catch (error) {
      throw callError(error, system, trail);
    }
  }

  #refuseRedirect(response: Response, trail: Trail): void {
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return;
    const host = URL.canParse(location, this.#base.url.href) ? new URL(location, this.#base.url).host : "unreadable";
    const { system } = this;
    throw new ContractError(`${system} redirects to ${host}, which is not followed.`, {
      system,
      code: String(response.status),
      calls: trail.calls,
      hint: "Check the address in the config.",
    });
  }

  #parse(text: string, response: Response, call: HttpCall, trail: Trail): unknown {
    if (text.trim() === "") return undefined;
    try {
      return parseJson(text);
    } catch (error) {
      const type = response.headers.get("content-type")?.split(";")[0] ?? "no content type";
      const reason = error instanceof SyntaxError ? error.message : "unreadable";
      const where = `${call.method} ${addressOf(this.#base, call).pathname}`;
      const message = `${this.system} answered ${where} with ${response.status} and a body that is ${reason} (${type}).`;
      throw unreadableError(message, this.system, trail);
    }
  }

  /** The body with the deadline on each silence and our errors for its failures. */
  #guarded(response: Response, trail: Trail): ReadableStream<Uint8Array> {
    const reader = response.body?.getReader();
    let size = 0;
    const read = () => {
      if (!reader) return Promise.resolve({ done: true as const, value: undefined });
      return new Promise<Awaited<ReturnType<typeof reader.read>>>((resolve, reject) => {
        const cancel = this.#timer(trail.deadlineMs, () => reject(timeoutFailure()));
        reader.read().then(resolve, reject).finally(cancel);
      });
    };
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await read();
          if (done) return controller.close();
          size += value.byteLength;
          if (size > trail.maxBytes) throw tooLargeFailure(response.status);
          controller.enqueue(value);
        } catch (error) {
          reader?.cancel().catch(() => undefined);
          controller.error(callError(sendFailure(error, response.status), this.system, trail));
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    });
  }
}

function bodyOf({ json, form, content }: HttpCall): RequestInit["body"] {
  if (json !== undefined) return JSON.stringify(json);
  return form ? new URLSearchParams(form) : content?.bytes;
}

function machineTimer(ms: number, fire: () => void): () => void {
  const timer = setTimeout(fire, ms);
  return () => clearTimeout(timer);
}

function parsedOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
