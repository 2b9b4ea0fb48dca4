import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ProcessName, thisMachine } from "../../src/core/state/machine.ts";
import { summed } from "../../src/core/state/seal.ts";
import { type Bench, openBench } from "./fixture.ts";

const lockOf = ({ home }: Bench) => join(home, "default", "lock");

/** A run that gets a signal while its orders are on their way. */
async function signalled(bench: Bench, signal: NodeJS.Signals) {
  let child: ChildProcess | undefined;
  const met = new Promise<void>((resolve) => {
    bench.shipstation.faults = ({ method, url }) => {
      if (method !== "POST" || !url.includes("/orders/createorder")) return undefined;
      child?.kill(signal);
      bench.shipstation.faults = undefined;
      resolve();
      return undefined;
    };
  });
  const ended = bench.run(["sync", "orders"], {
    started: (one) => {
      child = one;
    },
  });
  await met;
  return { child, ended };
}

/** Each order once, whoever sent it. */
function expectOnce({ shipstation }: Bench, orders: number): void {
  const created = shipstation.ledger.filter(({ action }) => action === "create").map(({ key }) => key);
  expect([created.length, new Set(created).size, shipstation.ledger.length]).toEqual([orders, orders, orders]);
}

describe("while a run holds the lock and is suspended", () => {
  it("no other run takes it, however long that is, and the first one goes on where it stood", async () => {
    const bench = await openBench();
    const { child, ended } = await signalled(bench, "SIGSTOP");
    const others = async () => {
      const codes: (number | null)[] = [];
      for (const mode of ["fail", "skip", "wait"]) {
        const { code, stderr } = await bench.run(["sync", "orders", "--if-running", mode]);
        if (code === 11) expect(stderr).toMatch(new RegExp(`"sync orders", process ${child?.pid} on `));
        codes.push(code);
      }
      return codes;
    };
    expect(await others()).toEqual([11, 0, 11]);
    bench.clock.advance(3 * 365 * 86_400_000);
    expect(await others()).toEqual([11, 0, 11]);
    child?.kill("SIGCONT");
    expect((await ended).code).toBe(3); // the seed has records that a person must mend
    expect(existsSync(lockOf(bench))).toBe(false);
    expectOnce(bench, 68);
    await bench.close();
  });
});

it("the lock of a run that was killed is taken at once, and what it had sent is not sent again", async () => {
  const bench = await openBench();
  const { ended } = await signalled(bench, "SIGKILL");
  expect((await ended).code).toBeNull();
  expect(readFileSync(lockOf(bench), "utf8")).toContain('"command":"sync orders"');
  const { code, stderr } = await bench.run(["sync", "orders", "--if-running", "fail"]);
  expect(code, stderr).toBe(0);
  expect(existsSync(lockOf(bench))).toBe(false);
  expectOnce(bench, 68);
  await bench.close();
});

it("of two runs started at once one works, and the other waits for it or exits 11", async () => {
  const bench = await openBench();
  const ended = await Promise.all(["wait", "wait"].map((mode) => bench.run(["sync", "orders", "--if-running", mode])));
  const codes = ended.map(({ code }) => code);
  expect(codes).toContain(3);
  for (const code of codes) expect([0, 3, 11]).toContain(code);
  expectOnce(bench, 68);
  await bench.close();
});

/** The number of a process that was there and is not any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("a lock that a process of this machine left or holds", () => {
  it.each<[string, (self: ProcessName) => Partial<ProcessName> | Promise<Partial<ProcessName>>, number]>([
    ["is kept while that process runs, were it years old", () => ({}), 11],
    ["is taken when the process is gone", async () => ({ pid: await deadPid() }), 0],
    ["is taken when another process has its number now", () => ({ start: "1" }), 0],
    ["is taken when the machine has started anew since", () => ({ boot: "00000000-0000-0000-0000-000000000000" }), 0],
    ["is kept when it names another host", () => ({ host: "elsewhere", pid: 1 }), 11],
  ])("%s", async (_, changed, expected) => {
    const bench = await openBench({ seeded: false });
    const self = await thisMachine(process.platform).self();
    const holder = { ...self, ...(await changed(self)), token: "t", command: "sync", at: "2001-01-01T00:00:00.000Z" };
    mkdirSync(join(bench.home, "default"), { recursive: true });
    writeFileSync(lockOf(bench), summed(holder));
    const { code, stderr } = await bench.run(["sync", "orders", "--if-running", "fail"]);
    expect(code, stderr).toBe(expected);
    expect(existsSync(lockOf(bench))).toBe(expected === 11);
    await bench.close();
  });
});
