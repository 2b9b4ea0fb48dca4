import type { AddressInput, AdvancedInput, ItemInput, OrderInput } from "./order-input.ts";
import type { Stamp } from "./pacific.ts";

/** An address as ShipStation keeps it. */
export interface AddressRow extends AddressInput {
  addressVerified: string;
}

/** A line of an order. */
export interface ItemRow extends ItemInput {
  orderItemId: number;
  createDate: Stamp;
  modifyDate: Stamp;
}

/** The advanced options with what ShipStation adds. */
export interface AdvancedRow extends AdvancedInput {
  storeId: number;
  mergedOrSplit: boolean;
  mergedIds: number[];
  parentId: number | null;
}

/** An order as ShipStation keeps it; clock readings without a stamp are Pacific, in `Stamp.pacific`'s form. */
export interface OrderRow
  extends Omit<OrderInput, "orderId" | "billTo" | "shipTo" | "items" | "advancedOptions" | "tagIds"> {
  orderId: number;
  orderNumber: string;
  orderKey: string;
  orderDate: string;
  orderStatus: string;
  billTo: AddressRow;
  shipTo: AddressRow;
  items: ItemRow[];
  orderTotal: number;
  createDate: Stamp;
  modifyDate: Stamp;
  holdUntilDate: string | null;
  advancedOptions: AdvancedRow;
  tagIds: number[];
  /** False once deleted or merged away: in no list any more. */
  active: boolean;
}

/** A line of a label. */
export interface ShipmentItemRow {
  orderItemId: number;
  lineItemKey: string | null;
  sku: string | null;
  name: string | null;
  quantity: number;
  unitPrice: number | null;
  productId: number | null;
}

/** A label bought in ShipStation: V1's shipment N and V2's label `se-N`. */
export interface ShipmentRow {
  shipmentId: number;
  orderId: number;
  orderKey: string;
  orderNumber: string;
  storeId: number;
  customerEmail: string | null;
  createDate: Stamp;
  /** A date. */
  shipDate: string;
  shipmentCost: number;
  insuranceCost: number;
  /** One number for each package. */
  trackingNumbers: string[];
  isReturnLabel: boolean;
  carrierCode: string;
  serviceCode: string;
  packageCode: string;
  confirmation: string | null;
  warehouseId: number | null;
  voided: boolean;
  voidDate: Stamp | null;
  shipTo: AddressRow;
  shipmentItems: ShipmentItemRow[];
  /** The ids that V1 gives the further packages when it shows a row for each. */
  furtherIds: number[];
}

/** A row of `GET /shipments`: a label, or with `index` > 0 one of its further packages. */
export interface Parcel {
  shipment: ShipmentRow;
  index: number;
}

/** An order marked as shipped without a label. */
export interface FulfillmentRow {
  fulfillmentId: number;
  orderId: number;
  orderNumber: string;
  customerEmail: string | null;
  trackingNumber: string | null;
  createDate: Stamp;
  /** A date. */
  shipDate: string;
  /** The carrier's display name, not a code. */
  carrierCode: string;
  voided: boolean;
  voidDate: Stamp | null;
  shipTo: AddressRow;
}

/** A product record, which no API call brings into being; its other fields are in `fields` (ShipStation V1, 5.1). */
export interface ProductRow {
  productId: number;
  sku: string;
  name: string | null;
  active: boolean;
  /** By their names in V1; what was never filled in is null. */
  fields: Record<string, unknown>;
  createDate: Stamp;
  modifyDate: Stamp;
}
