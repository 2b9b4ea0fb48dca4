import { z } from "zod";
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

const refusal = z.object({
  error: z.object({ message: z.string().optional(), innererror: z.object({ message: z.string() }).optional() }),
});

/** Sentences that say nothing of the reason (F&O, 2.5). */
const generic = /^(validate\w+ failed on data source|update has been cancell?ed|an error has occurred)/i;

/** What F&O says is wrong: the infolog's sentences once each, without severity and without generic ones. Pure. */
export function infologOf(body: unknown): string[] {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) return [];
  const { message = "", innererror } = parsed.data.error;
  const text = innererror?.message ?? message;
  const infolog = /Infolog:(.*)$/s.exec(text)?.[1] ?? text;
  const sentences = infolog
    .split(";")
    .map((sentence) => sentence.trim().replace(/^((warning|error|info):\s*)+/i, ""))
    .filter((sentence) => sentence !== "");
  const telling = sentences.filter((sentence) => !generic.test(sentence));
  return [...new Set(telling.length > 0 ? telling : sentences)];
}

/** Whether another process was at the record at the same time, so that the same write may succeed (F&O, 2.5). Pure. */
export function isConflict({ status, body }: Pick<Answer, "status" | "body">): boolean {
  const text = infologOf(body).join(" ");
  return (status === 400 || status === 500) && /update conflict|deadlock|another user|selected for update/i.test(text);
}

/** Whether the write was refused by a check of F&O, whatever the status: then nothing was written. */
function isRefusedByInfolog({ body }: Pick<Answer, "body">): boolean {
  return refusal.safeParse(body).data?.error.innererror?.message.includes("Infolog:") ?? false;
}

/** What a call was about. */
export interface About {
  /** `read SalesOrderHeadersV3`, `write the note`. */
  what: string;
  /** Order number of a call about one order. */
  document?: string;
  isWrite: boolean;
  repeatable: boolean;
}

const registration =
  "Register the client id in F&O under System administration > Setup > Microsoft Entra applications, with a user that is enabled and has the privilege for these entities.";

/** The error that an answer other than 2xx is. */
export function fnoError(answer: Answer, about: About): MlcError {
  const { status, calls } = answer;
  const { what, document, isWrite } = about;
  const said = infologOf(answer.body).join(" ");
  const context: ErrorContext = { system: "fno", code: String(status), calls, ...(document ? { document } : {}) };
  const message = `F&O ${document ? `${document}: ` : ""}could not ${what} (${status})${said ? `: ${said}` : ""}`;
  if (status === 401) {
    const hint = "Check host and tenantId: the token's audience must be the environment's own address.";
    return new AuthError(message, { ...context, hint });
  }
  if (status === 403) return new AuthError(message, { ...context, hint: registration });
  if (isWrite && isRefusedByInfolog(answer))
    return new RejectedError(message, { ...context, hint: "Mend what F&O names, then run `mlc replay`." });
  if (status === 429 || status === 408) return new UnavailableError(message, context);
  if (status >= 500)
    return about.repeatable ? new UnavailableError(message, context) : new UnknownOutcomeError(message, context);
  if (isWrite) {
    const hint =
      status === 404
        ? "Check that the order still exists and that the environment publishes the entity set (`mlc doctor`)."
        : "Mend what F&O names, then run `mlc replay`.";
    return new RejectedError(message, { ...context, hint });
  }
  const hint = "Run `mlc doctor`: it compares the entity sets and fields with the environment's $metadata.";
  return new ContractError(message, { ...context, hint });
}
