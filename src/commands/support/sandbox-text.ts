import { shipBobSettingsOfSeed } from "../../sandbox/seed/shipbob.ts";
import { webOrders } from "../../sandbox/seed/web-shop.ts";
import { sandboxBooking, sandboxStores } from "./sandbox-booking.ts";
import { sandboxNav } from "./sandbox-nav.ts";
import { sandboxShipBob } from "./sandbox-shipbob.ts";
import { type Sandboxes, sandboxCredentials, sandboxFedEx } from "./sandboxes.ts";

/** What is told of the vendors' contents. */
interface Shown {
  fno: { orders: unknown[] };
  bc: { desk(): { company: { name: string } } };
}

/** Addresses and credentials of the simulated vendors, and command lines that connect to them. Pure. */
export function sandboxText({
  urls,
  settings,
  fno,
  bc,
  now,
}: Pick<Sandboxes, "urls" | "settings"> & Shown & { now: Date }): string {
  const { tenantId, clientId, clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  const { accountNumber, secrets } = sandboxFedEx;
  return [
    `Entra        ${urls.entra}`,
    `             tenant ${tenantId}`,
    `             client ${clientId}`,
    `             secret ${clientSecret}`,
    `F&O          ${urls.fno}, ${fno.orders.length} orders`,
    `ShipStation  ${urls.shipstation}`,
    `             V1 key ${apiKey}, secret ${apiSecret}`,
    `             V2 key ${apiKeyV2}`,
    `FedEx        ${urls.fedex}, account ${accountNumber}`,
    `             ship key ${secrets.apiKey}, secret ${secrets.apiSecret}`,
    `             track key ${secrets.trackApiKey}, secret ${secrets.trackApiSecret}`,
    `BC           ${urls.bc}, environment ${settings.bc.environment}`,
    `             company ${bc.desk().company.name}`,
    `NAV          ${settings.nav.baseUrl}`,
    `             company ${sandboxNav.company}`,
    `             user ${sandboxNav.username}, access key ${sandboxNav.accessKey}`,
    `NAV gateway  ${urls.navGateway}`,
    `             token ${settings.navGateway.tokenUrl}`,
    `             client ${sandboxNav.clientId}`,
    `             secret ${sandboxNav.clientSecret}`,
    `             scope ${sandboxNav.scope}`,
    `ShipBob      ${urls.shipbob}`,
    `             access token ${sandboxShipBob.accessToken}`,
    `             application ${sandboxShipBob.clientId}`,
    `             secret ${sandboxShipBob.clientSecret}`,
    "",
    "Connect a profile of its own to them:",
    "",
    connectLine("fno", settings.fno, { clientSecret }),
    connectLine("shipstation", { ...settings.shipstation, ...sandboxStores.erp }, { apiKey, apiSecret, apiKeyV2 }),
    "mlc connect fno-shipstation --profile sandbox --no-input",
    "mlc sync --profile sandbox",
    "",
    "FedEx:",
    "",
    connectLine("fedex", settings.fedex, secrets),
    "",
    "It takes the orders of two delivery modes, and ShipStation the others:",
    "",
    command("mlc config set --profile sandbox", `fno-shipstation.${filter}=Ground,Pallet`),
    command(
      "mlc connect fno-fedex --profile sandbox --no-input",
      `--set flows.orders.startDate=${beforeAll(now)}`,
      `--set ${filter}=Express,2Day`,
    ),
    "mlc sync --profile sandbox --pair fno-fedex",
    "",
    "A parcel goes on by a scan each time, to its delivery:",
    "",
    command("curl -X POST", `${urls.fedex}/sandbox/advance/<tracking number>`),
    "",
    "Business Central books the orders of ShipStation's web shop:",
    "",
    connectLine("bc", settings.bc, { clientSecret }),
    command("mlc connect bc-shipstation --profile sandbox --no-input", ...setsOf(sandboxBooking)),
    "mlc sync --profile sandbox --pair bc-shipstation",
    "",
    "An order that is still open leaves by a label:",
    "",
    command("curl -X POST", `${urls.shipstation}/sandbox/ship/${webOrders.open}`),
    "",
    "They call mlc when something changed. One terminal takes the calls:",
    "",
    "mlc listen --profile sandbox --print",
    "",
    "and in another, after a sync, a label is bought, which F&O has in a second:",
    "",
    "mlc webhooks create --profile sandbox --url http://127.0.0.1:8787",
    command("curl -X POST", `${urls.shipstation}/sandbox/ship/SO-1001`),
    "",
    ...navLines(settings),
    "",
    ...shipBobLines({ urls, settings }),
  ].join("\n");
}

/** NAV by itself or behind its gateway in a profile of its own, with what the retail shop of ShipStation sends to its orders. */
function navLines({ nav, navGateway, shipstation }: Sandboxes["settings"]): string[] {
  const profile = "sandbox-nav";
  const { apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  const shop = { ...shipstation, ...sandboxStores.nav };
  return [
    "Dynamics NAV has the orders of the retail shop. Some have left, one before it",
    "is in NAV, where it waits. As a NAV user:",
    "",
    connectLine("nav", nav, { password: sandboxNav.accessKey }, profile),
    "",
    "or through its gateway, with OAuth client credentials:",
    "",
    connectLine("nav", navGateway, { clientSecret: sandboxNav.clientSecret }, profile),
    "",
    "then:",
    "",
    connectLine("shipstation", shop, { apiKey, apiSecret, apiKeyV2 }, profile),
    command(
      `mlc connect nav-shipstation --profile ${profile} --no-input`,
      "--set shippingAgents.ups/ups_ground=UPS/GROUND",
    ),
    `mlc sync --profile ${profile}`,
  ];
}

/** ShipBob in a profile of its own, since an order goes to one shipper. */
function shipBobLines({ urls, settings }: Pick<Sandboxes, "urls" | "settings">): string[] {
  const profile = "sandbox-shipbob";
  const { clientSecret } = sandboxCredentials;
  const { fulfillmentCenters, shippingMethods } = shipBobSettingsOfSeed;
  const rows = (path: string, table: Readonly<Record<string, string>>) =>
    Object.entries(table).map(([key, value]) => `--set ${path}.${key}=${value}`);
  return [
    "ShipBob sends the orders of warehouses 24 and 51 in a profile of its own:",
    "",
    connectLine("fno", { ...settings.fno, legalEntities: "usmf" }, { clientSecret }, profile),
    connectLine("shipbob", settings.shipbob, { accessToken: sandboxShipBob.accessToken }, profile),
    command(
      `mlc connect fno-shipbob --profile ${profile} --no-input`,
      ...rows("fulfillmentCenters", fulfillmentCenters),
      ...rows("shippingMethods", shippingMethods),
    ),
    `mlc sync --profile ${profile}`,
    "",
    "or by OAuth: it asks for the secret, opens the browser, and asks for the",
    "channel that the sign-in made:",
    "",
    command(`mlc connect shipbob --profile ${profile} --store vault`, ...setsOf(settings.shipBobByOAuth)),
    "",
    "An order leaves; its cost and an invoice come; what differs, what it cost:",
    "",
    command("curl -X POST", `${urls.shipbob}/sandbox/ship/SO-1001`),
    command("curl -X POST", `${urls.shipbob}/sandbox/settle`),
    `mlc sync shipments --profile ${profile}`,
    `mlc sync inventory --profile ${profile}`,
    `mlc charges --profile ${profile}`,
  ];
}

const filter = "flows.orders.filter.deliveryModes";

/** The simulated orders are ten days old at most. */
function beforeAll(now: Date): string {
  return new Date(now.getTime() - 14 * 86_400_000).toISOString().slice(0, 10);
}

function command(...parts: string[]): string {
  return parts.join(" \\\n    ");
}

function connectLine(
  system: string,
  settings: Record<string, unknown>,
  secrets: Record<string, string>,
  profile = "sandbox",
): string {
  const connect = `mlc connect ${system} --profile ${profile} --no-input --store vault`;
  return `echo '${jsonLines(secrets)}' |\n  ${command(connect, ...setsOf(settings), "--secrets-stdin")}`;
}

function setsOf(settings: Record<string, unknown>): string[] {
  return Object.entries(settings).flatMap(([path, value]) => setFlags(path, value));
}

/** One flag a setting, or one for each entry of a table of settings. */
function setFlags(path: string, value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [`--set ${shellWord(`${path}=${value}`)}`];
  return Object.entries(value).map(([key, entry]) => `--set '${path}.${key}=${jsonLines(entry)}'`);
}

/** A company's name has blanks and commas in it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A shell takes the lines of a quoted text as they are, and JSON may have them between its members. */
function jsonLines(value: unknown): string {
  const lines: string[] = [];
  for (const member of JSON.stringify(value).split(/(?<=,)(?=")/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + member.length <= 50) lines[lines.length - 1] = line + member;
    else lines.push(member);
  }
  return lines.join("\n  ");
}
