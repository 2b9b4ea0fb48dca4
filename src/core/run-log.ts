import type { Call, Outcome } from "./delivery.ts";
import type { Counts } from "./sync/run.ts";

/** What happened, for the log file; the names are stable, since programs read them. Never a secret, never people's values. */
export type RunEvent =
  | { event: "start"; command: string; profile: string; version: string; pid: number }
  | { event: "end"; exitCode: number; ms: number }
  | { event: "runStart"; command: string; dryRun?: true }
  | { event: "runEnd"; exitCode: number; ms: number }
  | ({ event: "flowEnd"; pair: string; flow: string; ms: number; error?: string } & Counts)
  | ({ event: "call"; system: string } & Call)
  | { event: "wait"; system: string; ms: number }
  | AsideEvent
  | AccessEvent
  | { event: "said"; message: string };

/** A call that came in. */
export interface AccessEvent {
  event: "access";
  address: string;
  status: number;
  ms: number;
  outcome: string;
  /** The path it came to, and what it told of, where that was proved. */
  route?: string;
  topic?: string;
  id?: string;
}

/** A record that was set aside, as the audit has it: masked. */
export interface AsideEvent {
  event: "aside";
  pair: string;
  flow: string;
  document: string;
  record: string;
  outcome: Outcome;
  code: string;
  field?: string;
  message: string;
}

/** Takes what happens, in order; never fails. */
export interface RunLog {
  add(event: RunEvent): void;
  /** Writes down what is held back. */
  flush(): void;
  /** Does work; what happens in it belongs to the run. */
  within<T>(run: string, work: () => Promise<T>): Promise<T>;
  /** Prints what no file may hold, because people's values may stand in it. */
  unheard(print: () => void): void;
}
