import { z } from "zod";
import { decodedName } from "../odata/names.ts";

const text = z.string().default("");
const amount = z.number().default(0);
const day = z.string().transform((value) => (value === "0001-01-01" ? "" : value));
/** A member of an enum as a person reads it; blank is empty. */
const enumText = z.string().transform((value) => decodedName(value).trim());

/** What every row of API v2.0 has. */
export const row = z.looseObject({
  id: z.string().min(1),
  "@odata.etag": z.string().min(1),
  lastModifiedDateTime: z.string().optional(),
});

/** A row as it is held; its tag goes with what changes it. */
export type Row = z.infer<typeof row>;

/** An item (BC, 2.2). */
export const item = row.extend({
  number: z.string(),
  displayName: text,
  type: enumText,
  itemCategoryCode: text,
  blocked: z.boolean().default(false),
  gtin: text,
  unitPrice: amount,
  baseUnitOfMeasureCode: text,
});
export type Item = z.infer<typeof item>;

/** An item's variant (BC, 2.2). */
export const itemVariant = z.object({ id: z.string().min(1), itemNumber: z.string(), code: z.string() });
export type ItemVariant = z.infer<typeof itemVariant>;

/** A customer (BC, 2.3). */
export const customer = row.extend({
  number: z.string(),
  displayName: text,
  type: enumText.optional(),
  addressLine1: text,
  addressLine2: text,
  city: text,
  state: text,
  country: text,
  postalCode: text,
  phoneNumber: text,
  email: text,
  currencyCode: text,
  /** Empty, Ship, Invoice or All. */
  blocked: enumText.default(""),
});
export type Customer = z.infer<typeof customer>;

const line = {
  id: z.string().min(1),
  "@odata.etag": z.string().optional(),
  documentId: z.string().optional(),
  sequence: z.number(),
  lineType: enumText,
  lineObjectNumber: text,
  description: text,
  unitOfMeasureCode: text,
  quantity: amount,
  unitPrice: amount,
  discountAmount: amount,
  amountExcludingTax: amount,
  totalTaxAmount: amount,
  amountIncludingTax: amount,
  shipmentDate: day.optional(),
};

/** A line of a sales order (BC, 2.5). */
export const salesOrderLine = z.looseObject({
  ...line,
  shipQuantity: amount,
  invoiceQuantity: amount,
  shippedQuantity: amount,
  invoicedQuantity: amount,
});
export type SalesOrderLine = z.infer<typeof salesOrderLine>;

/** A line of a sales invoice (BC, 2.6). */
export const salesInvoiceLine = z.looseObject(line);
export type SalesInvoiceLine = z.infer<typeof salesInvoiceLine>;

const header = {
  number: text,
  externalDocumentNumber: text,
  postingDate: day.optional(),
  customerNumber: text,
  currencyCode: text,
  pricesIncludeTax: z.boolean().optional(),
  discountAmount: amount,
  totalAmountExcludingTax: amount,
  totalTaxAmount: amount,
  totalAmountIncludingTax: amount,
  status: enumText.default(""),
  shipToName: text,
  shipToAddressLine1: text,
  shipToAddressLine2: text,
  shipToCity: text,
  shipToState: text,
  shipToCountry: text,
  shipToPostCode: text,
};

/** A sales order; `status` is Draft, In Review or Open, which means released (BC, 2.4). */
export const salesOrder = row.extend({
  ...header,
  fullyShipped: z.boolean().optional(),
  salesOrderLines: z.array(salesOrderLine).optional(),
});
export type SalesOrder = z.infer<typeof salesOrder>;

/** A draft or posted sales invoice; `status` is Draft, In Review, Open, Paid, Canceled, Corrective or empty (BC, 2.6). */
export const salesInvoice = row.extend({
  ...header,
  orderNumber: text,
  orderId: text,
  remainingAmount: amount,
  salesInvoiceLines: z.array(salesInvoiceLine).optional(),
});
export type SalesInvoice = z.infer<typeof salesInvoice>;

/** A line of a posted shipment (BC, 2.7). */
export const salesShipmentLine = z.looseObject({
  sequence: z.number(),
  lineType: enumText,
  lineObjectNumber: text,
  quantity: amount,
});

/** A posted sales shipment (BC, 2.7). */
export const salesShipment = z.looseObject({
  id: z.string().min(1),
  number: z.string(),
  externalDocumentNumber: text,
  orderNumber: text,
  postingDate: day.optional(),
  salesShipmentLines: z.array(salesShipmentLine).optional(),
});
export type SalesShipment = z.infer<typeof salesShipment>;

/** A file on a document (BC, 2.8). */
export const documentAttachment = row.extend({ fileName: text, byteSize: z.number().default(0) });
export type DocumentAttachment = z.infer<typeof documentAttachment>;

const upTo = (length: number) => z.string().max(length).optional();
const date = z.iso.date().optional();

/** A line as it is sent; fields are validated in the order in which they are sent, so what it is comes first (BC, 2.4). */
const lineBody = z.strictObject({
  lineType: z.enum(["Item", "Account", "Comment"]),
  lineObjectNumber: upTo(20),
  itemVariantId: z.guid().optional(),
  description: upTo(100),
  unitOfMeasureCode: upTo(10),
  locationId: z.guid().optional(),
  quantity: z.number().optional(),
  unitPrice: z.number().optional(),
  discountAmount: z.number().optional(),
  taxCode: upTo(50),
  shipmentDate: date,
});

/** Where goods go. */
export const shipTo = {
  shipToName: upTo(100),
  shipToContact: upTo(100),
  shipToAddressLine1: upTo(100),
  shipToAddressLine2: upTo(50),
  shipToCity: upTo(30),
  shipToState: upTo(30),
  shipToPostCode: upTo(20),
  shipToCountry: upTo(10),
};
const start = { customerNumber: z.string().min(1).max(20), externalDocumentNumber: z.string().min(1).max(35) };
const contact = { phoneNumber: upTo(30), email: upTo(80) };

/** A sales order with its lines as it is created: customer, currency, addresses, dates, lines (BC, 2.4, 4.2). */
export const salesOrderBody = z.strictObject({
  ...start,
  currencyCode: upTo(10),
  pricesIncludeTax: z.boolean().optional(),
  ...shipTo,
  ...contact,
  orderDate: date,
  postingDate: date,
  requestedDeliveryDate: date,
  discountAmount: z.number().optional(),
  salesOrderLines: z.array(lineBody).min(1),
});

/** A draft sales invoice with its lines; whether its prices include tax is the customer's affair (BC, 2.6). */
export const salesInvoiceBody = z.strictObject({
  ...start,
  customerPurchaseOrderReference: upTo(35),
  currencyCode: upTo(10),
  ...shipTo,
  ...contact,
  invoiceDate: date,
  postingDate: date,
  discountAmount: z.number().optional(),
  salesInvoiceLines: z.array(lineBody).min(1),
});

/** A customer as it is created. */
export const customerBody = z.strictObject({
  number: upTo(20),
  displayName: z.string().min(1).max(100),
  type: z.enum(["Company", "Person"]).optional(),
  addressLine1: upTo(100),
  addressLine2: upTo(50),
  city: upTo(30),
  state: upTo(30),
  country: upTo(10),
  postalCode: upTo(20),
  phoneNumber: upTo(30),
  email: upTo(80),
  currencyCode: upTo(10),
});

export type LineBody = z.infer<typeof lineBody>;
export type SalesOrderBody = z.infer<typeof salesOrderBody>;
export type SalesInvoiceBody = z.infer<typeof salesInvoiceBody>;
export type CustomerBody = z.infer<typeof customerBody>;

/** The names of a schema's fields, for `$select`. */
export function fieldsOf(schema: { shape: Readonly<Record<string, unknown>> }): string[] {
  return Object.keys(schema.shape).filter((name) => !name.startsWith("@"));
}
