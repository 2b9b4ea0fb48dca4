import type { Call } from "./delivery.ts";

/** What the engine does about an error; each class has one. */
export type Disposition = "stopRun" | "stopSystem" | "stopFlow" | "setAside" | "unknown" | "wait";

/** Where an error happened and what a person can do about it. */
export interface ErrorContext {
  /** System id. */
  system?: string;
  /** The document's number as a person knows it, or its id. */
  document?: string;
  /** The field in the words of the system that has it. */
  field?: string;
  /** The vendor's own error code or the HTTP status. */
  code?: string;
  /** The vendor's id for this request, for its support. */
  correlationId?: string;
  /** One imperative sentence. */
  hint?: string;
  /** What is waited for is sure to come, whenever that is. */
  isEndless?: boolean;
  cause?: unknown;
  /** The calls that led here, for the audit. */
  calls?: readonly Call[];
}

/** Some servers answer with all that they were sent; what a person reads, and the log keeps, has an end. */
const maxMessage = 1000;

/** A text with an end; what is to be masked in it must be masked before. Pure. */
export function shortened(text: string): string {
  return text.length > maxMessage ? `${text.slice(0, maxMessage)}…` : text;
}

/** An error that mlc expects; its class says what to do about it. */
export abstract class MlcError extends Error {
  abstract readonly disposition: Disposition;
  abstract readonly exitCode: number;
  readonly context: Omit<ErrorContext, "cause">;
  readonly #whole: string;

  constructor(message: string, { cause, ...context }: ErrorContext = {}) {
    super(shortened(message), cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.context = context;
    this.#whole = message;
  }

  /** The message before it was shortened: a cut through a person's value would hide it from the masking. */
  get whole(): string {
    return this.#whole;
  }

  /** What a person can do about any error of the class, where nothing better is known. */
  protected readonly usualHint: string | undefined = undefined;

  get hint(): string | undefined {
    return this.context.hint ?? this.usualHint;
  }
}

/** A flag or argument is wrong. */
export class UsageError extends MlcError {
  readonly disposition = "stopRun";
  readonly exitCode = 2;
}

/** A setting or secret is wrong, or state belongs to another account; nothing was sent. */
export class ConfigError extends MlcError {
  readonly disposition = "stopFlow";
  readonly exitCode = 6;
}

/** The system refused our credentials. */
export class AuthError extends MlcError {
  readonly disposition = "stopSystem";
  readonly exitCode = 4;
  protected override readonly usualHint = "Run `mlc connect` and enter the credentials again.";
}

/** The system was unreachable or throttled until the retries ran out. */
export class UnavailableError extends MlcError {
  readonly disposition = "stopFlow";
  readonly exitCode = 5;
  protected override readonly usualHint = "Run it again later: the next run goes on from here.";
}

/** The request never left this machine, so nothing can have happened there; only the engine tells it from its parent. */
export class NotSentError extends UnavailableError {
  constructor(message: string, context?: ErrorContext) {
    super(message, context);
    this.name = "UnavailableError";
  }
}

/** A page came in a shape that the vendor's documentation does not promise. */
export class ContractError extends MlcError {
  readonly disposition = "stopFlow";
  readonly exitCode = 5;
  protected override readonly usualHint = "Check the address in the config; `mlc doctor` says what answers there.";
}

/** The system understood this record and said no. */
export class RejectedError extends MlcError {
  readonly disposition = "setAside";
  readonly exitCode = 3;
  protected override readonly usualHint = "Mend what it names, then run `mlc replay`.";
}

/** This record cannot be translated. */
export class MappingError extends MlcError {
  readonly disposition = "setAside";
  readonly exitCode = 3;
}

/** The write may have been taken; nobody could tell. */
export class UnknownOutcomeError extends MlcError {
  readonly disposition = "unknown";
  readonly exitCode = 3;
}

/** What this depends on is not there yet. */
export class NotYetError extends MlcError {
  readonly disposition = "wait";
  readonly exitCode = 0;
}

/** Local state is damaged or cannot be written. */
export class StateError extends MlcError {
  readonly disposition = "stopRun";
  readonly exitCode = 7;
}

/** Another run holds the lock. */
export class LockedError extends MlcError {
  readonly disposition = "stopRun";
  readonly exitCode = 11;
}

/** A flow stopped itself and wants a person's yes. */
export class AttentionError extends MlcError {
  readonly disposition = "stopFlow";
  readonly exitCode = 3;
}

/** The run was interrupted; what was in flight is saved. */
export class InterruptedError extends MlcError {
  readonly disposition = "stopRun";
  readonly exitCode = 130;
}

/** The same error in other words; what is no error of a call stays as it is. */
export function reworded(error: MlcError, reword: (text: string) => string): MlcError {
  const kinds = [NotSentError, UnavailableError, AuthError, ContractError, RejectedError, UnknownOutcomeError];
  const Kind = kinds.find((kind) => error instanceof kind);
  return Kind ? new Kind(reword(error.whole), { ...error.context, cause: error.cause }) : error;
}

/** Of several exit codes the one that says most: 1, 7, 6, 4, 5, 3, then the rest. */
export function worstExitCode(codes: Iterable<number>): number {
  const order = [1, 130, 143, 2, 11, 7, 6, 4, 5, 3];
  const present = new Set(codes);
  return order.find((code) => present.has(code)) ?? 0;
}
