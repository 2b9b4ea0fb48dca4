import { afterEach, expect, it } from "vitest";
import { openPairWorld, type PairWorld, shop } from "./bc-pair-world.ts";

let world: PairWorld;
afterEach(() => world.close());

const told = (...orders: { orderId: number }[]) =>
  orders.map(({ orderId }) => `https://ssapi.test/shipments?orderId=${orderId}&includeShipmentItems=False`);

/** A shop whose sales were read once. */
async function openPolled(settings: object = {}) {
  world = await openPairWorld({}, settings);
  const { shipstation, sync } = world;
  await sync(["sales"]);
  const sell = (orderNumber: string, storeId = shop) =>
    shipstation.addOrder(
      {
        orderNumber,
        orderKey: `shop-${orderNumber}`,
        orderDate: "2026-11-20T10:00:00",
        items: [{ lineItemKey: "1", sku: "MUG", name: "Mug", quantity: 1, unitPrice: 5 }],
      },
      storeId,
    );
  const sales = () => world.log("sales").flatMap(({ kind, document }) => (kind === "result" ? [document] : []));
  return { ...world, sell, sales };
}

it("a call about labels books the orders they are of, with all that left, and no other", async () => {
  const { sell, sales, shipstation, sync } = await openPolled();
  const [one, two] = [sell("S-1"), sell("S-2")];
  for (const { orderId } of [one, two]) shipstation.print(orderId);
  const [done] = await sync(["sales"], 16, { told: told(one) });
  expect(done).toMatchObject({ created: 1, narrow: true, deadLettered: 0 });
  expect(new Set(sales())).toEqual(new Set(["S-1"]));
  expect((await sync(["sales"], 16, { told: told(one) }))[0]).toMatchObject({ created: 0, updated: 0 });
  expect((await sync(["sales"]))[0]).toMatchObject({ created: 1 });
});

it("an order that nothing of has left is booked by no call about it, as by no poll", async () => {
  const { sell, sales, sync } = await openPolled();
  sell("S-1");
  const orders = ["https://ssapi.test/orders?orderNumber=S-1"];
  expect((await sync(["sales"], 16, { told: orders }))[0]).toMatchObject({ created: 0, narrow: true });
  await sync(["sales"]);
  expect(sales()).toEqual([]);
});

it("an order of a store that is not read is booked by no call about it", async () => {
  const { sell, sales, shipstation, sync } = await openPolled({ stores: [1] });
  const order = sell("S-1");
  shipstation.print(order.orderId);
  const [done] = await sync(["sales"], 16, { told: [...told(order), "https://ssapi.test/orders?orderNumber=S-1"] });
  expect([done?.narrow, done?.created, sales()]).toEqual([true, 0, []]);
});
