import { afterEach, describe, expect, it } from "vitest";
import { oneLine, openShipping, type Shipping } from "./shipping.ts";

const day = 24 * 3_600_000;
let world: Shipping;
const open = async (...options: Parameters<typeof openShipping>) => {
  world = await openShipping(...options);
  return world;
};
afterEach(() => world.close());

describe("reading", () => {
  it.each(["firstNumber", "rowEach"] as const)("a V2 key added later re-sends nothing (%s)", async (multiPackage) => {
    const { send, sync, shipstation, fno, open: openMlc } = await open({ hasV2: false });
    shipstation.switches.multiPackage = multiPackage;
    await send("SO-1", "SO-2");
    shipstation.print("usmf-SO-1");
    shipstation.markShipped("usmf-SO-2", { trackingNumber: "9400" });
    expect(await sync("shipments")).toMatchObject({ created: 2 });
    await (await openMlc()).secrets.write({ "shipstation.apiKeyV2": "v2-secret" }, "vault");
    const before = fno.ledger.length;
    expect(await sync("shipments")).toMatchObject({ created: 0, updated: 0, drift: 0 });
    world.clock.advance(2 * day);
    expect(await sync("shipments")).toMatchObject({ created: 0, updated: 0, drift: 0 });
    expect(fno.ledger).toHaveLength(before);
  });

  it("a fulfillment that is taken back weeks later is withdrawn within a day", async () => {
    const { send, sync, shipstation, notes, clock } = await open();
    await send("SO-1");
    const { fulfillmentId } = shipstation.markShipped("usmf-SO-1", { trackingNumber: "9400" });
    await sync("shipments");
    await send("SO-2");
    clock.advance(20 * day);
    shipstation.markShipped("usmf-SO-2", { trackingNumber: "9401" });
    await sync("shipments");
    shipstation.voidFulfillment(fulfillmentId);
    clock.advance(day);
    expect(await sync("shipments")).toMatchObject({ cancelled: 1 });
    expect(notes("SO-1")).toHaveLength(2);
    expect(notes("SO-1")[1]).toMatch(/void/);
  });

  it("a return label writes nothing", async () => {
    const { send, sync, shipstation, fno } = await open();
    await send("SO-1");
    shipstation.print("usmf-SO-1", { isReturnLabel: true });
    expect(await sync("shipments")).toMatchObject({ created: 0, skipped: 1, waiting: 0 });
    expect(fno.ledger).toEqual([]);
  });

  it("a label without lines and nothing to inherit is told once", async () => {
    const { send, sync, shipstation, audit, notes } = await open();
    await send("SO-1");
    shipstation.print("usmf-SO-1", { withoutItems: true });
    await sync("shipments");
    await sync("shipments");
    expect((await audit()).filter((line) => line.includes("has no lines"))).toHaveLength(1);
    expect(notes("SO-1")).toHaveLength(1);
  });

  it.each([
    ["pages", "zero"],
    ["totals", "missing"],
    ["emptyFields", "absent"],
    ["fractionDigits", 0],
    ["splitOrderKey", "own"],
    ["externalShipmentId", "unlinked"],
  ] as const)("survives %s: %s", async (name, value) => {
    const { send, sync, shipstation, fno } = await open();
    Object.assign(shipstation.switches, { [name]: value });
    await send("SO-1", "SO-2", "SO-3");
    const { shipmentId } = shipstation.print("usmf-SO-1");
    shipstation.markShipped("usmf-SO-2", {});
    shipstation.hold("usmf-SO-3");
    expect(await sync("shipments")).toMatchObject({ created: 2, editedThere: 1 });
    shipstation.void(shipmentId);
    expect(await sync("shipments")).toMatchObject({ cancelled: 1, editedThere: 0 });
    expect(fno.attachments).toHaveLength(3);
  });

  it("a record that makes its page a 500 is told once, and the rest goes on", async () => {
    const { send, sync, shipstation, fno, clock } = await open();
    const numbers = Array.from({ length: 30 }, (_, index) => `SO-${index}`);
    await send(...numbers);
    const printed = numbers.map((number) => {
      clock.advance(1_000);
      return shipstation.print(`usmf-${number}`);
    });
    shipstation.badRecords.add(printed[11]?.shipmentId ?? 0);
    expect(await sync("shipments")).toMatchObject({ created: 29, deadLettered: 1 });
    expect(fno.attachments).toHaveLength(29);
    for (let run = 0; run < 10; run += 1) {
      clock.advance(20 * 60_000);
      expect(await sync("shipments")).toMatchObject({ created: 0, deadLettered: 0 });
    }
    clock.advance(day);
    expect(await sync("shipments")).toMatchObject({ created: 0, deadLettered: 0 });
    shipstation.badRecords.clear();
    clock.advance(day);
    expect(await sync("shipments")).toMatchObject({ created: 1 });
  });

  it("an order that makes its page a 500 is told, and the other edits are seen", async () => {
    const { send, sync, shipstation, audit } = await open();
    await send("SO-1", "SO-2", "SO-3");
    shipstation.badRecords.add(shipstation.orders[1]?.orderId ?? 0);
    shipstation.hold("usmf-SO-3");
    expect(await sync("shipments")).toMatchObject({ editedThere: 1 });
    await sync("shipments");
    expect((await audit()).filter((line) => line.includes("cannot give"))).toHaveLength(1);
  });

  it.each(["2026-11-01T07:30:00Z", "2026-03-08T08:30:00Z"])(
    "misses nothing around the change of clocks at %s",
    async (start) => {
      const { sync, shipstation, fno, clock, addOrder } = await open();
      clock.advance(new Date(start).getTime() - clock.now().getTime());
      const numbers = Array.from({ length: 30 }, (_, index) => `SO-${index}`);
      for (const number of numbers) addOrder(number);
      await sync("orders");
      for (const number of numbers) {
        clock.advance(9 * 60_000);
        shipstation.print(`usmf-${number}`);
        await sync("shipments");
      }
      expect(fno.attachments).toHaveLength(30);
      expect(new Set(fno.attachments.map((note) => note.SalesOrderNumber)).size).toBe(30);
    },
  );

  it("what is not ours is counted and never waits, what the pair claims waits and dies after 14 days", async () => {
    const { sync, shipstation, clock } = await open();
    shipstation.print(shipstation.addOrder({ orderNumber: "112-77" }).orderId);
    shipstation.print(shipstation.addOrder({ orderNumber: "SO-9", orderKey: "usmf-SO-9" }).orderId);
    expect(await sync("shipments")).toMatchObject({ notOurs: 1, waiting: 1, deadLettered: 0 });
    for (let run = 0; run < 13; run += 1) {
      clock.advance(day);
      expect(await sync("shipments")).toMatchObject({ waiting: 1, deadLettered: 0 });
    }
    clock.advance(2 * day);
    expect(await sync("shipments")).toMatchObject({ waiting: 0, deadLettered: 1 });
    clock.advance(day);
    expect(await sync("shipments")).toMatchObject({ waiting: 0, deadLettered: 0 });
  });
});

describe("orders that were combined or split", () => {
  it.each(["gone", "cancelled"] as const)(
    "one label of combined orders stands on both, its slips too (%s)",
    async (mergedAway) => {
      const { send, sync, shipstation, fno, notes, slips, clock } = await open();
      shipstation.switches.mergedAway = mergedAway;
      await send("SO-1", "SO-2");
      shipstation.merge("usmf-SO-1", ["usmf-SO-2"]);
      const { shipmentId } = shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
      await sync("shipments");
      expect([notes("SO-1").length, notes("SO-2").length]).toEqual([1, 1]);
      clock.advance(4 * day);
      fno.postPackingSlip("usmf", "SO-2", "PS-2");
      await sync("shipments", { ignoreSchedule: true });
      clock.advance(4 * day);
      await sync("shipments", { ignoreSchedule: true });
      fno.postPackingSlip("usmf", "SO-1", "PS-1");
      expect(await sync("shipments", { ignoreSchedule: true })).toMatchObject({ waiting: 0 });
      expect([slips("SO-1"), slips("SO-2")]).toEqual([["PS-1 1Z1"], ["PS-2 1Z1"]]);
      shipstation.void(shipmentId);
      await sync("shipments");
      expect(fno.trackingRows).toEqual([]);
      expect([notes("SO-1").length, notes("SO-2").length]).toEqual([2, 2]);
    },
  );

  it("one of two combined orders that still waits for its slip is not forgotten", async () => {
    const { send, sync, shipstation, fno, slips, clock } = await open();
    shipstation.switches.mergedAway = "cancelled";
    await send("SO-1", "SO-2", "SO-3");
    shipstation.merge("usmf-SO-1", ["usmf-SO-2"]);
    shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
    await sync("shipments");
    clock.advance(9 * day);
    shipstation.print("usmf-SO-3");
    fno.postPackingSlip("usmf", "SO-2", "PS-2");
    await sync("shipments");
    clock.advance(day);
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    await sync("shipments");
    expect([slips("SO-1"), slips("SO-2")]).toEqual([["PS-1 1Z1"], ["PS-2 1Z1"]]);
  });

  it("combined orders that are marked as shipped are both told", async () => {
    const { send, sync, shipstation, notes } = await open();
    shipstation.switches.mergedAway = "cancelled";
    await send("SO-1", "SO-2");
    shipstation.merge("usmf-SO-1", ["usmf-SO-2"]);
    shipstation.markShipped("usmf-SO-1", { trackingNumber: "9400" });
    await sync("shipments");
    expect([notes("SO-1").length, notes("SO-2").length]).toEqual([1, 1]);
  });

  it.each(["shared", "own"] as const)(
    "a split order comes back on the one it was split from (%s key)",
    async (splitOrderKey) => {
      const { addOrder, sync, shipstation, notes } = await open();
      shipstation.switches.splitOrderKey = splitOrderKey;
      addOrder("SO-1", [oneLine, { ...oneLine, item: "B-2" }]);
      await sync("orders");
      const child = shipstation.split("usmf-SO-1", [{ sku: "B-2", quantity: 2 }]);
      shipstation.print(child.orderId, { trackingNumbers: ["1Z2"] });
      await sync("shipments");
      shipstation.markShipped(shipstation.orders[0]?.orderId ?? 0, { trackingNumber: "9400" });
      await sync("shipments");
      expect(notes("SO-1")).toHaveLength(2);
    },
  );
});
