import { z } from "zod";
import type { ShipBobProducts } from "../../connectors/shipbob/products/calls.ts";
import { type ShipBobProduct, variant } from "../../connectors/shipbob/products/schema.ts";
import type { Product } from "../../core/model.ts";

/** A variant where it stands at ShipBob. */
export const heldVariant = z.object({
  productId: z.number(),
  productName: z.string(),
  isBundle: z.boolean(),
  /** How many variants its product has. */
  siblings: z.number(),
  variant,
});
/** A variant where it stands at ShipBob. */
export type HeldVariant = z.infer<typeof heldVariant>;

/** Variants at ShipBob by SKU, compared exactly. */
export class ProductBook {
  readonly #products: ShipBobProducts;

  constructor(products: ShipBobProducts) {
    this.#products = products;
  }

  /** What stands under each of the SKUs; more than one is for a person to mend. */
  async find(skus: readonly string[]): Promise<Map<string, HeldVariant[]>> {
    const found = new Map<string, HeldVariant[]>(skus.map((sku) => [sku, []]));
    const seen = new Set<number>();
    if (found.size === 0) return found;
    for await (const products of this.#products.bySku([...found.keys()]))
      for (const held of products.flatMap(variantsIn)) {
        const { sku, id } = held.variant;
        // A product comes once for each list of SKUs that it has one of.
        if (seen.has(id)) continue;
        seen.add(id);
        found.get(sku ?? "")?.push(held);
      }
    return found;
  }
}

function variantsIn({ id, name, type, variants }: ShipBobProduct): HeldVariant[] {
  const isBundle = type?.toLowerCase() === "bundle";
  return (variants ?? []).map((variant) => ({
    productId: id,
    productName: name ?? "",
    isBundle: isBundle || (variant.bundle_definition ?? []).length > 0,
    siblings: variants?.length ?? 0,
    variant,
  }));
}

/**
 * The product at ShipBob that has the variants of an item: of those with its name or with more than one variant, the one
 * with most of them. A variant that stands alone under another name was made by somebody else. Pure.
 */
export function groupOf(
  parent: NonNullable<Product["parent"]>,
  found: ReadonlyMap<string, readonly HeldVariant[]>,
): number | undefined {
  const counts = new Map<number, number>();
  for (const sku of parent.skus)
    for (const { productId, productName, isBundle, siblings } of found.get(sku) ?? [])
      if (!isBundle && (siblings > 1 || productName === parent.name))
        counts.set(productId, (counts.get(productId) ?? 0) + 1);
  const [first] = [...counts].sort(([one, less], [other, more]) => more - less || one - other);
  return first?.[0];
}
