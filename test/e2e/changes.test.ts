import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLog } from "../../src/core/state/audit-reader.ts";
import { flowDirectory } from "../../src/core/state/flow-store.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;

beforeEach(async () => {
  world = await openWorld({ seeded: false });
  for (const item of ["A-1", "B-2"])
    world.fno.addProduct("usmf", { ItemNumber: item, ProductType: "Item", NetProductWeight: 1 });
  world.fno.addCustomer("usmf", {
    CustomerAccount: "C-1",
    OrganizationName: "Harbor Tools",
    PrimaryContactPhone: "555 0100",
  });
});
afterEach(() => world.close());

const shipTo = {
  name: "Dana Reyes",
  street: "10 Pine St",
  city: "Reno",
  state: "NV",
  zip: "89501",
  country: "USA",
  iso: "US",
};

function addOrder(number: string, lines = [{ item: "A-1", quantity: 2, price: 10, warehouse: "24" }]): void {
  world.fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", shipTo, lines });
}

async function sync(flow: "orders" | "shipments", more = {}) {
  const report = await (await world.open()).sync({ command: `sync ${flow}`, flows: [flow], ...more });
  world.clock.advance(60_000);
  return report?.flows[0];
}

async function audit(flow: string): Promise<string[]> {
  const mlc = await world.open();
  const lines: string[] = [];
  for await (const line of readLog(mlc.disk, flowDirectory(mlc.stateDir, "fno-shipstation", flow), {})) {
    if ("outcome" in line && line.outcome)
      lines.push(`${line.key} ${line.outcome} ${"remark" in line ? (line.remark ?? "") : ""}`.trim());
  }
  return lines;
}

const held = (key: string) => world.shipstation.orders.find(({ orderKey }) => orderKey === key);

describe("orders", () => {
  it("an edit in the ERP reaches the shipper and keeps what is set there", async () => {
    addOrder("SO-1");
    await sync("orders");
    world.shipstation.edit("usmf-SO-1", { internalNotes: "call first", carrierCode: "fedex" });
    world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
    expect(await sync("orders")).toMatchObject({ updated: 1, drift: 0 });
    expect(held("usmf-SO-1")).toMatchObject({ internalNotes: "call first", carrierCode: "fedex" });
    expect(held("usmf-SO-1")?.items[0]).toMatchObject({ quantity: 5, sku: "A-1" });
  });

  it("an edit of a shipped order is skipped as locked, once", async () => {
    addOrder("SO-1");
    await sync("orders");
    world.shipstation.print("usmf-SO-1");
    world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
    expect(await sync("orders")).toMatchObject({ updated: 0, skipped: 1 });
    expect(await sync("orders")).toMatchObject({ updated: 0, skipped: 0, unchanged: 1 });
    expect((await audit("orders")).at(-1)).toContain("skipped locked");
  });

  it.each(["edit", "cancel"] as const)(
    "an order that ships between its look-up and its write is locked and no dead letter (%s)",
    async (change) => {
      addOrder("SO-1");
      addOrder("SO-2");
      await sync("orders");
      for (const number of ["SO-1", "SO-2"]) {
        if (change === "cancel") world.fno.cancel("usmf", number);
        else world.fno.editLine("usmf", number, 1, { OrderedSalesQuantity: 5 });
      }
      world.shipstation.faults = ({ method, url }) => {
        if (method === "POST" && url.includes("createorder") && held("usmf-SO-1")?.orderStatus !== "shipped")
          world.shipstation.print("usmf-SO-1");
        return undefined;
      };
      const counts = change === "cancel" ? { cancelled: 1 } : { updated: 1, skipped: 1 };
      expect(await sync("orders")).toMatchObject({ ...counts, deadLettered: 0 });
      expect(held("usmf-SO-1")?.items[0]?.quantity).toBe(2);
      expect((await audit("orders")).at(-1)).toMatch(change === "cancel" ? /SO-1 noticed/ : /SO-1 skipped locked/);
    },
  );

  it("a cancellation cancels what is open there and is told where it shipped already", async () => {
    addOrder("SO-1");
    addOrder("SO-2");
    await sync("orders");
    world.shipstation.print("usmf-SO-2");
    world.fno.cancel("usmf", "SO-1");
    world.fno.cancel("usmf", "SO-2");
    expect(await sync("orders")).toMatchObject({ cancelled: 1 });
    expect(held("usmf-SO-1")?.orderStatus).toBe("cancelled");
    expect(held("usmf-SO-2")?.orderStatus).toBe("shipped");
    expect((await audit("orders")).filter((line) => line.includes("noticed"))).toHaveLength(1);
  });

  it("an order that was delivered elsewhere leaves the set without a cancellation", async () => {
    addOrder("SO-1");
    await sync("orders");
    world.fno.deliver("usmf", "SO-1");
    expect(await sync("orders")).toMatchObject({ cancelled: 0, deadLettered: 0 });
    expect(held("usmf-SO-1")?.orderStatus).toBe("awaiting_shipment");
  });

  it("a split order keeps its numbers, and a part that is left empty is cancelled", async () => {
    addOrder("SO-1", [
      { item: "A-1", quantity: 1, price: 1, warehouse: "24" },
      { item: "B-2", quantity: 1, price: 1, warehouse: "51" },
    ]);
    await sync("orders");
    expect(world.shipstation.orders.map(({ orderKey, orderNumber }) => [orderKey, orderNumber])).toEqual([
      ["usmf-SO-1", "SO-1"],
      ["usmf-SO-1-2", "SO-1-2"],
    ]);
    world.fno.editLine("usmf", "SO-1", 2, { ShippingWarehouseId: "24" });
    await sync("orders");
    expect(held("usmf-SO-1")?.items).toHaveLength(2);
    expect(held("usmf-SO-1-2")?.orderStatus).toBe("cancelled");
  });

  it("a table row added later is drift until somebody sends it again", async () => {
    addOrder("SO-1");
    await sync("orders");
    const mlc = await world.open();
    await mlc.settings.save({ ...mlc.config, "fno-shipstation": { warehouses: { "24": 7 } } });
    expect(await sync("orders")).toMatchObject({ drift: 1, updated: 0 });
    expect(await sync("orders", { resend: true })).toMatchObject({ drift: 0, updated: 1 });
  });
});

describe("shipments", () => {
  it("a void withdraws the number, and a new label replaces it", async () => {
    addOrder("SO-1");
    await sync("orders");
    const { shipmentId, trackingNumbers } = world.shipstation.print("usmf-SO-1");
    await sync("shipments");
    world.shipstation.void(shipmentId);
    await sync("shipments");
    const again = world.shipstation.print("usmf-SO-1");
    await sync("shipments");
    const notes = world.fno.attachments.map(({ Notes }) => String(Notes));
    expect(notes).toHaveLength(3);
    expect(notes[0]).toContain(trackingNumbers[0]);
    expect(notes[1]).toMatch(/void/i);
    expect(notes[2]).toContain(again.trackingNumbers[0]);
  });

  it("an order marked as shipped without a label comes back as well", async () => {
    addOrder("SO-1");
    await sync("orders");
    world.shipstation.markShipped("usmf-SO-1", { carrierName: "USPS", trackingNumber: "9400111" });
    expect(await sync("shipments")).toMatchObject({ created: 1 });
    expect(String(world.fno.attachments[0]?.Notes)).toContain("9400111");
  });

  it("orders of a marketplace are not ours", async () => {
    const { orderId } = world.shipstation.addOrder({ orderNumber: "112-77" });
    world.shipstation.print(orderId);
    expect(await sync("shipments")).toMatchObject({ created: 0, notOurs: 1, waiting: 0 });
  });

  it("edits made there are told once, with the names of the fields; our own are not", async () => {
    addOrder("SO-1");
    addOrder("SO-2");
    await sync("orders");
    expect(await sync("shipments")).toMatchObject({ editedThere: 0 });
    world.shipstation.edit("usmf-SO-1", { requestedShippingService: "Overnight" });
    world.shipstation.hold("usmf-SO-2");
    expect(await sync("shipments")).toMatchObject({ editedThere: 2 });
    expect(await sync("shipments")).toMatchObject({ editedThere: 0 });
    const told = (await audit("shipments")).filter((line) => line.includes("noticed"));
    expect(told).toHaveLength(2);
    expect(told.join("\n")).toContain("requestedShippingService");
    expect(told.join("\n")).toContain("orderStatus");
  });

  it("a label printed there is no edit", async () => {
    addOrder("SO-1");
    await sync("orders");
    world.shipstation.print("usmf-SO-1");
    expect(await sync("shipments")).toMatchObject({ editedThere: 0, created: 1 });
  });

  it("one label of two combined orders is noted on both", async () => {
    addOrder("SO-1");
    addOrder("SO-2");
    world.shipstation.switches.mergedAway = "cancelled";
    await sync("orders");
    world.shipstation.merge("usmf-SO-1", ["usmf-SO-2"]);
    world.shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
    await sync("shipments");
    expect(world.fno.attachments.map(({ SalesOrderNumber }) => SalesOrderNumber).sort()).toEqual(["SO-1", "SO-2"]);
    for (const { Notes } of world.fno.attachments) expect(String(Notes)).toContain("1Z1");
  });

  it("a split order comes back on the one it was split from", async () => {
    addOrder("SO-1", [
      { item: "A-1", quantity: 1, price: 1, warehouse: "24" },
      { item: "B-2", quantity: 1, price: 1, warehouse: "24" },
    ]);
    await sync("orders");
    const child = world.shipstation.split("usmf-SO-1", [{ sku: "B-2", quantity: 1 }]);
    world.shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
    world.shipstation.print(child.orderId, { trackingNumbers: ["1Z2"] });
    await sync("shipments");
    expect(world.fno.attachments.map(({ SalesOrderNumber }) => SalesOrderNumber)).toEqual(["SO-1", "SO-1"]);
  });

  it("several packages of one label stand in one note", async () => {
    addOrder("SO-1");
    await sync("orders");
    world.shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1", "1Z2", "1Z3"] });
    await sync("shipments");
    expect(world.fno.attachments).toHaveLength(1);
    for (const number of ["1Z1", "1Z2", "1Z3"]) expect(String(world.fno.attachments[0]?.Notes)).toContain(number);
  });

  it("a posted packing slip gets its tracking row", async () => {
    addOrder("SO-1");
    await sync("orders");
    world.shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
    expect(await sync("shipments")).toMatchObject({ waiting: 1 });
    world.fno.postPackingSlip("usmf", "SO-1", "PS-1");
    expect(await sync("shipments", { ignoreSchedule: true })).toMatchObject({ waiting: 0 });
    expect(world.fno.trackingRows).toMatchObject([{ PackingSlipNumber: "PS-1", TrackingNumber: "1Z1" }]);
  });
});

describe("calls", () => {
  it("2,000 orders take at most 0.02 calls each", async () => {
    for (let number = 1; number <= 2_000; number += 1) addOrder(`SO-${number}`);
    expect(await sync("orders")).toMatchObject({ created: 2_000 });
    expect(world.shipstation.orders).toHaveLength(2_000);
    expect(world.shipstation.requests.length / 2_000).toBeLessThanOrEqual(0.02);
    expect(world.fno.requests.length / 2_000).toBeLessThanOrEqual(0.02);
  });
});
