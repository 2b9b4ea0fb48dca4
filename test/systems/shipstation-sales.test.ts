import { describe, expect, it } from "vitest";
import { compareDecimals, sumOf } from "../../src/core/decimal.ts";
import { pagesOf } from "./shipstation-fixture.ts";
import { manual, order, saleOf, salesOf, salesWorld, v1Keys } from "./shipstation-sales-kit.ts";

const hour = 3_600_000;
const day = 24 * hour;

describe("a shipped order", () => {
  it("is a sale with its lines, amounts, days and parcels", async () => {
    const { clock, sandbox, source } = salesWorld();
    const { orderId } = sandbox.addOrder(order(1));
    const { shipmentId } = sandbox.print("shop-1", { carrierCode: "ups", cost: 8.1 });
    expect(await saleOf(source(), { now: clock.now() })).toEqual({
      id: String(orderId),
      number: "WEB-1",
      final: true,
      personal: expect.arrayContaining(["Web Customer", "1 Main St", "dana@example.com", "dana77"]),
      naturalKey: "shop-1",
      orderKey: "shop-1",
      status: "shipped",
      storeId: "771200",
      customerAccount: "dana77",
      email: "dana@example.com",
      shipTo: {
        name: "Web Customer",
        street: ["1 Main St"],
        city: "Reno",
        state: "NV",
        postalCode: "89501",
        country: "US",
        email: "dana@example.com",
      },
      orderDate: "2026-03-02",
      shipDate: "2026-03-02",
      currency: "USD",
      lines: [
        { key: "A", sku: "MUG", name: "Mug", quantity: 2, shipped: 2, unitPrice: "19.95", tax: "3.3" },
        { key: "B", sku: "SPOON", name: "Spoon", quantity: 1, shipped: 1, unitPrice: "4.5", tax: "0.37" },
      ],
      shipments: [
        expect.objectContaining({
          id: `se-${shipmentId}`,
          orderId: String(orderId),
          orderKey: "shop-1",
          storeId: "771200",
          lines: [
            { key: "A", sku: "MUG", quantity: 2 },
            { key: "B", sku: "SPOON", quantity: 1 },
          ],
        }),
      ],
      shipping: "4",
      otherTax: "0.57",
      discount: "5",
      total: "47.64",
    });
  });

  it("has left whole when it was marked as shipped, and says its day", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    sandbox.markShipped("shop-1", { shipDate: "2026-02-27", trackingNumber: "9400" });
    const sale = await saleOf(source(), { now: clock.now() });
    expect(sale).toMatchObject({
      status: "shipped",
      shipDate: "2026-02-27",
      shipments: [{ id: expect.stringMatching(/^f-/) }],
    });
    expect(sale.lines.map(({ shipped }) => shipped)).toEqual([2, 1]);
  });

  it("has left whole when its label does not say its lines", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    sandbox.print("shop-1", { withoutItems: true });
    sandbox.edit("shop-1", { orderStatus: "shipped" });
    const sale = await saleOf(source(), { now: clock.now() });
    expect(sale.lines.map(({ shipped }) => shipped)).toEqual([2, 1]);
  });

  it("has its civil days as ShipStation's own clock shows them", async () => {
    const { clock, sandbox, source } = salesWorld({ start: "2026-03-03T07:30:00Z" });
    sandbox.addOrder(order(1));
    sandbox.print("shop-1");
    expect(await saleOf(source(), { now: clock.now() })).toMatchObject({
      orderDate: "2026-03-02",
      shipDate: "2026-03-02",
    });
  });

  it("has the numbers of each package with a V2 key", async () => {
    const { clock, sandbox, source } = salesWorld({ secrets: { ...v1Keys, apiKeyV2: "key2" } });
    sandbox.addOrder(order(1));
    const { trackingNumbers } = sandbox.print("shop-1", { packages: 3 });
    const { shipments } = await saleOf(source(), { now: clock.now() });
    expect(shipments[0]?.packages.map(({ trackingNumber }) => trackingNumber)).toEqual(trackingNumbers);
  });

  it("keeps its version when the V2 key is added and says the same", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    sandbox.print("shop-1");
    const version = async (secrets: Record<string, string>) =>
      (await pagesOf(source(secrets).list({ now: clock.now() }))).records[0]?.version;
    expect(await version({ ...v1Keys, apiKeyV2: "key2" })).toBe(await version(v1Keys));
  });
});

describe("what is given", () => {
  it("is not the open order that is booked once it is shipped", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    expect(await salesOf(source(), { now: clock.now() })).toEqual(new Map());
  });

  it.each(["awaiting_payment", "awaiting_shipment", "on_hold", "pending_fulfillment", "rejected_fulfillment"])(
    "is the order with the status %s where orders are booked on arrival",
    async (orderStatus) => {
      const { clock, sandbox, source } = salesWorld({ rules: { bookOn: "new" } });
      sandbox.addOrder(order(1, { orderStatus }));
      const sale = await saleOf(source(), { now: clock.now() });
      expect(sale).toMatchObject({ status: "open", final: false, shipments: [], total: "47.64" });
      expect(sale).not.toHaveProperty("shipDate");
    },
  );

  it("is decided store by store", async () => {
    const { clock, sandbox, source } = salesWorld({
      pair: { rulesOf: (storeId) => ({ bookOn: storeId === String(manual) ? "new" : "shipped", currency: "CAD" }) },
    });
    sandbox.addOrder(order(1));
    sandbox.addOrder(order(2), manual);
    expect([...(await salesOf(source(), { now: clock.now() })).values()]).toMatchObject([
      { number: "WEB-2", currency: "CAD" },
    ]);
  });

  it("is a cancelled order always, even one that could not be booked", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    sandbox.cancel("shop-1");
    sandbox.addOrder(order(2, { items: [{ name: "no SKU", quantity: 1, unitPrice: 3 }] }));
    sandbox.cancel("shop-2");
    const sales = await salesOf(source(), { now: clock.now() });
    expect(sales.get("WEB-1")).toMatchObject({
      status: "cancelled",
      final: true,
      lines: [{ shipped: 0 }, { shipped: 0 }],
    });
    expect(sales.get("WEB-2")).toMatchObject({ status: "cancelled", lines: [], total: "0" });
  });

  it("leaves out stores that are not read and those that mlc feeds", async () => {
    const { clock, sandbox, source } = salesWorld({
      settings: { stores: "771101,771200" },
      pair: { fedStores: [771101] },
    });
    for (const [number, store] of [771100, 771101, 771200].entries()) {
      sandbox.addOrder(order(number), store);
      sandbox.print(`shop-${number}`);
    }
    expect([...(await salesOf(source(), { now: clock.now() })).keys()]).toEqual(["WEB-2"]);
  });

  it("asks for the only store that is read", async () => {
    const { clock, requests, source } = salesWorld({ settings: { stores: "771200" } });
    await pagesOf(source().list({ now: clock.now() }));
    expect(requests.map(({ searchParams }) => searchParams.get("storeId"))).toEqual(["771200", "771200"]);
  });

  it("begins with what was shipped on the start date", async () => {
    const { clock, sandbox, source } = salesWorld({ pair: { startDate: "2026-03-02" } });
    for (const [number, shipDate] of ["2026-03-01", "2026-03-02"].entries()) {
      sandbox.addOrder(order(number, { orderDate: "2026-02-20T10:00:00" }));
      sandbox.markShipped(`shop-${number}`, { shipDate });
    }
    expect([...(await salesOf(source(), { now: clock.now() })).keys()]).toEqual(["WEB-1"]);
  });

  it("begins with what was ordered on the start date where orders are booked on arrival", async () => {
    const { clock, sandbox, requests, source } = salesWorld({
      rules: { bookOn: "new" },
      pair: { startDate: "2026-03-02" },
    });
    sandbox.addOrder(order(0, { orderDate: "2026-03-01T23:59:00" }));
    expect(await salesOf(source(), { now: clock.now() })).toEqual(new Map());
    expect(requests.map(({ pathname }) => pathname)).toEqual(["/orders", "/shipments"]);
    sandbox.addOrder(order(1, { orderDate: "2026-03-02T00:00:00" }));
    sandbox.print("shop-0");
    expect([...(await salesOf(source(), { now: clock.now() })).keys()]).toEqual(["WEB-1"]);
  });

  it("cannot be read with a V2 key alone", async () => {
    const { clock, source } = salesWorld({ secrets: { apiKeyV2: "key2" } });
    await expect(pagesOf(source().list({ now: clock.now() }))).rejects.toMatchObject({
      name: "ConfigError",
      message: expect.stringContaining("V2 has no orders"),
    });
  });
});

describe("partial shipments and voids", () => {
  it("an order of which something left is a sale with what left, and grows with each parcel", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    sandbox.print("shop-1", { items: [{ lineItemKey: "A", quantity: 1 }] });
    const first = await saleOf(source(), { now: clock.now() });
    expect(first).toMatchObject({ status: "shipped", final: false, shipDate: "2026-03-02", total: "47.64" });
    expect(first.lines.map(({ quantity, shipped }) => [quantity, shipped])).toEqual([
      [2, 1],
      [1, 0],
    ]);
    clock.advance(2 * day);
    sandbox.print("shop-1");
    const second = await saleOf(source(), { now: clock.now() });
    expect(second).toMatchObject({ status: "shipped", final: true, shipDate: "2026-03-04" });
    expect(second.lines.map(({ shipped }) => shipped)).toEqual([2, 1]);
    expect(second.shipments).toHaveLength(2);
  });

  it("a voided label takes back what it had shipped, and the order stays told", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    const { shipmentId } = sandbox.print("shop-1");
    sandbox.void(shipmentId);
    const sale = await saleOf(source(), { now: clock.now() });
    expect(sale).toMatchObject({ status: "open", final: false, shipments: [{ isVoided: true }] });
    expect(sale).not.toHaveProperty("shipDate");
    expect(sale.lines.map(({ shipped }) => shipped)).toEqual([0, 0]);
  });

  it.each([0, 8])(
    "gives a later part whose label does not move its order, with %i others of that kind",
    async (others) => {
      const { clock, sandbox, source } = salesWorld({ sandbox: { switches: { labelTouchesOrder: "withStatus" } } });
      const numbers = Array.from({ length: 1 + others }, (_, index) => index + 1);
      const part = { items: [{ lineItemKey: "A", quantity: 1 }] };
      for (const number of numbers) sandbox.addOrder(order(number));
      clock.advance(1000);
      for (const number of numbers) sandbox.print(`shop-${number}`, part);
      const { cursor } = await pagesOf(source().list({ now: clock.now() }));
      clock.advance(20 * 3_600_000);
      for (const number of numbers) sandbox.print(`shop-${number}`, part);
      const sales = await salesOf(source(), { cursor: cursor ?? null, now: clock.now() });
      expect([...sales.values()].map(({ lines }) => lines[0]?.shipped)).toEqual(numbers.map(() => 2));
    },
  );

  it("a label that replaces a voided one has its lines, without a call of its own", async () => {
    const { clock, sandbox, requests, source } = salesWorld();
    sandbox.addOrder(order(1));
    const first = sandbox.print("shop-1");
    clock.advance(1000);
    sandbox.reprint(first.shipmentId);
    sandbox.void(first.shipmentId);
    const sale = await saleOf(source(), { now: clock.now() });
    expect(sale.lines.map(({ shipped }) => shipped)).toEqual([2, 1]);
    expect(sale.shipments.map(({ isVoided }) => isVoided)).toEqual([true, false]);
    expect(requests).toHaveLength(4);
  });

  it("a return label ships nothing", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    sandbox.print("shop-1", { items: [{ lineItemKey: "A", quantity: 1 }] });
    sandbox.print("shop-1", { isReturnLabel: true });
    const sale = await saleOf(source(), { now: clock.now() });
    expect(sale.lines.map(({ shipped }) => shipped)).toEqual([1, 0]);
    expect(sale.shipments.map(({ isReturn }) => isReturn)).toEqual([false, true]);
  });

  it("a fulfillment that was taken back is told as void", async () => {
    const { clock, sandbox, source } = salesWorld();
    sandbox.addOrder(order(1));
    const { fulfillmentId } = sandbox.markShipped("shop-1");
    sandbox.voidFulfillment(fulfillmentId);
    expect(await saleOf(source(), { now: clock.now() })).toMatchObject({
      status: "open",
      shipments: [{ id: `f-${fulfillmentId}`, isVoided: true }],
    });
  });
});

describe.each([
  { splitOrderKey: "shared", splitTotals: "onParent" },
  { splitOrderKey: "own", splitTotals: "onParent" },
  { splitOrderKey: "shared", splitTotals: "computed" },
] as const)("a split order with %j", (switches) => {
  const split = () => {
    const world = salesWorld({ sandbox: { switches } });
    const parent = world.sandbox.addOrder(order(1));
    world.clock.advance(hour);
    const child = world.sandbox.split("shop-1", [{ lineItemKey: "B", quantity: 1 }]);
    return { ...world, parent, child };
  };

  it("is a sale for each part, which together are worth the order to the cent", async () => {
    const { clock, sandbox, source, parent, child } = split();
    sandbox.print(parent.orderId);
    sandbox.print(child.orderId);
    const { records } = await pagesOf(source().list({ now: clock.now() }));
    const byId = new Map(records.map((record) => [record.id, record]));
    const sales = [...byId.values()].flatMap((record) => source().read(record));
    const [own, part] = [parent, child].map(({ orderId }) => sales.find(({ id }) => id === String(orderId)));
    expect(sales).toHaveLength(2);
    expect(own).toMatchObject({ naturalKey: "shop-1", orderKey: "shop-1", shipping: "4", discount: "5" });
    expect(part).toMatchObject({
      naturalKey: `${child.orderKey}-${child.orderId}`,
      orderKey: "shop-1",
      shipping: "0",
      discount: "0",
    });
    expect(compareDecimals(sumOf(sales.map(({ total }) => total)), "47.64")).toBe(0);
  });

  it("gives a part that changed by itself with its own amounts", async () => {
    const { clock, sandbox, source, child } = split();
    clock.advance(30 * day);
    sandbox.print(child.orderId);
    const sales = await salesOf(source(), { since: new Date(clock.now().getTime() - hour), now: clock.now() });
    expect([...sales.values()]).toMatchObject([{ id: String(child.orderId), lines: [{ sku: "SPOON", shipped: 1 }] }]);
  });
});

describe("combined orders", () => {
  it.each(["gone", "cancelled"] as const)(
    "the surviving order alone is booked, the others are %s",
    async (mergedAway) => {
      const { clock, sandbox, source } = salesWorld({ sandbox: { switches: { mergedAway } } });
      sandbox.addOrder(order(1));
      sandbox.addOrder(order(2));
      sandbox.merge("shop-1", ["shop-2"]);
      sandbox.print("shop-1");
      const sales = [...(await salesOf(source(), { now: clock.now() })).values()];
      const [sale, ...more] = sales.filter(({ status }) => status !== "cancelled");
      expect(more).toEqual([]);
      expect(sale).toMatchObject({ number: "WEB-1", total: "95.28", shipping: "8", otherTax: "1.14", discount: "10" });
      expect(new Set(sale?.lines.map(({ key }) => key)).size).toBe(4);
      expect(sale?.lines.map(({ shipped }) => shipped)).toEqual([2, 1, 2, 1]);
    },
  );

  it("an order that is still shown as shipped after it was combined is no sale", async () => {
    const { clock, sandbox, source } = salesWorld({ sandbox: { switches: { mergedAway: "cancelled" } } });
    sandbox.addOrder(order(1));
    sandbox.addOrder(order(2));
    sandbox.merge("shop-1", ["shop-2"]);
    sandbox.print("shop-1");
    sandbox.edit("shop-2", { orderStatus: "shipped" });
    const sales = await salesOf(source(), { now: clock.now() });
    expect(sales.get("WEB-2")).toMatchObject({ status: "cancelled" });
  });

  it("an order that was booked on arrival and is gone since is told as cancelled", async () => {
    const { clock, sandbox, source } = salesWorld({ rules: { bookOn: "new" } });
    sandbox.addOrder(order(1));
    const { orderId } = sandbox.addOrder(order(2));
    sandbox.merge("shop-1", ["shop-2"]);
    const sales = await salesOf(source(), { now: clock.now() });
    expect(sales.get(String(orderId))).toMatchObject({ id: String(orderId), status: "cancelled", lines: [] });
  });
});

describe("the version", () => {
  const versions = async (world: ReturnType<typeof salesWorld>) =>
    new Map(
      (await pagesOf(world.source().list({ now: world.clock.now() }))).records.map(({ id, version }) => [id, version]),
    );

  it("stays when something changes that is not passed on", async () => {
    const world = salesWorld();
    const { orderId } = world.sandbox.addOrder(order(1));
    world.sandbox.print("shop-1");
    const before = await versions(world);
    world.clock.advance(hour);
    world.sandbox.edit("shop-1", { internalNotes: "call", amountPaid: 3, tagIds: [7], paymentMethod: "card" });
    expect(await versions(world)).toEqual(before);
    expect(before.has(String(orderId))).toBe(true);
  });

  it("moves with the address, the amounts, the status and each parcel", async () => {
    const world = salesWorld();
    const { orderId, shipTo } = world.sandbox.addOrder(order(1));
    world.sandbox.print("shop-1", { items: [{ lineItemKey: "A", quantity: 1 }] });
    const seen = [(await versions(world)).get(String(orderId))];
    for (const change of [
      () => world.sandbox.edit("shop-1", { shipTo: { ...shipTo, street1: "2 Main St" } }),
      () => world.sandbox.edit("shop-1", { shippingAmount: 5, orderTotal: 48.64 }),
      () => world.sandbox.print("shop-1"),
      () => world.sandbox.void(world.sandbox.shipments[1]?.shipmentId ?? 0),
      () => world.sandbox.edit("shop-1", { orderStatus: "cancelled" }),
    ]) {
      world.clock.advance(60_000);
      change();
      seen.push((await versions(world)).get(String(orderId)));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).not.toContain(undefined);
  });
});
