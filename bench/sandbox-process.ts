// A process of its own: serves the simulated vendors until its parent lets go of it.
import { setTimeout as delay } from "node:timers/promises";
import { type Sandboxes, serveSandboxes } from "../src/commands/support/sandboxes.ts";
import { systemClock } from "../src/core/clock.ts";
import type { SandboxAnswer, SandboxQuestion, SandboxStart, Vendor } from "./sandbox.ts";
import { addMasterData, addOrder } from "./seed-fno.ts";

const { orders, limitV1 } = JSON.parse(process.argv[2] ?? "{}") as SandboxStart;
const sandboxes = await serveSandboxes({ clock: systemClock, seeded: false, limitV1 });
const { fno, urls, settings } = sandboxes;
/** A customer for every four orders. */
const customers = Math.max(50, Math.ceil(orders / 4));
let last = 0;
addMasterData(fno, customers);

function addOrders(count: number): void {
  for (const end = last + count; last < end; ) addOrder(fno, ++last, customers);
}

function takeCalls(vendors: Pick<Sandboxes, Vendor>): Record<Vendor, number> {
  const take = (vendor: { requests: string[] }) => vendor.requests.splice(0).length;
  return { entra: take(vendors.entra), fno: take(vendors.fno), shipstation: take(vendors.shipstation) };
}

/** Milliseconds from the label until F&O has its number in a note. */
async function printLabel(webhook: string): Promise<number> {
  const { shipstation } = sandboxes;
  const order = shipstation.orders.find(({ orderStatus }) => orderStatus === "awaiting_shipment");
  if (!order) throw new Error("no order is left to print a label for");
  const startedAt = performance.now();
  const [number = ""] = shipstation.print(order.orderId).trackingNumbers;
  const resource_url = `${urls.shipstation}/shipments?orderId=${order.orderId}&includeShipmentItems=False`;
  const answer = await fetch(webhook, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resource_url, resource_type: "SHIP_NOTIFY" }),
  });
  if (answer.status !== 200) throw new Error(`mlc answered ${answer.status}`);
  while (!fno.attachments.some(({ Notes }) => String(Notes).includes(number))) {
    if (performance.now() - startedAt > 60_000) throw new Error("the number did not come to F&O within a minute");
    await delay(2);
  }
  return performance.now() - startedAt;
}

function tell(answer: SandboxAnswer): void {
  process.send?.(answer);
}

process.on("message", async (question: SandboxQuestion) => {
  if (question.ask === "printLabel") return tell({ writtenMs: await printLabel(question.webhook) });
  if (question.ask === "takeCalls") return tell({ calls: takeCalls(sandboxes) });
  addOrders(question.count);
  tell({ added: question.count });
});
process.on("disconnect", () => process.exit(0));
addOrders(orders);
tell({ urls, settings });
