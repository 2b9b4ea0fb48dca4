import { expect, it } from "vitest";
import { anyOf, inOneWorld, numbers, Process, quickDisk, seedsOf } from "./interleaved-kit.ts";
import { openShipping } from "./shipping.ts";

it("changes of ShipStation's shipments in F&O have one effect by calls and polls, in any order and at once: 240 times", async () => {
  let narrow = 0;
  for (const first of seedsOf(240)) {
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
      await anyOf(acts, process, any);
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
  expect(narrow).toBeGreaterThan(240);
}, 240_000);
