import { describe, expect, it } from "vitest";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { openMlc } from "../../src/mlc.ts";
import type { NavSwitches } from "../../src/sandbox/nav.ts";
import { suggestedServices } from "../../src/sandbox/nav.ts";
import { company, navUrl, navWorld } from "./nav-world.ts";

const where = "nav.contoso.example:7048/DynamicsNAV110, as user SYNC";

describe("a company in Dynamics NAV", () => {
  it("says who we are there, in which company, and what its clock says", async () => {
    const { system } = navWorld();
    expect(await system().probe()).toEqual({
      identity: `company ${company} at ${where}`,
      warnings: [],
      serverTime: new Date("2026-11-21T09:00:00Z"),
    });
  });

  it("is asked through a gateway with a token of its own", async () => {
    const { system, oauth, gateway } = navWorld();
    expect((await system({}, {}, oauth).probe()).identity).toBe(
      `company ${company} at gateway.contoso.example/DynamicsNAV110, as client mlc of the gateway`,
    );
    expect(gateway.tokenRequests).toBe(1);
  });

  it("tells the North American version", async () => {
    const { system } = navWorld({ localisation: "northAmerica" });
    expect((await system().probe()).identity).toMatch(/, North American version$/);
  });

  it("warns of the page to publish and of fields that are not on it, and is not asked for what is only useful", async () => {
    const services = { ...suggestedServices, postedSalesShipment: undefined, shippingAgents: undefined };
    const { system } = navWorld({ services, absentFields: ["salesOrder.Package_Tracking_No"] });
    const { warnings } = await system().probe();
    expect(warnings).toEqual([
      expect.stringMatching(
        /^service SalesOrder \(page 42\) has no Package_Tracking_No: have Package_Tracking_No put on/,
      ),
      expect.stringMatching(
        /^page 130 .* is not published as PostedSalesShipment: publish page 130 in Web Services, or/,
      ),
    ]);
  });

  it.each<[string, Partial<NavSwitches>, object, object]>([
    [
      "a Windows-only instance with the advice to make a second one",
      { credentialType: "Windows" },
      {},
      { name: "AuthError", message: expect.stringContaining("takes Windows authentication only") },
    ],
    [
      "a company in another spelling, with the right one",
      {},
      { company: "Cronus USA, Inc." },
      { name: "ConfigError", message: `Dynamics NAV has no company Cronus USA, Inc.; it is spelled ${company}` },
    ],
    [
      "a company that is not there",
      {},
      { company: "X" },
      { message: `Dynamics NAV has no company X; there are ${company}, O'Hara & Søn` },
    ],
    [
      "NAV 2016, which speaks only V3",
      { version: 2016 },
      { baseUrl: navUrl.replace("110", "90") },
      { name: "ConfigError", message: expect.stringContaining("Dynamics NAV 2016 speaks only V3") },
    ],
    ["a user without permissions", { permissions: "none" }, {}, { name: "AuthError" }],
  ])("refuses %s", async (_what, switches, settings, error) => {
    await expect(navWorld(switches).system(settings).probe()).rejects.toMatchObject(error);
  });

  it("advises a second instance where there is only Windows authentication", async () => {
    const { system } = navWorld({ credentialType: "Windows" });
    await expect(system().probe()).rejects.toMatchObject({
      hint: expect.stringMatching(/^Make a second server instance with the credential type NavUserPassword/),
    });
  });

  it("is one account by its address, tenant and company", () => {
    const { system } = navWorld();
    expect(system().account()).toEqual({ system: "nav", baseUrl: navUrl, tenant: null, company });
    expect(system({ company: "O'Hara & Søn" }).account()).not.toEqual(system().account());
    expect(system({ baseUrl: navUrl.replace("nav.contoso", "NAV.Contoso") }).account()).toEqual(system().account());
  });

  it("offers companies, the services that look like its pages, and fields for the shop's number", async () => {
    const services = { ...suggestedServices, salesOrder: "Verkauf", postedSalesShipment: "Lieferung" };
    const choices = await navWorld({ services })
      .system({}, { services: { salesOrder: "Verkauf" } })
      .choices();
    expect(choices.companies).toEqual([
      { value: company, name: company },
      { value: "O'Hara & Søn", name: "O'Hara & Søn" },
    ]);
    expect(choices.salesOrderServices?.map(({ value }) => value)).toEqual(["Verkauf"]);
    expect(choices.postedShipmentServices?.map(({ value }) => value)).toEqual(["Lieferung"]);
    expect(choices.agents?.map(({ value }) => value)).toEqual(["FEDEX"]);
    expect(choices.agentServices?.map(({ value }) => value)).toEqual(["FEDEX/GROUND"]);
    expect(choices.externalFields?.slice(0, 1)).toEqual([
      { value: "External_Document_No", name: "External_Document_No" },
    ]);
    expect(choices.externalFields?.map(({ value }) => value)).toContain("No");
  });
});

describe("a server whose company is not chosen yet", () => {
  it("names the companies that there are", async () => {
    expect(await navWorld().system({ company: undefined }).probe()).toEqual({
      identity: where,
      warnings: [`no company is chosen; there are ${company}, O'Hara & Søn`],
    });
  });
});

describe("what doctor looks at", () => {
  const checksOf = async (switches: Partial<NavSwitches>, pair: object = {}, settings: object = {}) =>
    navWorld(switches).system(settings, pair).checks();
  const bad = async (...given: Parameters<typeof checksOf>) =>
    (await checksOf(...given)).filter(({ state }) => state !== "ok");

  it("is in order in a company as it should be", async () => {
    const checks = await checksOf({}, { shippingAgents: { fedex: "FEDEX/GROUND" } });
    expect(checks.map(({ name, state }) => [name, state])).toEqual([
      ["NAV SalesOrder", "ok"],
      ["NAV SalesOrderSalesLines", "ok"],
      ["NAV PostedSalesShipment", "ok"],
      ["NAV PostedSalesShipmentSalesShipmLines", "ok"],
      ["NAV ShippingAgents", "ok"],
      ["NAV ShippingAgentServices", "ok"],
      ["NAV SalesComments", "ok"],
      ["NAV option texts", "ok"],
      ["NAV localisation", "ok"],
      ["NAV order dates", "ok"],
      ["nav.pageHosts", "ok"],
      ["shippingAgents", "ok"],
    ]);
    expect(checks.map(({ message }) => message)).toContain("an order's type reads Order, its status Released");
  });

  it("fails where a needed page or field is missing, and warns where only a check is lost", async () => {
    const services = { ...suggestedServices, postedSalesShipment: "Lieferung", shippingAgents: undefined };
    expect(await bad({ services }, { match: { externalField: "Webshop_No" } })).toEqual([
      expect.objectContaining({
        name: "NAV SalesOrder",
        state: "failed",
        message: expect.stringMatching(/Webshop_No$/),
      }),
      expect.objectContaining({ name: "NAV PostedSalesShipment", state: "failed" }),
      expect.objectContaining({ name: "NAV PostedSalesShipmentSalesShipmLines", state: "warning" }),
      expect.objectContaining({ name: "NAV ShippingAgents", state: "warning" }),
    ]);
  });

  it("fails without the comments' page only where texts must go there", async () => {
    const services = { ...suggestedServices, salesComments: undefined };
    expect(await bad({ services })).toEqual([]);
    expect(await bad({ services }, { comments: { route: "sheet" } })).toEqual([
      expect.objectContaining({ name: "NAV SalesComments", state: "failed" }),
    ]);
  });

  it("fails where the service speaks another language than the settings say", async () => {
    const captions = { Order: "Ordre", Released: "Frigivet" };
    expect(await bad({ captions })).toEqual([
      expect.objectContaining({
        name: "NAV option texts",
        state: "failed",
        message: expect.stringMatching(/^an order's type reads Ordre, its status Frigivet; Frigivet is none of Open/),
      }),
    ]);
    expect(await bad({ captions }, {}, { options: { released: "frigivet" } })).toEqual([]);
  });

  it("tells the localisation", async () => {
    const messageOf = async (switches: Partial<NavSwitches>) =>
      (await checksOf(switches)).find(({ name }) => name === "NAV localisation")?.message;
    expect(await messageOf({ localisation: "northAmerica" })).toMatch(/^North American version/);
    expect(await messageOf({})).toMatch(/30 characters/);
  });

  it("fails where a gateway leaves the inner server's name in page links", async () => {
    const { system, oauth } = navWorld({}, "http://nav01:7048");
    const failed = async (settings: object) =>
      (await system(settings, {}, oauth).checks()).filter(({ state }) => state !== "ok");
    expect(await failed({})).toEqual([
      expect.objectContaining({
        name: "nav.pageHosts",
        state: "failed",
        fix: "Run `mlc config set nav.pageHosts=nav01:7048`.",
      }),
    ]);
    expect(await failed({ pageHosts: "nav01:7048" })).toEqual([]);
  });

  it.each([
    ["an agent", "UPS", /^the company has no shipping agent UPS; there are FEDEX$/],
    ["a service of an agent", "FEDEX/2DAY", /^the agent FEDEX has no service 2DAY; there are FEDEX\/GROUND$/],
  ])("fails for %s that there is not", async (_what, row, message) => {
    expect(await bad({}, { shippingAgents: { ups: row } })).toEqual([
      expect.objectContaining({ name: "shippingAgents.ups", state: "failed", message: expect.stringMatching(message) }),
    ]);
  });
});

describe("a server whose certificate nobody checks", () => {
  it("gets no key, not even while no company is chosen", async () => {
    const mlc = await openMlc({
      profile: "default",
      env: { MLC_HOME: "/nonexistent", NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      platform: "linux",
      homedir: "/nonexistent",
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
    });
    const settings = { baseUrl: navUrl, username: "SYNC" };
    const secrets = { password: new Secret("right") };
    expect(() => mlc.systemOf("nav", settings, undefined, secrets, { tokens: memoryTokenCache() })).toThrow(
      "NODE_TLS_REJECT_UNAUTHORIZED=0 would send the credentials to whoever answers for nav.contoso.example:7048",
    );
  });
});
