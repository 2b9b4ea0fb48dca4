/** What a person does in ShipStation's own screens. */

import { type Account, openStatuses } from "./account.ts";
import { readOrder } from "./order-input.ts";
import type { FulfillmentRow, ItemRow, OrderRow, ShipmentItemRow, ShipmentRow } from "./rows.ts";
import { createOrder } from "./upsert.ts";

/** An order by its id, or by its key (the first one, when parts share it). */
export type OrderRef = number | string;

/** Which line, and how much of it. */
export interface LineQuantity {
  lineItemKey?: string;
  sku?: string;
  quantity: number;
}

/** A label to buy; what is left out comes from the order or is made up. */
export interface PrintOptions {
  carrierCode?: string;
  serviceCode?: string;
  packageCode?: string;
  cost?: number;
  insuranceCost?: number;
  /** How many packages, each with a number of its own; 1 when left out. */
  packages?: number;
  trackingNumbers?: readonly string[];
  /** A part of the order, which then stays open; everything that is still open when left out. */
  items?: readonly LineQuantity[];
  isReturnLabel?: boolean;
  /** A label with no items attached, as a second one bought before the first is voided (ShipStation V1, 4.3). */
  withoutItems?: boolean;
}

/** How an order was shipped without a label. */
export interface MarkShippedOptions {
  /** The display name, such as `USPS`. */
  carrierName?: string;
  trackingNumber?: string | null;
  shipDate?: string;
}

/** Finds the order, or throws. */
export function orderOf(account: Account, ref: OrderRef): OrderRow {
  const order = account.orders.find((row) => row.active && (row.orderId === ref || row.orderKey === ref));
  if (!order) throw new Error(`The simulated ShipStation has no order ${ref}.`);
  return order;
}

/** Finds an order that can still be changed, or throws. */
export function openOrderOf(account: Account, ref: OrderRef): OrderRow {
  const order = orderOf(account, ref);
  if (!openStatuses.includes(order.orderStatus)) throw new Error(`Order ${ref} is ${order.orderStatus}.`);
  return order;
}

/** Buys a label: the order is shipped once no line is left open. */
export function printLabel(account: Account, ref: OrderRef, options: PrintOptions): ShipmentRow {
  const order = orderOf(account, ref);
  const bare = options.withoutItems === true || options.isReturnLabel === true;
  if (!bare && order.orderStatus !== "awaiting_shipment") throw new Error(`Order ${ref} is ${order.orderStatus}.`);
  const shipmentItems = options.withoutItems ? [] : takeItems(account, order, options);
  const shipmentId = account.nextId("shipment");
  const carrierCode = options.carrierCode ?? order.carrierCode ?? "ups";
  const numbers = options.trackingNumbers ?? trackingNumbers(carrierCode, shipmentId, options.packages ?? 1);
  const rows = account.switches.multiPackage === "rowEach" ? numbers.length : 1;
  const shipment: ShipmentRow = {
    shipmentId,
    orderId: order.orderId,
    orderKey: order.orderKey,
    orderNumber: order.orderNumber,
    storeId: order.advancedOptions.storeId,
    customerEmail: order.customerEmail,
    createDate: account.now(),
    shipDate: account.today(),
    shipmentCost: options.cost ?? 9.85,
    insuranceCost: options.insuranceCost ?? 0,
    trackingNumbers: [...numbers],
    isReturnLabel: options.isReturnLabel ?? false,
    carrierCode,
    serviceCode: options.serviceCode ?? order.serviceCode ?? "ups_ground",
    packageCode: options.packageCode ?? order.packageCode ?? "package",
    confirmation: order.confirmation,
    warehouseId: order.advancedOptions.warehouseId,
    voided: false,
    voidDate: null,
    shipTo: structuredClone(order.shipTo),
    shipmentItems,
    furtherIds: Array.from({ length: rows - 1 }, () => account.nextId("shipment")),
  };
  account.shipments.push(shipment);
  if (!shipment.isReturnLabel) {
    const batch = account.nextId("batch");
    account.labelBatches.set(shipmentId, batch);
    account.tell({ kind: "labels", storeId: shipment.storeId, batch, orderId: order.orderId });
  }
  const isThrough = !bare && order.items.every((item) => openQuantity(account, order, item) <= 0);
  if (isThrough) ship(order, shipment.shipDate);
  if (isThrough || account.switches.labelTouchesOrder === "always") account.touch(order);
  return shipment;
}

/** Voids a label: its row stays, and its order awaits shipment again (ShipStation V1, 4.3). */
export function voidLabel(account: Account, shipmentId: number): ShipmentRow {
  const shipment = account.shipments.find((row) => row.shipmentId === shipmentId);
  if (!shipment) throw new Error(`The simulated ShipStation has no shipment ${shipmentId}.`);
  if (shipment.voided) throw new Error(`Shipment ${shipmentId} is voided already.`);
  shipment.voided = true;
  shipment.voidDate = account.now();
  const order = account.order(shipment.orderId);
  if (!order) return shipment;
  const isOutbound = !shipment.isReturnLabel && (shipment.shipmentItems.length > 0 || order.items.length === 0);
  if (isOutbound && order.orderStatus === "shipped") {
    order.orderStatus = "awaiting_shipment";
    order.shipDate = null;
  }
  account.touch(order);
  return shipment;
}

/** Marks an order as shipped: a fulfillment and no shipment (ShipStation V1, 2.3). */
export function markShipped(account: Account, ref: OrderRef, options: MarkShippedOptions): FulfillmentRow {
  const order = openOrderOf(account, ref);
  const fulfillment: FulfillmentRow = {
    fulfillmentId: account.nextId("fulfillment"),
    orderId: order.orderId,
    orderNumber: order.orderNumber,
    customerEmail: order.customerEmail,
    trackingNumber: options.trackingNumber ?? null,
    createDate: account.now(),
    shipDate: options.shipDate ?? account.today(),
    carrierCode: options.carrierName ?? "UPS",
    voided: false,
    voidDate: null,
    shipTo: structuredClone(order.shipTo),
  };
  account.fulfillments.push(fulfillment);
  const { storeId } = order.advancedOptions;
  account.tell({ kind: "fulfillment", storeId, batch: fulfillment.fulfillmentId, orderId: order.orderId });
  ship(order, fulfillment.shipDate);
  account.touch(order);
  return fulfillment;
}

/** Takes back that an order was marked as shipped. */
export function voidFulfillment(account: Account, fulfillmentId: number): FulfillmentRow {
  const fulfillment = account.fulfillments.find((row) => row.fulfillmentId === fulfillmentId);
  if (!fulfillment) throw new Error(`The simulated ShipStation has no fulfillment ${fulfillmentId}.`);
  fulfillment.voided = true;
  fulfillment.voidDate = account.now();
  const order = orderOf(account, fulfillment.orderId);
  order.orderStatus = "awaiting_shipment";
  order.shipDate = null;
  account.touch(order);
  return fulfillment;
}

/** An order that reaches ShipStation by another way than our API calls, in the wire's form. */
export function addOrder(account: Account, order: Readonly<Record<string, unknown>>, storeId?: number): OrderRow {
  const shop = account.setup.stores.find(({ marketplaceId }) => marketplaceId !== 0);
  const read = readOrder({
    orderNumber: `WEB-${account.orders.length + 1}`,
    orderDate: account.now().pacific,
    orderStatus: "awaiting_shipment",
    billTo: { name: "Web Customer", country: "US" },
    shipTo: {
      name: "Web Customer",
      street1: "1 Main St",
      city: "Reno",
      state: "NV",
      postalCode: "89501",
      country: "US",
    },
    items: [{ lineItemKey: "1", sku: "WEB-SKU", name: "Web item", quantity: 1, unitPrice: 10 }],
    ...order,
  });
  if ("modelState" in read) throw new Error(JSON.stringify(read.modelState));
  const made = createOrder(account, read.order, storeId ?? shop?.storeId ?? account.defaultStoreId(), "store");
  account.endImport();
  return made;
}

function ship(order: OrderRow, shipDate: string): void {
  order.orderStatus = "shipped";
  order.shipDate = shipDate;
}

/** What of a line is on no valid label yet. */
function openQuantity(account: Account, order: OrderRow, item: ItemRow): number {
  if (item.adjustment) return 0;
  const labels = account.shipments.filter((row) => row.orderId === order.orderId && !row.voided && !row.isReturnLabel);
  const shipped = labels.flatMap((row) => row.shipmentItems).filter((row) => row.orderItemId === item.orderItemId);
  return shipped.reduce((open, { quantity }) => open - quantity, item.quantity);
}

function takeItems(account: Account, order: OrderRow, { items, isReturnLabel }: PrintOptions): ShipmentItemRow[] {
  const available = (item: ItemRow) => (isReturnLabel ? item.quantity : openQuantity(account, order, item));
  const taken = items
    ? items.map((line) => ({ item: lineOf(order, line), quantity: line.quantity }))
    : order.items.map((item) => ({ item, quantity: available(item) }));
  return taken
    .filter(({ quantity }) => quantity > 0)
    .map(({ item, quantity }) => {
      if (quantity > available(item)) throw new Error(`Only ${available(item)} of ${item.sku} is open.`);
      const { orderItemId, lineItemKey, sku, name, unitPrice, productId } = item;
      return { orderItemId, lineItemKey, sku, name, quantity, unitPrice, productId };
    });
}

/** Finds a line of an order by its key, or by its SKU; throws when there is none. */
export function lineOf(order: OrderRow, { lineItemKey, sku }: LineQuantity): ItemRow {
  const item = order.items.find((row) =>
    lineItemKey === undefined ? row.sku === sku : row.lineItemKey === lineItemKey,
  );
  if (!item) throw new Error(`Order ${order.orderNumber} has no line ${lineItemKey ?? sku}.`);
  return item;
}

/** Numbers in the carrier's own length, the same for the same label on every run. */
function trackingNumbers(carrierCode: string, shipmentId: number, packages: number): string[] {
  const shape: Record<string, [string, number]> = { ups: ["1ZSIM0010", 9], fedex: ["7946", 8] };
  const [head, digits] = shape[carrierCode] ?? ["94001112", 14];
  return Array.from({ length: packages }, (_, index) => head + String(shipmentId * 100 + index).padStart(digits, "0"));
}
