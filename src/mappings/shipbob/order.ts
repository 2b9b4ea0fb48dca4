import { type CreateOrder, largestInt32, orderLimits } from "../../connectors/shipbob/orders/schema.ts";
import type { Json } from "../../core/json.ts";
import type { Address, Order, OrderLine } from "../../core/model.ts";
import { namesWarehouse, type Part, partSuffix } from "../../core/parts.ts";
import { type ShippingMethods, sendableMethod } from "./shipping-method.ts";
import { unmappable } from "./unmappable.ts";

/** What the settings say about orders at ShipBob. */
export interface OrderOptions {
  /** ShipBob's location id → the ERP's warehouse. */
  fulfillmentCenters: Readonly<Record<string, string>>;
  /** The ERP's delivery mode → a shipping method of the channel. */
  shippingMethods: Readonly<Record<string, string>>;
  /** Of delivery modes without a row. */
  shippingMethod?: string | undefined;
  orderType: CreateOrder["type"];
}

/** What an order's part is sent with. */
export interface Sending {
  /** Our own name of the order at ShipBob, never used twice. */
  reference: string;
  /** Those that the account has. */
  methods: ShippingMethods;
}

/**
 * The body of the call that makes an order of a part. Lines stay as they are, two of one SKU too: nothing forbids it, and their
 * line ids tell them apart. Throws MappingError for what ShipBob would cut, refuse or read otherwise. Pure.
 */
export function orderBody(
  order: Order,
  part: Part,
  { reference, methods }: Sending,
  options: OrderOptions,
): CreateOrder {
  const { reference_id, order_number } = orderLimits;
  const location = locationOf(order.legalEntity, part.warehouse, options.fulfillmentCenters);
  const isB2B = options.orderType === "B2B";
  return {
    reference_id: fitting(order, "reference_id", checkedReference(order, reference), reference_id),
    order_number: fitting(order, "order_number", order.number + partSuffix(part), order_number),
    type: options.orderType,
    shipping_method: sendableMethod(order, methods, options),
    purchase_date: order.orderedAt,
    recipient: recipientOf(order, part, isB2B),
    products: part.lines.map((line) => ({
      ...productOf(order, line),
      ...(isB2B ? { quantity_unit_of_measure_code: "EA" as const } : {}),
    })),
    ...(location === undefined ? {} : { location_id: location }),
    ...(isB2B ? businessOf(order) : {}),
  };
}

/**
 * What the ERP answers for in a part that was sent, by ShipBob's field name where it has one: what differs here is an edit. Of
 * settings and prices nothing is in it, so that another table row tells nothing of orders that are on their way. Pure.
 */
export function ownedValues(order: Order, part: Part, { orderType }: Pick<OrderOptions, "orderType">): Members {
  const { shipTo } = part;
  const place = shipTo && [shipTo.city, shipTo.state, shipTo.postalCode, shipTo.country];
  return {
    "recipient.name": shipTo?.name ?? "",
    "recipient.phone_number": shipTo?.phone ?? "",
    "recipient.email": shipTo?.email ?? order.email ?? "",
    "recipient.address": [shipTo?.company, ...(shipTo?.street ?? []), ...(place ?? [])].map((text) => text ?? ""),
    products: totalsOf(part.lines.map(({ sku, quantity }) => [sku, quantity])),
    warehouse: part.warehouse,
    deliveryMode: order.deliveryMode ?? "",
    ...(orderType === "B2B" ? { purchase_order_number: order.purchaseOrder ?? "" } : {}),
  };
}

/** How many of each SKU, in the order of their names: two lines of one SKU are one thing to ship. Pure. */
export function totalsOf(lines: readonly (readonly [sku: string, quantity: number])[]): [string, number][] {
  const totals = new Map<string, number>();
  for (const [sku, quantity] of lines) totals.set(sku, (totals.get(sku) ?? 0) + quantity);
  return [...totals].sort(([left], [right]) => (left < right ? -1 : 1));
}

type Members = { [name: string]: Json };

/** Unset where ShipBob chooses among several centres, or among all. */
function locationOf(
  legalEntity: string,
  warehouse: string,
  centers: OrderOptions["fulfillmentCenters"],
): number | undefined {
  const [only, ...others] = Object.entries(centers).filter(([, of]) => namesWarehouse(of, legalEntity, warehouse));
  return only && others.length === 0 ? Number(only[0]) : undefined;
}

function recipientOf(order: Order, { shipTo }: Part, isB2B: boolean): CreateOrder["recipient"] {
  if (!shipTo) throw unmappable(order, "products", "the part has no lines");
  const { phone = "" } = shipTo;
  const email = shipTo.email || order.email;
  if (shipTo.name.trim() === "") throw unmappable(order, "recipient.name", "the ship-to address has no name");
  return {
    name: fitting(order, "recipient.name", shipTo.name, orderLimits.name),
    ...(email ? { email } : {}),
    ...(phone === ""
      ? {}
      : { phone_number: fitting(order, "recipient.phone_number", phone, orderLimits.phone_number) }),
    address: addressOf(order, shipTo, isB2B),
  };
}

/** ShipBob has two lines of street without a limit: the second holds all that is left. */
function addressOf(order: Order, shipTo: Address, isB2B: boolean): CreateOrder["recipient"]["address"] {
  const [address1, ...rest] = shipTo.street.map((line) => line.trim()).filter((line) => line !== "");
  const { state, postalCode, country } = shipTo;
  const city = shipTo.city?.trim() ?? "";
  if (address1 === undefined)
    throw unmappable(order, "recipient.address.address1", "the ship-to address has no street");
  if (city === "") throw unmappable(order, "recipient.address.city", "the ship-to address has no city");
  if (!/^[A-Z]{2}$/.test(country)) {
    const reason = `the ship-to country ${JSON.stringify(country)} is not a two-letter ISO code`;
    throw unmappable(order, "recipient.address.country", reason);
  }
  // The retailer's name stands there for orders between businesses (5.1).
  const company = shipTo.company || (isB2B ? order.customerName : "");
  return {
    address1,
    ...(rest.length === 0 ? {} : { address2: rest.join(", ") }),
    city,
    ...(company === "" ? {} : { company_name: company }),
    ...(state ? { state } : {}),
    ...(postalCode ? { zip_code: postalCode } : {}),
    country,
  };
}

function productOf(order: Order, line: OrderLine): CreateOrder["products"][number] {
  const { key, sku, name, quantity, unit = "", lineNumber } = line;
  const label = `line ${lineNumber ?? key} (${sku})`;
  if (sku === "") throw unmappable(order, "products.reference_id", `line ${lineNumber ?? key} has no SKU`);
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > largestInt32) {
    const reason = `${label}: quantity ${quantity}${unit === "" ? "" : ` ${unit}`} is not a whole number from 1`;
    throw unmappable(order, "products.quantity", reason);
  }
  const price = Number(line.unitPrice);
  if (!Number.isFinite(price)) {
    throw unmappable(order, "products.unit_price", `${label}: price "${line.unitPrice}" is not a number`);
  }
  const isId = lineNumber !== undefined && Number.isInteger(lineNumber) && Math.abs(lineNumber) <= largestInt32;
  return {
    reference_id: sku,
    name: name || sku,
    quantity,
    unit_price: price,
    ...(isId ? { external_line_id: lineNumber } : {}),
  };
}

/** What orders between businesses want beside, without a retailer's own programme (5.1). */
function businessOf(order: Order): Pick<CreateOrder, "shipping_terms" | "retailer_program_data"> {
  const number = order.purchaseOrder?.trim() ?? "";
  if (number === "") {
    const reason = "a B2B order wants the customer's purchase order number, and the order has none";
    throw unmappable(order, "retailer_program_data.purchase_order_number", reason);
  }
  return {
    shipping_terms: { carrier_type: "Parcel", payment_term: "Prepaid" },
    retailer_program_data: { purchase_order_number: number, retailer_program_type: "SB-B2B" },
  };
}

/** A comma parts references where they are looked up (5.3): an order that cannot be found again could be made twice. */
function checkedReference(order: Order, reference: string): string {
  if (reference !== "" && !reference.includes(",")) return reference;
  throw unmappable(order, "reference_id", `"${reference}" holds a comma, and ShipBob could not find it again`);
}

/** Text that must fit as it is: neither its middle nor its end is ours to leave out. */
function fitting(order: Order, field: string, text: string, limit: number): string {
  if (text.length <= limit) return text;
  throw unmappable(order, field, `it has ${text.length} characters, ShipBob takes ${limit}`);
}
