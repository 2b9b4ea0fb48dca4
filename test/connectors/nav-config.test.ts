import { describe, expect, it } from "vitest";
import { authKind, navPairSettings, navSettings } from "../../src/connectors/nav/config.ts";
import { parseSettings, withTyped } from "../../src/core/config.ts";
import { baseUrl, company } from "./nav-kit.ts";

const settings = (more: object = {}) => parseSettings(navSettings, { baseUrl, company, ...more }, "nav");
const pair = (given: object = {}) => parseSettings(navPairSettings, given, "nav-shipstation");

describe("the settings of a company", () => {
  it("keep the company's case and blanks inside, and lose the slash after the address", () => {
    const parsed = settings({ baseUrl: ` ${baseUrl}/ `.trim(), company: " CRONUS International Ltd. " });
    expect(parsed).toMatchObject({ baseUrl, company });
  });

  it("refuse OData V3 with what to do", () => {
    const older = "https://nav.contoso.example:7048/DynamicsNAV90/OData/";
    expect(() => settings({ baseUrl: older })).toThrow(
      /^nav\.baseUrl = ".*": is OData V3, and Dynamics NAV 2016 speaks no other: mlc needs NAV 2017 or 2018/,
    );
  });

  it.each([
    "http://nav.contoso.example:7048/DynamicsNAV110/ODataV4",
    "https://user:pass@nav.contoso.example/DynamicsNAV110/ODataV4",
    "https://nav.contoso.example/DynamicsNAV110/ODataV4?tenant=a",
    "https://nav.contoso.example/DynamicsNAV110/ODataV4/Company('X')",
    "https://nav.contoso.example/DynamicsNAV110/WS",
    "nav",
  ])("refuse the address %s", (address) => {
    expect(() => settings({ baseUrl: address })).toThrow("nav.baseUrl");
  });

  it("take plain http on loopback", () => {
    expect(settings({ baseUrl: "http://127.0.0.1:7048/NAV/ODataV4" }).baseUrl).toBe(
      "http://127.0.0.1:7048/NAV/ODataV4",
    );
  });

  it.each(["windows", "ntlm", "Negotiate", "kerberos"])("refuse %s with the advice of a second instance", (auth) => {
    expect(() => settings({ auth })).toThrow(
      /cannot be Windows authentication: make a second server instance with the credential type NavUserPassword/,
    );
  });

  it("refuse another kind of authentication by name", () => {
    expect(() => settings({ auth: "digest" })).toThrow(/nav\.auth = "digest".*oauth/);
  });

  it("prove who we are as they say, else as the others say", () => {
    expect(authKind(settings({ auth: "oauth" }))).toBe("oauth");
    expect(authKind(settings({ username: "MLC" }))).toBe("basic");
    expect(authKind(settings({ tokenUrl: "https://gw.example/token" }))).toBe("oauth");
    expect(authKind(settings({ tokenUrl: "https://gw.example/token", auth: "basic" }))).toBe("basic");
  });

  it("take page hosts as hosts alone", () => {
    expect(settings({ pageHosts: "NAV01:7048, nav02" }).pageHosts).toEqual(["nav01:7048", "nav02"]);
    expect(() => settings({ pageHosts: ["https://nav01"] })).toThrow("must be a host like nav01:7048");
  });
});

describe("the settings of a pair", () => {
  it("have a default for everything", () => {
    expect(pair()).toMatchObject({
      flows: { shipments: { enabled: true, every: "15m", lookBack: 30 } },
      services: {
        salesOrder: "SalesOrder",
        postedSalesShipment: "PostedSalesShipment",
        shippingAgents: "ShippingAgents",
        shippingAgentServices: "ShippingAgentServices",
      },
      match: { externalField: "External_Document_No", days: 3 },
      waiting: { maxDays: 14 },
      shippingAgents: {},
      shipDate: ["header", "posting", "comment"],
      comments: { route: "auto", maxLength: 80 },
    });
  });

  it("read an agent as it is typed", () => {
    expect(pair({ shippingAgents: { "FedEx/Ground": "fedex/ground" } }).shippingAgents).toEqual({
      "fedex/ground": { agent: "FEDEX", service: "GROUND" },
    });
    expect(() => pair({ shippingAgents: { fedex: "LONGERTHANTEN" } })).toThrow("must have at most 10 characters");
  });

  it("keep a row that is typed on the command line in any case", () => {
    const typed = withTyped(navPairSettings, {}, "shippingAgents.FedEx/Ground", "fedex/ground", "nav-shipstation");
    expect(pair(typed).shippingAgents).toEqual({ "fedex/ground": { agent: "FEDEX", service: "GROUND" } });
  });

  it("take a partner's own field with a switch or a text", () => {
    expect(pair({ shippedField: { name: "Shipped" } }).shippedField).toEqual({
      page: "postedSalesShipment",
      name: "Shipped",
      value: true,
    });
    expect(pair({ shippedField: { name: "State", value: "Sent", page: "salesOrder" } }).shippedField?.value).toBe(
      "Sent",
    );
  });

  it("refuse a name that would break an address", () => {
    expect(() => pair({ services: { salesOrder: "SalesOrder?x" } })).toThrow("is not an OData name");
    expect(() => pair({ match: { externalField: "No eq 'x' or No" } })).toThrow("is not an OData name");
  });
});
