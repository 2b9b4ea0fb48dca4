import { afterEach, describe, expect, it } from "vitest";
import { openShipBobWorld } from "./shipbob-world.ts";

const day = 24 * 3_600_000;
let world: Awaited<ReturnType<typeof openShipBobWorld>> | undefined;
afterEach(() => world?.close());

describe("calls to ShipBob", () => {
  it("for the charges of 1,000 parcels of two channels are a few dozen, once a day and on each run", async () => {
    const charges = { mode: "headerField", headerField: { amount: "CustCost" } };
    world = await openShipBobWorld({ pair: { charges } });
    const { addOrder, sync, desk, shipbob, clock } = world;
    for (let number = 1; number <= 500; number += 1) addOrder(`SO-${number}`);
    await sync({ yes: true });
    for (let number = 1; number <= 500; number += 1) desk.addOrder(theirs(`W-${number}`), 100_102);
    for (const { id } of shipbob.shipments) desk.ship(id);
    clock.advance(day);
    const run = async () => {
      const before = shipbob.requests.length;
      const ran = await sync({ flows: ["charges"], yes: true, afterMs: 3_600_000 });
      return { ran, calls: shipbob.requests.length - before };
    };
    const first = await run();
    expect(first.ran).toMatchObject({ created: 500, notOurs: 500 });
    const later = await run();
    expect(later.ran).toMatchObject({ created: 0, updated: 0, unchanged: 500 });
    expect(first.calls).toBeLessThan(16);
    expect(later.calls).toBeLessThan(16);
  }, 120_000);
});

const theirs = (reference: string) => ({
  reference_id: reference,
  type: "DTC",
  shipping_method: "Standard",
  recipient: {
    name: "B",
    address: { address1: "1 A St", city: "Reno", state: "NV", country: "US", zip_code: "89501" },
  },
  products: [{ reference_id: "A-1", name: "A-1", quantity: 1 }],
});
