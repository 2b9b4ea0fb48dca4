import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fedexPairSettings, fedexSettings, shipFromOf } from "../../src/connectors/fedex/config.ts";
import { hasSetting, parseSettings, type Settings, withTyped } from "../../src/core/config.ts";
import { ConfigError } from "../../src/core/errors.ts";

const depot = {
  name: "Shipping Desk",
  company: "Northwind Parts",
  phone: "(615) 555-0100",
  street1: "12 Depot Rd",
  city: "Nashville",
  state: "TN",
  postalCode: "37210",
  country: "US",
};
const account = { accountNumber: "700000000" };

function complaint(settings: unknown, schema: z.ZodType = fedexSettings): string {
  try {
    parseSettings(schema, settings, "fedex");
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("the settings of a FedEx account", () => {
  it("need an account number alone, and take FedEx's own host, labels for paper and ground service", () => {
    expect(parseSettings(fedexSettings, account, "fedex")).toEqual({
      apiUrl: "https://apis.fedex.com",
      accountNumber: "700000000",
      shipFrom: {},
      label: { imageType: "PDF", stockType: "PAPER_4X6" },
      serviceType: "FEDEX_GROUND",
      packagingType: "YOUR_PACKAGING",
      pickupType: "USE_SCHEDULED_PICKUP",
    });
  });

  it("keep an account number that begins with 0, and refuse one that is no text of nine digits", () => {
    expect(fedexSettings.parse({ accountNumber: "012345678" }).accountNumber).toBe("012345678");
    expect(complaint({ accountNumber: "12345678" })).toBe('fedex.accountNumber = "12345678": must be 9 digits');
  });

  it.each([
    [{ imageType: "ZPLII" }, { imageType: "ZPLII", stockType: "STOCK_4X6" }],
    [{ stockType: "STOCK_4X8" }, { imageType: "ZPLII", stockType: "STOCK_4X8" }],
    [{ stockType: "PAPER_LETTER" }, { imageType: "PDF", stockType: "PAPER_LETTER" }],
    [{ imageType: "PNG" }, { imageType: "PNG", stockType: "PAPER_4X6" }],
  ])("let stock and image follow each other: %j", (label, whole) => {
    expect(fedexSettings.parse({ ...account, label }).label).toEqual(whole);
  });

  it.each([
    ["PDF", "STOCK_4X6"],
    ["ZPLII", "PAPER_4X6"],
  ])("refuse a label of %s on %s", (imageType, stockType) => {
    expect(complaint({ ...account, label: { imageType, stockType } })).toContain(
      `fedex.label.stockType = "${stockType}": does not fit ${imageType}`,
    );
  });

  it("find the address of a warehouse, a legal entity's own before the common one", () => {
    const own = { ...depot, street1: "1 Own St" };
    const settings = fedexSettings.parse({ ...account, shipFrom: { "24": depot, usmf: { "24": own } } });
    expect(shipFromOf(settings, "USMF", "24")?.street1).toBe("1 Own St");
    expect(shipFromOf(settings, "dat", "24")?.street1).toBe("12 Depot Rd");
    expect(shipFromOf(settings, "usmf", "25")).toBeUndefined();
    expect(shipFromOf(settings, "24", "name")).toBeUndefined();
  });

  it.each([
    [{ state: "Tennessee" }, '24.state = "Tennessee": must be two letters, like TN'],
    [{ state: undefined }, "24.state is missing: is required in US: two letters"],
    [{ phone: "555-0100" }, '24.phone = "555-0100": must have 10 digits in US'],
    [{ phone: "+44 20 7946 0000" }, "must have 10 digits in US"],
    [{ postalCode: "3721" }, '24.postalCode = "3721": is not a postal code of US'],
    [{ postalCode: undefined }, "24.postalCode is missing: is required in US"],
    [{ country: "USA" }, '24.country = "USA": must be two letters, like US'],
    [{ street1: "x".repeat(36) }, "24.street1"],
    [{ street2: "x".repeat(36) }, "24.street2"],
    [{ name: undefined, company: undefined }, "24.name is missing: is required where there is no company"],
    [{ zip: "37210" }, "24.zip is not a setting of mlc"],
  ])("name the field of an address that FedEx would refuse: %j", (change, sentence) => {
    const given = JSON.parse(JSON.stringify({ ...depot, ...change }));
    expect(complaint({ ...account, shipFrom: { "24": given } })).toContain(sentence);
  });

  it.each([
    [{ country: "ca", state: "on", postalCode: "M5V 3L9", phone: "1-416-555-0100" }, ""],
    [{ name: undefined }, ""],
    [{ country: "DE", state: undefined, postalCode: "10115", phone: "+49 30 1234567" }, ""],
    [{ country: "CA", postalCode: "37210" }, "is not a postal code of CA"],
    [{ country: "PR", state: undefined }, "is required in PR"],
  ])("know what other countries want: %j", (change, sentence) => {
    const given = JSON.parse(JSON.stringify({ ...depot, ...change }));
    const told = complaint({ ...account, shipFrom: { "24": given } });
    expect(sentence === "" ? told : told.includes(sentence)).toBe(sentence === "" ? "" : true);
  });

  it("are typed one by one, in any order", () => {
    const typed = [
      ["label.stockType", "STOCK_4X6"],
      ["label.imageType", "ZPLII"],
      ["accountNumber", "700000000"],
      ...Object.entries(depot).map(([name, value]) => [`shipFrom.24.${name}`, value]),
      ...Object.entries(depot).map(([name, value]) => [`shipFrom.usmf.24.${name}`, value]),
    ];
    const settings = typed.reduce<Settings>(
      (held, [path = "", text = ""]) => withTyped(fedexSettings, held, path, text, "fedex"),
      {},
    );
    const parsed = fedexSettings.parse(settings);
    expect(parsed.shipFrom).toEqual({ "24": depot, usmf: { "24": depot } });
    expect(parsed.label).toEqual({ imageType: "ZPLII", stockType: "STOCK_4X6" });
    expect(hasSetting(fedexSettings, settings, ["shipFrom", "24", "street3"])).toBe(false);
    expect(hasSetting(fedexSettings, settings, ["shipFrom", "24", "street2"])).toBe(true);
  });

  it("have a JSON Schema", () => {
    const json = z.toJSONSchema(fedexSettings, { io: "input", unrepresentable: "any" });
    expect(Object.keys(json.properties ?? {})).toContain("shipFrom");
  });
});

describe("FedEx's side of a pair's settings", () => {
  const typed = (path: string, text: string) =>
    fedexPairSettings.parse(withTyped(fedexPairSettings, {}, path, text, "fno-fedex"));

  it("all have a default that works or may be absent", () => {
    expect(fedexPairSettings.parse({})).toEqual({
      packing: "order",
      maxPackageWeight: { value: 50, unit: "lb" },
      services: {},
      residential: "auto",
      requireInvoice: false,
      tracking: { maxDays: 90 },
      scanHistory: "note",
      validate: false,
      shipmentPurpose: "SOLD",
    });
  });

  it("are read as they are typed", () => {
    expect(typed("packing", "order").packing).toBe("order");
    expect(typed("maxPackageWeight.value", "22.5").maxPackageWeight).toEqual({ value: 22.5, unit: "lb" });
    expect(typed("services.Next day", "PRIORITY_OVERNIGHT").services).toEqual({
      "Next day": { serviceType: "PRIORITY_OVERNIGHT" },
    });
    expect(typed("services.Env", '{"serviceType":"FEDEX_2_DAY","packagingType":"FEDEX_PAK"}').services).toEqual({
      Env: { serviceType: "FEDEX_2_DAY", packagingType: "FEDEX_PAK" },
    });
    expect(typed("requireInvoice", "true").requireInvoice).toBe(true);
    expect(typed("tracking.maxDays", "30").tracking.maxDays).toBe(30);
    expect(typed("printCommand", '["lp","-d","zebra","{file}"]').printCommand).toEqual(["lp", "-d", "zebra", "{file}"]);
    expect(typed("defaultWeight", '{"value":"1.5","unit":"lb"}').defaultWeight).toEqual({ value: 1.5, unit: "lb" });
  });

  it.each([
    ["packing", "pallet"],
    ["services.Ground", "FedEx Ground"],
    ["printCommand", "lp"],
    ["termsOfSale", "dap"],
    ["invoiceField", "my field"],
    ["maxPackageWeight", '{"value":0,"unit":"lb"}'],
  ])("refuse %s=%s", (path, text) => {
    expect(() => typed(path, text)).toThrow(ConfigError);
  });
});
