import {
  AuthError,
  ContractError,
  type ErrorContext,
  type MlcError,
  RejectedError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../core/errors.ts";
import type { Answer } from "../../core/http/types.ts";

const system = "shipstation";

/** Whether ShipStation's sentence is about itself rather than the record: SQL time-outs, throttling (V1, 1.1 and 1.2). */
function isPassing(text: string): boolean {
  return /time-?\s?out|timed out|deadlock|too many requests/i.test(text);
}

/** Whether a refusal is worth another try; a 500 that names an exception is about the record (V1, 1.2). */
export function isTransient(status: number, text: string): boolean {
  if (status === 500) return !text.includes("ExceptionMessage") || isPassing(text);
  return [408, 502, 503, 504].includes(status) || /too many requests/i.test(text);
}

/** What a refusal says, in the order in which its members tell most (V1, 1.2; V2, 7.1). Pure. */
export function messageOf(body: unknown): { message?: string; field?: string; code?: string; correlationId?: string } {
  const { ModelState, ExceptionMessage, Message, message, errors, request_id } = membersOf(body);
  const states = Object.entries(membersOf(ModelState));
  const [first] = states;
  if (first) {
    const sentences = states.flatMap(([, value]) => (Array.isArray(value) ? value : [value]));
    return { message: sentences.filter((text) => typeof text === "string").join(" "), field: fieldOf(first[0]) };
  }
  const v2 = Array.isArray(errors) ? membersOf(errors[0]) : {};
  const sentence = [ExceptionMessage, v2.message, Message, message].find(
    (text): text is string => typeof text === "string" && text !== "",
  );
  return {
    ...(sentence === undefined ? {} : { message: sentence }),
    ...(typeof v2.error_code === "string" ? { code: v2.error_code } : {}),
    ...(typeof request_id === "string" ? { correlationId: request_id } : {}),
  };
}

/** `apiOrder.shipTo.country` and `apiOrders[0].shipTo.country` are both `shipTo.country` (V1, 1.2). */
function fieldOf(key: string): string {
  return key.replace(/^(?:apiOrders?|request)(?:\[\d+\])?\./, "");
}

function membersOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value)) : {};
}

/** The error behind an answer that is no success. */
export function shipStationError(answer: Answer, what: string): MlcError {
  const { message, field, code, correlationId } = messageOf(answer.body);
  const context: ErrorContext = {
    system,
    code: code ?? String(answer.status),
    calls: answer.calls,
    ...(field === undefined ? {} : { field }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  const sentence = message ?? `status ${answer.status}`;
  const { status } = answer;
  if (status === 401 || status === 402 || status === 403) return refused(status, sentence, context);
  if (status === 429 || status === 408 || isPassing(sentence)) {
    return new UnavailableError(`ShipStation could not ${what} now: ${sentence}`, context);
  }
  if (status === 400 || status === 404 || status === 409 || status === 422 || (status === 500 && message)) {
    return new RejectedError(`ShipStation refused to ${what}: ${sentence}`, { ...context, hint: mend });
  }
  if (status >= 500) return new UnavailableError(`ShipStation could not ${what}: ${sentence}`, context);
  return new ContractError(`ShipStation answered ${status} when asked to ${what}: ${sentence}`, context);
}

/**
 * The error of a write that broke: a 500 that names no fault of the record may still come of one order alone (V1, 1.2). Many
 * are refused whole, so that they are split until it stands alone; one may have been taken, and is looked up.
 */
export function brokenWrite(answer: Answer, what: string, count: number): MlcError | undefined {
  const { message } = messageOf(answer.body);
  if (answer.status !== 500 || !isTransient(500, JSON.stringify(answer.body ?? ""))) return undefined;
  if (/too many requests/i.test(message ?? "")) return undefined;
  const refused = new RejectedError(`ShipStation breaks when asked to ${what}: ${message ?? "status 500"}`, {
    system,
    code: "500",
    calls: answer.calls,
    hint: mend,
  });
  if (count > 1) return refused;
  return new UnknownOutcomeError(refused.message, { system, code: "500", calls: answer.calls, cause: refused });
}

const mend = "Mend in the ERP what ShipStation names, then run `mlc replay`.";

const hints = {
  401: "Run `mlc connect shipstation` and enter the API key and secret again.",
  402: "Ask the account's owner for a plan with API access, or run `mlc connect shipstation` with another account.",
  403: "Give the API key's user access in ShipStation's settings.",
} as const;

function refused(status: 401 | 402 | 403, sentence: string, context: ErrorContext): AuthError {
  return new AuthError(`ShipStation refused our credentials: ${sentence}`, { ...context, hint: hints[status] });
}
