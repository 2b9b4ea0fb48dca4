import { decimalOf, sumOf } from "../../core/decimal.ts";
import { missingItem, seedWebShop, webOrders } from "../../sandbox/seed/web-shop.ts";
import { showConnect } from "./demo-connect.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";
import { runSync, showReport } from "./demo-sync.ts";
import { wasText } from "./replay-run.ts";
import { waitingText } from "./report-text.ts";
import { sandboxBooking } from "./sandbox-booking.ts";
import { sandboxCredentials } from "./sandboxes.ts";

const pair = "bc-shipstation";

/** Books what a web shop has shipped: posted invoices, an item that was missing, a late parcel, and nothing twice. */
export async function playBooks(stage: Stage, page: Page): Promise<void> {
  page.chapter("Business Central: what a web shop sold");
  page.tell(
    "ShipStation ships for a web shop too. What has left is booked in Business Central, as invoices that are posted.",
  );
  await connectBooks(stage, page);
  seedWebShop(stage.vendors.shipstation);
  page.show();
  await runSync(stage, page, { pair });
  await mendItem(stage, page);
  await lateParcel(stage, page);
  showInvoices(stage, page);
  page.show();
  const { writes } = await runSync(stage, page, { pair });
  page.show();
  page.tell(`Writes that Business Central and ShipStation took in this run: ${writes}.`);
}

async function connectBooks(stage: Stage, page: Page): Promise<void> {
  const { clientSecret } = sandboxCredentials;
  page.show();
  await showConnect(stage, page, { name: "bc", settings: stage.vendors.settings.bc, secrets: { clientSecret } });
  await showConnect(stage, page, { name: pair, settings: sandboxBooking });
}

/** The status names what holds orders up; a person adds the item, and the order is booked. */
async function mendItem(stage: Stage, page: Page): Promise<void> {
  const { number } = missingItem;
  page.show();
  page.command("mlc status");
  const { waitingRecords } = await (await stage.open()).status();
  const lamps = waitingRecords.filter((record) => record.pair === pair && record.document === number);
  page.show(waitingText(lamps, page.columns));
  page.show();
  page.tell(`Somebody adds ${number} to the items of Business Central.`);
  stage.vendors.bc.desk().addItem(missingItem);
  page.show();
  page.command(`mlc replay ${webOrders.unknownSku}`);
  const mlc = await stage.open();
  const found = (_pair: string, _flow: string, record: Parameters<typeof wasText>[0]) =>
    page.tell(wasText(record).trimEnd());
  const report = await mlc.replay({ id: webOrders.unknownSku }, { found });
  if (typeof report !== "string") showReport(stage, page, report);
}

/** What stayed behind leaves, and is an invoice of its own. */
async function lateParcel(stage: Stage, page: Page): Promise<void> {
  const { shipstation } = stage.vendors;
  const late = shipstation.orders.find(({ orderNumber }) => orderNumber === webOrders.partlyShipped);
  if (!late) throw new Error("The demo's web shop has no order that was partly shipped.");
  stage.clock.advance(3_600_000);
  shipstation.print(late.orderId);
  page.show();
  page.tell(`An hour later the rest of ${late.orderNumber} leaves.`);
  page.show();
  await runSync(stage, page, { flow: "orders", pair });
}

/** Both sides' amounts, order by order, and where tracking numbers stand. */
function showInvoices({ vendors: { bc, shipstation } }: Stage, page: Page): void {
  const posted = bc.desk().invoices.filter(({ header }) => header.status === "Open");
  const invoicesOf = (orderKey: string) =>
    posted.filter(({ header }) => String(header.externalDocumentNumber).startsWith(orderKey.toUpperCase()));
  const booked = shipstation.orders.flatMap(({ orderKey, orderNumber, orderTotal }) => {
    const invoices = invoicesOf(orderKey);
    const total = sumOf(invoices.map(({ header }) => decimalOf(Number(header.totalAmountIncludingTax))));
    const numbers = invoices.map(({ header }) => String(header.number)).join(", ");
    return invoices.length > 0 ? [[orderNumber, orderTotal.toFixed(2), Number(total).toFixed(2), numbers]] : [];
  });
  page.show();
  page.tell("What was sold, and what is booked of it:");
  page.table(["order", "sold", "booked", "invoices"], booked);
  const parcels = shipstation.orders.find(({ orderNumber }) => orderNumber === webOrders.inTwoParcels);
  page.show();
  page.tell(`The tracking numbers of ${webOrders.inTwoParcels}, as lines of its invoice:`);
  for (const { lines } of invoicesOf(parcels?.orderKey ?? ""))
    for (const { lineType, description } of lines) if (lineType === "Comment") page.tell(`    ${description}`);
}
