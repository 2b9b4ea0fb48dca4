import { existsSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openBench, runMlc } from "./fixture.ts";

/** A device on which every write finds no space, and a directory in which nobody, not even root, can make one. */
const [full, closed] = ["/dev/full", "/sys"];

it("a full disk ends a run with exit 7 and says what to do; the next one goes on from there", async () => {
  // Only Linux has such a device; elsewhere the injected refusals stand for it.
  if (!existsSync(full)) return;
  const bench = await openBench();
  // The seed has records that a person must mend: they make the 3.
  expect((await bench.run(["sync", "orders", "--limit", "5"])).code).toBe(3);
  const temporary = join(bench.home, "default", "state", "fno-shipstation.orders", "state.json.tmp");
  symlinkSync(full, temporary);
  const stopped = await bench.run(["sync", "orders"]);
  expect(stopped.code, stopped.stderr).toBe(7);
  expect(stopped.stderr).toContain(`Cannot write ${temporary}: ENOSPC.`);
  expect(stopped.stderr).toContain("Free some space on the disk");
  expect(stopped.stderr).not.toMatch(/^\s+at /m);
  unlinkSync(temporary);
  const again = await bench.run(["sync", "orders"]);
  expect(again.code, again.stderr).toBe(0);
  const created = bench.shipstation.ledger.filter(({ action }) => action === "create").map(({ key }) => key);
  expect([created.length, new Set(created).size]).toEqual([68, 68]);
  expect(bench.shipstation.ledger).toHaveLength(68);
  await bench.close();
});

it("a place that cannot be written ends connect with exit 7, names it and says what to do", async () => {
  if (!existsSync(closed) || process.platform !== "linux") return;
  const args = ["connect", "shipstation", "--no-input", "--no-check", "--store", "vault", "--secrets-stdin"];
  const { code, stderr } = await runMlc(args, {
    env: { MLC_HOME: join(closed, "mlc") },
    stdin: '{"apiKey":"a","apiSecret":"b"}',
  });
  expect(code, stderr).toBe(7);
  expect(stderr).toMatch(/Cannot make \/sys\/mlc\S*: E[A-Z]+\./);
  expect(stderr).toMatch(/(Give the user|Remount|Check the disk)/);
  expect(stderr).not.toMatch(/^\s+at /m);
});
