import { expect, it } from "vitest";
import { labelFailpoints } from "../../src/core/labels.ts";
import { syncFailpoints } from "../../src/core/sync/run.ts";
import { shipTo } from "./crash-sweep.ts";
import { type Bench, jsonLines, openBench } from "./fixture.ts";

/**
 * At the first purchase and at the second one. A log grows by the run's start, then by an intent and a result of each
 * purchase; the rest of what is written is swept with the orders of another shipper.
 */
const failpoints = [
  ...[...syncFailpoints.filter((name) => !name.startsWith("cursor.")), ...labelFailpoints].flatMap((name) =>
    [1, 2].map((hit) => `${name}:${hit}`),
  ),
  ...["log.append.before", "log.write.after", "log.fsync.after"].flatMap((name) =>
    [2, 3, 4].map((hit) => `${name}:${hit}`),
  ),
];

/** What a crash there leaves to a person: nobody can tell whether it was sent, or its label never reached the disk. */
function leftBy(failpoint: string): string[] {
  if (/^(intent\.after|send\.before|log\.(write|fsync)\.after:[24])/.test(failpoint)) return ["unknown"];
  return /^answer\.(before|half)/.test(failpoint) ? ["dead"] : [];
}

const orders = ["SO-1", "SO-2", "SO-3"];

function fill({ fno }: Bench): void {
  const customer = { CustomerAccount: "C-1", OrganizationName: "Harbor Tools", PrimaryContactPhone: "7755550100" };
  fno.addCustomer("usmf", customer);
  fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1 });
  for (const number of orders)
    fno.addOrder({
      legalEntity: "usmf",
      number,
      customer: "C-1",
      shipTo,
      lines: [{ item: "A-1", quantity: 1, warehouse: "24" }],
    });
}

const live = ({ fedex }: Bench, number: string) => fedex.liveLabelsOf(`usmf-${number}`).length;

/** What `audit` says became of each order, without those that got their label. */
async function setAside(bench: Bench): Promise<Record<string, string>> {
  const { stdout } = await bench.run(["audit", "--json"]);
  const last = new Map(
    jsonLines(stdout).flatMap(({ document, outcome }) => (document && outcome ? [[document, outcome]] : [])),
  );
  return Object.fromEntries([...last].filter(([, outcome]) => outcome === "unknown" || outcome === "dead"));
}

it.each(failpoints)("killed at %s, sync orders buys no label twice and loses none", async (name) => {
  const bench = await openBench({ seeded: false, fedex: { flows: { orders: { startDate: "2026-11-01" } } } });
  fill(bench);
  const killed = await bench.run(["sync", "orders"], { env: { MLC_FAILPOINT: name } });
  expect(killed.code, `${name} was never met: ${killed.stderr}`).toBeNull();
  for (let run = 0; run < 2; run += 1) {
    bench.clock.advance(run === 0 ? 15 * 60_000 : 2 * 3_600_000);
    const again = await bench.run(["sync", "orders"]);
    expect([0, 3], again.stderr).toContain(again.code);
    for (const number of orders) expect(live(bench, number)).toBeLessThanOrEqual(1);
  }
  expect(bench.fedex.ledger.every(({ action }) => action === "create")).toBe(true);
  // A person ends what mlc must leave open: what FedEx does not have is bought, what has lost its label is replaced.
  const left = await setAside(bench);
  expect(Object.values(left)).toEqual(leftBy(name));
  for (const [number, outcome] of Object.entries(left)) {
    expect(live(bench, number), `${number} is ${outcome}`).toBe(outcome === "dead" ? 1 : 0);
    if (outcome === "dead") expect((await bench.run(["labels", "void", number, "--yes"])).code).toBe(0);
    const ending = outcome === "dead" ? [] : ["--create-anyway"];
    const replayed = await bench.run(["replay", number, ...ending]);
    expect(replayed.code, replayed.stderr).toBe(0);
  }
  expect((await bench.run(["sync", "orders"])).code).toBe(0);
  for (const number of orders) {
    const all = bench.fedex.shipments.filter(({ pieces }) =>
      pieces[0]?.references.some(({ value }) => value === number),
    );
    expect(all.filter(({ status }) => status === "live")).toHaveLength(1);
  }
  await bench.close();
});

it.each(["intent.before", "intent.after", "send.before", "send.after", "result.before"])(
  "killed at %s, a person's void is done or not begun, and never half known",
  async (name) => {
    const bench = await openBench({ seeded: false, fedex: { flows: { orders: { startDate: "2026-11-01" } } } });
    fill(bench);
    expect((await bench.run(["sync", "orders"])).code).toBe(0);
    const killed = await bench.run(["labels", "void", "SO-1", "--yes"], { env: { MLC_FAILPOINT: `${name}:1` } });
    expect(killed.code, `${name} was never met: ${killed.stderr}`).toBeNull();
    bench.clock.advance(15 * 60_000);
    // The next run has nothing to do for an order that did not change; what was begun is looked up when it is met.
    expect((await bench.run(["sync", "orders"])).code).toBe(0);
    expect((await bench.run(["labels", "void", "SO-1", "--yes"])).code).toBe(0);
    expect(await setAside(bench)).toEqual({});
    expect(live(bench, "SO-1")).toBe(0);
    expect(bench.fedex.ledger.filter(({ action }) => action === "cancel")).toHaveLength(1);
    expect((await bench.run(["replay", "SO-1"])).code).toBe(0);
    expect(bench.fedex.liveLabelsOf("usmf-SO-1-g2")).toHaveLength(1);
    await bench.close();
  },
);
