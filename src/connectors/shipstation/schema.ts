import { z } from "zod";

// Every member may be null or absent: ShipStation's answers differ by age of the row (V1, 4.1). Unknown members stay.

const text = z.string().nullish();
const number = z.number().nullish();
const flag = z.boolean().nullish();

/** The zone of every naive time in V1 (V1, 1.3). */
export const pacific = "America/Los_Angeles";

const weightSchema = z.looseObject({ value: number, units: text }).nullish();

/** A weight in a request. */
export interface ShipStationWeight {
  value: number;
  units: "pounds" | "ounces" | "grams";
}

/** A postal address on an order or shipment (V1, 2.1). */
export const addressSchema = z.looseObject({
  name: text,
  company: text,
  street1: text,
  street2: text,
  street3: text,
  city: text,
  state: text,
  postalCode: text,
  country: text,
  phone: text,
  residential: flag,
});

/** A postal address at ShipStation. */
export type ShipStationAddress = z.infer<typeof addressSchema>;

/** A line of an order or shipment (V1, 2.1). */
export const itemSchema = z.looseObject({
  orderItemId: number,
  lineItemKey: text,
  sku: text,
  name: text,
  weight: weightSchema,
  quantity: number,
  unitPrice: number,
  /** Both of one unit. */
  taxAmount: number,
  shippingAmount: number,
  /** A discount: nothing to ship. */
  adjustment: flag,
});

/** A line at ShipStation. */
export type ShipStationItem = z.infer<typeof itemSchema>;

const advancedOptionsSchema = z
  .looseObject({
    warehouseId: number,
    storeId: number,
    customField1: text,
    mergedOrSplit: flag,
    mergedIds: z.array(z.number()).nullish(),
    parentId: number,
  })
  .nullish();

/** An order as `GET /orders` and createorder give it (V1, 2.1 and 3). */
export const orderSchema = z.looseObject({
  orderId: z.number(),
  orderNumber: text,
  orderKey: text,
  orderDate: text,
  createDate: text,
  modifyDate: text,
  shipByDate: text,
  shipDate: text,
  orderStatus: text,
  customerUsername: text,
  customerEmail: text,
  billTo: addressSchema.nullish(),
  shipTo: addressSchema.nullish(),
  items: z.array(itemSchema).nullish(),
  orderTotal: number,
  taxAmount: number,
  shippingAmount: number,
  requestedShippingService: text,
  carrierCode: text,
  serviceCode: text,
  packageCode: text,
  holdUntilDate: text,
  advancedOptions: advancedOptionsSchema,
});

/** An order at ShipStation. */
export type ShipStationOrder = z.infer<typeof orderSchema>;

/** A shipment as `GET /shipments` gives it (V1, 4.1). */
export const shipmentSchema = z.looseObject({
  shipmentId: z.number(),
  orderId: number,
  orderKey: text,
  orderNumber: text,
  createDate: text,
  shipDate: text,
  shipmentCost: number,
  trackingNumber: text,
  isReturnLabel: flag,
  carrierCode: text,
  serviceCode: text,
  voided: flag,
  voidDate: text,
  shipTo: addressSchema.nullish(),
  shipmentItems: z.array(itemSchema).nullish(),
  advancedOptions: advancedOptionsSchema,
});

/** A label bought in ShipStation. */
export type ShipStationShipment = z.infer<typeof shipmentSchema>;

/** A fulfillment as `GET /fulfillments` gives it; no items, no cost, no orderKey (V1, 4.2). */
export const fulfillmentSchema = z.looseObject({
  fulfillmentId: z.number(),
  orderId: number,
  orderNumber: text,
  trackingNumber: text,
  createDate: text,
  shipDate: text,
  voidDate: text,
  deliveryDate: text,
  carrierCode: text,
  fulfillmentServiceCode: text,
  voided: flag,
  shipTo: addressSchema.nullish(),
});

/** An order marked as shipped or shipped by a third party. */
export type ShipStationFulfillment = z.infer<typeof fulfillmentSchema>;

/** A label of V2, where each package has its own tracking number (V2, 7.3). */
export const labelSchema = z.looseObject({
  label_id: z.string(),
  shipment_id: text,
  external_shipment_id: text,
  created_at: text,
  ship_date: text,
  tracking_number: text,
  carrier_code: text,
  service_code: text,
  voided: flag,
  voided_at: text,
  is_return_label: flag,
  shipment_cost: z.looseObject({ currency: text, amount: number }).nullish(),
  packages: z.array(z.looseObject({ tracking_number: text })).nullish(),
});

/** A label as V2 gives it. */
export type ShipStationLabel = z.infer<typeof labelSchema>;

/** What V1 calls an order, as `GET /v2/shipments` gives it (V2, 7.2 and 7.3). */
export const orderV2Schema = z.looseObject({
  shipment_id: z.string(),
  shipment_number: text,
  external_shipment_id: text,
  shipment_status: text,
  store_id: text,
  created_at: text,
  modified_at: text,
  ship_to: z.looseObject({ name: text, company_name: text }).nullish(),
});

/** An order as V2 gives it. */
export type ShipStationOrderV2 = z.infer<typeof orderV2Schema>;

/** A row of a list before it is parsed. */
export type Row = Record<string, unknown>;

/** The rows of a page; each is parsed by whoever needs it, so that it fails alone. */
export const rowsSchema = z.array(z.record(z.string(), z.unknown())).nullish();

/** The envelope of every V1 list; `pages` may be 0 although there are rows (V1, 3). */
export const pagingSchema = z.looseObject({ total: number, page: number, pages: number });

/** The answer of createorders (V1, 2.2). */
export const bulkAnswerSchema = z.looseObject({
  hasErrors: flag,
  results: z.array(
    z.looseObject({ orderId: number, orderNumber: text, orderKey: text, success: flag, errorMessage: text }),
  ),
});

/** A product as `GET /products` gives it (V1, 5.1). */
export const productSchema = z.looseObject({
  productId: z.number(),
  sku: text,
  name: text,
  price: number,
  weightOz: number,
  active: flag,
  customsTariffNo: text,
  customsCountryCode: text,
});

/** A product at ShipStation. */
export type ShipStationProduct = z.infer<typeof productSchema>;

/** The answer of a call that only says how it went (V1, 5.1). */
export const doneSchema = z.looseObject({ success: flag, message: text });

/** A store of the account (V1, 5.5). */
export const storeSchema = z.looseObject({ storeId: z.number(), storeName: text, marketplaceId: number, active: flag });

/** A ship-from warehouse (V1, 5.5). */
export const warehouseSchema = z.looseObject({ warehouseId: z.number(), warehouseName: text });

/** A carrier or one of its services (V1, 5.5). */
export const codeSchema = z.looseObject({ code: z.string(), name: text });
