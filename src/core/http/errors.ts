import {
  ContractError,
  type ErrorContext,
  InterruptedError,
  type MlcError,
  NotSentError,
  UnavailableError,
  UnknownOutcomeError,
} from "../errors.ts";
import { SendFailure } from "./failure.ts";
import type { Trail } from "./trail.ts";

const lookups = "Check the host in the config and this machine's name resolution.";
const certificates =
  "Check the server's certificate and this machine's clock, or name a private authority's certificate in NODE_EXTRA_CA_CERTS.";
const hints: Record<string, string> = {
  ENOTFOUND: lookups,
  EAI_AGAIN: lookups,
  ECONNREFUSED: "Check the address and port in the config, and that nothing blocks the connection.",
  BAD_PORT: "Let the system be served on another port: programs like this one never open that of another protocol.",
  UND_ERR_CONNECT_TIMEOUT: "Check this machine's network and firewall.",
};

/** The error that ends a call, with its class saying what is known of the outcome. */
export function callError(error: unknown, system: string, trail: Trail): unknown {
  if (error instanceof SendFailure) return failureError(error, system, trail);
  if (error instanceof InterruptedError) return new InterruptedError(error.message, { system, calls: trail.calls });
  // The token was not to be had for a repetition, but an earlier attempt may have been taken.
  if (error instanceof NotSentError && trail.mayHaveArrived) {
    return new UnavailableError(error.message, { ...error.context, calls: [...trail.calls], cause: error });
  }
  return error;
}

/** What an answer of 2xx that cannot be read means for a call. */
export function unreadableError(message: string, system: string, trail: Trail): MlcError {
  const context: ErrorContext = { system, calls: trail.calls };
  if (!trail.repeatable) {
    return new UnknownOutcomeError(`${message} Whether it took the request is not known.`, context);
  }
  const hint = "Check that the address is the API's own and that no proxy or login page stands before it.";
  return new ContractError(message, { ...context, hint });
}

function failureError(failure: SendFailure, system: string, trail: Trail): MlcError {
  const context = contextOf(failure, system, trail);
  if (failure.code === "TOO_LARGE") {
    return unreadableError(`${system} sent an answer of more than ${trail.maxBytes} bytes.`, system, trail);
  }
  if (failure.notSent && !trail.mayHaveArrived) {
    return new NotSentError(
      `${system} could not be reached at ${trail.host} (${failure.code}); nothing was sent.`,
      context,
    );
  }
  const what = failure.code === "TIMEOUT" ? `did not answer in ${trail.deadlineMs} ms` : "broke off the connection";
  if (trail.repeatable) return new UnavailableError(`${system} ${what} (${failure.code}).`, context);
  return new UnknownOutcomeError(
    `${system} ${what} (${failure.code}); whether it took the request is not known.`,
    context,
  );
}

function contextOf(failure: SendFailure, system: string, trail: Trail): ErrorContext {
  const isTls = failure.notSent && !failure.passing;
  const hint = hints[failure.code] ?? (isTls ? certificates : undefined);
  return { system, code: failure.code, calls: trail.calls, cause: failure, ...(hint ? { hint } : {}) };
}
