import type { FnoClient } from "../../connectors/fno/client.ts";
import type { OnHand } from "../../connectors/fno/schema.ts";
import { ConfigError, ContractError } from "../../core/errors.ts";
import type { StockHere, StockReader } from "../../core/ports.ts";
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

/** Reads stock out of F&O, by the SKUs that the shipper knows. */
export class FnoStockReader implements StockReader {
  readonly #client: FnoClient;
  readonly #masterData: MasterData;
  readonly #settings: { legalEntities: readonly string[]; skuTemplate: string };
  readonly #places = new Map<string, Promise<Place>>();

  constructor(
    client: FnoClient,
    masterData: MasterData,
    settings: { legalEntities: readonly string[]; skuTemplate: string },
  ) {
    this.#client = client;
    this.#masterData = masterData;
    this.#settings = settings;
  }

  async stockIn(warehouse: string): Promise<Map<string, HeldStock>> {
    const place = await this.placeOf(warehouse);
    const read = await this.#client.stock.onHand(place.legalEntity, place.warehouse);
    if (!read) throw notPublished();
    const held = new Map<string, HeldStock>();
    for (const row of read.rows) {
      const sku = skuOf(row, this.#settings.skuTemplate);
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
    const known = new Set<string>();
    for (const legalEntity of this.#settings.legalEntities) {
      const products = this.#masterData.products(legalEntity);
      await products.fill(skus);
      for (const sku of skus) if (products.get(sku)) known.add(sku);
    }
    return known;
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
    for (const legalEntity of company === "" ? this.#settings.legalEntities : [company]) {
      const found = (await this.#client.masterData.warehouses(legalEntity)).find((one) => one.id === id);
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
