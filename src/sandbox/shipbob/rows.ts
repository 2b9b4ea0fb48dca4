/** What the simulated account keeps. */

import type { OrderInput, RecipientInput } from "./order-input.ts";

/** A line of an order. */
export interface OrderLineRow {
  variantId: number | null;
  referenceId: string;
  sku: string | null;
  name: string;
  quantity: number;
  unitPrice: number | null;
  externalLineId: number | null;
  gtin: string | null;
  upc: string | null;
  unitCode: string | null;
}

/** An order; its status is derived from its shipments. */
export interface OrderRow extends Omit<OrderInput, "products"> {
  id: number;
  channelId: number;
  created: string;
  updated: string;
  lines: OrderLineRow[];
  shipments: ShipmentRow[];
}

/** Statuses of a shipment, ShipBob's own misspellings among them (ShipBob, 5.4). */
export type ShipmentStatus =
  | "None"
  | "Processing"
  | "Completed"
  | "Exception"
  | "OnHold"
  | "Cancelled"
  | "CleanSweeped"
  | "LabeledCreated"
  | "ImportReview";

/** Why a shipment stands where it does. */
export interface StatusDetailRow {
  id: number;
  name: string;
  description: string;
  inventory_id: number | null;
  exception_fulfillment_center_id: number | null;
  extra_information: { validation_messages: string[] } | null;
}

/** Goods of one inventory item that a shipment holds. */
export interface ItemRow {
  inventoryId: number;
  quantity: number;
}

/** What of an order line goes with a shipment: a bundle is several items. */
export interface ShipmentLineRow {
  line: OrderLineRow;
  /** Sold units. */
  quantity: number;
  items: ItemRow[];
}

/** The carrier's side of a shipment. */
export interface TrackingRow {
  number: string;
  carrier: string;
  service: string;
  url: string;
}

/** A line of the timeline. */
export interface EventRow {
  id: number;
  name: string;
  text: string;
  at: string;
}

/** What the carrier told. */
export interface ScanRow {
  status: string;
  substatus: string | null;
  message: string;
  location: string | null;
  at: string;
}

/** A shipment of an order. */
export interface ShipmentRow {
  id: number;
  orderId: number;
  referenceId: string;
  /** Also one that is listed nowhere, as the live service has them. */
  status: ShipmentStatus | string;
  details: StatusDetailRow[];
  locationId: number | null;
  shipOption: string;
  recipient: RecipientInput;
  lines: ShipmentLineRow[];
  tracking: TrackingRow | null;
  scans: ScanRow[];
  timeline: EventRow[];
  created: string;
  updated: string;
  trackingUpdated: string | null;
  fulfilled: string | null;
  delivered: string | null;
  isTrackingUploaded: boolean;
  invoiceAmount: number | null;
  /** When goods of a centre were committed to it; null while they are not, or have left. */
  committed: string | null;
}

/** A variant: one SKU, one inventory item. */
export interface VariantRow {
  id: number;
  inventoryId: number | null;
  sku: string;
  name: string;
  /** 1 active, 2 inactive, 3 archived. */
  status: 1 | 2 | 3;
  isDimensionLocked: boolean;
  created: string;
  updated: string;
  bundle: { variantId: number; quantity: number }[];
  /** The rest, in the words of a write. */
  fields: Record<string, unknown>;
}

/** A product with its variants. */
export interface ProductRow {
  id: number;
  name: string;
  typeId: 1 | 2;
  taxonomyId: number | null;
  /** The application that made it. */
  application: string;
  created: string;
  updated: string;
  variants: VariantRow[];
}

/** What one centre has of an inventory item. */
export interface StockRow {
  inventoryId: number;
  locationId: number;
  onHand: number;
  /** Kept for shipments. */
  committed: number;
  awaiting: number;
}
