import { afterEach, expect, it } from "vitest";
import type { Named } from "../../src/core/ports.ts";
import { openMasterDataWorld } from "../systems/master-data-world.ts";

const nobody = "5a11d000-0000-4000-8000-0000000000ff";
const austin = { addressLine1: "88 Cedar St", city: "Austin", state: "TX", postalCode: "78701", country: "US" };

let world: Awaited<ReturnType<typeof openMasterDataWorld>>;
afterEach(() => world.close());

/** Two items with their products, a customer with an open order, all as they are in ShipStation. */
async function openPolled() {
  world = await openMasterDataWorld();
  const { desk, shipstation, sync, bc } = world;
  for (const number of ["A-1", "B-2"]) {
    desk.addItem({ number, displayName: "Mug" });
    shipstation.addProduct({ sku: number, name: "Mug" });
  }
  desk.addCustomer({ number: "C-1", displayName: "Acme Retail", ...austin, addressLine1: "10 Pine St" });
  const shipTo = {
    name: "Dana",
    street1: "10 Pine St",
    city: "Austin",
    state: "TX",
    postalCode: "78701",
    country: "US",
  };
  const { orderId } = shipstation.addOrder({ orderNumber: "1", customerUsername: "C-1", shipTo });
  await sync("products");
  await sync("customers");
  const company = bc.requests.map((request) => /companies\(([^)]+)\)/.exec(request)?.[1]).find((id) => id);
  const row = (set: string, id: unknown, of = company): Named => ({
    kind: "record",
    id: `api/v2.0/companies(${of})/${set}(${String(id)})`,
  });
  const idOf = (set: string, number: string) => desk.rows(set).find((one) => one.number === number)?.id;
  return { ...world, row, idOf, orderId };
}

it("a notification brings its item and reads no other; what is gone, or of another company, is nothing", async () => {
  const { desk, sync, product, row, idOf } = await openPolled();
  for (const number of ["A-1", "B-2"]) desk.editItem(number, { displayName: "Large mug" });
  const named = [row("items", idOf("items", "A-1")), row("items", nobody), row("items", idOf("items", "B-2"), nobody)];
  const { updated, narrow, asked } = await sync("products", { named });
  expect([updated, narrow, product("A-1").name, product("B-2").name]).toEqual([1, true, "Large mug", "Mug"]);
  expect(asked.filter((call) => call.startsWith("GET bc/items("))).toEqual([
    expect.stringMatching(/^GET bc\/items\([0-9a-f-]{36}\)\?/),
    expect.stringMatching(/^GET bc\/items\([0-9a-f-]{36}\)\?/),
  ]);
  expect(await sync("products", { named: named.slice(0, 1) })).toMatchObject({ updated: 0 });
  expect(await sync("products")).toMatchObject({ updated: 1 });
});

it("a notification brings its customer's address to open orders", async () => {
  const { desk, sync, shipstation, row, idOf, orderId } = await openPolled();
  desk.editCustomer("C-1", austin);
  const { narrow, asked } = await sync("customers", { named: [row("customers", idOf("customers", "C-1"))] });
  expect([narrow, asked.filter((call) => call.includes("$filter=lastModified"))]).toEqual([true, []]);
  expect(shipstation.orders.find((one) => one.orderId === orderId)?.shipTo.street1).toBe("88 Cedar St");
});

it("what a listing reads in fewer calls, or notifications of other sets, have the flow run whole", async () => {
  const { sync, row } = await openPolled();
  const many = Array.from({ length: 31 }, (_, at) => row("items", nobody.replace("00ff", String(1000 + at))));
  expect((await sync("products", { named: many })).narrow).toBeUndefined();
  expect((await sync("products", { named: [{ kind: "changes", id: "items" }] })).narrow).toBeUndefined();
  expect((await sync("products", { named: [row("salesOrders", nobody)] })).narrow).toBeUndefined();
});
