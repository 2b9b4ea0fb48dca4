import { describe, expect, it } from "vitest";
import { fnoPairSettings } from "../../src/connectors/fno/config.ts";
import { isPlainOrder, orderRecord } from "../../src/connectors/fno/schema.ts";
import { MappingError } from "../../src/core/errors.ts";
import { type FnoOrderOptions, ordersFromFno } from "../../src/mappings/fno/orders.ts";
import { fnoRecord, harborTools, type RecordChange } from "./fno-record.ts";

const defaults: FnoOrderOptions = fnoPairSettings.parse({}).flows.orders;
const shipTo = {
  name: "Harbor Tools Dock",
  street: ["18 Quay Street", "Unit 4"],
  city: "Portland",
  state: "ME",
  postalCode: "04101",
  country: "US",
  phone: "+1 207 555 0101",
  email: "dock@harbortools.example",
};
const billTo = { ...shipTo, name: "Harbor Tools Inc.", street: ["1 Bank Street"] };
const line = {
  key: "USMF-004821",
  lineNumber: 1,
  sku: "D0001",
  name: "Cordless drill",
  quantity: 3,
  unit: "ea",
  unitPrice: "41.5",
  weight: { value: 1.3, unit: "kg" },
  warehouse: "24",
  shipTo,
};
const order = {
  id: "usmf/SO-100482",
  number: "SO-100482",
  legalEntity: "usmf",
  status: "open",
  final: false,
  personal: [
    "dock@harbortools.example",
    "Harbor Tools Inc.",
    "Harbor Tools Dock",
    "+1 207 555 0101",
    "18 Quay Street",
    "1 Bank Street",
    "Unit 4",
  ],
  customerAccount: "C-2041",
  customerName: "Harbor Tools Inc.",
  email: "dock@harbortools.example",
  billTo,
  purchaseOrder: "PO 7781",
  orderedAt: "2026-11-18T16:20:11Z",
  requestedShipDate: "2026-11-20",
  deliveryMode: "Ground",
  currency: "USD",
  lines: [line],
  leftOut: [],
};

const read = (change: RecordChange = {}, options: Partial<FnoOrderOptions> = {}) =>
  ordersFromFno(fnoRecord(change), { ...defaults, ...options })[0];

it("maps a confirmed order whole", () => {
  expect(read()).toEqual(order);
});

it("reads a plain order as the schema would, and one with an unset enum through it", () => {
  const record = fnoRecord();
  expect(isPlainOrder(record)).toBe(true);
  expect(record).toMatchObject(orderRecord.parse(record));
  const unset = fnoRecord({ line: { IsLineStopped: null } });
  expect(isPlainOrder(unset)).toBe(false);
  expect(read({ line: { IsLineStopped: null } })).toEqual(order);
});

it("gives lines that go to one address the same object, and others their own", () => {
  const [one, other, away] = read({ more: [{}, { DeliveryAddressStreet: "2 Far Road" }] })?.lines ?? [];
  expect(other?.shipTo).toBe(one?.shipTo);
  expect(away?.shipTo.street).toEqual(["2 Far Road"]);
});

describe("the order's standing", () => {
  it.each([
    [{ SalesOrderStatus: "Canceled", IsSalesProcessingStopped: "Yes" }, "cancelled", true, undefined],
    [{ SalesOrderStatus: "Delivered" }, "closed", true, undefined],
    [{ SalesOrderStatus: "Invoiced" }, "closed", true, undefined],
    [{ IsSalesProcessingStopped: "Yes" }, "stopped", false, "IsSalesProcessingStopped is Yes"],
    [{ SalesOrderStatus: "None" }, "stopped", false, "SalesOrderStatus is None"],
    [{ SalesOrderProcessingStatus: "Active" }, "stopped", false, "SalesOrderProcessingStatus is Active"],
  ])("%o is %s", (header, status, final, reason) => {
    const order = read({ header });
    expect(order).toMatchObject({ status, final, leftOut: [] });
    expect(order?.reason).toBe(reason);
  });

  it("never fails for what a cancelled order lacks", () => {
    const header = { SalesOrderStatus: "Canceled", DeliveryAddressStreet: "", DeliveryAddressCountryRegionISOCode: "" };
    const bare = { DeliveryAddressStreet: "", DeliveryAddressCity: "", DeliveryAddressZipCode: "" };
    expect(read({ header, line: bare, record: { massUnit: "stone" } })?.status).toBe("cancelled");
  });

  it("leaves an order outside the filter as it is", () => {
    const filter = { warehouses: [], deliveryModes: ["Express"], pools: [] };
    expect(read({}, { filter })).toMatchObject({
      status: "stopped",
      reason: "delivery mode Ground is outside this pair's filter",
    });
  });
});

describe("addresses", () => {
  const own = { DeliveryAddressStreet: "Hafen 2\r\n\r\n Tor 3 ", DeliveryAddressCity: "Kiel" };
  const german = { ...own, DeliveryAddressCountryRegionId: "DEU", DeliveryAddressCountryRegionISOCode: "" };
  it.each<[string, RecordChange, object]>([
    [
      "a line's own address wins, split on any line break",
      { line: own },
      { street: ["Hafen 2", "Tor 3"], city: "Kiel" },
    ],
    ["two letters come from the country key where the ISO field is empty", { line: german }, { country: "DE" }],
    [
      "a number and a building kept beside the street are added",
      { line: { DeliveryAddressStreet: "Hafen", DeliveryAddressStreetNumber: "12", DeliveryBuildingCompliment: "B" } },
      { street: ["Hafen 12", "B"] },
    ],
    [
      "a number that the street holds is not added again",
      { line: { DeliveryAddressStreet: "18 Quay Street", DeliveryAddressStreetNumber: "18" } },
      { street: ["18 Quay Street"] },
    ],
    [
      "a line without a place takes the header's",
      { line: { DeliveryAddressStreet: "", DeliveryAddressCity: "", DeliveryAddressZipCode: "" } },
      { street: ["18 Quay Street", "Unit 4"] },
    ],
  ])("%s", (_, change, expected) => {
    expect(read(change)?.lines[0]?.shipTo).toMatchObject(expected);
  });

  it.each<[string, RecordChange, string]>([
    [
      "DeliveryAddressStreet",
      { line: { DeliveryAddressStreet: " \n" } },
      "F&O order SO-100482 line 1: DeliveryAddressStreet is empty",
    ],
    [
      "DeliveryAddressCountryRegionISOCode",
      { line: { DeliveryAddressCountryRegionISOCode: "", DeliveryAddressCountryRegionId: "XXX" } },
      "F&O order SO-100482 line 1: DeliveryAddressCountryRegionISOCode is empty",
    ],
    [
      "DeliveryAddressStreet",
      {
        header: { DeliveryAddressStreet: "" },
        line: { DeliveryAddressStreet: "", DeliveryAddressCity: "", DeliveryAddressZipCode: "" },
      },
      "F&O order SO-100482: DeliveryAddressStreet is empty",
    ],
  ])("without %s the order is set aside with the field's name", (field, change, message) => {
    const attempt = () => read(change);
    expect(attempt).toThrow(MappingError);
    expect(attempt).toThrow(
      expect.objectContaining({
        message,
        context: expect.objectContaining({ field, document: "SO-100482", hint: expect.stringContaining("address") }),
      }),
    );
  });

  it("bills to the ship-to when the customer card has no street", () => {
    const record = { invoiceCustomer: { ...harborTools, AddressStreet: "" } };
    expect(read({ record })?.billTo).toEqual(shipTo);
  });

  it("takes the default phone when the customer has none, and none when there is no default", () => {
    const record = { orderingCustomer: { ...harborTools, PrimaryContactPhone: "" } };
    expect(read({ record }, { phone: "+1 800 555 0100" })?.lines[0]?.shipTo.phone).toBe("+1 800 555 0100");
    expect(read({ record })?.lines[0]?.shipTo).not.toHaveProperty("phone");
  });

  it("names a person who has no organisation", () => {
    const orderingCustomer = { ...harborTools, OrganizationName: "", PersonFirstName: "Ada", PersonLastName: "Byron" };
    expect(read({ record: { orderingCustomer } })?.customerName).toBe("Ada Byron");
  });
});

describe("lines", () => {
  it.each<[string, RecordChange, Partial<FnoOrderOptions>, object]>([
    [
      "the price of one where it is given for many",
      { line: { SalesPrice: 100, SalesPriceQuantity: 3 } },
      {},
      { unitPrice: "33.333333" },
    ],
    ["decimals as they are written", { line: { SalesPrice: 0.07, SalesPriceQuantity: 0 } }, {}, { unitPrice: "0.07" }],
    [
      "the variant ids that are set in the SKU",
      { line: { ProductSizeId: "L", ProductColorId: "Red" } },
      {},
      { sku: "D0001-L-Red" },
    ],
    [
      "a SKU by template",
      { line: { ProductColorId: "Red", ExternalItemNumber: "X9" } },
      { skuTemplate: "{externalItemNumber}/{color}" },
      { sku: "X9/Red" },
    ],
    ["identifiers with their blanks", { line: { ItemNumber: " RFI-1" } }, {}, { sku: " RFI-1" }],
    ["the header's warehouse where the line has none", { line: { ShippingWarehouseId: "" } }, {}, { warehouse: "24" }],
    ["fractions of the sales unit", { line: { OrderedSalesQuantity: 2.5 } }, {}, { quantity: 2.5 }],
    ["the configured unit of weight", {}, { weightUnit: "lb" }, { weight: { value: 1.3, unit: "lb" } }],
    ["the item number as a name of last resort", { line: { LineDescription: "" } }, {}, { name: "D0001" }],
  ])("keep %s", (_, change, options, expected) => {
    expect(read(change, options)?.lines[0]).toMatchObject(expected);
  });

  it("have no weight where the product has none", () => {
    expect(read({ record: { products: new Map() } })?.lines[0]).not.toHaveProperty("weight");
  });

  it("are set aside when the weight's unit is unknown", () => {
    expect(() => read({ record: { massUnit: "stone" } })).toThrow("stone");
  });

  const service = new Map([["S1", { ItemNumber: "S1", ProductType: "Service" }]]);
  const kinds: [string, RecordChange, Partial<FnoOrderOptions>, string][] = [
    ["zeroQuantity", { more: [{ OrderedSalesQuantity: 0 }] }, { zeroQuantity: "send" }, "line 2 (D0001): quantity 0"],
    ["stoppedLines", { more: [{ IsLineStopped: "Yes" }] }, { stoppedLines: "send" }, "line 2 (D0001): stopped"],
    [
      "serviceItems",
      { more: [{ ItemNumber: "S1" }], record: { products: service } },
      { serviceItems: "send" },
      "line 2 (S1): service item",
    ],
  ];
  it.each(kinds)("are left out, sent or held as %s says", (name, change, send, text) => {
    expect(read(change)).toMatchObject({ lines: [{ key: "USMF-004821" }], leftOut: [text] });
    expect(read(change, send)).toMatchObject({ lines: [{}, {}], leftOut: [] });
    expect(() => read(change, { [name]: "setAside" })).toThrow(text);
  });

  it.each(["SalesPrice", "SalesPriceQuantity"])(
    "name a %s that no amount can be, unless the order is over",
    (field) => {
      const line = { [field]: 1e22 };
      expect(() => read({ line })).toThrow(`F&O order SO-100482 line 1 (D0001): ${field} 1e+22 is too large`);
      expect(() => read({ line })).toThrow(expect.objectContaining({ context: expect.objectContaining({ field }) }));
      expect(read({ header: { SalesOrderStatus: "Canceled" }, line })?.status).toBe("cancelled");
    },
  );

  it("are left out when cancelled, delivered or for another warehouse", () => {
    const more = [
      { SalesOrderLineStatus: "Canceled" },
      { SalesOrderLineStatus: "Invoiced" },
      { ShippingWarehouseId: "51" },
    ];
    const filter = { warehouses: ["24"], deliveryModes: [], pools: [] };
    expect(read({ more }, { filter })).toMatchObject({
      lines: [{ key: "USMF-004821" }],
      leftOut: [
        "line 2 (D0001): canceled",
        "line 3 (D0001): invoiced",
        "line 4 (D0001): warehouse 51 is outside this pair's filter",
      ],
    });
  });

  it("of a partially delivered order carry what remains, or hold the order", () => {
    const header = { SalesOrderProcessingStatus: "PartiallyDelivered" };
    const remaining = new Map([["USMF-004821", 1]]);
    expect(read({ header, record: { remaining } })?.lines[0]?.quantity).toBe(1);
    const held = read({ header });
    expect(held).toMatchObject({ status: "stopped", reason: expect.stringContaining("does not say what remains") });
    expect(held?.unsendable?.context.field).toBe("RemainSalesPhysical");
  });
});

it("reads no date where F&O has 1900", () => {
  const none = { RequestedShippingDate: "1900-01-01T12:00:00Z", ConfirmedShippingDate: "2026-11-23T12:00:00Z" };
  const dated = read({ header: none });
  expect(dated).not.toHaveProperty("requestedShipDate");
  expect(dated?.confirmedShipDate).toBe("2026-11-23");
});

it("names the field of a record that cannot be read", () => {
  expect(() => read({ line: { OrderedSalesQuantity: "three" } })).toThrow("lines.0.OrderedSalesQuantity");
});
