import { afterEach, describe, expect, it } from "vitest";
import { openMasterDataWorld } from "./master-data-world.ts";

let world: Awaited<ReturnType<typeof openMasterDataWorld>>;
afterEach(() => world.close());
const openWorld = async (...given: Parameters<typeof openMasterDataWorld>) => {
  world = await openMasterDataWorld(...given);
  return world;
};
const waiting = async () =>
  (await world.status()).waitingRecords.map(({ document, message, holdsUp }) => [document, message, holdsUp]);
const order = (orderNumber: string, ...skus: string[]) => ({
  orderNumber,
  items: skus.map((sku) => ({ sku, name: sku, quantity: 1, unitPrice: 1 })),
});
const none = (sku: string) => `ShipStation has no product of the SKU ${sku} yet`;

describe("an item that ShipStation has no product of", () => {
  it("waits without end, in the end a week at a time, at the cost of one list a run", async () => {
    const { desk, shipstation, sync, clock, calls } = await openWorld();
    for (let index = 1; index <= 40; index += 1) desk.addItem({ number: `A-${index}`, displayName: `Item ${index}` });
    expect(await sync("products")).toMatchObject({ waiting: 40, deadLettered: 0 });
    const lists: number[] = [];
    for (let day = 0; day < 50; day += 1) {
      clock.advance(24 * 3_600_000);
      const { length } = calls;
      expect(await sync("products")).toMatchObject({ deadLettered: 0 });
      lists.push(calls.slice(length).filter((call) => call.startsWith("GET /products")).length);
    }
    expect(lists.slice(0, 7)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(lists.slice(-14).filter((count) => count > 0)).toHaveLength(2);
    shipstation.addProduct({ sku: "A-7" });
    expect(await sync("products", { ignoreSchedule: true })).toMatchObject({ waiting: 39, updated: 1 });
  });

  it("is written with the first order that brings its product, long before it is due", async () => {
    const { desk, shipstation, sync, clock, product } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    for (let day = 0; day < 20; day += 1) {
      await sync("products");
      clock.advance(24 * 3_600_000);
    }
    shipstation.addOrder(order("1001", "A-1"));
    expect(await sync("products")).toMatchObject({ updated: 1, waiting: 0 });
    expect(product("A-1").name).toBe("Blue mug");
    expect(await sync("products")).toMatchObject({ updated: 0, drift: 0 });
  });

  it("rests until it is due, and is tried at once when the schedule is to be ignored", async () => {
    const { desk, shipstation, sync } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    await sync("products");
    await sync("products");
    shipstation.addProduct({ sku: "A-1" });
    const resting = await sync("products");
    expect([resting.updated, resting.asked.filter((call) => call.includes("/products"))]).toEqual([0, []]);
    expect(await sync("products", { ignoreSchedule: true })).toMatchObject({ updated: 1, waiting: 0 });
    expect(await waiting()).toEqual([]);
  });

  it("says which open orders have it, before what nobody wants, and anew when they change", async () => {
    const { desk, shipstation, sync } = await openWorld({ switches: { productsFromStoreOrders: false } });
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    desk.addItem({ number: "A-2", displayName: "Red mug" });
    expect(await sync("products")).toMatchObject({ waiting: 2 });
    const { orderId } = shipstation.addOrder(order("1001", "a-2"));
    expect(await sync("products")).toMatchObject({ waiting: 2 });
    expect(await waiting()).toEqual([
      ["A-2", `${none("A-2")}, and order 1001 has it.`, true],
      ["A-1", `${none("A-1")}.`, false],
    ]);
    shipstation.addOrder({ ...order("1002", "A-2", "A-2"), orderStatus: "on_hold" });
    shipstation.addOrder({ ...order("1003", "A-2"), orderStatus: "awaiting_payment" });
    await sync("products");
    expect((await waiting())[0]).toEqual(["A-2", `${none("A-2")}, and orders 1001, 1002, 1003 have it.`, true]);
    for (const one of [orderId, 900_002, 900_003]) shipstation.cancel(one);
    await sync("products");
    expect((await waiting()).map(([sku, , holdsUp]) => [sku, holdsUp])).toEqual([
      ["A-1", false],
      ["A-2", false],
    ]);
  });

  it("is written as soon as the product is there where an open order has it", async () => {
    const { desk, shipstation, sync, product } = await openWorld({ switches: { productsFromStoreOrders: false } });
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    shipstation.addOrder(order("1001", "A-1"));
    expect(await sync("products")).toMatchObject({ waiting: 1, updated: 0 });
    shipstation.addProduct({ sku: "A-1" });
    expect(await sync("products")).toMatchObject({ waiting: 0, updated: 1 });
    expect(product("A-1").name).toBe("Blue mug");
    expect(await waiting()).toEqual([]);
  });

  it("waits no more once Business Central has it no more", async () => {
    const { desk, sync, clock } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    await sync("products");
    desk.deleteItem("A-1");
    clock.advance(24 * 3_600_000);
    await sync("products");
    expect(await waiting()).toEqual([]);
  });
});

describe("a SKU of open orders that Business Central has no item of", () => {
  const noItem = (sku: string, orders: string) => `The ERP has no item ${sku}, and ${orders} it.`;

  it("waits with the orders that it holds up and what mends it, until there is an item or no such order", async () => {
    const { desk, shipstation, sync, status } = await openWorld();
    shipstation.addOrder(order("1001", "x-1"));
    const { orderId } = shipstation.addOrder(order("1002", "X-1", "X-2", "A-VERY-LONG-SKU-OF-A-MARKETPLACE"));
    shipstation.addOrder({
      orderNumber: "1003",
      items: [
        { sku: "", name: "Gift" },
        { sku: "X-3", adjustment: true },
      ],
    });
    const run = await sync("products");
    expect(run).toMatchObject({ waiting: 3, deadLettered: 0 });
    expect(run.asked.filter((call) => call.startsWith("GET bc/items"))).toHaveLength(2);
    expect(await waiting()).toEqual([
      [
        "A-VERY-LONG-SKU-OF-A-MARKETPLACE",
        noItem("A-VERY-LONG-SKU-OF-A-MARKETPLACE", "order 1002 at shipstation has"),
        true,
      ],
      ["X-2", noItem("X-2", "order 1002 at shipstation has"), true],
      ["x-1", noItem("x-1", "orders 1001, 1002 at shipstation have"), true],
    ]);
    expect((await status()).waitingRecords[2]).toMatchObject({
      record: "sku/X-1",
      hint: "Add the item in the ERP, or correct the SKU of the orders.",
    });
    desk.addItem({ number: "X-1", displayName: "Chair" });
    expect(await sync("products")).toMatchObject({ updated: 1, waiting: 2 });
    shipstation.cancel(orderId);
    await sync("products");
    expect(await waiting()).toEqual([]);
  });

  it("is one that is no variant of an item either", async () => {
    const { desk, shipstation, sync } = await openWorld();
    desk.addItem({ number: "1000", displayName: "Bicycle" });
    desk.addVariant("1000", "RED");
    shipstation.addOrder(order("1001", "1000/red", "1000|RED", "1000/BLUE"));
    await sync("products");
    expect((await waiting()).map(([sku]) => sku)).toEqual(["1000/BLUE", "1000"]);
  });

  it("is looked for in the stores that are read, and in none that mlc feeds", async () => {
    const { shipstation, sync } = await openWorld({
      shipstation: { stores: [771200, 771100], storeId: 771100 },
      more: {
        fno: {},
        "fno-shipstation": {},
      },
    });
    shipstation.addOrder(order("1001", "X-1"), 771200);
    shipstation.addOrder(order("1002", "X-2"), 771100);
    await sync("products", {});
    expect((await waiting()).map(([sku]) => sku)).toEqual(["X-1"]);
  });
});
