import { describe, expect, it } from "vitest";
import { salesInvoiceBody, salesOrderBody } from "../../src/connectors/bc/schema.ts";
import { MappingError } from "../../src/core/errors.ts";
import type { Sale } from "../../src/core/model.ts";
import { externalNumberOf } from "../../src/mappings/bc/keys.ts";
import { invoiceFromSale, orderFromSale, type SaleOptions } from "../../src/mappings/bc/sales.ts";
import { customerFromBc, productFromBc } from "../../src/mappings/bc.ts";

const id = "5f3b0d0e-1111-4222-8333-944455566677";
const row = { "@odata.etag": 'W/"1"', id, lastModifiedDateTime: "2026-11-20T09:15:02.113Z" };
const item = { ...row, number: "SKU-100", displayName: "Blue mug", type: "Inventory", unitPrice: 19.95 };

describe("an item as a product", () => {
  const product = {
    id,
    number: "SKU-100",
    final: false,
    personal: [],
    sku: "SKU-100",
    name: "Blue mug",
    unitPrice: "19.95",
  };
  it.each<[string, object, object]>([
    ["of stock", item, { ...product, isActive: true }],
    ["blocked", { ...item, blocked: true }, { ...product, isActive: false }],
    ["without stock of its own", { ...item, type: "Non_x002D_Inventory" }, { ...product, isActive: false }],
    ["a service", { ...item, type: "Service" }, { ...product, isActive: false }],
    ["without a name", { ...item, displayName: "" }, { ...product, name: "SKU-100", isActive: true }],
    [
      "with all that it may have",
      { ...item, gtin: "4006381333931", itemCategoryCode: "MUG", baseUnitOfMeasureCode: "PCS", unitPrice: 1e-5 },
      { ...product, isActive: true, barcode: "4006381333931", category: "MUG", unit: "PCS", unitPrice: "0.00001" },
    ],
  ])("%s", (_name, payload, expected) => {
    expect(productFromBc(payload)).toEqual(expected);
  });

  it("has the weight that was looked up elsewhere", () => {
    const weights = new Map([["SKU-100", { value: 0.4, unit: "kg" as const }]]);
    expect(productFromBc(item, { weights }).weight).toEqual({ value: 0.4, unit: "kg" });
  });

  it.each([
    [{ ...item, number: 7 }, "number"],
    [{ ...item, unitPrice: 1e17 }, "unitPrice"],
  ])("unreadable: %o", (payload, field) => {
    expect(() => productFromBc(payload)).toThrow(MappingError);
    expect(() => productFromBc(payload)).toThrow(field);
  });
});

describe("a customer card as a customer", () => {
  const card = {
    ...row,
    number: "C00120",
    displayName: "Adatum Corporation",
    addressLine1: "1 Market St",
    city: "Portland",
    state: "OR",
    country: "US",
    postalCode: "97201",
    phoneNumber: "5035550100",
    email: "ap@adatum.example",
    blocked: "_x0020_",
  };

  it("has its address, and what of it belongs to people", () => {
    expect(customerFromBc(card)).toEqual({
      id,
      number: "C00120",
      final: false,
      personal: ["Adatum Corporation", "ap@adatum.example", "1 Market St", "5035550100"],
      account: "C00120",
      address: {
        name: "Adatum Corporation",
        street: ["1 Market St"],
        city: "Portland",
        state: "OR",
        postalCode: "97201",
        country: "US",
        phone: "5035550100",
        email: "ap@adatum.example",
      },
      isBlocked: false,
    });
  });

  it.each(["Ship", "Invoice", "All"])("is blocked by %s", (blocked) => {
    expect(customerFromBc({ ...card, blocked }).isBlocked).toBe(true);
  });
});

describe("the external document number of a key", () => {
  it.each([
    ["manual-884213", "MANUAL-884213"],
    ["114-0000000-0000001-g2", "114-0000000-0000001-G2"],
    ["x".repeat(35), "X".repeat(35)],
    ["a b", "A B"],
  ])("%s is itself in upper case", (key, expected) => {
    expect(externalNumberOf(key)).toBe(expected);
  });

  it.each([
    ["gid://shopify/Order/5558423200911-part-two", /^GID-SHOPIFY-ORDER-5558-[0-9A-F]{12}$/],
    ["straße-1", /^STRA-E-1-[0-9A-F]{12}$/],
    [" 1001", /^1001-[0-9A-F]{12}$/],
    ["日本", /^[0-9A-F]{12}$/],
  ])("%s is a readable head and a hash", (key, expected) => {
    expect(externalNumberOf(key)).toMatch(expected);
    expect(externalNumberOf(key)).toHaveLength(Math.min(35, externalNumberOf(key).length));
    expect(externalNumberOf(key)).toBe(externalNumberOf(key));
  });

  it("differs for long keys that differ at their ends", () => {
    const keys = ["1", "2", "A", "a"].map((end) => `${"k".repeat(40)}${end}`);
    expect(new Set(keys.map(externalNumberOf)).size).toBe(4);
  });
});

const sale: Sale = {
  id: "se-1",
  number: "884213",
  final: false,
  personal: [],
  naturalKey: "ss-884213",
  shipTo: {
    name: "Maria Keller",
    company: "Harbour Ltd",
    street: ["12 Harbour Rd", "Floor 3", "Door 7"],
    city: "Portland",
    state: "OR",
    postalCode: "97201",
    country: "US",
  },
  orderDate: "2026-11-20",
  shipDate: "2026-11-21",
  currency: "USD",
  orderKey: "K",
  status: "shipped",
  shipments: [],
  lines: [
    { key: "1", sku: "MUG-B", name: "Blue mug", quantity: 3, shipped: 3, unitPrice: "19.95", tax: "4.99" },
    { key: "2", sku: "MUG-R", name: "Red mug", quantity: 1, shipped: 1, unitPrice: "24.5", tax: "0" },
  ],
  shipping: "7.25",
  otherTax: "0.6",
  discount: "5",
  total: "92.19",
};
const variant = "7a000000-0000-4000-8000-000000000001";
const options: SaleOptions = {
  customerNumber: "C00120",
  items: new Map([
    ["MUG-B", { number: "SKU-100" }],
    ["MUG-R", { number: "SKU-100", variantId: variant }],
  ]),
  shippingAccount: "40200",
  tax: "erp",
};
const shipTo = {
  shipToName: "Harbour Ltd",
  shipToContact: "Maria Keller",
  shipToAddressLine1: "12 Harbour Rd",
  shipToAddressLine2: "Floor 3, Door 7",
  shipToCity: "Portland",
  shipToState: "OR",
  shipToPostCode: "97201",
  shipToCountry: "US",
};
const line = { lineType: "Item", lineObjectNumber: "SKU-100", shipmentDate: "2026-11-21" };
const freight = { lineType: "Account", lineObjectNumber: "40200", quantity: 1, unitPrice: 7.25 };

describe("a sale", () => {
  it("is a draft invoice with items, freight and the discount of the whole", () => {
    const { body, cut } = invoiceFromSale(sale, { ...options, postingDate: "2026-11-21", currencyCode: "USD" });
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        customerNumber: "C00120",
        externalDocumentNumber: "SS-884213",
        currencyCode: "USD",
        ...shipTo,
        invoiceDate: "2026-11-20",
        postingDate: "2026-11-21",
        discountAmount: 5,
        salesInvoiceLines: [
          {
            lineType: "Item",
            lineObjectNumber: "SKU-100",
            quantity: 3,

            unitPrice: 19.95,
            shipmentDate: "2026-11-21",
          },
          {
            lineType: "Item",
            lineObjectNumber: "SKU-100",
            itemVariantId: variant,
            quantity: 1,
            unitPrice: 24.5,
            shipmentDate: "2026-11-21",
          },
          freight,
        ],
      }),
    );
    expect(cut).toEqual([]);
    expect(salesInvoiceBody.safeParse(body).success).toBe(true);
  });

  it("is an order whose prices include the tax, met to the cent", () => {
    const { body } = orderFromSale(sale, { ...options, tax: "included" });
    expect(body).toMatchObject({ pricesIncludeTax: true, orderDate: "2026-11-20" });
    expect(body.salesOrderLines.map(({ unitPrice }) => unitPrice)).toEqual([21.61333, 24.5, 7.85]);
    const sum = body.salesOrderLines.reduce((all, { quantity = 0, unitPrice = 0 }) => all + quantity * unitPrice, -5);
    expect(sum.toFixed(2)).toBe(sale.total);
    expect(salesOrderBody.safeParse(body).success).toBe(true);
  });

  it("has its tax and discount on accounts where the store wants them there", () => {
    const { body } = orderFromSale(sale, { ...options, tax: "account", taxAccount: "22300", discountAccount: "40300" });
    expect(body).not.toHaveProperty("discountAmount");
    expect(body.salesOrderLines.slice(2)).toEqual([
      freight,
      { ...freight, lineObjectNumber: "40300", unitPrice: -5 },
      { ...freight, lineObjectNumber: "22300", unitPrice: 5.59 },
    ]);
  });

  it("has the location of the store on its items", () => {
    const { body } = orderFromSale(sale, { ...options, locationId: id });
    expect(body.salesOrderLines).toMatchObject([{ ...line, locationId: id }, { ...line, locationId: id }, freight]);
  });

  it("names what it had to cut of the address", () => {
    const long = {
      ...sale,
      shipTo: { ...sale.shipTo, street: ["12", "x".repeat(49), "y"], city: `${"a".repeat(29)}😀` },
    };
    const { body, cut } = orderFromSale(long, options);
    expect(cut).toEqual(["shipToAddressLine2", "shipToCity"]);
    expect([body.shipToAddressLine2, body.shipToCity]).toEqual([`${"x".repeat(49)},`, "a".repeat(29)]);
    expect(salesOrderBody.safeParse(body).success).toBe(true);
  });

  it.each<[string, Partial<Sale>, Partial<SaleOptions>, RegExp]>([
    ["a SKU that is no item", {}, { items: new Map() }, /SKU MUG-B, which is no item/],
    ["freight without an account", {}, { shippingAccount: undefined }, /lines\.shippingAccount: the order has 7\.25/],
    ["tax without an account", {}, { tax: "account" }, /lines\.taxAccount: the order has/],
    ["nothing in it", { lines: [] }, {}, /nothing that could be booked/],
    ["amounts that do not add up", { total: "92.2" }, {}, /total 92\.2, but .* make 92\.19/],
  ])("is not booked with %s", (_name, more, others, message) => {
    expect(() => invoiceFromSale({ ...sale, ...more }, { ...options, ...others })).toThrow(message);
  });
});
