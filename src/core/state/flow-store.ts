import { join } from "node:path";
import type { Clock } from "../clock.ts";
import type { Delivery } from "../delivery.ts";
import { StateError } from "../errors.ts";
import type { Failpoint } from "../failpoint.ts";
import { type FlowFiles, logBegin } from "./anchor.ts";
import type { Disk } from "./disk.ts";
import { Filed } from "./filed.ts";
import type { FlowState } from "./fold.ts";
import { Folded } from "./folded.ts";
import type { LineDraft, LogLine } from "./lines.ts";
import { Log } from "./log.ts";
import { logFiles } from "./log-files.ts";
import type { Migrations } from "./schema.ts";
import { Snapshots } from "./snapshot.ts";
import type { FlowStore } from "./store.ts";

/** Every place of the state's writing where a crash must be harmless, for sweeps over them. */
export const stateFailpoints = [
  "log.append.before",
  "log.truncate.after",
  "log.write.after",
  "log.fsync.after",
  "log.directory.after",
  "closed.write.before",
  "closed.write.after",
  "closed.index.before",
  "closed.index.written",
  "closed.index.after",
  "parts.write.before",
  "parts.rename.before",
  "parts.rename.after",
  "parts.sync.after",
  "state.write.before",
  "state.rename.before",
  "state.rename.between",
  "state.rename.after",
  "parts.prune.before",
  "closed.prune.before",
] as const;

/** A snapshot is written at the latest after so many lines, or as many as there are deliveries in it. */
export const linesPerSnapshot = 5_000;
/** Closed deliveries stay in the snapshot until there are so many to file. */
export const closedPerFiling = 512;
const linesPerRebuildFiling = 50_000;

/** What the store of a flow needs. */
export interface FlowStoreOptions {
  disk: Disk;
  /** The profile's `state` directory. */
  dir: string;
  pair: string;
  flow: string;
  macKey: Uint8Array;
  clock: Clock;
  /** Of a time in milliseconds. */
  ulid: (time: number) => string;
  failpoint: Failpoint;
  /** Reads what is there and writes nothing; may run beside a writer. */
  readOnly?: boolean;
  linesPerSnapshot?: number;
  closedPerFiling?: number;
  deliveriesInOneFile?: number;
  migrations?: Migrations;
}

/** A flow's store that holds files open. */
export type OpenFlowStore = FlowStore & { close(): Promise<void> };

/** The directory of a flow's state. Pure. */
export function flowDirectory(dir: string, pair: string, flow: string): string {
  return join(dir, `${pair}.${flow}`);
}

/** Opens a flow's state: the newest whole snapshot with the log's tail applied; throws StateError when it is damaged. */
export async function openFlowStore(options: FlowStoreOptions): Promise<OpenFlowStore> {
  const { disk, macKey: key, failpoint, readOnly = false } = options;
  const dir = flowDirectory(options.dir, options.pair, options.flow);
  if (!readOnly) await disk.makeDirectory(dir);
  const snapshots = new Snapshots({ ...options, dir, key, readOnly });
  const snapshot = await snapshots.read();
  if (snapshot.position.seq === 0) await refuseLeftovers({ disk, dir, key });
  const filed = new Filed({ disk, dir: join(dir, "closed"), key, failpoint }, snapshot.filed);
  const folded = new Folded(snapshot.state, filed);
  const log = await Log.open({ ...options, dir, key }, snapshot.position, async (line) => {
    await folded.fetch([line]);
    folded.apply(line);
    // A log read from its start must not hold years of finished deliveries in memory.
    if (!readOnly && line.seq % linesPerRebuildFiling === 0)
      await folded.file(options.closedPerFiling ?? closedPerFiling);
  });
  return new LoggedFlowStore({ options, dir, snapshots, filed, folded, log, savedSeq: snapshot.position.seq });
}

/** A state without log and snapshot is new only when nothing else is left of it either. */
async function refuseLeftovers(flow: FlowFiles): Promise<void> {
  const { disk, dir } = flow;
  const { seq } = await logBegin(flow);
  if (seq > 0) {
    throw new StateError(`No snapshot in ${dir} is whole, and the log's first ${seq} lines were removed by age.`, {
      code: "LOG_INCOMPLETE",
      hint: `Restore ${dir} from a backup; do not start empty, or finished documents are sent again.`,
    });
  }
  if ((await logFiles(disk, dir)).length > 0) return;
  const left = (await disk.list(dir)).filter((name) => /^(state|closed|anchor)/.test(name) && !name.endsWith(".tmp"));
  if (left.length === 0) return;
  throw new StateError(`The log in ${dir} is missing, although ${left.join(", ")} is there.`, {
    code: "LOG_MISSING",
    hint: `Restore ${dir} from a backup; do not start empty, or finished documents are sent again.`,
  });
}

interface Parts {
  options: FlowStoreOptions;
  dir: string;
  snapshots: Snapshots;
  filed: Filed;
  folded: Folded;
  log: Log;
  savedSeq: number;
}

class LoggedFlowStore implements OpenFlowStore {
  readonly #parts: Parts;
  #savedSeq: number;
  /** Deliveries in the last snapshot. */
  #savedSize: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#savedSeq = parts.savedSeq;
    this.#savedSize = parts.folded.state.deliveries.size;
  }

  get state(): FlowState {
    return this.#parts.folded.state;
  }

  append(drafts: readonly LineDraft[]): Promise<LogLine[]> {
    return this.#alone(async () => {
      this.#refuseReadOnly();
      const { log, folded, options } = this.#parts;
      await folded.fetch(drafts);
      const lines = await log.append(drafts);
      for (const line of lines) folded.apply(line);
      const since = log.position.seq - this.#savedSeq;
      // A snapshot costs as much as there are deliveries, so that many of them wait for as many lines.
      const least = Math.max(options.linesPerSnapshot ?? linesPerSnapshot, this.#savedSize);
      if (since >= least) await this.#save();
      return lines;
    });
  }

  load(keys: readonly string[]): Promise<Map<string, Delivery>> {
    return this.#alone(() => this.#parts.folded.deliveries(keys));
  }

  holder(naturalKey: string): Promise<string | undefined> {
    return this.#alone(() => this.#parts.folded.holder(naturalKey));
  }

  holderOfTarget(target: string): string | undefined {
    return this.#parts.folded.holderOfTarget(target);
  }

  save(): Promise<void> {
    return this.#alone(async () => {
      this.#refuseReadOnly();
      await this.#save();
    });
  }

  close(): Promise<void> {
    return this.#alone(() => this.#parts.log.close());
  }

  async #save(): Promise<void> {
    const { log, snapshots, filed, folded, options } = this.#parts;
    if (log.position.seq === this.#savedSeq) return;
    await log.settle();
    await folded.file(options.closedPerFiling ?? closedPerFiling);
    await filed.saveIndex();
    await snapshots.write(log.position, filed.last, folded.state);
    this.#savedSeq = log.position.seq;
    this.#savedSize = folded.state.deliveries.size;
    await filed.prune(snapshots.kept);
  }

  #refuseReadOnly(): void {
    if (!this.#parts.options.readOnly) return;
    throw new StateError(`The state in ${this.#parts.dir} was opened to be read only.`, { code: "READ_ONLY" });
  }

  /** Runs one call after the other: a look-up must not meet deliveries on their way into the files. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
