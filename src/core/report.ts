import { MlcError, worstExitCode } from "./errors.ts";
import type { Counts } from "./sync/run.ts";

/** A failure as `--json` shows it. */
export interface ReportedError {
  /** Class name: `AuthError`. */
  kind: string;
  message: string;
  hint?: string;
  exitCode: number;
}

/** What one flow came to in a run. */
export interface FlowReport extends Counts {
  pair: string;
  flow: string;
  durationMs: number;
  /** Only what a system's call named was read. */
  narrow?: true;
  error?: ReportedError;
}

/** What a run came to. */
export interface SyncReport {
  run: string;
  startedAt: string;
  endedAt: string;
  flows: FlowReport[];
  /** What failed beside the flows: the removal of old files. */
  error?: ReportedError;
  exitCode: number;
}

/** How a flow stands. */
export interface FlowStatus {
  pair: string;
  flow: string;
  lastSuccessAt: string | null;
  /** Milliseconds since the last success. */
  ageMs: number | null;
  /** Writes sent whose outcome is not known yet. */
  backlog: number;
  waiting: number;
  deadLetters: number;
  unknown: number;
  drift: number;
  cursor: unknown;
  /** Switched on in the config. */
  enabled: boolean;
  /** How often it is meant to run. */
  everyMs: number;
  /** It should have ended well long ago. */
  late: boolean;
  /** What its last runs stopped at. */
  stopped: { since: string; message: string; hint?: string; exitCode: number } | null;
  /** When its state was marked as a restored backup; null once the flow has read past that. */
  restoredAt: string | null;
}

/** A record that waits for what it depends on. */
export interface WaitingRecord {
  pair: string;
  flow: string;
  /** The number a person knows it by. */
  document: string;
  /** The source record's id, as `replay` takes it. */
  record: string;
  since: string;
  ageMs: number;
  /** When it is tried again. */
  until: string | null;
  /** Orders wait for it too; the message names them. */
  holdsUp: boolean;
  message: string;
  hint?: string;
}

/** Calls left in a vendor's window. */
export interface NamedBudget {
  name: string;
  limit: number;
  remaining: number;
  /** When the window is over. */
  resetAt?: string;
}

/** How the subscriptions stand by which a system calls mlc, as mlc last saw them. */
export interface WebhookStatus {
  system: string;
  /** The address that is called. */
  url: string;
  /** When mlc last looked; null: never at this address. */
  checkedAt: string | null;
  /**
   * One for each thing that mlc wants to be told of; `endsAt` is null where it lasts or nobody knows. `createdAt`: since when
   * it is there, as the system says it, else since mlc first saw it.
   */
  subscriptions: { topic: string; createdAt: string | null; endsAt: string | null; isLive: boolean }[];
}

/** What came of a system's calls, as the receiver last noted it. */
export interface EventStatus {
  system: string;
  /** Null: none ever came. */
  lastEventAt: string | null;
  ageMs: number | null;
  /** Records that events named and that were not worked off, and since when. */
  waiting: number;
  waitingSince: string | null;
  /** When a poll last found a change of which an event should tell. */
  changedAt: string | null;
  /** That was long after the last event, though its calls are subscribed to. */
  isSilent: boolean;
  /** The last proved call that would have had mlc ask somebody else with the account's credentials; null: none is noted. */
  refused: RefusedCall | null;
  /** A receiver is at work. */
  isListening: boolean;
}

/** A call that was proved and was refused nevertheless. */
export interface RefusedCall {
  at: string;
  /** Scheme and host that it would have led to. */
  elsewhere: string;
  /** The system itself signed it: no secret of ours is known to anybody. */
  isSigned: boolean;
}

/** A sign-in that ends by itself unless runs replace it. */
export interface SignInStatus {
  system: string;
  /** Null where nobody knows. */
  renewedAt: string | null;
  ageMs: number | null;
  endsAt: string | null;
}

/** How a profile stands. */
export interface StatusReport {
  flows: FlowStatus[];
  budgets: NamedBudget[];
  /** What waits: what holds up orders before the rest, and the oldest first. */
  waitingRecords: WaitingRecord[];
  webhooks: WebhookStatus[];
  events: EventStatus[];
  signIns: SignInStatus[];
  /** What a person should know, though nobody is needed for it. */
  warnings: string[];
  /** One sentence for each cause for which a person is needed. */
  attention: string[];
}

/** What a probe of one system said. */
export interface PingRow {
  system: string;
  ok: boolean;
  ms: number;
  identity: string | null;
  warnings: string[];
  /** What holds for any account there and is good to know. */
  notes: string[];
  error?: ReportedError;
}

/** An error as `--json` shows it; what mlc did not expect is a bug, exit 1. Pure. */
export function reportedError(error: unknown): ReportedError {
  if (!(error instanceof MlcError)) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      kind: "Bug",
      message,
      exitCode: 1,
      hint: "This is a bug in mlc; please report it with the command you ran.",
    };
  }
  return {
    kind: error.name,
    message: error.message,
    exitCode: error.exitCode,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** The exit code of a run: the worst of its flows. A dry run sets nothing aside. Pure. */
export function exitCodeOf(flows: readonly FlowReport[], isDry = false): number {
  return worstExitCode(
    flows.flatMap(({ error, deadLettered, unknown }) => [
      ...(error ? [error.exitCode] : []),
      ...(!isDry && deadLettered + unknown > 0 ? [3] : []),
    ]),
  );
}
