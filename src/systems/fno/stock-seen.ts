import { z } from "zod";
import { variantNames } from "../../connectors/fno/goods/schema.ts";
import type { StockSettings } from "../../connectors/fno/stock-config.ts";
import type { StockCount, StockLevel } from "../../core/model.ts";

const level = z.object({
  sku: z.string(),
  item: z.string(),
  variant: variantNames,
  site: z.string(),
  onHand: z.number(),
  available: z.number(),
  /** Several variants have the SKU. */
  isShared: z.boolean(),
});

/** What F&O had of a warehouse when a count was compared with it. */
export const stockSeen = z.object({
  /** Its id in F&O, without the company that the settings may name it with. */
  warehouse: z.string(),
  levels: z.array(level),
  /** A journal of an earlier count that nobody posted or deleted yet. */
  openJournal: z.string().optional(),
  /** Rows of the customer's own set. */
  rows: z.array(z.record(z.string(), z.json())).optional(),
});
export type StockSeen = z.infer<typeof stockSeen>;

/** A level of the shipper's beside what F&O has of it. */
export interface Difference {
  /** The level's place in the count, from 1: the same for ever. */
  position: number;
  there: StockLevel;
  here: StockSeen["levels"][number];
}

/** The levels whose stock on hand differs by more than the threshold; SKUs that F&O does not know are left out. Pure. */
export function differing(
  { levels }: Pick<StockCount, "levels">,
  seen: StockSeen,
  { threshold }: Pick<StockSettings, "threshold">,
): Difference[] {
  return compared(levels, seen).filter(({ there, here }) => Math.abs(there.onHand - here.onHand) > threshold);
}

/** Each level that F&O knows beside what it has of it. Pure. */
export function compared(levels: readonly StockLevel[], seen: StockSeen): Difference[] {
  const bySku = new Map(seen.levels.map((one) => [one.sku, one]));
  return levels.flatMap((there, index) => {
    const here = bySku.get(there.sku);
    return here ? [{ position: index + 1, there, here }] : [];
  });
}
