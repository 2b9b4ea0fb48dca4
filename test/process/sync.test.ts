import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { acquireLock } from "../../src/core/state/lock.ts";
import { thisMachine } from "../../src/core/state/machine.ts";
import { type Bench, openBench } from "./fixture.ts";

/** Anything a terminal would take for an order. */
const escapeCode = String.fromCharCode(27);

describe("mlc sync", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  it("dry: prints exactly what would be sent and the differing fields, sends and keeps nothing", async () => {
    const { stdout, stderr, code } = await bench.run(["sync", "orders", "--dry-run", "--limit", "1"]);
    expect(stdout).toMatch(/^SO-1001 \(usmf\/SO-1001\): create usmf-SO-1001\n {2}differs: .*orderNumber/);
    const payload = JSON.parse(stdout.slice(stdout.indexOf("  {"), stdout.indexOf("\n  }\n") + 4)) as object;
    expect(payload).toMatchObject({ orderNumber: "SO-1001", orderKey: "usmf-SO-1001", shipTo: { country: "US" } });
    expect(stdout).toMatch(/fno-shipstation orders .* 1 created/);
    expect(stderr).toContain("Dry run: nothing was sent");
    expect(stderr).toMatch(/Would be set aside.*SO-1007.*DeliveryAddressStreet/s);
    expect(code).toBe(0);
    expect(bench.shipstation.ledger).toHaveLength(0);
    expect((await bench.run(["audit"])).stdout).toBe("");
  });

  it("dry with --json: tells the same as data", async () => {
    const { stdout, stderr } = await bench.run(["sync", "orders", "-n", "--limit", "2", "--json"]);
    const { planned, dryRun } = JSON.parse(stdout);
    expect(dryRun).toBe(true);
    expect(planned).toHaveLength(2);
    expect(planned[0]).toMatchObject({ document: "SO-1001", action: "create", naturalKey: "usmf-SO-1001" });
    expect(stderr).toBe("");
  });

  it("first run: says how many it is about to make, then a row a flow, what was set aside and why, exit 3", async () => {
    const { stdout, stderr, code } = await bench.run(["sync", "orders"]);
    expect(stderr).toContain("first run, about to create 66 documents");
    expect(stdout.split("\n")[0]).toMatch(/^flow +calls +time +documents$/);
    expect(stdout).toMatch(/^fno-shipstation orders .*66 created, 1 skipped, 3 set aside$/m);
    expect(stderr).toMatch(/SO-1007 \(usmf\/SO-1007\): dead: [^→]*\n {4}→ /);
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(code).toBe(3);
    expect(stdout + stderr).not.toContain(escapeCode);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("--verbose tells each call without query, header or body", async () => {
    const { stderr, stdout } = await bench.run(["sync", "orders", "--verbose", "--limit", "1"]);
    expect(stderr).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/data\/SalesOrderHeadersV3 200 \d+ ms$/m);
    expect(stderr).not.toMatch(/[?&]|Bearer|Basic/);
    expect(stdout).not.toContain("127.0.0.1");
  });

  it("again with --json: the shape that scripts rely on, nothing on stderr, exit 0", async () => {
    const { stdout, stderr, code } = await bench.run(["sync", "--json"]);
    const { run, startedAt, endedAt, flows, exitCode } = JSON.parse(stdout);
    expect(run).toMatch(/^[0-9A-Z]{26}$/);
    expect([startedAt, endedAt].every((at) => at.endsWith("Z"))).toBe(true);
    expect(flows.map(({ flow }: { flow: string }) => flow)).toEqual(["orders", "shipments"]);
    expect(Object.keys(flows[0])).toEqual(
      expect.arrayContaining(
        "pair flow created updated unchanged skipped notOurs editedThere drift waiting deadLettered unknown cancelled calls durationMs".split(
          " ",
        ),
      ),
    );
    expect(flows[0]).toMatchObject({ pair: "fno-shipstation", created: 0, unchanged: 67, deadLettered: 0 });
    expect([exitCode, code, stderr]).toEqual([0, 0, ""]);
  });

  it("with --quiet says nothing when all is well, so that cron sends no mail", async () => {
    expect(await bench.run(["sync", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("counts what only a setting changed as drift, and sends it with --resend", async () => {
    await bench.run(["config", "set", "fno-shipstation.orderStatus=on_hold"]);
    const before = bench.shipstation.ledger.length;
    const drifted = await bench.run(["sync", "orders"]);
    expect(drifted.stdout).toMatch(/\d+ drifted/);
    expect(drifted.stderr).toMatch(/documents drifted: .*mlc\s+sync\s+--resend/s);
    expect(bench.shipstation.ledger).toHaveLength(before);
    const sent = await bench.run(["sync", "orders", "--resend", "--limit", "2", "--json"]);
    expect(JSON.parse(sent.stdout).flows[0]).toMatchObject({ updated: 2 });
    await bench.run(["config", "unset", "fno-shipstation.orderStatus"]);
  });

  it("ends with 2 and no run for what was typed wrong", async () => {
    for (const args of [
      ["sync", "--nope"],
      ["sync", "orders", "extra"],
      ["sync", "--if-running", "perhaps"],
      ["sync", "--limit", "0"],
      ["sync", "--since", "2026-02-30"],
      ["sync", "--pair", "bc-shipstation"],
      ["sync", "--new-state", "--keep-state"],
      ["snyc"],
    ]) {
      const { stdout, code, stderr } = await bench.run(args);
      expect([args.join(" "), code, stdout]).toEqual([args.join(" "), 2, ""]);
      expect(stderr).toContain("Error");
    }
    const unknown = await bench.run(["sync", "ordres", "--json"]);
    expect([unknown.code, JSON.parse(unknown.stdout).error.message]).toEqual([2, "mlc has no command sync ordres"]);
    const { stdout, code } = await bench.run(["sync", "--nope", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ kind: "UsageError", exitCode: 2 });
  });

  it("gives way to another run as it is told: fail and wait end with 11, skip with 0", async () => {
    const lock = await acquireLock({
      disk: machineDisk(process.platform),
      dir: `${bench.home}/default`,
      clock: systemClock,
      machine: thisMachine(process.platform),
      token: () => "01TEST",
      command: "sync --watch",
      mode: "fail",
      waitMs: 0,
    });
    try {
      for (const mode of ["fail", "wait"]) {
        const { code, stderr } = await bench.run(["sync", "--if-running", mode]);
        expect([mode, code]).toEqual([mode, 11]);
        expect(stderr).toContain('Another run holds the lock: "sync --watch"');
      }
      const { code, stdout, stderr } = await bench.run(["sync", "--if-running", "skip"]);
      expect([code, stdout, stderr]).toEqual([0, "", "Another run holds the lock; skipped.\n"]);
    } finally {
      await lock?.release();
    }
  });

  it("stops a flow whose system is down, says what to do, and goes on the next time", async () => {
    bench.shipstation.faults = () => "serverError";
    const down = await bench.run(["sync", "shipments"]);
    expect(down.code).toBe(5);
    expect(down.stdout).toMatch(/^fno-shipstation shipments .* stopped$/m);
    expect(down.stderr).toMatch(/^Error: fno-shipstation shipments: /m);
    bench.shipstation.faults = undefined;
    expect((await bench.run(["sync", "shipments"])).code).toBe(0);
  });

  it("refuses the state of another account until a person says which it is", async () => {
    await bench.run(["config", "set", "fno.tenantId=5A11D000-0000-4000-8000-00000000CAFE"]);
    const refused = await bench.run(["sync", "orders", "-q"]);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toMatch(/belongs to .*--new-state.*--keep-state/s);
    expect((await bench.run(["sync", "orders", "--keep-state", "-q"])).code).not.toBe(6);
    expect((await bench.run(["sync", "orders", "-q"])).code).not.toBe(6);
    await bench.run(["config", "set", "fno.tenantId=5a11d000-0000-4000-8000-00000000CAFE"]);
    const anew = await bench.run(["sync", "orders", "--new-state", "--json"]);
    expect(JSON.parse(anew.stdout).flows[0]).toMatchObject({ created: 66, unchanged: 0 });
    expect(readdirSync(join(bench.home, "default", "state", "replaced"))).toHaveLength(1);
    expect(bench.shipstation.orders).toHaveLength(68);
  });
});

it("an interrupted run saves what it knows, ends with 130 or 143, and the next one goes on", async () => {
  const bench = await openBench();
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const ended = await bench.run(["sync", "orders"], {
      started: (child) => {
        bench.shipstation.faults = () => {
          child.kill(signal);
          return undefined;
        };
      },
    });
    expect([signal, ended.code]).toEqual([signal, exitCode]);
    expect(ended.stderr).toContain("Finishing what is in flight");
  }
  bench.shipstation.faults = undefined;
  expect((await bench.run(["sync", "orders", "-q"])).code).not.toBe(130);
  const keys = bench.shipstation.orders.map(({ orderKey }) => orderKey);
  expect([keys.length, new Set(keys).size]).toEqual([68, 68]);
  await bench.close();
});

it("nothing connected is a config error that says what to do", async () => {
  const bench = await openBench({ connected: false });
  for (const args of [["sync"], ["status"], ["replay", "x"]]) {
    const { code, stderr, stdout } = await bench.run(args);
    expect([code, stdout]).toEqual([6, ""]);
    expect(stderr).toContain("mlc connect");
  }
  expect(await bench.run(["audit"])).toEqual({ stdout: "", stderr: "", code: 0 });
  await bench.close();
});
