import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jumpingClock } from "../../src/core/clock.ts";
import { readLog } from "../../src/core/state/audit-reader.ts";
import { flowDirectory } from "../../src/core/state/flow-store.ts";
import type { Planned, RunOptions, ToldAside } from "../../src/core/sync/run.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import type { FedExSwitches } from "../../src/sandbox/fedex/switches.ts";
import { FedExSandbox } from "../../src/sandbox/fedex.ts";
import { FnoSandbox, type OrderSpec } from "../../src/sandbox/fno.ts";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import { labelsIn } from "../../src/systems/fedex/label-memo.ts";
import { profileOnDisk, routed } from "../profile.ts";
import { nashville } from "./fedex-kit.ts";

const austin = {
  name: "Ana Lopez",
  street: "88 Cedar St",
  city: "Austin",
  state: "TX",
  zip: "78701",
  country: "USA",
  iso: "US",
};

/** Simulated F&O and FedEx in this process, and a profile on disk whose orders get labels. */
export async function openFedExWorld(
  given: { pair?: Record<string, unknown>; fedex?: Record<string, unknown>; switches?: Partial<FedExSwitches> } = {},
) {
  const clock = jumpingClock(new Date("2026-11-23T16:00:00Z"));
  const [tenantId, clientId, clientSecret] = ["tenant-1", "client-1", "entra-secret"];
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret, environmentHost: "fno.test" });
  const fno = new FnoSandbox({ clock, accepts: (token) => entra.accepts(token) });
  const keys = {
    apiKey: "ship-key",
    apiSecret: "ship-secret",
    trackApiKey: "track-key",
    trackApiSecret: "track-secret",
  };
  const fedex = new FedExSandbox({ clock, accountNumber: "700000000", ...keys, switches: given.switches ?? {} });
  const hosts = new Map<string, SimulatedVendor>([
    ["login.test", entra],
    ["fno.test", fno],
    ["fedex.test", fedex],
  ]);
  /** Answers a request in FedEx's place where it gives something. */
  const standIn: { answer?: (request: Request) => Response | undefined } = {};
  const isFedEx = ({ url }: Request) => new URL(url).hostname === "fedex.test";
  const route = routed(hosts, (request) => (isFedEx(request) ? standIn.answer?.(request) : undefined));
  const own = Object.fromEntries(Object.entries(keys).map(([name, value]) => [`fedex.${name}`, value]));
  const secrets = { "fno.clientSecret": clientSecret, ...own };
  const { home, open, remove } = await profileOnDisk({ clock, fetch: route, secrets });
  const first = await open();
  await first.settings.save({
    schema: 1,
    secrets: "vault",
    fno: { host: "https://fno.test", authority: "https://login.test", tenantId, clientId, legalEntities: ["usmf"] },
    fedex: {
      apiUrl: "https://fedex.test",
      accountNumber: "700000000",
      shipFrom: { "24": nashville, "51": nashville },
      ...given.fedex,
    },
    "fno-fedex": { flows: { orders: { startDate: "2026-11-01" } }, ...given.pair },
  });
  fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1 });
  fno.addCustomer("usmf", {
    CustomerAccount: "C-1",
    OrganizationName: "Harbor Tools",
    PrimaryContactPhone: "5125550123",
  });

  /** Adds a confirmed order of one line, but for what is given. */
  const addOrder = (number: string, more: Partial<OrderSpec> = {}) => {
    const lines = [{ item: "A-1", quantity: 2, price: 10, warehouse: "24" }];
    fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", shipTo: austin, lines, ...more });
  };
  /** Runs the orders flow as a new process would, sixteen minutes after the last one. */
  const sync = async (more: Partial<RunOptions> = {}) => {
    const [planned, asides]: [Planned[], ToldAside[]] = [[], []];
    const mlc = await open();
    const observer = { planned: (one: Planned) => planned.push(one), aside: (one: ToldAside) => asides.push(one) };
    const report = await mlc.sync({ command: "sync orders", flows: ["orders"], ...more }, observer);
    clock.advance(16 * 60_000);
    const flow = report?.flows[0];
    if (!flow) throw new Error("no flow ran");
    return { ...flow, planned, asides };
  };
  /** Replays a record, as a new process would. */
  const replay = async (id: string, more: Record<string, unknown> = {}) => {
    const mlc = await open();
    const report = await mlc.replay({ id, ...more });
    clock.advance(16 * 60_000);
    const flow = typeof report === "string" ? undefined : report.flows[0];
    if (!flow) throw new Error("nothing was replayed");
    return flow;
  };
  /** Outcome and remark of every entry of the orders flow. */
  const told = async () => {
    const mlc = await open();
    const found: string[] = [];
    for await (const line of readLog(mlc.disk, flowDirectory(mlc.stateDir, "fno-fedex", "orders"), {}))
      if ("outcome" in line && line.outcome)
        found.push(
          `${line.outcome}: ${"remark" in line ? (line.remark ?? "") : "error" in line ? line.error?.message : ""}`,
        );
    return found;
  };
  /** The labels of an order, as its delivery remembers them. */
  const labels = async (number: string) => {
    const store = await (await open()).state.open("fno-fedex", "orders", "read");
    try {
      const delivery = (await store?.load([`usmf/${number}`]))?.get(`usmf/${number}`);
      return delivery ? labelsIn(delivery) : [];
    } finally {
      await store?.close();
    }
  };
  const labelsDir = join(first.dir, "labels");
  const files = (dir: string) => readdirSync(join(labelsDir, dir)).sort();
  const reference = (number: string) => `usmf-${number}`;
  return {
    clock,
    fno,
    fedex,
    standIn,
    home,
    open,
    addOrder,
    sync,
    replay,
    told,
    labels,
    files,
    labelsDir,
    /** Everything that the profile has in text files, but labels and their answers. */
    texts: () =>
      readdirSync(first.dir, { recursive: true, encoding: "utf8", withFileTypes: true })
        .filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).startsWith(labelsDir))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
        .join("\n"),
    /** How many live labels each order has at FedEx, whatever their generations. */
    live: (number: string) =>
      fedex.shipments.filter(
        ({ status, pieces }) =>
          status === "live" && pieces.some(({ references }) => references.some(({ value }) => value === number)),
      ).length,
    /** Purchases that arrived at FedEx. */
    purchases: () => fedex.requests.filter((request) => request === "POST /ship/v1/shipments").length,
    reference,
    close: remove,
  };
}
