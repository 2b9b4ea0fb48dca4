import { describe, expect, it } from "vitest";
import { MappingError } from "../../src/core/errors.ts";
import type { Address, Order, OrderLine } from "../../src/core/model.ts";
import type { Part } from "../../src/core/parts.ts";
import { type OrderOptions, orderBody, ownedValues } from "../../src/mappings/shipbob/order.ts";
import { lineOf, orderOf, shipTo } from "./fedex-order.ts";
import { methods, optionsOf } from "./shipbob-order.ts";

interface Given {
  lines?: Partial<OrderLine>[];
  to?: Partial<Address>;
  order?: Partial<Order>;
  part?: Partial<Part>;
  options?: Partial<OrderOptions>;
  reference?: string;
}

function bodyOf({
  lines = [{}],
  to = {},
  order: change,
  part: also,
  options,
  reference = "usmf-SO-100482",
}: Given = {}) {
  const [order, part] = orderOf(lines.map(lineOf), { ...shipTo, ...to }, change);
  return orderBody(order, { ...part, ...also }, { reference, methods }, optionsOf(options));
}

function refusal(given: Given): MappingError {
  try {
    bodyOf(given);
  } catch (error) {
    if (error instanceof MappingError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("an order at ShipBob", () => {
  it("is mapped whole", () => {
    const given = {
      lines: [{ lineNumber: 1 }, { sku: "D0002", lineNumber: 2.5, quantity: 1, unitPrice: "9.99" }],
      to: { company: "Lopez Design", email: "ana@lopez.example" },
      options: { fulfillmentCenters: { "7": "24" }, shippingMethods: { Ground: "2-Day" } },
    };
    expect(bodyOf(given)).toEqual({
      reference_id: "usmf-SO-100482",
      order_number: "SO-100482",
      type: "DTC",
      shipping_method: "2-Day",
      purchase_date: "2026-11-18T16:20:11Z",
      recipient: {
        name: "Ana Lopez",
        email: "ana@lopez.example",
        phone_number: "+1 512 555 0123",
        address: {
          address1: "88 Cedar St",
          address2: "Apt 4",
          city: "Austin",
          company_name: "Lopez Design",
          state: "TX",
          zip_code: "78701",
          country: "US",
        },
      },
      products: [
        { reference_id: "D0001", name: "Mid-range speaker", quantity: 2, unit_price: 41.5, external_line_id: 1 },
        { reference_id: "D0002", name: "Mid-range speaker", quantity: 1, unit_price: 9.99 },
      ],
      location_id: 7,
    });
  });

  it("leaves out what the ERP does not say, and names a further part in its number", () => {
    const { phone: _, ...silent } = shipTo;
    const [order, part] = orderOf([lineOf({ name: "" })], { ...silent, street: ["88 Cedar St"] });
    const sending = { reference: "usmf-SO-100482-2", methods };
    const body = orderBody(order, { ...part, number: 2 }, sending, optionsOf());
    expect(body.recipient.address).not.toHaveProperty("address2");
    expect(body).toMatchObject({ order_number: "SO-100482-2", products: [{ name: "D0001" }] });
    expect(body.recipient).not.toHaveProperty("phone_number");
    expect(body).not.toHaveProperty("location_id");
  });

  it("keeps lines of one SKU apart, and joins what is left of a street", () => {
    const body = bodyOf({ lines: [{}, { quantity: 3 }], to: { street: ["1 A", "2 B", "3 C"] } });
    expect(body.products.map(({ reference_id, quantity }) => [reference_id, quantity])).toEqual([
      ["D0001", 2],
      ["D0001", 3],
    ]);
    expect(body.recipient.address).toMatchObject({ address1: "1 A", address2: "2 B, 3 C" });
  });

  it.each([
    ["one", { "7": "24", "8": "25" }, 7],
    ["two", { "7": "24", "8": "24" }, undefined],
    ["no", { "8": "25" }, undefined],
  ])("asks for a centre where the warehouse has %s of them in the table", (_, fulfillmentCenters, location) => {
    expect(bodyOf({ options: { fulfillmentCenters } }).location_id).toBe(location);
  });
});

describe("the shipping method of an order", () => {
  it.each<[string, Given, string]>([
    ["its delivery mode's row", { options: { shippingMethods: { Ground: "2-Day" }, shippingMethod: "B2B" } }, "2-Day"],
    ["the pair's without a row", { options: { shippingMethod: "2-Day" } }, "2-Day"],
    ["the account's default without both", {}, "Standard"],
    ["no row that objects inherit", { order: { deliveryMode: "constructor" } }, "Standard"],
  ])("is %s", (_, given, method) => {
    expect(bodyOf(given).shipping_method).toBe(method);
  });

  it.each([
    ["2-day", '"2-day" for delivery mode Ground is no active shipping method of the account; it has "2-Day"'],
    ["Overnight", '"Overnight" for delivery mode Ground is no active shipping method of the account'],
  ])("is never sent where the account has none called %s", (method, reason) => {
    const { message, context, hint } = refusal({ options: { shippingMethods: { Ground: method } } });
    expect(message).toContain(reason);
    expect(context.field).toBe("shipping_method");
    expect(hint).toContain("Set shippingMethods.Ground to one of the account's active methods (Standard, 2-Day, B2B)");
  });

  it("has to be set where the account has no default one", () => {
    const [order, part] = orderOf([lineOf()]);
    const sending = { reference: "usmf-SO-100482", methods: { active: ["Standard"] } };
    expect(() => orderBody(order, part, sending, optionsOf())).toThrow(/the account has no default one/);
  });
});

describe("an order between businesses", () => {
  const options = { orderType: "B2B" } as const;

  it("carries the purchase order, the buyer's name and B2B's own terms", () => {
    expect(bodyOf({ options, order: { purchaseOrder: "PO 7781" } })).toMatchObject({
      type: "B2B",
      shipping_method: "B2B",
      shipping_terms: { carrier_type: "Parcel", payment_term: "Prepaid" },
      retailer_program_data: { purchase_order_number: "PO 7781", retailer_program_type: "SB-B2B" },
      recipient: { address: { company_name: "Harbor Tools" } },
      products: [{ quantity_unit_of_measure_code: "EA" }],
    });
  });

  it("is refused without a purchase order number", () => {
    const { context } = refusal({ options });
    expect(context.field).toBe("retailer_program_data.purchase_order_number");
  });
});

describe("what ShipBob would cut, refuse or misread", () => {
  it.each<[string, Given, string]>([
    ["recipient.name", { to: { name: "x".repeat(301) } }, "it has 301 characters, ShipBob takes 300"],
    ["recipient.name", { to: { name: " " } }, "the ship-to address has no name"],
    ["recipient.phone_number", { to: { phone: "5".repeat(51) } }, "it has 51 characters, ShipBob takes 50"],
    ["recipient.address.address1", { to: { street: [" "] } }, "the ship-to address has no street"],
    ["recipient.address.city", { to: { city: " " } }, "the ship-to address has no city"],
    ["recipient.address.country", { to: { country: "USA" } }, '"USA" is not a two-letter ISO code'],
    ["reference_id", { reference: "r".repeat(301) }, "it has 301 characters, ShipBob takes 300"],
    ["reference_id", { reference: "usmf-SO,1" }, "holds a comma"],
    ["order_number", { order: { number: "9".repeat(401) } }, "it has 401 characters, ShipBob takes 400"],
    ["products.reference_id", { lines: [{ sku: "", lineNumber: 3 }] }, "line 3 has no SKU"],
    ["products.quantity", { lines: [{ quantity: 1.5, lineNumber: 2 }] }, "line 2 (D0001): quantity 1.5 ea"],
    ["products.quantity", { lines: [{ quantity: 0 }] }, "quantity 0 ea is not a whole number from 1"],
    ["products.unit_price", { lines: [{ unitPrice: "x" }] }, 'price "x" is not a number'],
    ["products", { part: { shipTo: undefined } }, "the part has no lines"],
  ])("is refused by its field %s", (field, given, reason) => {
    const { message, context, hint } = refusal(given);
    expect(message).toContain(reason);
    expect(context).toMatchObject({ system: "shipbob", document: "usmf/SO-100482", field });
    expect(hint).toBeDefined();
  });

  it.each([2_147_483_648, 1.5])("does not make a line id of %d", (lineNumber) => {
    expect(bodyOf({ lines: [{ lineNumber }] }).products[0]).not.toHaveProperty("external_line_id");
  });
});

it("tells edits by the ERP's own values, of settings and prices nothing", () => {
  const values = (given: { line?: Partial<OrderLine>; options?: Partial<OrderOptions> } = {}) => {
    const [order, part] = orderOf([lineOf(given.line)]);
    return ownedValues(order, part, optionsOf(given.options));
  };
  expect(Object.keys(values())).toEqual([
    "recipient.name",
    "recipient.phone_number",
    "recipient.email",
    "recipient.address",
    "products",
    "warehouse",
    "deliveryMode",
  ]);
  expect(values({ line: { unitPrice: "1" }, options: { shippingMethod: "2-Day" } })).toEqual(values());
  expect(values({ line: { quantity: 5 } }).products).not.toEqual(values().products);
  expect(values({ options: { orderType: "B2B" } })).toHaveProperty("purchase_order_number");
});
