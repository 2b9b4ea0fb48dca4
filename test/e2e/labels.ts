import { readLog } from "../../src/core/state/audit-reader.ts";
import { flowDirectory } from "../../src/core/state/flow-store.ts";
import type { SyncRequest } from "../../src/flows/runs.ts";
import { FedExSandbox } from "../../src/sandbox/fedex.ts";
import { openWorld } from "./world.ts";

const keys = { apiKey: "ship-key", apiSecret: "ship-secret", trackApiKey: "track-key", trackApiSecret: "track-secret" };
const accountNumber = "700000000";

/** A world whose orders get labels of FedEx in the place of ShipStation. */
export async function openLabels(
  pair: Record<string, unknown> = {},
  options: Omit<NonNullable<Parameters<typeof openWorld>[0]>, "seeded" | "pair"> = {},
) {
  const world = await openWorld({ seeded: false, ...options });
  const { clock, fno, hosts, open } = world;
  const fedex = new FedExSandbox({ clock, accountNumber, ...keys });
  hosts.set("fedex.test", fedex);
  const mlc = await open();
  await mlc.secrets.write(
    Object.fromEntries(Object.entries(keys).map(([name, value]) => [`fedex.${name}`, value])),
    "vault",
  );
  const { shipstation: _, "fno-shipstation": __, ...config } = mlc.config;
  const shipFrom = {
    company: "Northwind Parts",
    name: "Shipping Desk",
    phone: "6155550100",
    street1: "12 Depot Rd",
    city: "Nashville",
    state: "TN",
    postalCode: "37210",
    country: "US",
  };
  await mlc.settings.save({
    ...config,
    fedex: { apiUrl: "https://fedex.test", accountNumber, shipFrom: { "24": shipFrom } },
    "fno-fedex": { flows: { orders: { startDate: "2026-11-01", phone: "6155550111" } }, ...pair },
  });
  fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1 });
  fno.addCustomer("usmf", { CustomerAccount: "C-1", OrganizationName: "Harbor Tools" });
  const sync = async (flow: "orders" | "shipments", more: Partial<SyncRequest> = {}) => {
    const report = await (await open()).sync({ command: `sync ${flow}`, flows: [flow], ...more });
    clock.advance(15 * 60_000);
    return report?.flows[0];
  };
  return {
    ...world,
    fedex,
    sync,
    addOrder: (number: string, warehouses: readonly string[] = ["24"]) =>
      fno.addOrder({
        legalEntity: "usmf",
        number,
        customer: "C-1",
        lines: warehouses.map((warehouse) => ({ item: "A-1", quantity: 2, price: 10, warehouse })),
      }),
    /** Has a label of an order voided, as `mlc labels void` does. */
    voidLabels: async (id: string) => {
      const report = await (await open()).replay({ id, flow: "orders", asked: "void:*" }, {});
      clock.advance(60_000);
      return report;
    },
    /** What the shipments' log says happened: `usmf/SO-1 written …`. */
    audit: async () => {
      const { disk, stateDir } = await open();
      const lines: string[] = [];
      for await (const line of readLog(disk, flowDirectory(stateDir, "fno-fedex", "shipments"), {})) {
        if (!("outcome" in line && line.outcome)) continue;
        const more = "remark" in line ? line.remark : "error" in line ? line.error?.message : undefined;
        lines.push(`${line.key} ${line.outcome} ${more ?? ""}`.trim());
      }
      return lines;
    },
    /** The notes of an order, oldest first. */
    notes: (number: string) =>
      fno.attachments.filter((note) => note.SalesOrderNumber === number).map((note) => String(note.Notes)),
    header: (number: string) => fno.order("usmf", number)?.header ?? {},
  };
}

/** What `openLabels` gives. */
export type Labels = Awaited<ReturnType<typeof openLabels>>;
