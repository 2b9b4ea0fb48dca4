// A process of its own: serves the simulated vendors until its parent lets go of it.
import { type Sandboxes, serveSandboxes } from "../src/commands/support/sandboxes.ts";
import { systemClock } from "../src/core/clock.ts";
import type { LineSpec } from "../src/sandbox/fno.ts";
import { productValues, seedCustomers, seedProducts } from "../src/sandbox/seed/master-data.ts";
import type { SandboxAnswer, SandboxQuestion, SandboxStart, Vendor } from "./sandbox.ts";

const { orders, limitV1 } = JSON.parse(process.argv[2] ?? "{}") as SandboxStart;
const sandboxes = await serveSandboxes({ clock: systemClock, seeded: false, limitV1 });
const { fno, urls, settings } = sandboxes;
const goods = seedProducts.filter(({ item, isService }) => !isService && item === item.trim());
const customers = seedCustomers.usmf;
for (const product of seedProducts) fno.addProduct("usmf", productValues(product));
for (const { account, shipTo, phone, email } of customers)
  fno.addCustomer("usmf", {
    CustomerAccount: account,
    OrganizationName: shipTo.name ?? "",
    PrimaryContactPhone: phone,
    PrimaryContactEmail: email,
  });

function addOrders(count: number): void {
  const first = fno.orders.length + 1;
  for (let index = first; index < first + count; index += 1) addOrder(index);
}

/** An ordinary order of one to three lines; the same number is always the same order. */
function addOrder(index: number): void {
  const customer = customers[index % customers.length];
  const lines = Array.from({ length: 1 + (index % 3) }, (_, line): LineSpec => {
    const { item = "", name = "", price = 0, unit = "ea" } = goods[(index + line) % goods.length] ?? {};
    return { item, description: name, price, unit, quantity: 1 + ((index + line) % 5) };
  });
  fno.addOrder({
    legalEntity: "usmf",
    number: `SO-${String(index).padStart(7, "0")}`,
    customer: customer?.account ?? "",
    shipTo: customer?.shipTo ?? {},
    lines,
    header: { DeliveryModeCode: "Ground", CustomerRequisitionNumber: `PO ${index}`, CurrencyCode: "USD" },
  });
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
