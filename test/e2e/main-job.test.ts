import { expect, it } from "vitest";
import { specialOrders } from "../../src/sandbox/seed.ts";
import { openWorld } from "./world.ts";

it("takes confirmed orders to the shipper and shipments back, once each", async () => {
  const world = await openWorld();
  const sync = async (...flows: string[]) => (await (await world.open()).sync({ command: "sync", flows }))?.flows[0];

  expect(await sync("orders")).toMatchObject({ created: 66, skipped: 1, deadLettered: 3, unknown: 0 });
  expect(world.shipstation.orders).toHaveLength(68); // two orders are split
  expect(await sync("orders")).toMatchObject({ created: 0, updated: 0, unchanged: 67, deadLettered: 0 });
  expect(world.shipstation.ledger).toHaveLength(68);

  for (const { orderId } of world.shipstation.orders.slice(0, 30)) world.shipstation.print(orderId);
  const asked = world.fno.requests.length + world.shipstation.requests.length;
  const back = await sync("shipments");
  expect(back).toMatchObject({ created: 30, deadLettered: 0, editedThere: 0 });
  expect(back?.calls).toBe(world.fno.requests.length + world.shipstation.requests.length - asked);
  expect(world.fno.attachments).toHaveLength(30);
  await sync("shipments");
  expect(world.fno.attachments).toHaveLength(30);
  world.close();
});

it("a mended order goes out with its replay", async () => {
  const world = await openWorld();
  const { legalEntity, number } = specialOrders.missingStreet;
  await (await world.open()).sync({ command: "sync orders", flows: ["orders"] });
  expect(world.shipstation.orders.some(({ orderNumber }) => orderNumber === number)).toBe(false);
  world.fno.edit(legalEntity, number, { DeliveryAddressStreet: "1 Main Street" });
  const report = await (await world.open()).replay({ id: `${legalEntity}/${number}` });
  expect(report).toMatchObject({ exitCode: 0, flows: [{ flow: "orders", created: 1 }] });
  expect(world.shipstation.orders.filter(({ orderNumber }) => orderNumber === number)).toHaveLength(1);
  world.close();
});
