import type { Call, Outcome, Ref, StepAction } from "../delivery.ts";
import type { Hash, Json } from "../json.ts";
import type { NamedBudget } from "../report.ts";

/** An error as the log keeps it: values of people are masked before it gets here. */
export interface LoggedError {
  /** The vendor's code, else the class name. */
  code: string;
  message: string;
  field?: string;
  correlationId?: string;
  hint?: string;
}

/** The source record an entry is about. */
export interface RecordName {
  id: string;
  version: string;
  ref: Ref;
}

interface OfRun {
  run: string;
  pair: string;
  flow: string;
}

interface OfDocument extends OfRun {
  key: string;
  document: string;
}

/** A run began or ended, or a person said that this state is a restored backup. */
export interface RunLine extends OfRun {
  kind: "run";
  event: "start" | "end" | "restored";
  command: string;
  /** Of a restored backup: everything up to here is in it. */
  since?: string;
  /** The accounts the state belongs to. */
  account?: Json;
  /** Settings that freeze with the first delivery, by path. */
  frozen?: { [path: string]: Json };
  counts?: Record<string, number>;
  /** Calls left with the systems when the run ended. */
  budgets?: NamedBudget[];
  /** Set when the flow ended well: it read to the end and nothing stopped it. */
  complete?: boolean;
  /** Only what a system's call named was read. */
  narrow?: true;
  /** What stopped the flow, and the exit code that it means. */
  error?: LoggedError;
  exitCode?: number;
}

/** A write is about to be sent. */
export interface IntentLine extends OfDocument {
  kind: "intent";
  record: RecordName;
  step: string;
  action: StepAction;
  naturalKey: string;
  repeatable: boolean;
  /** Not sent by this run: one that a restored backup knows nothing of may have sent it. */
  unsent?: true;
  /** SHA-256 of what is sent, short. */
  payload: Hash;
  hashes: Readonly<Record<string, Hash>>;
  /** Of a step that is not repeatable: what it has remembered once done, so that one found after a crash is remembered as sent. */
  memo?: { [name: string]: Json };
}

/** What came of a step; the only line that changes a delivery. */
export interface ResultLine extends OfDocument {
  kind: "result";
  record: RecordName;
  step: string;
  action: StepAction;
  naturalKey: string;
  /** absent: nothing happened there (not sent, or refused and told in an `aside` line); the intent is over. */
  outcome?: Outcome;
  target?: string;
  calls: readonly Call[];
  /** Names of the fields that changed. */
  fields: string[];
  payload?: Hash;
  /** Where they are not those of the step's intent. */
  hashes?: Readonly<Record<string, Hash>>;
  memo?: { [name: string]: Json };
  remark?: string;
  /** Nothing was sent: a skip or a notice. */
  recorded?: true;
  /** The record is settled at its version. */
  settled?: true;
  closed?: true;
}

/** A record is set aside for a person (dead, unknown) or for later (waiting). */
export interface AsideLine extends OfDocument {
  kind: "aside";
  outcome: "dead" | "unknown" | "waiting";
  record: RecordName;
  /** Hash of settings and version under which it failed; another one tries it again. */
  mapping: Hash;
  error: LoggedError;
  calls: readonly Call[];
  attempts: number;
  since: string;
  /** When a waiting record is due. */
  until?: string;
}

/** A record that was set aside is back on its way, or dropped by a person. */
export interface ResolvedLine extends OfDocument {
  kind: "resolved";
  outcome: "resolved";
  record: string;
  how: string;
  /** The version at which a person dropped it. */
  dropped?: string;
}

/** Records whose version moved although nothing was to do, and deliveries to file. */
export interface SeenLine extends OfRun {
  kind: "seen";
  versions: { key: string; record: string; version: string }[];
  closed: string[];
}

/** How far the source has been read. */
export interface CursorLine extends OfRun {
  kind: "cursor";
  cursor: Json;
}

/** A log line before the log gives it id, time, number and chain. */
export type LineDraft = RunLine | IntentLine | ResultLine | AsideLine | ResolvedLine | SeenLine | CursorLine;

/** What the log adds: `id` stands first in the raw line and `mac` last. */
export interface LineStamp {
  /** ULID. */
  id: string;
  at: string;
  seq: number;
  /** The mac of the line before. */
  prev: string;
  /** Version of the lines from here on: on the first line of a file and of each writer; absent before version 2. */
  schema?: number;
  /** HMAC-SHA256 over the raw line before this member. */
  mac: string;
}

/** A log line as it stands in the file. */
export type LogLine = LineDraft & LineStamp;
