import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ContractError, UnknownOutcomeError } from "../../core/errors.ts";
import type { Answer } from "../../core/http/types.ts";
import type { BcCalls, Given } from "./calls.ts";
import type { About } from "./errors.ts";
import { writeMs } from "./http.ts";

/** The most parts of a `$batch` (BC, 3.3). */
export const maxParts = 100;

/** One call within a batch; the address is relative to API v2.0: `companies({id})/items` (BC, 4.3). */
export interface Part {
  method: "GET" | "POST" | "PATCH";
  url: string;
  etag?: string;
  body?: unknown;
}

/** How a batch is run. */
export interface BatchOptions {
  about: About;
  /** All parts in one transaction, as long as no code of the customer's commits in between (BC, 4.3). */
  isWhole?: boolean;
}

const replies = z.object({
  responses: z.array(z.object({ id: z.coerce.string(), status: z.number(), body: z.unknown().optional() })),
});

/**
 * Sends up to 100 calls as one; an answer for each part up to the first that fails, which ends it. The outer 200 says nothing of
 * the parts (BC, 4.3). It is as repeatable as its parts are.
 */
export async function sendBatch(
  calls: BcCalls,
  parts: readonly Part[],
  { about, isWhole = false }: BatchOptions,
): Promise<Given<Answer[]>> {
  if (parts.length > maxParts) throw new RangeError(`A batch of ${parts.length} parts is too large.`);
  const requests = parts.map(({ method, url, etag, body }, index) => ({
    id: String(index + 1),
    method,
    url,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(etag === undefined ? {} : { "If-Match": etag }),
      "Accept-Language": "en-US",
    },
    ...(body === undefined ? {} : { body }),
  }));
  const answer = await calls.send(
    {
      method: "POST",
      path: calls.api("$batch"),
      json: { requests },
      headers: isWhole ? { isolation: "snapshot" } : {},
      repeatable: about.repeatable,
      ...(about.isWrite ? { timeoutMs: writeMs } : {}),
    },
    about,
  );
  return { value: answersOf(answer, parts.length, about), calls: answer.calls };
}

function answersOf(answer: Answer, count: number, about: About): Answer[] {
  const parsed = replies.safeParse(answer.body);
  if (!parsed.success) throw unreadable(about, answer.calls);
  const byId = new Map(parsed.data.responses.map((reply) => [reply.id, reply]));
  const answers: Answer[] = [];
  for (let id = 1; id <= count; id += 1) {
    const reply = byId.get(String(id));
    if (!reply) break;
    const { status, body } = reply;
    answers.push({ status, headers: new Headers(), body, text: "", calls: answer.calls });
    if (status < 200 || status > 299) break;
  }
  const last = answers.at(-1);
  // Fewer answers than parts, none of them a refusal: nobody knows what became of the rest.
  if (answers.length < count && (!last || last.status < 300)) throw unreadable(about, answer.calls);
  return answers;
}

function unreadable({ what, isWrite, repeatable }: About, calls: readonly Call[]) {
  const message = `Business Central's answer to a batch is not as documented (${what}).`;
  const context = { system: "bc", calls };
  return isWrite && !repeatable ? new UnknownOutcomeError(message, context) : new ContractError(message, context);
}
