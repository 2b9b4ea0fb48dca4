import { readLog } from "../../src/core/state/audit-reader.ts";
import { flowDirectory } from "../../src/core/state/flow-store.ts";
import type { SyncRequest } from "../../src/flows/runs.ts";
import type { LineSpec } from "../../src/sandbox/fno.ts";
import { openWorld } from "./world.ts";

/** A line as most tests have it. */
export const oneLine: LineSpec = { item: "A-1", quantity: 2, price: 10, warehouse: "24" };

/** A world with two products and a customer, where orders are added, sent and shipped in a line each. */
export async function openShipping(options: Omit<NonNullable<Parameters<typeof openWorld>[0]>, "seeded"> = {}) {
  const world = await openWorld({ seeded: false, ...options });
  const { fno, clock } = world;
  for (const item of ["A-1", "B-2"])
    fno.addProduct("usmf", { ItemNumber: item, ProductType: "Item", NetProductWeight: 1 });
  fno.addCustomer("usmf", { CustomerAccount: "C-1", OrganizationName: "Harbor Tools" });
  const sync = async (flow: "orders" | "shipments", more: Partial<SyncRequest> = {}) => {
    const report = await (await world.open()).sync({ command: `sync ${flow}`, flows: [flow], ...more });
    clock.advance(60_000);
    return report?.flows[0];
  };
  return {
    ...world,
    sync,
    addOrder: (number: string, lines: readonly LineSpec[] = [oneLine]) =>
      fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines }),
    /** Adds orders and takes them to the shipper. */
    send: async (...numbers: string[]) => {
      for (const number of numbers) fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines: [oneLine] });
      await sync("orders");
    },
    /** What the shipments' log says happened: `usmf/SO-1 written …`. */
    audit: async () => {
      const mlc = await world.open();
      const lines: string[] = [];
      for await (const line of readLog(mlc.disk, flowDirectory(mlc.stateDir, "fno-shipstation", "shipments"), {})) {
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
    slips: (number: string) =>
      fno.trackingRows
        .filter((row) => row.SalesOrderNumber === number)
        .map((row) => `${row.PackingSlipNumber} ${row.TrackingNumber}`),
  };
}

/** What `openShipping` gives. */
export type Shipping = Awaited<ReturnType<typeof openShipping>>;
