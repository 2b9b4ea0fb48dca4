import type { SalesOrderLine } from "../../connectors/fno/schema.ts";
import { fillTemplate } from "../../core/parts.ts";

/** The ids by which F&O tells the variants of an item apart; empty where the item has no such dimension. */
export type VariantIds = Pick<
  SalesOrderLine,
  "ProductConfigurationId" | "ProductSizeId" | "ProductColorId" | "ProductStyleId" | "ProductVersionId"
>;

/** The variant ids that are set, in the order in which a SKU has them. Pure. */
export function variantParts(ids: VariantIds): string[] {
  return Object.values(namedParts(ids)).filter((id) => id !== "");
}

/** The article number under which the shipper knows an item, the same for orders and for products. Pure. */
export function skuOf(
  template: string,
  item: VariantIds & Pick<SalesOrderLine, "ItemNumber" | "ExternalItemNumber">,
): string {
  return fillTemplate(template, {
    ...namedParts(item),
    itemNumber: item.ItemNumber,
    externalItemNumber: item.ExternalItemNumber,
    variant: variantParts(item)
      .map((id) => `-${id}`)
      .join(""),
  });
}

function namedParts(ids: VariantIds) {
  return {
    configuration: ids.ProductConfigurationId,
    size: ids.ProductSizeId,
    color: ids.ProductColorId,
    style: ids.ProductStyleId,
    version: ids.ProductVersionId,
  };
}
