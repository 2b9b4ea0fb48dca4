import { expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { seedWebShop, webOrders } from "../../src/sandbox/seed/web-shop.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";

const openShop = () => {
  const shop = new ShipStationSandbox({
    clock: jumpingClock(new Date("2026-11-21T16:00:00Z")),
    apiKey: "k",
    apiSecret: "s",
  });
  seedWebShop(shop);
  const ship = async (number: string) => {
    const request = new Request(`http://shipstation.test/sandbox/ship/${number}`, { method: "POST" });
    const response = await shop.fetch(request);
    return { status: response.status, text: await response.text() };
  };
  return {
    shop,
    ship,
    statusOf: (number: string) => shop.orders.find(({ orderNumber }) => orderNumber === number)?.orderStatus,
  };
};

it("has a web shop with each special case once, and nothing in the stores that an ERP feeds", () => {
  const { shop, statusOf } = openShop();
  expect(Object.fromEntries(Object.entries(webOrders).map(([name, number]) => [name, statusOf(number)]))).toEqual({
    withShipping: "shipped",
    withTax: "shipped",
    withDiscount: "shipped",
    inTwoParcels: "shipped",
    partlyShipped: "awaiting_shipment",
    unknownSku: "shipped",
    withoutLabel: "shipped",
    cancelled: "cancelled",
    open: "awaiting_shipment",
    openUnknownSku: "awaiting_shipment",
  });
  expect(new Set(shop.orders.map(({ advancedOptions }) => advancedOptions.storeId))).toEqual(new Set([771200]));
  expect(shop.shipments).toHaveLength(7);
  expect(shop.ledger).toEqual([]);
});

it("lets an order leave by a line, once", async () => {
  const { ship, shop, statusOf } = openShop();
  expect(await ship(webOrders.open)).toEqual({ status: 200, text: `${shop.shipments.at(-1)?.trackingNumbers[0]}\n` });
  expect(statusOf(webOrders.open)).toBe("shipped");
  expect(await ship(webOrders.open)).toMatchObject({ status: 404, text: expect.stringContaining("is shipped") });
  expect(await ship("WEB-1")).toMatchObject({ status: 404, text: expect.stringContaining("no order WEB-1") });
});
