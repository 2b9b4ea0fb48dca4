import type { z } from "zod";
import type { ShipBobCalls } from "../calls.ts";
import { allOf } from "../pages.ts";
import { type InventoryItem, inventoryItem, type StockLevel, stockLevel } from "./schema.ts";

/** What ShipBob holds; it tells of no channel (2). */
export class ShipBobStock {
  readonly #calls: ShipBobCalls;

  constructor(calls: ShipBobCalls) {
    this.#calls = calls;
  }

  /** Each thing with what every location holds of it. */
  levels(): Promise<StockLevel[]> {
    return this.#all({ path: "/inventory-level/locations", item: stockLevel, what: "read the stock" });
  }

  /** Everything that may be stocked, bundles too; some of it has no level. */
  items(): Promise<InventoryItem[]> {
    return this.#all({ path: "/inventory", item: inventoryItem, what: "read the inventory" });
  }

  #all<T extends { inventory_id: number }>(list: { path: string; item: z.ZodType<T>; what: string }): Promise<T[]> {
    const idOf = (row: T) => row.inventory_id;
    return allOf(this.#calls.pages({ ...list, query: { PageSize: 250 }, style: "next", idOf }));
  }
}
