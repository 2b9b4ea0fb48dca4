import { describe, expect, it } from "vitest";
import { type Bench, type Connection, connectGiven } from "../../src/commands/support/connect.ts";
import { connectByAsking } from "../../src/commands/support/connect-session.ts";
import { parseSettings, type Settings } from "../../src/core/config.ts";
import { AuthError } from "../../src/core/errors.ts";
import type { Secret } from "../../src/core/secret.ts";
import type { Choice, System } from "../../src/core/system.ts";
import { fedexChoices } from "../../src/systems/fedex/choices.ts";
import { pairKinds, systemKinds } from "../../src/systems/index.ts";
import { scripted } from "./connect-kit.ts";

const choice = (value: string): Choice => ({ value, name: value });
const lists: Record<string, Record<string, Choice[]>> = {
  fno: {
    warehouses: [choice("24"), choice("51")],
    deliveryModes: [choice("Air"), choice("Truck")],
    legalEntities: [choice("usmf")],
  },
  shipstation: { warehouses: [], services: [] },
  fedex: { ...fedexChoices },
};

/** The real systems and pairs with what they ask, but nobody behind them. */
function bench(config: Record<string, Settings> = {}) {
  const saved: Connection[] = [];
  const probed: string[] = [];
  const build = (name: string, secrets: Readonly<Record<string, Secret>>): System => ({
    name,
    account: () => name,
    choices: async () => lists[name] ?? {},
    probe: async () => {
      probed.push(name);
      if (secrets.apiSecret?.reveal() === "wrong") throw new AuthError("FedEx refused apiKey and apiSecret");
      return { identity: name, warnings: [] };
    },
  });
  const made: Bench = {
    systemKinds,
    pairKinds,
    settingsOf: (name) => config[name],
    secretsOf: async () => ({}),
    build: (name, _settings, pair, secrets) => {
      const schema = pairKinds[pair?.name ?? ""]?.settings;
      if (schema) parseSettings<unknown>(schema, pair?.settings, pair?.name ?? "");
      return build(name, secrets);
    },
    save: async (connection) => {
      saved.push(connection);
      config[connection.name] = connection.settings;
    },
  };
  return { bench: made, config, saved, probed };
}

type Script = [string, unknown][];
const fno = { host: "https://a.example", tenantId: "t", clientId: "c", legalEntities: ["usmf"] };
const account = { accountNumber: "700000000" };
const keys: Script = [
  ["API key of the project with Ship", "k1"],
  ["Secret key of the project with Ship", "s1"],
  ["API key of the project with Track", "k2"],
  ["Secret key of the project with Track", "s2"],
  ["Security token of webhooks", ""],
];
const address = (street: string): Script => [
  ["  Contact's name", "Desk"],
  ["  Company", "Contoso"],
  ["  Phone", "(615) 555-0100"],
  ["  Email", ""],
  ["  Street", street],
  ["  Street, second line", ""],
  ["  City", "Nashville"],
  ["  State", "tn"],
  ["  Postal code", "37210"],
  ["  Country", "us"],
];
const shipFrom = (street1: string) => ({
  ...{ name: "Desk", company: "Contoso", phone: "(615) 555-0100", street1 },
  ...{ city: "Nashville", state: "TN", postalCode: "37210", country: "US" },
});

async function ask(on: ReturnType<typeof bench>, name: string, script: Script, sets: string[] = []) {
  const { prompts, said, left } = scripted(script);
  await connectByAsking(on.bench, prompts, { name, sets, today: "2026-11-21" });
  expect(left).toEqual([]);
  return said;
}

describe("connecting FedEx by asking", () => {
  const untouched: Script = [
    ["Labels are made as", undefined],
    ["and printed on", undefined],
    ["Service where", undefined],
    ["Packaging", undefined],
    ["How FedEx gets", undefined],
  ];

  it("keeps only the account where everything else is left as it is", async () => {
    const on = bench();
    await ask(on, "fedex", [["Account number", "700000000"], ...keys, ...untouched, ["Codes of the warehouses", ""]]);
    expect(on.config.fedex).toEqual(account);
    expect(on.saved[0]?.secrets).toEqual({ apiKey: "k1", apiSecret: "s1", trackApiKey: "k2", trackApiSecret: "s2" });
  });

  it("offers the stocks that fit the image, and takes a service that no list has", async () => {
    const on = bench();
    await ask(on, "fedex", [
      ["Account number", "700000000"],
      ...keys,
      ["Labels are made as", "ZPLII"],
      ["and printed on", "STOCK_4X8"],
      ["Service where", ""],
      ["Service where", "FEDEX_FIRST_FREIGHT"],
      ["Packaging", "FEDEX_PAK"],
      ["How FedEx gets", "DROPOFF_AT_FEDEX_LOCATION"],
      ["Codes of the warehouses", ""],
    ]);
    expect(on.config.fedex).toEqual({
      ...account,
      label: { imageType: "ZPLII", stockType: "STOCK_4X8" },
      serviceType: "FEDEX_FIRST_FREIGHT",
      packagingType: "FEDEX_PAK",
      pickupType: "DROPOFF_AT_FEDEX_LOCATION",
    });
  });

  it("asks for the address of each of the ERP's warehouses that ship with it, and again for one that is wrong", async () => {
    const on = bench({ fno });
    const wrong = address("12 Depot Rd").map(([label, value]): [string, unknown] =>
      label === "  Postal code" ? [label, "3721"] : [label, value],
    );
    const again = address("12 Depot Rd").map(([label, value]): [string, unknown] =>
      label === "  Postal code" ? [label, value] : [label, undefined],
    );
    const said = await ask(on, "fedex", [
      ["Account number", "700000000"],
      ...keys,
      ...untouched,
      ["2 warehouses can get a row; without one: orders that leave from it are set aside", true],
      ["Which warehouses get a row", ["24"]],
      ...wrong,
      ...again,
      ["fno-fedex is possible now", false],
    ]);
    expect(said).toContainEqual(expect.stringMatching(/^✗ fedex\.shipFrom\.24\.postalCode .*is not a postal code/));
    expect(on.config.fedex?.shipFrom).toEqual({ "24": shipFrom("12 Depot Rd") });
  });

  it("takes codes that are typed where no ERP tells its warehouses", async () => {
    const on = bench();
    await ask(on, "fedex", [
      ["Account number", "700000000"],
      ...keys,
      ...untouched,
      ["Codes of the warehouses", "24, 51"],
      ...address("12 Depot Rd"),
      ...address("200 Harbor Blvd"),
    ]);
    expect(on.config.fedex?.shipFrom).toEqual({ "24": shipFrom("12 Depot Rd"), "51": shipFrom("200 Harbor Blvd") });
  });

  it("asks for refused keys again, with one check each time", async () => {
    const on = bench();
    const refused = keys.map(([label, value]): [string, unknown] => [label, value === "s1" ? "wrong" : value]);
    await ask(on, "fedex", [
      ["Account number", "700000000"],
      ...refused,
      ...keys,
      ...untouched,
      ["Codes of the warehouses", ""],
    ]);
    expect(on.probed).toEqual(["fedex", "fedex"]);
  });
});

describe("connecting the pair that buys labels by asking", () => {
  const connected = () => bench({ fno, fedex: account });
  const settled: Script = [
    ["2 delivery modes can get a row; without one: the default service", true],
    ["delivery mode Air →", "FEDEX_2_DAY"],
    ["delivery mode Truck →", "\u0000typed"],
    ["delivery mode Truck →", "FEDEX_FREIGHT_PRIORITY"],
    ["What becomes one package", "maxWeight"],
    ["Weight of a package in", "kg"],
    ["Most that a package weighs", "20"],
    ["Addresses are homes", "never"],
    ["Shall an order wait", true],
    ["Program that prints", "lp"],
    ["Program that prints", '["lp","{file}"]'],
  ];

  it("wants the day from which on labels are bought, and takes no `all`", async () => {
    const on = connected();
    const said = await ask(on, "fno-fedex", [
      ["Orders created since which day (YYYY-MM-DD)", "all"],
      ["Orders created since which day", "2026-12-01"],
      ...settled,
    ]);
    expect(said).toContainEqual(expect.stringContaining('startDate = "all"'));
    expect(on.config["fno-fedex"]).toEqual({
      flows: { orders: { startDate: "2026-12-01" } },
      services: { Air: { serviceType: "FEDEX_2_DAY" }, Truck: { serviceType: "FEDEX_FREIGHT_PRIORITY" } },
      packing: "maxWeight",
      maxPackageWeight: { unit: "kg", value: 20 },
      residential: "never",
      requireInvoice: true,
      printCommand: ["lp", "{file}"],
    });
  });

  it("asks for rows only of what its filter takes", async () => {
    const on = connected();
    const [, air] = settled;
    const rest = settled.slice(4);
    const only: Script = [["1 delivery mode can get a row", true], ...(air ? [air] : []), ...rest];
    await ask(
      on,
      "fno-fedex",
      [["Orders created since", undefined], ...only],
      ["flows.orders.filter.deliveryModes=Air"],
    );
    expect(on.config["fno-fedex"]?.services).toEqual({ Air: { serviceType: "FEDEX_2_DAY" } });
  });

  it("asks what tells its orders from those of another pair, and has that one take the others", async () => {
    const on = bench({ fno, fedex: account, shipstation: {}, "fno-shipstation": {} });
    await ask(on, "fno-fedex", [
      ["Orders created since", undefined],
      ["What tells their orders apart?", "warehouses"],
      ["fno-fedex takes", ["51"]],
      ["Shall fno-shipstation take the others only: 24?", true],
      ...settled,
    ]);
    const filterOf = (pair: string) => on.config[pair]?.flows;
    expect(filterOf("fno-fedex")).toEqual({ orders: { startDate: "2026-11-21", filter: { warehouses: ["51"] } } });
    expect(filterOf("fno-shipstation")).toEqual({ orders: { filter: { warehouses: ["24"] } } });
  });
});

describe("connecting it without a person", () => {
  const given = (sets: string[]) => ({ name: "fno-fedex", sets, secrets: {}, check: false });

  it("names the setting that it cannot go without, and how it is given", async () => {
    const refused = connectGiven(bench({ fno, fedex: account }).bench, given([]));
    await expect(refused).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringContaining("fno-fedex.flows.orders.startDate is missing: labels are bought"),
      hint: "Give it as --set flows.orders.startDate=….",
    });
  });

  it("warns of another pair that may take the same orders, until their filters exclude each other", async () => {
    const day = "flows.orders.startDate=2026-12-01";
    const on = bench({ fno, fedex: account, shipstation: {}, "fno-shipstation": {} });
    expect((await connectGiven(on.bench, given([day]))).warnings).toEqual([
      expect.stringContaining("fno-fedex and fno-shipstation may take the same orders"),
    ]);
    on.config["fno-shipstation"] = { flows: { orders: { filter: { warehouses: ["24"] } } } };
    const apart = given([day, "flows.orders.filter.warehouses=51"]);
    expect((await connectGiven(on.bench, apart)).warnings).toEqual([]);
    const both = given([day, "flows.orders.filter.warehouses=51,24"]);
    expect((await connectGiven(on.bench, both)).warnings).toHaveLength(1);
  });
});
