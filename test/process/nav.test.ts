import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sandboxNav } from "../../src/commands/support/sandbox-nav.ts";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { seedShop } from "../../src/sandbox/seed/shop.ts";
import { type Bench, jsonLines, openBench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ connected: false });
});
afterEach(() => bench.close());

const { apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;

const flagsOf = (settings: Record<string, unknown>) =>
  Object.entries(settings).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
const connect = (name: string, settings: Record<string, unknown>, secrets?: Record<string, string>) =>
  bench.run(
    [
      ...["connect", name, "--no-input", "--store", "vault", ...flagsOf(settings)],
      ...(secrets ? ["--secrets-stdin"] : []),
    ],
    secrets ? { stdin: JSON.stringify(secrets) } : {},
  );
const connectNav = (more: Record<string, unknown> = {}, password = "sandbox-nav-access-key") =>
  connect("nav", { ...bench.settings.nav, ...more }, { password });

async function connectPair(keys: Record<string, string>) {
  const codes = [
    (await connectNav()).code,
    (await connect("shipstation", bench.settings.shipstation, keys)).code,
    (await connect("nav-shipstation", { "shippingAgents.ups/ups_ground": "UPS/GROUND" })).code,
  ];
  expect(codes).toEqual([0, 0, 0]);
}

const sync = async () => {
  const { code, stdout } = await bench.run(["sync", "shipments", "--json"]);
  const [flow] = (JSON.parse(stdout) as { flows: Record<string, unknown>[] }).flows;
  return { code, ...flow };
};

/** All that is kept of a profile, but its secrets. */
function filesOf(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("vault"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

describe("Dynamics NAV with ShipStation", () => {
  it.each([
    ["V1 and V2 keys", { apiKey, apiSecret, apiKeyV2 }],
    ["a V2 key alone", { apiKeyV2 }],
  ])("has each shipment on its order, once, with %s; one that is early waits for its order", async (_what, keys) => {
    seedShop(bench.shipstation, bench.nav.desk());
    await connectPair(keys);
    expect(await sync()).toMatchObject({ code: 0, created: 4, deadLettered: 0 });
    const desk = bench.nav.desk();
    const numbered = () => desk.orders.filter(({ tracking }) => tracking !== "");
    const sent = bench.shipstation.shipments.slice(0, 4);
    expect(numbered().map(({ external, tracking }) => [external, tracking])).toEqual(
      sent.map(({ orderNumber, trackingNumbers }) => [orderNumber, trackingNumbers[0]]),
    );
    const { length } = bench.nav.ledger;
    expect(await sync()).toMatchObject({ code: 0, created: 0, updated: 0 });
    expect(bench.nav.ledger).toHaveLength(length);

    const status = JSON.parse((await bench.run(["status", "--json"])).stdout);
    expect(status.flows).toEqual([
      expect.objectContaining({ pair: "nav-shipstation", flow: "shipments", deadLetters: 0 }),
    ]);
    const trail = jsonLines((await bench.run(["audit", "--json"])).stdout);
    expect(trail).toContainEqual(expect.objectContaining({ document: "SS-2001", outcome: "waiting" }));
    expect(trail).toContainEqual(expect.objectContaining({ document: "SS-1001", outcome: "written" }));
    const customers = desk.rows("customerCard").map(({ Name }) => String(Name));
    expect(customers.filter((name) => filesOf(bench.home).includes(name))).toEqual([]);

    // The order arrives in NAV, and its shipment with it.
    const [customer] = desk.rows("customerCard");
    const [first] = desk.orders;
    const number = desk.addOrder(
      { Sell_to_Customer_No: String(customer?.No), External_Document_No: "SS-2001" },
      (first?.lines ?? []).map(({ item, quantity }) => ({ No: item, Quantity: quantity })),
    );
    bench.clock.sleep(24 * 3_600_000);
    expect(await sync()).toMatchObject({ code: 0, deadLettered: 0 });
    expect(desk.orderOf(number).tracking).toBe(bench.shipstation.shipments.at(-1)?.trackingNumbers[0]);
  });

  it("is asked who we are there, and found in order", async () => {
    const { stderr, code } = await connectNav();
    expect(code).toBe(0);
    expect(stderr).toContain(`Connected nav: company ${sandboxNav.company} at `);
    const { stdout } = await bench.run(["ping", "nav", "--json"]);
    expect(JSON.parse(stdout).systems).toEqual([
      expect.objectContaining({ ok: true, warnings: [], identity: expect.stringMatching(/, as user SYNC$/) }),
    ]);
    await connect("shipstation", bench.settings.shipstation, { apiKey, apiSecret });
    await connect("nav-shipstation", { "shippingAgents.ups": "DHL" });
    const doctor = await bench.run(["doctor", "--json"]);
    expect(doctor.code).toBe(6);
    expect(JSON.parse(doctor.stdout).checks).toContainEqual(
      expect.objectContaining({ name: "shippingAgents.ups", state: "failed" }),
    );
  });

  it("goes through a gateway that takes OAuth client credentials", async () => {
    const { stderr, code } = await connect("nav", bench.settings.navGateway, {
      clientSecret: sandboxNav.clientSecret,
    });
    expect(stderr).toContain(`as client ${sandboxNav.clientId} of the gateway`);
    expect(code).toBe(0);
    const { stdout } = await bench.run(["ping", "nav", "--json"]);
    expect(JSON.parse(stdout).systems[0]).toMatchObject({ ok: true });
  });

  it.each<[string, () => Promise<{ code: number | null; stderr: string }>, number, string]>([
    ["a wrong key", () => connectNav({}, "canary-wrong"), 4, "access key is wrong"],
    ["a company in another spelling", () => connectNav({ company: "cronus usa, inc." }), 6, "it is spelled CRONUS USA"],
    ["the address of V3", () => connectNav({ baseUrl: `${bench.urls.nav}/DynamicsNAV110/OData` }), 6, "NAV 2016"],
    ["Windows authentication", () => connectNav({ auth: "Windows" }), 6, "make a second server instance"],
  ])("keeps nothing of %s", async (_what, attempt, exitCode, sentence) => {
    const { code, stderr } = await attempt();
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("canary-wrong");
    expect(code).toBe(exitCode);
    expect(() => readFileSync(join(bench.home, "default", "config.json"))).toThrow("ENOENT");
  });

  it("names a Windows-only instance with what to do", async () => {
    bench.nav.switches.credentialType = "Windows";
    const { code, stderr } = await connectNav();
    expect(code).toBe(4);
    expect(stderr).toContain("Make a second server instance with the credential type NavUserPassword");
  });
});
