import { z } from "zod";
import {
  AuthError,
  ContractError,
  type ErrorContext,
  type MlcError,
  NotSentError,
  RejectedError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../core/errors.ts";
import type { Answer } from "../../core/http/types.ts";
import { hintOf } from "./codes.ts";
import { type FedExError, fedexErrorSchema } from "./schema.ts";

const system = "fedex";

/** What an answer says went wrong, whichever of FedEx's forms it took (7). */
export interface Refusal {
  /** Every error it names; a gateway's own form is one without a code. */
  errors: { code?: string; message?: string }[];
  /** FedEx's id of the request, which its support asks for. */
  transactionId?: string;
}

const bodySchema = z.looseObject({
  transactionId: z.string().optional().catch(undefined),
  errors: z.unknown().optional(),
  output: z.looseObject({ cxsErrors: z.unknown().optional() }).optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  error_detail: z.string().optional().catch(undefined),
});

/** The refusal in an answer: `errors[]`, `output.cxsErrors[]` under any status, or a gateway's own form (7). Pure. */
export function refusalOf(answer: Pick<Answer, "status" | "body">): Refusal {
  const body = bodySchema.safeParse(answer.body).data;
  if (!body) return { errors: [] };
  const { transactionId, error, error_description, error_detail } = body;
  const listed = [...entriesOf(body.errors), ...entriesOf(body.output?.cxsErrors)].map(told);
  const sentence = error_description ?? error_detail ?? error;
  const gateway = sentence === undefined || sentence === "" ? [] : [{ message: sentence }];
  return {
    errors: listed.length > 0 ? listed : gateway,
    ...(transactionId === undefined ? {} : { transactionId }),
  };
}

function entriesOf(value: unknown): FedExError[] {
  const entries = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return entries.map(
    (entry) => fedexErrorSchema.safeParse(entry).data ?? { message: String(entry), parameterList: [] },
  );
}

/** FedEx has a sentence for a sentence it does not find: the code is then all it says (7). */
function told({ code, message }: FedExError): { code?: string; message?: string } {
  const isSaid = message && !/not able to retrieve the message/i.test(message);
  return { ...(code ? { code } : {}), ...(isSaid ? { message } : {}) };
}

/** Whether an answer is a success on every level that stands for the whole call (7). Pure. */
export function isRefused(answer: Pick<Answer, "status" | "body">): boolean {
  return answer.status < 200 || answer.status > 299 || refusalOf(answer).errors.length > 0;
}

/** The error of an answer to a call that may be repeated. */
export function fedexError(answer: Answer, what: string): MlcError {
  const { sentence, context } = saidBy(answer);
  const { status } = answer;
  const refused = sureError(answer, what);
  if (refused) return refused;
  if (status === 404) {
    const hint = context.hint ?? "Check apiUrl in the config; it is https://apis.fedex.com for real shipments.";
    return new ContractError(`FedEx does not know what it was asked for (${what}): ${sentence}`, { ...context, hint });
  }
  if (status === 408 || status === 429 || status >= 500 || (status <= 299 && isOutage(context.code))) {
    return new UnavailableError(`FedEx could not ${what}: ${sentence}`, context);
  }
  if (status <= 299 || status === 409 || status === 422) {
    return new RejectedError(`FedEx refused to ${what}: ${sentence}`, { hint: mend, ...context });
  }
  return new ContractError(`FedEx answered ${status} when asked to ${what}: ${sentence}`, context);
}

/**
 * The error of an answer to a create call without a tracking number. Only 400, 401, 403, 404 and 429 prove that nothing was
 * made (8.3); whatever else came leaves it open, a 200 with errors included.
 */
export function createError(answer: Answer, what: string): MlcError {
  const { sentence, context } = saidBy(answer);
  const { status } = answer;
  const refused = sureError(answer, what);
  if (refused) return refused;
  if (status === 404 || status === 429) {
    const hint =
      status === 404 ? "Check apiUrl in the config; it is https://apis.fedex.com for real shipments." : later;
    const message = `FedEx could not ${what}: ${sentence}. Nothing was created.`;
    return new NotSentError(message, { hint, ...context });
  }
  const open = `FedEx answered ${status} without a tracking number when asked to ${what}: ${sentence}.`;
  return new UnknownOutcomeError(`${open} Whether it made a label is not known.`, { ...context, hint: lookUp });
}

/** The refusals that mean the same for every call: the record's fault, or the credentials'. */
function sureError(answer: Answer, what: string): MlcError | undefined {
  const { sentence, context, code } = saidBy(answer);
  const { status } = answer;
  if (status === 401 || status === 403) {
    return new AuthError(`FedEx refused our credentials (${what}): ${sentence}`, {
      hint: authHints[status],
      ...context,
    });
  }
  if (status !== 400) return undefined;
  if (code !== undefined && accountCodes.includes(code)) {
    return new AuthError(`FedEx does not let this project use the account (${what}): ${sentence}`, context);
  }
  return new RejectedError(`FedEx refused to ${what}: ${sentence}`, { hint: mend, ...context });
}

function saidBy(answer: Answer): { sentence: string; code?: string; context: ErrorContext } {
  const { errors, transactionId } = refusalOf(answer);
  const code = errors.find((error) => error.code !== undefined)?.code;
  const hint = errors.map((error) => hintOf(error.code)).find((known) => known !== undefined);
  const sentences = errors
    .slice(0, 3)
    .map(({ code: its, message }) =>
      [message?.replace(/[.\s]+$/, ""), its && (message ? `(${its})` : its)].filter(Boolean).join(" "),
    );
  return {
    sentence: sentences.join("; ") || `status ${answer.status}`,
    ...(code === undefined ? {} : { code }),
    context: {
      system,
      code: code ?? String(answer.status),
      calls: answer.calls,
      ...(transactionId === undefined ? {} : { correlationId: transactionId.slice(0, 100) }),
      ...(hint === undefined ? {} : { hint }),
    },
  };
}

/** Whether a failure that came with a 200 is FedEx's own, `SYSTEM.UNAVAILABLE.EXCEPTION` say, and passes. */
function isOutage(code = ""): boolean {
  return /^(SYSTEM|INTERNAL|SERVICE)\.(UNEXPECTED|UNAVAILABLE|SERVER)\b/.test(code);
}

/** Every order would be refused alike, so it is the account's set-up and not the order that is wrong. */
const accountCodes = ["ACCOUNTNUMBER.REGISTRATION.REQUIRED", "SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED"];

const mend = "Mend what FedEx names, then run `mlc replay`.";
const later = "Run it again later: the next run goes on from here.";
const lookUp = "Run `mlc sync orders` again later: it asks FedEx for the reference, and buys no second label.";
const authHints = {
  401: "Run `mlc connect fedex` and enter the API keys again.",
  403: "Enable the API for the key's project in FedEx's developer portal: Ship and Track are projects of their own.",
} as const;
