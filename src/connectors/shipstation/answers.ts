import type { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ContractError, UnknownOutcomeError } from "../../core/errors.ts";
import type { Answer } from "../../core/http/types.ts";
import { shipStationError } from "./errors.ts";

/** What a call gave, and the calls it took. */
export interface Given<T> {
  value: T;
  calls: readonly Call[];
  /** The server's clock, where it says it. */
  serverTime?: Date;
}

/** What an answer holds. Throws what stands for a refusal, ContractError. */
export function given<T extends z.ZodType>(answer: Answer, schema: T, what: string): Given<z.infer<T>> {
  if (answer.status < 200 || answer.status > 299) throw shipStationError(answer, what);
  const parsed = schema.safeParse(answer.body);
  if (!parsed.success) throw contract(what, answer);
  const date = Date.parse(answer.headers.get("date") ?? "");
  return { value: parsed.data, calls: answer.calls, ...(Number.isNaN(date) ? {} : { serverTime: new Date(date) }) };
}

/** An unreadable success of a write leaves open what was taken. */
export function written<T extends z.ZodType>(answer: Answer, schema: T, what: string): Given<z.infer<T>> {
  try {
    return given(answer, schema, what);
  } catch (error) {
    if (!(error instanceof ContractError) || answer.status > 299) throw error;
    throw new UnknownOutcomeError(error.message, error.context);
  }
}

/** Of an answer that the documentation does not promise. */
export function contract(what: string, answer: Answer): ContractError {
  return new ContractError(`ShipStation's answer is not in the documented shape (${what}).`, {
    system: "shipstation",
    code: String(answer.status),
    calls: answer.calls,
  });
}
