// A process of its own: serves the simulated vendors until its parent lets go of it.
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

function tell(answer: SandboxAnswer): void {
  process.send?.(answer);
}

process.on("message", (question: SandboxQuestion) => {
  if (question.ask === "takeCalls") return tell({ calls: takeCalls(sandboxes) });
  addOrders(question.count);
  tell({ added: question.count });
});
process.on("disconnect", () => process.exit(0));
addOrders(orders);
tell({ urls, settings });
