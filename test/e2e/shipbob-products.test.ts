import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { openMlc } from "../../src/mlc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { FnoSandbox } from "../../src/sandbox/fno.ts";
import type { SimulatedVendor, SocketEnv } from "../../src/sandbox/kit.ts";
import { ShipBobSandbox } from "../../src/sandbox/shipbob.ts";

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** A profile on disk that joins a simulated F&O with a simulated ShipBob, all else as a stock pair has it. */
async function openWorld(products: object = {}) {
  const clock = jumpingClock(new Date("2026-11-23T16:00:00Z"));
  const entra = new EntraSandbox({ clock, tenantId: "contoso", clientId: "app-1", clientSecret: "entra-secret" });
  const fno = new FnoSandbox({ clock, accepts: (token) => entra.accepts(token) });
  const shipbob = new ShipBobSandbox({ clock, token: "pat" });
  const hosts = new Map<string, SimulatedVendor>([
    ["login.test", entra],
    ["fno.test", fno],
    ["shipbob.test", shipbob],
  ]);
  const home = mkdtempSync(join(tmpdir(), "mlc-shipbob-products-"));
  homes.push(home);
  const env: SocketEnv = {};
  const open = () =>
    openMlc({
      profile: "default",
      env: { MLC_HOME: home },
      platform: process.platform,
      homedir: home,
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
      clock,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const vendor = hosts.get(new URL(request.url).hostname);
        if (!vendor) throw new Error(`nobody is ${request.url}`);
        return vendor.fetch(request, env);
      },
    });
  const first = await open();
  await first.disk.makeDirectory(first.dir);
  await first.secrets.makeVaultKey();
  await first.secrets.write({ "fno.clientSecret": "entra-secret", "shipbob.accessToken": "pat" }, "vault");
  await first.saveConfig({
    schema: 1,
    secrets: "vault",
    fno: {
      host: "https://fno.test",
      authority: "https://login.test",
      tenantId: "contoso",
      clientId: "app-1",
      legalEntities: ["usmf"],
    },
    shipbob: { apiUrl: "https://shipbob.test", channelId: 100101 },
    "fno-shipbob": { flows: { products } },
  });
  /** Runs the flow as a new process would, sixteen minutes after the last one. */
  const sync = async () => {
    const report = await (await open()).sync({ command: "sync products", flows: ["products"] }, {});
    clock.advance(16 * 60_000);
    return report;
  };
  return { fno, shipbob, sync };
}

it("moves released products of the chosen categories to ShipBob, once", async () => {
  const { fno, shipbob, sync } = await openWorld({ categories: "Mugs", inactiveStates: "Obsolete" });
  for (const item of ["A-1", "A-2"]) {
    fno.addProduct("usmf", { ItemNumber: item, ProductNumber: item, NetProductWeight: 0.5 });
    fno.addProductRow("ProductsV2", { ProductNumber: item, ProductName: `Mug ${item}` });
  }
  const assigned = { ProductCategoryName: "Mugs", ProductCategoryHierarchyName: "Retail" };
  fno.addProductRow("ProductCategoryAssignments", { ProductNumber: "A-1", ...assigned });
  const ran = await sync();
  expect(ran).toMatchObject({ exitCode: 0, flows: [{ pair: "fno-shipbob", flow: "products", created: 1 }] });
  fno.editProduct("usmf", "A-1", { ProductLifecycleStateId: "Obsolete" });
  expect(await sync()).toMatchObject({ exitCode: 0, flows: [{ created: 0, updated: 1, drift: 0 }] });
  expect(await sync()).toMatchObject({ exitCode: 0, flows: [{ created: 0, updated: 0, unchanged: 1, drift: 0 }] });
  const [product, ...others] = shipbob.products;
  expect(others).toEqual([]);
  expect(product).toMatchObject({ name: "Mug A-1", variants: [{ sku: "A-1", status: 2, fields: { weight: 17.64 } }] });
});
