import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Account } from "./account.ts";
import { BadQuery, contains, equal, pageOf, Query, startsWith, within } from "./listing.ts";
import { voidLabel } from "./person.ts";
import { productsV1 } from "./products.ts";
import { brokenV1, invalidV1, messageV1 } from "./refusals.ts";
import type { FulfillmentRow, Parcel } from "./rows.ts";
import { showCarrier, showFulfillment, showParcel } from "./show.ts";
import { bodyOf, missing, ordersV1 } from "./v1-orders.ts";
import { webhooksV1 } from "./webhook-routes.ts";
import type { Webhooks } from "./webhooks.ts";
import type { RateWindow } from "./window.ts";

/** What V1 stands on. */
export interface V1Setup {
  account: Account;
  /** The expected `Authorization` header. */
  authorization: string;
  window: RateWindow;
  badRecords: ReadonlySet<number>;
  webhooks: Webhooks;
}

/** ShipStation V1: Basic auth, 40 calls a minute, three shapes of errors. */
export function shipStationV1({ account, authorization, window, badRecords, webhooks }: V1Setup): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    limitHeaders(c.res, window, account);
  });
  app.use(async (c, next) => {
    if (c.req.header("authorization") !== authorization) return messageV1(401, "Unauthorized");
    if (!account.switches.planHasV1) return messageV1(402, "Your plan does not include API access.");
    if (!window.take(account.setup.clock.now()).allowed) return throttledV1(account, window);
    await next();
  });
  app.route("/orders", ordersV1(account, badRecords));
  app.get("/shipments", (c) => listShipments(account, c, badRecords));
  app.post("/shipments/voidlabel", (c) => voidOne(account, c));
  app.get("/fulfillments", (c) => listFulfillments(account, c, badRecords));
  app.route("/products", productsV1(account));
  app.route("/webhooks", webhooksV1(account, webhooks));
  addReferenceRoutes(app, account);
  app.all("*", () => messageV1(404, "No HTTP resource was found that matches the request URI."));
  app.onError((error) => {
    if (error instanceof BadQuery) return invalidV1("request", error.modelState);
    throw error;
  });
  return app;
}

/** V1's 429; the headers say how long to wait. */
export function throttledV1(account: Account, window: RateWindow): Response {
  const response = messageV1(429, "Too Many Requests");
  limitHeaders(response, window, account);
  response.headers.set("X-Rate-Limit-Remaining", "0");
  if (account.switches.retryAfterV1)
    response.headers.set("Retry-After", String(window.look(account.setup.clock.now()).resetSeconds));
  return response;
}

function limitHeaders(response: Response, window: RateWindow, account: Account): void {
  const { remaining, resetSeconds } = window.look(account.setup.clock.now());
  response.headers.set("X-Rate-Limit-Limit", String(window.limit));
  response.headers.set("X-Rate-Limit-Remaining", String(remaining));
  response.headers.set("X-Rate-Limit-Reset", String(resetSeconds));
}

function listShipments(account: Account, c: Context, badRecords: ReadonlySet<number>): Response {
  const query = new Query(c.req.url);
  const read = (text: string) => account.read(text);
  const keeps = [
    contains<Parcel>(query, "recipientName", ({ shipment }) => [shipment.shipTo.name]),
    equal<Parcel>(query, "recipientCountryCode", ({ shipment }) => shipment.shipTo.country),
    startsWith<Parcel>(query, "orderNumber", ({ shipment }) => shipment.orderNumber),
    equal<Parcel>(query, "orderId", ({ shipment }) => shipment.orderId),
    equal<Parcel>(query, "carrierCode", ({ shipment }) => shipment.carrierCode),
    equal<Parcel>(query, "serviceCode", ({ shipment }) => shipment.serviceCode),
    equal<Parcel>(query, "trackingNumber", ({ shipment, index }) => shipment.trackingNumbers[index] ?? null),
    equal<Parcel>(query, "batchId", ({ shipment }) => account.labelBatches.get(shipment.shipmentId) ?? null),
    equal<Parcel>(query, "storeId", ({ shipment }) => shipment.storeId),
    within<Parcel>(query, "createDate", read, ({ shipment }) => shipment.createDate.pacific),
    within<Parcel>(query, "shipDate", read, ({ shipment }) => `${shipment.shipDate}T00:00:00.000`),
    within<Parcel>(query, "voidDate", read, ({ shipment }) => shipment.voidDate?.pacific ?? null),
  ];
  const columns = {
    CreateDate: ({ shipment }: Parcel) => shipment.createDate.pacific,
    ShipDate: ({ shipment }: Parcel) => shipment.shipDate,
  };
  const parcels = account.shipments.flatMap((shipment) =>
    [shipment.shipmentId, ...shipment.furtherIds].map((_, index) => ({ shipment, index })),
  );
  const { rows, counts } = pageOf(query, parcels, { keeps, columns, usual: "CreateDate" }, account.switches);
  if (rows.some(({ shipment }) => badRecords.has(shipment.shipmentId))) return brokenV1();
  const withItems = query.isTrue("includeShipmentItems");
  return c.json({ shipments: rows.map((parcel) => showParcel(account, parcel, withItems)), ...counts });
}

function listFulfillments(account: Account, c: Context, badRecords: ReadonlySet<number>): Response {
  const query = new Query(c.req.url);
  const read = (text: string) => account.read(text);
  const keeps = [
    equal<FulfillmentRow>(query, "fulfillmentId", ({ fulfillmentId }) => fulfillmentId),
    equal<FulfillmentRow>(query, "orderId", ({ orderId }) => orderId),
    startsWith<FulfillmentRow>(query, "orderNumber", ({ orderNumber }) => orderNumber),
    equal<FulfillmentRow>(query, "trackingNumber", ({ trackingNumber }) => trackingNumber),
    contains<FulfillmentRow>(query, "recipientName", ({ shipTo }) => [shipTo.name]),
    within<FulfillmentRow>(query, "createDate", read, ({ createDate }) => createDate.pacific),
    within<FulfillmentRow>(query, "shipDate", read, ({ shipDate }) => `${shipDate}T00:00:00.000`),
  ];
  const columns = {
    CreateDate: ({ createDate }: FulfillmentRow) => createDate.pacific,
    ShipDate: ({ shipDate }: FulfillmentRow) => shipDate,
  };
  const { rows, counts } = pageOf(
    query,
    account.fulfillments,
    { keeps, columns, usual: "CreateDate" },
    account.switches,
  );
  if (rows.some(({ fulfillmentId }) => badRecords.has(fulfillmentId))) return brokenV1();
  return c.json({ fulfillments: rows.map((row) => showFulfillment(account, row)), ...counts });
}

async function voidOne(account: Account, c: Context): Promise<Response> {
  const body = z.object({ shipmentId: z.int() }).safeParse(await bodyOf(c));
  if (!body.success) return missing(body.error);
  const shipment = account.shipments.find(({ shipmentId }) => shipmentId === body.data.shipmentId);
  if (!shipment) return messageV1(404, "Shipment not found.");
  if (shipment.voided) return c.json({ approved: false, message: "The label has been voided already." });
  voidLabel(account, shipment.shipmentId);
  return c.json({ approved: true, message: "Label voided successfully." });
}

/** What `connect` reads: stores, warehouses, carriers, tags, all as bare arrays (ShipStation V1, 5.5). */
function addReferenceRoutes(app: Hono, account: Account): void {
  const { stores, warehouses, carriers, tags } = account.setup;
  const carrierOf = (c: Context) => {
    const code = new Query(c.req.url).get("carrierCode");
    return carriers.find((carrier) => carrier.code === code);
  };
  app.get("/stores", (c) =>
    c.json(stores.filter(({ active }) => active || new Query(c.req.url).isTrue("showInactive"))),
  );
  app.get("/warehouses", (c) => c.json(warehouses));
  app.get("/accounts/listtags", (c) => c.json(tags));
  app.get("/carriers", (c) => c.json(carriers.map(showCarrier)));
  app.get("/carriers/listservices", (c) => {
    const carrier = carrierOf(c);
    if (!carrier) return messageV1(404, "Carrier not found.");
    return c.json(carrier.services.map((row) => ({ carrierCode: carrier.code, ...row, domestic: !row.international })));
  });
  app.get("/carriers/listpackages", (c) => {
    const carrier = carrierOf(c);
    if (!carrier) return messageV1(404, "Carrier not found.");
    return c.json(
      carrier.packages.map((row) => ({ carrierCode: carrier.code, ...row, domestic: true, international: true })),
    );
  });
}
