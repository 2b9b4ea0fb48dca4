import { expect, it } from "vitest";
import { anyOf, inOneWorld, numbers, Process, quickDisk, seedsOf } from "./interleaved-kit.ts";
import { openShipBobWorld } from "./shipbob-world.ts";

it("changes of ShipBob's shipments in F&O have one effect by calls and polls, in any order and at once: 160 times", async () => {
  let narrow = 0;
  for (const first of seedsOf(160)) {
    const map = { trackingNumber: "CustTracking", shippingCost: "CustCost", deliveryStatus: "CustDelivery" };
    const pair = { writeBack: { headerFields: { map }, packingSlipTracking: false } };
    const world = await openShipBobWorld({ disk: quickDisk(), pair });
    const { addOrder, sync, desk, shipbob, fno, clock, fields } = world;
    const orders = Array.from({ length: inOneWorld }, (_, at) => `SO-${first + at}`);
    for (const number of orders) addOrder(number);
    await sync();
    await sync({ flows: ["shipments"] });
    for (const [at, number] of orders.entries()) {
      const any = numbers(first + at);
      const process = new Process(await world.open(), clock, any);
      const order = shipbob.orders.find(({ reference_id }) => reference_id === `usmf-${number}`);
      const shipment = desk.ship(`usmf-${number}`);
      let isDelivered = false;
      const byOrder = () => process.event("shipbob", "order.shipped", { kind: "orderId", id: String(order?.id) });
      const byShipment = () =>
        process.event("shipbob", "order.shipment.delivered", { kind: "shipmentId", id: String(shipment.id) });
      const acts = [
        byOrder,
        byShipment,
        () => process.work(),
        () => process.work(),
        () => process.poll("shipments"),
        () => {
          if (isDelivered) return;
          isDelivered = true;
          desk.deliver(shipment.id);
          byShipment();
        },
      ];
      byOrder();
      await anyOf(acts, process, any);
      byShipment();
      await process.drain();
      const told = `seed ${first + at}, ${isDelivered ? "delivered" : "shipped"}`;
      const notes = () => fno.attachments.filter((note) => note.SalesOrderNumber === number).length;
      const [writes, noted] = [fno.ledger.length, notes()];
      expect(fields(number), told).toEqual([shipment.tracking?.number, 0, isDelivered ? "delivered" : "label created"]);
      expect(noted, told).toBeLessThanOrEqual(isDelivered ? 2 : 1);
      process.poll("shipments");
      byOrder();
      process.work();
      await process.drain();
      expect([fno.ledger.length, notes()], told).toEqual([writes, noted]);
      narrow += process.narrow;
      clock.advance(60_000);
    }
    world.close();
  }
  expect(narrow).toBeGreaterThan(160);
}, 240_000);
