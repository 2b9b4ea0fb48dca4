import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type {
  CategoryAssignment,
  ProductBarcode,
  ProductName,
  ProductVariant,
  RawProductRecord,
} from "../../connectors/fno/goods/schema.ts";
import type { Ref } from "../../core/delivery.ts";
import { ConfigError, ContractError } from "../../core/errors.ts";
import { canonicalJson, hashOf } from "../../core/json.ts";
import type { Product } from "../../core/model.ts";
import type { ListRequest, Page, Source, SourceRecord } from "../../core/ports.ts";
import { type FnoProductOptions, productId, productsFromFno } from "../../mappings/fno/products.ts";
import { grouped } from "../in-groups.ts";
import type { Codes, MasterData } from "./master-data.ts";

const productRef = z.object({ legalEntity: z.string(), item: z.string() });
const rawProduct = z.looseObject({
  ItemNumber: z.string().min(1),
  ProductNumber: z.string().nullish(),
  OriginCountryRegionId: z.string().nullish(),
});

/** A released product as it came, with the names that the other sets have rows of it by. */
interface RawProduct {
  row: unknown;
  item: string;
  number: string;
  country: string;
}

/** What other sets have of products, by item number or product number. */
interface Details {
  names: ReadonlyMap<string, ProductName>;
  variants: ReadonlyMap<string, ProductVariant[]>;
  barcodes: ReadonlyMap<string, ProductBarcode[]>;
  categories: ReadonlyMap<string, CategoryAssignment[]>;
}

/** F&O as the giver of products: all released ones, since no product says when it changed. */
export class FnoProductSource implements Source<Product> {
  readonly system = "fno";
  readonly reads = "snapshot";
  readonly #client: FnoClient;
  readonly #legalEntities: readonly string[];
  readonly #options: FnoProductOptions;
  readonly #masterData: MasterData;

  constructor(given: {
    client: FnoClient;
    legalEntities: readonly string[];
    options: FnoProductOptions;
    masterData: MasterData;
  }) {
    this.#client = given.client;
    this.#legalEntities = given.legalEntities;
    this.#options = given.options;
    this.#masterData = given.masterData;
  }

  async *list(_request: ListRequest): AsyncGenerator<Page> {
    this.#refuseTemplate();
    this.#masterData.begin();
    const codes = await this.#masterData.codes();
    // What several companies have released has one SKU: the first of them gives it, or they would undo each other's values.
    const given = new Set<string>();
    for (const legalEntity of this.#legalEntities) {
      // Whole sets take a tenth of the calls that asking for each page's rows by name would take.
      const details = await this.#details(legalEntity);
      for await (const rows of this.#client.products.released(legalEntity)) {
        const fresh = rows.map(rawOf).filter(({ item }) => !given.has(item));
        for (const { item } of fresh) given.add(item);
        yield { records: fresh.map((product) => recordOf(legalEntity, product, { details, codes })) };
      }
    }
  }

  async get(refs: readonly Ref[], isAnew = false): Promise<Map<string, SourceRecord | "gone">> {
    this.#refuseTemplate();
    if (isAnew) this.#masterData.forget();
    const wanted = refs.map((ref) => productRef.parse(ref));
    const found = new Map<string, SourceRecord | "gone">(wanted.map((ref) => [this.idOf(ref), "gone"]));
    const codes = await this.#masterData.codes();
    for (const legalEntity of new Set(wanted.map((ref) => ref.legalEntity))) {
      const items = wanted.filter((ref) => ref.legalEntity === legalEntity).map(({ item }) => item);
      const rows = await this.#client.products.releasedByNumber(legalEntity, items);
      const products = rows.map(rawOf).filter(({ item }) => found.has(productId(legalEntity, item)));
      if (products.length === 0) continue;
      const details = await this.#details(legalEntity, products);
      for (const product of products) {
        const record = recordOf(legalEntity, product, { details, codes });
        found.set(record.id, record);
      }
    }
    return found;
  }

  idOf(ref: Ref): string {
    const { legalEntity, item } = productRef.parse(ref);
    return productId(legalEntity, item);
  }

  read({ payload }: SourceRecord): Product[] {
    return productsFromFno(payload, this.#options);
  }

  /** Of these products, or of all. */
  async #details(legalEntity: string, products?: readonly RawProduct[]): Promise<Details> {
    const { products: sets } = this.#client;
    const numbers = products?.map(({ number }) => number);
    const items = products?.map(({ item }) => item);
    const [names, variants, barcodes, categories] = await Promise.all([
      sets.names(numbers),
      sets.variants(legalEntity, numbers),
      sets.barcodes(legalEntity, items),
      this.#options.categories.length === 0 ? [] : sets.categories(numbers),
    ]);
    if (!categories) throw unpublished();
    return {
      names: new Map(names.map((row) => [row.ProductNumber, row])),
      variants: grouped(variants, (row) => row.ProductMasterNumber),
      barcodes: grouped(barcodes, (row) => row.ItemNumber),
      categories: grouped(categories, (row) => row.ProductNumber),
    };
  }

  /** An item has an external number for each customer, so that no product has one. Throws ConfigError. */
  #refuseTemplate(): void {
    if (!this.#options.skuTemplate.includes("{externalItemNumber}")) return;
    throw new ConfigError("products have no external item number, which flows.orders.skuTemplate makes SKUs of", {
      system: "fno",
      field: "flows.orders.skuTemplate",
      hint: "Set flows.products.enabled to false, or use another template.",
    });
  }
}

function unpublished(): ConfigError {
  return new ConfigError(
    "F&O does not publish ProductCategoryAssignments, by which flows.products.categories chooses",
    {
      system: "fno",
      field: "flows.products.categories",
      hint: "Empty flows.products.categories, or publish the entity set.",
    },
  );
}

function rawOf(row: unknown): RawProduct {
  const { success, data } = rawProduct.safeParse(row);
  if (!success) throw new ContractError("F&O sent a released product without an item number", { system: "fno" });
  const { ItemNumber: item, ProductNumber, OriginCountryRegionId } = data;
  const fields = Object.entries(data).filter(([name]) => !name.startsWith("@"));
  return { row: Object.fromEntries(fields), item, number: ProductNumber || item, country: OriginCountryRegionId ?? "" };
}

/** The ETag of a product does not move with its name, variants or barcodes, so that the version is a hash of all that was read. */
function recordOf(
  legalEntity: string,
  { row, item, number, country }: RawProduct,
  { details, codes: { countries, massUnit, lengthUnit } }: { details: Details; codes: Codes },
): SourceRecord {
  const [name, origin] = [details.names.get(number), countries.get(country)];
  const payload: RawProductRecord = {
    product: row,
    legalEntity,
    ...(name ? { name } : {}),
    variants: sorted(details.variants.get(number)),
    barcodes: sorted(details.barcodes.get(item)),
    categories: sorted(details.categories.get(number)),
    ...(massUnit === undefined ? {} : { massUnit }),
    ...(lengthUnit === undefined ? {} : { lengthUnit }),
    ...(origin === undefined ? {} : { origin }),
  };
  return { id: productId(legalEntity, item), version: hashOf(payload), ref: { legalEntity, item }, payload };
}

/** Rows in an order of their own: F&O promises none, and a version must not move with it. */
function sorted<T>(rows: readonly T[] = []): T[] {
  const texts = new Map(rows.map((row) => [row, canonicalJson(row)]));
  return [...rows].sort((one, other) => ((texts.get(one) ?? "") < (texts.get(other) ?? "") ? -1 : 1));
}
