import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Account, openStatuses } from "./account.ts";
import { contains, equal, pageOf, Query, startsWith, within } from "./listing.ts";
import { checkOrder, type ModelState, type OrderInput, readOrder } from "./order-input.ts";
import { markShipped } from "./person.ts";
import { brokenV1, invalidV1, messageV1, refusedV1, unreadableV1 } from "./refusals.ts";
import type { OrderRow } from "./rows.ts";
import { showOrder } from "./show.ts";
import { upsertOrder } from "./upsert.ts";

/** An item of this name makes the write, and the whole batch with it, fail with a 500. */
export const poisonName = "POISON500";

/** The `/orders` routes of V1; `badRecords` are ids whose page fails with a 500 (ShipStation V1, 3). */
export function ordersV1(account: Account, badRecords: ReadonlySet<number>): Hono {
  const app = new Hono();
  app.post("/createorder", (c) => createOne(account, c));
  app.post("/createorders", (c) => createMany(account, c));
  app.post("/markasshipped", (c) => markAsShipped(account, c));
  app.post("/holduntil", (c) => holdUntil(account, c));
  app.post("/restorefromhold", (c) => restoreFromHold(account, c));
  app.get("/", (c) => listOrders(account, c, badRecords));
  app.get("/:id", (c) => {
    const order = account.order(Number(c.req.param("id")));
    return order ? c.json(showOrder(account, order)) : messageV1(404, "Order not found.");
  });
  app.delete("/:id", (c) => {
    const order = account.order(Number(c.req.param("id")));
    if (!order) return messageV1(404, "Order not found.");
    order.active = false;
    account.touch(order);
    account.record("delete", order);
    return c.json({ success: true, message: "The requested order has been deleted." });
  });
  return app;
}

async function createOne(account: Account, c: Context): Promise<Response> {
  const body = await bodyOf(c);
  if (!isObject(body)) return unreadableV1("apiOrder", Array.isArray(body) ? "array" : "text");
  const read = readOrder(body);
  if ("modelState" in read) return invalidV1("apiOrder", read.modelState);
  const modelState = checkOrder(read.order, (text) => account.read(text) !== undefined);
  if (Object.keys(modelState).length > 0) return invalidV1("apiOrder", modelState);
  if (isPoisoned(read.order)) return brokenV1();
  const done = upsertOrder(account, read.order);
  account.endImport();
  return "refused" in done ? refusedV1(done.refused) : c.json(showOrder(account, done.order));
}

async function createMany(account: Account, c: Context): Promise<Response> {
  const body = await bodyOf(c);
  if (!Array.isArray(body)) return unreadableV1("apiOrders", isObject(body) ? "object" : "text");
  if (body.length > 100) return refusedV1("A request can hold at most 100 orders.");
  const inputs: { order: OrderInput; modelState: ModelState }[] = [];
  for (const entry of body) {
    const read = readOrder(entry);
    // What does not convert never reaches the rules, so it costs the whole request.
    if ("modelState" in read) return invalidV1("apiOrders", read.modelState);
    const modelState = checkOrder(read.order, (text) => account.read(text) !== undefined);
    const isBad = Object.keys(modelState).length > 0;
    if (isBad && account.switches.bulkValidation === "wholeBatch") return invalidV1("apiOrders", modelState);
    inputs.push({ order: read.order, modelState });
  }
  const poisoned = inputs.findIndex(({ order }) => isPoisoned(order));
  if (poisoned >= 0 && account.switches.poisonedBatch === "nothing") return brokenV1();
  const results = inputs
    .slice(0, poisoned >= 0 ? poisoned : inputs.length)
    .map(({ order, modelState }) => resultRow(account, order, Object.values(modelState).flat().join(" ")));
  account.endImport();
  if (poisoned >= 0) return brokenV1();
  const hasErrors = results.some(({ success }) => !success);
  return c.json({ hasErrors, results }, hasErrors ? account.switches.bulkErrorStatus : 200);
}

function resultRow(account: Account, input: OrderInput, reasons: string) {
  const done = reasons ? { refused: reasons } : upsertOrder(account, input);
  if ("refused" in done)
    return {
      orderId: account.switches.failedRowOrderId,
      orderNumber: input.orderNumber,
      orderKey: input.orderKey,
      success: false,
      errorMessage: done.refused,
    };
  const { orderId, orderNumber, orderKey } = done.order;
  return { orderId, orderNumber, orderKey, success: true, errorMessage: null };
}

function listOrders(account: Account, c: Context, badRecords: ReadonlySet<number>): Response {
  const query = new Query(c.req.url);
  const read = (text: string) => account.read(text);
  const keeps = [
    (order: OrderRow) => order.active,
    startsWith<OrderRow>(query, "orderNumber", ({ orderNumber }) => orderNumber),
    equal<OrderRow>(query, "orderStatus", ({ orderStatus }) => orderStatus),
    equal<OrderRow>(query, "importBatch", ({ orderId }) => account.importBatches.get(orderId) ?? null),
    equal<OrderRow>(query, "storeId", ({ advancedOptions }) => advancedOptions.storeId),
    contains<OrderRow>(query, "customerName", ({ billTo, shipTo }) => [billTo.name, shipTo.name]),
    contains<OrderRow>(query, "itemKeyword", ({ items }) =>
      items.flatMap(({ sku, name, options }) => [sku, name, ...(options ?? []).map(({ value }) => value)]),
    ),
    contains<OrderRow>(query, "customsCountryCode", ({ internationalOptions }) =>
      (internationalOptions?.customsItems ?? []).map(({ countryOfOrigin }) => countryOfOrigin),
    ),
    within<OrderRow>(query, "createDate", read, ({ createDate }) => createDate.pacific),
    within<OrderRow>(query, "modifyDate", read, ({ modifyDate }) => modifyDate.pacific),
    within<OrderRow>(query, "orderDate", read, ({ orderDate }) => orderDate),
    within<OrderRow>(query, "paymentDate", read, ({ paymentDate }) => paymentDate),
  ];
  const columns = {
    OrderDate: ({ orderDate }: OrderRow) => orderDate,
    ModifyDate: ({ modifyDate }: OrderRow) => modifyDate.pacific,
    CreateDate: ({ createDate }: OrderRow) => createDate.pacific,
  };
  const { rows, counts } = pageOf(query, account.orders, { keeps, columns }, account.switches);
  if (rows.some(({ orderId }) => badRecords.has(orderId))) return brokenV1();
  return c.json({ orders: rows.map((order) => showOrder(account, order)), ...counts });
}

const marked = z.object({
  orderId: z.int(),
  carrierCode: z.string(),
  shipDate: z.string().nullish(),
  trackingNumber: z.string().nullish(),
});

async function markAsShipped(account: Account, c: Context): Promise<Response> {
  const body = marked.safeParse(await bodyOf(c));
  if (!body.success) return missing(body.error);
  const { orderId, carrierCode, trackingNumber, shipDate } = body.data;
  const order = account.order(orderId);
  if (!order) return messageV1(404, "Order not found.");
  if (!openStatuses.includes(order.orderStatus)) return refusedV1(`Order ${orderId} is ${order.orderStatus}.`);
  markShipped(account, orderId, {
    carrierName: account.setup.carriers.find(({ code }) => code === carrierCode)?.name ?? carrierCode,
    trackingNumber: trackingNumber ?? null,
    ...(shipDate && { shipDate: shipDate.slice(0, 10) }),
  });
  account.record("markasshipped", order);
  return c.json({ orderId, orderNumber: order.orderNumber });
}

async function holdUntil(account: Account, c: Context): Promise<Response> {
  const body = z.object({ orderId: z.int(), holdUntilDate: z.string() }).safeParse(await bodyOf(c));
  if (!body.success) return missing(body.error);
  const order = account.order(body.data.orderId);
  if (!order) return messageV1(404, "Order not found.");
  if (!openStatuses.includes(order.orderStatus)) return refusedV1(`Order ${order.orderId} is ${order.orderStatus}.`);
  order.orderStatus = "on_hold";
  order.holdUntilDate = body.data.holdUntilDate.slice(0, 10);
  account.touch(order);
  account.record("holduntil", order);
  return c.json({ success: true, message: `The requested order has been held until ${order.holdUntilDate}.` });
}

async function restoreFromHold(account: Account, c: Context): Promise<Response> {
  const body = z.object({ orderId: z.int() }).safeParse(await bodyOf(c));
  if (!body.success) return missing(body.error);
  const order = account.order(body.data.orderId);
  if (!order) return messageV1(404, "Order not found.");
  if (order.orderStatus !== "on_hold") return refusedV1(`Order ${order.orderId} is ${order.orderStatus}.`);
  order.orderStatus = "awaiting_shipment";
  order.holdUntilDate = null;
  account.touch(order);
  account.record("restorefromhold", order);
  return c.json({ success: true, message: "The requested order has been restored from hold." });
}

/** The body as JSON, or undefined when it is none. */
export async function bodyOf(c: Context): Promise<unknown> {
  try {
    return JSON.parse(await c.req.text());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The 400 for a small body whose members are missing or of the wrong type. */
export function missing(error: z.ZodError): Response {
  const fields = error.issues.map(({ path }) => path.map(String).join("."));
  return invalidV1("request", Object.fromEntries(fields.map((field) => [field, [`The ${field} field is required.`]])));
}

function isPoisoned(order: OrderInput): boolean {
  return order.items?.some(({ name }) => name === poisonName) ?? false;
}

function isObject(body: unknown): boolean {
  return typeof body === "object" && body !== null && !Array.isArray(body);
}
