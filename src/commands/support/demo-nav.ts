import type { Desk } from "../../sandbox/nav.ts";
import { earlyOrder, seedShop } from "../../sandbox/seed/shop.ts";
import { showConnect } from "./demo-connect.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";
import { runSync } from "./demo-sync.ts";
import { waitingText } from "./report-text.ts";
import { sandboxStores } from "./sandbox-booking.ts";
import { sandboxNav } from "./sandbox-nav.ts";
import { sandboxCredentials } from "./sandboxes.ts";

const pair = "nav-shipstation";
const hour = 3_600_000;

/** Writes what a retail shop ships onto NAV's sales orders: a parcel waits for its order, and nothing is written twice. */
export async function playNav(given: Stage, page: Page): Promise<void> {
  const { nav, shipstation } = given.vendors;
  page.chapter("Dynamics NAV: a parcel that is ahead of its order");
  page.tell(
    "The orders of a retail shop are entered in Dynamics NAV. Since it reads another store of ShipStation's, NAV has a profile of its own.",
  );
  const stage = given.inProfile("nav");
  await connectNav(stage, page);
  nav.switches.localisation = "northAmerica";
  seedShop(shipstation, nav.desk());
  page.show();
  page.tell(`ShipStation prints five labels. The order of one, ${earlyOrder}, is not in NAV yet.`);
  page.show();
  await runSync(stage, page);
  await showWaiting(stage, page);
  const number = enterOrder(nav.desk());
  page.show();
  page.tell(`${earlyOrder} is entered in NAV, as ${number}: one thing more was ordered, and it is released.`);
  stage.clock.advance(hour);
  page.show();
  await runSync(stage, page);
  showLines(nav.desk(), number, page);
  await post(stage, page, number);
  page.show();
  const { writes } = await runSync(stage, page);
  page.show();
  page.tell(`Writes that NAV and ShipStation took in this run: ${writes}.`);
}

async function connectNav(stage: Stage, page: Page): Promise<void> {
  const { apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  const { nav, shipstation } = stage.vendors.settings;
  page.show();
  page.command("export MLC_PROFILE=nav");
  await showConnect(stage, page, { name: "nav", settings: nav, secrets: { password: sandboxNav.accessKey } });
  await showConnect(stage, page, {
    name: "shipstation",
    settings: { ...shipstation, ...sandboxStores.nav },
    secrets: { apiKey, apiSecret, apiKeyV2 },
  });
  await showConnect(stage, page, { name: pair, settings: { "shippingAgents.ups/ups_ground": "UPS/GROUND" } });
}

/** Two hours later the status names what waits, with its age. */
async function showWaiting(stage: Stage, page: Page): Promise<void> {
  stage.clock.advance(2 * hour);
  page.show();
  page.command("mlc status");
  const { waitingRecords } = await (await stage.open()).status();
  const [early, ...others] = waitingRecords;
  page.show(
    waitingText(
      [early, others[0]].filter((record) => record !== undefined),
      page.columns,
    ),
  );
  page.tell(`and ${others.length - 1} more like the last: NAV lets nobody change the agent of a released order.`);
}

/** What the shop sold, and one thing that is not in the parcel. */
function enterOrder(desk: Desk): string {
  const [first] = desk.orders;
  if (!first) throw new Error("The demo's NAV has no orders.");
  const sold = first.lines.map(({ item, quantity }) => ({ No: item, Quantity: quantity }));
  const header = { Sell_to_Customer_No: first.customer, External_Document_No: earlyOrder };
  const number = desk.addOrder(header, [{ No: "M0010", Quantity: 1 }, ...sold]);
  desk.release(number);
  return number;
}

function showLines(desk: Desk, number: string, page: Page): void {
  const { lines } = desk.orderOf(number);
  page.show();
  page.tell(`The lines of ${number} as they stand in NAV:`);
  page.table(
    ["line", "item", "ordered", "to ship", "tracking number"],
    lines.map(({ line, item, quantity, toShip, tracking }) => [line, item, quantity, toShip, tracking].map(String)),
  );
}

/** A person posts all that left; what a released order refused goes onto the posted shipments. */
async function post(stage: Stage, page: Page, number: string): Promise<void> {
  const desk = stage.vendors.nav.desk();
  const left = desk.orders.filter(({ tracking }) => tracking !== "").map((order) => order.number);
  for (const one of left) desk.postShipment(one);
  stage.clock.advance(hour);
  page.show();
  page.tell(`Somebody posts ${number} and the other four.`);
  page.show();
  await runSync(stage, page);
  page.show();
  page.table(
    ["posted", "order", "agent", "tracking number"],
    desk.shipments.map(({ number, order, agent, service, tracking }) => [
      number,
      order,
      `${agent}/${service}`,
      tracking,
    ]),
  );
}
