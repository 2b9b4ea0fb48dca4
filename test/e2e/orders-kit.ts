import { readLog } from "../../src/core/state/audit-reader.ts";
import { flowDirectory } from "../../src/core/state/flow-store.ts";
import type { Planned, ToldAside } from "../../src/core/sync/run.ts";
import { openWorld } from "./world.ts";

/** The simulated vendors with a connected profile. */
export type World = Awaited<ReturnType<typeof openWorld>>;

const oneLine = [{ item: "A-1", quantity: 2, price: 10, warehouse: "24" }];

/** A world with one customer and one product. */
export async function worldWith(options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld({ seeded: false, ...options });
  world.fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1 });
  world.fno.addCustomer("usmf", {
    CustomerAccount: "C-1",
    OrganizationName: "Harbor Tools",
    PrimaryContactPhone: "555 0100",
  });
  return world;
}

/** Adds a confirmed order of one line, but for what is given. */
export function addOrder(world: World, number: string, more: object = {}): void {
  world.fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines: oneLine, ...more });
}

/** Runs the orders flow as a new process would; every run is a minute later. */
export async function sync(world: World, more: object = {}) {
  const [planned, asides, counted]: [Planned[], ToldAside[], number[]] = [[], [], []];
  const mlc = await world.open();
  const report = await mlc.sync(
    { command: "sync orders", flows: ["orders"], ...more },
    {
      planned: (one) => planned.push(one),
      aside: (one) => asides.push(one),
      firstRun: async ({ documents }) => void counted.push(documents),
    },
  );
  world.clock.advance(60_000);
  const flow = report?.flows[0];
  if (!flow) throw new Error("no flow ran");
  return { ...flow, planned, asides, counted, exitCode: report?.exitCode };
}

/** Outcome and remark of every entry of the orders flow. */
export async function remarks(world: World): Promise<string[]> {
  const mlc = await world.open();
  const found: string[] = [];
  for await (const line of readLog(mlc.disk, flowDirectory(mlc.stateDir, "fno-shipstation", "orders"), {})) {
    if ("outcome" in line && line.outcome)
      found.push(`${line.outcome}: ${"remark" in line ? (line.remark ?? "") : ""}`);
  }
  return found;
}

/** An order at the shipper by its key. */
export const held = (world: World, key: string) => world.shipstation.orders.find(({ orderKey }) => orderKey === key);
