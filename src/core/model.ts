import type { MappingError } from "./errors.ts";

/** A calendar day, `2026-11-21`; it has no zone and never becomes an instant. */
export type CivilDate = string;

/** An instant in UTC, ISO 8601 with `Z`. */
export type Instant = string;

/** An amount as a decimal string with its currency (ISO 4217). */
export interface Money {
  amount: string;
  currency: string;
}

/** A weight with its unit. */
export interface Weight {
  value: number;
  unit: "kg" | "g" | "lb" | "oz";
}

/** A size with the unit of all three. */
export interface Dimensions {
  length: number;
  width: number;
  height: number;
  unit: "mm" | "cm" | "m" | "in" | "ft";
}

/** What customs want to know of a thing. */
export interface Customs {
  /** ISO 3166-1 alpha-2. */
  countryOfOrigin?: string;
  commodityCode?: string;
}

/** What every neutral document has. */
export interface Document {
  /** The number a person knows it by: `SO-1001`. */
  number: string;
  /** The source will change it no more, so that its delivery can be filed once all is done. */
  final: boolean;
  /** Names, streets, phones, addresses: masked wherever text goes to a file. */
  personal: readonly string[];
}

/** A postal address; `country` is ISO 3166-1 alpha-2. */
export interface Address {
  name: string;
  company?: string;
  /** One to many lines as the source has them. */
  street: string[];
  city?: string;
  state?: string;
  postalCode?: string;
  country: string;
  phone?: string;
  email?: string;
  isResidential?: boolean;
}

/** One thing to ship. Lines of one order may leave from other warehouses or go to other addresses. */
export interface OrderLine {
  /** Stable key of the line in the ERP. */
  key: string;
  /** By which people count the lines; it may change. */
  lineNumber?: number;
  sku: string;
  name: string;
  /** In the sales unit; in the unit of stock where the pair wants it so. */
  quantity: number;
  unit?: string;
  /** Price of one unit, as a decimal string in the order's currency. */
  unitPrice: string;
  /** Of one unit. */
  weight?: Weight;
  /** Of one unit, packed. */
  dimensions?: Dimensions;
  customs?: Customs;
  warehouse: string;
  shipTo: Address;
}

/** An ERP sales order released to ship. */
export interface Order extends Document {
  /** `usmf/SO-1001`. */
  id: string;
  legalEntity: string;
  /** open: ship it · stopped: leave it as it is · cancelled · closed: delivered or invoiced. */
  status: "open" | "stopped" | "cancelled" | "closed";
  /** Why a stopped order is left as it is, in the ERP's words. */
  reason?: string;
  /** Why a stopped order needs a person if it was never sent; one that was sent just stays as it is. */
  unsendable?: MappingError;
  customerAccount: string;
  customerName: string;
  email?: string;
  billTo: Address;
  purchaseOrder?: string;
  /** The newest customer invoice. */
  invoice?: string;
  orderedAt: Instant;
  requestedShipDate?: CivilDate;
  confirmedShipDate?: CivilDate;
  deliveryMode?: string;
  currency: string;
  lines: OrderLine[];
  /** What was left out on purpose, for the audit: `line 3: quantity 0`. */
  leftOut: string[];
}

/** One parcel of a shipment. */
export interface Package {
  trackingNumber: string;
  trackingUrl?: string;
}

/** One thing that happened to a parcel; no personal data. */
export interface Scan {
  /** Names it for ever. */
  id: string;
  trackingNumber: string;
  /** The instant where the carrier tells the offset, else the clock's reading there. */
  at: string;
  text: string;
  place?: string;
}

/** What an order at the shipper says of itself. */
export interface OrderThen {
  /** Who bought, as the shipper has them: company or person. */
  customerNames: string[];
  customerAccount?: string;
  /** Its day on the shipper's own clock. */
  orderDate?: CivilDate;
}

/** Goods that left, in one or more parcels. */
export interface Shipment extends Document {
  /** Unique at the shipper; a label and a fulfillment never share one. */
  id: string;
  /** The key mlc or a store gave the order there. */
  orderKey?: string;
  /** The shipper's own id of the order. */
  orderId?: string;
  /** Numbers by which the order may be known in the ERP, most certain first. */
  orderNumber?: string;
  /** What its order says at the shipper, where an ERP finds its own by that; people's values, in memory only. */
  order?: OrderThen;
  /** The shipper's store the order belongs to. */
  storeId?: string;
  /** The neutral carrier code of the mapping tables, else the shipper's own in lower case. */
  carrier: string;
  carrierName: string;
  service?: string;
  shipDate?: CivilDate;
  isVoided: boolean;
  isReturn: boolean;
  /** It is still at the shipper's: only what is told of it counts, and its number where one was written and is void. */
  hasNotLeft?: true;
  cost?: Money;
  packages: Package[];
  /** What is printed on its labels, by the carrier's own names. */
  references?: { type: string; value: string }[];
  /** ERP line keys and quantities, empty when the shipper does not say. */
  lines: { key?: string; sku?: string; quantity: number }[];
  deliveryStatus?: string;
  deliveredAt?: Instant;
  receivedBy?: string;
  /** The carrier could not be asked, or told nothing: what was written of status and delivery before stands. */
  isStatusUnknown?: boolean;
  /** What happened to the parcels on their way, oldest first. */
  scans?: Scan[];
  /** Why it is late, could not be delivered or is followed no more; each is told once. */
  incidents?: string[];
  /** What a person should know of it, told once. */
  remarks?: string[];
}

/** What an order that mlc wrote looks like at the shipper now; told, never acted on. */
export interface OrderAtShipper extends Document {
  id: string;
  naturalKey: string;
  /** It can still be changed there. */
  isOpen: boolean;
  /** Values by the shipper's field name; those mlc sent are compared with what it sent. */
  values: Record<string, unknown>;
  /** Keys of orders that were merged into this one or split from it. */
  related: string[];
}

/** A thing that is sold, as the ERP keeps it. */
export interface Product extends Document {
  /** The ERP's stable key of it. */
  id: string;
  sku: string;
  name: string;
  /** It is on sale and has stock of its own. */
  isActive: boolean;
  category?: string;
  barcode?: string;
  /** More barcodes of the same unit. */
  otherBarcodes?: string[];
  /** What customs may read of it. */
  description?: string;
  /** What it is a variant of, with the SKUs of all of that one's variants. */
  parent?: { id: string; name: string; skus: readonly string[] };
  /** Of one unit, as a decimal string in the ERP's own currency. */
  unitPrice?: string;
  unit?: string;
  weight?: Weight;
  dimensions?: Dimensions;
  customs?: Customs;
  /** Open orders at the shipper that have it, where the shipper has no product of it. */
  wantedBy?: string[];
}

/** Who buys, as the ERP keeps them. */
export interface Customer extends Document {
  /** The ERP's stable key of them. */
  id: string;
  account: string;
  /** Where they are; its country may be empty. */
  address: Address;
  /** Nothing may be sold to them now. */
  isBlocked: boolean;
}

/** One thing of a sale, as it was sold. */
export interface SaleLine {
  /** Stable key of the line at the shipper. */
  key: string;
  sku: string;
  name: string;
  /** As ordered. */
  quantity: number;
  /** What of it left in parcels that are not voided. */
  shipped: number;
  /** Of one unit without tax, as a decimal string. */
  unitPrice: string;
  /** Of the whole line, as a decimal string. */
  tax: string;
}

/** An order at the shipper that is to be booked in the ERP; all amounts are decimal strings in its currency. */
export interface Sale extends Document {
  /** The shipper's own id of it. */
  id: string;
  /** What names it for ever at the ERP: its order key; with its id where it was split from another order, since both may have one key. */
  naturalKey: string;
  /** Its order key at the shipper, or that of the order it was split from. */
  orderKey: string;
  /** open: not shipped yet · shipped: something of it left · cancelled there. */
  status: "open" | "shipped" | "cancelled";
  storeId?: string;
  /** Who bought, in the ERP's words where the shipper knows them. */
  customerAccount?: string;
  email?: string;
  shipTo: Address;
  orderDate: CivilDate;
  /** Of its last parcel. */
  shipDate?: CivilDate;
  currency: string;
  lines: SaleLine[];
  /** Its parcels, voided ones and returns too, oldest first. */
  shipments: Shipment[];
  /** What the buyer paid for shipping, without tax. */
  shipping: string;
  /** Tax beside that of the lines: of shipping, or of an order whose lines do not tell. */
  otherTax: string;
  /** What was taken off the whole order, not negative. */
  discount: string;
  /** What the buyer owes: lines, shipping and tax less the discount. */
  total: string;
}

/** What a shipper holds of one thing at one of its locations. */
export interface StockLevel {
  sku: string;
  name: string;
  onHand: number;
  /** Promised to orders. */
  committed: number;
  /** Can be sent from there now. */
  available: number;
}

/** All that one location of a shipper held at one time. */
export interface StockCount extends Document {
  /** The location's id there and when it was counted: each count is a document of its own. */
  id: string;
  location: string;
  /** The ERP's warehouse that it is, as the settings say. */
  warehouse: string;
  countedAt: Instant;
  levels: StockLevel[];
  /** Something else is there by now: it is not written any further. */
  isOver?: true;
}

/** One thing that a shipper charged or gave back; amounts are decimal strings, what was given back is negative. */
export interface ChargeLine {
  id: string;
  date: CivilDate;
  /** Charge, refund, credit, in the shipper's word. */
  type: string;
  /** What for, in the shipper's words. */
  fee: string;
  /** The shipper's id of what it is for, and what that is: a shipment, a storage place. */
  reference: string;
  referenceType: string;
  amount: string;
  tax: string;
  currency: string;
  invoice?: string;
}

/** All that a shipper charged for one shipment of an order. */
export interface Charge extends Document {
  /** The shipment's id at the shipper. */
  id: string;
  orderId?: string;
  /** The key mlc gave the order there. */
  orderKey?: string;
  /** Without tax. */
  amount: Money;
  tax: string;
  /** The day of the newest of its lines. */
  chargedOn: CivilDate;
  invoices: string[];
}

/** An invoice of a shipper's. */
export interface Bill {
  id: string;
  date: CivilDate;
  type: string;
  total: Money;
  lines: ChargeLine[];
}

/** The distinct values of people in addresses, longest first. Pure. */
export function personalValues(addresses: readonly Address[], more: readonly (string | undefined)[] = []): string[] {
  const values = addresses.flatMap(({ name, company, street, phone, email }) => [
    name,
    company,
    ...street,
    phone,
    email,
  ]);
  return [...new Set([...values, ...more].filter((value) => value !== undefined && value.length > 2))]
    .filter((value): value is string => value !== undefined)
    .sort((left, right) => right.length - left.length);
}
