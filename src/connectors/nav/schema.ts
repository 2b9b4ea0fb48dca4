import { z } from "zod";
import { decodedName } from "../odata/names.ts";

/** A field that a partner may have taken off the page. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const quantity = z.number().default(0);
/** A calendar day; NAV's empty one is empty (NAV, 3.2). */
const day = text.transform((value) => (value.startsWith("0001-01-01") ? "" : value.slice(0, 10)));
/** An option as a person reads it; an empty one may come as an encoded blank (NAV, 3.2). */
const option = text.transform((value) => decodedName(value).trim());

const tagged = { "@odata.etag": z.string().min(1) };

/** The three fields that carry shipping, on page 42 and page 130 (NAV, 4.1, 4.3). */
const shipping = {
  Shipping_Agent_Code: text,
  Shipping_Agent_Service_Code: text,
  Package_Tracking_No: text,
};

/** A sales order, page 42 (NAV, 4.1); the fields that the settings name come along. */
export const salesOrder = z.looseObject({
  ...tagged,
  /** As NAV gives it, since it is part of the key. */
  Document_Type: z.string().min(1),
  No: z.string().min(1),
  Status: option,
  Order_Date: day,
  Shipment_Date: day,
  Sell_to_Customer_Name: text,
  Ship_to_Name: text,
  ...shipping,
});
export type SalesOrder = z.infer<typeof salesOrder>;

/** An order's key. */
export type OrderKey = Pick<SalesOrder, "Document_Type" | "No">;

/** A line of a sales order, page 46 (NAV, 4.2). */
export const salesOrderLine = z.looseObject({
  ...tagged,
  Document_Type: z.string().min(1),
  Document_No: z.string().min(1),
  Line_No: z.number(),
  Type: option,
  No: text,
  Variant_Code: text,
  Cross_Reference_No: text,
  Description: text,
  Quantity: quantity,
  Qty_to_Ship: quantity,
  Quantity_Shipped: quantity,
  Shipment_Date: day,
  /** North America only. */
  Package_Tracking_No: z.string().nullish(),
});
export type SalesOrderLine = z.infer<typeof salesOrderLine>;

/** A posted sales shipment, page 130 (NAV, 4.3). */
export const postedShipment = z.looseObject({
  ...tagged,
  No: z.string().min(1),
  Order_No: text,
  External_Document_No: text,
  Posting_Date: day,
  Shipment_Date: day,
  /** Only where a partner put it on the page. */
  Order_Date: day,
  Sell_to_Customer_Name: text,
  Ship_to_Name: text,
  ...shipping,
});
export type PostedShipment = z.infer<typeof postedShipment>;

/** A line of a posted sales shipment, page 131 (NAV, 4.3). */
export const postedShipmentLine = z.looseObject({
  Document_No: z.string().min(1),
  Line_No: z.number(),
  No: text,
  Variant_Code: text,
  Quantity: quantity,
  Correction: z.boolean().default(false),
});
export type PostedShipmentLine = z.infer<typeof postedShipmentLine>;

/** A shipping agent, page 428. */
export const shippingAgent = z.object({ Code: z.string().min(1), Name: text });
export type ShippingAgent = z.infer<typeof shippingAgent>;

/** An agent's service, page 5790. */
export const agentService = z.object({ Shipping_Agent_Code: z.string(), Code: z.string().min(1) });
export type AgentService = z.infer<typeof agentService>;

/** What tells an order's type and status. */
export const captions = z.object({ Document_Type: z.string().min(1), Status: option });
