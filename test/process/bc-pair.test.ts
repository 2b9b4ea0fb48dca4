import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sandboxBooking } from "../../src/commands/support/sandbox-booking.ts";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { seedCompany } from "../../src/sandbox/seed/company.ts";
import { missingItem, seedWebShop, webOrders } from "../../src/sandbox/seed/web-shop.ts";
import { type Bench, jsonLines, openBench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ connected: false, seeded: false });
  seedCompany(bench.bc.desk());
  seedWebShop(bench.shipstation);
});
afterEach(() => bench.close());

const { clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;

const connect = (name: string, settings: object = {}, secrets: object = {}) => {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const sets = Object.entries(settings).flatMap(([path, value]) => ["--set", `${path}=${text(value)}`]);
  const hasSecrets = Object.keys(secrets).length > 0;
  const stdin = hasSecrets ? ["--store", "vault", "--secrets-stdin"] : [];
  return bench.run(["connect", name, "--no-input", ...stdin, ...sets], { stdin: JSON.stringify(secrets) });
};
const connectSystems = async () => {
  const codes = [
    (await connect("bc", bench.settings.bc, { clientSecret })).code,
    (await connect("shipstation", bench.settings.shipstation, { apiKey, apiSecret, apiKeyV2 })).code,
  ];
  expect(codes).toEqual([0, 0]);
};
const counts = (stdout: string) => {
  const { flows } = JSON.parse(stdout) as { flows: Record<string, unknown>[] };
  return Object.fromEntries(flows.map(({ flow, ...rest }) => [flow, rest]));
};
const booked = () =>
  bench.bc
    .desk()
    .invoices.map(({ header }) => `${header.externalDocumentNumber} ${header.status} ${header.totalAmountIncludingTax}`)
    .sort();

describe("Business Central with ShipStation", () => {
  it("is connected by the lines that the sandbox prints, books what was shipped once, and says how it stands", async () => {
    await connectSystems();
    const connected = await connect("bc-shipstation", sandboxBooking);
    expect(connected).toMatchObject({ code: 0, stdout: "" });
    expect(connected.stderr).toContain("Connected bc-shipstation: company CRONUS USA, Inc.");
    const ping = JSON.parse((await bench.run(["ping", "--json"])).stdout);
    expect(ping.systems).toMatchObject([
      { system: "bc", ok: true },
      { system: "shipstation", ok: true },
    ]);

    const first = await bench.run(["sync", "--json"]);
    expect(first.code).toBe(0);
    expect(counts(first.stdout)).toMatchObject({
      sales: { created: 6, waiting: 1, deadLettered: 0, unknown: 0 },
      shipments: { created: 0, skipped: 7, waiting: 1 },
      products: { waiting: 3, deadLettered: 0 },
      customers: { deadLettered: 0 },
    });
    const invoices = [
      "WEB-SHOP-WEB-1001 Open 122.65",
      "WEB-SHOP-WEB-1002 Open 250.65",
      "WEB-SHOP-WEB-1003 Open 477.9",
      "WEB-SHOP-WEB-1004 Open 502.95",
      "WEB-SHOP-WEB-1005 Open 514.65",
      "WEB-SHOP-WEB-1007 Open 899",
    ];
    expect(booked()).toEqual(invoices);
    const status = await bench.run(["status", "--json"]);
    expect(status.code).toBe(0);
    const { flows, waitingRecords, attention } = JSON.parse(status.stdout);
    expect(flows).toMatchObject([
      { flow: "sales", waiting: 1, deadLetters: 0 },
      { flow: "shipments", waiting: 1 },
      { flow: "products", waiting: 3 },
      { flow: "customers", waiting: 0 },
    ]);
    expect(waitingRecords).toContainEqual(
      expect.objectContaining({ document: missingItem.number, message: expect.stringContaining("WEB-1010") }),
    );
    expect(attention).toEqual([]);

    // The item is added, the open order leaves, and nothing is booked twice.
    bench.bc.desk().addItem(missingItem);
    expect((await bench.run(["replay", "--all", "--yes"])).code).toBe(0);
    const shipped = await fetch(`${bench.urls.shipstation}/sandbox/ship/${webOrders.openUnknownSku}`, {
      method: "POST",
    });
    expect(shipped.status).toBe(200);
    bench.clock.advance(15 * 60_000);
    expect(counts((await bench.run(["sync", "--json"])).stdout)).toMatchObject({ sales: { created: 1 } });
    const all = [...invoices, "WEB-SHOP-WEB-1006 Open 115.95", "WEB-SHOP-WEB-1010 Open 143.4"].sort();
    expect(booked()).toEqual(all);
    bench.clock.advance(15 * 60_000);
    const writes = bench.bc.ledger.length + bench.shipstation.ledger.length;
    expect((await bench.run(["sync", "--ignore-schedule"])).code).toBe(0);
    expect(bench.bc.ledger.length + bench.shipstation.ledger.length).toBe(writes);

    const trail = jsonLines((await bench.run(["audit", webOrders.inTwoParcels, "--json"])).stdout);
    expect(
      trail.map(({ flow, outcome }) => `${flow} ${outcome}`).filter((line) => !line.endsWith("undefined")),
    ).toEqual(["sales created", "sales written", "sales posted", "shipments skipped", "shipments skipped"]);
    const shown = (await bench.run(["audit", webOrders.withTax])).stdout;
    expect(shown).toMatch(/created +S-INV\d+\n/);
    const doctor = await bench.run(["doctor", "--json"]);
    expect(doctor.code).toBe(0);
    const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; state: string }[] };
    expect(checks.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(checks.map(({ name }) => name)).toContain("customers.account");
  });

  it("has sync products write what ShipStation lacks as a file for its import", async () => {
    await connectSystems();
    await connect("bc-shipstation", sandboxBooking);
    const file = join(bench.home, "products.csv");
    const { code, stderr } = await bench.run(["sync", "products", "--csv", file]);
    expect(code).toBe(0);
    expect(stderr).toContain("2 items without a product");
    expect(readFileSync(file, "utf8")).toBe("SKU,Name\r\nR0050,Acoustic foam\r\nRFI-TEST-001,Ferrite core\r\n");
  });

  it("works without a single setting: buyers are found by e-mail, and what needs an account says so", async () => {
    await connectSystems();
    expect((await connect("bc-shipstation")).code).toBe(0);
    const { code, stderr } = await bench.run(["sync", "orders"]);
    expect(code).toBe(3);
    expect(stderr).toContain("lines.shippingAccount");
    expect(booked()).toEqual(["WEB-SHOP-WEB-1003 Open 477.9", "WEB-SHOP-WEB-1007 Open 899"]);
    await bench.run(["config", "set", "bc-shipstation.lines.shippingAccount=40200"]);
    bench.bc.desk().addItem(missingItem);
    await bench.run(["replay", "--all", "--yes"]);
    expect(booked()).toContain("WEB-SHOP-WEB-1001 Open 122.65");
  });

  it.each([
    [{ booking: "sale" }, "bc-shipstation.booking"],
    [{ "lines.tax": "account" }, "bc-shipstation.lines.taxAccount"],
    [{ "tracking.routes": "pigeon" }, "bc-shipstation.tracking.routes"],
    [{ "tracking.routes": "customApi" }, "bc-shipstation.tracking.customApi.path"],
    [{ "storeRules.shop": { booking: "order" } }, "bc-shipstation.storeRules.shop"],
    [{ "storeRules.771200": { lines: { tax: "account" } } }, "bc-shipstation.storeRules.771200.lines.taxAccount"],
    [{ "weight.source": "csv" }, "bc-shipstation.weight.unit"],
    [{ "customers.acount": "WEBSHOP" }, "acount"],
  ])("refuses %j with 6 and names the setting", async (settings, path) => {
    await connectSystems();
    const refused = await connect("bc-shipstation", settings);
    expect(refused.stderr).toContain(path);
    expect(refused.code).toBe(6);
    expect(JSON.parse(readFileSync(join(bench.home, "default", "config.json"), "utf8"))).not.toHaveProperty(
      "bc-shipstation",
    );
  });
});
