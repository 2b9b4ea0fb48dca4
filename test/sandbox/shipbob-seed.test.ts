import { expect, it } from "vitest";
import { seedProducts } from "../../src/sandbox/seed/master-data.ts";
import { seedShipBob, shipBobSettingsOfSeed } from "../../src/sandbox/seed/shipbob.ts";
import { account } from "./shipbob-fixture.ts";

it("the seeded ShipBob has the goods of the seeded orders in its centres", async () => {
  const { sandbox, create, get } = account();
  seedShipBob(sandbox);
  const goods = seedProducts.filter(({ isService }) => !isService);
  expect(sandbox.products.map(({ variants }) => variants[0]?.sku)).toEqual(goods.map(({ item }) => item));
  for (const [location, warehouse] of Object.entries(shipBobSettingsOfSeed.fulfillmentCenters)) {
    const products = goods.map(({ item, name }) => ({ reference_id: item, name, quantity: 5 }));
    await create({ reference_id: warehouse, location_id: Number(location), products });
  }
  expect(sandbox.orders.map(({ shipments }) => shipments[0]?.status)).toEqual([
    "Processing",
    "Processing",
    "Processing",
  ]);
  expect(await get("/location")).toMatchObject([{ id: 8, name: "Cicero (IL)" }, { id: 20 }, { id: 45 }]);
  expect(await get("/fulfillment-center")).toMatchObject([{ name: "Cicero (IL)", state: "IL" }, {}, {}]);
  expect(await get("/shipping-method?Limit=1&Page=2")).toMatchObject([{ name: "Expedited", default: false }]);
});

it("the seeded methods and the channel are there", () => {
  const { sandbox } = account();
  const names = sandbox.methods.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.values(shipBobSettingsOfSeed.shippingMethods)));
  expect(sandbox.channels.map(({ id }) => id)).toContain(shipBobSettingsOfSeed.channelId);
});
