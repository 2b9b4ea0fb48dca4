import { describe, expect, it } from "vitest";
import { MappingError } from "../../src/core/errors.ts";
import type { Address, Order } from "../../src/core/model.ts";
import { partsOf } from "../../src/core/parts.ts";
import { carrierOf, trackingUrlOf } from "../../src/mappings/codes.ts";
import { mergedOrder } from "../../src/mappings/shipstation/merge.ts";
import {
  type ShipmentPayload,
  shipmentsFromShipStation,
  shipmentVersion,
} from "../../src/mappings/shipstation/shipment.ts";
import { naive, orderValues, valuesOf } from "../../src/mappings/shipstation.ts";
import { delivery, line, options, order, reno } from "../systems/shipstation-fixture.ts";

function values(document: Order, more: Partial<typeof options> = {}) {
  const [part] = partsOf(document, delivery()).parts;
  if (!part) throw new Error("no part");
  return orderValues(document, part, "usmf-SO-1001", { ...options, ...more });
}

const shippedTo = (more: Partial<Address>) => order({ lines: [line({ shipTo: { ...reno, ...more } })] });

describe("an order's values at ShipStation", () => {
  it("are the whole of what the ERP answers for", () => {
    const document = order({
      email: "ap@example.com",
      purchaseOrder: "PO-7",
      deliveryMode: "Ground",
      requestedShipDate: "2026-03-05",
      lines: [line({ weight: { value: 1.1, unit: "kg" }, shipTo: { ...reno, isResidential: false } })],
    });
    const deliveryModes = { Ground: { carrierCode: "ups", serviceCode: "ups_ground", packageCode: "package" } };
    const address = {
      name: "Dana Reyes",
      company: "Acme Retail",
      street1: "10 Pine St",
      city: "Reno",
      state: "NV",
      postalCode: "89501",
      country: "US",
      phone: "7755550100",
    };
    expect(values(document, { deliveryModes, warehouses: { WH1: 1001 } })).toEqual({
      orderNumber: "SO-1001",
      orderKey: "usmf-SO-1001",
      orderDate: "2026-03-02T08:15:00",
      shipByDate: "2026-03-05T00:00:00",
      orderStatus: "awaiting_shipment",
      customerUsername: "US-001",
      customerEmail: "ap@example.com",
      billTo: address,
      shipTo: address,
      "shipTo.residential": false,
      items: [{ lineItemKey: "L1", sku: "1996-S", name: "Atlanta whiteboard", quantity: 2, unitPrice: 310.5 }],
      "items.weight": { L1: { value: 1100, units: "grams" } },
      requestedShippingService: "Ground",
      carrierCode: "ups",
      serviceCode: "ups_ground",
      packageCode: "package",
      "advancedOptions.warehouseId": 1001,
      "advancedOptions.customField1": "PO-7",
    });
  });

  it.each([
    ["2026-03-08T09:59:59Z", "2026-03-08T01:59:59"],
    ["2026-03-08T10:00:00Z", "2026-03-08T03:00:00"],
    ["2026-11-01T08:30:00Z", "2026-11-01T01:30:00"],
    ["2026-11-01T09:30:00Z", "2026-11-01T01:30:00"],
  ])("have times on the Pacific clock: %s", (instant, reading) => {
    expect(naive(instant)).toBe(reading);
  });

  it.each([
    [["10 Pine St"], ["10 Pine St"]],
    [
      ["18 Quay Street", "Unit 4"],
      ["18 Quay Street", "Unit 4"],
    ],
    [["1200 North Commerce Park Boulevard Building 7"], ["1200 North Commerce Park Boulevard", "Building 7"]],
    [
      ["One", "Two", "Three", "Four"],
      ["One", "Two", "Three, Four"],
    ],
    [
      ["1200 North Commerce Park Boulevard Building 7 Second Floor Dock 14 Reception North Entrance behind the yard"],
      [
        "1200 North Commerce Park Boulevard",
        "Building 7 Second Floor Dock 14",
        "Reception North Entrance behind the yard",
      ],
    ],
    [
      ["1200 North Commerce Park Boulevard Building 7", "Reception at the North Entrance behind the yard"],
      ["1200 North Commerce Park Boulevard", "Building 7", "Reception at the North Entrance behind the yard"],
    ],
    [["Averylongstreetnamewithoutanyspaceinsideofit 5"], ["Averylongstreetnamewithoutanyspaceinsideofit 5"]],
  ])("spread the street %j over lines", (street, expected) => {
    const { shipTo } = values(shippedTo({ street }));
    const [street1, street2, street3] = expected;
    expect(shipTo).toEqual(expect.objectContaining(JSON.parse(JSON.stringify({ street1, street2, street3 }))));
  });

  it.each([
    [
      "billTo has at least the customer's name",
      order({ billTo: { ...reno, name: "" } }),
      { billTo: { name: "Acme Retail" } },
    ],
    ["a line without a name shows its SKU", order({ lines: [line({ name: "" })] }), { items: [{ name: "1996-S" }] }],
  ])("%s", (_, document, expected) => {
    expect(values(document)).toMatchObject(expected);
  });

  it.each([
    ["quantity", order({ lines: [line({ key: "L7", quantity: 0.5 })] }), /line L7: quantity 0.5 of 1996-S/],
    ["unitPrice", order({ lines: [line({ unitPrice: "free" })] }), /price "free"/],
    ["shipTo.street", shippedTo({ street: ["", " "] }), /no street/],
    ["shipTo.country", shippedTo({ country: "USA" }), /"USA"/],
    ["shipTo.country", shippedTo({ country: "" }), /two-letter/],
    ["shipTo.name", shippedTo({ name: " " }), /no name/],
    ["orderNumber", order({ number: "S".repeat(51) }), /longer than 50/],
  ])("name %s when it cannot be taken", (field, document, message) => {
    const read = () => values(document);
    expect(read).toThrow(MappingError);
    expect(read).toThrow(message);
    expect(read).toThrow(
      expect.objectContaining({ context: expect.objectContaining({ field, document: document.id }) }),
    );
  });

  it.each(["constructor", "toString", "__proto__"])("do not find %s in a table", (deliveryMode) => {
    expect(values(order({ deliveryMode }))).not.toHaveProperty("carrierCode");
  });

  it("read back from ShipStation's own form are the same", () => {
    const document = order({ email: "ap@example.com", requestedShipDate: "2026-03-05" });
    const sent = values(document);
    const held = JSON.parse(JSON.stringify(mergedOrder({ orderId: 1 }, sent)));
    Object.assign(held, { orderDate: "2026-03-02T08:15:00.0000000", shipByDate: "2026-03-05T00:00:00.000" });
    Object.assign(held.shipTo, { street2: null, street3: "", addressVerified: "Address not yet validated" });
    Object.assign(held.items[0], { orderItemId: 9, productId: null, options: [] });
    expect(valuesOf({ ...held, orderTotal: 621 })).toEqual(sent);
  });
});

const row = {
  shipmentId: 123,
  orderId: 9,
  orderKey: "usmf-SO-1",
  orderNumber: "SO-1",
  createDate: "2026-03-02T14:05:09.1230000",
  shipDate: "2026-03-02",
  shipmentCost: 10.1,
  trackingNumber: "1Z1",
  carrierCode: "ups_walleted",
  serviceCode: "ups_ground",
  voided: false,
};

const shipment = (more: object = {}, beside: object = {}) =>
  ({ kind: "shipment", shipment: { ...row, ...more }, ...beside }) as ShipmentPayload;

describe("a shipment from ShipStation", () => {
  it("survives a row of nulls", () => {
    const bare = Object.fromEntries(Object.keys(row).map((name) => [name, null]));
    const [read] = shipmentsFromShipStation(
      shipment({ ...bare, shipmentId: 5, shipmentItems: null, advancedOptions: null }),
    );
    expect(read).toEqual({
      id: "se-5",
      number: "se-5",
      final: false,
      personal: [],
      carrier: "",
      carrierName: "",
      isVoided: false,
      isReturn: false,
      packages: [],
      lines: [],
    });
  });

  it("of a combined order belongs to each of the orders in it", () => {
    const read = shipmentsFromShipStation(shipment({}, { combined: ["usmf-SO-2", "usmf-SO-1"] }));
    expect(read.map(({ id, orderKey }) => [id, orderKey])).toEqual([
      ["se-123", "usmf-SO-1"],
      ["se-123", "usmf-SO-2"],
    ]);
  });

  it("of a split part belongs to the order it was split from", () => {
    const [read] = shipmentsFromShipStation(shipment({ orderKey: "made-up" }, { order: { orderKey: "usmf-SO-1" } }));
    expect(read?.orderKey).toBe("usmf-SO-1");
  });

  it("marked as shipped has the day of its midnight and the carrier of its display name", () => {
    const fulfillment = {
      fulfillmentId: 7,
      orderId: 9,
      orderNumber: "SO-1",
      carrierCode: "USPS",
      shipDate: "2026-03-02T00:00:00.0000000",
    };
    const [read] = shipmentsFromShipStation({ kind: "fulfillment", fulfillment, order: { orderKey: "usmf-SO-1" } });
    expect(read).toMatchObject({ id: "f-7", carrier: "usps", shipDate: "2026-03-02", packages: [] });
  });

  it.each([
    [{ trackingNumber: "1Z2" }, {}],
    [{ voided: true }, {}],
    [{ shipmentCost: 11 }, {}],
    [{}, { packages: ["1Z1", "1Z2"] }],
    [{}, { inherited: [{ lineItemKey: "L1", quantity: 1 }] }],
  ])("has another version with %j and %j", (more, beside) => {
    expect(shipmentVersion(shipment(more, beside))).not.toBe(shipmentVersion(shipment()));
  });

  it.each([
    [{ marketplaceNotified: true, labelData: null }, {}],
    [{ orderKey: null }, { order: { orderKey: "usmf-SO-1" } }],
    [{}, { currency: "USD", packages: ["1Z1"] }],
  ])("has the same version with %j and %j", (more, beside) => {
    expect(shipmentVersion(shipment(more, beside))).toBe(shipmentVersion(shipment()));
  });

  it("names a cost that no amount can be", () => {
    expect(() => shipmentsFromShipStation(shipment({ shipmentCost: 1e22 }))).toThrow(
      expect.objectContaining({
        message: "ShipStation's shipment se-123: shipmentCost 1e+22 is too large",
        context: expect.objectContaining({ field: "shipmentCost" }),
        hint: expect.any(String),
      }),
    );
  });

  it.each([{ kind: "shipment" }, { kind: "parcel" }, null])("that is none throws: %j", (payload) => {
    expect(() => shipmentsFromShipStation(payload)).toThrow(MappingError);
  });
});

describe("carriers", () => {
  it.each([
    ["ups", "ups"],
    ["UPS", "ups"],
    ["ups_walleted", "ups"],
    ["UPS by ShipStation", "ups"],
    ["stamps_com", "usps"],
    ["USPS", "usps"],
    ["endicia", "usps"],
    ["fedex", "fedex"],
    ["FedEx", "fedex"],
    ["fedex_walleted", "fedex"],
    ["DHL_Express", "dhl_express"],
  ])("%s is %s", (name, code) => {
    expect(carrierOf(name).code).toBe(code);
  });

  it("built in have a page that follows a parcel", () => {
    expect(trackingUrlOf(carrierOf("ups_walleted"), "1Z 9&x")).toBe("https://www.ups.com/track?tracknum=1Z%209%26x");
    expect(trackingUrlOf(carrierOf("owl_post"), "1")).toBeUndefined();
  });
});
