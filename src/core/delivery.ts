import type { Hash, Json } from "./json.ts";

/** What names a record at its source, in the source's own JSON; no personal data. */
export type Ref = Json;

/**
 * What is done, or written down, for a document.
 * read, create, update, cancel, post, delete go to the system; skip, notice and wait are only recorded.
 */
export type StepAction = "read" | "create" | "update" | "cancel" | "post" | "delete" | "skip" | "notice" | "wait";

/** One thing to do for a document. Steps that `next` returns together may go out together. */
export interface Step {
  /** Unique within the delivery for ever: `order`, `order-2`, `note:900001`. */
  name: string;
  action: StepAction;
  /** The name the write has at the target; unique there. */
  naturalKey: string;
  /** What is sent; its members are hashed one by one unless `owned` says which are ours. */
  payload: Json;
  /** The payload as JSON, where the engine made it to hash it. */
  text?: string;
  /** The values mlc answers for, by field name; the rest of the payload was carried over from the target. */
  owned?: Record<string, Json>;
  /** The hash of each of these values, where the target has them at hand. */
  hashes?: Readonly<Record<string, Hash>>;
  /** The write that a read prepares, by name and values, so that a dry run can name what differs without reading. */
  prepares?: Pick<Step, "name" | "owned" | "hashes">;
  /** Members for `delivery.memo` that go with the step, however it comes to be done: sent, adopted or only recorded. */
  memo?: { [name: string]: Json };
  /** The write may be sent again without a second effect. */
  repeatable: boolean;
  /** What it was written to is gone at the target and was made anew: it is sent although its source is unchanged. */
  isOwed?: true;
  /** For wait: it is sure to come to an end by somebody else's hand, so that it never becomes a dead letter. */
  isEndless?: true;
  /** For skip, notice and wait: the reason; for a write: what a person should know (a field changed on both sides). */
  remark?: string;
  /** Overrides what the audit calls a success: `written`, `withdrawn`, `posted`. */
  outcome?: Outcome;
}

/** What the audit says of an entry. */
export type Outcome =
  | "created"
  | "updated"
  | "cancelled"
  | "posted"
  | "written"
  | "withdrawn"
  | "skipped"
  | "noticed"
  | "waiting"
  | "dead"
  | "unknown"
  | "resolved";

/** What mlc keeps of a step that is done. */
export interface StepState {
  at: string;
  naturalKey: string;
  fields: Readonly<Record<string, Hash>>;
  /** The target's id or number of the document. */
  target?: string;
  /** Nothing was sent: a skip or a notice. */
  recorded?: true;
}

/** What mlc knows of one document at the target; no personal data. */
export interface Delivery {
  /** Version of each source record that is settled, by record id. */
  versions: Record<string, string>;
  steps: Record<string, StepState>;
  /** The target's own notes: ids, hashes, tracking numbers. */
  memo: { [name: string]: Json };
  /** All is done and the source will change it no more. */
  closed: boolean;
  /** When it last changed. */
  at: string;
  /** The document's number, for people. */
  document: string;
  /** How to read its source record again. */
  ref: Ref;
}

/** One HTTP call, for the audit; the path has no query values. */
export interface Call {
  method: string;
  path: string;
  status: number;
  ms: number;
  attempt: number;
  requestId?: string;
}

/** What came of a step that was sent. `notSent` is proof that nothing happened there. */
export type StepResult = { calls: readonly Call[] } & (
  | { outcome: "done"; target?: string; memo?: { [name: string]: Json }; seen?: Json; remark?: string }
  | { outcome: "failed"; error: Error }
);

/** What a look-up says of a write whose answer was lost. */
export type Found =
  | { state: "present"; target: string; memo?: { [name: string]: Json }; remark?: string }
  | { state: "foreign"; message: string }
  | { state: "absent" }
  | { state: "unknown"; message: string };

/** A step to look up; after a crash the payload may be gone because the source record is. */
export type Lookup = Pick<Step, "name" | "action" | "naturalKey"> & {
  payload?: Json;
  /** Of an earlier run's write: the hashes of what was sent, which stay known without its payload. */
  hashes?: Readonly<Record<string, Hash>>;
  memo: { [name: string]: Json };
};
