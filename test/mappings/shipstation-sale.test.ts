import { describe, expect, it } from "vitest";
import { orderSchema } from "../../src/connectors/shipstation/schema.ts";
import type { Sale } from "../../src/core/model.ts";
import { saleFromShipStation, saleVersion } from "../../src/mappings/shipstation/sale.ts";

const mug = { orderItemId: 1, lineItemKey: "A", sku: "MUG", name: "Mug", quantity: 2, unitPrice: 19.95 };
const spoon = { orderItemId: 2, lineItemKey: "B", sku: "SPOON", name: "Spoon", quantity: 1, unitPrice: 4.5 };
const spring = { orderItemId: 3, lineItemKey: "D", name: "SPRING", quantity: 1, unitPrice: -5, adjustment: true };

const row = {
  orderId: 900001,
  orderNumber: "WEB-1",
  orderKey: "shop-1",
  orderDate: "2026-03-02T14:05:09.1230000",
  orderStatus: "shipped",
  shipDate: "2026-03-03",
  shipTo: {
    name: "Dana Reyes",
    company: "Acme",
    street1: " 10 Pine St ",
    street2: "",
    country: "us",
    residential: null,
  },
  items: [mug, spoon],
  orderTotal: 44.4,
  taxAmount: 0,
  shippingAmount: 0,
  amountPaid: 0,
  advancedOptions: { storeId: 771200 },
};

const parcel = (shipmentItems: unknown, more: Record<string, unknown> = {}) => ({
  kind: "shipment" as const,
  shipment: {
    shipmentId: 700001,
    orderId: 900001,
    trackingNumber: "1Z1",
    carrierCode: "ups",
    shipDate: "2026-03-04",
    shipmentItems,
    ...more,
  },
});

const marked = {
  kind: "fulfillment" as const,
  fulfillment: { fulfillmentId: 5, shipDate: "2026-03-05T00:00:00.0000000" },
};

const sale = (more: Record<string, unknown> = {}, beside: Record<string, unknown> = {}): Sale =>
  saleFromShipStation(
    { kind: "order", order: { ...row, ...more }, parcels: [], ...beside },
    { currencyOf: () => "USD" },
  );

const amounts = ({ shipping, otherTax, discount, total, lines }: Sale) => ({
  shipping,
  otherTax,
  discount,
  total,
  taxes: lines.map(({ tax }) => tax),
});

const shipped = ({ lines }: Sale) => lines.map((line) => line.shipped);

describe("the amounts of a sale", () => {
  it.each<[string, Record<string, unknown>, Partial<ReturnType<typeof amounts>>]>([
    ["goods alone", {}, { total: "44.4", taxes: ["0", "0"] }],
    ["what was paid is another thing", { amountPaid: 9 }, { total: "44.4" }],
    [
      "tax and shipping of the order",
      { taxAmount: 3.1, shippingAmount: 7.25, orderTotal: 54.75 },
      { otherTax: "3.1", shipping: "7.25", total: "54.75" },
    ],
    [
      "tax of one unit on the lines, more on the order",
      { items: [{ ...mug, taxAmount: 1.1 }, spoon], taxAmount: 2.5, orderTotal: 46.9 },
      { taxes: ["2.2", "0"], otherTax: "0.3", total: "46.9" },
    ],
    [
      "tax on the lines alone, in the total",
      { items: [{ ...mug, taxAmount: 1.1 }, spoon], orderTotal: 46.6 },
      { taxes: ["2.2", "0"], otherTax: "0", total: "46.6" },
    ],
    [
      "tax on the lines alone, not in the total",
      { items: [{ ...mug, taxAmount: 1.1 }, spoon] },
      { taxes: ["0", "0"], otherTax: "0", total: "44.4" },
    ],
    [
      "more tax on the lines than on the order: the order's counts",
      { items: [{ ...mug, taxAmount: 1.1 }, spoon], taxAmount: 1.1, orderTotal: 45.5 },
      { taxes: ["0", "0"], otherTax: "1.1", total: "45.5" },
    ],
    [
      "shipping of one unit on the lines alone",
      { items: [{ ...mug, shippingAmount: 2 }, spoon], orderTotal: 48.4 },
      { shipping: "4", total: "48.4" },
    ],
    [
      "shipping on the lines too is in the order's",
      { items: [{ ...mug, shippingAmount: 2 }, spoon], shippingAmount: 4, orderTotal: 48.4 },
      { shipping: "4", total: "48.4" },
    ],
    [
      "a discount line",
      { items: [mug, spoon, spring], orderTotal: 39.4 },
      { discount: "5", total: "39.4", taxes: ["0", "0"] },
    ],
    ["floats that are none", { items: [{ ...mug, quantity: 3, unitPrice: 0.1 }], orderTotal: 0.3 }, { total: "0.3" }],
    [
      "unit prices of many digits",
      { items: [{ ...mug, quantity: 3, unitPrice: 3.333 }], orderTotal: 10 },
      { total: "10" },
    ],
    ["nothing to pay", { items: [{ ...mug, unitPrice: null }], orderTotal: null }, { total: "0" }],
  ])("%s", (_name, more, expected) => {
    expect(amounts(sale(more))).toMatchObject(expected);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "do not make the total",
      { taxAmount: 1, orderTotal: 44.41 },
      /^Order WEB-1 in ShipStation has the total 44\.41, but goods 44\.4, tax 1, shipping 0 and discount 0 make 45\.4\.$/,
    ],
    ["are larger than cents can be", { taxAmount: 1e20 }, /has taxAmount 100000000000000000000, which is too large/],
    [
      "are raised by adjustments",
      { items: [mug, { ...spring, unitPrice: 5 }], orderTotal: 44.9 },
      /adjustments that add 5 instead of a discount: SPRING/,
    ],
    ["have a line without a SKU", { items: [mug, { ...spoon, sku: "" }] }, /has a line without a SKU: Spoon/],
    ["have a line without a quantity", { items: [{ ...mug, quantity: null }] }, /line MUG whose quantity is not said/],
    ["have a line that takes back", { items: [{ ...mug, quantity: -1 }] }, /line MUG whose quantity -1/],
    ["are in a status nobody knows", { orderStatus: "lost" }, /has the status "lost"/],
    ["have no ship-to address", { shipTo: null }, /has no ship-to address/],
    ["have no order date", { orderDate: null }, /has no order date/],
    ["are not as documented", { items: [{ quantity: "2" }] }, /order\.items\.0\.quantity is not as documented/],
  ])("orders that %s need a person", (_name, more, message) => {
    expect(() => sale(more)).toThrow(message);
    expect(() => sale(more)).toThrow(expect.objectContaining({ name: "MappingError" }));
  });

  it("leave out lines of which nothing is left", () => {
    expect(sale({ items: [mug, spoon, { quantity: 0, unitPrice: 9 }] }).lines).toHaveLength(2);
  });
});

describe("the parts of a split order", () => {
  const part = (orderId: number, more: Record<string, unknown>) => ({
    ...row,
    orderId,
    ...more,
    advancedOptions: { storeId: 771200, parentId: orderId === 1 ? null : 1, mergedOrSplit: true },
  });
  const parent = part(1, {
    items: [{ ...mug, taxAmount: 1.1 }],
    orderTotal: 51.7,
    taxAmount: 3.3,
    shippingAmount: 4,
  });
  const child = part(2, { items: [{ ...spoon, taxAmount: 0.5 }], orderTotal: 0 });

  it("are worth their own goods where the money stands on one", () => {
    const family = [parent, child];
    expect(amounts(sale(parent, { family }))).toEqual({
      shipping: "4",
      otherTax: "0.6",
      discount: "0",
      total: "46.7",
      taxes: ["2.2"],
    });
    expect(amounts(sale(child, { family }))).toMatchObject({
      shipping: "0",
      otherTax: "0",
      total: "5",
      taxes: ["0.5"],
    });
  });

  it("keep the tax that stands on each", () => {
    const taxed = [
      { ...parent, items: [mug], taxAmount: 2 },
      { ...child, items: [spoon], taxAmount: 1.3 },
    ];
    const taxes = taxed.map((one) => sale(one, { family: taxed })).map(({ otherTax, total }) => [otherTax, total]);
    expect(taxes).toEqual([
      ["2", "45.9"],
      ["1.3", "5.8"],
    ]);
  });

  it("need a person where the parts that are left are not the order", () => {
    expect(() => sale(parent, { family: [parent] })).toThrow(/total 51\.7, but/);
    expect(() => sale(parent, { family: [parent, { ...child, items: [] }] })).toThrow(
      /has with the other 1 of its parts the total 51\.7/,
    );
    expect(() => sale(child, { family: [parent] })).toThrow(/is not among the parts/);
  });

  it("have names of their own, from what never changes", () => {
    const own = { advancedOptions: { parentId: 7 } };
    expect(sale(own, { rootKey: "shop-0" })).toMatchObject({ naturalKey: "shop-1-900001", orderKey: "shop-0" });
    expect(sale(own)).toMatchObject({ naturalKey: "shop-1-900001", orderKey: "shop-1" });
    expect(sale({ ...own, orderKey: "" })).toMatchObject({ naturalKey: "ss-900001", orderKey: "ss-900001" });
    expect(sale({ orderNumber: null })).toMatchObject({ naturalKey: "shop-1", number: "900001" });
  });
});

describe("what left", () => {
  const open = { orderStatus: "awaiting_shipment", shipDate: null };

  it.each<[string, unknown[], Record<string, unknown>, number[]]>([
    ["by line key", [parcel([{ lineItemKey: "A", sku: "x", quantity: 1 }])], open, [1, 0]],
    ["by SKU where there is no key", [parcel([{ sku: "SPOON", quantity: 1 }])], open, [0, 1]],
    [
      "by SKU where the key is none of the order's",
      [parcel([{ lineItemKey: "Z", sku: "MUG", quantity: 2 }])],
      open,
      [2, 0],
    ],
    [
      "in several parcels",
      [parcel([{ lineItemKey: "A", quantity: 1 }]), parcel([{ lineItemKey: "A", quantity: 1 }])],
      open,
      [2, 0],
    ],
    ["not in voided ones", [parcel([{ lineItemKey: "A", quantity: 1 }], { voided: true })], open, [0, 0]],
    ["not in returns", [parcel([{ lineItemKey: "A", quantity: 1 }], { isReturnLabel: true })], open, [0, 0]],
    ["never more than was sold", [parcel([{ lineItemKey: "B", quantity: 3 }])], open, [0, 1]],
    ["not by a label that does not say, while it is open", [parcel([])], open, [0, 0]],
    ["whole without any parcel, once it is shipped", [], {}, [2, 1]],
    ["whole by a fulfillment", [marked], {}, [2, 1]],
    ["whole by a label that does not say", [parcel([{ lineItemKey: "A", quantity: 1 }]), parcel(null)], {}, [2, 1]],
    ["whole by a label with things the order does not have", [parcel([{ sku: "BOX", quantity: 1 }])], {}, [2, 1]],
    ["less than was sold where the labels say so", [parcel([{ lineItemKey: "A", quantity: 1 }])], {}, [1, 0]],
    ["as its voided label said", [{ ...parcel([]), inherited: [{ lineItemKey: "B", quantity: 1 }] }], open, [0, 1]],
  ])("is counted %s", (_name, parcels, more, expected) => {
    expect(shipped(sale(more, { parcels }))).toEqual(expected);
  });

  it("counts no discount line that a label names", () => {
    const more = { items: [mug, spoon, spring], orderTotal: 39.4 };
    const parcels = [
      parcel([
        { lineItemKey: "A", quantity: 2 },
        { lineItemKey: "D", quantity: 1 },
      ]),
    ];
    expect(shipped(sale(more, { parcels }))).toEqual([2, 0]);
  });

  it("fills lines of one key one after the other, under names of their own", () => {
    const items = [mug, { ...mug, orderItemId: 9 }, { ...spoon, lineItemKey: null }];
    const { lines } = sale(
      { ...open, items, orderTotal: 84.3 },
      { parcels: [parcel([{ lineItemKey: "A", quantity: 3 }])] },
    );
    expect(lines.map((line) => [line.key, line.shipped])).toEqual([
      ["A", 2],
      ["A#9", 1],
      ["2", 0],
    ]);
  });

  it("left on the day of the last live parcel, else on the order's", () => {
    const first = parcel([{ lineItemKey: "A", quantity: 1 }]);
    const void_ = parcel([], { shipDate: "2026-03-09", voided: true });
    expect(sale({}, { parcels: [first, marked, void_] }).shipDate).toBe("2026-03-05");
    expect(sale().shipDate).toBe("2026-03-03");
    expect(sale(open)).not.toHaveProperty("shipDate");
  });
});

describe("a sale", () => {
  it("is the order of its day on ShipStation's own clock, however the time is written", () => {
    expect(sale({ orderDate: "2026-03-02T23:59:59" }).orderDate).toBe("2026-03-02");
    expect(sale({ orderDate: "2026-03-03T07:59:59Z" }).orderDate).toBe("2026-03-02");
    expect(sale({ orderDate: "2026-03-08T02:30:00" }).orderDate).toBe("2026-03-08");
  });

  it("has the address with what is said of it, and the people in it", () => {
    const { shipTo, personal } = sale({ customerEmail: "d@example.com", billTo: { name: "Kim Doe" } });
    expect(shipTo).toEqual({
      name: "Dana Reyes",
      company: "Acme",
      street: ["10 Pine St"],
      country: "US",
      email: "d@example.com",
    });
    expect(personal).toEqual(expect.arrayContaining(["Dana Reyes", "Acme", "10 Pine St", "d@example.com", "Kim Doe"]));
  });

  it("of a cancelled order needs nothing that could be booked", () => {
    const bare = { orderStatus: "cancelled", items: [{ ...spoon, sku: null }], shipTo: null };
    expect(sale(bare)).toMatchObject({ status: "cancelled", final: true, lines: [], total: "0" });
  });

  it("has a version without what is not passed on, and one for each reason why it cannot be read", () => {
    const version = (more: Record<string, unknown>) =>
      saleVersion({ kind: "order", order: orderSchema.parse({ ...row, ...more }), parcels: [] });
    expect(version({ amountPaid: 44.4, internalNotes: "x", orderDate: "2026-03-02T15:00:00" })).toBe(version({}));
    expect(version({ shipTo: { ...row.shipTo, city: "Reno" } })).not.toBe(version({}));
    expect(version({ orderTotal: 1 })).toBe(version({ orderTotal: 1, internalNotes: "x" }));
    expect(version({ orderTotal: 1 })).not.toBe(version({ orderTotal: 2 }));
  });
});
