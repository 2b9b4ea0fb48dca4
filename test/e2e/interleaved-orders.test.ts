import { expect, it } from "vitest";
import { anyOf, inOneWorld, numbers, Process, quickDisk, seedsOf } from "./interleaved-kit.ts";
import { oneLine, openShipping } from "./shipping.ts";

it("changes of F&O's orders at ShipStation have one effect by calls and polls, in any order and at once: 600 times", async () => {
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
      await anyOf(acts, process, any);
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
