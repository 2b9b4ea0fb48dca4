import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, jsonLines, openBench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  const sync = async (code: number) => expect(await bench.run(["sync", "-q"])).toMatchObject({ code });
  await sync(3);
  for (const { orderId } of bench.shipstation.orders.slice(0, 3)) bench.shipstation.print(orderId);
  bench.clock.advance(60_000);
  await sync(0);
});
afterAll(() => bench.close());

const audit = async (...args: string[]) => jsonLines((await bench.run(["audit", "--json", ...args])).stdout);

it("--json prints one object a line: run entries without key, all others with outcome and document", async () => {
  const entries = await audit();
  const ofRun = entries.filter(({ kind }) => kind === "run");
  expect(ofRun).toHaveLength(8); // two runs, two flows, start and end
  expect(ofRun.every((entry) => !("key" in entry))).toBe(true);
  const others = entries.filter(({ kind }) => kind !== "run");
  expect(others.every(({ outcome, key, document }) => outcome && key && document)).toBe(true);
  expect(
    entries.flatMap((entry) => ["raw", "mac", "prev", "seq", "hashes", "memo"].filter((name) => name in entry)),
  ).toEqual([]);
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort());
  const created = others.find(({ outcome, document }) => outcome === "created" && document === "SO-1002");
  expect(created).toMatchObject({
    pair: "fno-shipstation",
    flow: "orders",
    action: "create",
    naturalKey: "usmf-SO-1002",
    calls: [{ method: "POST", path: "/orders/createorders", status: 200 }],
  });
});

it("narrows by document, flow, outcome, time and number", async () => {
  expect((await audit("SO-1007")).map(({ outcome }) => outcome)).toEqual(["dead"]);
  expect(new Set((await audit("--flow", "shipments")).map(({ flow }) => flow))).toEqual(new Set(["shipments"]));
  expect((await audit("--status", "dead")).length).toBe(3);
  expect(await audit("--status", "unknown")).toEqual([]);
  expect((await audit("--limit", "5")).length).toBe(5);
  expect((await audit("--since", "2026-11-21T16:00:30Z")).every(({ at }) => String(at) > "2026-11-21T16:00:30")).toBe(
    true,
  );
  expect(await audit("--until", "2026-11-20")).toEqual([]);
  expect((await audit("--pair", "fno-shipstation")).length).toBe((await audit()).length);
});

it("takes what it is to look for from its arguments only, not from a pipe that it was started in", async () => {
  const { stdout } = await bench.run(["audit", "--json"], { stdin: "SO-1007\n" });
  expect(jsonLines(stdout)).toEqual(await audit());
});

it("shows times in the machine's zone when nobody named another", async () => {
  const last = async (env: Record<string, string>) =>
    (await bench.run(["audit", "--limit", "1"], { env })).stdout.split("\n")[1]?.slice(0, 16);
  expect(await last({ MLC_ZONE: "", TZ: "Asia/Tokyo" })).toBe("2026-11-22 01:01");
  expect(await last({ MLC_ZONE: "", TZ: "UTC" })).toBe("2026-11-21 16:01");
});

it("without a match prints nothing and exits 0", async () => {
  expect(await bench.run(["audit", "no-such-order"])).toEqual({ stdout: "", stderr: "", code: 0 });
  expect(await bench.run(["audit", "no-such-order", "--json"])).toEqual({ stdout: "", stderr: "", code: 0 });
});

it("as a table is in the person's zone, newest last, 80 columns wide, without a control character", async () => {
  const { stdout, code } = await bench.run(["audit"]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^time +flow +document +outcome +what$/);
  expect(lines.filter((line) => line.startsWith("time"))).toHaveLength(1);
  expect(lines[1]).toMatch(/^2026-11-21 17:00 {2}orders/);
  expect(lines.filter((line) => line.startsWith("2026")).at(-1)).toContain("shipments");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect([...stdout].every((character) => character >= " " || character === "\n")).toBe(true);
  expect(code).toBe(0);
});

it("ends quietly with 0 when the reader has read enough", async () => {
  const { stderr, code } = await bench.run(["audit", "--json"], {
    started: (child) => child.stdout?.once("data", () => child.stdout?.destroy()),
  });
  expect([stderr, code]).toEqual(["", 0]);
});

it("refuses a wrong outcome or pair with 2", async () => {
  expect((await bench.run(["audit", "--status", "fine"])).code).toBe(2);
  expect((await bench.run(["audit", "--pair", "no-pair"])).code).toBe(2);
});

it("verify says that the trail is whole, and with 7 where somebody changed it", async () => {
  const whole = await bench.run(["audit", "verify", "--json"]);
  expect(whole.code).toBe(0);
  expect(JSON.parse(whole.stdout).flows).toMatchObject([
    { flow: "orders", ok: true },
    { flow: "shipments", ok: true },
  ]);
  const dir = join(bench.home, "default", "state", "fno-shipstation.orders");
  const log = join(dir, readdirSync(dir).find((name) => name.startsWith("log-")) ?? "");
  writeFileSync(log, readFileSync(log, "utf8").replace('"document":"SO-1002"', '"document":"SO-1003"'));
  const changed = await bench.run(["audit", "verify"]);
  expect(changed.code).toBe(7);
  expect(changed.stdout).toMatch(/fno-shipstation orders +\d+ +damaged/);
  expect(changed.stderr).toMatch(/^Error: fno-shipstation orders: .*\n {2}→ /);
});
