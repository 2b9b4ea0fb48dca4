import { NavClient } from "../../src/connectors/nav/client.ts";
import { navPairSettings, navSettings } from "../../src/connectors/nav/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";

/** What the fake server was sent, the path without the base URL, decoded. */
export interface Sent {
  method: string;
  url: URL;
  path: string;
  /** As it went over the wire. */
  raw: string;
  headers: Headers;
  body: unknown;
}

/** What it answers; undefined is a 404. */
export type Answers = (sent: Sent, index: number) => Response | undefined | Promise<Response>;

export const company = "CRONUS International Ltd.";
export const baseUrl = "https://nav.contoso.example:7048/DynamicsNAV110/ODataV4";
export const etag = (version: number) => `W/"'MjA7RUFBQUFBSjdfMQAwADEAMAA0ADIAOzEyMzQ1${version}'"`;

/** The sheet's order (NAV, 4). */
export const order = (more: object = {}) => ({
  "@odata.etag": etag(1),
  Document_Type: "Order",
  No: "101042",
  Sell_to_Customer_No: "C00120",
  Sell_to_Customer_Name: "Maria Keller",
  External_Document_No: "SS-884213",
  Order_Date: "2026-11-20",
  Shipment_Date: "2026-11-24",
  Status: "Released",
  Shipping_Agent_Code: "FEDEX",
  Shipping_Agent_Service_Code: "GROUND",
  Package_Tracking_No: "",
  Ship_to_Name: "Maria Keller",
  ...more,
});

export const line = (more: object = {}) => ({
  "@odata.etag": etag(5),
  Document_Type: "Order",
  Document_No: "101042",
  Line_No: 10000,
  Type: "Item",
  No: "SKU-100",
  Quantity: 2,
  Qty_to_Ship: 2,
  Quantity_Shipped: 0,
  Shipment_Date: "2026-11-24",
  ...more,
});

export const posted = (more: object = {}) => ({
  "@odata.etag": etag(7),
  No: "S-SHPT-1",
  Order_No: "101042",
  External_Document_No: "SS-884213",
  Posting_Date: "2026-11-24",
  Shipment_Date: "2026-11-24",
  Shipping_Agent_Code: "",
  Shipping_Agent_Service_Code: "",
  Package_Tracking_No: "",
  ...more,
});

const fieldsOf = (row: object, more: readonly string[] = []) => [
  ...Object.keys(row).filter((name) => name !== "@odata.etag"),
  ...more,
];

export type SetFields = Record<string, readonly string[]>;

/** The fields of the pages as a worldwide NAV 2018 publishes them. */
export const worldwide: SetFields = {
  SalesOrder: fieldsOf(order()),
  SalesOrderSalesLines: fieldsOf(line()),
  PostedSalesShipment: fieldsOf(posted()),
  ShippingAgents: ["Code", "Name"],
  ShippingAgentServices: ["Shipping_Agent_Code", "Code", "Description"],
};

/** A `$metadata` document with these sets. */
export function metadataOf(sets: SetFields): string {
  const types = Object.entries(sets).map(([set, fields]) => {
    const properties = fields.map((name) => `<Property Name="${name}" Type="Edm.String"/>`).join("");
    return `<EntityType Name="${set}"><Key><PropertyRef Name="No"/></Key>${properties}</EntityType>`;
  });
  const entitySets = Object.keys(sets).map((set) => `<EntitySet Name="${set}" EntityType="NAV.${set}"/>`);
  return (
    `<?xml version="1.0"?><edmx:Edmx Version="4.0"><edmx:DataServices><Schema Namespace="NAV">${types.join("")}` +
    `<EntityContainer Name="NAV">${entitySets.join("")}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`
  );
}

export interface World {
  settings?: object;
  pair?: object;
  secrets?: Record<string, string>;
  sets?: SetFields;
  /** Stands in for `$metadata`. */
  metadata?: () => Response;
  /** Answers requests to other hosts than the base URL's: the gateway's for tokens. */
  elsewhere?: Answers;
}

/** A client of a server that answers as told; `sent` has all but `$metadata` and tokens. */
export function navWith(answers: Answers, world: World = {}) {
  const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
  const settings = navSettings.parse({ baseUrl, company, username: "MLC", ...world.settings });
  const base = new URL(settings.baseUrl);
  const sent: Sent[] = [];
  const tokens: Sent[] = [];
  let metadataRead = 0;
  const fetch: typeof globalThis.fetch = async (input) => {
    if (!(input instanceof Request)) throw new Error("expected a Request");
    const url = new URL(input.url);
    const text = await input.clone().text();
    const isJson = input.headers.get("content-type")?.includes("json");
    const raw = `${url.pathname}${url.search}`.replace(`${base.pathname}/`, "");
    const body: unknown = isJson ? JSON.parse(text) : text;
    const path = decodeURIComponent(raw);
    const one: Sent = { method: input.method, url, path, raw, headers: input.headers, body };
    if (url.host !== base.host) {
      tokens.push(one);
      return (await world.elsewhere?.(one, tokens.length - 1)) ?? new Response(null, { status: 404 });
    }
    if (path.split("?")[0] === "$metadata") {
      metadataRead += 1;
      return world.metadata?.() ?? new Response(metadataOf(world.sets ?? worldwide));
    }
    sent.push(one);
    return (await answers(one, sent.length - 1)) ?? refusal(404, "", "Resource not found for the segment");
  };
  const secrets = Object.entries(world.secrets ?? { password: "web-service-key" });
  const client = new NavClient(
    {
      settings,
      secrets: Object.fromEntries(secrets.map(([name, value]) => [name, new Secret(value)])),
      tokens: memoryTokenCache(),
      fetch,
      clock,
      random: () => 1,
    },
    navPairSettings.parse(world.pair ?? {}),
  );
  return { client, clock, sent, tokens, metadataRead: () => metadataRead };
}

/** A refusal in V4's form (NAV, 9). */
export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { code, message } }, { status, headers });
}

/** A list. */
export function list(value: unknown[], more: object = {}): Response {
  return Response.json({ value, ...more });
}

/** The service in a path, without company, key and query. */
export function serviceIn({ path }: Sent): string {
  return /Company\('.*?'\)\/(\w+)/.exec(path)?.[1] ?? path;
}
