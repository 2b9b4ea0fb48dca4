import type { StockLevel as Row } from "../../connectors/shipbob/stock/schema.ts";
import type { StockLevel } from "../../core/model.ts";
import type { StockThere } from "../../core/system.ts";

interface Place {
  ids: string[];
  warehouse?: string;
  bySku: Map<string, StockLevel>;
}

/**
 * What ShipBob's locations hold, by location: those that are one warehouse of the ERP together, since that holds the stock
 * of all of them. Available is what ShipBob calls fulfillable. Rows without a SKU are nobody's. Pure.
 */
export function stockByLocation(
  rows: readonly Row[],
  centres: Readonly<Record<string, string>>,
): StockThere["locations"] {
  const names = new Map(rows.flatMap(({ locations }) => locations.map((at) => [String(at.location_id), at.name])));
  const places = new Map<string, Place>();
  for (const id of new Set([...Object.keys(centres), ...names.keys()])) {
    const warehouse = Object.hasOwn(centres, id) ? centres[id] : undefined;
    const known = [...places.values()].find((place) => warehouse !== undefined && place.warehouse === warehouse);
    const place: Place = known ?? { ids: [], bySku: new Map(), ...(warehouse === undefined ? {} : { warehouse }) };
    place.ids.push(id);
    places.set(id, place);
  }
  for (const { sku, name, locations } of rows) {
    for (const at of sku === "" ? [] : locations) {
      const { bySku } = places.get(String(at.location_id)) ?? { bySku: new Map<string, StockLevel>() };
      const before = bySku.get(sku) ?? { sku, name, onHand: 0, committed: 0, available: 0 };
      bySku.set(sku, {
        ...before,
        onHand: before.onHand + at.on_hand_quantity,
        committed: before.committed + at.committed_quantity,
        available: before.available + at.fulfillable_quantity,
      });
    }
  }
  const locations = [...new Set(places.values())].map(({ ids, bySku, ...place }) => ({
    ...place,
    id: ids.join("+"),
    name: ids.map((id) => names.get(id) || id).join(" + "),
    levels: [...bySku.values()].sort((left, right) => (left.sku < right.sku ? -1 : 1)),
  }));
  return locations.sort((left, right) => (left.name < right.name ? -1 : 1));
}
