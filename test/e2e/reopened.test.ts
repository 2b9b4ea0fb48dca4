import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openShipping, type Shipping } from "./shipping.ts";

let world: Shipping;
beforeEach(async () => {
  world = await openShipping();
});
afterEach(() => world.close());

const held = (key: string) => world.shipstation.orders.find(({ orderKey }) => orderKey === key);
const requests = () => {
  const dir = join(world.home, "default", "requests");
  return existsSync(dir) ? readdirSync(dir) : [];
};

async function shipped() {
  await world.send("SO-1");
  const { shipmentId } = world.shipstation.print("usmf-SO-1");
  await world.sync("shipments");
  return shipmentId;
}

it("an edit that came too late goes out once the label is void", async () => {
  const shipmentId = await shipped();
  world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
  expect(await world.sync("orders")).toMatchObject({ skipped: 1, updated: 0 });
  world.shipstation.void(shipmentId);
  await world.sync("shipments");
  expect(held("usmf-SO-1")).toMatchObject({ orderStatus: "awaiting_shipment", items: [{ quantity: 5 }] });
  expect(await world.audit()).toContainEqual(expect.stringContaining("noticed open again there"));
  expect(requests()).toEqual([]);
});

it("a cancellation that came too late goes out once the label is void", async () => {
  const shipmentId = await shipped();
  world.fno.cancel("usmf", "SO-1");
  await world.sync("orders");
  world.shipstation.void(shipmentId);
  await world.sync("shipments");
  expect(held("usmf-SO-1")).toMatchObject({ orderStatus: "cancelled" });
});

it("is told once, and nothing more is sent for it", async () => {
  const shipmentId = await shipped();
  world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
  await world.sync("orders");
  world.shipstation.void(shipmentId);
  await world.sync("shipments");
  const [sent, told] = [world.shipstation.ledger.length, (await world.audit()).length];
  for (const flow of ["shipments", "orders", "shipments"] as const) await world.sync(flow);
  expect(world.shipstation.ledger).toHaveLength(sent);
  expect(await world.audit()).toHaveLength(told);
});

it("is taken up by the next run when the shipper is down just then", async () => {
  const shipmentId = await shipped();
  world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
  await world.sync("orders");
  world.shipstation.void(shipmentId);
  world.shipstation.faults = ({ method }) => (method === "POST" ? "unavailable" : undefined);
  await world.sync("shipments");
  world.shipstation.faults = undefined;
  expect(held("usmf-SO-1")).toMatchObject({ items: [{ quantity: 2 }] });
  await world.sync("shipments");
  expect(held("usmf-SO-1")).toMatchObject({ items: [{ quantity: 5 }] });
});

it("an order that stays shipped is left alone", async () => {
  await shipped();
  world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
  await world.sync("orders");
  const sent = world.shipstation.ledger.length;
  world.shipstation.edit("usmf-SO-1", { internalNotes: "call first" });
  await world.sync("shipments");
  expect(world.shipstation.ledger).toHaveLength(sent);
  expect(await world.audit()).not.toContainEqual(expect.stringContaining("open again"));
});
