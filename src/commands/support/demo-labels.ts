import { withValue } from "../../core/config.ts";
import { filterPath } from "../../flows/overlap.ts";
import { seedCustomers } from "../../sandbox/seed/master-data.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";
import { runSync } from "./demo-sync.ts";
import { labelPaths, labelsNamed } from "./labels.ts";
import { runVoid } from "./labels-void.ts";
import { sandboxFedEx } from "./sandboxes.ts";

const pair = "fno-fedex";
const warehouse = "51";
const legalEntity = "usmf";
const numbers = ["SO-2001", "SO-2002", "SO-2003"] as const;
const [delivered, , cancelled] = numbers;
const day = 86_400_000;

/** Has another warehouse ship with FedEx: labels are bought, one parcel is delivered, and one label is voided. */
export async function playLabels(stage: Stage, page: Page): Promise<void> {
  page.chapter("FedEx: labels for another warehouse");
  page.tell(
    `Warehouse ${warehouse} ships with FedEx. One order goes to one shipper, so the two pairs get filters that exclude each other.`,
  );
  await connectLabels(stage, page);
  addOrders(stage);
  page.show();
  page.tell(`${numbers.length} orders of warehouse ${warehouse} are confirmed in F&O.`);
  page.show();
  await runSync(stage, page, { flow: "orders", pair });
  await showLabel(stage, page);
  await deliver(stage, page);
  await voidOne(stage, page);
}

async function connectLabels(stage: Stage, page: Page): Promise<void> {
  const { apiUrl, accountNumber, shipFrom } = stage.vendors.settings.fedex;
  const path = filterPath.join(".");
  page.show();
  page.command("mlc config set fno-shipstation.flows.orders.filter.warehouses=24");
  const mlc = await stage.open();
  await mlc.settings.change(async (config) => ({
    ...config,
    "fno-shipstation": withValue(mlc.settingsOf("fno-shipstation") ?? {}, [...filterPath, "warehouses"], ["24"]),
  }));
  page.command(
    "mlc connect fedex --no-input --store vault --secrets-stdin \\",
    `--set apiUrl=${String(apiUrl)} \\`,
    `--set accountNumber=${String(accountNumber)} \\`,
    `--set 'shipFrom={"${warehouse}":{"company":"Contoso East Coast",…}}'`,
  );
  const sets = [`apiUrl=${String(apiUrl)}`, `accountNumber=${String(accountNumber)}`];
  await stage.connect({
    name: "fedex",
    sets: [...sets, `shipFrom=${JSON.stringify(shipFrom)}`],
    secrets: sandboxFedEx.secrets,
  });
  const pairSets = [`flows.orders.startDate=${dayBefore(stage)}`, `${path}.warehouses=${warehouse}`];
  page.command(`mlc connect ${pair} --no-input \\`, `--set ${pairSets[0]} \\`, `--set ${pairSets[1]}`);
  await stage.connect({ name: pair, sets: pairSets, secrets: {} });
}

/** The seeded orders are ten days old at most. */
function dayBefore({ clock }: Stage): string {
  return new Date(clock.now().getTime() - 14 * day).toISOString().slice(0, 10);
}

function addOrders({ vendors: { fno } }: Stage): void {
  for (const [index, number] of numbers.entries()) {
    const customer = seedCustomers.usmf[index];
    fno.addOrder({
      legalEntity,
      number,
      customer: customer?.account ?? "",
      shipTo: customer?.shipTo ?? {},
      lines: [{ item: "D0001", quantity: 1 + index, warehouse }],
    });
  }
}

async function showLabel(stage: Stage, page: Page): Promise<void> {
  page.show();
  page.command(`mlc labels path ${delivered}`);
  const mlc = await stage.open();
  for (const path of await labelPaths(mlc, delivered, pair)) {
    page.tell(path);
    page.tell(`It is a PDF of ${(await mlc.disk.read(path))?.length} bytes, ready for the printer.`);
  }
}

/** The parcel travels for two days; its order in F&O hears of it. */
async function deliver(stage: Stage, page: Page): Promise<void> {
  const { fno, fedex } = stage.vendors;
  const [bought] = await labelsNamed(await stage.open(), delivered, pair);
  if (!bought) throw new Error(`The demo bought no label for ${delivered}.`);
  fedex.advance(bought.label.master);
  fno.postPackingSlip(legalEntity, delivered, `PS-${delivered}`);
  stage.clock.advance(2 * day);
  fedex.deliver(bought.label.master);
  page.show();
  page.tell(`Two days later FedEx has delivered ${delivered}.`);
  page.show();
  await runSync(stage, page, { flow: "shipments", pair });
  page.show();
  page.tell("Its last note as it stands in F&O:");
  const note = fno.attachments.filter(({ SalesOrderNumber }) => SalesOrderNumber === delivered).at(-1);
  page.tell(String(note?.Notes ?? "").replace(/^/gm, "    "));
}

async function voidOne(stage: Stage, page: Page): Promise<void> {
  page.show();
  page.tell(`${cancelled} is not to leave after all. Its label is cancelled at FedEx and withdrawn in F&O:`);
  page.show();
  page.command(`mlc labels void ${cancelled} --yes`);
  const flags = { pair, yes: true, quiet: true, "no-input": true, "dry-run": false };
  const { voided } = await runVoid(await stage.open(), { id: cancelled, flags, isJson: true });
  page.tell(`${voided.join(", ")} of ${cancelled}: voided`);
}
