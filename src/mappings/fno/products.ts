import {
  type ProductBarcode,
  type ProductRecord,
  type ProductVariant,
  productRecord,
} from "../../connectors/fno/goods/schema.ts";
import { MappingError } from "../../core/errors.ts";
import type { Product } from "../../core/model.ts";
import { goodsOf } from "./goods.ts";
import type { FnoOrderOptions } from "./orders.ts";
import { pricePerUnit } from "./price.ts";
import { skuOf, type VariantIds, variantParts } from "./sku.ts";

/** What the settings say about products. */
export interface FnoProductOptions extends Pick<FnoOrderOptions, "weightUnit" | "lengthUnit" | "skuTemplate"> {
  /** Categories as `name` or `hierarchy/name`; an empty list takes all. */
  categories: readonly string[];
  /** Lifecycle states in which a product is not sold any more. */
  inactiveStates: readonly string[];
}

const noVariant: VariantIds = {
  ProductConfigurationId: "",
  ProductSizeId: "",
  ProductColorId: "",
  ProductStyleId: "",
  ProductVersionId: "",
};

/** The name of a product's record: `usmf/D0001`. Pure. */
export function productId(legalEntity: string, number: string): string {
  return `${legalEntity}/${number}`;
}

/**
 * What is sold of a released product: itself, or each of its variants; nothing of a service or of what is in none of the
 * categories. Throws MappingError. Pure.
 */
export function productsFromFno(payload: unknown, options: FnoProductOptions): Product[] {
  const record = readRecord(payload);
  const { product, variants } = record;
  if (product.ProductType === "Service" || !isInCategories(record, options.categories)) return [];
  const bySku = new Map<string, ProductVariant[]>();
  for (const variant of variants) {
    const sku = skuFor(record, variant, options);
    bySku.set(sku, [...(bySku.get(sku) ?? []), variant]);
  }
  // A template without variants gives all of them one SKU: they are one thing at the shipper.
  if (bySku.size <= 1 && variants.length !== 1) {
    const [sku = skuFor(record, noVariant, options)] = bySku.keys();
    return [productFrom(record, { sku, variants, name: nameOf(record) }, options)];
  }
  const parent = {
    id: productId(record.legalEntity, product.ItemNumber),
    name: nameOf(record),
    skus: [...bySku.keys()],
  };
  return [...bySku].map(([sku, alike]) => ({
    ...productFrom(record, { sku, variants: alike, name: variantName(parent.name, alike) }, options),
    parent,
  }));
}

function readRecord(payload: unknown): ProductRecord {
  const { success, data, error } = productRecord.safeParse(payload);
  if (success) return data;
  const field = error.issues[0]?.path.at(-1)?.toString() ?? "";
  throw new MappingError(`F&O product: ${field} is not readable: ${error.issues[0]?.message}`, {
    system: "fno",
    field,
  });
}

/** F&O's codes know no case. */
function isInCategories({ categories }: ProductRecord, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  return categories.some(({ ProductCategoryName: name, ProductCategoryHierarchyName: hierarchy }) =>
    [name, `${hierarchy}/${name}`].some((one) => names.has(one.toLowerCase())),
  );
}

function skuFor({ product }: ProductRecord, ids: VariantIds, { skuTemplate }: FnoProductOptions): string {
  return skuOf(skuTemplate, { ...ids, ItemNumber: product.ItemNumber, ExternalItemNumber: "" });
}

function nameOf({ product, name }: ProductRecord): string {
  return name?.ProductName || product.ProductSearchName || product.ItemNumber;
}

function variantName(parent: string, [variant]: readonly ProductVariant[]): string {
  if (!variant) return parent;
  // F&O gives a variant the name of its product where nobody gave it one of its own.
  const own = variant.ProductName;
  return own !== "" && own !== parent ? own : [parent, ...variantParts(variant)].join(" / ");
}

function productFrom(
  record: ProductRecord,
  { sku, name, variants }: { sku: string; name: string; variants: readonly ProductVariant[] },
  options: FnoProductOptions,
): Product {
  const { product, legalEntity, origin } = record;
  const [barcode, ...otherBarcodes] = barcodesOf(record, variants);
  const countries = new Map(origin === undefined ? [] : [[product.OriginCountryRegionId, origin]]);
  const about = { document: product.ItemNumber, label: `company ${legalEntity}` };
  const unitPrice = pricePerUnit(product);
  const state = product.ProductLifecycleStateId.toLowerCase();
  return {
    id: productId(legalEntity, product.ItemNumber),
    number: sku,
    sku,
    name,
    isActive: state === "" || !options.inactiveStates.some((one) => one.toLowerCase() === state),
    ...(barcode === undefined ? {} : { barcode }),
    ...(otherBarcodes.length === 0 ? {} : { otherBarcodes }),
    ...(record.name?.ProductDescription ? { description: record.name.ProductDescription } : {}),
    ...(Number(unitPrice) > 0 ? { unitPrice } : {}),
    ...(product.InventoryUnitSymbol === "" ? {} : { unit: product.InventoryUnitSymbol }),
    ...goodsOf(product, { codes: { ...unitsOf(record), countries }, options, about }),
    final: false,
    personal: [],
  };
}

function unitsOf({ massUnit, lengthUnit }: ProductRecord) {
  return { ...(massUnit === undefined ? {} : { massUnit }), ...(lengthUnit === undefined ? {} : { lengthUnit }) };
}

/** Those of the inventory unit, since a case has a barcode of its own; in an order that stays. */
function barcodesOf({ product, barcodes }: ProductRecord, variants: readonly VariantIds[]): string[] {
  const wanted = new Set((variants.length === 0 ? [noVariant] : variants).map(idsText));
  const unit = product.InventoryUnitSymbol.toLowerCase();
  const isOfUnit = ({ ProductQuantityUnitSymbol: symbol }: ProductBarcode) =>
    symbol === "" || unit === "" || symbol.toLowerCase() === unit;
  const values = barcodes.filter((row) => wanted.has(idsText(row)) && isOfUnit(row)).map((row) => row.Barcode.trim());
  return [...new Set(values.filter((value) => value !== ""))].sort();
}

function idsText(ids: VariantIds): string {
  const { ProductConfigurationId, ProductSizeId, ProductColorId, ProductStyleId, ProductVersionId } = ids;
  return JSON.stringify([ProductConfigurationId, ProductSizeId, ProductColorId, ProductStyleId, ProductVersionId]);
}
