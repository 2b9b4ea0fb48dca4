import { z } from "zod";

/** Absent, null and empty are one. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const instant = text;
const amount = z.number().nullish();

/** What was packed of a thing; the quantities of a shipment stand only here (5.4). */
const inventoryItem = z.object({
  id: z.number(),
  name: text,
  quantity: z.number().default(0),
});

const shipmentProduct = z.object({
  reference_id: text,
  sku: text,
  name: text,
  inventory_items: z.array(inventoryItem).nullish(),
});

const tracking = z.object({
  tracking_number: text,
  carrier: text,
  carrier_service: text,
  tracking_url: text,
  /** Described for freight (5.4). */
  shipping_date: instant,
  bol: text,
  pro_number: text,
});

const statusDetail = z.object({
  id: z.number().nullish(),
  name: text,
  description: text,
  extra_information: z.object({ validation_messages: z.array(z.string()).nullish() }).nullish(),
});

/** A parcel of an order; one order may be split over several (5.4). Enumerations are open: ShipBob returns values it does not list. */
export const shipment = z.object({
  id: z.number().int(),
  order_id: z.number().int(),
  reference_id: text,
  status: text,
  status_details: z.array(statusDetail).nullish(),
  tracking: tracking.nullish(),
  created_date: instant,
  last_update_at: instant,
  last_tracking_update_at: instant,
  actual_fulfillment_date: instant,
  delivery_date: instant,
  is_tracking_uploaded: z.boolean().nullish(),
  invoice_amount: amount,
  invoice_currency_code: text,
  ship_option: text,
  location: z.object({ id: z.number().int(), name: text }).nullish(),
  products: z.array(shipmentProduct).nullish(),
});
export type Shipment = z.infer<typeof shipment>;

const address = z.object({
  address1: text,
  address2: text,
  city: text,
  company_name: text,
  country: text,
  state: text,
  zip_code: text,
});

/** An order (5.3). */
export const order = z.object({
  id: z.number().int(),
  reference_id: text,
  order_number: text,
  status: text,
  type: text,
  created_date: instant,
  purchase_date: instant,
  shipping_method: text,
  channel: z.object({ id: z.number().int(), name: text }).nullish(),
  recipient: z.object({ name: text, email: text, phone_number: text, address: address.nullish() }).nullish(),
  products: z
    .array(
      z.object({
        reference_id: text,
        sku: text,
        quantity: z.number().default(0),
        unit_price: amount,
        external_line_id: z.number().int().nullish(),
      }),
    )
    .nullish(),
  shipments: z.array(shipment).nullish(),
});
export type Order = z.infer<typeof order>;

/** One shipment's part of a cancel (5.7). */
const cancelledShipment = z.object({
  shipment_id: z.number().int(),
  is_success: z.boolean().nullish(),
  reason: text,
});

/** What came of a cancel: the status says it, not the 200 (5.7). */
export const cancelAnswer = z.object({
  status: text,
  canceled_shipment_results: z.array(cancelledShipment).nullish(),
});
export type CancelAnswer = z.infer<typeof cancelAnswer>;

/** Longest texts that ShipBob takes (5.1). */
export const orderLimits = { reference_id: 300, order_number: 400, name: 300, phone_number: 50 } as const;

/** The largest number of an int32, which quantities and line ids are (5.1). */
export const largestInt32 = 2_147_483_647;

/** The body of the call that makes an order (5.1). */
export interface CreateOrder {
  reference_id: string;
  order_number: string;
  type: "DTC" | "DropShip" | "B2B";
  shipping_method: string;
  purchase_date: string;
  recipient: {
    name: string;
    email?: string;
    phone_number?: string;
    address: {
      address1: string;
      address2?: string;
      city: string;
      company_name?: string;
      state?: string;
      zip_code?: string;
      country: string;
    };
  };
  products: {
    reference_id: string;
    name: string;
    quantity: number;
    unit_price: number;
    external_line_id?: number;
    quantity_unit_of_measure_code?: "EA";
  }[];
  location_id?: number;
  shipping_terms?: { carrier_type: "Parcel"; payment_term: "Prepaid" };
  retailer_program_data?: { purchase_order_number: string; retailer_program_type: "SB-B2B" };
}
