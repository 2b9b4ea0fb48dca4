import { type Order, order as orderSchema, type Shipment as Row } from "../../connectors/shipbob/orders/schema.ts";
import { decimalOf, isAmount } from "../../core/decimal.ts";
import { MappingError } from "../../core/errors.ts";
import type { CivilDate, Money, Shipment } from "../../core/model.ts";
import { dayAt, instantOf } from "../../core/time.ts";
import { carrierOf, trackingUrlOf } from "../codes.ts";
import { leftAt, type Progress, progressOf, type ShipmentNews } from "./progress.ts";

/** An order as ShipBob gave it, with what was asked about its shipments. */
export interface OrderNews {
  row: unknown;
  /** By the shipment's id. */
  news: Readonly<Record<string, ShipmentNews>>;
  /** The zone of a centre's clock, by its location id. */
  zones: Readonly<Record<string, string>>;
  /** When it was read. */
  asOf: Date;
}

/** After so many days nothing more is awaited of a shipment: neither its cost nor its delivery. */
export const followedDays = 30;
const dayMs = 24 * 3_600_000;

/** Statuses of a shipment with a tracking number that left (5.4). */
const leftStatuses = ["LabeledCreated", "Completed"];
/** Statuses in which a person is wanted. */
const heldStatuses = ["Exception", "OnHold", "ImportReview"];
const quietStatuses = ["", "None", "Processing", "Cancelled", "CleanSweeped"];

/** An order as it is read. Throws MappingError. Pure. */
export function orderFromShipBob(row: unknown): Order {
  const parsed = orderSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join(".") ?? "";
  const hint = "Look at the order in ShipBob, then run `mlc replay`.";
  const message = `An order from ShipBob cannot be read: ${field} is not as documented.`;
  throw new MappingError(message, { system: "shipbob", field, hint });
}

/** The shipments of an order, each its own; they are final together. Throws MappingError. Pure. */
export function shipmentsFromShipBob(given: OrderNews): Shipment[] {
  const order = orderFromShipBob(given.row);
  const shipments = (order.shipments ?? []).map((row) => shipmentFrom(row, order, given));
  const final = shipments.every((shipment) => shipment.final);
  return shipments.map((shipment) => ({ ...shipment, final }));
}

/** It has a tracking number and a status of one that left; of any other status a number proves nothing (5.4). Pure. */
export function hasLeft({ status, tracking }: Row): boolean {
  return hasNumber({ tracking }) && leftStatuses.includes(status);
}

/** When it left the packing table, as ShipBob has it; empty where only the timeline may tell. Pure. */
export function packedAt({ actual_fulfillment_date, tracking }: Row): string {
  return actual_fulfillment_date || (tracking?.shipping_date ?? "");
}

function hasNumber({ tracking }: Pick<Row, "tracking">): boolean {
  return (tracking?.tracking_number ?? "") !== "";
}

function shipmentFrom(row: Row, order: Order, { news, zones, asOf }: OrderNews): Shipment {
  const own = news[row.id] ?? {};
  const isLive = hasLeft(row);
  const progress = isLive ? progressOf(row, own) : { scans: [] };
  // In the centre's own zone where ShipBob tells it, else in UTC: ShipBob gives instants, and the day is the warehouse's.
  const shipDate = isLive
    ? dayOf(packedAt(row) || leftAt(own.timeline ?? []), zones[row.location?.id ?? ""])
    : undefined;
  const cost = costOf(row);
  const isOld = ageOf(row, shipDate, asOf) > followedDays;
  const isDelivered = progress.status === "delivered";
  const isVoided = row.status === "Cancelled" || !hasNumber(row);
  const incidents = incidentsOf(row, progress, isLive && isOld);
  const remarks = remarksOf(row, progress);
  return {
    ...namesOf(row, order),
    final: isLive ? isOld || (isDelivered && cost !== undefined) : isOld || row.status === "Cancelled",
    ...carriageOf(row),
    ...(shipDate === undefined ? {} : { shipDate }),
    isVoided,
    isReturn: false,
    ...(isLive ? {} : { hasNotLeft: true }),
    ...(cost === undefined || !isLive ? {} : { cost }),
    lines: isLive ? linesOf(row, order) : [],
    ...(isLive ? followed(progress, own) : {}),
    ...(incidents.length === 0 ? {} : { incidents }),
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}

function namesOf({ id }: Row, order: Order) {
  const number = order.order_number || order.reference_id;
  return {
    id: String(id),
    number: number || String(order.id),
    personal: peopleIn(order),
    orderId: String(order.id),
    ...(order.reference_id === "" ? {} : { orderKey: order.reference_id }),
    ...(number === "" ? {} : { orderNumber: number }),
  };
}

function carriageOf({ tracking }: Row): Pick<Shipment, "carrier" | "carrierName" | "service" | "packages"> {
  const { tracking_number: trackingNumber = "", carrier_service: service = "" } = tracking ?? {};
  const carrier = carrierOf(tracking?.carrier ?? "");
  const trackingUrl = tracking?.tracking_url || trackingUrlOf(carrier, trackingNumber);
  const parcel = { trackingNumber, ...(trackingUrl === undefined ? {} : { trackingUrl }) };
  return {
    carrier: carrier.code,
    carrierName: carrier.name,
    ...(service === "" ? {} : { service }),
    packages: trackingNumber === "" ? [] : [parcel],
  };
}

/** Delivery is told by ShipBob itself too; anything less is not known where its carrier could not be asked. */
function followed(
  { status, deliveredAt, scans }: Progress,
  { isUntracked }: ShipmentNews,
): Pick<Shipment, "deliveryStatus" | "deliveredAt" | "isStatusUnknown" | "scans"> {
  if (isUntracked && status !== "delivered") return { isStatusUnknown: true };
  return {
    ...(status === undefined ? {} : { deliveryStatus: status }),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(scans.length === 0 ? {} : { scans }),
  };
}

/** Empty at first, and then the sum of what was invoiced for it; none, zero too, is one that is still to come (5.4). */
function costOf({ id, invoice_amount: amount, invoice_currency_code: currency }: Row): Money | undefined {
  if (!amount || currency === "") return undefined;
  if (isAmount(amount)) return { amount: decimalOf(amount), currency: currency.toUpperCase() };
  const message = `ShipBob's shipment ${id}: invoice_amount ${amount} is too large`;
  const hint = "Look at the shipment in ShipBob, then run `mlc replay`.";
  throw new MappingError(message, { system: "shipbob", document: String(id), field: "invoice_amount", hint });
}

/**
 * What was packed, where it is what was sold: a product of several things is a bundle, and so is one of which more was
 * packed than ordered (5.4). Then nothing is said of any.
 */
function linesOf({ products }: Row, order: Order): Shipment["lines"] {
  const ordered = new Map<string, number>();
  for (const { reference_id, sku, quantity } of order.products ?? []) {
    const name = sku || reference_id;
    ordered.set(name, (ordered.get(name) ?? 0) + quantity);
  }
  const lines = (products ?? []).map(({ sku, reference_id, inventory_items }) => {
    const items = inventory_items ?? [];
    // Lots of one thing stand side by side.
    const isOneThing = new Set(items.map(({ id }) => id)).size === 1;
    const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
    return { sku: sku || reference_id, quantity, isOneThing };
  });
  const isPlain = lines.every(
    ({ sku, quantity, isOneThing }) => isOneThing && sku !== "" && quantity > 0 && quantity <= (ordered.get(sku) ?? 0),
  );
  return isPlain ? lines.map(({ sku, quantity }) => ({ sku, quantity })) : [];
}

/** Why it is held, in ShipBob's words, and what its carrier tells of trouble. */
function incidentsOf(row: Row, { trouble, status }: Progress, isLate: boolean): string[] {
  const isOver = status === "delivered" || status === "returned";
  const number = row.tracking?.tracking_number ?? "";
  return [
    ...(heldStatuses.includes(row.status) ? reasonsOf(row) : []),
    ...(trouble === undefined ? [] : [`${number}: ${trouble}`]),
    ...(isLate && !isOver ? [`${number}: not delivered after ${followedDays} days, so it is followed no more`] : []),
  ];
}

function reasonsOf({ id, status, status_details }: Row): string[] {
  const reasons = (status_details ?? []).map(({ name, description, extra_information }) =>
    [...new Set([name, description, ...(extra_information?.validation_messages ?? [])])]
      .filter((text) => text !== "")
      .join(": "),
  );
  const told = [...new Set(reasons)].filter((reason) => reason !== "");
  const head = `ShipBob has shipment ${id} as ${status}`;
  return told.length === 0 ? [head] : told.map((reason) => `${head}: ${reason}`);
}

/** Words that ShipBob's lists lack are passed on, so that a person hears of them. */
function remarksOf({ id, status }: Row, { unknown }: Progress): string[] {
  const isKnown = [...leftStatuses, ...heldStatuses, ...quietStatuses].includes(status);
  return [
    ...(isKnown ? [] : [`ShipBob has shipment ${id} in a status that mlc does not know: ${status}`]),
    ...(unknown === undefined ? [] : [`the carrier of shipment ${id} has a status that mlc does not know: ${unknown}`]),
  ];
}

function dayOf(text: string, zone = "UTC"): CivilDate | undefined {
  const instant = instantOf(text, "UTC");
  return instant && dayAt(instant, zone);
}

/** In days, since it was shipped or else made. */
function ageOf({ created_date }: Row, shipDate: CivilDate | undefined, asOf: Date): number {
  const begin = instantOf(shipDate ?? created_date, "UTC") ?? asOf;
  return (asOf.getTime() - begin.getTime()) / dayMs;
}

function peopleIn({ recipient }: Order): string[] {
  const { name = "", email = "", phone_number = "", address } = recipient ?? {};
  const values = [name, email, phone_number, address?.company_name, address?.address1, address?.address2];
  const people = values.filter((value): value is string => value !== undefined && value.length > 2);
  return [...new Set(people)].sort((left, right) => right.length - left.length);
}
