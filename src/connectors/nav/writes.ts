import type { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { NotYetError, RejectedError } from "../../core/errors.ts";
import type { HttpCall } from "../../core/http/types.ts";
import { patchTagged, type Tagged } from "../odata/patch.ts";
import type { Given } from "../odata/rows.ts";
import { odataKey } from "../odata/text.ts";
import type { NavCalls } from "./calls.ts";
import type { About } from "./errors.ts";
import { differing } from "./held.ts";
import type { ServiceName } from "./pages.ts";
import { isConflict } from "./reasons.ts";

/** What a write is about. */
export type Subject = Pick<About, "what" | "document" | "hint">;

/** A change of one record: the row it was decided on, and the fields to set, in the order in which NAV checks them (NAV, 4). */
export interface Change<T extends Tagged> {
  service: ServiceName;
  key: Readonly<Record<string, string | number>>;
  held: T;
  changes: Readonly<Record<string, unknown>>;
  schema: z.ZodType<T>;
  about: Subject;
  /** Asked once somebody else has changed the record: whether what they did leaves nothing to this change. */
  isMoot?(): Promise<boolean>;
}

/** The writes of a company. */
export class NavWrites {
  readonly #calls: NavCalls;
  readonly #clock: Clock;

  constructor(calls: NavCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /**
   * Changes fields of a record and looks at what it holds then. May be repeated: the tag lets it take effect once. Throws
   * NotYetError for what a released order refuses, and where somebody else changes the same fields.
   */
  async patch<T extends Tagged>(change: Change<T>): Promise<Given<T>> {
    const { service, key, held, changes, schema, about } = change;
    const reread = () => this.#calls.one(service, key, schema);
    const patched = await patchTagged(
      {
        held,
        changes,
        send: (etag) => this.#sendPatch(change, etag),
        isConflict: (answer) => this.#isConflict(answer),
        reread: async () => ((await change.isMoot?.()) ? undefined : reread()),
        differing,
      },
      this.#clock,
    );
    switch (patched.outcome) {
      case "answered": {
        const answered = schema.safeParse(patched.answer.body);
        if (answered.success) return kept({ value: answered.data, calls: patched.calls }, change);
        const fresh = await reread();
        if (!fresh) throw gone(about, patched.calls);
        return kept({ value: fresh.value, calls: [...patched.calls, ...fresh.calls] }, change);
      }
      case "held":
        return { value: patched.row, calls: patched.calls };
      case "gone":
        throw gone(about, patched.calls);
      case "disputed":
        throw disputed(about, patched.fields, patched.calls);
    }
  }

  #sendPatch<T extends Tagged>({ service, key, changes, about }: Change<T>, etag: string) {
    const path = this.#calls.path(service, odataKey(key));
    const headers = { "if-match": etag };
    const call: HttpCall = { method: "PATCH", path, json: changes, headers, repeatable: true };
    return this.#calls.send(call, { ...about, isWrite: true, repeatable: true }, (answer) => this.#isConflict(answer));
  }

  #isConflict(answer: Parameters<typeof isConflict>[0]): boolean {
    return isConflict(answer, this.#calls.settings.messages);
  }

  /** Inserts a record. Never repeated by itself: whoever calls has named it by its key, and looks for that when the answer is lost. */
  async insert(service: ServiceName, json: unknown, about: Subject): Promise<readonly Call[]> {
    const call: HttpCall = { method: "POST", path: this.#calls.path(service), json, repeatable: false };
    return (await this.#calls.send(call, { ...about, isWrite: true, repeatable: false })).calls;
  }

  /** Calls a page's own function. Never repeated: whoever calls reads back what came of it. */
  async act(
    { service, key, action }: { service: ServiceName; key: Change<Tagged>["key"]; action: string },
    json: unknown,
    about: Subject,
  ): Promise<Given<unknown>> {
    const path = `${this.#calls.path(service, odataKey(key))}/NAV.${action}`;
    const call: HttpCall = { method: "POST", path, json, repeatable: false };
    const { body, calls } = await this.#calls.send(call, { ...about, isWrite: true, repeatable: false });
    return { value: body, calls };
  }
}

/** A page may take a field and leave it as it was, so what it holds is what counts (NAV, 4.1, 5.2). */
function kept<T extends Tagged>(given: Given<T>, { changes, about }: Change<T>): Given<T> {
  const [field, ...more] = differing(changes, given.value);
  if (field === undefined) return given;
  const { what, document, hint } = about;
  const message = `Dynamics NAV ${document ?? ""} took the change and did not keep ${[field, ...more].join(", ")}: could not ${what}`;
  throw new RejectedError(message.replace("  ", " "), {
    system: "nav",
    field,
    calls: given.calls,
    hint: hint ?? "Have the page's partner see why the field cannot be changed over OData, then run `mlc replay`.",
    ...(document ? { document } : {}),
  });
}

function disputed({ what, document }: Subject, fields: readonly string[], calls: readonly Call[]): NotYetError {
  const where = fields.length > 0 ? ` ${fields.join(", ")}` : "";
  const message = `Dynamics NAV ${document ?? ""} could not ${what}: somebody else changes${where || " it"} at the same time`;
  return new NotYetError(message.replace("  ", " "), {
    system: "nav",
    calls,
    ...(document ? { document } : {}),
    ...(fields[0] ? { field: fields[0] } : {}),
  });
}

/** Posted orders vanish from page 42 (NAV, 0): the next run looks for the posted shipment. */
function gone({ what, document }: Subject, calls: readonly Call[]): NotYetError {
  const message = `Dynamics NAV ${document ?? ""} could not ${what}: it is not there any more, posted or deleted meanwhile`;
  return new NotYetError(message.replace("  ", " "), { system: "nav", calls, ...(document ? { document } : {}) });
}
