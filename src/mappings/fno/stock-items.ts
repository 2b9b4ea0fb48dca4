import { productRecord, variantNames } from "../../connectors/fno/goods/schema.ts";
import { skuOf } from "./sku.ts";

/** What a SKU of the shipper's is in F&O. */
export interface StockItem {
  sku: string;
  item: string;
  variant: ReturnType<typeof variantNames.parse>;
  /** Several variants of the item have the SKU, so that nobody can say which of them was counted. */
  isShared: boolean;
}

/** The SKUs of a released product: its own, or those of its variants; none of a service, which nobody stocks, and of what cannot be read. Pure. */
export function stockItems(payload: unknown, skuTemplate: string): StockItem[] {
  const { data } = productRecord.safeParse(payload);
  if (!data || data.product.ProductType === "Service") return [];
  const { ItemNumber } = data.product;
  const items = new Map<string, StockItem>();
  for (const row of data.variants.length === 0 ? [{}] : data.variants) {
    const variant = variantNames.parse(row);
    const sku = skuOf(skuTemplate, { ...variant, ItemNumber, ExternalItemNumber: "" });
    items.set(sku, { sku, item: ItemNumber, variant, isShared: items.has(sku) });
  }
  return [...items.values()];
}
