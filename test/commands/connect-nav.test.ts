import { describe, expect, it } from "vitest";
import type { Bench } from "../../src/commands/support/connect.ts";
import { connectGiven } from "../../src/commands/support/connect.ts";
import { connectByAsking } from "../../src/commands/support/connect-session.ts";
import type { Settings } from "../../src/core/config.ts";
import { LabelStore } from "../../src/core/labels.ts";
import { Secret } from "../../src/core/secret.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { type NavSwitches, suggestedServices } from "../../src/sandbox/nav.ts";
import { pairKinds, systemKinds } from "../../src/systems/index.ts";
import { account } from "../sandbox/shipstation-fixture.ts";
import { company, gatewayUrl, navUrl, navWorld, scope, tokenUrl } from "../systems/nav-world.ts";
import { scripted } from "./connect-kit.ts";

const keys = { apiKey: new Secret("key"), apiSecret: new Secret("secret") };

/** A profile beside the simulated NAV, its gateway and ShipStation, and a person who answers. */
function world(switches: Partial<NavSwitches> = {}, config: Record<string, Settings> = {}) {
  const { nav, context } = navWorld(switches);
  const { sandbox } = account();
  const labels = new LabelStore(machineDisk("linux"), "/nowhere");
  const saved: Record<string, Record<string, string | null>> = {};
  const bench: Bench = {
    systemKinds,
    pairKinds,
    settingsOf: (name) => config[name],
    secretsOf: async () => ({}),
    build: (name, settings, pair, secrets) => {
      const kind = systemKinds[name];
      if (!kind) throw new Error(name);
      if (name === "nav") {
        const given = Object.keys(secrets).length > 0 ? { ...context(), secrets } : context();
        return kind.build(settings, pair, { ...given, labels });
      }
      const fetch: typeof globalThis.fetch = async (input) => sandbox.fetch(new Request(input));
      return kind.build(settings, pair, { ...context(), labels, secrets: keys, fetch });
    },
    save: async ({ name, settings, secrets }) => {
      config[name] = settings;
      saved[name] = { ...secrets };
    },
  };
  const ask = async (script: [string, unknown][], name: string) => {
    const { prompts, said, left } = scripted(script);
    await connectByAsking(bench, prompts, { name, sets: [], today: "2026-11-21" });
    expect(left).toEqual([]);
    return said;
  };
  const give = (name: string, sets: string[], secrets: Record<string, string> = {}) =>
    connectGiven(bench, { name, sets, secrets, check: true });
  return { nav, config, saved, ask, give };
}

const asUser = (key = "right", url = navUrl): [string, unknown][] => [
  ["Address of OData V4", url],
  ["How mlc signs in", "basic"],
  ["NAV user", "SYNC"],
  ["Web service access key of the NAV user", key],
];

describe("connecting Dynamics NAV by asking", () => {
  it("asks for user and key, and has the company chosen from the live list as it is spelled", async () => {
    const { config, saved, ask } = world();
    const said = await ask([...asUser(), ["Company", "O'Hara & Søn"]], "nav");
    expect(config.nav).toEqual({ baseUrl: navUrl, auth: "basic", username: "SYNC", company: "O'Hara & Søn" });
    expect(saved.nav).toMatchObject({ password: "right" });
    expect(said.slice(-2)).toEqual([
      expect.stringMatching(/^Taken: company O'Hara & Søn at nav.contoso.example:7048/),
      "✓ Dynamics NAV is connected.",
    ]);
  });

  it("asks for a token URL, a client and its secret where a gateway takes those, and drops the other credential", async () => {
    const { config, saved, ask } = world();
    await ask(
      [
        ["Address of OData V4", gatewayUrl],
        ["How mlc signs in", "oauth"],
        ["Address that gives tokens", tokenUrl],
        ["Client id at the gateway", "mlc"],
        ["Scope (empty: none)", scope],
        ["Audience (empty: none)", ""],
        ["Client secret at the gateway", "right"],
        ["Company", company],
      ],
      "nav",
    );
    expect(config.nav).toEqual({ baseUrl: gatewayUrl, auth: "oauth", tokenUrl, clientId: "mlc", scope, company });
    expect(saved.nav).toEqual({ clientSecret: "right", password: null });
  });

  it("refuses the address of V3 at once, and asks again for a key that is wrong", async () => {
    const { config, ask } = world();
    const said = await ask(
      [
        ["Address of OData V4", navUrl.replace("ODataV4", "OData")],
        ...asUser("wrong"),
        ["Web service access key of the NAV user (empty", "right"],
        ["Company", company],
      ],
      "nav",
    );
    expect(said.join("\n")).toMatch(
      /refused: .*is OData V3, and Dynamics NAV 2016 speaks no other.*✗ .*access key is wrong/s,
    );
    expect(config.nav).toMatchObject({ baseUrl: navUrl, company });
  });

  it("asks for the other credential where the way to sign in was wrong", async () => {
    const { config, saved, ask } = world();
    await ask(
      [
        ...asUser("wrong", gatewayUrl),
        ["Web service access key of the NAV user (empty", ""],
        ["Address of OData V4", gatewayUrl],
        ["How mlc signs in", "oauth"],
        ["Address that gives tokens", tokenUrl],
        ["Client id at the gateway", "mlc"],
        ["Scope (empty: none)", scope],
        ["Audience (empty: none)", ""],
        ["Client secret at the gateway", "right"],
        ["Company", company],
      ],
      "nav",
    );
    expect(config.nav).toMatchObject({ auth: "oauth", company });
    expect(saved.nav).toEqual({ clientSecret: "right", password: null });
  });
});

const connected = (): Record<string, Settings> => ({
  nav: { baseUrl: navUrl, auth: "basic", username: "SYNC", company },
  shipstation: {},
});

describe("connecting Dynamics NAV with ShipStation by asking", () => {
  it("finds the services by their fields, and keeps what is not the default", async () => {
    const services = { ...suggestedServices, salesOrder: "Verkauf" };
    const { config, ask } = world({ services }, connected());
    const said = await ask(
      [
        ["Orders shipped since which day (YYYY-MM-DD, or all)", "2026-11-01"],
        ["Service of page 42, Sales Order", "Verkauf"],
        ["Service of page 130, Posted Sales Shipment", undefined],
        ["Field of the sales order that holds the shop's order number", undefined],
        ["Days that an order's date may be off", "5"],
        ["Days that a shipment waits for its order", undefined],
        ["9 carrier's services can get a row", true],
        ["Which carrier's services get a row", ["fedex/fedex_ground"]],
        ["  Shipping agent's code", "DHL"],
        ["  Its service's code", "ground"],
        ["  Shipping agent's code", "fedex"],
        ["  Its service's code", "air"],
        ["  Shipping agent's code", "fedex"],
        ["  Its service's code", "ground"],
      ],
      "nav-shipstation",
    );
    expect(said).toContain("✗ the company has no shipping agent DHL; there are FEDEX");
    expect(said).toContain("✗ the agent FEDEX has no service AIR; there are FEDEX/GROUND");
    expect(config["nav-shipstation"]).toEqual({
      flows: { shipments: { startDate: "2026-11-01" } },
      services: { salesOrder: "Verkauf" },
      match: { days: 5 },
      shippingAgents: { "fedex/fedex_ground": { agent: "FEDEX", service: "GROUND" } },
    });
  });
});

describe("connecting Dynamics NAV without a person", () => {
  const sets = [`baseUrl=${navUrl}`, `company=${company}`, "username=SYNC"];

  it("takes a company whose name has a comma as it is typed, and offers the pair", async () => {
    const { config, give } = world({}, { shipstation: {} });
    const done = await give("nav", sets, { password: "right" });
    expect(done).toMatchObject({
      identity: expect.stringMatching(/^company CRONUS USA, Inc\. at /),
      warnings: [],
      notes: [],
      possible: ["nav-shipstation"],
    });
    expect(config.nav).toEqual({ baseUrl: navUrl, company, username: "SYNC" });
    expect(await give("nav-shipstation", ["match.days=2"])).toMatchObject({ kind: "pair", warnings: [] });
  });

  it.each([
    ["a company in another spelling", ["company=cronus usa, inc."], {}, /it is spelled CRONUS USA, Inc\./],
    ["the address of V3", [`baseUrl=${navUrl.replace("ODataV4", "OData")}`], {}, /NAV 2016 speaks no other/],
    ["Windows authentication", ["auth=windows"], {}, /make a second server instance .* NavUserPassword/],
    ["an instance with Windows authentication only", [], { credentialType: "Windows" } as const, /Windows auth.* only/],
    ["a wrong key", [], {}, /access key is wrong/, "wrong"],
  ])("keeps nothing of %s", async (_what, more, switches, message, key = "right") => {
    const { config, give } = world(switches);
    await expect(give("nav", [...sets, ...more], { password: key })).rejects.toThrow(message);
    expect(config).toEqual({});
  });
});
