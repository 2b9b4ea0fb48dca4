import { afterEach, describe, expect, it } from "vitest";
import { openShipBobWorld } from "./shipbob-world.ts";

const day = 24 * 3_600_000;
const map = { trackingNumber: "CustTracking", shippingCost: "CustCost", deliveryStatus: "CustDelivery" };
const pair = { writeBack: { headerFields: { map }, packingSlipTracking: false } };
/** The flow of shipments, after which so much time passes. */
const shipments = (afterMs: number) => ({ flows: ["shipments"], afterMs, yes: true });
let world: Awaited<ReturnType<typeof openShipBobWorld>> | undefined;
afterEach(() => world?.close());

describe("an order from F&O through ShipBob and back", () => {
  it("has its number, delivery and late cost on the sales order, and is then looked at no more", async () => {
    world = await openShipBobWorld({ pair });
    const { addOrder, sync, desk, fields, shipbob } = world;
    addOrder("SO-1");
    expect(await sync()).toMatchObject({ created: 1 });
    const { id, tracking } = desk.ship("usmf-SO-1");
    expect(await sync(shipments(day))).toMatchObject({ created: 1, waiting: 0 });
    expect(fields("SO-1")).toEqual([tracking?.number, 0, "label created"]);
    desk.deliver(id);
    await sync(shipments(3 * day));
    expect(fields("SO-1")).toEqual([tracking?.number, 0, "delivered"]);
    desk.invoice(id, 7.42);
    await sync(shipments(8 * day));
    expect(fields("SO-1")).toEqual([tracking?.number, 7.42, "delivered"]);
    const before = shipbob.requests.length;
    await sync(shipments(day));
    expect(shipbob.requests.slice(before)).toEqual([
      "GET /2026-01/order",
      "GET /2026-01/location",
      "GET /2026-01/order",
    ]);
  });

  it("in two orders there, one for each warehouse, is followed in both to their ends", async () => {
    world = await openShipBobWorld({ pair });
    const { addOrder, sync, desk, fields, shipbob } = world;
    const lines = ["24", "51"].map((warehouse) => ({ item: "A-1", quantity: 1, price: 10, warehouse }));
    addOrder("SO-2", { lines });
    await sync();
    const [one, two] = shipbob.orders.map(({ reference_id }) => reference_id);
    const first = desk.ship(one ?? "", { trackingNumber: "9400A" });
    await sync(shipments(8 * day));
    const second = desk.ship(two ?? "", { trackingNumber: "9400B" });
    desk.deliver(second.id);
    desk.invoice(second.id, 1.1);
    await sync(shipments(8 * day));
    // The second is over; nothing but the daily look shows what becomes of the first.
    desk.deliver(first.id);
    desk.invoice(first.id, 2.2);
    await sync(shipments(day));
    expect(String(fields("SO-2")[0]).split(", ").sort()).toEqual(["9400A", "9400B"]);
    expect(fields("SO-2").slice(1)).toEqual([3.3, "delivered"]);
  });
});
