import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jumpingClock } from "../../src/core/clock.ts";
import type { ToldAside } from "../../src/core/sync/run.ts";
import { type Mlc, openMlc } from "../../src/mlc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { FnoSandbox, type OrderSpec } from "../../src/sandbox/fno.ts";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import { ShipBobSandbox } from "../../src/sandbox/shipbob.ts";

const austin = {
  name: "Ana Lopez",
  street: "88 Cedar St",
  city: "Austin",
  state: "TX",
  zip: "78701",
  country: "USA",
  iso: "US",
};
const map = { trackingNumber: "CustTracking", shippingCost: "CustCost", deliveryStatus: "CustDelivery" };

/** Simulated F&O and ShipBob in this process, and a profile on disk with the pair of both. */
export async function openShipBobWorld(pair: Record<string, unknown> = {}) {
  const clock = jumpingClock(new Date("2026-11-23T16:00:00Z"));
  const [tenantId, clientId, clientSecret] = ["tenant-1", "client-1", "entra-secret"];
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret, environmentHost: "fno.test" });
  const customFields = {
    CustTracking: { type: "Edm.String", maxLength: 200 },
    CustCost: { type: "Edm.Decimal" },
    CustDelivery: { type: "Edm.String", maxLength: 100 },
  } as const;
  const fno = new FnoSandbox({ clock, customFields, accepts: (token) => entra.accepts(token) });
  const shipbob = new ShipBobSandbox({ clock, token: "pat" });
  const hosts = new Map<string, SimulatedVendor>([
    ["login.test", entra],
    ["fno.test", fno],
    ["shipbob.test", shipbob],
  ]);
  const route = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const vendor = hosts.get(new URL(request.url).hostname);
    if (!vendor) throw new Error(`nobody is ${request.url}`);
    return vendor.fetch(request, {});
  };
  const home = mkdtempSync(join(tmpdir(), "mlc-shipbob-"));
  const open = (): Promise<Mlc> =>
    openMlc({
      profile: "default",
      env: { MLC_HOME: home },
      platform: process.platform,
      homedir: home,
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
      fetch: route,
      clock,
    });
  const first = await open();
  await first.disk.makeDirectory(first.dir);
  await first.secrets.makeVaultKey();
  await first.secrets.write({ "fno.clientSecret": clientSecret, "shipbob.accessToken": "pat" }, "vault");
  await first.saveConfig({
    schema: 1,
    secrets: "vault",
    fno: { host: "https://fno.test", authority: "https://login.test", tenantId, clientId, legalEntities: ["usmf"] },
    shipbob: { apiUrl: "https://shipbob.test", channelId: 100_101 },
    "fno-shipbob": { writeBack: { headerFields: { map }, packingSlipTracking: false }, ...pair },
  });
  fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1, InventoryUnitSymbol: "ea" });
  fno.addCustomer("usmf", { CustomerAccount: "C-1", OrganizationName: "Harbor Tools" });
  shipbob.desk.addProduct({ sku: "A-1", stock: { 8: 1000, 20: 1000 } });

  return {
    clock,
    fno,
    shipbob,
    desk: shipbob.desk,
    /** Adds a confirmed order of one line, but for what is given. */
    addOrder: (number: string, more: Partial<OrderSpec> = {}) => {
      const lines = [{ item: "A-1", quantity: 2, price: 10, warehouse: "24" }];
      fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", shipTo: austin, lines, ...more });
    },
    /** Runs a flow as a new process would, then lets so much time pass. */
    sync: async (flow: "orders" | "shipments", afterMs = 16 * 60_000) => {
      const mlc = await open();
      const asides: string[] = [];
      const observer = { aside: ({ error }: ToldAside) => asides.push(error.message) };
      const report = await mlc.sync({ command: `sync ${flow}`, flows: [flow], yes: true }, observer);
      clock.advance(afterMs);
      const ran = report?.flows[0];
      if (!ran) throw new Error("no flow ran");
      return { ...ran, asides };
    },
    fields: (number: string) => {
      const { CustTracking, CustCost, CustDelivery } = fno.order("usmf", number)?.header ?? {};
      return [CustTracking, CustCost, CustDelivery];
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
