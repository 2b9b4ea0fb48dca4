import { z } from "zod";

/** F&O writes empty text as "", but unset enums as null (F&O, 2.4). */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const identifier = z.string().min(1);

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

/** A released product's weight and type; weights have no unit of their own (F&O, 5.1). */
export const releasedProduct = z.object({
  ItemNumber: identifier,
  ProductType: text,
  NetProductWeight: number,
  TareProductWeight: number,
});

/** What labels need of a released product beside that; sizes have no unit of their own either (F&O, 5.1). */
const labelFields = z.object({
  GrossDepth: number,
  GrossProductWidth: number,
  GrossProductHeight: number,
  OriginCountryRegionId: text,
  IntrastatCommodityCode: text,
  HSNCode: text,
});

/** A released product as labels need it. */
export const labelledProduct = z.object({ ...releasedProduct.shape, ...labelFields.shape });

/** What stock needs of a released product beside that: the unit that it is kept in. */
const stockFields = z.object({ InventoryUnitSymbol: text });

/** A released product as stock needs it. */
export const stockedProduct = z.object({ ...releasedProduct.shape, ...stockFields.shape });

export type ReleasedProduct = z.infer<typeof releasedProduct> &
  Partial<z.infer<typeof labelFields> & z.infer<typeof stockFields>>;

/** What is read for orders beside what all need; no pair wants both. */
export interface ReadMore {
  forLabels: boolean;
  forStock: boolean;
}

/** A released product as far as an order's pair needs it. Pure. */
export function productRow({ forLabels, forStock }: ReadMore): z.ZodType<ReleasedProduct> & { shape: object } {
  if (forStock) return stockedProduct;
  return forLabels ? labelledProduct : releasedProduct;
}

/** A released product as a catalogue needs it; its name is in another set (F&O, 5.1). */
export const catalogueProduct = z.object({
  ...labelledProduct.shape,
  ProductNumber: text,
  ProductSearchName: text,
  ProductLifecycleStateId: text,
  InventoryUnitSymbol: text,
  SalesPrice: number,
  SalesPriceQuantity: number,
});
export type CatalogueProduct = z.infer<typeof catalogueProduct>;

/** A product's name, the same in all companies (F&O, 5.1). */
export const productName = z.object({ ProductNumber: identifier, ProductName: text, ProductDescription: text });
export type ProductName = z.infer<typeof productName>;

const variantIds = {
  ProductConfigurationId: text,
  ProductSizeId: text,
  ProductColorId: text,
  ProductStyleId: text,
  ProductVersionId: text,
};

/** A released variant of a product (F&O, 5.1). */
export const productVariant = z.object({ ProductMasterNumber: identifier, ...variantIds, ProductName: text });
export type ProductVariant = z.infer<typeof productVariant>;

/**
 * A barcode of a product or of one of its variants, in one unit (F&O, 5.1). The unit's field is named by Microsoft's dual-write
 * map of product barcodes (EcoResProductNumberIdentifiedBarcode) and read by public clients; the sheet names only the others.
 */
export const productBarcode = z.object({
  ItemNumber: identifier,
  Barcode: text,
  ...variantIds,
  ProductQuantityUnitSymbol: text,
});
export type ProductBarcode = z.infer<typeof productBarcode>;

/** A category that a product is in (F&O, 5.2a). */
export const categoryAssignment = z.object({
  ProductNumber: identifier,
  ProductCategoryName: text,
  ProductCategoryHierarchyName: text,
});
export type CategoryAssignment = z.infer<typeof categoryAssignment>;

/** A product as its source hands it to the mapping: the released product, and what other sets have of it. */
export const productRecord = z.object({
  product: catalogueProduct,
  // What was looked up has been parsed where it was read.
  legalEntity: z.string(),
  name: z.custom<ProductName>().optional(),
  variants: z.custom<readonly ProductVariant[]>(),
  barcodes: z.custom<readonly ProductBarcode[]>(),
  categories: z.custom<readonly CategoryAssignment[]>(),
  /** F&O's system units. */
  massUnit: z.string().optional(),
  lengthUnit: z.string().optional(),
  /** Two letters of the country it comes from, where F&O has them. */
  origin: z.string().optional(),
});
export type ProductRecord = z.infer<typeof productRecord>;

/** What a record's payload has to hold for `productRecord` to read it. */
export type RawProductRecord = Omit<ProductRecord, "product"> & { product: unknown };

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

/** A warehouse (F&O, 5.3). */
export const warehouse = z.object({
  dataAreaId: identifier,
  WarehouseId: identifier,
  WarehouseName: text,
  OperationalSiteId: text,
});

/** What tells the variants of an item apart; those that an item does not use are empty (F&O, 5.3). */
export const variantNames = z.object(variantIds);

/** What a warehouse holds of an item (F&O, 5.3). */
export const onHand = z.object({
  ItemNumber: identifier,
  ...variantIds,
  InventorySiteId: text,
  InventoryWarehouseId: identifier,
  OnHandQuantity: number,
  AvailableOnHandQuantity: number,
});
export type OnHand = z.infer<typeof onHand>;

/** A counting journal (F&O, 5.4). */
export const countingJournal = z.object({ JournalNumber: identifier, Description: text, IsPosted: text });
export type CountingJournal = z.infer<typeof countingJournal>;

/** A line of a counting journal, as far as it is read again. */
export const countingLine = z.object({ JournalNumber: identifier, LineNumber: number });

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

/** The field names of an object schema, for `$select`. */
export const fieldsOf = (schema: { shape: object }): string[] => Object.keys(schema.shape);
