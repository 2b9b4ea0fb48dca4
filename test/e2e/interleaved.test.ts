import { describe, expect, it } from "vitest";
import { numbers, Process, quickDisk } from "./interleaved-kit.ts";
import { openShipBobWorld } from "./shipbob-world.ts";
import { oneLine, openShipping } from "./shipping.ts";

/** So many interleavings have one world: each with orders of its own. */
const inOneWorld = 10;
const steps = 4;

const seedsOf = (count: number) => Array.from({ length: count / inOneWorld }, (_, world) => world * inOneWorld + 1);
const times = (count: number, work: () => Promise<void> | void) =>
  Array.from({ length: count }).reduce<Promise<void>>((before) => before.then(work), Promise.resolve());

describe("the same change from calls and polls, in any order and at once, has one effect", () => {
  it("F&O's orders at ShipStation, 600 times", async () => {
    let narrow = 0;
    for (const first of seedsOf(600)) {
      const world = await openShipping({ disk: quickDisk(), fnoSettings: { legalEntities: ["usmf"] } });
      const { fno, shipstation, sync, clock } = world;
      await sync("orders");
      for (let seed = first; seed < first + inOneWorld; seed += 1) {
        const any = numbers(seed);
        const process = new Process(await world.open(), clock, any);
        const number = `SO-${seed}`;
        const event = () =>
          process.event("fno", "SalesOrderConfirmed", { kind: "orderNumber", id: number, legalEntity: "usmf" });
        fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines: [oneLine] });
        let quantity = oneLine.quantity;
        let edits = 0;
        const acts = [
          event,
          event,
          () => process.work(),
          () => process.work(),
          () => process.poll("orders"),
          () => {
            edits += 1;
            quantity += 1;
            fno.editLine("usmf", number, 1, { OrderedSalesQuantity: quantity });
            event();
          },
        ];
        await times(steps, async () => {
          acts[any(acts.length)]?.();
          await process.goOn();
        });
        event();
        await process.drain();
        const of = ({ key }: { key: string }) => key === `usmf-${number}`;
        const held = shipstation.orders.filter(({ orderKey }) => orderKey === `usmf-${number}`);
        const told = `seed ${seed}: ${shipstation.ledger.filter(of).length} writes of ${edits} edits`;
        expect(
          held.map(({ items }) => items.map((item) => item.quantity)),
          told,
        ).toEqual([[quantity]]);
        const writes = shipstation.ledger.filter(of).length;
        expect(writes, told).toBeLessThanOrEqual(1 + edits);
        process.poll("orders");
        await process.end();
        expect(shipstation.ledger.filter(of).length, told).toBe(writes);
        fno.deliver("usmf", number);
        narrow += process.narrow;
      }
      world.close();
    }
    expect(narrow).toBeGreaterThan(600);
  }, 240_000);

  it("ShipStation's shipments in F&O, 250 times", async () => {
    let narrow = 0;
    for (const first of seedsOf(250)) {
      const world = await openShipping({ disk: quickDisk() });
      const { shipstation, send, sync, clock, notes } = world;
      const orders = Array.from({ length: inOneWorld }, (_, at) => `SO-${first + at}`);
      await send(...orders);
      await sync("shipments");
      for (const [at, number] of orders.entries()) {
        const any = numbers(first + at);
        const process = new Process(await world.open(), clock, any);
        const labels: number[] = [];
        let voided = 0;
        const { orderId } = shipstation.orders.find(({ orderKey }) => orderKey === `usmf-${number}`) ?? { orderId: 0 };
        const id = `https://ssapi.test/shipments?orderId=${orderId}`;
        const event = () => process.event("shipstation", "SHIP_NOTIFY", { kind: "resourceUrl", id });
        const print = () => {
          labels.push(shipstation.print(orderId).shipmentId);
          event();
        };
        const acts = [
          event,
          event,
          () => process.work(),
          () => process.work(),
          () => process.poll("shipments"),
          () => {
            const isPrinted = voided < labels.length;
            if (!isPrinted && labels.length < 2) print();
          },
          () => {
            const last = labels.at(-1);
            if (last === undefined || voided >= labels.length) return;
            shipstation.void(last);
            voided = labels.length;
            event();
          },
        ];
        print();
        await times(steps, async () => {
          acts[any(acts.length)]?.();
          await process.goOn();
        });
        event();
        await process.drain();
        const told = `seed ${first + at}: ${notes(number).join(" | ")}`;
        const shown = shipstation.shipments.filter((one) => labels.includes(one.shipmentId));
        for (const { trackingNumbers, voidDate } of shown) {
          const own = notes(number).filter((note) => trackingNumbers.some((tracking) => note.includes(tracking)));
          const [live, dead] = [own.filter((note) => !/void/i.test(note)), own.filter((note) => /void/i.test(note))];
          expect(live.length, told).toBeLessThanOrEqual(1);
          expect(dead.length, told).toBe(voidDate === null || live.length === 0 ? 0 : 1);
          if (voidDate === null) expect(live.length, told).toBe(1);
        }
        const before = notes(number).length;
        process.poll("shipments");
        event();
        process.work();
        await process.drain();
        expect(notes(number).length, told).toBe(before);
        narrow += process.narrow;
        clock.advance(60_000);
      }
      world.close();
    }
    expect(narrow).toBeGreaterThan(250);
  }, 240_000);

  it("ShipBob's shipments in F&O, 150 times", async () => {
    let narrow = 0;
    for (const first of seedsOf(150)) {
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
        await times(steps, async () => {
          acts[any(acts.length)]?.();
          await process.goOn();
        });
        byShipment();
        await process.drain();
        const told = `seed ${first + at}, ${isDelivered ? "delivered" : "shipped"}`;
        const notes = () => fno.attachments.filter((note) => note.SalesOrderNumber === number).length;
        const [writes, noted] = [fno.ledger.length, notes()];
        expect(fields(number), told).toEqual([
          shipment.tracking?.number,
          0,
          isDelivered ? "delivered" : "label created",
        ]);
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
    expect(narrow).toBeGreaterThan(150);
  }, 240_000);
});
