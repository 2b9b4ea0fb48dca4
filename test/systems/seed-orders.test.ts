import { afterEach, describe, expect, it } from "vitest";
import { openMasterDataWorld } from "./master-data-world.ts";

type World = Awaited<ReturnType<typeof openMasterDataWorld>>;
let world: World;
afterEach(() => world.close());

async function openWorld(seed: boolean) {
  world = await openMasterDataWorld({
    pair: { flows: { products: { seed } } },
    switches: { productsFromApiOrders: true },
  });
  world.desk.addItem({ number: "NEW-1", displayName: "Green mug", unitPrice: 9 });
  return world;
}

const statuses = ({ shipstation }: World) => shipstation.orders.map(({ orderStatus }) => orderStatus);

describe("a SKU that ShipStation has no product of", () => {
  it("waits where nobody asked for more", async () => {
    const { sync, shipstation } = await openWorld(false);
    expect(await sync("products")).toMatchObject({ waiting: 1, created: 0 });
    expect(shipstation.orders).toEqual([]);
  });

  it("gets an order of it, on hold, which is cancelled once the product is there", async () => {
    const { sync, shipstation, product } = await openWorld(true);
    expect(await sync("products")).toMatchObject({ waiting: 1, deadLettered: 0 });
    expect(shipstation.orders).toMatchObject([
      { orderStatus: "on_hold", orderKey: expect.stringMatching(/^mlc-seed-/), items: [{ sku: "NEW-1", quantity: 1 }] },
    ]);
    expect(await sync("products", { ignoreSchedule: true })).toMatchObject({ cancelled: 1, waiting: 0 });
    expect(product("NEW-1")).toMatchObject({ name: "Green mug" });
    expect(statuses(world)).toEqual(["cancelled"]);
    expect(await sync("products")).toMatchObject({ created: 0, updated: 0, cancelled: 0, unchanged: 1, drift: 0 });
  });

  it("is no sale, and holds up nobody's order", async () => {
    const { sync, status, clock, open } = await openWorld(true);
    world.shipstation.switches.productsFromApiOrders = false;
    await sync("products");
    clock.advance(3_600_000);
    const { waitingRecords } = await status();
    expect(waitingRecords.map(({ message }) => message)).toEqual(["ShipStation has no product of the SKU NEW-1 yet."]);
    const report = await (await open()).sync({ command: "sync orders", flows: ["sales"] });
    expect(report?.flows).toMatchObject([{ created: 0, skipped: 0, notOurs: 0, deadLettered: 0 }]);
  });

  it.each(["resetBefore", "resetAfter"] as const)(
    "gets one order and one cancellation in spite of %s",
    async (fault) => {
      const { sync, shipstation } = await openWorld(true);
      const failing = (path: string) => {
        let left = 1;
        shipstation.faults = (request) => (new URL(request.url).pathname === path && left-- > 0 ? fault : undefined);
      };
      failing("/orders/createorder");
      await sync("products");
      await sync("products", { ignoreSchedule: true });
      failing("/orders/createorder");
      for (let run = 0; run < 3; run += 1) await sync("products", { ignoreSchedule: true });
      expect(statuses(world)).toEqual(["cancelled"]);
      expect(shipstation.ledger.filter(({ action }) => action === "create")).toHaveLength(1);
    },
  );

  it("is left to a person who was quicker", async () => {
    const { sync, shipstation } = await openWorld(true);
    await sync("products");
    shipstation.cancel(shipstation.orders[0]?.orderId ?? 0);
    expect(await sync("products", { ignoreSchedule: true })).toMatchObject({ deadLettered: 0, waiting: 0 });
    expect(statuses(world)).toEqual(["cancelled"]);
  });
});
