import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import type { Answer } from "../../core/http/types.ts";

const conflictWaitsMs = [500, 1_500, 4_000];

/** A row with the tag it was read with. */
export interface Tagged {
  "@odata.etag": string;
}

/** A change of fields of one record, and how it is sent and read again. */
export interface TaggedChange<T extends Tagged> {
  /** The row that it was decided on. */
  held: Tagged;
  changes: Readonly<Record<string, unknown>>;
  /** Sends it under a tag; throws for every refusal but a conflict. */
  send(etag: string): Promise<Answer>;
  isConflict(answer: Answer): boolean;
  /** The record as it is now; undefined when it is gone. */
  reread(): Promise<{ value: T; calls: readonly Call[] } | undefined>;
  /** The names of the wanted fields that a row does not hold. */
  differing(wanted: Readonly<Record<string, unknown>>, row: object): string[];
}

/**
 * What came of a change: answered · held: somebody wrote the same meanwhile, or an answer was lost · gone · disputed: somebody
 * else writes these fields at the same time.
 */
export type Patched<T> = { calls: readonly Call[] } & (
  | { outcome: "answered"; answer: Answer }
  | { outcome: "held"; row: T }
  | { outcome: "gone" }
  | { outcome: "disputed"; fields: string[] }
);

/**
 * Changes a record under its tag, so that it takes effect once. After a conflict the record is read again: only where
 * somebody else has left alone the fields that are ours is the change sent again.
 */
export async function patchTagged<T extends Tagged>(change: TaggedChange<T>, clock: Clock): Promise<Patched<T>> {
  const { held, changes } = change;
  const before = Object.fromEntries(Object.entries(held).filter(([name]) => Object.hasOwn(changes, name)));
  const calls: Call[] = [];
  let etag = held["@odata.etag"];
  for (const waitMs of [...conflictWaitsMs, undefined]) {
    const answer = await change.send(etag);
    calls.push(...answer.calls);
    if (!change.isConflict(answer)) return { outcome: "answered", answer, calls };
    const fresh = await change.reread();
    if (!fresh) return { outcome: "gone", calls };
    calls.push(...fresh.calls);
    if (change.differing(changes, fresh.value).length === 0) return { outcome: "held", row: fresh.value, calls };
    const theirs = change.differing(before, fresh.value);
    if (theirs.length > 0 || waitMs === undefined) return { outcome: "disputed", fields: theirs, calls };
    etag = fresh.value["@odata.etag"];
    await clock.sleep(waitMs);
  }
  return { outcome: "disputed", fields: [], calls };
}
