import { describe, expect, it } from "vitest";
import type { Bench } from "../../src/commands/support/connect.ts";
import { connectByAsking } from "../../src/commands/support/connect-session.ts";
import type { Settings } from "../../src/core/config.ts";
import { parseSettings } from "../../src/core/config.ts";
import { LabelStore } from "../../src/core/labels.ts";
import { Secret } from "../../src/core/secret.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import type { System } from "../../src/core/system.ts";
import type { BcContext } from "../../src/systems/bc.ts";
import { bcEnvironment, bcSystem } from "../../src/systems/bc.ts";
import { pairKinds, systemKinds } from "../../src/systems/index.ts";
import type { ForPair } from "../../src/systems/kinds.ts";
import { account } from "../sandbox/shipstation-fixture.ts";
import { bcWorld, clientId, stockPair, tenantId } from "../systems/bc-world.ts";
import { scripted } from "./connect-kit.ts";

/** A profile beside the simulated Business Central, and a person who answers. */
function world(config: Record<string, Settings> = {}) {
  const { bc, entra, context, ids } = bcWorld();
  const bench: Bench = {
    systemKinds,
    pairKinds,
    settingsOf: (name) => config[name],
    secretsOf: async () => ({}),
    build: (name, settings, pair, secrets) =>
      name === "bc"
        ? bcSystem(
            parseSettings(bcEnvironment, settings, "bc"),
            stockPair,
            context(secrets.clientSecret ? secrets : kept),
          )
        : shop(settings, pair, context(keys)),
    save: async ({ name, settings }) => {
      config[name] = settings;
    },
  };
  const ask = async (script: [string, unknown][], name?: string) => {
    const { prompts, said, left } = scripted(script);
    const named = name === undefined ? {} : { name };
    await connectByAsking(bench, prompts, { ...named, sets: [], today: "2026-11-21" });
    expect(left).toEqual([]);
    return said;
  };
  return { bc, entra, config, ids, ask };
}

const kept = { clientSecret: new Secret("right") };
const keys = { apiKey: new Secret("key"), apiSecret: new Secret("secret") };

/** ShipStation with a store and its carriers. */
function shop(settings: unknown, pair: ForPair | undefined, context: BcContext): System {
  const { sandbox } = account();
  const kind = systemKinds.shipstation;
  if (!kind) throw new Error("ShipStation is not known.");
  const labels = new LabelStore(machineDisk("linux"), "/nowhere");
  return kind.build(settings, pair, { ...context, labels, fetch: async (input) => sandbox.fetch(new Request(input)) });
}

const typed = (environment = "production"): [string, unknown][] => [
  ["Tenant id", tenantId],
  ["Environment", environment],
  ["Client id", clientId],
];
const secret: [string, unknown] = ["Client secret", "right"];

describe("connecting Business Central by asking", () => {
  it("has the company chosen from the live list, and checks it", async () => {
    const { config, ids, ask } = world();
    const said = await ask([...typed(), secret, ["Company", ids[1]]], "bc");
    expect(config.bc).toEqual({ tenantId, environment: "production", clientId, company: ids[1] });
    expect(said.slice(-2)).toEqual([
      expect.stringMatching(/^Taken: company My Company in environment production of tenant .*, as app /),
      "✓ Dynamics 365 Business Central is connected.",
    ]);
  });

  it("asks again for a secret that is wrong and for an environment that is not there", async () => {
    const { config, ids, ask } = world();
    const said = await ask(
      [
        ...typed("prodution"),
        ["Client secret", "wrong"],
        ["Client secret (empty", "right"],
        ["Change the answers", true],
        ...typed(),
        ["Keep the secret typed before", true],
        ["Company", ids[0]],
      ],
      "bc",
    );
    expect(said.join("\n")).toMatch(/✗ .*AADSTS7000215.*✗ Tenant \S+ has no Business Central environment prodution/s);
    expect(config.bc).toMatchObject({ environment: "production", company: ids[0] });
  });

  it("lets a company be chosen in the place of one that is there no more", async () => {
    const { config, ids, ask } = world({
      bc: { tenantId, environment: "production", clientId, company: "Closed Down Ltd." },
    });
    await ask([...typed(), secret, ["Company", ids[0]]], "bc");
    expect(config.bc).toMatchObject({ company: ids[0] });
  });

  it("says what the app may not do in the chosen company, and keeps it if the person wants", async () => {
    const { bc, config, ids, ask } = world();
    bc.switches.permissionSets = "none";
    const chosen: [string, unknown][] = [...typed(), secret, ["Company", ids[0]]];
    await expect(ask([...chosen, ["Keep it all the same?", undefined]], "bc")).rejects.toThrow(/no permission set/);
    expect(config).toEqual({});
    await ask([...chosen, ["Keep it all the same?", true]], "bc");
    expect(config.bc).toMatchObject({ company: ids[0] });
    bc.switches.permissionSets = "all";
    bc.switches.forbiddenSets = ["customers"];
    expect(await ask(chosen, "bc")).toContainEqual(expect.stringMatching(/^! no permission for customers: add/));
  });

  it("is offered in the list, but urged on nobody while no pair has it", async () => {
    const connected = { host: "https://a.example" };
    const { ids, ask } = world({ fno: connected, fedex: connected, "fno-fedex": {} });
    await ask([
      ["Connect what?", "bc"],
      ...typed(),
      secret,
      ["Company", ids[0]],
      ["Connect Dynamics NAV now?", false],
      ["Connect ShipStation now?", false],
      ["Connect ShipBob now?", false],
    ]);
  });
});

describe("connecting Business Central with ShipStation by asking", () => {
  it("asks how orders are booked and for the agents of carriers' services, and keeps what is not the default", async () => {
    const { config, ask } = world({
      bc: { tenantId, environment: "production", clientId, company: "CRONUS USA, Inc." },
      shipstation: {},
    });
    await ask(
      [
        ["Orders shipped since which day (YYYY-MM-DD, or all)", "2026-11-01"],
        ["What a shipped order becomes", "orderPosted"],
        ["When it is made there", undefined],
        ["Customer that all orders are booked on", "c-web"],
        ["Make a customer where none is found?", undefined],
        ["G/L account of what buyers pay for shipping", "40200"],
        ["G/L account of the tax", "22300"],
        ["How tax is booked", "account"],
        ["9 carrier's services can get a row", true],
        ["Which carrier's services get a row", ["ups/ups_ground"]],
        ["  Shipping agent's code", "ups"],
        ["  Its service's code", "ground"],
      ],
      "bc-shipstation",
    );
    expect(config["bc-shipstation"]).toEqual({
      flows: { sales: { startDate: "2026-11-01" } },
      booking: "orderPosted",
      customers: { account: "C-WEB" },
      lines: { shippingAccount: "40200", taxAccount: "22300", tax: "account" },
      shippingAgents: { "ups/ups_ground": { agent: "UPS", service: "GROUND" } },
    });
  });
});
