import { type Context, Hono } from "hono";
import type { Account } from "./account.ts";
import { voidLabel } from "./person.ts";
import { errorV2, throttledV2 } from "./refusals.ts";
import type { OrderRow, ShipmentRow } from "./rows.ts";
import { webhooksV2 } from "./webhook-routes.ts";
import type { Webhooks } from "./webhooks.ts";
import type { RateWindow } from "./window.ts";

/** What V2 stands on. */
export interface V2Setup {
  account: Account;
  /** Undefined when the account has no V2 key. */
  apiKey: string | undefined;
  window: RateWindow;
  webhooks: Webhooks;
}

/** ShipStation V2 as far as shipments and labels go: V1's order N is shipment `se-N`, V1's shipment N label `se-N`. */
export function shipStationV2({ account, apiKey, window, webhooks }: V2Setup): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    if (apiKey === undefined || c.req.header("api-key") !== apiKey)
      return errorV2(401, "security", "unauthorized", "The API key is not valid.");
    const { allowed, resetSeconds } = window.take(account.setup.clock.now());
    if (!allowed) return throttledV2(resetSeconds);
    await next();
  });
  app.get("/labels", (c) => listLabels(account, c));
  app.get("/labels/external_shipment_id/:key", (c) => {
    const key = c.req.param("key");
    const label = account.shipments.findLast((row) => !row.voided && labelExternalId(account, row) === key);
    return label ? c.json(showLabel(account, label)) : notFound("label", key);
  });
  app.put("/labels/:id/void", (c) => {
    const id = c.req.param("id");
    const label = account.shipments.find(({ shipmentId }) => seId(shipmentId) === id);
    if (!label) return notFound("label", id);
    if (label.voided)
      return c.json({ approved: false, message: "The label has been voided already.", reason_code: "unspecified" });
    voidLabel(account, label.shipmentId);
    return c.json({ approved: true, message: "Label voided successfully.", reason_code: null });
  });
  app.get("/shipments", (c) => listShipments(account, c));
  app.get("/shipments/external_shipment_id/:key", (c) => {
    const key = c.req.param("key");
    const order = account.orders.find((row) => row.active && orderExternalId(account, row) === key);
    return order ? c.json(showOrderAsShipment(account, order)) : notFound("shipment", key);
  });
  app.route("/environment/webhooks", webhooksV2(webhooks));
  app.all("*", () => errorV2(404, "validation", "unspecified", "The path does not exist."));
  return app;
}

function notFound(what: string, id: string): Response {
  return errorV2(404, "validation", "unspecified", `The ${what} ${id} does not exist.`);
}

function seId(id: number): string {
  return `se-${id}`;
}

/** At most 50 characters are kept (ShipStation V2, 7.2). */
function orderExternalId(account: Account, { orderKey }: OrderRow): string | null {
  return account.switches.externalShipmentId === "orderKey" ? orderKey.slice(0, 50) : null;
}

/** In captures an unlinked label shows a made-up id where its shipment shows null (ShipStation V2, 7.3). */
function labelExternalId(account: Account, { orderKey, shipmentId }: ShipmentRow): string {
  return account.switches.externalShipmentId === "orderKey" ? orderKey.slice(0, 50) : `SEAuto-${shipmentId}`;
}

function listLabels(account: Account, c: Context): Response {
  const { createdStart, createdEnd, filter } = filtersOf(c);
  const rows = account.shipments.filter(
    (row) =>
      filter("label_status", row.voided ? "voided" : "completed") &&
      filter("shipment_id", seId(row.orderId)) &&
      filter("batch_id", seId(account.labelBatches.get(row.shipmentId) ?? 0)) &&
      filter("external_shipment_id", labelExternalId(account, row)) &&
      row.trackingNumbers.some((number) => filter("tracking_number", number)) &&
      filter("service_code", row.serviceCode) &&
      filter("warehouse_id", row.warehouseId === null ? "" : seId(row.warehouseId)) &&
      createdStart(row.createDate.instant) &&
      createdEnd(row.createDate.instant),
  );
  const modified = (row: ShipmentRow) => (row.voidDate ?? row.createDate).instant;
  const sorted = sortedBy(c, rows, { created_at: (row) => row.createDate.instant, modified_at: modified });
  return pageV2(c, "labels", sorted, (row) => showLabel(account, row));
}

function listShipments(account: Account, c: Context): Response {
  const { createdStart, createdEnd, modifiedStart, modifiedEnd, filter } = filtersOf(c);
  const rows = account.orders.filter(
    (row) =>
      row.active &&
      filter("shipment_status", shipmentStatus(row)) &&
      filter("shipment_number", row.orderNumber) &&
      filter("import_batch_id", account.importBatches.get(row.orderId) ?? "") &&
      filter("external_shipment_id", orderExternalId(account, row) ?? "") &&
      filter("store_id", seId(row.advancedOptions.storeId)) &&
      createdStart(row.createDate.instant) &&
      createdEnd(row.createDate.instant) &&
      modifiedStart(row.modifyDate.instant) &&
      modifiedEnd(row.modifyDate.instant),
  );
  const columns = {
    created_at: (row: OrderRow) => row.createDate.instant,
    modified_at: (row: OrderRow) => row.modifyDate.instant,
  };
  return pageV2(c, "shipments", sortedBy(c, rows, columns), (row) => showOrderAsShipment(account, row));
}

function filtersOf(c: Context) {
  const bound = (name: string, fits: (time: number, limit: number) => boolean) => {
    const text = c.req.query(name);
    return (instant: string) => text === undefined || fits(Date.parse(instant), Date.parse(text));
  };
  return {
    createdStart: bound("created_at_start", (time, limit) => time >= limit),
    createdEnd: bound("created_at_end", (time, limit) => time <= limit),
    modifiedStart: bound("modified_at_start", (time, limit) => time >= limit),
    modifiedEnd: bound("modified_at_end", (time, limit) => time <= limit),
    filter: (name: string, value: string) => [undefined, value].includes(c.req.query(name)),
  };
}

function sortedBy<Row>(c: Context, rows: Row[], columns: Record<string, (row: Row) => string>): Row[] {
  const column = columns[c.req.query("sort_by") ?? "created_at"];
  if (column) rows.sort((a, b) => (column(a) < column(b) ? -1 : Number(column(a) > column(b))));
  return c.req.query("sort_dir") === "asc" ? rows : rows.reverse();
}

function pageV2<Row>(c: Context, name: string, rows: Row[], show: (row: Row) => unknown): Response {
  const page = Number(c.req.query("page") ?? 1);
  const size = Number(c.req.query("page_size") ?? 25);
  if (!Number.isInteger(page) || page < 1) return badPage("page");
  if (!Number.isInteger(size) || size < 1 || size > 500) return badPage("page_size");
  const pages = Math.ceil(rows.length / size);
  const link = (target: number) => {
    if (target < 1 || target > pages) return {};
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(target));
    return { href: url.href };
  };
  return c.json({
    [name]: rows.slice((page - 1) * size, page * size).map(show),
    total: rows.length,
    page,
    pages,
    links: { first: link(1), last: link(pages), prev: link(page - 1), next: link(page + 1) },
  });
}

function badPage(field: string): Response {
  return errorV2(400, "validation", "unspecified", `${field} is not a number that can be used.`);
}

function showLabel(account: Account, row: ShipmentRow): unknown {
  const usd = (amount: number) => ({ currency: "usd", amount });
  return {
    label_id: seId(row.shipmentId),
    status: row.voided ? "voided" : "completed",
    shipment_id: seId(row.orderId),
    external_shipment_id: labelExternalId(account, row),
    ship_date: row.shipDate,
    created_at: row.createDate.instant,
    shipment_cost: usd(row.shipmentCost),
    insurance_cost: usd(row.insuranceCost),
    rate_details: [],
    tracking_number: row.trackingNumbers[0] ?? null,
    tracking_status: "unknown",
    tracking_url: trackingUrl(row),
    is_return_label: row.isReturnLabel,
    carrier_code: row.carrierCode,
    service_code: row.serviceCode,
    voided: row.voided,
    voided_at: row.voidDate?.instant ?? null,
    warehouse_id: row.warehouseId === null ? null : seId(row.warehouseId),
    packages: row.trackingNumbers.map((number) => ({ package_code: row.packageCode, tracking_number: number })),
  };
}

function trackingUrl({ carrierCode, trackingNumbers }: ShipmentRow): string | null {
  const pages: Record<string, string> = {
    stamps_com: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    ups: "https://www.ups.com/track?tracknum=",
    fedex: "https://www.fedex.com/fedextrack/?trknbr=",
  };
  const page = pages[carrierCode];
  return page && trackingNumbers[0] ? page + trackingNumbers[0] : null;
}

function shipmentStatus({ orderStatus }: OrderRow): string {
  const statuses: Record<string, string> = {
    shipped: "label_purchased",
    cancelled: "cancelled",
    on_hold: "on_hold",
    pending_fulfillment: "processing",
  };
  return statuses[orderStatus] ?? "pending";
}

function showOrderAsShipment(account: Account, row: OrderRow): unknown {
  const { shipTo, advancedOptions } = row;
  return {
    shipment_id: seId(row.orderId),
    shipment_number: row.orderNumber,
    external_shipment_id: orderExternalId(account, row),
    shipment_status: shipmentStatus(row),
    store_id: seId(advancedOptions.storeId),
    warehouse_id: advancedOptions.warehouseId === null ? null : seId(advancedOptions.warehouseId),
    created_at: row.createDate.instant,
    modified_at: row.modifyDate.instant,
    ship_to: {
      name: shipTo.name,
      phone: shipTo.phone,
      company_name: shipTo.company,
      address_line1: shipTo.street1,
      address_line2: shipTo.street2,
      address_line3: shipTo.street3,
      city_locality: shipTo.city,
      state_province: shipTo.state,
      postal_code: shipTo.postalCode,
      country_code: shipTo.country,
    },
    items: row.items.map(({ sku, name, quantity, unitPrice }) => ({ sku, name, quantity, unit_price: unitPrice })),
  };
}
