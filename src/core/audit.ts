import { join } from "node:path";
import type { Call, Outcome, StepAction } from "./delivery.ts";
import { logPieces } from "./state/audit-reader.ts";
import type { Disk } from "./state/disk.ts";
import type { LoggedError, LogLine } from "./state/lines.ts";

/** One entry of the trail, as `--json` shows it. */
export interface AuditEntry {
  kind: "run" | "result" | "aside" | "resolved";
  /** ULID. */
  id: string;
  at: string;
  run: string;
  pair: string;
  flow: string;
  key?: string | undefined;
  /** The number a person knows it by. */
  document?: string | undefined;
  /** The source record's id. */
  record?: string | undefined;
  step?: string | undefined;
  action?: StepAction | undefined;
  outcome?: Outcome | undefined;
  /** The name the write has at the target. */
  naturalKey?: string | undefined;
  /** The target's id or number of the document. */
  target?: string | undefined;
  calls?: readonly Call[] | undefined;
  /** Names of the fields that changed. */
  fields?: string[] | undefined;
  /** SHA-256 of what was sent, short. */
  payload?: string | undefined;
  remark?: string | undefined;
  attempts?: number | undefined;
  since?: string | undefined;
  until?: string | undefined;
  error?: LoggedError | undefined;
  event?: "start" | "end" | "restored" | undefined;
  command?: string | undefined;
  counts?: Record<string, number> | undefined;
  complete?: boolean | undefined;
}

/** Which entries are wanted. */
export interface AuditFilter {
  since?: Date;
  until?: Date;
  /** Only the newest so many. */
  limit?: number;
  pair?: string;
  flow?: string;
  outcome?: Outcome;
  /** Document number, record, key, name or number at the target, id of the entry or of its run. */
  about?: string;
  /** Leave out where runs began; the limit does not count them then. */
  endsOnly?: boolean;
}

/** A flow that has state on this machine. */
export interface StoredFlow {
  pair: string;
  flow: string;
  dir: string;
}

/** The flows that have state, also those of pairs that are connected no more. */
export async function storedFlows(disk: Disk, stateDir: string): Promise<StoredFlow[]> {
  return (await disk.list(stateDir)).flatMap((name) => {
    const [, pair, flow] = /^([a-z0-9-]+)\.([a-z]+)$/.exec(name) ?? [];
    return pair === undefined || flow === undefined ? [] : [{ pair, flow, dir: join(stateDir, name) }];
  });
}

/** The entries of all flows that the filter lets through, oldest first. */
export async function* auditEntries(disk: Disk, stateDir: string, filter: AuditFilter): AsyncGenerator<AuditEntry> {
  for await (const entries of auditPieces(disk, stateDir, filter)) yield* entries;
}

/** The same in pieces, of which one is in memory; with a limit it is as many entries as that. */
export async function* auditPieces(disk: Disk, stateDir: string, filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
  const { since, until, limit, pair, flow } = filter;
  const flows = (await storedFlows(disk, stateDir)).filter(
    (one) => (pair === undefined || one.pair === pair) && (flow === undefined || one.flow === flow),
  );
  const query = { since, until, kinds: shownKinds, containing: textsOf(filter) };
  const pieces = wanted(merged(flows.map(({ dir }) => logPieces(disk, dir, query))), filter);
  yield* limit === undefined ? pieces : newest(pieces, limit);
}

const shownKinds = ["run", "result", "aside", "resolved"] as const;

/** What a line must say to pass the filter, as its text has it. */
function textsOf({ about, outcome }: AuditFilter): string[] | undefined {
  if (about !== undefined) return [about, about.slice(about.indexOf(":") + 1)].map((name) => JSON.stringify(name));
  return outcome === undefined ? undefined : [`"outcome":${JSON.stringify(outcome)}`];
}

interface Head {
  log: AsyncGenerator<LogLine[]>;
  /** Lines of it that are read and not yet passed on; none when it ended. */
  lines: LogLine[];
  next: number;
}

/** Several logs as one, each in its own order; of lines of one moment the earlier log's come first. */
async function* merged(logs: readonly AsyncGenerator<LogLine[]>[]): AsyncGenerator<LogLine[]> {
  try {
    let heads = await Promise.all(logs.map((log) => refilled({ log, lines: [], next: 0 })));
    for (;;) {
      heads = heads.filter(({ lines }) => lines.length > 0);
      if (heads.length === 0) return;
      yield readyLines(heads);
      heads = await Promise.all(heads.map((head) => (head.next < head.lines.length ? head : refilled(head))));
    }
  } finally {
    await Promise.all(logs.map((log) => log.return(undefined)));
  }
}

async function refilled({ log }: Head): Promise<Head> {
  const { done, value } = await log.next();
  return { log, lines: done ? [] : value, next: 0 };
}

/** The lines up to where one of the heads has to be refilled, in order. */
function readyLines(heads: readonly Head[]): LogLine[] {
  const ready: LogLine[] = [];
  for (;;) {
    let least: { head: Head; line: LogLine } | undefined;
    for (const head of heads) {
      const line = head.lines[head.next];
      if (line === undefined) return ready;
      if (least === undefined || line.at < least.line.at) least = { head, line };
    }
    if (least === undefined) return ready;
    ready.push(least.line);
    least.head.next += 1;
  }
}

async function* wanted(
  pieces: AsyncIterable<LogLine[]>,
  { outcome, about, endsOnly }: AuditFilter,
): AsyncGenerator<AuditEntry[]> {
  for await (const lines of pieces) {
    const entries: AuditEntry[] = [];
    for (const line of lines) {
      const entry = auditEntry(line);
      if (entry === undefined || (endsOnly && entry.event === "start")) continue;
      if (outcome !== undefined && entry.outcome !== outcome) continue;
      if (about === undefined || isAbout(entry, about)) entries.push(entry);
    }
    if (entries.length > 0) yield entries;
  }
}

function isAbout(
  { document, record, key, naturalKey, target, id, run, pair, flow }: AuditEntry,
  about: string,
): boolean {
  return [document, record, key, naturalKey, target, id, run, `${pair}/${flow}:${key}`].includes(about);
}

async function* newest(pieces: AsyncIterable<AuditEntry[]>, limit: number): AsyncGenerator<AuditEntry[]> {
  let kept: AuditEntry[] = [];
  for await (const entries of pieces) {
    for (const entry of entries) kept.push(entry);
    if (kept.length > 2 * limit) kept = kept.slice(-limit);
  }
  yield kept.slice(-limit);
}

/** What people see of a log line; undefined for what only mlc itself needs. Pure. */
export function auditEntry(line: LogLine): AuditEntry | undefined {
  // Written out member by member: objects that are spread into one another take longer than to read the line.
  const { kind, id, at, run, pair, flow } = line;
  switch (kind) {
    case "run": {
      const { event, command, counts, complete, error, since } = line;
      return { id, at, run, pair, flow, kind, event, command, counts, complete, error, since };
    }
    case "result": {
      const { key, document, step, action, outcome, naturalKey, target, calls, fields, payload, remark } = line;
      if (outcome === undefined) return undefined;
      const record = line.record.id;
      return {
        id,
        at,
        run,
        pair,
        flow,
        kind,
        key,
        document,
        record,
        step,
        action,
        outcome,
        naturalKey,
        target,
        calls,
        fields,
        payload,
        remark,
      };
    }
    case "aside": {
      const { key, document, outcome, calls, attempts, since, until, error } = line;
      const record = line.record.id;
      return { id, at, run, pair, flow, kind, key, document, record, outcome, calls, attempts, since, until, error };
    }
    case "resolved": {
      const { key, document, record, outcome, how: remark } = line;
      return { id, at, run, pair, flow, kind, key, document, record, outcome, remark };
    }
    default:
      return undefined;
  }
}
