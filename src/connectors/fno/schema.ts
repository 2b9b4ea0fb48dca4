import { z } from "zod";
import { identifier, number, text } from "./fields.ts";
import type { ReleasedProduct } from "./goods/schema.ts";

const deliveryAddress = {
  DeliveryAddressName: text,
  DeliveryAddressStreet: text,
  DeliveryAddressStreetNumber: text,
  DeliveryBuildingCompliment: text,
  DeliveryAddressCity: text,
  DeliveryAddressStateId: text,
  DeliveryAddressZipCode: text,
  DeliveryAddressCountryRegionId: text,
  DeliveryAddressCountryRegionISOCode: text,
};

/** The delivery address block of headers and lines. */
export const addressBlock = z.object(deliveryAddress);
export type AddressBlock = z.infer<typeof addressBlock>;

/** A sales order line, as far as mlc reads it (F&O, 3.3). */
export const salesOrderLine = z.object({
  InventoryLotId: identifier,
  LineNumber: number,
  ItemNumber: identifier,
  LineDescription: text,
  ProductConfigurationId: text,
  ProductColorId: text,
  ProductSizeId: text,
  ProductStyleId: text,
  ProductVersionId: text,
  ExternalItemNumber: text,
  OrderedSalesQuantity: number,
  SalesUnitSymbol: text,
  SalesPrice: number,
  SalesPriceQuantity: number,
  SalesOrderLineStatus: text,
  IsLineStopped: text,
  ShippingWarehouseId: text,
  ...deliveryAddress,
});
export type SalesOrderLine = z.infer<typeof salesOrderLine>;

/** A sales order header (F&O, 3.2). */
export const salesOrderHeader = z.object({
  dataAreaId: identifier,
  SalesOrderNumber: identifier,
  SalesOrderName: text,
  SalesOrderStatus: identifier,
  SalesOrderProcessingStatus: identifier,
  IsSalesProcessingStopped: text,
  OrderingCustomerAccountNumber: text,
  InvoiceCustomerAccountNumber: text,
  Email: text,
  CustomerRequisitionNumber: text,
  SalesOrderPoolId: text,
  OrderCreationDateTime: identifier,
  RequestedShippingDate: text,
  ConfirmedShippingDate: text,
  DeliveryModeCode: text,
  DefaultShippingWarehouseId: text,
  CurrencyCode: text,
  ...deliveryAddress,
});
export type SalesOrderHeader = z.infer<typeof salesOrderHeader>;

/** A customer (F&O, 5.2). */
export const customer = z.object({
  CustomerAccount: identifier,
  OrganizationName: text,
  PersonFirstName: text,
  PersonLastName: text,
  PrimaryContactEmail: text,
  PrimaryContactPhone: text,
  AddressStreet: text,
  AddressCity: text,
  AddressState: text,
  AddressZipCode: text,
  AddressCountryRegionId: text,
  AddressCountryRegionISOCode: text,
});
export type Customer = z.infer<typeof customer>;

/** A unit of measure. */
export const unitOfMeasure = z.object({ UnitSymbol: identifier, UnitClass: text });

/** A country key with its two-letter code (F&O, 3.2). */
export const countryRegion = z.object({ CountryRegion: identifier, ISOcode: text });

/** What remains of an order line; the order entities do not say (F&O, 3.3). */
export const remainingLine = z.object({
  SalesId: identifier,
  InventTransId: identifier,
  RemainSalesPhysical: z.number(),
});

/** The same in the unit that stock is kept in. */
export const remainingStock = z.object({
  SalesId: identifier,
  InventTransId: identifier,
  RemainInventPhysical: z.number(),
});

/** How far an order is released to the warehouse; the order entities do not say (F&O, 3.2). */
export const releasedOrder = z.object({ SalesId: identifier, ReleaseStatus: text });

/** What a charge asks of its order. */
export const chargedOrder = z.object({ CurrencyCode: text, SalesOrderStatus: text });
export type ChargedOrder = z.infer<typeof chargedOrder> & { line?: string };

/** The line of an order that carries its charge. */
export const chargeLine = z.object({ InventoryLotId: identifier });

/** A posted customer invoice (F&O, 3.1). */
export const salesInvoice = z.object({
  SalesOrderNumber: identifier,
  InvoiceNumber: identifier,
  InvoiceDate: identifier,
});

/** An order's own names. */
export const orderName = z.object({ dataAreaId: identifier, SalesOrderNumber: identifier });

/** A posted packing slip (F&O, 4.3). */
export const packingSlip = z.object({ SalesId: identifier, PackingSlipId: identifier, DeliveryDate: identifier });

/** A tracking row of a posted packing slip (F&O, 4.1). */
export const trackingRow = z.object({
  dataAreaId: identifier,
  SalesOrderNumber: identifier,
  PackingSlipNumber: identifier,
  DeliveryDate: identifier,
  TrackingNumber: identifier,
  TrackingURL: text,
});
export type TrackingRow = z.infer<typeof trackingRow>;

/** A note attached to an order header (F&O, 4.1). */
export const attachment = z.object({
  SalesOrderNumber: identifier,
  DocumentId: identifier,
  AttachmentDescription: text,
});

/** A company (F&O, 5.2a). */
export const legalEntity = z.object({ LegalEntityId: identifier, Name: text });

/** A business event of the catalogue (F&O, 7.1). */
export const businessEvent = z.object({ BusinessEventId: identifier, Name: text, Module: text });

/** A mode of delivery (F&O, 5.2a). */
export const deliveryMode = z.object({ dataAreaId: identifier, ModeCode: identifier, ModeDescription: text });

/** An order as its source hands it to the mapping: the header with its lines, and what was looked up for it. */
export const orderRecord = z.object({
  header: salesOrderHeader,
  lines: z.array(salesOrderLine),
  // What was looked up has been parsed where it was read.
  orderingCustomer: z.custom<Customer>().optional(),
  invoiceCustomer: z.custom<Customer>().optional(),
  /** By item number. */
  products: z.custom<ReadonlyMap<string, ReleasedProduct>>(),
  /** F&O's system unit of mass. */
  massUnit: z.string().optional(),
  /** F&O's system unit of length; only for labels, as is the invoice. */
  lengthUnit: z.string().optional(),
  /** The order's newest customer invoice. */
  invoice: z.string().optional(),
  /** Two-letter codes by country key. */
  countries: z.custom<ReadonlyMap<string, string>>(),
  /** By lot id; absent when the environment does not publish it. */
  remaining: z.custom<ReadonlyMap<string, number>>().optional(),
  /** The same in the unit that stock is kept in, of orders with a line that is sold in another. */
  stock: z.custom<ReadonlyMap<string, number>>().optional(),
  /** Of the set with release statuses; only where the pair asks for them. */
  releaseStatus: z.string().optional(),
});
export type OrderRecord = z.infer<typeof orderRecord>;

/** What a record's payload has to hold for `orderRecord` to read it; the wire's rows stay unread until then. */
export interface RawOrderRecord {
  header: unknown;
  lines: readonly unknown[];
  orderingCustomer?: Customer;
  invoiceCustomer?: Customer;
  products: ReadonlyMap<string, ReleasedProduct>;
  massUnit?: string;
  lengthUnit?: string;
  invoice?: string;
  countries: ReadonlyMap<string, string>;
  remaining?: ReadonlyMap<string, number>;
  stock?: ReadonlyMap<string, number>;
  releaseStatus?: string;
}

const isText = (value: unknown) => typeof value === "string";
const isIdentifier = (value: unknown) => typeof value === "string" && value !== "";
const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(value);
const plainChecks = new Map<unknown, (value: unknown) => boolean>([
  [text, isText],
  [identifier, isIdentifier],
  [number, isNumber],
]);

/** Tells rows in which every field has its value; one that has not, or has another kind of field, wants the schema. */
function isPlainly<T>(schema: z.ZodType<T> & { shape: Record<string, unknown> }): (row: unknown) => row is T {
  const fields = Object.entries(schema.shape).map(([name, field]) => ({ name, isRight: plainChecks.get(field) }));
  return (row): row is T => {
    if (row === null || typeof row !== "object") return false;
    for (const { name, isRight } of fields) if (!isRight?.(Reflect.get(row, name))) return false;
    return true;
  };
}

const isPlainHeader = isPlainly(salesOrderHeader);
const isPlainLine = isPlainly(salesOrderLine);

/** Whether a payload is an order whose every field has its value, as most are: then `orderRecord` would give the same. Pure. */
export function isPlainOrder(payload: unknown): payload is OrderRecord {
  if (payload === null || typeof payload !== "object") return false;
  const { header, lines, products, countries }: Partial<RawOrderRecord> = payload;
  // What was looked up is ours, and there are no more than these that every order has.
  if (!(products instanceof Map) || !(countries instanceof Map)) return false;
  return isPlainHeader(header) && Array.isArray(lines) && lines.every(isPlainLine);
}
