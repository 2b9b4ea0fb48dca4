import { z } from "zod";
import { identifier, number, text } from "../fields.ts";

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
const labelledProduct = z.object({ ...releasedProduct.shape, ...labelFields.shape });

/** What stock needs of a released product beside that: the unit that it is kept in. */
const stockFields = z.object({ InventoryUnitSymbol: text });

/** A released product as stock needs it. */
const stockedProduct = z.object({ ...releasedProduct.shape, ...stockFields.shape });

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
