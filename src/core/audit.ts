import { join } from "node:path";
import type { Call, Outcome, StepAction } from "./ports.ts";
import { readLog } from "./state/audit-reader.ts";
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

/** The entries of all flows that the filter lets through, oldest first; without a limit one chunk of each is in memory. */
export async function* auditEntries(disk: Disk, stateDir: string, filter: AuditFilter): AsyncGenerator<AuditEntry> {
  const { since, until, limit, pair, flow } = filter;
  const flows = (await storedFlows(disk, stateDir)).filter(
    (one) => (pair === undefined || one.pair === pair) && (flow === undefined || one.flow === flow),
  );
  const span = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const entries = wanted(merged(flows.map(({ dir }) => readLog(disk, dir, span))), filter);
  yield* limit === undefined ? entries : newest(entries, limit);
}

/** Several logs as one, each in its own order; of lines of one moment the earlier log's come first. */
async function* merged(logs: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  const heads = await Promise.all(logs.map(async (log) => ({ log, next: await log.next() })));
  try {
    for (;;) {
      const [first, ...others] = heads.filter(({ next }) => !next.done);
      if (first === undefined) return;
      const head = others.reduce((least, one) => (one.next.value.at < least.next.value.at ? one : least), first);
      yield head.next.value;
      head.next = await head.log.next();
    }
  } finally {
    await Promise.all(logs.map((log) => log.return(undefined)));
  }
}

async function* wanted(
  lines: AsyncIterable<LogLine>,
  { outcome, about, endsOnly }: AuditFilter,
): AsyncGenerator<AuditEntry> {
  for await (const line of lines) {
    const entry = auditEntry(line);
    if (entry === undefined || (endsOnly && entry.event === "start")) continue;
    if (outcome !== undefined && entry.outcome !== outcome) continue;
    if (about === undefined || isAbout(entry, about)) yield entry;
  }
}

function isAbout(
  { document, record, key, naturalKey, target, id, run, pair, flow }: AuditEntry,
  about: string,
): boolean {
  return [document, record, key, naturalKey, target, id, run, `${pair}/${flow}:${key}`].includes(about);
}

async function* newest(entries: AsyncIterable<AuditEntry>, limit: number): AsyncGenerator<AuditEntry> {
  const ring: AuditEntry[] = [];
  let seen = 0;
  for await (const entry of entries) {
    ring[seen % limit] = entry;
    seen += 1;
  }
  for (let at = Math.max(0, seen - limit); at < seen; at += 1) {
    const entry = ring[at % limit];
    if (entry) yield entry;
  }
}

/** What people see of a log line; undefined for what only mlc itself needs. Pure. */
export function auditEntry(line: LogLine): AuditEntry | undefined {
  const { id, at, run, pair, flow } = line;
  const head = { id, at, run, pair, flow };
  switch (line.kind) {
    case "run": {
      const { event, command, counts, complete, error, since } = line;
      return { ...head, kind: "run", event, command, counts, complete, error, since };
    }
    case "result": {
      const { key, document, record, step, action, outcome, naturalKey, target, calls, fields, payload, remark } = line;
      if (outcome === undefined) return undefined;
      const what = { kind: "result", key, document, record: record.id, step, action, outcome, naturalKey } as const;
      return { ...head, ...what, target, calls, fields, payload, remark };
    }
    case "aside": {
      const { key, document, record, outcome, calls, attempts, since, until, error } = line;
      const what = { kind: "aside", key, document, record: record.id, outcome, calls, attempts, since } as const;
      return { ...head, ...what, until, error };
    }
    case "resolved": {
      const { key, document, record, outcome, how } = line;
      return { ...head, kind: "resolved", key, document, record, outcome, remark: how };
    }
    default:
      return undefined;
  }
}
