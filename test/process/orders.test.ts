import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { type Bench, openBench } from "./fixture.ts";

const pem = (name: string) => readFileSync(join(import.meta.dirname, "..", "fixtures", "entra", name), "utf8");

it("connects with a certificate and a carelessly typed host, and asks for one token in many runs", async () => {
  const certificate = pem("app-certificate.pem");
  const bench = await openBench({ connected: false, certificate });
  const { tenantId, clientId } = sandboxCredentials;
  const host = `${bench.urls.fno.replace("http://127.0.0.1", "HTTP://LocalHost")}/`;
  const settings = { host, authority: bench.urls.entra, tenantId, clientId, legalEntities: "USMF,demf" };
  const sets = Object.entries(settings).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
  const stdin = JSON.stringify({ certificate, privateKey: pem("app-key.pem") });
  const args = ["connect", "fno", "--no-input", "--store", "vault", ...sets, "--secrets-stdin"];
  expect((await bench.run(args, { stdin })).code).toBe(0);
  const { stdout } = await bench.run(["config", "get", "fno.host"]);
  expect(stdout.trim()).toBe(bench.urls.fno.replace("127.0.0.1", "localhost"));
  await bench.run(["ping"]);
  const asked = bench.entra.tokenRequests;
  for (let run = 0; run < 2; run += 1) expect((await bench.run(["ping"])).code).toBe(0);
  expect(bench.entra.tokenRequests).toBe(asked);
  await bench.close();
});

describe("mlc sync orders", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  it("says in a sentence why Entra gave no token, and what to do", async () => {
    bench.entra.secretIsExpired = true;
    const expired = await bench.run(["sync", "orders"]);
    expect(expired.code).toBe(4);
    expect(expired.stderr).toMatch(/client secret has expired \(AADSTS7000222\)\.\n {2}→ Create a new client secret/);
    bench.entra.secretIsExpired = false;
    bench.entra.unavailableTimes = 100;
    const busy = await bench.run(["sync", "orders"]);
    expect(busy.code).toBe(5);
    expect(busy.stderr).toMatch(/AADSTS90033\)\.\n {2}→ Run it again/);
    bench.entra.unavailableTimes = 0;
  });

  it("ends with 5 at a page link to another host", async () => {
    Object.assign(bench.fno.switches, { pageSize: 10, honoursMaxPageSize: false, nextLinkHost: "evil.example" });
    const { code, stderr } = await bench.run(["sync", "orders"]);
    expect(code).toBe(5);
    expect(stderr).toMatch(/leads to another host: evil\.example.*\n {2}→ /);
    Object.assign(bench.fno.switches, { pageSize: 10_000, honoursMaxPageSize: true, nextLinkHost: undefined });
  });

  it("refuses another key template once orders exist, in each place where it can be set", async () => {
    expect((await bench.run(["sync", "orders"])).code).toBe(3);
    const template = "flows.orders.keyTemplate={orderNumber}";
    for (const args of [
      ["config", "set", `fno-shipstation.${template}`],
      ["connect", "fno-shipstation", "--no-input", "--set", template],
    ]) {
      const { code, stderr } = await bench.run(args);
      expect(code).toBe(6);
      expect(stderr).toMatch(/names documents that were delivered already.*\n {2}→ Leave it at "\{legalEntity\}/);
    }
    expect((await bench.run(["sync", "orders"])).code).toBe(0);
  });

  it("dry: tells an update whole and drift by its fields, and sends neither", async () => {
    await bench.run(["config", "set", "fno-shipstation.warehouses.24=1001"]);
    bench.fno.editLine("usmf", "SO-1001", 1, { OrderedSalesQuantity: 77 });
    const before = bench.shipstation.ledger.length;
    const { stdout } = await bench.run(["sync", "orders", "--dry-run"]);
    expect(stdout).toMatch(
      /^SO-1001 \(usmf\/SO-1001\): update usmf-SO-1001\n {2}differs: advancedOptions\.warehouseId, items\n {2}\{/m,
    );
    expect(stdout).toContain('"quantity": 77');
    expect(stdout).toMatch(
      /^SO-1002 .*: drifted, sent with --resend only\n {2}differs: advancedOptions\.warehouseId$/m,
    );
    const { planned } = JSON.parse((await bench.run(["sync", "orders", "-n", "--json"])).stdout);
    expect(planned).toContainEqual(
      expect.objectContaining({ document: "SO-1002", drift: true, fields: ["advancedOptions.warehouseId"] }),
    );
    expect(bench.shipstation.ledger).toHaveLength(before);
  });
});
