import { jumpingClock } from "../../src/core/clock.ts";
import { readLog } from "../../src/core/state/audit-reader.ts";
import type { Disk } from "../../src/core/state/disk.ts";
import { flowDirectory } from "../../src/core/state/flow-store.ts";
import type { RunOptions, ToldAside } from "../../src/core/sync/run.ts";
import type { Mlc } from "../../src/mlc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { FnoSandbox, type OrderSpec } from "../../src/sandbox/fno.ts";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import { type ShipBobOptions, ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import { profileOnDisk, routed } from "../profile.ts";

export const channelId = 100_101;

const austin = {
  name: "Ana Lopez",
  street: "88 Cedar St",
  city: "Austin",
  state: "TX",
  zip: "78701",
  country: "USA",
  iso: "US",
};
/** Fields of the customer's own on F&O's order header. */
const customFields = {
  CustTracking: { type: "Edm.String", maxLength: 200 },
  CustCost: { type: "Edm.Decimal" },
  CustDelivery: { type: "Edm.String", maxLength: 100 },
} as const;

/** Simulated F&O and ShipBob in this process, and a profile on disk that sends orders from one to the other. */
export async function openShipBobWorld(
  given: { pair?: Record<string, unknown>; sandbox?: Partial<ShipBobOptions>; disk?: Disk } = {},
) {
  const clock = jumpingClock(new Date("2026-11-23T16:00:00Z"));
  const [tenantId, clientId, clientSecret] = ["tenant-1", "client-1", "entra-secret"];
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret, environmentHost: "fno.test" });
  const fno = new FnoSandbox({ clock, customFields, accepts: (token) => entra.accepts(token) });
  const shipbob = new ShipBobSandbox({
    clock,
    token: "pat",
    ...given.sandbox,
    switches: { shortage: "ignored", ...given.sandbox?.switches },
  });
  const hosts = new Map<string, SimulatedVendor>([
    ["login.test", entra],
    ["fno.test", fno],
    ["shipbob.test", shipbob],
  ]);
  const { open, remove } = await profileOnDisk({
    clock,
    disk: given.disk,
    fetch: routed(hosts),
    secrets: { "fno.clientSecret": clientSecret, "shipbob.accessToken": "pat" },
  });
  const config = (pair: Record<string, unknown>): Parameters<Mlc["settings"]["save"]>[0] => ({
    schema: 1,
    secrets: "vault",
    fno: { host: "https://fno.test", authority: "https://login.test", tenantId, clientId, legalEntities: ["usmf"] },
    shipbob: { apiUrl: "https://shipbob.test", channelId },
    "fno-shipbob": pair,
  });
  await (await open()).settings.save(config(given.pair ?? {}));
  fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1, InventoryUnitSymbol: "ea" });
  fno.addCustomer("usmf", { CustomerAccount: "C-1", OrganizationName: "Harbor Tools" });

  /** Adds a confirmed order of one line, but for what is given. */
  const addOrder = (number: string, more: Partial<OrderSpec> = {}) => {
    const lines = [{ item: "A-1", quantity: 2, price: 10, warehouse: "24" }];
    fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", shipTo: austin, lines, ...more });
  };
  /** Runs a flow, that of orders, as a new process would; then time passes, sixteen minutes. */
  const sync = async (given: Partial<RunOptions> & { flows?: string[]; afterMs?: number } = {}) => {
    const { afterMs = 16 * 60_000, ...more } = given;
    const asides: ToldAside[] = [];
    const mlc = await open();
    const observer = { aside: (one: ToldAside) => asides.push(one) };
    const report = await mlc.sync({ command: "sync orders", flows: ["orders"], ...more }, observer);
    clock.advance(afterMs);
    const flow = report?.flows[0];
    if (!flow) throw new Error("no flow ran");
    return { ...flow, asides };
  };
  /** Replays a record, as a new process would. */
  const replay = async (id: string) => {
    const mlc = await open();
    const report = await mlc.replay({ id });
    clock.advance(16 * 60_000);
    const flow = typeof report === "string" ? undefined : report.flows[0];
    if (!flow) throw new Error("nothing was replayed");
    return flow;
  };
  /** Sets the pair's settings anew. */
  const setPair = async (pair: Record<string, unknown>) => (await open()).settings.save(config(pair));
  /** Outcome and remark of every entry of a flow, with the natural key before them where it is asked for. */
  const told = async (flow = "orders", isNamed = false) => {
    const mlc = await open();
    const entries: string[] = [];
    for await (const line of readLog(mlc.disk, flowDirectory(mlc.stateDir, "fno-shipbob", flow), {}))
      if (line.kind === "result" && line.outcome)
        entries.push(`${isNamed ? `${line.naturalKey} ` : ""}${line.outcome} ${line.step}: ${line.remark ?? ""}`);
    return entries;
  };
  /** References and statuses of the orders at ShipBob, oldest first. */
  const orders = () =>
    shipbob.orders.map((order) => {
      const isCancelled = order.shipments.every(({ status }) => status === "Cancelled");
      return `${order.reference_id}${isCancelled ? " cancelled" : ""}`;
    });
  return {
    clock,
    fno,
    shipbob,
    desk: shipbob.desk,
    open,
    addOrder,
    sync,
    replay,
    setPair,
    told,
    orders,
    /** What stands in the customer's own fields of an order. */
    fields: (number: string) => {
      const { CustTracking, CustCost, CustDelivery } = fno.order("usmf", number)?.header ?? {};
      return [CustTracking, CustCost, CustDelivery];
    },
    close: remove,
  };
}
