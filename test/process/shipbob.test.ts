import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sandboxShipBob } from "../../src/commands/support/sandbox-shipbob.ts";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { seedOnHand, seedShipBob } from "../../src/sandbox/seed/shipbob.ts";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ connected: false });
});
afterEach(() => bench.close());

const { accessToken } = sandboxShipBob;
const connect = (name: string, sets: Record<string, unknown>, secrets?: Record<string, string>) =>
  bench.run(
    [
      ...["connect", name, "--no-input", "--store", "vault"],
      ...Object.entries(sets).flatMap(([path, value]) => ["--set", `${path}=${value}`]),
      ...(secrets ? ["--secrets-stdin"] : []),
    ],
    secrets ? { stdin: JSON.stringify(secrets) } : {},
  );

/** A profile of F&O and ShipBob, whose centre 8 is warehouse 25, and an order of that warehouse. */
async function connected() {
  seedShipBob(bench.shipbob, { 8: 500, 45: 40 });
  seedOnHand(bench.fno, { 8: "25" });
  const lines = [{ item: "D0001", quantity: 2, warehouse: "25" }];
  const shipTo = { name: "Ana", street: "88 Cedar St", city: "Austin", state: "TX", zip: "78701", country: "USA" };
  bench.fno.addOrder({ legalEntity: "usmf", number: "SO-2101", customer: "C-2001", shipTo, lines });
  const { clientSecret } = sandboxCredentials;
  expect((await connect("fno", { ...bench.settings.fno, legalEntities: "usmf" }, { clientSecret })).code).toBe(0);
  expect((await connect("shipbob", bench.settings.shipbob, { accessToken })).code).toBe(0);
  expect((await connect("fno-shipbob", { "fulfillmentCenters.8": 25 })).code).toBe(0);
}

describe("F&O with ShipBob", () => {
  it("sends orders and products, brings shipments back, and reports stock and charges that add up", async () => {
    await connected();
    const sent = await bench.run(["sync"]);
    expect(sent.stdout).toMatch(/orders +\d.* 1 created\n[\s\S]+products +\d.* 9 updated, 1 unchanged/);
    bench.clock.advance(3_600_000);
    bench.shipbob.desk.ship("SO-2101");
    bench.shipbob.desk.settle();
    expect((await bench.run(["sync", "shipments"])).stdout).toContain("1 created");

    const stock = await bench.run(["sync", "inventory"]);
    expect(stock).toMatchObject({ code: 0, stderr: expect.stringMatching(/3 differ on hand; 10 cannot.+Nothing/) });
    expect(stock.stdout).toContain("Ontario 6 (CA): no warehouse: set fulfillmentCenters.45 (10 SKUs)\n");
    const file = join(bench.home, "stock.csv");
    expect((await bench.run(["sync", "inventory", "--report", file])).stdout).toBe("");
    expect(readFileSync(file, "utf8")).toContain("\nD0002,Cicero (IL),25,500,500,488,488,12,\r\n");
    const charges = await bench.run(["charges", "--csv"]);
    expect(charges.stdout).toMatch(/,SO-2101,\d+,Charge,Shipping,7\.42,0,USD,\d+\r\n/);
    expect(charges).toMatchObject({ code: 0, stderr: "1 charge, 1 invoice dated in 2026-11.\n" });

    const writes = bench.shipbob.ledger.length + bench.fno.ledger.length;
    expect((await bench.run(["sync"])).code).toBe(0);
    expect(bench.shipbob.ledger.length + bench.fno.ledger.length).toBe(writes);
    const doctor = await bench.run(["doctor"]);
    expect(doctor.stdout).toContain("fulfillmentCenters.8: Cicero (IL) is there, for 25");
    expect(doctor.stdout).not.toContain("no row for fulfillment center");
    expect(`${stock.stdout}${doctor.stdout}`.split("\n").filter((line) => line.length > 80)).toEqual([]);
  }, 60_000);

  it("refuses a wrong token with 4 and a channel that is not there with 6, and warns of one that is another's", async () => {
    const { apiUrl } = bench.settings.shipbob;
    expect(await connect("shipbob", { apiUrl, channelId: 100_101 }, { accessToken: "wrong" })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("Integrations > API Tokens"),
    });
    expect(await connect("shipbob", { apiUrl, channelId: 9 }, { accessToken })).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("100101 (API)"),
    });
    expect((await connect("shipbob", { apiUrl, channelId: 100_102 }, { accessToken })).stderr).toContain(
      "lacks orders_write in channel 100102",
    );
  }, 30_000);
});
