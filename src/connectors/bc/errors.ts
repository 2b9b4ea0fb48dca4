import { z } from "zod";
import {
  AuthError,
  ConfigError,
  ContractError,
  type ErrorContext,
  type MlcError,
  NotSentError,
  NotYetError,
  RejectedError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../core/errors.ts";
import { withoutEchoes } from "../../core/http/echo.ts";
import type { Answer } from "../../core/http/types.ts";
import { accessHint, accessSentence, hintOf } from "./codes.ts";

const refusal = z.object({ error: z.object({ code: z.string().default(""), message: z.string().default("") }) });

/** What BC says is wrong, without the correlation id at its end, which its support asks for (BC, 4.6). */
export interface Said {
  code?: string;
  sentence?: string;
  correlationId?: string;
}

/** Code, sentence and correlation id of a refusal; nothing where the body has another shape. Pure. */
export function saidBy(body: unknown): Said {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) return {};
  const { code, message } = parsed.data.error;
  const [, sentence = message, correlationId] = /^(.*?)\s*CorrelationId:\s*([\w-]+)\.?\s*$/s.exec(message) ?? [];
  return {
    ...(code ? { code } : {}),
    ...(sentence.trim() ? { sentence: sentence.replace(/\s+/g, " ").trim() } : {}),
    ...(correlationId ? { correlationId } : {}),
  };
}

/** Whether a refusal is about this record, so that the same request is refused again (BC, 4.6). */
function isAboutRecord(code = ""): boolean {
  return /^(Application_|Internal_(RecordNotFound|DataNotFoundFilter|InvalidTableRelation)$)/.test(code);
}

/** Whether a refusal is worth another try: a 500 with a code of the record's is not. Pure. */
export function isTransient(status: number, text: string): boolean {
  if ([408, 502, 503, 504].includes(status)) return true;
  if (status !== 500) return false;
  const { code, sentence } = saidBy(parsed(text));
  return !isAboutRecord(code) && !isPermission(sentence);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A table permission that is missing comes with several statuses and codes; only the sentence is the same (BC, 1.3). */
function isPermission(sentence = ""): boolean {
  return /permission/i.test(sentence) && /TableData/i.test(sentence);
}

/** Whether the record was changed since its tag was read; the reference says 409, servers may say 412 (BC, 4.1). Pure. */
export function isConflict({ status, body }: Pick<Answer, "status" | "body">): boolean {
  return status === 412 || (status === 409 && /^(Request_EntityChanged)?$/.test(saidBy(body).code ?? ""));
}

/** Whether an error says that the address leads nowhere: a page that is not published, a record that is gone (BC, 1.3). Pure. */
export function isNoAddress({ context: { code } }: MlcError): boolean {
  return code === "BadRequest_ResourceNotFound" || code === "404";
}

/** What a call was about. */
export interface About {
  /** `read items`, `post the invoice`. */
  what: string;
  /** The document's number. */
  document?: string;
  isWrite: boolean;
  repeatable: boolean;
  /** What a person can do when the write is refused, instead of the general advice. */
  hint?: string;
  /** Values of people that the call asks for: BC may quote a filter, and this is no error of a document whose people are known. */
  personal?: readonly string[];
}

/** Where the call went, and what the token says we may. */
export interface Access {
  environment: string;
  clientId: string;
  company: string;
  /** Application roles of the token; undefined when it cannot be read. */
  roles?: readonly string[] | undefined;
}

/** The error that an answer other than 2xx is. */
export function bcError(answer: Answer, about: About, access: Access): MlcError {
  const { status } = answer;
  const { code, sentence: said, correlationId } = saidBy(answer.body);
  const { what, document, personal = [] } = about;
  const sentence = said === undefined ? undefined : withoutEchoes(said, personal);
  const context: ErrorContext = {
    system: "bc",
    code: code ?? String(status),
    calls: answer.calls,
    ...(document ? { document } : {}),
    ...(correlationId ? { correlationId } : {}),
  };
  const message = `Business Central ${document ? `${document}: ` : ""}could not ${what} (${code ?? status})${sentence ? `: ${sentence}` : ""}`;
  const asked: Asked = { answer, about, code, sentence, context, message };
  return refusedAccess(asked, access) ?? (about.isWrite ? writeError(asked) : readError(asked));
}

interface Asked {
  answer: Answer;
  about: About;
  code: string | undefined;
  sentence: string | undefined;
  context: ErrorContext;
  message: string;
}

/** The causes that are the set-up's and not the record's: consent, app, permission set, company (BC, 1.3). */
function refusedAccess({ answer, code = "", sentence, context, message }: Asked, access: Access) {
  const { status } = answer;
  const auth = (cause: "consent" | "app" | "either" | "permissions") =>
    new AuthError(`${message}: ${accessSentence(cause, access)}`, { ...context, hint: accessHint(cause, access) });
  if (status === 401 || code.startsWith("Authentication_")) {
    if (access.roles === undefined) return auth("either");
    return auth(access.roles.includes("API.ReadWrite.All") ? "app" : "consent");
  }
  if (status === 403 || code.startsWith("Authorization_") || isPermission(sentence)) return auth("permissions");
  if (code === "Internal_CompanyNotFound") {
    const hint = "Run `mlc connect bc` and choose one of the companies that are there.";
    return new ConfigError(message, { ...context, field: "company", hint });
  }
  return undefined;
}

function readError({ answer, code, context, message }: Asked): MlcError {
  const { status } = answer;
  if (isPassing(status, code)) return new UnavailableError(message, context);
  return new ContractError(message, { ...context, hint: hintOf(code) ?? readHint(status) });
}

function readHint(status: number): string {
  if (status === 405)
    return "Enable API and OData services on the server instance, then integrate the APIs in API Setup.";
  return "Run `mlc doctor`: it compares what the pair uses with what the company has.";
}

function writeError({ answer, about, code, sentence, context, message }: Asked): MlcError {
  const { status, calls } = answer;
  // Only when every attempt was turned away at the door is it sure that nothing was done.
  if (calls.length > 0 && calls.every((call) => call.status === 429)) return new NotSentError(message, context);
  if (code === "Internal_TenantUnavailable" && !about.repeatable) return new NotSentError(message, context);
  if (isAboutRecord(code)) {
    return new RejectedError(message, { ...context, hint: about.hint ?? hintOf(code, sentence) ?? mend });
  }
  if (isConflict(answer)) return new NotYetError(message, context);
  // An earlier attempt made it, as far as anybody can tell: look it up.
  if (code === "Internal_EntityWithSameKeyExists") return new UnknownOutcomeError(message, context);
  if (isPassing(status, code)) {
    return about.repeatable ? new UnavailableError(message, context) : new UnknownOutcomeError(message, context);
  }
  return new RejectedError(message, { ...context, hint: about.hint ?? hintOf(code, sentence) ?? mend });
}

function isPassing(status: number, code: string | undefined): boolean {
  return status === 408 || status === 429 || status >= 500 || code === "Internal_TenantUnavailable";
}

const mend = "Mend in Business Central what it names, then run `mlc replay`.";
