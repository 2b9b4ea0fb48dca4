import type {
  ShipStationAddress,
  ShipStationItem,
  ShipStationOrder,
  ShipStationWeight,
} from "../connectors/shipstation/schema.ts";
import { pacific } from "../connectors/shipstation/schema.ts";
import { MappingError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Address, Order, OrderLine, Weight } from "../core/model.ts";
import { type Part, partSuffix } from "../core/parts.ts";
import { instantOf, type Readings, readingAt } from "../core/time.ts";

/** What the settings say about orders at ShipStation. */
export interface OrderOptions {
  /** The ERP's warehouse → ShipStation's. */
  warehouses: Readonly<Record<string, number>>;
  deliveryModes: Readonly<
    Record<string, { carrierCode: string; serviceCode?: string | undefined; packageCode?: string | undefined }>
  >;
  orderStatus: string;
  /** What gives Pacific readings, where many are wanted. */
  readings?: Pick<Readings, "at">;
}

type Members = { [name: string]: Json };

/** V1 orderNumber; V2 cuts the key at the same length, so that two could become one (V1 2.1, V2 7.2). */
const longestNumber = 50;
/** What carriers print of one street line. */
const longestStreetLine = 35;

/**
 * The values of an order's part that the ERP answers for, by ShipStation's field name (nested ones dotted), without
 * empty members, so that they compare with `valuesOf`. Throws MappingError. Pure.
 */
export function orderValues(order: Order, part: Part, orderKey: string, options: OrderOptions): Members {
  const { shipTo } = part;
  if (!shipTo) throw unmappable(order, "lines", "the part has no lines");
  const mode = order.deliveryMode === undefined ? undefined : own(options.deliveryModes, order.deliveryMode);
  // Without prototype: objects whose members' names are all different are slow in any other form.
  const weights: Members = Object.create(null);
  for (const { key, weight } of part.lines) if (weight) weights[key] = weightOf(weight);
  return compact({
    orderNumber: short(order, "orderNumber", order.number + partSuffix(part)),
    orderKey: short(order, "orderKey", orderKey),
    orderDate: options.readings?.at(new Date(order.orderedAt)) ?? naive(order.orderedAt),
    shipByDate: order.requestedShipDate === undefined ? undefined : `${order.requestedShipDate}T00:00:00`,
    orderStatus: options.orderStatus,
    customerUsername: order.customerAccount,
    customerEmail: order.email,
    billTo: addressOf({ ...order.billTo, name: order.billTo.name || order.customerName || shipTo.name }),
    shipTo: addressOf(checked(order, shipTo)),
    "shipTo.residential": shipTo.isResidential,
    items: part.lines.map((line) => itemOf(order, line)),
    "items.weight": Object.keys(weights).length > 0 ? weights : undefined,
    requestedShippingService: order.deliveryMode,
    carrierCode: mode?.carrierCode,
    serviceCode: mode?.serviceCode,
    packageCode: mode?.packageCode,
    "advancedOptions.warehouseId": own(options.warehouses, part.warehouse),
    "advancedOptions.customField1": order.purchaseOrder,
  });
}

/** The same values as an order at ShipStation holds them, to be compared with `orderValues`. Pure. */
export function valuesOf(held: ShipStationOrder): Members {
  const { advancedOptions } = held;
  return compact({
    orderNumber: held.orderNumber,
    orderKey: held.orderKey,
    orderDate: wholeSecond(held.orderDate),
    shipByDate: wholeSecond(held.shipByDate),
    orderStatus: held.orderStatus,
    customerUsername: held.customerUsername,
    customerEmail: held.customerEmail,
    billTo: heldAddress(held.billTo),
    shipTo: heldAddress(held.shipTo),
    "shipTo.residential": held.shipTo?.residential,
    items: (held.items ?? []).map(heldItem),
    requestedShippingService: held.requestedShippingService,
    carrierCode: held.carrierCode,
    serviceCode: held.serviceCode,
    packageCode: held.packageCode,
    "advancedOptions.warehouseId": advancedOptions?.warehouseId,
    "advancedOptions.customField1": advancedOptions?.customField1,
  });
}

/** Statuses in which an order can be written (V1, 2.1). */
const openStatuses = ["awaiting_payment", "awaiting_shipment", "pending_fulfillment", "on_hold"];

/** Whether an order can still be written. Pure. */
export function isOpen({ orderStatus }: ShipStationOrder): boolean {
  return openStatuses.includes(orderStatus ?? "");
}

/** The weights of an order's lines as ShipStation holds them, by line key, as `items.weight` has them. Pure. */
export function weightsOf({ items }: ShipStationOrder): Members {
  return Object.fromEntries(
    (items ?? []).flatMap(({ lineItemKey, weight }) =>
      lineItemKey && weight ? [[lineItemKey, { value: weight.value ?? 0, units: weight.units ?? "" }]] : [],
    ),
  );
}

/** An instant as V1 takes it: naive Pacific, whole seconds (V1, 1.3). Pure. */
export function naive(instant: string): string {
  return readingAt(new Date(instant), pacific);
}

function wholeSecond(time: string | null | undefined): string | undefined {
  const instant = time ? instantOf(time, pacific) : undefined;
  return instant ? readingAt(instant, pacific) : undefined;
}

/** An address in ShipStation's fields, without those that are empty. Pure. */
export function addressOf(address: Address): Members {
  const [street1, street2, street3] = streetLines(address.street);
  return compact({
    name: address.name,
    company: address.company,
    street1,
    street2,
    street3,
    city: address.city,
    state: address.state,
    postalCode: address.postalCode,
    country: address.country,
    phone: address.phone,
  });
}

function heldAddress(held: ShipStationAddress | null | undefined): Members | undefined {
  if (!held) return undefined;
  const { name, company, street1, street2, street3, city, state, postalCode, country, phone } = held;
  return compact({ name, company, street1, street2, street3, city, state, postalCode, country, phone });
}

/** Lines that are too long go on in the next one; the third holds all that is left. */
function streetLines(street: readonly string[]): string[] {
  const given = street.map((line) => line.trim()).filter((line) => line !== "");
  const pieces = given.flatMap((line, index) => wrap(line).map((text) => ({ text, index })));
  if (pieces.length <= 3) return pieces.map(({ text }) => text);
  if (given.length > 2) return [...given.slice(0, 2), given.slice(2).join(", ")];
  const rest = pieces.slice(2).map(({ text, index }, at) => {
    const goesOn = pieces[at + 1]?.index === index;
    return at === 0 ? text : `${goesOn ? " " : ", "}${text}`;
  });
  return [...pieces.slice(0, 2).map(({ text }) => text), rest.join("")];
}

function wrap(line: string): string[] {
  if (line.length <= longestStreetLine) return [line];
  const end = line.lastIndexOf(" ", longestStreetLine);
  if (end < 1) return [line];
  return [line.slice(0, end).trim(), ...wrap(line.slice(end).trim())];
}

function checked(order: Order, shipTo: Address): Address {
  if (shipTo.name.trim() === "") throw unmappable(order, "shipTo.name", "the ship-to address has no name");
  if (!shipTo.street.some((line) => line.trim() !== ""))
    throw unmappable(order, "shipTo.street", "the ship-to address has no street");
  if (!/^[A-Z]{2}$/.test(shipTo.country)) {
    const text = JSON.stringify(shipTo.country);
    throw unmappable(order, "shipTo.country", `the ship-to country ${text} is not a two-letter ISO code`);
  }
  return shipTo;
}

function itemOf(order: Order, line: OrderLine): Members {
  if (!Number.isInteger(line.quantity) || line.quantity < 0) {
    const reason = `line ${line.key}: quantity ${line.quantity} of ${line.sku} is not a whole number`;
    throw unmappable(order, "quantity", reason);
  }
  const unitPrice = Number(line.unitPrice);
  if (!Number.isFinite(unitPrice)) {
    throw unmappable(order, "unitPrice", `line ${line.key}: price "${line.unitPrice}" is not a number`);
  }
  return { lineItemKey: line.key, sku: line.sku, name: line.name || line.sku, quantity: line.quantity, unitPrice };
}

function heldItem({ lineItemKey, sku, name, quantity, unitPrice }: ShipStationItem): Members {
  return compact({ lineItemKey, sku, name, quantity, unitPrice });
}

const weightUnits = {
  kg: { units: "grams", of: (value: number) => Math.round(value * 1_000_000) / 1000 },
  g: { units: "grams", of: (value: number) => value },
  lb: { units: "pounds", of: (value: number) => value },
  oz: { units: "ounces", of: (value: number) => value },
} as const satisfies Record<Weight["unit"], { units: ShipStationWeight["units"]; of(value: number): number }>;

function weightOf(weight: Weight): Members {
  const { units, of } = weightUnits[weight.unit];
  return { value: of(weight.value), units };
}

function short(order: Order, field: string, text: string): string {
  if (text.length <= longestNumber) return text;
  throw unmappable(order, field, `"${text}" is longer than ${longestNumber} characters`);
}

/** A table's own row; a foreign name must not find what objects inherit. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Without members that are null, undefined or empty text. */
function compact(members: { [name: string]: Json | undefined }): Members {
  const kept: Members = {};
  for (const name in members) {
    const value = members[name];
    if (value !== undefined && value !== null && value !== "") kept[name] = value;
  }
  return kept;
}

function unmappable(order: Order, field: string, reason: string): MappingError {
  return new MappingError(`Order ${order.id} cannot go to ShipStation: ${reason}.`, {
    system: "shipstation",
    document: order.id,
    field,
    hint: "Correct it in the ERP; the order is taken up again when it changes.",
  });
}
