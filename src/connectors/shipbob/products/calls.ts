import type { Given, ShipBobCalls } from "../calls.ts";
import {
  addedVariants,
  type NewProduct,
  type ProductChange,
  product,
  type ShipBobProduct,
  type VariantInput,
} from "./schema.ts";

/** SKUs that may stand in a list: a comma or colon in one would be read as the list's own (6). */
const plain = /^[A-Za-z0-9._~-]+$/;
/** Addresses stay well below what servers and proxies take. */
const longestList = 1_500;
const mostListed = 100;

/** The calls of ShipBob's catalogue (6); no channel belongs to them. */
export class ShipBobProducts {
  readonly #calls: ShipBobCalls;

  constructor(calls: ShipBobCalls) {
    this.#calls = calls;
  }

  /** Products that may have one of the SKUs, page by page: what a filter matches is not said, so that more may come. */
  async *bySku(skus: readonly string[]): AsyncGenerator<ShipBobProduct[]> {
    for (const rawQuery of skuQueries(skus))
      yield* this.#calls.pages({
        path: "/product",
        rawQuery: `${rawQuery}&PageSize=250`,
        item: product,
        style: "next",
        idOf: ({ id }) => id,
        what: "read products",
      });
  }

  /** Makes a product with its variants. */
  create(json: NewProduct): Promise<Given<ShipBobProduct>> {
    const request = { method: "POST", path: "/product", json, repeatable: false, schema: product } as const;
    return this.#calls.call({ ...request, what: "create the product" });
  }

  /** Adds variants to a product; what is answered has them among its variants. */
  addVariants(productId: number, json: readonly VariantInput[]): Promise<Given<Pick<ShipBobProduct, "variants">>> {
    const path = `/product/${productId}/variants`;
    const request = { method: "POST", path, json, repeatable: false, schema: addedVariants } as const;
    return this.#calls.call({ ...request, what: "add variants to the product" });
  }

  /** Changes what is named of a product and its variants; the same twice is once. */
  change(productId: number, json: ProductChange): Promise<Given<ShipBobProduct>> {
    const path = `/product/${productId}`;
    const request = { method: "PATCH", path, json, repeatable: true, schema: product } as const;
    return this.#calls.call({ ...request, what: "change the product" });
  }
}

/** The queries that ask for SKUs: plain ones many at a time with bare colon and commas, the others one by one. Pure. */
export function skuQueries(skus: readonly string[]): string[] {
  const [lists, alone]: [string[][], string[]] = [[], []];
  let length = 0;
  for (const sku of new Set(skus)) {
    if (!plain.test(sku)) {
      alone.push(`SKU=${encodeURIComponent(sku)}`);
      continue;
    }
    const last = lists.at(-1);
    if (last && last.length < mostListed && length + sku.length < longestList) {
      last.push(sku);
      length += sku.length + 1;
    } else {
      lists.push([sku]);
      length = sku.length + 1;
    }
  }
  return [...lists.map((list) => `SKU=any:${list.join(",")}`), ...alone];
}
