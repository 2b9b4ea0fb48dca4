import {
  AuthError,
  ContractError,
  type ErrorContext,
  MlcError,
  NotSentError,
  RejectedError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../core/errors.ts";
import { withoutEchoes } from "../../core/http/echo.ts";
import type { Answer } from "../../core/http/types.ts";
import type { AuthKind } from "./auth.ts";

const system = "shipbob";

/** What a refusal says, whichever of ShipBob's shapes it took (12). */
export interface Said {
  sentence?: string;
  field?: string;
  code?: string;
}

/** Sentence and field of a refusal: field map, problem details, `message`, framework object, string, raw text. Pure. */
export function saidBy(answer: Pick<Answer, "body" | "text">): Said {
  const { body, text } = answer;
  const said = sayingOf(body === undefined ? text : body, 0);
  return said.sentence === undefined ? said : { ...said, sentence: said.sentence.replace(/\s+/g, " ").trim() };
}

function sayingOf(body: unknown, depth: number): Said {
  if (typeof body === "string") return textSaying(body, depth);
  const members = membersOf(body);
  // The framework's own object keeps what it says in `value`, which may be any of the others (webhooks, 12).
  if (members.value !== undefined && depth < 3 && ("$type" in members || "status_code" in members)) {
    return sayingOf(members.value, depth + 1);
  }
  return mapSaying(members) ?? problemSaying(members) ?? messageSaying(members);
}

/** A proxy's or the CDN's page says nothing that a person can use. */
function textSaying(text: string, depth: number): Said {
  const inner = depth < 3 && /^\s*[{[]/.test(text) ? parsed(text) : undefined;
  if (inner !== undefined) return sayingOf(inner, depth + 1);
  return text.trim() === "" || /^\s*</.test(text) ? {} : { sentence: text };
}

/** `{"recipient.name": ["…"], "": ["…"]}`: the name of what is wrong, which may be empty, and sentences (5.2). */
function mapSaying(members: Readonly<Record<string, unknown>>): Said | undefined {
  const entries = Object.entries(members);
  if (entries.length === 0 || !entries.every(([, value]) => Array.isArray(value))) return undefined;
  const field = entries.map(([name]) => name).find((name) => name !== "");
  const said = entries.map(([name, value]) => `${name === "" ? "" : `${name}: `}${textsIn(value).join(" ")}`);
  return { sentence: said.join("; "), ...(field === undefined ? {} : { field }) };
}

function problemSaying({ type, title, status, detail, errors }: Readonly<Record<string, unknown>>): Said | undefined {
  if (typeof detail !== "string" && typeof title !== "string") return undefined;
  if (type === undefined && status === undefined && detail === undefined) return undefined;
  const map = mapSaying(membersOf(errors));
  const heads = [title, detail].filter((text): text is string => typeof text === "string" && text !== "");
  return { ...map, sentence: [...heads, ...(map?.sentence ? [map.sentence] : [])].join(": ") };
}

/** What it carries beside, a stack trace say, stays out. */
function messageSaying({ message, Message, details, errors, error, code }: Readonly<Record<string, unknown>>): Said {
  const inner = membersOf(error);
  const texts = [message, Message, inner.message, error, details].filter(
    (text): text is string => typeof text === "string" && text !== "",
  );
  const said = [...new Set([...texts, ...textsIn(errors)])];
  const its = [code, inner.code].find((text): text is string => typeof text === "string" && text !== "");
  return { ...(said.length > 0 ? { sentence: said.join(" ") } : {}), ...(its === undefined ? {} : { code: its }) };
}

function textsIn(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [];
  return values.flatMap((one) => {
    if (typeof one === "string") return [one];
    const { sentence } = messageSaying(membersOf(one));
    return sentence === undefined ? [] : [sentence];
  });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a call was about. */
export interface About {
  /** `read orders`, `POST /order`. */
  what: string;
  /** After the version. */
  path: string;
  /** The document's number. */
  document?: string;
  isWrite: boolean;
  repeatable: boolean;
  /** Values of people that the call carries: ShipBob may quote them. */
  personal?: readonly string[];
  kind: AuthKind;
}

/** The error that an answer other than 2xx is. */
export function shipBobError(answer: Answer, about: About): MlcError {
  const { status, calls } = answer;
  const { sentence: said, field, code } = saidBy(answer);
  const { what, document, personal = [] } = about;
  const sentence = said && withoutEchoes(said, personal);
  const context: ErrorContext = {
    system,
    code: code ?? String(status),
    calls,
    ...(field === undefined ? {} : { field }),
    ...(document === undefined ? {} : { document }),
  };
  const subject = document === undefined ? "" : ` ${document}:`;
  const message = `ShipBob${subject} could not ${what} (${status})${sentence ? `: ${sentence}` : ""}`;
  if (status === 401 || status === 403) {
    return new AuthError(message, { ...context, hint: accessHint(about, status) });
  }
  return about.isWrite ? writeError(answer, about, message, context) : readError(status, message, context);
}

/** A redirect is ShipBob's login page: it has no other (12). */
export function redirected(error: unknown, about: About): unknown {
  if (!(error instanceof ContractError) || !/^30\d$/.test(error.context.code ?? "")) return error;
  const message = `ShipBob could not ${about.what}: it leads to a login page, which is not followed.`;
  return new AuthError(message, { ...error.context, hint: accessHint(about, 401), cause: error });
}

/** Whether ShipBob does not know what was asked for. Pure. */
export function isNotFound(error: unknown): boolean {
  return error instanceof MlcError && error.context.calls?.at(-1)?.status === 404;
}

function readError(status: number, message: string, context: ErrorContext): MlcError {
  if (isPassing(status)) return new UnavailableError(message, context);
  const hint =
    status === 404
      ? "Check apiUrl and version in the config, and that the record is still there."
      : "Run `mlc doctor`: it compares the settings with what ShipBob knows.";
  return new ContractError(message, { ...context, hint });
}

function writeError(answer: Answer, about: About, message: string, context: ErrorContext): MlcError {
  const { status, calls } = answer;
  // Only when every attempt was turned away at the door is it sure that nothing was done.
  if (calls.length > 0 && calls.every((call) => call.status === 429)) return new NotSentError(message, context);
  if (isPassing(status)) {
    return about.repeatable ? new UnavailableError(message, context) : new UnknownOutcomeError(message, context);
  }
  if ([400, 404, 409, 413, 422].includes(status)) return new RejectedError(message, { ...context, hint: mend });
  return new ContractError(message, context);
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

const mend = "Mend what ShipBob names, then run `mlc replay`.";

/** Scopes that tokens made before them lack until they are made anew (3). */
const lateScopes: readonly (readonly [RegExp, string])[] = [
  [/^\/(invoices|transactions|transaction-fees)\b/, "billing_read"],
  [/^\/(shipments-tracking|tracking)\b/, "tracking_read"],
];

function accessHint({ path, kind, isWrite }: About, status: number): string {
  const scope = lateScopes.find(([paths]) => paths.test(path))?.[1];
  if (kind === "oauth") {
    const why = scope === undefined ? "" : `, as the sign-in lacks ${scope}`;
    return `Run \`mlc connect shipbob\` and sign in again${why}.`;
  }
  const regenerate = "Regenerate the token in ShipBob's dashboard (Integrations > API Tokens)";
  const enter = "and enter it with `mlc connect shipbob`";
  if (scope !== undefined) return `${regenerate}, since one made before ${scope} existed lacks it, ${enter}.`;
  if (status === 401) return `${regenerate} ${enter}.`;
  const channel = isWrite ? ", and check channelId: an application may write only to its own channel" : "";
  return `${regenerate}, since a token keeps the scopes it was made with, ${enter}${channel}.`;
}
