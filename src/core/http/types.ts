import type { Clock } from "../clock.ts";
import type { Call } from "../delivery.ts";
import type { Lanes } from "./lanes.ts";
import type { Throttle } from "./throttle.ts";

/** Wraps a fetch with one concern. */
export type Policy = (next: typeof fetch) => typeof fetch;

/** One request as a client method names it. */
export interface HttpCall {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Under the base address, or an absolute address on the same host (a page link). */
  path: string;
  /** Added to what the path has; undefined values are left out. */
  query?: Record<string, string | number | undefined> | URLSearchParams;
  json?: unknown;
  form?: Record<string, string>;
  /** A body as it is, a file say, with its media type. */
  content?: { type: string; bytes: Uint8Array<ArrayBuffer> };
  /** Values of the form that must not be shown when the server gives them back. */
  hidden?: readonly string[];
  headers?: Record<string, string>;
  /** Sending it twice has no second effect, so it is sent again after failures that leave its outcome open. */
  repeatable: boolean;
  /** For one attempt, instead of the client's. */
  timeoutMs?: number;
  /** Instead of 64 MiB. */
  maxBytes?: number;
  /** Gets the body of an answer of 2xx before anything of it is read: what must not be lost is kept first. */
  onAnswer?(raw: Uint8Array): Promise<void>;
  /** A redirect is an answer too, for the caller to look at; else it is refused. It is never followed. */
  takesRedirect?: true;
}

/** The last answer to a call, whatever its status. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON; undefined when empty, or when a refusal is not JSON. */
  body: unknown;
  /** The raw text of a refusal, capped; empty for 2xx. */
  text: string;
  calls: Call[];
}

/** The answer to a call whose body is read piece by piece. */
export interface StreamedAnswer {
  status: number;
  /** Empty for a refusal. */
  body: ReadableStream<Uint8Array>;
  calls: Call[];
}

/** One vendor account over HTTP. */
export interface Http {
  /** System id. */
  readonly system: string;
  /**
   * Answers for every HTTP status. Throws NotSentError, UnavailableError (repeatable calls), UnknownOutcomeError (calls
   * that are not), ContractError, InterruptedError, and what the Auth throws. A call that is not repeatable and ends in
   * InterruptedError has had no effect.
   */
  call(call: HttpCall): Promise<Answer>;
  stream(call: HttpCall): Promise<StreamedAnswer>;
}

/** Gives the headers that prove who we are; shared by all calls to an account. */
export interface Auth {
  /** `refused` are headers answered with 401: they are renewed once, however many calls were refused with them. */
  headers(refused?: Readonly<Record<string, string>>): Promise<Record<string, string>>;
}

/** How often and how long after failures a call is sent again. */
export interface RetrySettings {
  /** All sends of a call, the first one included. */
  attempts: number;
  /** How long the server asks to wait; undefined when it does not say. */
  waitMs(response: Response): number | undefined;
  /** The first wait's upper bound when the server does not say; doubles each time. Default 500. */
  baseMs?: number;
  /** The bound of those waits. Default 30,000. */
  maxMs?: number;
  random?: () => number;
  /** Refusals worth another try of a repeatable call. Default: 408, 500, 502, 503, 504. A 429 always is. */
  isTransient?(status: number, text: string): boolean;
}

/** What a client of one account is made of. */
export interface HttpOptions {
  baseUrl: string;
  fetch: typeof fetch;
  clock: Clock;
  /** System id, for errors. */
  system: string;
  retry: RetrySettings;
  throttle?: Throttle;
  /** At most so many requests are under way at once. */
  lanes?: Lanes;
  auth?: Auth;
  /** For one attempt, its body included; when streaming, for each silence. */
  deadlineMs: number;
  /** Cuts waits at once and keeps calls from beginning; a request in flight is finished. */
  signal?: AbortSignal;
  onCall?: (call: Call) => void;
  /** Other hosts that page links may name; only their path and query are used. */
  pageHosts?: readonly string[];
  /** Headers of answers whose value is the vendor's id for the request. */
  requestIdHeaders?: readonly string[];
  userAgent?: string;
  /** Calls back after so many milliseconds unless cancelled; the default is the machine's timer. */
  timer?: Timer;
}

/** Calls `fire` once after `ms`; the returned function cancels. */
export type Timer = (ms: number, fire: () => void) => () => void;
