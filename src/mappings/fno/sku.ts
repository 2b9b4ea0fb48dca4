import type { VariantIds } from "../../connectors/fno/schema.ts";
import { fillTemplate } from "../../core/parts.ts";

/** An item or one of its variants, as rows of F&O name it. */
export interface ItemName extends VariantIds {
  ItemNumber: string;
  ExternalItemNumber?: string;
}

/** The article number under which the shipper knows an item. Pure. */
export function skuOf(item: ItemName, template: string): string {
  const variant = {
    configuration: item.ProductConfigurationId,
    size: item.ProductSizeId,
    color: item.ProductColorId,
    style: item.ProductStyleId,
    version: item.ProductVersionId,
  };
  const set = Object.values(variant).filter((id) => id !== "");
  return fillTemplate(template, {
    ...variant,
    itemNumber: item.ItemNumber,
    externalItemNumber: item.ExternalItemNumber ?? "",
    variant: set.map((id) => `-${id}`).join(""),
  });
}
