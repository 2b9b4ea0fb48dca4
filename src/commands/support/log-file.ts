import { AsyncLocalStorage } from "node:async_hooks";
import { closeSync, constants, existsSync, fstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { ulid } from "ulid";
import type { Clock } from "../../core/clock.ts";
import type { Timer } from "../../core/http/types.ts";
import type { RunEvent, RunLog } from "../../core/run-log.ts";
import type { Disk } from "../../core/state/disk.ts";
import { errorCode } from "../../core/state/disk-error.ts";
import { acquireLock } from "../../core/state/lock.ts";
import type { Machine } from "../../core/state/machine.ts";
import { type LogFormat, logLine } from "./log-lines.ts";

/** When a log file is renamed, how many renamed ones are kept, and what is held in memory meanwhile. */
export const logLimits = { maxBytes: 10_000_000, keep: 5, flushMs: 1_000, flushLength: 64_000, heldLength: 1_000_000 };

/** The one disk call of a log file; it does not wait, so that the last lines are written while the process exits. */
export interface LogDisk {
  /** Appends in one write; throws when nothing could be written. Tells how much was, and how large the file is now. */
  append(path: string, bytes: Uint8Array): { written: number; size: number };
}

/** What a log file needs. */
export interface LogFileOptions {
  path: string;
  format: LogFormat;
  clock: Clock;
  /** For renaming, which has time. */
  disk: Disk;
  logDisk: LogDisk;
  machine: Machine;
  timer: Timer;
  /** Says once what keeps the file from being written. */
  warn(message: string): void;
  limits?: Partial<typeof logLimits>;
}

/**
 * A log file that several processes write to at once. It is opened anew for each write, so that whoever renames it, another
 * mlc or logrotate, takes no line along that comes later.
 */
export class LogFile implements RunLog {
  readonly #options: LogFileOptions;
  readonly #limits: typeof logLimits;
  #held: string[] = [];
  #heldLength = 0;
  /** Runs of a watch go side by side. */
  readonly #run = new AsyncLocalStorage<string>();
  #cancelFlush: (() => void) | undefined;
  #rotating: Promise<void> | undefined;
  /** At this size the file is renamed; more where that failed. */
  #fullAt: number;
  #isTorn = false;
  #isDeaf = false;
  #lost = 0;
  readonly #warned = new Map<string, string>();

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#limits = { ...logLimits, ...options.limits };
    this.#fullAt = this.#limits.maxBytes;
  }

  add(happened: RunEvent): void {
    if (happened.event === "said" && this.#isDeaf) return;
    this.#hold(this.#lineOf(happened));
    if (this.#heldLength >= this.#limits.flushLength && !this.#warned.has("written")) this.flush();
    else this.#cancelFlush ??= this.#options.timer(this.#limits.flushMs, () => this.flush());
  }

  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    if (this.#held.length === 0) return;
    const lost =
      this.#lost > 0 ? this.#lineOf({ event: "said", message: `Warning: ${this.#lost} lines are missing` }) : "";
    // Half a line that a full disk left behind must not swallow the next one.
    const bytes = Buffer.from(`${this.#isTorn ? "\n" : ""}${lost}${this.#held.join("")}`);
    try {
      const { written, size } = this.#options.logDisk.append(this.#options.path, bytes);
      this.#keepAfter(bytes, written);
      if (size >= this.#fullAt) this.#rotating ??= this.#rotate(size);
    } catch (error) {
      this.#warnOnce("written", error);
    }
  }

  /** Holds back what was not written, the line that was cut included. */
  #keepAfter(bytes: Buffer, written: number): void {
    this.#isTorn = written < bytes.length;
    this.#lost = 0;
    const rest = this.#isTorn ? bytes.subarray(bytes.lastIndexOf("\n", written - 1) + 1).toString() : "";
    this.#held = rest === "" ? [] : rest.split(/(?<=\n)/);
    this.#heldLength = rest.length;
    if (this.#isTorn) this.#warnOnce("written", new Error("the disk is full"));
    else this.#warned.delete("written");
  }

  within<T>(run: string, work: () => Promise<T>): Promise<T> {
    return this.#run.run(run, work);
  }

  unheard(print: () => void): void {
    this.#isDeaf = true;
    try {
      print();
    } finally {
      this.#isDeaf = false;
    }
  }

  /** When no file is being renamed any more. */
  async settled(): Promise<void> {
    await this.#rotating;
  }

  #lineOf(happened: RunEvent): string {
    const { clock, format } = this.#options;
    return logLine(happened, { at: clock.now(), run: this.#run.getStore() }, format);
  }

  /** While the file cannot be written the newest lines are kept, so that memory has an end and a short outage costs none. */
  #hold(line: string): void {
    this.#held.push(line);
    this.#heldLength += line.length;
    while (this.#heldLength > this.#limits.heldLength && this.#held.length > 1) {
      this.#heldLength -= this.#held.shift()?.length ?? 0;
      this.#lost += 1;
    }
  }

  async #rotate(sizeNow: number): Promise<void> {
    const { path, disk, clock, machine } = this.#options;
    const lock = { disk, dir: dirname(path), name: `.${basename(path)}.lock`, machine, clock, token: ulid } as const;
    try {
      // Who renames already saves us the work.
      const held = await acquireLock({ ...lock, command: "log", mode: "skip", waitMs: 0 });
      try {
        const size = held ? ((await disk.facts(path))?.size ?? 0) : 0;
        if (size >= this.#limits.maxBytes) await shift(disk, path, this.#limits.keep);
      } finally {
        await held?.release();
      }
      this.#fullAt = this.#limits.maxBytes;
      this.#warned.delete("renamed");
    } catch (error) {
      this.#fullAt = sizeNow + this.#limits.maxBytes;
      this.#warnOnce("renamed", error);
    } finally {
      this.#rotating = undefined;
    }
  }

  /** A log is no reason to stop a run: one warning until it is well again. */
  #warnOnce(what: string, error: unknown): void {
    const reason = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
    if (this.#warned.get(what) === reason) return;
    this.#warned.set(what, reason);
    this.#options.warn(
      `Warning: the log file ${this.#options.path} cannot be ${what} (${reason}); mlc goes on without.`,
    );
  }
}

/** Renames `path` to `path.1`, that to `path.2` and so on up to the first free name; of a full row the last one goes. */
async function shift(disk: Disk, path: string, keep: number): Promise<void> {
  const names = await disk.list(dirname(path));
  const isThere = (n: number) => names.includes(`${basename(path)}.${n}`);
  let end = 1;
  // What a crash left half shifted closes its gap here instead of losing the oldest.
  while (end < keep && isThere(end)) end += 1;
  for (let n = end; n > 1; n -= 1) await disk.rename(`${path}.${n - 1}`, `${path}.${n}`);
  try {
    await disk.rename(path, `${path}.1`);
  } catch (error) {
    // Somebody else has just renamed it, which saves us the work.
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** The machine's disk for a log file: 0600, in a directory that is made when absent. */
export function machineLogDisk(): LogDisk {
  return {
    append: (path, bytes) => {
      const file = openToAppend(path);
      try {
        const written = writeSync(file, bytes);
        return { written, size: fstatSync(file).size };
      } finally {
        closeSync(file);
      }
    },
  };
}

/** Node's own recursive one never ends where the system says that a new directory's parent is absent, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** A pipe that nobody reads would block an open that waits. */
const appending = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;

function openToAppend(path: string): number {
  try {
    return openSync(path, appending, 0o600);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    makeDirectory(dirname(path));
    return openSync(path, appending, 0o600);
  }
}
