import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sandboxFedEx } from "../../src/commands/support/sandboxes.ts";
import { type Bench, openBench } from "./fixture.ts";

const express = { flows: { orders: { startDate: "2026-11-01", filter: { deliveryModes: ["Express", "2Day"] } } } };
let bench: Bench;
afterEach(() => bench.close());

interface Label {
  document: string;
  key: string;
  trackingNumber: string;
  state: string;
  pieces: { trackingNumber: string; path?: string }[];
}

const labels = async (...more: string[]): Promise<Label[]> =>
  JSON.parse((await bench.run(["labels", "list", "--json", ...more])).stdout).labels;

/** The first label that FedEx could still cancel. */
async function firstLabel(): Promise<Label> {
  const [label] = await labels();
  if (!label) throw new Error("no label was bought");
  return label;
}

describe("labels", () => {
  beforeEach(async () => {
    bench = await openBench({ fedex: express });
    const sync = await bench.run(["sync", "orders"]);
    expect(sync.stderr).toContain("first run, about to buy 21 labels");
  });

  it("are bought once, listed and found by order and number, with their files", async () => {
    expect((await bench.run(["sync", "orders"])).stdout).toContain("unchanged");
    const [first, ...others] = await labels();
    if (!first) throw new Error("no label was bought");
    expect(others).toHaveLength(bench.fedex.shipments.length - 1);
    expect(first).toMatchObject({ pair: "fno-fedex", state: "live", boughtAt: bench.clock.now().toISOString() });
    for (const id of [first.document, first.key, first.trackingNumber]) {
      const { stdout, code } = await bench.run(["labels", "path", id]);
      expect([code, stdout]).toEqual([0, `${first.pieces[0]?.path}\n`]);
    }
    expect(
      readFileSync(first.pieces[0]?.path ?? "")
        .subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
    const table = await bench.run(["labels", "list", "--limit", "2"]);
    expect(Math.max(...table.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(table.stderr).toBe(`Files are in ${join(bench.home, "default", "labels")}.\n`);
    expect(await labels("--status", "void")).toEqual([]);
    expect(await labels("--since", "2026-11-22")).toEqual([]);
    expect((await bench.run(["labels", "list", "--pair", "fno-shipstation"])).code).toBe(2);
  });

  it("are not opened where nobody sits", async () => {
    const { code, stderr } = await bench.run(["labels", "open", (await firstLabel()).document]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("→ Use `mlc labels path SO-")]);
  });

  it("are voided once, with a yes, and their tracking is withdrawn at once", async () => {
    const { document, trackingNumber } = await firstLabel();
    await bench.run(["sync", "shipments"]);
    const notes = () => bench.fno.attachments.filter(({ Notes }) => String(Notes).includes(trackingNumber)).length;
    const before = notes();
    const asked = await bench.run(["labels", "void", document]);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining(`1 label of ${document}`)]);
    const dry = await bench.run(["labels", "void", document, "--dry-run"]);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining(`"trackingNumber": "${trackingNumber}"`)]);
    expect((await firstLabel()).state).toBe("live");
    const done = await bench.run(["labels", "void", document, "--yes"]);
    expect(done).toMatchObject({ code: 0, stdout: `${trackingNumber} of ${document}: voided\n` });
    expect((await firstLabel()).state).toBe("void");
    expect(notes()).toBe(before + 1);
    const cancels = bench.fedex.requests.filter((line) => line.includes("/cancel")).length;
    const again = await bench.run(["labels", "void", trackingNumber, "--yes", "--json"]);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual({ voided: [], alreadyVoid: [trackingNumber], notVoided: [] });
    expect(bench.fedex.requests.filter((line) => line.includes("/cancel"))).toHaveLength(cancels);
    await bench.run(["sync", "orders"]);
    expect(await labels("--status", "live")).toHaveLength(bench.fedex.shipments.length - 1);
  });

  it("that FedEx has are not voided, which ends with 3", async () => {
    const { document, trackingNumber } = await firstLabel();
    bench.fedex.tender(trackingNumber);
    const refused = await bench.run(["labels", "void", trackingNumber, "--yes"]);
    expect([refused.code, refused.stdout]).toEqual([3, ""]);
    expect(refused.stderr).toContain(`${trackingNumber} of ${document}: not voided`);
  });

  it("are named by an order or a number that mlc bought, else it is wrong usage", async () => {
    for (const args of [["void", "SO-0", "--yes"], ["path", "794600999999"], ["void"]]) {
      expect((await bench.run(["labels", ...args])).code).toBe(2);
    }
  });
});

describe("a profile with FedEx", () => {
  const connect = (name: string, sets: string[], stdin = "") =>
    bench.run(
      [
        ...["connect", name, "--no-input"],
        ...(stdin === "" ? [] : ["--secrets-stdin"]),
        ...sets.flatMap((set) => ["--set", set]),
      ],
      { stdin },
    );

  it("is connected without a person, but not before it is said from which day on labels are bought", async () => {
    bench = await openBench({ seeded: false });
    const { apiUrl, accountNumber, shipFrom } = bench.settings.fedex;
    const sets = [`apiUrl=${apiUrl}`, `accountNumber=${accountNumber}`, `shipFrom=${JSON.stringify(shipFrom)}`];
    const wrong = JSON.stringify({ ...sandboxFedEx.secrets, apiSecret: "canary-wrong" });
    const refused = await connect("fedex", sets, wrong);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("FedEx refused apiKey and apiSecret")]);
    const calls = bench.fedex.tokenCalls;
    expect((await connect("fedex", sets, wrong)).code).toBe(4);
    expect(bench.fedex.tokenCalls).toBe(calls);
    const taken = await connect("fedex", sets, JSON.stringify(sandboxFedEx.secrets));
    expect([taken.code, taken.stderr]).toEqual([0, expect.stringContaining("must have validated yours")]);
    const early = await connect("fno-fedex", []);
    expect(early.code).toBe(6);
    expect(early.stderr).toContain("flows.orders.startDate is missing: labels are bought for orders created from");
    expect(early.stderr).toContain("→ Give it as --set flows.orders.startDate=….");
    const pair = await connect("fno-fedex", ["flows.orders.startDate=2026-11-01"]);
    expect([pair.code, pair.stderr]).toEqual([0, expect.stringContaining("may take the same orders")]);
    expect(bench.fedex.tokensPerKey).toEqual({ "sandbox-ship-key": 1, "sandbox-track-key": 1 });
    const doctor = await bench.run(["doctor"]);
    expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining("warning  Filters: fno-shipstation and")]);
    const ping = await bench.run(["ping", "fedex"]);
    expect(ping.stdout.replace(/\s+/g, " ")).toContain(
      "account 700000000 at 127.0.0.1:" +
        `${new URL(bench.urls.fedex).port}; tokens for Ship and Track given Before labels are bought`,
    );
  });

  it("leaves an order to the pair that had it first, and says so", async () => {
    bench = await openBench({ fedex: express });
    await bench.run(["sync", "orders"]);
    const bought = (await labels()).map(({ document }) => document);
    const config = join(bench.home, "default", "config.json");
    expect(existsSync(config)).toBe(true);
    await bench.run(["connect", "fno-shipstation", "--no-input"]);
    await bench.run(["sync", "orders", "--pair", "fno-shipstation"]);
    expect(bench.shipstation.orders.map(({ orderNumber }) => orderNumber)).not.toContain(bought[0]);
    const { stdout } = await bench.run(["audit", bought[0] ?? "", "--pair", "fno-shipstation", "--json"]);
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({
      outcome: "skipped",
      remark: "fno-fedex has delivered it or is about to: one order, one shipper",
    });
  });

  it("takes a label's life to F&O, and status says what Track may still be asked", async () => {
    bench = await openBench({ fedex: express });
    await bench.run(["sync"]);
    const { trackingNumber } = await firstLabel();
    bench.clock.advance(41 * 3_600_000);
    bench.fedex.advance(trackingNumber);
    bench.fedex.deliver(trackingNumber);
    expect((await bench.run(["sync", "shipments", "--ignore-schedule"])).code).toBe(0);
    const { stdout } = await bench.run(["status"]);
    expect(stdout).toMatch(/fedex track: 9999\d of 100000 calls left/);
  });

  it("has FedEx check shipments before they are bought, for one run", async () => {
    bench = await openBench({ fedex: express });
    const checks = () => bench.fedex.requests.filter((path) => path.endsWith("/packages/validate")).length;
    await bench.run(["sync", "orders", "--limit", "2"]);
    expect(checks()).toBe(0);
    await bench.run(["sync", "orders", "--validate"]);
    expect(checks()).toBeGreaterThanOrEqual(bench.fedex.shipments.length - 2);
    expect(bench.fedex.shipments.length).toBeGreaterThan(2);
  });
});
