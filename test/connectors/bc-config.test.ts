import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bcPairSettings, bcSettings, rulesOf } from "../../src/connectors/bc/config.ts";
import { parseSettings } from "../../src/core/config.ts";
import { ConfigError } from "../../src/core/errors.ts";

const company = { tenantId: "contoso.example", environment: "Production", company: "CRONUS", clientId: "app" };
const pair = (settings: unknown) => parseSettings(bcPairSettings, settings, "bc-shipstation");

describe("a company's settings", () => {
  it("have Microsoft's own addresses unless others are given", () => {
    expect(bcSettings.parse(company)).toEqual({
      ...company,
      apiUrl: "https://api.businesscentral.dynamics.com",
      authority: "https://login.microsoftonline.com",
    });
    expect(bcSettings.parse({ ...company, apiUrl: "http://127.0.0.1:4100/" }).apiUrl).toBe("http://127.0.0.1:4100");
  });

  it.each([
    { apiUrl: "http://erp.example" },
    { apiUrl: "https://api.businesscentral.dynamics.com/v2.0" },
    { company: " " },
    { companyId: "CRONUS" },
    { environment: undefined },
  ])("are refused with %o", (wrong) => {
    expect(bcSettings.safeParse({ ...company, ...wrong }).success).toBe(false);
  });
});

describe("a pair's settings", () => {
  it("are all optional, and book posted invoices on what shipped", () => {
    const settings = pair({});
    expect(settings).toMatchObject({
      booking: "invoice",
      bookOn: "shipped",
      postingDate: "today",
      customers: { create: false },
      lines: { tax: "erp" },
      tracking: {
        routes: ["comment", "attachment"],
        maxLength: 30,
        customApi: { fields: { packageTrackingNo: "packageTrackingNo" } },
        page42: { service: "SalesOrder" },
      },
      weight: { source: "none" },
      storeRules: {},
      shippingAgents: {},
    });
    expect(settings.flows.sales).toEqual({ enabled: true, every: "15m", lookBack: 30 });
    expect(settings.flows.products.filter).toEqual({ categories: [] });
  });

  it("are read as typed on the command line", () => {
    const settings = pair({
      tracking: { routes: "page42, comment", maxLength: "50" },
      shippingAgents: { "UPS/ground": "ups/ground", fedex: "fedex", dhl: { agent: "dhl" } },
      customers: { account: "c00120", byEmail: "true" },
      flows: { products: { filter: { categories: "chair,TABLE" } } },
    });
    expect(settings.tracking).toMatchObject({ routes: ["page42", "comment"], maxLength: 50 });
    expect(settings.shippingAgents).toEqual({
      "ups/ground": { agent: "UPS", service: "GROUND" },
      fedex: { agent: "FEDEX" },
      dhl: { agent: "DHL" },
    });
    expect(settings.customers).toEqual({ account: "C00120", byEmail: true, create: false });
    expect(settings.flows.products.filter.categories).toEqual(["CHAIR", "TABLE"]);
  });

  it.each<[object, RegExp]>([
    [{ booking: "post" }, /booking/],
    [{ tracking: { routes: ["customApi"] } }, /tracking\.customApi\.path/],
    [{ tracking: { customApi: { path: "shipments" } } }, /tracking\.customApi\.path/],
    [{ tracking: { customApi: { path: "a/b/v1.0/../x" } } }, /tracking\.customApi\.path/],
    [{ tracking: { page42: { service: "Sales Order" } } }, /tracking\.page42\.service/],
    [{ shippingAgents: { ups: "UNITED PARCEL" } }, /shippingAgents\.ups/],
    [{ customers: { account: "C0012000000000000000X" } }, /customers\.account/],
    [{ lines: { tax: "account" } }, /lines\.taxAccount/],
    [{ weight: { source: "csv", unit: "kg" } }, /weight\.file/],
    [{ weight: { source: "customApi", path: "a/b/v1.0/weights" } }, /weight\.unit/],
    [{ flows: { products: { filter: { numbers: "[" } } } }, /flows\.products\.filter\.numbers/],
    [{ storeRules: { web: {} } }, /storeRules/],
    [{ storeRules: { "12": { bookings: "order" } } }, /storeRules\.12\.bookings/],
  ])("%o are refused by the setting's path", (wrong, path) => {
    expect(() => pair(wrong)).toThrow(ConfigError);
    expect(() => pair(wrong)).toThrow(path);
  });

  it("have a JSON Schema", () => {
    expect(z.toJSONSchema(bcPairSettings, { io: "input", unrepresentable: "any" })).toHaveProperty("properties");
  });
});

describe("a store's rules", () => {
  const settings = pair({
    customers: { account: "WEB" },
    tracking: { customApi: { path: "contoso/shipping/v1.0/shipments", fields: { number: "no" } } },
    shippingAgents: { ups: "UPS", fedex: "FEDEX" },
    storeRules: {
      "7": {
        booking: "order",
        customers: { byEmail: true },
        tracking: { routes: "customApi", customApi: { fields: { orderNumber: "orderNo" } } },
        shippingAgents: { ups: "UPSWEB" },
      },
      "8": { lines: { tax: "account" } },
    },
  });

  it("are found among whatever else a pair sets", () => {
    const settings = { ...pair({ storeRules: { "7": { booking: "order" } } }), waiting: { maxDays: 14 } };
    expect(rulesOf(settings, "7").booking).toBe("order");
    expect(Object.keys(rulesOf(settings, undefined))).not.toContain("waiting");
  });

  it("take the place of the pair's, setting by setting", () => {
    const rules = rulesOf(settings, "7");
    expect(rules).toMatchObject({
      booking: "order",
      bookOn: "shipped",
      customers: { account: "WEB", byEmail: true, create: false },
      shippingAgents: { ups: { agent: "UPSWEB" }, fedex: { agent: "FEDEX" } },
    });
    expect(rules.tracking.routes).toEqual(["customApi"]);
    expect(rules.tracking.customApi).toMatchObject({
      path: "contoso/shipping/v1.0/shipments",
      fields: { number: "no", orderNumber: "orderNo" },
    });
  });

  it("are the pair's where the store has none", () => {
    expect(rulesOf(settings, "9")).toEqual(rulesOf(settings, undefined));
    expect(rulesOf(settings, "9").booking).toBe("invoice");
    expect(rulesOf(settings, "constructor").booking).toBe("invoice");
  });

  it("must fit together with the pair's", () => {
    expect(() => rulesOf(settings, "8")).toThrow(/storeRules\.8\.lines\.taxAccount/);
  });
});
