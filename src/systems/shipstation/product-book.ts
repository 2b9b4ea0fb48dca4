import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { productSchema, type ShipStationProduct } from "../../connectors/shipstation/schema.ts";
import { foldedSku, meantBy } from "../../mappings/shipstation/product.ts";

/** SKUs that a run looks up one by one; above so many the whole list is cheaper. */
const fewSkus = 5;

/** What is kept of a product: all that is compared. */
export type BookedProduct = Pick<
  ShipStationProduct,
  "productId" | "sku" | "name" | "price" | "weightOz" | "active" | "customsTariffNo" | "customsCountryCode"
>;

/** The account's products by SKU, as one run reads them: a few one by one, many by the whole list, once. */
export class ProductBook {
  readonly #client: ShipStationClient;
  readonly #found = new Map<string, BookedProduct[]>();
  #asked = 0;
  #isWhole = false;

  constructor(client: ShipStationClient) {
    this.#client = client;
  }

  /** The products that each SKU means: none, one, or several that nobody can tell apart. */
  async find(skus: readonly string[]): Promise<Map<string, BookedProduct[]>> {
    const isOpen = (sku: string) => !this.#isWhole && !this.#found.has(foldedSku(sku));
    const open = new Map(skus.filter(isOpen).map((sku) => [foldedSku(sku), sku]));
    if (this.#asked + open.size > fewSkus) await this.#readAll();
    else for (const sku of open.values()) await this.#readOne(sku);
    return new Map(skus.map((sku) => [sku, meantBy(sku, this.#found.get(foldedSku(sku)) ?? [])]));
  }

  async #readOne(sku: string): Promise<void> {
    this.#asked += 1;
    this.#found.set(foldedSku(sku), []);
    for await (const { value: rows } of this.#client.products(sku)) this.#keep(rows);
  }

  async #readAll(): Promise<void> {
    this.#isWhole = true;
    this.#found.clear();
    for await (const { value: rows } of this.#client.products()) this.#keep(rows);
  }

  #keep(rows: readonly unknown[]): void {
    for (const row of rows) {
      const { data } = productSchema.safeParse(row);
      if (!data) continue;
      const { productId, sku, name, price, weightOz, active, customsTariffNo, customsCountryCode } = data;
      const kept = { productId, sku, name, price, weightOz, active, customsTariffNo, customsCountryCode };
      const others = (this.#found.get(foldedSku(sku ?? "")) ?? []).filter((one) => one.productId !== productId);
      this.#found.set(foldedSku(sku ?? ""), [...others, kept]);
    }
  }
}
