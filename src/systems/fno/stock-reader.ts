import type { FnoClient } from "../../connectors/fno/client.ts";
import type { OnHand } from "../../connectors/fno/goods/schema.ts";
import { ConfigError, ContractError } from "../../core/errors.ts";
import type { Product } from "../../core/model.ts";
import type { Source } from "../../core/ports.ts";
import type { StockHere, StockReader } from "../../core/system.ts";
import { skuOf, variantParts } from "../../mappings/fno/sku.ts";
import { type StockItem, stockItems } from "../../mappings/fno/stock-items.ts";

/** A warehouse with the company and the site that it belongs to. */
export interface Place {
  legalEntity: string;
  warehouse: string;
  site: string;
}

/** What a warehouse holds of a SKU, with the names that F&O has for it. */
export interface HeldStock extends StockHere {
  row: OnHand;
  /** Several variants of an item have the SKU, so that nobody can say which of them was counted. */
  isShared: boolean;
}

/** What stock is read with. */
export interface StockReaderOptions {
  client: FnoClient;
  legalEntities: readonly string[];
  skuTemplate: string;
  /** Every product that a company has released. */
  products(legalEntity: string): Source<Product>;
  now(): Date;
}

/** Reads stock out of F&O, by the SKUs that the shipper knows. */
export class FnoStockReader implements StockReader {
  readonly #options: StockReaderOptions;
  readonly #places = new Map<string, Promise<Place>>();
  readonly #items = new Map<string, Promise<Map<string, StockItem>>>();

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
      const before = held.get(sku) ?? { row, onHand: 0, available: 0, isShared: false };
      held.set(sku, {
        row,
        isShared:
          before.isShared || before.row.ItemNumber !== row.ItemNumber || variantOf(before.row) !== variantOf(row),
        onHand: before.onHand + row.OnHandQuantity,
        available: before.available + row.AvailableOnHandQuantity,
      });
    }
    return held;
  }

  async skusFor(warehouse: string): Promise<Set<string>> {
    return new Set((await this.itemsFor(warehouse)).keys());
  }

  /** What each SKU is in the company of a warehouse, stocked there or not. */
  async itemsFor(warehouse: string): Promise<ReadonlyMap<string, StockItem>> {
    const { legalEntity } = await this.placeOf(warehouse);
    const items = this.#items.get(legalEntity) ?? this.#readItems(legalEntity);
    this.#items.set(legalEntity, items);
    return items;
  }

  /** Of every released product and its variants, whatever the category. */
  async #readItems(legalEntity: string): Promise<Map<string, StockItem>> {
    const { products, now, skuTemplate } = this.#options;
    const items = new Map<string, StockItem>();
    for await (const { records } of products(legalEntity).list({ now: now() }))
      for (const item of records.flatMap(({ payload }) => stockItems(payload, skuTemplate))) items.set(item.sku, item);
    return items;
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

const variantOf = (row: OnHand) => variantParts(row).join("\n");
