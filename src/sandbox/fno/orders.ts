/** How orders come to be and what happens to them inside F&O. */

import { type Books, momentOf, noonOf, type Order, type OrderLine, remainingOf } from "./books.ts";
import { takeFromStock } from "./stock.ts";
import type { Values } from "./types.ts";

/** `SalesOrderProcessingStatus` (F&O, 3.4). */
export type ProcessingStatus =
  | "Active"
  | "Confirmed"
  | "Picked"
  | "PartiallyDelivered"
  | "Delivered"
  | "PartiallyInvoiced"
  | "DeliveredPartiallyInvoiced"
  | "Invoiced"
  | "Canceled";

/** A delivery address; what is left out is empty, but `iso` follows `country`. */
export interface ShipTo {
  name?: string;
  street?: string;
  city?: string;
  state?: string;
  zip?: string;
  /** F&O's country key: `USA`. */
  country?: string;
  iso?: string;
}

/** A line to be; `fields` are raw line fields that win over everything. */
export interface LineSpec {
  item: string;
  quantity: number;
  price?: number;
  description?: string;
  unit?: string;
  /** How many of the unit that stock is kept in one of them is; default one. */
  stockPerUnit?: number;
  warehouse?: string;
  site?: string;
  /** Quantity already delivered, for orders first met PartiallyDelivered. */
  delivered?: number;
  shipTo?: ShipTo;
  fields?: Values;
}

/** An order to be; `header` are raw header fields that win over everything. */
export interface OrderSpec {
  legalEntity: string;
  number: string;
  customer: string;
  lines: readonly LineSpec[];
  /** Default: an address in Portland, Maine. */
  shipTo?: ShipTo;
  /** Default: Confirmed. */
  processingStatus?: ProcessingStatus;
  /** Default: the clock's time. */
  orderedAt?: string;
  header?: Values;
}

/** Of each processing status: the order's status, the lines' status and the highest document (F&O, 3.4). */
const stages: Readonly<Record<ProcessingStatus, readonly [order: string, line: string, document: string]>> = {
  Active: ["Backorder", "Backorder", "None"],
  Confirmed: ["Backorder", "Backorder", "Confirmation"],
  Picked: ["Backorder", "Backorder", "PickingList"],
  PartiallyDelivered: ["Backorder", "Backorder", "PackingSlip"],
  Delivered: ["Delivered", "Delivered", "PackingSlip"],
  PartiallyInvoiced: ["Backorder", "Backorder", "Invoice"],
  DeliveredPartiallyInvoiced: ["Delivered", "Delivered", "Invoice"],
  Invoiced: ["Invoiced", "Invoiced", "Invoice"],
  Canceled: ["Canceled", "Canceled", "None"],
};

const stageByName = new Map<string, readonly [string, string, string]>(Object.entries(stages));

const isoCodes: Readonly<Record<string, string>> = {
  USA: "US",
  CAN: "CA",
  DEU: "DE",
  AUT: "AT",
  CHE: "CH",
  FRA: "FR",
  DNK: "DK",
  POL: "PL",
  GBR: "GB",
  JPN: "JP",
  CHN: "CN",
};

/** Country keys with their two-letter codes, as `AddressCountryRegions` holds them. */
export const countries: readonly (readonly [key: string, iso: string])[] = Object.entries(isoCodes);

const defaultShipTo: ShipTo = {
  name: "Harbor Tools",
  street: "18 Quay Street",
  city: "Portland",
  state: "ME",
  zip: "04101",
  country: "USA",
};

function addressFields(shipTo: ShipTo): Values {
  const country = shipTo.country ?? "";
  return {
    DeliveryAddressName: shipTo.name ?? "",
    DeliveryAddressStreet: shipTo.street ?? "",
    DeliveryAddressCity: shipTo.city ?? "",
    DeliveryAddressStateId: shipTo.state ?? "",
    DeliveryAddressZipCode: shipTo.zip ?? "",
    DeliveryAddressCountryRegionId: country,
    DeliveryAddressCountryRegionISOCode: shipTo.iso ?? isoCodes[country] ?? "",
  };
}

function addressText(values: Values): string {
  const { DeliveryAddressStreet, DeliveryAddressCity, DeliveryAddressZipCode, DeliveryAddressCountryRegionId } = values;
  return [
    DeliveryAddressStreet,
    `${DeliveryAddressZipCode} ${DeliveryAddressCity}`.trim(),
    DeliveryAddressCountryRegionId,
  ]
    .filter((part) => part !== "" && part !== undefined)
    .join("\n");
}

/** Puts an order into the books. */
export function addOrder(books: Books, spec: OrderSpec): Order {
  const status = spec.processingStatus ?? "Confirmed";
  const [orderStatus, , document] = stages[status];
  const orderedAt = spec.orderedAt ?? momentOf(books.clock.now());
  const shipTo = spec.shipTo ?? defaultShipTo;
  const values: Values = {
    dataAreaId: spec.legalEntity,
    SalesOrderNumber: spec.number,
    SalesOrderName: shipTo.name ?? "",
    // A header without lines is None + Active (F&O, 3.4).
    SalesOrderStatus: spec.lines.length === 0 ? "None" : orderStatus,
    SalesOrderProcessingStatus: spec.lines.length === 0 ? "Active" : status,
    OrderingCustomerAccountNumber: spec.customer,
    InvoiceCustomerAccountNumber: spec.customer,
    OrderCreationDateTime: orderedAt,
    RequestedShippingDate: noonOf(orderedAt),
    DeliveryModeCode: "Ground",
    DeliveryTermsCode: "FOB",
    DefaultShippingSiteId: "2",
    DefaultShippingWarehouseId: "24",
    ...addressFields(shipTo),
    CurrencyCode: "USD",
    PaymentTermsName: "Net30",
    ...spec.header,
  };
  values.FormattedDelveryAddress = addressText(values);
  const order: Order = {
    legalEntity: spec.legalEntity,
    number: spec.number,
    header: books.row(values),
    lines: [],
    document,
    release: "Open",
    modifiedAt: books.now(),
  };
  for (const line of spec.lines) addLine(books, order, line);
  books.addOrder(order);
  return order;
}

/** Adds a line to an order; it takes over the header's address, warehouse and mode where it has none. */
export function addLine(books: Books, order: Order, spec: LineSpec): OrderLine {
  const header = order.header.values;
  const sequence = 1 + Math.max(0, ...order.lines.map(({ row }) => Number(row.values.LineCreationSequenceNumber)));
  const price = spec.price ?? 10;
  const isDelivered = spec.delivered !== undefined && spec.delivered >= spec.quantity;
  const address = spec.shipTo
    ? { ...addressFields(spec.shipTo), IsDeliveryAddressOrderSpecific: "Yes" }
    : Object.fromEntries(Object.entries(header).filter(([name]) => name.startsWith("DeliveryAddress")));
  const row = books.row({
    dataAreaId: order.legalEntity,
    SalesOrderNumber: order.number,
    LineNumber: sequence,
    LineCreationSequenceNumber: sequence,
    ItemNumber: spec.item,
    LineDescription: spec.description ?? spec.item.trim(),
    OrderedSalesQuantity: spec.quantity,
    SalesUnitSymbol: spec.unit ?? "ea",
    SalesPrice: price,
    SalesPriceQuantity: 1,
    LineAmount: Math.round(price * spec.quantity * 100) / 100,
    SalesOrderLineStatus: isDelivered
      ? "Delivered"
      : (stageByName.get(String(header.SalesOrderProcessingStatus))?.[1] ?? "Backorder"),
    ShippingSiteId: spec.site ?? header.DefaultShippingSiteId ?? "",
    ShippingWarehouseId: spec.warehouse ?? header.DefaultShippingWarehouseId ?? "",
    DeliveryModeCode: header.DeliveryModeCode ?? "",
    DeliveryTermsId: header.DeliveryTermsCode ?? "",
    RequestedShippingDate: header.RequestedShippingDate ?? "",
    ...address,
    ...spec.fields,
  });
  row.values.InventoryLotId = `${order.legalEntity.toUpperCase()}-${String(row.recId - 5637144575).padStart(6, "0")}`;
  const line = { row, delivered: spec.delivered ?? 0, stockPerUnit: spec.stockPerUnit ?? 1 };
  order.lines.push(line);
  return line;
}

/** Moves an order to a processing status; lines move along where their own status changes. */
export function moveTo(books: Books, order: Order, to: ProcessingStatus): void {
  const [orderStatus, lineStatus, document] = stages[to];
  order.document = document;
  books.touch(order.header, { SalesOrderStatus: orderStatus, SalesOrderProcessingStatus: to }, order);
  for (const { row } of order.lines) {
    const status = row.values.SalesOrderLineStatus;
    const isDone = status === "Canceled" || (status === "Delivered" && lineStatus === "Backorder");
    if (status !== lineStatus && !isDone) books.touch(row, { SalesOrderLineStatus: lineStatus });
  }
}

/** Delivers the given quantities by line number, default all that remains; the order becomes PartiallyDelivered or Delivered. */
export function deliver(books: Books, order: Order, quantities?: Readonly<Record<number, number>>): void {
  for (const line of order.lines) {
    const number = Number(line.row.values.LineNumber);
    const quantity = quantities ? (quantities[number] ?? 0) : remainingOf(line);
    if (quantity > remainingOf(line)) throw new Error(`line ${number} has only ${remainingOf(line)} to deliver`);
    if (quantity === 0) continue;
    line.delivered += quantity;
    takeFromStock(books, line.row.values, quantity);
    books.touch(line.row, remainingOf(line) === 0 ? { SalesOrderLineStatus: "Delivered" } : {});
  }
  moveTo(books, order, order.lines.every((line) => remainingOf(line) === 0) ? "Delivered" : "PartiallyDelivered");
}

/** Applies a person's edit to the header; address changes reach the lines that had the header's address, as when the prompt is answered with yes. */
export function editHeader(books: Books, order: Order, patch: Values): void {
  for (const { row } of order.lines) {
    const follows = Object.entries(patch).filter(
      ([name]) => name.startsWith("DeliveryAddress") && row.values[name] === order.header.values[name],
    );
    if (follows.length > 0 && row.values.IsDeliveryAddressOrderSpecific !== "Yes")
      books.touch(row, Object.fromEntries(follows));
  }
  books.touch(order.header, patch, order);
  order.header.values.FormattedDelveryAddress = addressText(order.header.values);
}

/** Applies a person's edit to one line; only that line's tag moves. */
export function editLine(books: Books, order: Order, lineNumber: number, patch: Values): void {
  const line = order.lines.find(({ row }) => row.values.LineNumber === lineNumber);
  if (!line) throw new Error(`order ${order.number} has no line ${lineNumber}`);
  books.touch(line.row, patch);
  order.modifiedAt = books.now();
}
