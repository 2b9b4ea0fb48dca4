import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MappingError } from "../../src/core/errors.ts";
import type { Address, Order, OrderLine } from "../../src/core/model.ts";
import { type ShipmentOptions, shipmentRequest } from "../../src/mappings/fedex.ts";
import { inGermany, lineOf, optionsOf, orderOf, shipTo } from "./fedex-order.ts";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../fixtures/fedex/${name}.json`), "utf8"));

interface Change {
  lines?: OrderLine[];
  to?: Address;
  order?: Partial<Order>;
  options?: Partial<ShipmentOptions>;
}

function mapped({ lines = [lineOf()], to = shipTo, order = {}, options = {} }: Change = {}) {
  return shipmentRequest(...orderOf(lines, to, order), optionsOf(options));
}

const shipmentOf = (change: Change = {}) => mapped(change).body.requestedShipment;

const customs = { countryOfOrigin: "DE", commodityCode: "85182200" };
const goods = [
  lineOf({ customs, unitPrice: "41.505", quantity: 3, unit: "pcs" }),
  lineOf({ customs: { countryOfOrigin: "CN" }, sku: "T0001", name: "Câble 10 m", unitPrice: "0.1", quantity: 3 }),
];

describe("a domestic shipment", () => {
  it("is the whole body with its references on each package, and no customs", () => {
    const lines = [
      lineOf({ weight: { value: 4.25, unit: "lb" }, dimensions: { length: 30, width: 22, height: 12, unit: "cm" } }),
      lineOf({ weight: { value: 1, unit: "kg" }, quantity: 1 }),
    ];
    const order = { invoice: "CIV-000123" };
    const options = { packing: "unit", services: { Ground: { serviceType: "GROUND_HOME_DELIVERY" } } } as const;
    const { body, remarks } = mapped({ lines, order, options: { ...options, residential: "always" } });
    expect(body).toEqual(fixture("create-domestic-equal-packages-as-one"));
    expect(remarks).toEqual([]);
  });

  it("tells that there is no customer invoice yet", () => {
    const { body, remarks } = mapped();
    expect(remarks).toEqual(["no customer invoice yet"]);
    expect(body.requestedShipment.requestedPackageLineItems[0]?.customerReferences).toEqual([
      { customerReferenceType: "CUSTOMER_REFERENCE", value: "usmf-SO-100482" },
      { customerReferenceType: "P_O_NUMBER", value: "SO-100482" },
    ]);
  });

  it("names the fields that were written in ASCII, and no value", () => {
    const to = { ...shipTo, name: "José Peña", company: "Cañón S.A.", city: "Cañon City" };
    const { body, remarks } = mapped({ to, order: { invoice: "I-1" } });
    expect(body.requestedShipment.recipients[0]?.contact).toMatchObject({
      personName: "Jose Pena",
      companyName: "Canon S.A.",
    });
    expect(remarks).toEqual([
      "written in ASCII: recipients.contact.personName, recipients.contact.companyName, recipients.address.city",
    ]);
  });

  it.each([
    ["a delivery mode's row", "Ground", { serviceType: "FEDEX_2_DAY", packagingType: "FEDEX_PAK" }],
    ["a row without packaging", "Express", { serviceType: "PRIORITY_OVERNIGHT", packagingType: "YOUR_PACKAGING" }],
    ["a mode without a row", "Pallet", { serviceType: "FEDEX_GROUND", packagingType: "YOUR_PACKAGING" }],
    ["a mode named like what objects inherit", "toString", { serviceType: "FEDEX_GROUND" }],
  ])("has the service of %s", (_, deliveryMode, service) => {
    const services = {
      Ground: { serviceType: "FEDEX_2_DAY", packagingType: "FEDEX_PAK" },
      Express: { serviceType: "PRIORITY_OVERNIGHT" },
    };
    expect(shipmentOf({ order: { deliveryMode }, options: { services } })).toMatchObject(service);
  });

  it.each([
    ["auto", undefined, undefined],
    ["auto", true, true],
    ["always", false, true],
    ["never", true, false],
  ] as const)("says with rule %s of an address that is residential %s: %s", (residential, given, expected) => {
    const to = given === undefined ? shipTo : { ...shipTo, isResidential: given };
    expect(shipmentOf({ to, options: { residential } }).recipients[0]?.address.residential).toBe(expected);
  });

  it("has no empty element", () => {
    const to = { ...shipTo, company: "", email: " ", street: ["88 Cedar St", "", " "] };
    const text = JSON.stringify(mapped({ to }).body);
    expect(text).not.toMatch(/""|null|\[\]|\{\}/);
  });

  it("leaves out an e-mail address that does not fit", () => {
    const to = { ...shipTo, email: "jörg@müller.example" };
    const { body, remarks } = mapped({ to });
    expect(body.requestedShipment.recipients[0]?.contact).not.toHaveProperty("emailAddress");
    expect(remarks[0]).toBe("recipients.contact.emailAddress has 19 characters or one that is not ASCII: left out");
    expect(shipmentOf({ to: { ...shipTo, email: "a@b.example" } }).recipients[0]?.contact.emailAddress).toBe(
      "a@b.example",
    );
  });
});

describe("an international shipment", () => {
  it("tells customs of each line, exact to the cent and to the hundredth of a pound", () => {
    const options = { termsOfSale: "DAP", exportComplianceStatement: "NO EEI 30.37(a)" };
    const { body, remarks } = mapped({ lines: goods, to: inGermany, order: { invoice: "CIV-1" }, options });
    expect(body).toEqual(fixture("create-international-duties-of-recipient"));
    expect(remarks).toEqual([
      "written in ASCII: recipients.contact.personName, recipients.address.streetLines, commodities.description",
    ]);
  });

  it("has the duties paid by the sender under DDP", () => {
    const shipment = shipmentOf({ lines: goods, to: inGermany, options: { termsOfSale: "DDP" } });
    expect(shipment.customsClearanceDetail?.dutiesPayment).toEqual({
      paymentType: "SENDER",
      payor: { responsibleParty: { accountNumber: { value: "700000000" } } },
    });
  });

  it("names the packaging to Canada", () => {
    const to = { ...shipTo, state: "ON", postalCode: "M5H 2M5", country: "CA" };
    expect(shipmentOf({ lines: goods, to }).requestedPackageLineItems[0]?.subPackagingType).toBe("CARTON");
    expect(shipmentOf({ lines: goods, to: inGermany }).requestedPackageLineItems[0]).not.toHaveProperty(
      "subPackagingType",
    );
  });

  it("is what goes to Puerto Rico from the US", () => {
    const to = { ...shipTo, state: "", postalCode: "00901", country: "PR" };
    expect(shipmentOf({ lines: goods, to })).toMatchObject({
      recipients: [{ address: { stateOrProvinceCode: "PR", countryCode: "PR" } }],
      customsClearanceDetail: { totalCustomsValue: { amount: 124.82, currency: "USD" } },
    });
  });

  it("never has goods that weigh more than the packages", () => {
    const lines = Array.from({ length: 9 }, () =>
      lineOf({ customs, weight: { value: 1.001, unit: "lb" }, quantity: 1 }),
    );
    const { totalWeight, customsClearanceDetail } = shipmentOf({ lines, to: inGermany });
    const cents = (customsClearanceDetail?.commodities ?? []).map(({ weight }) =>
      Math.round((weight?.value ?? 0) * 100),
    );
    expect(totalWeight).toBe(9.01);
    expect(cents.reduce((sum, one) => sum + one, 0)).toBe(901);
  });
});

describe("what FedEx would not take is refused, naming the field", () => {
  const abroad = (change: Partial<OrderLine>): Change => ({ lines: [lineOf({ customs, ...change })], to: inGermany });

  it.each<[string, Change, string]>([
    ["shipFrom", { options: { shipFrom: undefined } }, "shipFrom of warehouse 24 in legal entity usmf is not set"],
    ["CUSTOMER_REFERENCE", { options: { reference: "x".repeat(31) } }, "is not 1 to 30 plain characters"],
    ["P_O_NUMBER", { order: { number: "S".repeat(31) } }, "has 31 characters, FedEx takes 30"],
    ["INVOICE_NUMBER", { order: { invoice: "I".repeat(31) } }, "has 31 characters, FedEx takes 30"],
    ["recipients.contact.personName", { to: { ...shipTo, name: " " } }, "is empty"],
    ["recipients.contact.phoneNumber", { to: { ...shipTo, phone: "" } }, "is missing"],
    ["recipients.address.city", { to: { ...shipTo, city: "" } }, "is empty"],
    ["recipients.address.city", { to: { ...shipTo, city: "x".repeat(36) } }, "has 36 characters"],
    ["recipients.address.countryCode", { to: { ...shipTo, country: "USA" } }, '"USA" is not a two-letter ISO code'],
    ["recipients.address.stateOrProvinceCode", { to: { ...shipTo, state: "Bavaria" } }, "is no state of US"],
    ["recipients.address.postalCode", { to: { ...shipTo, postalCode: "" } }, "is missing in US"],
    ["weight", { lines: [lineOf({ weight: { value: 0, unit: "kg" } })] }, "of item D0001 is missing"],
    ["commodities.countryOfManufacture", { lines: [lineOf()], to: inGermany }, "of item D0001 is missing"],
    ["commodities.quantity", abroad({ quantity: 2.5 }), "2.5 of item D0001 is not a whole number from 1 to 9999"],
    ["commodities.quantity", abroad({ quantity: 10_000 }), "10000 of item D0001"],
    ["commodities.description", abroad({ name: " " }), "of item D0001 is empty"],
    ["unitPrice", abroad({ unitPrice: "100000000000000" }), "of item D0001 is too large"],
    ["currency", { ...abroad({}), order: { currency: "" } }, '"" is none'],
  ])("%s: %#", (field, change, reason) => {
    let refused: unknown;
    try {
      mapped(change);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(MappingError);
    expect(refused).toMatchObject({ context: { system: "fedex", document: "usmf/SO-100482", field } });
    expect(String(refused)).toContain(reason);
  });

  it("and a part without lines", () => {
    const [order, part] = orderOf([lineOf()]);
    expect(() => shipmentRequest(order, { ...part, shipTo: undefined, lines: [] }, optionsOf())).toThrow(
      "lines are empty",
    );
  });

  it("with the setting to correct where it is the shipper's", () => {
    const shipFrom = { ...optionsOf().shipFrom, name: "Desk", phone: "1", street1: "1 Rd", city: "X", country: "US" };
    expect(() => mapped({ options: { shipFrom } })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("mlc connect fedex") }),
    );
  });
});
