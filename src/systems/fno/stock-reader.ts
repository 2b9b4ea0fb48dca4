import type { FnoClient } from "../../connectors/fno/client.ts";
import type { OnHand } from "../../connectors/fno/schema.ts";
import { ConfigError, ContractError, MlcError } from "../../core/errors.ts";
import type { Product } from "../../core/model.ts";
import type { Source, SourceRecord, StockHere, StockReader } from "../../core/ports.ts";
import { skuOf } from "../../mappings/fno/sku.ts";
import type { MasterData } from "./master-data.ts";

/** A warehouse with the company and the site that it belongs to. */
export interface Place {
  legalEntity: string;
  warehouse: string;
  site: string;
}

/** What a warehouse holds of a SKU, with the names that F&O has for it. */
export interface HeldStock extends StockHere {
  row: OnHand;
}

/** What stock is read with. */
export interface StockReaderOptions {
  client: FnoClient;
  masterData: MasterData;
  legalEntities: readonly string[];
  skuTemplate: string;
  /** Every released product. */
  products: Source<Product>;
  now(): Date;
}

/** Reads stock out of F&O, by the SKUs that the shipper knows. */
export class FnoStockReader implements StockReader {
  readonly #options: StockReaderOptions;
  readonly #places = new Map<string, Promise<Place>>();
  #skus: Promise<Set<string>> | undefined;

  constructor(options: StockReaderOptions) {
    this.#options = options;
  }

  async stockIn(warehouse: string): Promise<Map<string, HeldStock>> {
    const place = await this.placeOf(warehouse);
    const read = await this.#options.client.stock.onHand(place.legalEntity, place.warehouse);
    if (!read) throw notPublished();
    const held = new Map<string, HeldStock>();
    for (const row of read.rows) {
      // Its number is another for each customer, so that stock has none.
      const sku = skuOf(this.#options.skuTemplate, { ...row, ExternalItemNumber: "" });
      const before = held.get(sku) ?? { onHand: 0, available: 0 };
      held.set(sku, {
        row,
        onHand: before.onHand + row.OnHandQuantity,
        available: before.available + row.AvailableOnHandQuantity,
      });
    }
    return held;
  }

  async known(skus: readonly string[]): Promise<Set<string>> {
    const all = await this.#allSkus();
    return new Set(skus.filter((sku) => all.has(sku)));
  }

  /** Those of the SKUs that are items without variants, named as the item is. */
  async plainItems(skus: readonly string[]): Promise<Set<string>> {
    const known = await this.known(skus);
    const plain = new Set<string>();
    for (const legalEntity of this.#options.legalEntities) {
      const products = this.#options.masterData.products(legalEntity);
      await products.fill([...known]);
      for (const sku of known) if (products.get(sku)) plain.add(sku);
    }
    return plain;
  }

  /** Of every released product and its variants, whatever the category; products that cannot be read have none. */
  #allSkus(): Promise<Set<string>> {
    this.#skus ??= this.#readSkus();
    return this.#skus;
  }

  async #readSkus(): Promise<Set<string>> {
    const { products, now } = this.#options;
    const skus = new Set<string>();
    for await (const { records } of products.list({ now: now() }))
      for (const { sku } of records.flatMap((record) => readable(products, record))) skus.add(sku);
    return skus;
  }

  /** The company and site of a warehouse, which may be written with its company: `usmf/24`. Throws ConfigError. */
  placeOf(warehouse: string): Promise<Place> {
    const place = this.#places.get(warehouse) ?? this.#findPlace(warehouse);
    this.#places.set(warehouse, place);
    return place;
  }

  async #findPlace(warehouse: string): Promise<Place> {
    const at = warehouse.indexOf("/");
    const [company, id] = [warehouse.slice(0, Math.max(0, at)).toLowerCase(), warehouse.slice(at + 1)];
    const places: Place[] = [];
    for (const legalEntity of company === "" ? this.#options.legalEntities : [company]) {
      const found = (await this.#options.client.masterData.warehouses(legalEntity)).find((one) => one.id === id);
      if (found) places.push({ legalEntity, warehouse: id, site: found.site });
    }
    const [place, other] = places;
    if (place && !other) return place;
    const field = "fulfillmentCenters";
    if (!place)
      throw new ConfigError(`F&O has no warehouse ${warehouse}`, {
        system: "fno",
        field,
        hint: `Correct ${field}: it names warehouses of F&O.`,
      });
    throw new ConfigError(
      `F&O has a warehouse ${id} in ${places.map(({ legalEntity }) => legalEntity).join(" and ")}`,
      {
        system: "fno",
        field,
        hint: `Name it with its company in ${field}: ${place.legalEntity}/${id}.`,
      },
    );
  }
}

function notPublished(): ContractError {
  return new ContractError("F&O does not publish WarehousesOnHandV2, which tells what its warehouses hold", {
    system: "fno",
    field: "WarehousesOnHandV2",
    hint: "Publish the entity set in F&O, and give the app's user the privilege.",
  });
}

function readable(source: Source<Product>, record: SourceRecord): Product[] {
  try {
    return source.read(record);
  } catch (error) {
    if (error instanceof MlcError && error.disposition === "setAside") return [];
    throw error;
  }
}
