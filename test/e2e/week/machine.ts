import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AppendFile, Disk } from "../../../src/core/state/disk.ts";
import { Mlc } from "../../../src/mlc.ts";
import { clockOf, type Outside } from "./watch.ts";

/** What mlc asked of the disk. */
export interface DiskUse {
  bytes: number;
  syncs: number;
}

/** A machine whose power can fail: from then on nothing that runs on it reaches disk or network. */
export class Machine {
  readonly use: DiskUse = { bytes: 0, syncs: 0 };
  #power = new AbortController();
  #left = Number.POSITIVE_INFINITY;
  #isLastWrite = false;

  /** Aborted when the power fails. */
  get signal(): AbortSignal {
    return this.#power.signal;
  }

  /** Lets the power fail when disk or network are next touched for the n-th time. */
  failAfter(touches: number): void {
    this.#left = touches;
  }

  /** Lets the power fail when a vendor took the next write, before anybody hears of it. */
  failAtWrite(): void {
    this.#isLastWrite = true;
  }

  /** The power is back; the lock of the dead process goes, as it does when its process is proven gone. */
  restart(profile: string): void {
    this.#power = new AbortController();
    this.#left = Number.POSITIVE_INFINITY;
    this.#isLastWrite = false;
    rmSync(join(profile, "lock"), { force: true });
  }

  /** The profile of `mlc` on this machine. */
  boot(mlc: Mlc, outside: Outside, latency: () => number): Mlc {
    const { dir, config, secrets, surroundings } = mlc;
    const clock = clockOf(outside);
    const { signal } = this;
    const power: Power = { isOn: () => !signal.aborted, touch: () => this.#touch(signal) };
    const answer = surroundings.fetch ?? fetch;
    const overNetwork: typeof fetch = async (input, init) => {
      power.touch();
      await outside.moveTo(outside.now() + latency());
      const request = new Request(input, init);
      const response = await answer(request);
      if (this.#isLastWrite && isWrite(request)) this.failAfter(1);
      power.touch();
      return response;
    };
    const disk = countingDisk(mlc.disk, this.use, power);
    return new Mlc({ ...surroundings, fetch: overNetwork, clock, signal }, { clock, disk, dir, config, secrets });
  }

  #touch(signal: AbortSignal): void {
    if (!signal.aborted && --this.#left <= 0) this.#power.abort(new Error("the power failed"));
    signal.throwIfAborted();
  }
}

/** Whether a request changes something at its vendor. */
export function isWrite({ method, url }: { method: string; url: string }): boolean {
  return method !== "GET" && !url.endsWith("/token");
}

/** What whoever touches disk or network asks first. */
interface Power {
  isOn(): boolean;
  /** Throws when there is none. */
  touch(): void;
}

/** A disk that counts what is written; where the power fails in the midst of it, half is there. */
export function countingDisk(disk: Disk, use: DiskUse, power: Power = { isOn: () => true, touch: () => {} }): Disk {
  const guarded =
    <Given extends unknown[], T>(call: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      power.touch();
      return call(...given);
    };
  return {
    ...disk,
    makeDirectory: guarded(disk.makeDirectory),
    read: guarded(disk.read),
    truncate: guarded(disk.truncate),
    rename: guarded(disk.rename),
    link: guarded(disk.link),
    remove: guarded(disk.remove),
    syncDirectory: guarded(async (path) => {
      use.syncs += 1;
      await disk.syncDirectory(path);
    }),
    write: guarded(async (path, bytes) => {
      use.bytes += bytes.length;
      use.syncs += 1;
      await disk.write(path, bytes);
    }),
    append: guarded(async (path) => countingFile(await disk.append(path), use, power)),
  };
}

function countingFile(file: AppendFile, use: DiskUse, power: Power): AppendFile {
  return {
    close: () => file.close(),
    sync: async () => {
      power.touch();
      use.syncs += 1;
      await file.sync();
    },
    write: async (bytes) => {
      const wasOn = power.isOn();
      try {
        power.touch();
      } catch (error) {
        if (wasOn) await file.write(bytes.subarray(0, bytes.length >>> 1));
        throw error;
      }
      use.bytes += bytes.length;
      await file.write(bytes);
    },
  };
}

/** How many descriptors this process holds; 0 where the platform does not tell. */
export function openHandles(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}
