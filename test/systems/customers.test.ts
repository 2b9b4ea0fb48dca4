import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMasterDataWorld } from "./master-data-world.ts";

let world: Awaited<ReturnType<typeof openMasterDataWorld>>;
const reno = { addressLine1: "10 Pine St.", addressLine2: "Unit 4", city: "Reno", state: "NV", postalCode: "89501" };
const austin = { addressLine1: "88 Cedar St", addressLine2: "", city: "Austin", state: "TX", postalCode: "78701" };
const there = {
  street1: "10 Pine St",
  street2: "Unit 4",
  city: "RENO",
  state: "NV",
  postalCode: "89501",
  country: "US",
};
const inAustin = { street1: "88 Cedar St", city: "Austin", state: "TX", postalCode: "78701", country: "US" };

beforeEach(async () => {
  world = await openMasterDataWorld();
  world.desk.addCustomer({
    number: "C-1",
    displayName: "Acme Retail",
    country: "US",
    phoneNumber: "7755550100",
    email: "Buying@acme.example",
    ...reno,
  });
});
afterEach(() => world.close());

let number = 1000;
const addOrder = (more: Record<string, unknown> = {}) => {
  number += 1;
  return world.shipstation.addOrder({
    orderNumber: String(number),
    customerUsername: "c-1",
    shipTo: { name: "Dana Reyes", company: "Acme Retail", phone: "7755550100", ...there },
    items: [{ sku: "A-1", name: "Mug", quantity: 2, unitPrice: 3 }],
    ...more,
  });
};
const shipTo = (orderId: number) => world.shipstation.orders.find((one) => one.orderId === orderId)?.shipTo;
const writes = () => world.calls.filter((call) => !call.startsWith("GET"));
const trail = () => world.texts();

describe("a customer's address that changed", () => {
  it("goes onto open orders that went to the former one, with all else of them as it is", async () => {
    const byAccount = addOrder({ customerNotes: "ring twice", internalNotes: "VIP" });
    const byEmail = addOrder({
      customerUsername: "marketplace-77",
      customerEmail: "buying@ACME.example",
      orderStatus: "on_hold",
    });
    const other = addOrder({ customerUsername: "C-2" });
    await world.sync("customers");
    world.desk.editCustomer("C-1", { ...austin, displayName: "Acme Stores", phoneNumber: "5125550123" });
    const run = await world.sync("customers");
    expect(run).toMatchObject({ updated: 1, deadLettered: 0 });
    const aligned = { ...inAustin, name: "Dana Reyes", company: "Acme Stores", phone: "5125550123", street2: null };
    expect([shipTo(byAccount.orderId), shipTo(byEmail.orderId)]).toMatchObject([aligned, aligned]);
    expect(shipTo(other.orderId)).toMatchObject(there);
    expect(world.shipstation.orders[0]).toMatchObject({
      customerNotes: "ring twice",
      internalNotes: "VIP",
      orderKey: byAccount.orderKey,
      items: [{ sku: "A-1", quantity: 2, unitPrice: 3 }],
    });
    expect(world.shipstation.orders[1]?.orderStatus).toBe("on_hold");
    expect(world.shipstation.ledger.map(({ action }) => action)).toEqual(["update", "update"]);
    expect(await world.sync("customers")).toMatchObject({ updated: 0, unchanged: 1, drift: 0 });
    expect(writes()).toHaveLength(2);
  });

  it("costs one list of open orders a run, for any number of customers, and none while nothing changed", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `D-${index}`);
    for (const one of names) world.desk.addCustomer({ number: one, displayName: one, country: "US", ...reno });
    const first = await world.sync("customers");
    expect(first.asked).toEqual([expect.stringMatching(/^GET bc\/customers\?/)]);
    for (const one of names) world.desk.editCustomer(one, austin);
    const { asked } = await world.sync("customers");
    expect(asked.filter((call) => call.startsWith("GET /orders?"))).toHaveLength(3);
    expect(asked.filter((call) => !call.startsWith("GET"))).toEqual([]);
  });

  it("leaves an order alone that has the new one, and reports once one that goes elsewhere", async () => {
    const has = addOrder({ shipTo: { name: "Dana Reyes", ...inAustin } });
    const gift = addOrder({ shipTo: { name: "Secret Recipient", ...there, street1: "1 Hidden Lane" } });
    await world.sync("customers");
    world.desk.editCustomer("C-1", austin);
    expect(await world.sync("customers")).toMatchObject({ updated: 0, deadLettered: 0 });
    world.desk.editCustomer("C-1", { ...austin, addressLine1: "89 Cedar St" });
    await world.sync("customers");
    expect(shipTo(gift.orderId)?.street1).toBe("1 Hidden Lane");
    expect(shipTo(has.orderId)?.street1).toBe("89 Cedar St");
    const remark = `order ${gift.orderNumber} goes neither to its former nor to its new address and is left as it is`;
    expect(trail().split(remark)).toHaveLength(2);
    for (const value of [
      "Secret Recipient",
      "Hidden Lane",
      "Dana Reyes",
      "Cedar",
      "Pine St",
      "7755550100",
      "acme.example",
    ])
      expect(trail()).not.toContain(value);
  });

  it("gives a phone to orders that had the former one, and says nothing of those that go elsewhere", async () => {
    const theirs = addOrder();
    const own = addOrder({ shipTo: { name: "Dana Reyes", ...there, phone: "2025550111" } });
    addOrder({ shipTo: { name: "Gift", ...inAustin } });
    await world.sync("customers");
    world.desk.editCustomer("C-1", { phoneNumber: "7755550199" });
    expect(await world.sync("customers")).toMatchObject({ updated: 1 });
    expect([shipTo(theirs.orderId)?.phone, shipTo(own.orderId)?.phone]).toEqual(["7755550199", "2025550111"]);
    expect(trail()).not.toContain("goes neither");
  });

  it("is waited for while somebody is still typing it", async () => {
    const { orderId } = addOrder();
    await world.sync("customers");
    world.desk.editCustomer("C-1", { addressLine1: "", addressLine2: "", city: "" });
    await world.sync("customers");
    expect(writes()).toEqual([]);
    world.desk.editCustomer("C-1", austin);
    await world.sync("customers");
    expect(shipTo(orderId)).toMatchObject(inAustin);
  });

  it("does not blank a country that the card leaves to the company", async () => {
    const { orderId } = addOrder();
    await world.sync("customers");
    world.desk.editCustomer("C-1", { ...austin, country: "" });
    await world.sync("customers");
    expect(shipTo(orderId)).toMatchObject(inAustin);
  });
});

describe("an open order of a customer who moved", () => {
  it("is skipped when it was shipped after it was listed", async () => {
    const order = addOrder();
    await world.sync("customers");
    world.desk.editCustomer("C-1", austin);
    world.standIn.answer = (request) => {
      if (new URL(request.url).pathname === `/orders/${order.orderId}`)
        world.shipstation.edit(order.orderId, { orderStatus: "shipped" });
      return undefined;
    };
    expect(await world.sync("customers")).toMatchObject({ skipped: 1, updated: 0, deadLettered: 0 });
    expect([writes(), shipTo(order.orderId)?.city]).toEqual([[], "RENO"]);
  });

  it("is skipped when it is shipped just before the write", async () => {
    const order = addOrder();
    await world.sync("customers");
    world.desk.editCustomer("C-1", austin);
    world.standIn.answer = (request) => {
      if (request.method === "POST") world.shipstation.edit(order.orderId, { orderStatus: "shipped" });
      return undefined;
    };
    expect(await world.sync("customers")).toMatchObject({ skipped: 1, deadLettered: 0 });
    expect(shipTo(order.orderId)?.city).toBe("RENO");
  });

  it("is found after a lost answer and not written twice", async () => {
    const order = addOrder();
    await world.sync("customers");
    world.desk.editCustomer("C-1", austin);
    let lost = 1;
    world.standIn.answer = (request) => {
      if (request.method !== "POST" || lost-- === 0) return undefined;
      world.shipstation.edit(order.orderId, { shipTo: { ...order.shipTo, ...inAustin, street2: null } });
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
    };
    expect(await world.sync("customers")).toMatchObject({ updated: 1, unknown: 0 });
    expect(writes()).toHaveLength(1);
  });

  it("keeps the rest going where one is refused, and goes on with it after a replay", async () => {
    const bad = addOrder();
    await world.sync("customers");
    world.desk.editCustomer("C-1", austin);
    world.standIn.answer = (request) =>
      request.method === "POST" ? Response.json({ Message: "The order is odd." }, { status: 400 }) : undefined;
    expect(await world.sync("customers")).toMatchObject({ deadLettered: 1 });
    world.standIn.answer = undefined;
    expect(await world.replay("C-1")).toMatchObject({ updated: 1 });
    expect(shipTo(bad.orderId)).toMatchObject(inAustin);
  });
});
