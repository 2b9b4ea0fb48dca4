import { specialOrders } from "../../sandbox/seed.ts";
import { printAudit } from "./audit-print.ts";
import { playBooks } from "./demo-books.ts";
import { showConnect } from "./demo-connect.ts";
import { playLabels } from "./demo-labels.ts";
import { playNav } from "./demo-nav.ts";
import type { Page } from "./demo-page.ts";
import { playShipBob } from "./demo-shipbob.ts";
import type { Stage } from "./demo-stage.ts";
import { type Calls, callsSoFar, runSync, showReport, trailOf } from "./demo-sync.ts";
import { changeAnHourLater, shipOrders, type WarehouseDay } from "./demo-warehouse.ts";
import { wasText } from "./replay-run.ts";
import { sandboxStores } from "./sandbox-booking.ts";
import { sandboxCredentials } from "./sandboxes.ts";

/** Plays the main job from the first connection to the last replay. */
export async function playDemo(stage: Stage, page: Page): Promise<void> {
  page.tell(
    "mlc at work, from end to end. F&O, Business Central, NAV, ShipStation, FedEx, ShipBob and Microsoft's login are simulated in this process; nothing leaves this machine, and nothing is left on it.",
  );
  await connectAll(stage, page);
  const out = await ordersOut(stage, page);
  await leftOut(stage, page);
  const { day, back } = await shipmentsBack(stage, page);
  await later(stage, page, day);
  await trail(stage, page, day);
  await mend(stage, page);
  const again = await onceMore(stage, page);
  costs(stage, page, { out, back, again });
  await playLabels(stage, page);
  await playBooks(stage, page);
  await playNav(stage, page);
  await playShipBob(stage, page);
  whatNext(page);
}

async function connectAll(stage: Stage, page: Page): Promise<void> {
  const { settings, fno } = stage.vendors;
  const { clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  page.chapter("Connect");
  page.tell(`F&O holds ${fno.orders.length} sales orders of usmf and demf. Secrets come on stdin, never as arguments.`);
  const systems = [
    { name: "fno", settings: settings.fno, secrets: { clientSecret } },
    {
      name: "shipstation",
      settings: { ...settings.shipstation, ...sandboxStores.erp },
      secrets: { apiKey, apiSecret, apiKeyV2 },
    },
    { name: "fno-shipstation", settings: {} },
  ];
  for (const system of systems) {
    page.show();
    const { connected, identity } = await showConnect(stage, page, system);
    page.tell(`Connected ${connected}: ${identity ?? "unchecked"}.`);
  }
}

async function ordersOut(stage: Stage, page: Page): Promise<Calls> {
  page.chapter("Orders: F&O to ShipStation");
  const calls = await runSync(stage, page, { flow: "orders" });
  const { length } = stage.vendors.shipstation.orders;
  page.show();
  page.tell(
    `ShipStation now holds ${length} orders: two are second parts, of an order that leaves from two warehouses and of one that goes to two addresses.`,
  );
  return calls;
}

async function leftOut(stage: Stage, page: Page): Promise<void> {
  page.chapter("Nothing is dropped silently");
  const notable = (await trailOf(stage, {})).filter(({ outcome }) => outcome === "noticed" || outcome === "skipped");
  page.table(
    ["order", "outcome", "remark"],
    notable.map(({ document, outcome, remark }) => [document ?? "", outcome ?? "", remark ?? ""]),
  );
}

async function shipmentsBack(stage: Stage, page: Page): Promise<{ day: WarehouseDay; back: Calls }> {
  page.chapter("Shipments: ShipStation to F&O");
  const day = shipOrders(stage.vendors);
  page.tell(
    `The warehouse ships ${day.shipped} orders: ${day.inThreePackages.number} in three packages, ${day.withoutLabel.number} marked as shipped without a label. Somebody corrects the address of ${day.edited.number} in ShipStation. F&O posts ${day.slips} of the ${day.shipped} packing slips.`,
  );
  page.show();
  const back = await runSync(stage, page, { flow: "shipments" });
  page.show();
  page.tell(
    "Each shipment is now a note on its sales order and a tracking row on its packing slip. Four wait for their slip with the row, not with the note. The edit stands in the trail.",
  );
  return { day, back };
}

async function later(stage: Stage, page: Page, day: WarehouseDay): Promise<void> {
  page.chapter("An hour later");
  stage.clock.advance(3_600_000);
  changeAnHourLater(stage.vendors, day);
  const { inThreePackages, misprinted } = day;
  page.tell(
    `F&O posts the packing slip of ${inThreePackages.number}. The label of ${misprinted.number} is voided, and another one is bought.`,
  );
  page.show();
  await runSync(stage, page, { flow: "shipments" });
  page.show();
  page.tell("The tracking rows of both as they stand in F&O:");
  const rows = stage.vendors.fno.trackingRows.filter(({ dataAreaId, SalesOrderNumber }) =>
    [inThreePackages.id, misprinted.id].includes(`${dataAreaId}/${SalesOrderNumber}`),
  );
  page.table(
    ["order", "packing slip", "tracking number"],
    rows.map((row) => [row.SalesOrderNumber, row.PackingSlipNumber, row.TrackingNumber].map(String)),
  );
}

async function trail(stage: Stage, page: Page, { inThreePackages: { id, number } }: WarehouseDay): Promise<void> {
  page.chapter(`The trail of ${number}`);
  page.command(`mlc audit ${id}`);
  await printAudit(await stage.open(), { about: id, flags: { json: false } });
  page.show();
  page.tell("Its note as it stands in F&O:");
  const note = stage.vendors.fno.attachments.find(
    ({ dataAreaId, SalesOrderNumber }) => `${dataAreaId}/${SalesOrderNumber}` === id,
  );
  page.tell(String(note?.Notes ?? "").replace(/^/gm, "    "));
}

async function mend(stage: Stage, page: Page): Promise<void> {
  const { legalEntity, number } = specialOrders.missingStreet;
  page.chapter("Mend and replay");
  page.tell(`Somebody fills in the missing street of ${number} in F&O.`);
  page.show();
  stage.vendors.fno.edit(legalEntity, number, { DeliveryAddressStreet: "1 Main Street" });
  const id = `${legalEntity}/${number}`;
  page.command(`mlc replay ${id}`);
  const mlc = await stage.open();
  const report = await mlc.replay({ id }, { found: (_pair, _flow, record) => page.tell(wasText(record).trimEnd()) });
  if (typeof report !== "string") showReport(stage, page, report);
}

async function onceMore(stage: Stage, page: Page): Promise<Calls> {
  page.chapter("Run it all again");
  const calls = await runSync(stage, page);
  page.show();
  page.tell(`Writes that F&O and ShipStation took in this run: ${calls.writes}. Nothing is sent twice.`);
  return calls;
}

function costs(stage: Stage, page: Page, { out, back, again }: { out: Calls; back: Calls; again: Calls }): void {
  page.chapter("What it cost");
  const rows: [string, Calls][] = [
    ["the first orders", out],
    ["the first shipments", back],
    ["all of it again", again],
    ["all until here", callsSoFar(stage)],
  ];
  page.table(
    ["calls of", "ShipStation", "F&O"],
    rows.map(([name, { shipstation, fno }]) => [name, String(shipstation), String(fno)]),
  );
  const perOrder = out.shipstation / stage.vendors.shipstation.orders.length;
  page.show();
  page.tell(
    `Going out, that is ${perOrder.toFixed(2)} ShipStation calls an order: up to 100 go in one call, and ShipStation allows 40 calls a minute.`,
  );
}

function whatNext(page: Page): void {
  page.chapter("Next");
  page.tell("Connect your own systems (`npm link` once makes it `mlc connect`):");
  page.show();
  page.command("node bin/run.js connect");
}
