import { seedCustomers } from "../../sandbox/seed/master-data.ts";
import { seedOnHand, seedShipBob } from "../../sandbox/seed/shipbob.ts";
import { chargesLine, invoicesText } from "./charges.ts";
import { showConnect } from "./demo-connect.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";
import { runSync } from "./demo-sync.ts";
import { sandboxShipBob } from "./sandbox-shipbob.ts";
import { sandboxCredentials } from "./sandboxes.ts";
import { differencesText, reportLine } from "./stock-report.ts";

const pair = "fno-shipbob";
const legalEntity = "usmf";
/** ShipBob's centre in Cicero, and the warehouse that it is in F&O. */
const [centre, warehouse] = ["8", "25"];
const numbers = ["SO-2101", "SO-2102", "SO-2103"] as const;
const left = numbers.slice(0, 2);
const day = 86_400_000;

/** Has ShipBob send the orders of a warehouse: orders and products out, shipments with their cost back, stock and charges compared. */
export async function playShipBob(given: Stage, page: Page): Promise<void> {
  const { shipbob, fno } = given.vendors;
  page.chapter("ShipBob: a warehouse that is somebody else's");
  page.tell(`Warehouse ${warehouse} is a fulfillment center of ShipBob's. It has a profile of its own.`);
  seedShipBob(shipbob, { [centre]: 500 });
  seedOnHand(fno, { [centre]: warehouse });
  const stage = given.inProfile("shipbob");
  await connectShipBob(stage, page);
  addOrders(stage);
  page.show();
  page.tell(`${numbers.length} of its orders are confirmed in F&O.`);
  page.show();
  await runSync(stage, page);
  await shipmentsBack(stage, page);
  await showStock(stage, page);
  await showCharges(stage, page);
  page.show();
  const { writes } = await runSync(stage, page);
  page.show();
  page.tell(`Writes that F&O and ShipBob took in this run: ${writes}.`);
}

async function connectShipBob(stage: Stage, page: Page): Promise<void> {
  const { fno, shipbob } = stage.vendors.settings;
  const { clientSecret } = sandboxCredentials;
  page.show();
  page.command("export MLC_PROFILE=shipbob");
  await showConnect(stage, page, {
    name: "fno",
    settings: { ...fno, legalEntities: legalEntity },
    secrets: { clientSecret },
  });
  const { accessToken } = sandboxShipBob;
  await showConnect(stage, page, { name: "shipbob", settings: shipbob, secrets: { accessToken } });
  const rows = { [`fulfillmentCenters.${centre}`]: warehouse, "shippingMethods.Ground": "Standard" };
  await showConnect(stage, page, { name: pair, settings: rows });
}

function addOrders({ vendors: { fno } }: Stage): void {
  for (const [index, number] of numbers.entries()) {
    const customer = seedCustomers.usmf[index];
    const lines = [
      { item: "D0001", quantity: 2 + index, warehouse },
      { item: "T0001", quantity: 3, warehouse },
    ];
    const header = { DeliveryModeCode: "Ground" };
    fno.addOrder({
      legalEntity,
      number,
      customer: customer?.account ?? "",
      shipTo: customer?.shipTo ?? {},
      lines,
      header,
    });
  }
}

/** Two orders leave; what they cost comes a day later, with the delivery of one. */
async function shipmentsBack(stage: Stage, page: Page): Promise<void> {
  const { fno, shipbob } = stage.vendors;
  stage.clock.advance(day / 24);
  for (const number of left) {
    shipbob.desk.ship(number);
    fno.postPackingSlip(legalEntity, number, `PS-${number}`);
  }
  page.show();
  page.tell(`ShipBob ships ${left.join(" and ")}.`);
  page.show();
  await runSync(stage, page, { flow: "shipments" });
  stage.clock.advance(2 * day);
  const [first] = left;
  if (first) shipbob.desk.deliver(first);
  shipbob.desk.settle();
  page.show();
  page.tell(`Two days later ${first} is delivered, and ShipBob says what both cost.`);
  page.show();
  await runSync(stage, page, { flow: "shipments" });
  page.show();
  page.tell(`The last note of ${first} as it stands in F&O:`);
  const note = fno.attachments.filter(({ SalesOrderNumber }) => SalesOrderNumber === first).at(-1);
  page.tell(String(note?.Notes ?? "").replace(/^/gm, "    "));
}

async function showStock(stage: Stage, page: Page): Promise<void> {
  page.show();
  page.command("mlc sync inventory");
  const report = await (await stage.open()).reports.stock();
  page.show(await differencesText(report.rows, page.columns));
  page.show();
  page.tell(reportLine(report));
}

async function showCharges(stage: Stage, page: Page): Promise<void> {
  const month = stage.clock.now().toISOString().slice(0, 7);
  page.show();
  page.command(`mlc charges --month ${month}`);
  const report = await (await stage.open()).reports.charges(month);
  page.show(await invoicesText(report, page.columns));
  page.tell(chargesLine(report));
}
