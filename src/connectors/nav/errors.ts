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
import type { Answer } from "../../core/http/types.ts";
import { isAboutRecord, isConflict, type Reason, reasonIn, type Sentences, saidBy } from "./reasons.ts";

/** What a call was about. */
export interface About {
  /** `read SalesOrder`, `write the tracking number`. */
  what: string;
  /** The document's number. */
  document?: string;
  isWrite: boolean;
  repeatable: boolean;
  /** What a person can do when the write is refused, instead of the general advice. */
  hint?: string;
}

/** Where the call went. */
export interface Access {
  kind: "oauth" | "basic";
  /** The NAV user. */
  username?: string | undefined;
  company: string;
  messages: Sentences;
}

/** What a person does about the reasons that are about one record. */
const hints: Readonly<Partial<Record<Reason, string>>> = {
  missing:
    "Create in Dynamics NAV the code that it misses, or correct it in the pair's settings; then run `mlc replay`.",
  tooLong: "Shorten the text where it comes from, then run `mlc replay`.",
  dialog: "Have the customisation that opens a dialog mended: nobody can answer it here; then run `mlc replay`.",
  setUp: "Fill in in Dynamics NAV what it names, then run `mlc replay`.",
  postingDate: "Open the posting dates in General Ledger Setup or User Setup, then run `mlc replay`.",
};
const mend = "Mend in Dynamics NAV what it names, then run `mlc replay`.";
const reopen = "Nothing is to be done: mlc writes it to the posted shipment; or reopen the order in Dynamics NAV.";

/** Whether it is the order's status that refuses a change. Pure. */
export function isRefusedByStatus(error: unknown): boolean {
  return error instanceof NotYetError && error.hint === reopen;
}

interface Asked {
  answer: Answer;
  about: About;
  code: string | undefined;
  reason: Reason | undefined;
  sentence: string | undefined;
  context: ErrorContext;
  message: string;
}

/** The error that an answer other than 2xx is. */
export function navError(answer: Answer, about: About, access: Access): MlcError {
  const { code, sentence } = saidBy(answer);
  const { what, document } = about;
  const context: ErrorContext = {
    system: "nav",
    code: code ?? String(answer.status),
    calls: answer.calls,
    ...(document ? { document } : {}),
  };
  const message = `Dynamics NAV ${document ? `${document}: ` : ""}could not ${what} (${code ?? answer.status})${sentence ? `: ${sentence}` : ""}`;
  const asked: Asked = {
    answer,
    about,
    code,
    sentence,
    reason: reasonIn(sentence, access.messages),
    context,
    message,
  };
  return (
    refusedAccess(asked, access) ??
    notPublished(asked, access) ??
    (about.isWrite ? writeError(asked, access) : readError(asked))
  );
}

function refusedAccess({ answer, reason, context, message }: Asked, access: Access): MlcError | undefined {
  const { status, headers } = answer;
  if (status === 401) {
    const [cause, hint] = refusedBy(access, headers.get("www-authenticate") ?? "");
    return new AuthError(`${message}: ${cause}`, { ...context, hint });
  }
  if (status === 403 || reason === "permission") {
    const hint = "Give the web service's user in Dynamics NAV a permission set for sales orders and posted shipments.";
    return new AuthError(message, { ...context, hint });
  }
  return undefined;
}

function refusedBy({ kind, username = "" }: Access, asks: string): readonly [cause: string, hint: string] {
  if (kind === "oauth") {
    return [
      "the gateway does not take the token",
      "Check baseUrl, scope and audience: a token is for one address; NAV itself takes no client credentials.",
    ];
  }
  if (/negotiate|ntlm/i.test(asks) && !/basic/i.test(asks)) {
    return [
      "this server instance takes Windows authentication only",
      "Make a second server instance with the credential type NavUserPassword and TLS, and give its address as baseUrl.",
    ];
  }
  return [
    `user ${username} or the web service access key is wrong, or the key has expired`,
    "Create a web service access key on the user's card in Dynamics NAV and enter it with `mlc connect nav`.",
  ];
}

/** A page that is not published and a company in another spelling look alike (NAV, 2.4). */
function notPublished({ answer, about, sentence = "", context, message }: Asked, { company }: Access) {
  const isSegment = /segment/i.test(sentence);
  if (answer.status !== 404 || (about.isWrite && !isSegment)) return undefined;
  return new ConfigError(`${message}: there is no such service, or no company ${company} in that spelling`, {
    ...context,
    hint: "Run `mlc doctor`: it names the companies that there are and the page to publish.",
  });
}

function readError({ answer, reason, context, message }: Asked): MlcError {
  if (isPassing(answer.status) || reason === "locked") return new UnavailableError(message, context);
  const hint = "Run `mlc doctor`: it compares services and fields with what the server publishes.";
  return new ContractError(message, { ...context, hint });
}

function writeError({ answer, about, code, reason, context, message }: Asked, { messages }: Access): MlcError {
  const { status, calls } = answer;
  // Only when every attempt was turned away at the door is it sure that nothing was done.
  if (calls.length > 0 && calls.every((call) => call.status === 429)) return new NotSentError(message, context);
  if (reason === "released") return new NotYetError(message, { ...context, hint: reopen });
  if (reason === "locked" || isConflict(answer, messages)) return new NotYetError(message, context);
  // An earlier attempt made it, as far as anybody can tell: look it up.
  if (reason === "exists") return new UnknownOutcomeError(message, context);
  if (status === 404) {
    const hint = "Look for the document in Dynamics NAV: it was posted or deleted; then run `mlc replay`.";
    return new RejectedError(message, { ...context, hint });
  }
  if (isPassing(status) && reason === undefined && !isAboutRecord(code)) {
    return about.repeatable ? new UnavailableError(message, context) : new UnknownOutcomeError(message, context);
  }
  const known = reason === undefined ? undefined : hints[reason];
  return new RejectedError(message, { ...context, hint: about.hint ?? known ?? mend });
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
