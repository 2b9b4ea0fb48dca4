/** Calls about orders (ShipBob, 5). */

import type { Account } from "./account.ts";
import { cancelShipment } from "./cancel.ts";
import { createOrder } from "./create-order.ts";
import { json, readOrder } from "./order-input.ts";
import type { Query } from "./query.ts";
import { brokenDatabase, empty } from "./refusals.ts";
import { type Call, numberOf, type Route } from "./routes.ts";
import type { OrderRow } from "./rows.ts";
import { showOrder, statusOf } from "./show.ts";

/** Orders: made, read, cancelled. */
export function orderRoutes(account: Account): Route[] {
  const read = { scope: "orders_read", channel: "optional" } as const;
  return [
    {
      method: "POST",
      path: "/order",
      scope: "orders_write",
      channel: "required",
      handle: (call) => create(account, call),
    },
    { method: "GET", path: "/order", ...read, handle: (call) => list(account, call) },
    {
      method: "GET",
      path: "/order/{id}",
      ...read,
      handle: (call) => Response.json(showOrder(account, orderOf(account, call))),
    },
    { method: "POST", path: "/order/{id}:cancel", scope: "orders_write", handle: (call) => cancel(account, call) },
  ];
}

/** The order that a path names, if the named channel has it. */
export function orderOf(account: Account, call: Call): OrderRow {
  const order = account.order(numberOf(call));
  if (!order || !isIn(order, call)) throw empty(404);
  return order;
}

/** Whether a call that names a channel may see an order. */
export function isIn({ channelId }: OrderRow, call: Call): boolean {
  return call.channelId === undefined || call.channelId === channelId;
}

/** Refuses a write to what another application made (2). */
export function checkOwn(account: Account, { channelId }: OrderRow, { caller }: Call): void {
  const owner = account.channels.find(({ id }) => id === channelId)?.application;
  if (owner !== caller.application) throw empty(403);
}

function create(account: Account, call: Call): Response {
  const input = readOrder(json(call.text));
  const maker = { channelId: call.channelId ?? 0, application: call.caller.application };
  const order = createOrder(account, maker, input);
  account.record("POST /order", order.reference_id, json(call.text));
  return Response.json(showOrder(account, order), { status: 201 });
}

function cancel(account: Account, call: Call): Response {
  const order = orderOf(account, call);
  checkOwn(account, order, call);
  const wasCancelled = statusOf(account, order) === "Cancelled";
  const results = order.shipments.map((shipment) => cancelShipment(account, shipment));
  const failures = results.filter(({ is_success }) => !is_success).length;
  const status = wasCancelled
    ? account.switches.repeatedCancel
    : failures === 0
      ? "Success"
      : failures === results.length
        ? "Failure"
        : "PartialSuccess";
  account.record("POST /order/{id}:cancel", order.reference_id, { status });
  return Response.json({
    order_id: order.id,
    order: showOrder(account, order),
    status,
    canceled_shipment_results: results,
  });
}

function list(account: Account, call: Call): Response {
  const { query } = call;
  if (query.flag("HasTracking") && account.switches.hasTracking === "broken") return brokenDatabase();
  const page = query.integer("Page", { least: 1, most: 2 ** 31 - 1, absent: 1 });
  const limit = query.integer("Limit", { least: 1, most: 250, absent: 50 });
  const newest = (query.text("SortOrder") ?? account.switches.defaultSortOrder) === "Newest";
  const keeps = filtersOf(query);
  const visible = account.before(account.switches.visibleAfterMs);
  const found = account.orders
    .filter((order) => order.created <= visible && isIn(order, call) && keeps.every((keep) => keep(order)))
    .sort((a, b) => (newest ? b.id - a.id : a.id - b.id));
  const rows = found.slice((page - 1) * limit, page * limit);
  const response = Response.json(rows.map((order) => showOrder(account, order)));
  if (account.switches.pageHeaders === "missing") return response;
  const pages = Math.ceil(found.length / limit);
  response.headers.set("total-count", String(found.length));
  response.headers.set("total-pages", String(pages));
  if (page < pages) response.headers.set("next-page", `/order?Page=${page + 1}&Limit=${limit}`);
  return response;
}

type Keep = (order: OrderRow) => boolean;

function filtersOf(query: Query): Keep[] {
  const ids = query.list("IDs");
  const references = query.list("ReferenceIds");
  const hasTracking = query.flag("HasTracking");
  const isUploaded = query.flag("IsTrackingUploaded");
  return [
    ...(ids ? [(order: OrderRow) => ids.includes(String(order.id))] : []),
    ...(references ? [(order: OrderRow) => references.includes(order.reference_id)] : []),
    ...between(query, ["StartDate", "EndDate"], ({ created }) => created),
    ...between(query, ["LastUpdateStartDate", "LastUpdateEndDate"], updatedOf),
    ...between(query, ["LastTrackingUpdateStartDate", "LastTrackingUpdateEndDate"], trackingUpdatedOf),
    ...(hasTracking === undefined ? [] : [(order: OrderRow) => tracked(order).length > 0 === hasTracking]),
    ...(isUploaded === undefined ? [] : [(order: OrderRow) => isFullyUploaded(order) === isUploaded]),
  ];
}

/** Later than the start and earlier than the end, as the parameters are described. */
function between(query: Query, names: [string, string], stampOf: (order: OrderRow) => string | undefined): Keep[] {
  const [start, end] = [query.instant(names[0]), query.instant(names[1])];
  return [
    ...(start === undefined ? [] : [(order: OrderRow) => (stampOf(order) ?? "") > start]),
    ...(end === undefined ? [] : [(order: OrderRow) => (stampOf(order) ?? "~") < end]),
  ];
}

function updatedOf({ updated, shipments }: OrderRow): string {
  return [updated, ...shipments.map((shipment) => shipment.updated)].sort().at(-1) ?? updated;
}

function trackingUpdatedOf({ shipments }: OrderRow): string | undefined {
  return shipments
    .flatMap(({ trackingUpdated }) => trackingUpdated ?? [])
    .sort()
    .at(-1);
}

function tracked({ shipments }: OrderRow) {
  return shipments.filter(({ tracking }) => tracking !== null);
}

function isFullyUploaded(order: OrderRow): boolean {
  return tracked(order).length > 0 && tracked(order).every(({ isTrackingUploaded }) => isTrackingUploaded);
}
