import { afterEach, expect, it } from "vitest";
import { oneLine, openShipping, type Shipping } from "./shipping.ts";

const day = 24 * 3_600_000;
let world: Shipping;
const open = async (...options: Parameters<typeof openShipping>) => {
  world = await openShipping(...options);
  return world;
};
afterEach(() => world.close());

it("labels of both parts of an order stand on the one order", async () => {
  const { addOrder, sync, shipstation, notes } = await open();
  addOrder("SO-1", [oneLine, { ...oneLine, item: "B-2", warehouse: "51" }]);
  await sync("orders");
  for (const { orderId } of shipstation.orders) shipstation.print(orderId);
  expect(await sync("shipments")).toMatchObject({ waiting: 2, notOurs: 0 });
  expect(notes("SO-1")).toHaveLength(2);
});

it("a shipment that was early is written once its order is there", async () => {
  const { addOrder, sync, shipstation, notes, clock } = await open();
  shipstation.print(shipstation.addOrder({ orderNumber: "SO-9", orderKey: "usmf-SO-9" }).orderId);
  expect(await sync("shipments")).toMatchObject({ waiting: 1 });
  addOrder("SO-9");
  expect(await sync("shipments")).toMatchObject({ waiting: 1 });
  clock.advance(day);
  await sync("shipments");
  expect(notes("SO-9")).toHaveLength(1);
});

it("a hold that is lifted again is told as such", async () => {
  const { send, sync, shipstation, audit } = await open();
  await send("SO-1");
  shipstation.hold("usmf-SO-1");
  await sync("shipments");
  shipstation.release("usmf-SO-1");
  expect(await sync("shipments")).toMatchObject({ editedThere: 1 });
  shipstation.hold("usmf-SO-1");
  expect(await sync("shipments")).toMatchObject({ editedThere: 1 });
  expect(await audit()).toEqual([
    "edit/900001 noticed changed there: orderStatus",
    "edit/900001 noticed changed back to what mlc sent",
    "edit/900001 noticed changed there: orderStatus",
  ]);
});

it("an edit that mlc's own update then replaced is told no more", async () => {
  const { send, sync, shipstation, fno } = await open();
  await send("SO-1");
  shipstation.edit("usmf-SO-1", { customerEmail: "new@example.com" });
  expect(await sync("shipments")).toMatchObject({ editedThere: 1 });
  fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
  await sync("orders");
  shipstation.hold("usmf-SO-1");
  fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 6 });
  await sync("orders");
  const result = await sync("shipments");
  expect(result).toMatchObject({ editedThere: 1 });
  expect(await sync("shipments")).toMatchObject({ editedThere: 0 });
});

it("a shipment of an order that was deleted in F&O waits", async () => {
  const { send, sync, shipstation, fno, audit } = await open();
  await send("SO-1");
  shipstation.print("usmf-SO-1");
  fno.remove("usmf", "SO-1");
  expect(await sync("shipments")).toMatchObject({ waiting: 1, deadLettered: 0 });
  expect(await audit()).toEqual(["usmf/SO-1 waiting order usmf/SO-1 is not in F&O"]);
});

it("with a V2 key alone shipments come back too", async () => {
  const { send, sync, shipstation, notes, open: openMlc, clock } = await open();
  await send("SO-1", "SO-2");
  const { shipmentId } = shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1", "1Z2"] });
  await (await openMlc()).secrets.write({ "shipstation.apiKey": null, "shipstation.apiSecret": null }, "vault");
  expect(await sync("shipments")).toMatchObject({ created: 1 });
  expect(notes("SO-1")[0]).toContain("1Z2");
  clock.advance(20 * day);
  shipstation.print("usmf-SO-2");
  await sync("shipments");
  shipstation.void(shipmentId);
  clock.advance(day);
  expect(await sync("shipments", { ignoreSchedule: true })).toMatchObject({ cancelled: 1 });
});

it("edits made at the shipper are told once each, ours never", async () => {
  const { send, addOrder, sync, shipstation, fno, audit } = await open();
  await send("SO-1", "SO-2", "SO-3", "SO-4", "SO-5", "SO-6");
  fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
  fno.cancel("usmf", "SO-2");
  addOrder("SO-7");
  await sync("orders");
  expect(await sync("shipments")).toMatchObject({ editedThere: 0 });
  shipstation.hold("usmf-SO-3", "2026-12-24");
  shipstation.cancel("usmf-SO-4");
  shipstation.merge("usmf-SO-5", ["usmf-SO-6"]);
  shipstation.split("usmf-SO-7", [{ sku: "A-1", quantity: 1 }]);
  const result = await sync("shipments");
  expect(await sync("shipments")).toMatchObject({ editedThere: 0 });
  expect(result?.editedThere).toBe(5);
  expect((await audit()).filter((line) => line.includes("noticed"))).toEqual([
    "edit/900003 noticed changed there: orderStatus, holdUntilDate",
    "edit/900004 noticed changed there: orderStatus",
    "edit/900005 noticed changed there: items, mergedIds; with 900006",
    "edit/900007 noticed changed there: items",
    "edit/900008 noticed changed there: items, parentId",
  ]);
});
