import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { LockedError, StateError } from "../errors.ts";
import type { Disk } from "./disk.ts";
import { isGone, type Machine, type ProcessName } from "./machine.ts";
import { fromSummed, summed } from "./seal.ts";

/** Who holds a lock. */
export interface Holder extends ProcessName {
  /** Names this one holding. */
  token: string;
  /** What it runs, for people. */
  command: string;
  at: string;
}

/** What to do when another run holds the lock. */
export type IfRunning = "wait" | "skip" | "fail";

/** What a lock needs. */
export interface LockOptions {
  disk: Disk;
  /** The profile's directory; the lock is the file `lock` in it. */
  dir: string;
  /** The file's name, where it is not `lock`. */
  name?: string;
  machine: Machine;
  clock: Clock;
  /** Makes a token that no other holding has. */
  token: () => string;
  command: string;
  mode: IfRunning;
  waitMs: number;
  signal?: AbortSignal;
}

/** A lock that this process took. */
export interface HeldLock {
  readonly token: string;
  /** Throws StateError when the lock is not ours any more; to be called before each intent. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

const pollMs = 250;

/** Takes the profile's lock; undefined when mode is `skip` and another run holds it; throws LockedError that names it. */
export async function acquireLock(options: LockOptions): Promise<HeldLock | undefined> {
  const { disk, dir, clock, mode, waitMs, signal } = options;
  const path = join(dir, options.name ?? "lock");
  await disk.makeDirectory(dir);
  const mine = await holding(options);
  const until = clock.now().getTime() + waitMs;
  for (;;) {
    // To look costs nothing; each try is a file and its fsync.
    const holder = await readHolder(disk, path);
    if (holder === undefined) {
      if (await take(disk, path, mine)) return held(disk, path, mine.token);
      continue;
    }
    if ((await isGone(options.machine, holder)) && (await removeStale(options, path, holder, mine))) continue;
    if (mode === "skip") return undefined;
    if (mode === "fail" || clock.now().getTime() >= until) throw lockedBy(holder, path);
    await clock.sleep(pollMs, signal);
  }
}

/** Who holds the lock at a path; undefined when nobody does. */
export async function readHolder(disk: Disk, path: string): Promise<Holder | undefined> {
  const bytes = await disk.read(path);
  if (bytes === undefined) return undefined;
  const holder = fromSummed<Holder>(bytes) ?? unsummed(bytes);
  if (holder !== undefined) return holder;
  throw new StateError(`The lock file ${path} cannot be read, so nobody knows who holds it.`, {
    code: "LOCK_DAMAGED",
    hint: `Make sure that no mlc runs, then remove ${path}.`,
  });
}

/** Whether a process that still runs holds the lock at a path. Throws StateError. */
export async function isHeld(disk: Disk, path: string, machine: Machine): Promise<boolean> {
  const holder = await readHolder(disk, path);
  return holder !== undefined && !(await isGone(machine, holder));
}

const members = ["host", "machine", "boot", "namespace", "pid", "start", "token", "command", "at"];

/** A holder written before locks had a checksum: it has these members and no other, not even a spoilt checksum. */
function unsummed(bytes: Buffer): Holder | undefined {
  try {
    const holder = JSON.parse(bytes.toString("utf8")) as Holder;
    if (!Object.keys(holder).every((name) => members.includes(name))) return undefined;
    return typeof holder.token === "string" && typeof holder.pid === "number" ? holder : undefined;
  } catch {
    // Not JSON, or null: the caller says that it is damaged.
    return undefined;
  }
}

async function holding({ machine, token, command, clock }: LockOptions): Promise<Holder> {
  return { ...(await machine.self()), token: token(), command, at: clock.now().toISOString() };
}

/** The file gets its name only when it is whole, so that nobody ever reads half a holder. */
async function take(disk: Disk, path: string, mine: Holder): Promise<boolean> {
  const own = `${path}.${mine.token}`;
  try {
    await disk.write(own, summed(mine));
    return await disk.link(own, path);
  } finally {
    await disk.remove(own);
  }
}

/** Removes a stale lock; only one process at a time does so, so that nobody removes the lock of the next holder. */
async function removeStale(options: LockOptions, path: string, stale: Holder, mine: Holder): Promise<boolean> {
  const { disk, machine } = options;
  const guard = `${path}.break`;
  if (!(await take(disk, guard, mine))) {
    const breaker = await readHolder(disk, guard);
    if (breaker && (await isGone(machine, breaker))) await disk.remove(guard);
    return false;
  }
  try {
    if ((await readHolder(disk, path))?.token === stale.token) await disk.remove(path);
    return true;
  } finally {
    await disk.remove(guard);
  }
}

function held(disk: Disk, path: string, token: string): HeldLock {
  const isOurs = async () => (await readHolder(disk, path))?.token === token;
  return {
    token,
    assertHeld: async () => {
      if (await isOurs()) return;
      throw new StateError(`This run lost its lock ${path}; it stops before it sends anything more.`, {
        code: "LOCK_LOST",
        hint: "Run again; do not remove the lock file of a run that is still there.",
      });
    },
    release: async () => {
      if (await isOurs()) await disk.remove(path);
    },
  };
}

function lockedBy(holder: Holder, path: string): LockedError {
  return new LockedError(
    `Another run holds the lock: "${holder.command}", process ${holder.pid} on ${holder.host}, since ${holder.at}.`,
    {
      code: "LOCKED",
      hint: `Wait for it, or, once that process on ${holder.host} is surely gone, remove ${path}.`,
    },
  );
}
