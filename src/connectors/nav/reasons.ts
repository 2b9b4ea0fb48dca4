import { z } from "zod";
import type { Answer } from "../../core/http/types.ts";
import type { NavSettings } from "./config.ts";

/** Why NAV refuses, as far as its sentence tells (NAV, 9). */
export type Reason =
  | "released"
  | "conflict"
  | "locked"
  | "missing"
  | "exists"
  | "permission"
  | "postingDate"
  | "tooLong"
  | "dialog"
  | "setUp";

/** The reasons that sentences in other languages can be configured for. */
export type Sentences = NavSettings["messages"];

/** NAV has hardly any codes: its English sentences are what tells one refusal from another (NAV, 9). */
const patterns: readonly (readonly [Reason, RegExp])[] = [
  ["released", /Status must be equal to 'Open'/i],
  ["conflict", /another user has (modified|changed) the record/i],
  ["locked", /locked by another user|deadlock/i],
  ["exists", /already exists\. Identification fields/i],
  ["missing", /does not exist\. Identification fields/i],
  ["permission", /permission/i],
  ["postingDate", /not within your range of allowed posting dates/i],
  ["tooLong", /length of the string is/i],
  ["dialog", /callback|dialog/i],
  ["setUp", /must have a value|is required/i],
];

/** What is said to people, whose language may be another. */
const text = z.string().default("");
const inner = z.object({ code: text, message: z.union([z.string(), z.object({ value: text })]).default("") });
/** V4's form, and that of older builds (NAV, 9). */
const refusal = z.union([
  z.object({ error: inner }).transform(({ error }) => error),
  z.object({ "odata.error": inner }).transform((body) => body["odata.error"]),
]);

/** What NAV says is wrong. */
export interface Said {
  code?: string;
  sentence?: string;
}

/** Code and sentence of a refusal, in JSON or XML; nothing where it has another form. Pure. */
export function saidBy({ body, text: raw }: Pick<Answer, "body" | "text">): Said {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) {
    const sentence = /<(?:\w+:)?message[^>]*>([^<]*)<\//.exec(raw)?.[1]?.trim();
    return sentence ? { sentence } : {};
  }
  const { code, message } = parsed.data;
  const sentence = (typeof message === "string" ? message : message.value).replace(/\s+/g, " ").trim();
  return { ...(code ? { code } : {}), ...(sentence ? { sentence } : {}) };
}

/** The reason that a sentence gives, by the configured words first. Pure. */
export function reasonIn(sentence: string | undefined, sentences: Sentences): Reason | undefined {
  if (sentence === undefined) return undefined;
  const said = sentence.toLowerCase();
  for (const [reason, words] of Object.entries(sentences)) {
    if (words.some((word) => said.includes(word.toLowerCase()))) return reasonNames.find((name) => name === reason);
  }
  return patterns.find(([, pattern]) => pattern.test(sentence))?.[0];
}

const reasonNames = patterns.map(([reason]) => reason);

/** Whether NAV's own code is that of a check of the record, whatever the status. Pure. */
export function isAboutRecord(code = ""): boolean {
  return code.startsWith("Application_");
}

/** Whether a refusal is worth another try: a lock is, whatever its status; a 500 that gives a reason is not. Pure. */
export function isTransient(status: number, raw: string, sentences: Sentences): boolean {
  if ([408, 502, 503, 504].includes(status)) return true;
  const { code, sentence } = saidBy({ body: parsed(raw), text: raw });
  const reason = reasonIn(sentence, sentences);
  if (reason === "locked") return true;
  return status === 500 && reason === undefined && !isAboutRecord(code);
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/**
 * Whether the record was changed since its tag was read. Which status says so is not documented, so the sentence counts under any
 * (NAV, Unconfirmed). Pure.
 */
export function isConflict(answer: Pick<Answer, "status" | "body" | "text">, sentences: Sentences): boolean {
  const reason = reasonIn(saidBy(answer).sentence, sentences);
  if (answer.status < 400 || answer.status > 499) return reason === "conflict";
  return reason === "conflict" || (reason === undefined && [409, 412].includes(answer.status));
}
