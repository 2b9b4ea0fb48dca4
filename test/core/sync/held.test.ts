import { describe, expect, it } from "vitest";
import { newDelivery } from "../../../src/core/state/fold.ts";
import { heldBy } from "../../../src/core/sync/held.ts";
import { Crash, MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

/** Two pairs that take orders from one ERP. */
function beside(shipper = new MemoryShipper()) {
  const erp = new MemoryErp();
  for (const id of ["SO-1", "SO-2"]) erp.put(id);
  const first = world(erp, shipper);
  const second = world(erp, new MemoryShipper());
  const rival = () => ({ heldElsewhere: heldBy([{ pair: "erp-first", store: first.store }]) });
  return { erp, first, second, rival };
}

describe("an order that two pairs share by warehouse", () => {
  const held = async (sent: string[], wanted: string[]) => {
    const store = new MemoryStore();
    const parts = Object.fromEntries(
      sent.map((warehouse, index) => [warehouse, { number: index + 1, generation: 1, warehouse }]),
    );
    const state = { at: "", naturalKey: "SO-1", fields: {} };
    store.state.deliveries.set("SO-1", {
      ...newDelivery("SO-1", "SO-1", ""),
      steps: { order: state },
      memo: { parts },
    });
    const document = { lines: wanted.map((warehouse) => ({ warehouse })) };
    return (await heldBy([{ pair: "erp-first", store }])([{ key: "SO-1", document }])).get("SO-1");
  };

  it("is sent by each as far as the other has not sent it", async () => {
    expect(await held(["24"], ["51"])).toBeUndefined();
    expect(await held(["24"], ["24"])).toBe("erp-first");
    expect(await held(["24", "51"], ["51"])).toBe("erp-first");
    expect(await held(["24"], ["24", "51"])).toBe("erp-first");
  });

  it("is taken for sent whole where nothing tells what was sent", async () => {
    expect(await held([], ["51"])).toBe("erp-first");
  });
});

describe("an order that another pair has", () => {
  it("is skipped with that pair's name, once, and is not sent a second time", async () => {
    const { first, second, rival } = beside();
    await first.sync();
    expect((await second.sync({}, rival())).counts).toMatchObject({ created: 0, skipped: 2 });
    expect(second.store.lines.filter((line) => line.kind === "result")).toMatchObject([
      { outcome: "skipped", remark: expect.stringContaining("erp-first has delivered it"), recorded: true },
      { outcome: "skipped" },
    ]);
    expect((await second.sync({}, rival())).counts).toMatchObject({ created: 0, skipped: 0, unchanged: 2 });
    expect(second.shipper.ledger).toEqual([]);
  });

  it("is skipped too while nobody knows whether the other pair's write was taken", async () => {
    const { first, second, rival } = beside(new MemoryShipper({ isBlind: true }));
    first.shipper.faults = ["crashAfter"];
    await first.sync().catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
    expect(Object.keys(first.store.state.intents)).not.toEqual([]);
    await second.sync({}, rival());
    expect(second.shipper.ledger).toEqual([]);
  });

  it("is skipped when a person names it, too", async () => {
    const { first, second, rival } = beside();
    await first.sync();
    await second.sync({ only: ["SO-1"] }, rival());
    expect(second.shipper.ledger).toEqual([]);
  });

  it("is not told as something a dry run would send", async () => {
    const { first, second, rival } = beside();
    await first.sync();
    await second.sync({ dryRun: true }, rival());
    expect(second.planned).toEqual([]);
  });

  it("is delivered when the other one only wrote down why it did not", async () => {
    const { first, second, rival } = beside();
    await first.sync({}, { heldElsewhere: async (held) => new Map(held.map(({ key }) => [key, "erp-third"])) });
    expect((await second.sync({}, rival())).counts.created).toBe(2);
  });

  it("is kept up to date by the pair that has it", async () => {
    const { erp, first, second, rival } = beside();
    first.shipper.waitsFor = () => true;
    await first.sync();
    expect((await second.sync({}, rival())).counts.created).toBe(2);
    // From then on it is the first one that leaves them alone, and the second keeps them up to date.
    first.shipper.waitsFor = () => false;
    erp.put("SO-1", "second");
    const other = { heldElsewhere: heldBy([{ pair: "erp-second", store: second.store }]) };
    expect((await first.sync({ ignoreSchedule: true }, other)).counts).toMatchObject({ created: 0, skipped: 2 });
    expect((await second.sync({}, rival())).counts).toMatchObject({ updated: 1 });
  });
});
