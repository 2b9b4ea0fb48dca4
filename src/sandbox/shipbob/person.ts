/** What people and carriers do with a shipment. */

import type { Account } from "./account.ts";
import { allocate, release, takeGoods } from "./allocation.ts";
import { cancelShipment } from "./cancel.ts";
import { bill } from "./charges.ts";
import { goodsOf, newShipment } from "./create-order.ts";
import { addEvent, detail, type ExceptionName, type HoldName, touch } from "./details.ts";
import type { OrderRow, ScanRow, ShipmentRow } from "./rows.ts";

/** A shipment by its id, or by the reference of an order that has one open shipment. */
export type ShipmentRef = number | string;

/** A label to buy; what is left out is made up. */
export interface LabelOptions {
  carrier?: string;
  service?: string;
  trackingNumber?: string;
}

/** What the carrier tells of a parcel. */
export interface ScanOptions {
  /** A status of ShipBob's tracking. */
  status?: string;
  substatus?: string;
  message?: string;
  location?: string;
}

/** So many of one SKU that go with another shipment. */
export interface SplitPart {
  sku: string;
  quantity: number;
}

/** Finds the shipment, or throws. */
export function shipmentOf(account: Account, ref: ShipmentRef): ShipmentRow {
  if (typeof ref === "number") {
    const shipment = account.shipment(ref);
    if (!shipment) throw new Error(`The simulated ShipBob has no shipment ${ref}.`);
    return shipment;
  }
  const referring = account.referring(ref);
  const orders = referring.length > 0 ? referring : account.orders.filter(({ order_number }) => order_number === ref);
  // An order that was replaced shares its number with the one that replaced it.
  const open = orders.flatMap(({ shipments }) => shipments).filter(({ status }) => status !== "Cancelled");
  const [shipment] = open;
  if (!shipment || open.length > 1)
    throw new Error(`The simulated ShipBob has ${open.length} open shipments of ${ref}.`);
  return shipment;
}

/** Picks it, after which it cannot be cancelled. */
export function pick(account: Account, shipment: ShipmentRow): void {
  expect(shipment, ["Processing"]);
  shipment.details = [detail("Picked")];
  addEvent(account, shipment, 602);
}

/** Packs it. */
export function pack(account: Account, shipment: ShipmentRow): void {
  expect(shipment, ["Processing"]);
  shipment.details = [detail("Packed")];
  addEvent(account, shipment, 603);
}

/** Buys and prints its label, or another one: the number of the same shipment changes (5.6). */
export function label(account: Account, shipment: ShipmentRow, options: LabelOptions = {}): void {
  expect(shipment, ["Processing", "LabeledCreated", "Completed"]);
  const carrier = options.carrier ?? "USPS";
  const number = options.trackingNumber ?? madeUpNumber(shipment);
  const url = `https://www.shipbob.com/tracking/${number}`;
  shipment.tracking = { number, carrier, service: options.service ?? "Ground Advantage", url };
  if (shipment.status === "Processing") {
    shipment.status = "LabeledCreated";
    shipment.details = [detail("Labeled")];
    shipment.fulfilled = account.now();
  }
  addEvent(account, shipment, 604);
  shipment.scans = [];
  scan(account, shipment, { status: "PreTransit", message: "Label created" });
  touch(account, shipment);
  bill(account, shipment);
  const order = orderOf(account, shipment);
  const isLast = order.shipments.every(({ status, tracking }) => status === "Cancelled" || tracking !== null);
  if (isLast || account.switches.orderShipped === "eachLabel") account.tell("order.shipped", order);
}

/** Voids its label: the shipment has no number until there is another one. */
export function voidLabel(account: Account, shipment: ShipmentRow): void {
  expect(shipment, ["LabeledCreated"]);
  shipment.status = "Processing";
  shipment.details = [detail("Packed")];
  shipment.tracking = null;
  shipment.scans = [];
  shipment.fulfilled = null;
  touch(account, shipment);
}

/** Hands it to the carrier: it left the warehouse, and nothing more. */
export function complete(account: Account, shipment: ShipmentRow): void {
  expect(shipment, ["LabeledCreated", "Processing"]);
  shipment.status = "Completed";
  shipment.details = [detail("Processing")];
  shipment.fulfilled ??= account.now();
  takeGoods(account, shipment);
  addEvent(account, shipment, 612);
  touch(account, shipment);
}

/** The carrier moves it. */
export function transit(account: Account, shipment: ShipmentRow, options: ScanOptions = {}): void {
  expect(shipment, ["Completed"]);
  const { status = "InTransit" } = options;
  shipment.details = [detail(status === "OutForDelivery" ? "OutForDelivery" : "InTransit")];
  addEvent(account, shipment, status === "OutForDelivery" ? 608 : 607);
  scan(account, shipment, { status, ...options });
}

/** The carrier delivers it. */
export function deliver(account: Account, shipment: ShipmentRow, options: ScanOptions = {}): void {
  expect(shipment, ["Completed"]);
  shipment.details = [detail("Delivered")];
  shipment.delivered = account.now();
  addEvent(account, shipment, 609);
  scan(account, shipment, { status: "Delivered", ...options });
  if (account.switches.deliveryMovesUpdate) touch(account, shipment);
  account.tell("order.shipment.delivered", shipment);
  const order = orderOf(account, shipment);
  if (order.shipments.every(({ status, delivered }) => status === "Cancelled" || delivered !== null))
    account.tell("order.delivered", order);
}

/** The carrier fails to deliver it. */
export function failDelivery(account: Account, shipment: ShipmentRow, options: ScanOptions = {}): void {
  expect(shipment, ["Completed"]);
  shipment.details = [detail("DeliveryException")];
  addEvent(account, shipment, 611);
  scan(account, shipment, { status: "DeliveryException", ...options });
}

/** The warehouse cannot go on with it. */
export function raise(account: Account, shipment: ShipmentRow, reason: ExceptionName): void {
  expect(shipment, ["Processing", "OnHold"]);
  release(account, shipment);
  shipment.status = "Exception";
  shipment.details = [detail(reason, { exception_fulfillment_center_id: shipment.locationId })];
  touch(account, shipment);
  account.tell("order.shipment.exception", shipment);
}

/** It waits for someone; its goods stay committed. */
export function hold(account: Account, shipment: ShipmentRow, reason: HoldName, messages: readonly string[]): void {
  expect(shipment, ["Processing", "Exception"]);
  shipment.status = "OnHold";
  shipment.details = [detail(reason, { extra_information: { validation_messages: [...messages] } })];
  touch(account, shipment);
  account.tell("order.shipment.on_hold", shipment);
}

/** Ends an exception, a hold or a review: goods are looked for again. */
export function resolve(account: Account, shipment: ShipmentRow): void {
  expect(shipment, ["Exception", "OnHold", "ImportReview"]);
  if (shipment.status === "ImportReview") matchLines(account, shipment);
  if (shipment.committed === null) allocate(account, shipment);
  else {
    shipment.status = "Processing";
    shipment.details = [];
  }
  touch(account, shipment);
}

/** Moves some goods to a new shipment, which it returns; another centre may send it. */
export function split(
  account: Account,
  shipment: ShipmentRow,
  { parts, locationId }: { parts: readonly SplitPart[]; locationId?: number | undefined },
): ShipmentRow {
  expect(shipment, ["Processing", "Exception", "OnHold"]);
  const order = orderOf(account, shipment);
  release(account, shipment);
  const made = newShipment(account, order, []);
  for (const { sku, quantity } of parts) {
    const from = shipment.lines.find(({ line }) => line.sku === sku || line.referenceId === sku);
    if (!from || from.quantity < quantity) throw new Error(`Shipment ${shipment.id} has no ${quantity} of ${sku}.`);
    from.quantity -= quantity;
    from.items = goodsOf(account, from.line, from.quantity);
    made.lines.push({ line: from.line, quantity, items: goodsOf(account, from.line, quantity) });
  }
  shipment.lines = shipment.lines.filter(({ quantity }) => quantity > 0);
  made.locationId = locationId ?? null;
  for (const one of [shipment, made]) {
    allocate(account, one);
    touch(account, one);
  }
  return made;
}

/** Cancels it in ShipBob's dashboard. */
export function cancel(account: Account, shipment: ShipmentRow): void {
  const { is_success, reason } = cancelShipment(account, shipment);
  if (!is_success) throw new Error(`Shipment ${shipment.id}: ${reason}`);
}

function orderOf(account: Account, { orderId }: ShipmentRow): OrderRow {
  const order = account.order(orderId);
  if (!order) throw new Error(`The simulated ShipBob has no order ${orderId}.`);
  return order;
}

/** Someone made the products that the order names. */
function matchLines(account: Account, shipment: ShipmentRow): void {
  for (const entry of shipment.lines) {
    const variant = account.variantOfSku(entry.line.referenceId);
    if (!variant) throw new Error(`No product has the SKU ${entry.line.referenceId}.`);
    entry.line.variantId = variant.id;
    entry.line.sku = variant.sku;
    entry.items = goodsOf(account, entry.line, entry.quantity);
  }
}

function scan(account: Account, shipment: ShipmentRow, options: ScanOptions): void {
  const row: ScanRow = {
    status: options.status ?? "InTransit",
    substatus: options.substatus ?? null,
    message: options.message ?? options.status ?? "InTransit",
    location: options.location ?? null,
    at: account.now(),
  };
  shipment.scans.push(row);
  shipment.trackingUpdated = row.at;
  account.tell("order.shipment.tracking.updated", shipment);
}

function expect({ id, status }: ShipmentRow, allowed: readonly ShipmentRow["status"][]): void {
  if (!allowed.includes(status)) throw new Error(`Shipment ${id} is ${status}.`);
}

/** The same for the same shipment on every run, another one for each label. */
function madeUpNumber(shipment: ShipmentRow): string {
  const labels = shipment.timeline.filter(({ id }) => id === 604).length;
  return `92055901755477${String((shipment.id % 1_000_000) * 10 + labels).padStart(8, "0")}`;
}
