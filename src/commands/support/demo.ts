import { specialOrders } from "../../sandbox/seed.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";
import { type Calls, callsSoFar, demoPair, logLines, runSync, showReport } from "./demo-sync.ts";
import { showTrail } from "./demo-trail.ts";
import { shipOrders, type WarehouseDay } from "./demo-warehouse.ts";
import { sandboxCredentials } from "./sandboxes.ts";

/** Plays the main job from the first connection to the last replay. */
export async function playDemo(stage: Stage, page: Page): Promise<void> {
  page.tell(
    "mlc at work, end to end. F&O, ShipStation and Microsoft's login are simulated in this process; nothing leaves this machine.",
  );
  await connectAll(stage, page);
  const out = await ordersOut(stage, page);
  await setAside(stage, page);
  const { day, back } = await shipmentsBack(stage, page);
  await later(stage, page, day);
  await showTrail(stage, page, day.inThreePackages);
  await mend(stage, page);
  const again = await onceMore(stage, page);
  counts(stage, page, { out, back, again, day });
  whatNext(page);
}

async function connectAll(stage: Stage, page: Page): Promise<void> {
  const { settings, fno } = stage.vendors;
  const { clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  page.chapter("Connect");
  page.tell(`F&O holds ${fno.orders.length} sales orders of usmf and demf. Secrets come on stdin, never as arguments.`);
  page.tell("");
  const systems = [
    { name: "fno", settings: settings.fno, secrets: { clientSecret } },
    { name: "shipstation", settings: settings.shipstation, secrets: { apiKey, apiSecret, apiKeyV2 } },
    { name: demoPair, settings: {}, secrets: {} },
  ];
  for (const { name, settings, secrets } of systems) {
    const sets = Object.entries(settings).map(([path, value]) => `${path}=${String(value)}`);
    const stdin = Object.keys(secrets).length > 0 ? " --store vault --secrets-stdin" : "";
    const flags = sets.map((set) => `--set ${set}`);
    const lines = [`mlc connect ${name} --no-input${stdin}`, ...flags];
    page.command(...lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line)));
    const { identity } = await stage.connect({ name, sets, secrets });
    page.tell(`Connected ${name}: ${identity ?? "unchecked"}.`);
  }
}

async function ordersOut(stage: Stage, page: Page): Promise<Calls> {
  page.chapter("Orders: F&O to ShipStation");
  const calls = await runSync(stage, page, ["orders"]);
  page.tell(
    `ShipStation now holds ${stage.vendors.shipstation.orders.length} orders: what leaves from two warehouses, or goes to two addresses, is there in two parts.`,
  );
  return calls;
}

async function setAside(stage: Stage, page: Page): Promise<void> {
  page.chapter("What needs a person, and what was left out");
  page.tell("One bad order stops only itself. Each says which field, and what to do:");
  const lines = await logLines(stage, "orders");
  for (const line of lines) {
    if (line.kind !== "aside") continue;
    page.tell("");
    page.tell(line.error.message);
    page.quote(`field: ${line.error.field ?? "none"}`);
    page.quote(`→ ${line.error.hint ?? ""}`);
  }
  page.tell("");
  page.tell("Nothing is dropped silently either:");
  page.table(
    ["order", "outcome", "remark"],
    lines.flatMap((line) =>
      line.kind === "result" && line.recorded ? [[line.document, line.outcome ?? "", line.remark ?? ""]] : [],
    ),
  );
}

async function shipmentsBack(stage: Stage, page: Page): Promise<{ day: WarehouseDay; back: Calls }> {
  page.chapter("Shipments: ShipStation to F&O");
  const day = shipOrders(stage.vendors);
  page.tell(
    `The warehouse ships ${day.shipped} orders: ${day.inThreePackages.number} in three packages, ${day.withoutLabel.number} marked as shipped without a label. Somebody corrects the address of ${day.edited.number} in ShipStation. F&O posts ${day.slips} of the ${day.shipped} packing slips.`,
  );
  page.tell("");
  const back = await runSync(stage, page, ["shipments"]);
  page.tell(
    "Each shipment is a note on its sales order, and a tracking row on its packing slip; the rows of four orders wait until their slip is posted. The edit is in the audit trail.",
  );
  return { day, back };
}

async function later(stage: Stage, page: Page, { inThreePackages, misprinted }: WarehouseDay): Promise<void> {
  const { fno, shipstation } = stage.vendors;
  page.chapter("An hour later");
  stage.clock.advance(3_600_000);
  fno.postPackingSlip(inThreePackages.legalEntity, inThreePackages.number, `PS-${inThreePackages.number}`);
  shipstation.void(misprinted.shipmentId);
  shipstation.print(misprinted.orderId, { carrierCode: "fedex", serviceCode: "fedex_ground" });
  page.tell(
    `F&O posts the packing slip of ${inThreePackages.number}. The label of ${misprinted.number} is voided, and another one bought.`,
  );
  page.tell("");
  await runSync(stage, page, ["shipments"]);
  page.tell("");
  page.tell(`The tracking rows of these two orders in F&O:`);
  page.table(
    ["order", "packing slip", "tracking number"],
    fno.trackingRows
      .filter(
        ({ dataAreaId, SalesOrderNumber }) =>
          dataAreaId === inThreePackages.legalEntity &&
          [inThreePackages.number, misprinted.number].includes(String(SalesOrderNumber)),
      )
      .map((row) => [String(row.SalesOrderNumber), String(row.PackingSlipNumber), String(row.TrackingNumber)]),
  );
}

async function mend(stage: Stage, page: Page): Promise<void> {
  const { legalEntity, number } = specialOrders.missingStreet;
  page.chapter("Mend and replay");
  page.tell(`Somebody fills in the missing street of ${number} in F&O.`);
  page.tell("");
  stage.vendors.fno.edit(legalEntity, number, { DeliveryAddressStreet: "1 Main Street" });
  const id = `${legalEntity}/${number}`;
  page.command(`mlc replay ${id}`);
  const mlc = await stage.open();
  const report = await mlc.replay(
    { id },
    { found: (_pair, flow, { document, was }) => page.tell(`${flow} ${document} was ${was}.`) },
  );
  showReport(stage, page, report);
}

async function onceMore(stage: Stage, page: Page): Promise<Calls> {
  page.chapter("Run it all again");
  const calls = await runSync(stage, page);
  page.tell(`Writes that F&O and ShipStation took in this run: ${calls.writes}. Nothing is sent twice.`);
  return calls;
}

function counts(
  stage: Stage,
  page: Page,
  { out, back, again, day }: { out: Calls; back: Calls; again: Calls; day: WarehouseDay },
): void {
  page.chapter("What it cost");
  const total = callsSoFar(stage);
  page.table(
    ["calls", "ShipStation", "F&O"],
    [
      ["the first orders", out.shipstation, out.fno],
      [`${day.shipped} shipments`, back.shipstation, back.fno],
      ["everything again", again.shipstation, again.fno],
      ["the whole demo", total.shipstation, total.fno],
    ],
  );
  const orders = stage.vendors.shipstation.orders.length;
  page.tell(
    `Going out, that is ${(out.shipstation / orders).toFixed(2)} ShipStation calls an order: up to 100 go in one call, and ShipStation allows 40 calls a minute.`,
  );
}

function whatNext(page: Page): void {
  page.chapter("Next");
  page.tell("Nothing of this is left on your machine. To connect your own systems:");
  page.tell("");
  page.command("node bin/run.js connect");
  page.tell("");
  page.tell("`npm link` once makes that `mlc connect`.");
}
