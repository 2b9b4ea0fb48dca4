import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../../src/core/clock.ts";
import { LockedError, StateError } from "../../../src/core/errors.ts";
import { machineDisk } from "../../../src/core/state/disk.ts";
import { acquireLock, type HeldLock, type LockOptions } from "../../../src/core/state/lock.ts";
import { isGone, type Machine, type ProcessName, thisMachine } from "../../../src/core/state/machine.ts";
import { requestsIn } from "../../../src/core/state/requests.ts";
import { summed } from "../../../src/core/state/seal.ts";
import { counter } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const first: ProcessName = { host: "h", machine: "m", boot: "b1", namespace: "n", pid: 10, start: "100" };

/** A machine seen by one of its processes. */
function machine(self: ProcessName, running: Record<number, string>): Machine {
  return {
    self: async () => self,
    process: async (pid) => {
      const start = running[pid];
      return start === undefined ? { runs: false } : { runs: true, start };
    },
  };
}

const bothRun = { 10: "100", 11: "200" };
const second: ProcessName = { ...first, pid: 11, start: "200" };

function acquire(disk: MemoryDisk, own: Machine, extra: Partial<LockOptions> = {}): Promise<HeldLock | undefined> {
  const options = { disk, dir: "/p", clock: jumpingClock(new Date(0)), token: counter(extra.command), waitMs: 60_000 };
  return acquireLock({ ...options, machine: own, command: "sync orders", mode: "fail", ...extra });
}

describe("the profile's lock", () => {
  it("is held by one run at a time and names the holder to others", async () => {
    const disk = new MemoryDisk();
    const lock = await acquire(disk, machine(first, bothRun));
    const error = await acquire(disk, machine(second, bothRun), { command: "replay" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LockedError);
    expect(error).toMatchObject({ exitCode: 11 });
    expect(String(error)).toMatch(/"sync orders", process 10 on h/);
    expect(await acquire(disk, machine(second, bothRun), { mode: "skip" })).toBeUndefined();
    await lock?.release();
    expect(await acquire(disk, machine(second, bothRun))).toBeDefined();
    expect(disk.paths()).toEqual(["/p/lock"]);
  });

  it("waits as long as it is told and takes the lock when it becomes free", async () => {
    const disk = new MemoryDisk();
    const lock = await acquire(disk, machine(first, bothRun));
    const clock = jumpingClock(new Date(0));
    await expect(acquire(disk, machine(second, bothRun), { mode: "wait", clock })).rejects.toThrow(LockedError);
    expect(clock.now().getTime()).toBe(60_000);
    let polls = 0;
    const sleep = async () => {
      polls += 1;
      if (polls === 3) await lock?.release();
    };
    expect(await acquire(disk, machine(second, bothRun), { mode: "wait", clock: { ...clock, sleep } })).toBeDefined();
    expect(polls).toBe(3);
  });

  it.each<[string, ProcessName, Record<number, string>, boolean]>([
    ["a holder that runs", second, bothRun, false],
    ["a suspended holder, however old", second, { 10: "100" }, false],
    ["a holder whose process is gone", second, {}, true],
    ["a process number that was used again", second, { 10: "999" }, true],
    ["a holder from before the machine started", { ...second, boot: "b2" }, bothRun, true],
    ["a holder on another host", { ...second, host: "other" }, {}, false],
    ["a holder on another installation of the same name", { ...second, machine: "m2", boot: "b2" }, {}, false],
    ["a holder in another container", { ...second, namespace: "n2" }, {}, false],
  ])("%s", async (_, self, running, gone) => {
    const disk = new MemoryDisk();
    await acquire(disk, machine(first, bothRun));
    const taken = acquire(disk, machine(self, running), {
      command: "next",
      clock: jumpingClock(new Date("2099-01-01T00:00:00Z")),
    });
    if (gone) expect(await taken).toBeDefined();
    else await expect(taken).rejects.toThrow(LockedError);
  });

  it("does without a start time where the platform tells none", async () => {
    const { start: _, ...bare } = first;
    expect(await isGone(machine(second, { 10: "999" }), bare)).toBe(false);
    expect(await isGone(machine(second, {}), bare)).toBe(true);
  });

  it("tells a run that its lock was taken away, and leaves the new holder's lock alone", async () => {
    const disk = new MemoryDisk();
    const lost = await acquire(disk, machine(first, bothRun), { command: "A" });
    await lost?.assertHeld();
    await disk.remove("/p/lock");
    await expect(lost?.assertHeld()).rejects.toThrow(StateError);
    const next = await acquire(disk, machine(second, bothRun), { command: "B" });
    await expect(lost?.assertHeld()).rejects.toThrow(/lost its lock/);
    await lost?.release();
    await next?.assertHeld();
  });

  it("lets only one of many processes break a stale lock", async () => {
    const disk = new MemoryDisk();
    await acquire(disk, machine(first, {}));
    const runners = [21, 22, 23, 24].map((pid) => ({ ...first, pid, start: String(pid) }));
    const running = Object.fromEntries(runners.map(({ pid, start }) => [pid, start]));
    const taken = await Promise.allSettled(
      runners.map((self) => acquire(disk, machine(self, running), { command: `r${self.pid}` })),
    );
    expect(taken.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  });

  it("does not remove the lock of who broke the stale one a moment earlier", async () => {
    const running = { 11: "200", 12: "300" };
    const third: ProcessName = { ...first, pid: 12, start: "300" };
    for (const moment of ["looking", "removing"]) {
      const disk = new MemoryDisk();
      await acquire(disk, machine(first, {}));
      let other: Promise<HeldLock | undefined> | undefined;
      const overtake = async (now: string) => {
        if (now !== moment || other) return;
        other = acquire(disk, machine(third, running), { mode: "skip", command: "o" });
        await other;
      };
      const remove = disk.remove.bind(disk);
      disk.remove = async (path) => {
        if (path === "/p/lock") await overtake("removing");
        await remove(path);
      };
      const looking = machine(second, running);
      const own = { ...looking, process: (pid: number) => overtake("looking").then(() => looking.process(pid)) };
      const mine = await acquire(disk, own, { mode: "skip", command: "m" });
      expect([mine, await other].filter((lock) => lock !== undefined)).toHaveLength(1);
    }
  });

  it("gets past a breaker that died while it broke a stale lock", async () => {
    const disk = new MemoryDisk();
    await acquire(disk, machine(first, {}));
    await acquire(disk, machine({ ...first, pid: 9 }, {}), { name: "lock.break" });
    const clock = jumpingClock(new Date(0));
    expect(await acquire(disk, machine(second, { 11: "200" }), { mode: "wait", clock, command: "n" })).toBeDefined();
  });

  it("refuses a lock file that nobody can read", async () => {
    const disk = new MemoryDisk();
    for (const text of ["", "{", "null", "{}"]) {
      disk.put("/p/lock", Buffer.from(text));
      await expect(acquire(disk, machine(first, {}))).rejects.toMatchObject({ exitCode: 7 });
    }
  });

  it("knows a holder without a checksum, as older locks have none, but not one whose checksum is spoilt", async () => {
    const disk = new MemoryDisk();
    const holder = { ...first, token: "t", command: "sync", at: "2026-03-01T08:00:00.000Z" };
    disk.put("/p/lock", Buffer.from(JSON.stringify(holder)));
    await expect(acquire(disk, machine(second, bothRun))).rejects.toThrow(LockedError);
    for (const spoilt of [
      { ...holder, mac: "0" },
      { ...holder, mbc: "0" },
    ]) {
      disk.put("/p/lock", Buffer.from(JSON.stringify(spoilt)));
      await expect(acquire(disk, machine(second, bothRun))).rejects.toMatchObject({ exitCode: 7 });
    }
  });

  it("works on this machine's disk and processes", async () => {
    const dir = await mkdtemp(join(tmpdir(), "mlc-lock-"));
    const options = { disk: machineDisk(process.platform), dir, machine: thisMachine(process.platform) };
    const lock = await acquire(new MemoryDisk(), options.machine, { ...options, command: "one" });
    await lock?.assertHeld();
    await expect(acquire(new MemoryDisk(), options.machine, { ...options, command: "two" })).rejects.toThrow(
      new RegExp(`process ${process.pid} on `),
    );
    await lock?.release();
    await rm(dir, { recursive: true });
  });
});

describe("requests to the holder", () => {
  it("are listed oldest first until they are removed", async () => {
    const requests = requestsIn({ disk: new MemoryDisk(), dir: "/p", ulid: counter() });
    const id = await requests.put({ replay: "usmf/SO-1" });
    await requests.put({ replay: "usmf/SO-2" });
    expect((await requests.list()).map(({ request }) => request)).toEqual([
      { replay: "usmf/SO-1" },
      { replay: "usmf/SO-2" },
    ]);
    await requests.remove(id);
    expect(await requests.list()).toHaveLength(1);
  });

  it("are refused by name when they are damaged", async () => {
    const disk = new MemoryDisk();
    const requests = requestsIn({ disk, dir: "/p", ulid: counter() });
    const id = await requests.put({ replay: "usmf/SO-1" });
    disk.put(`/p/requests/${id}.json`, Buffer.from("{"));
    await expect(requests.list()).rejects.toMatchObject({ exitCode: 7, context: { code: "FILE_DAMAGED" } });
  });

  it("are refused when a newer mlc wrote them", async () => {
    const disk = new MemoryDisk();
    const requests = requestsIn({ disk, dir: "/p", ulid: counter() });
    const id = await requests.put({ replay: "usmf/SO-1" });
    disk.put(`/p/requests/${id}.json`, summed({ schema: 2 }));
    await expect(requests.list()).rejects.toMatchObject({ exitCode: 7, context: { code: "SCHEMA_NEWER" } });
  });
});
