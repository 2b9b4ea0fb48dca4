import { monotonicFactory, ulid } from "ulid";
import { type StoredFlow, storedFlows } from "./audit.ts";
import type { Clock } from "./clock.ts";
import { dropLines } from "./drop.ts";
import { UsageError } from "./errors.ts";
import type { Failpoint } from "./failpoint.ts";
import { type NamedRecord, recordsAside, recordsInLog, recordsNamed } from "./find-record.ts";
import { canonicalJson, type Json } from "./json.ts";
import { stateDirOf } from "./profile.ts";
import { type Retention, removeOld } from "./retention.ts";
import { type LogQuery, readLog } from "./state/audit-reader.ts";
import type { Disk } from "./state/disk.ts";
import { flowDirectory, type OpenFlowStore, openFlowStore } from "./state/flow-store.ts";
import type { LogLine } from "./state/lines.ts";
import { acquireLock, type HeldLock, type IfRunning } from "./state/lock.ts";
import { thisMachine } from "./state/machine.ts";
import { setAsideFlow } from "./state/replace.ts";

/** What the state of a profile needs of its surroundings. */
export interface ProfileStateOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  clock: Clock;
  platform: NodeJS.Platform;
  signal: AbortSignal;
  failpoint: Failpoint;
  /** The key that seals the logs. */
  macKey(): Promise<Uint8Array>;
  /** What is to be done under the lock before it is given back. */
  beforeRelease(lock: HeldLock): Promise<void>;
}

const lockWaitMs = 60_000;

/** The state of a profile's flows and the lock over them. */
export class ProfileState {
  readonly #options: ProfileStateOptions;
  /** The lock while this process holds or takes it, and how many share it: flows of a watch run side by side. */
  #shared: { lock: Promise<HeldLock | undefined>; users: number } | undefined;
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Where the flows' directories are. */
  readonly dir: string;

  /** Ids that rise within a millisecond too; counting up is much cheaper than new randomness for each line. */
  readonly #nextUlid = monotonicFactory();

  constructor(options: ProfileStateOptions) {
    this.#options = options;
    this.dir = stateDirOf(options.dir);
  }

  /** Whether this process holds the lock or is about to. */
  get isAtWork(): boolean {
    return this.#shared !== undefined;
  }

  /** Does work under the profile's lock, which this process takes once however many ask; undefined when another run holds it and `ifRunning` says skip. */
  async locked<T>(
    request: { command: string; ifRunning?: IfRunning },
    work: (lock: HeldLock) => Promise<T>,
  ): Promise<T | undefined> {
    this.#shared ??= { lock: this.#acquire(request), users: 0 };
    const shared = this.#shared;
    shared.users += 1;
    let lock: HeldLock | undefined;
    try {
      lock = await shared.lock;
      if (!lock) return undefined;
      const done = await work(lock);
      if (shared.users === 1) await this.#options.beforeRelease(lock);
      return done;
    } finally {
      shared.users -= 1;
      if (shared.users === 0) {
        this.#shared = undefined;
        await lock?.release();
      }
    }
  }

  /** Does work on a flow when no other of this process is on it. */
  async alone<T>(pair: string, flow: string, work: () => Promise<T>): Promise<T> {
    const name = `${pair}.${flow}`;
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(name, settled);
    return turn;
  }

  #acquire({ command, ifRunning }: { command: string; ifRunning?: IfRunning }): Promise<HeldLock | undefined> {
    const { disk, dir, clock, platform, signal } = this.#options;
    return acquireLock({
      disk,
      dir,
      clock,
      machine: thisMachine(platform),
      token: ulid,
      command,
      mode: ifRunning ?? "wait",
      waitMs: lockWaitMs,
      signal,
    });
  }

  /** The flows that have a state, connected or not. */
  stored(): Promise<StoredFlow[]> {
    return storedFlows(this.#options.disk, this.dir);
  }

  /** Opens a flow's state; to read it needs no lock. */
  async open(pair: string, flow: string, access: "read" | "write"): Promise<OpenFlowStore> {
    const { disk, clock, failpoint, macKey } = this.#options;
    return openFlowStore({
      disk,
      dir: this.dir,
      pair,
      flow,
      clock,
      macKey: await macKey(),
      ulid: this.#nextUlid,
      failpoint,
      readOnly: access === "read",
    });
  }

  /** Opens a flow's state to write; one that belongs to another account is put away first. */
  async openAnew(pair: string, flow: string, account: Json): Promise<OpenFlowStore> {
    const store = await this.open(pair, flow, "write");
    const before = store.state.account;
    if (before === undefined || canonicalJson(before) === canonicalJson(account)) return store;
    await store.close();
    const { disk, clock } = this.#options;
    await setAsideFlow(disk, this.dir, `${pair}.${flow}`, ulid(clock.now().getTime()));
    return this.open(pair, flow, "write");
  }

  /** The lines of a flow's log, oldest first; to read them needs no lock. */
  log(pair: string, flow: string, query: LogQuery): AsyncGenerator<LogLine> {
    return readLog(this.#options.disk, flowDirectory(this.dir, pair, flow), query);
  }

  /** Records of a flow that an id names, wherever mlc wrote of them; all that are set aside without one. */
  async named(pair: string, flow: string, id: string | undefined): Promise<NamedRecord[]> {
    const store = await this.open(pair, flow, "read");
    try {
      if (id === undefined) return recordsAside(store.state);
      const name = id.startsWith(`${pair}/${flow}:`) ? id.slice(`${pair}/${flow}:`.length) : id;
      const found = recordsNamed(store.state, name, await store.load([name]));
      if (found.length > 0) return found;
      return await recordsInLog(this.log(pair, flow, {}), name);
    } finally {
      await store.close();
    }
  }

  /** Ends what is open of records without sending anything; how many it was. Throws UsageError when nothing is open. */
  async drop(given: {
    pair: string;
    flow: string;
    run: string;
    records: readonly NamedRecord[];
    isDry: boolean;
  }): Promise<number> {
    const { pair, flow, run, records, isDry } = given;
    const store = await this.open(pair, flow, isDry ? "read" : "write");
    try {
      const lines = records.map((record) => dropLines(store.state, record, { run, pair, flow }));
      const dropped = lines.filter(({ length }) => length > 0).length;
      if (dropped === 0) throw new UsageError(`${records[0]?.document} is not set aside, so there is nothing to drop`);
      if (isDry) return dropped;
      await store.append(lines.flat());
      await store.save();
      return dropped;
    } finally {
      await store.close();
    }
  }

  /** Removes what is older than the settings say, at most once a day; only for whoever holds the lock. */
  async removeOld(retention: Retention): Promise<void> {
    const now = this.#options.clock.now();
    const alone = <T>(pair: string, flow: string, work: () => Promise<T>) => this.alone(pair, flow, work);
    await this.alone("", "retention", () => removeOld(retention, { ...this.#options, now, alone }));
  }
}
