import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { ContractError, NotYetError, RejectedError, UnknownOutcomeError } from "../../core/errors.ts";
import type { Answer, HttpCall } from "../../core/http/types.ts";
import { patchTagged } from "../odata/patch.ts";
import { type BcCalls, type Given, readRow } from "./calls.ts";
import { type About, isConflict } from "./errors.ts";
import { changesIn } from "./held.ts";
import { writeMs } from "./http.ts";

/** What a write is about. */
export type Subject = Pick<About, "what" | "document" | "hint">;

/** A change of one record: its path, the row it was decided on, and the fields to set. */
export interface Change<T> {
  path: string;
  held: { "@odata.etag": string };
  changes: Readonly<Record<string, unknown>>;
  schema: z.ZodType<T>;
  about: Subject;
  /** Values that no error may show. */
  hidden?: readonly string[];
}

const tagged = z.looseObject({ "@odata.etag": z.string() });

/** The writes of an environment. */
export class BcWrites {
  readonly #calls: BcCalls;
  readonly #clock: Clock;

  constructor(calls: BcCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /** Creates a record. Never repeated: whoever calls has looked for it before, and looks again when the answer is lost. */
  async create<T>(path: string, json: unknown, { schema, about, hidden }: Creation<T>): Promise<Given<T>> {
    const call: HttpCall = { method: "POST", path, json, repeatable: false, timeoutMs: writeMs };
    const answer = await this.#calls.send({ ...call, ...(hidden ? { hidden } : {}) }, unrepeatable(about));
    return { value: written(answer, schema, about), calls: answer.calls };
  }

  /** Calls a bound action with an empty body. Never repeated; a 204 proves nothing, so whoever calls reads back (BC, 4.4). */
  async act(path: string, about: Subject): Promise<readonly Call[]> {
    const call: HttpCall = { method: "POST", path, repeatable: false, timeoutMs: writeMs };
    return (await this.#calls.send(call, unrepeatable(about))).calls;
  }

  /**
   * Changes fields of a record. May be repeated: the tag lets it take effect once. After a conflict the record is read again:
   * what it holds already is done, and what somebody else changed meanwhile is left to the next run (NotYetError).
   */
  async patch<T>(change: Change<T>): Promise<Given<T>> {
    const { path, held, changes, schema, about } = change;
    const patched = await patchTagged(
      {
        held,
        changes,
        send: (etag) => this.#sendPatch(change, etag),
        isConflict,
        reread: () => this.#calls.one(path, tagged, about),
        differing: changesIn,
      },
      this.#clock,
    );
    const { calls } = patched;
    switch (patched.outcome) {
      case "answered":
        return { value: written(patched.answer, schema, about), calls };
      case "held":
        return { value: readRow(patched.row, schema, about.what), calls };
      case "gone":
        throw gone(about, calls);
      case "disputed":
        throw changedMeanwhile(about, patched.fields, calls);
    }
  }

  #sendPatch<T>({ path, changes, about, hidden }: Change<T>, etag: string): Promise<Answer> {
    const headers = { "if-match": etag };
    const call: HttpCall = { method: "PATCH", path, json: changes, headers, repeatable: true, timeoutMs: writeMs };
    return this.#calls.send({ ...call, ...(hidden ? { hidden } : {}) }, repeatable(about), isConflict);
  }

  /** Puts a file's content. May be repeated: it replaces what is there. */
  async put(
    path: string,
    content: NonNullable<HttpCall["content"]>,
    { etag, about }: { etag: string; about: Subject },
  ): Promise<readonly Call[]> {
    const headers = { "if-match": etag };
    const call: HttpCall = { method: "PATCH", path, content, headers, repeatable: true, timeoutMs: writeMs };
    return (await this.#calls.send(call, repeatable(about))).calls;
  }

  /** Deletes a record as it was read; one that is gone already is well. May be repeated. */
  async remove(path: string, held: { "@odata.etag": string }, about: Subject): Promise<readonly Call[]> {
    const headers = { "if-match": held["@odata.etag"] };
    const call: HttpCall = { method: "DELETE", path, headers, repeatable: true, timeoutMs: writeMs };
    return (await this.#calls.send(call, repeatable(about), ({ status }) => status === 404)).calls;
  }
}

/** How the answer to a creation is read. */
export interface Creation<T> {
  schema: z.ZodType<T>;
  about: Subject;
  /** Values that no error may show. */
  hidden?: readonly string[];
}

const repeatable = (about: Subject): About => ({ ...about, isWrite: true, repeatable: true });
const unrepeatable = (about: Subject): About => ({ ...about, isWrite: true, repeatable: false });

/** A success whose body cannot be read leaves open what was written. */
function written<T>(answer: Answer, schema: z.ZodType<T>, about: Subject): T {
  try {
    return readRow(answer.body, schema, about.what);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    throw new UnknownOutcomeError(error.message, { ...error.context, calls: answer.calls });
  }
}

function changedMeanwhile({ what, document }: Subject, fields: readonly string[], calls: readonly Call[]): NotYetError {
  const where = fields.length > 0 ? ` ${fields.join(", ")}` : "";
  const message = `Business Central ${document ?? ""} could not ${what}: somebody else changes${where} at the same time`;
  return new NotYetError(message.replace("  ", " "), {
    system: "bc",
    calls,
    ...(document ? { document } : {}),
    ...(fields[0] ? { field: fields[0] } : {}),
  });
}

function gone({ what, document }: Subject, calls: readonly Call[]): RejectedError {
  const message = `Business Central ${document ?? ""} could not ${what}: it is not there any more`;
  const hint = "Look for the document in Business Central: it was posted or deleted; then run `mlc replay`.";
  return new RejectedError(message.replace("  ", " "), {
    system: "bc",
    calls,
    hint,
    ...(document ? { document } : {}),
  });
}
