import { expect, it } from "vitest";
import { syncFailpoints } from "../../src/core/sync/run.ts";
import { shipTo } from "./crash-sweep.ts";
import { type Bench, openBench } from "./fixture.ts";
import { killAt, runAgain } from "./kill.ts";

/** At the first writes and at the last; the rest of what is written is swept with another shipper's shipments. */
const failpoints = [
  ...syncFailpoints.map((name) => `${name}:1`),
  ...["log.append.before", "log.write.after", "log.fsync.after"].flatMap((name) =>
    [2, 3].map((hit) => `${name}:${hit}`),
  ),
];

const orders = ["SO-1", "SO-2", "SO-3"];

function fill({ fno }: Bench): void {
  const customer = { CustomerAccount: "C-1", OrganizationName: "Harbor Tools", PrimaryContactPhone: "7755550100" };
  fno.addCustomer("usmf", customer);
  fno.addProduct("usmf", { ItemNumber: "A-1", ProductType: "Item", NetProductWeight: 1 });
  const lines = [{ item: "A-1", quantity: 1, warehouse: "24" }];
  for (const number of orders) fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", shipTo, lines });
}

function moveOn({ fedex }: Bench): void {
  for (const { masterTrackingNumber } of fedex.shipments) fedex.advance(masterTrackingNumber);
}

/** How often the notes in F&O say something. */
function told({ fno }: Bench, text: string): number {
  return fno.attachments.flatMap(({ Notes }) => String(Notes).split("\n")).filter((line) => line.includes(text)).length;
}

it.each(failpoints)("killed at %s, sync shipments tells each label and each scan once", async (failpoint) => {
  const bench = await openBench({
    seeded: false,
    fedex: { flows: { orders: { startDate: "2026-11-01" } }, writeBack: { packingSlipTracking: false } },
  });
  fill(bench);
  const bought = await bench.run(["sync", "orders"]);
  expect(bought.code, bought.stderr).toBe(0);
  bench.clock.advance(3_600_000);
  moveOn(bench);
  await killAt(bench, ["sync", "shipments"], failpoint);
  bench.clock.advance(15 * 60_000);
  moveOn(bench);
  await runAgain(bench, ["shipments"], 2);
  expect(told(bench, "Master tracking number: ")).toBe(orders.length);
  for (const text of ["  Shipment information sent to FedEx", "  Picked up", "  In transit"])
    expect(told(bench, text), text).toBe(orders.length);
  await bench.close();
});
