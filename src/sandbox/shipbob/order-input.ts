/** What `POST /order` takes, with the limits of its fields (ShipBob, 5.1). */

import { z } from "zod";
import { type Fields, fields } from "./refusals.ts";

const int32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
const text = (most: number) => z.string().max(most).nullish();
const instant = z
  .string()
  .refine((value) => !Number.isNaN(Date.parse(value)), "is no date-time")
  .nullish();

const address = z.object({
  address1: z.string().min(1),
  address2: z.string().nullish(),
  city: z.string().min(1),
  company_name: z.string().nullish(),
  country: z.string().regex(/^[A-Z]{2}$/i, "must be an ISO 3166-1 alpha-2 code"),
  state: z.string().nullish(),
  zip_code: z.string().nullish(),
});

const recipient = z.object({
  name: z.string().min(1).max(300),
  email: z.string().nullish(),
  phone_number: text(50),
  address,
});
/** Who gets an order. */
export type RecipientInput = z.infer<typeof recipient>;

const line = z
  .object({
    id: int32.nullish(),
    reference_id: z.string().min(1).nullish(),
    name: z.string().nullish(),
    quantity: int32.min(1),
    sku: z.string().nullish(),
    unit_price: z.number().nullish(),
    gtin: text(50),
    upc: text(50),
    external_line_id: int32.nullish(),
    quantity_unit_of_measure_code: z.enum(["EA", "INP", "CS", "PL"]).nullish(),
  })
  .refine(({ id, reference_id }) => (id ?? undefined) !== undefined || (reference_id ?? "") !== "", {
    path: ["reference_id"],
    message: "is required",
  });
/** A line of a new order, by reference or by id. */
export type LineInput = z.infer<typeof line>;

const salesChannels = [
  "amazon",
  "bigcommerce",
  "ebay",
  "faire",
  "macy",
  "magento",
  "shein",
  "shopify",
  "squarespace",
  "targetplus",
  "temu",
  "tiktok",
  "unleashed",
  "walmart",
  "woocommerce",
] as const;

const order = z.object({
  reference_id: z.string().min(1).max(300),
  order_number: text(400),
  shipping_method: z.string().min(1),
  type: z.enum(["DTC", "DropShip", "B2B"]),
  purchase_date: instant,
  requested_delivery_date: instant,
  location_id: int32.nullish(),
  gift_message: text(500),
  financials: z.object({ total_price: z.number().nullish() }).nullish(),
  sales_channel: z.enum(salesChannels).nullish(),
  origin_platform_program: text(100),
  tags: z.array(z.object({ name: z.string().min(1).max(50), value: z.string().min(1).max(500) })).nullish(),
  recipient,
  products: z.array(line).min(1),
  shipping_terms: z
    .object({
      carrier_type: z.enum(["Parcel", "Freight"]).nullish(),
      payment_term: z.enum(["Collect", "ThirdParty", "Prepaid", "MerchantResponsible"]).nullish(),
    })
    .nullish(),
  retailer_program_data: z
    .object({
      purchase_order_number: z.string().min(1),
      retailer_program_type: z.string().min(1),
      mark_for_store: z.string().nullish(),
      department: z.string().nullish(),
      delivery_date: instant,
      customer_ticket_number: z.string().nullish(),
      shipByDate: instant,
      doNotShipBeforeDate: instant,
      addresses: z.array(address.extend({ type: z.enum(["MarkFor", "ShipFrom"]) })).nullish(),
    })
    .nullish(),
});
/** A new order. */
export type OrderInput = z.infer<typeof order>;

/** Reads a new order, or refuses it field by field. */
export function readOrder(body: unknown): OrderInput {
  return read(order, body);
}

/** Reads a body, or refuses it with a 400 of its fields. */
export function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw fields(400, reasonsOf(parsed.error));
}

/** The body as JSON, or a 400. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw fields(400, { "": ["A non-empty request body is required."] });
    throw error;
  }
}

/** `Products[0].Quantity`: names as a .NET service gives them. */
function reasonsOf(error: z.ZodError): Fields {
  const reasons: Fields = {};
  for (const { path, message } of error.issues) {
    const name = path
      .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
      .join("")
      .replace(/^\./, "");
    reasons[name] = [...(reasons[name] ?? []), message];
  }
  return reasons;
}
