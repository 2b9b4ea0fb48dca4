import { z } from "zod";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const quantity = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

/** What each location holds of one thing (7); sellable is told for the whole network only, so it is not read. */
export const stockLevel = z.object({
  inventory_id: z.number().int(),
  sku: text,
  name: text,
  locations: z
    .array(
      z.object({
        location_id: z.number().int(),
        name: text,
        on_hand_quantity: quantity,
        committed_quantity: quantity,
        fulfillable_quantity: quantity,
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
});
export type StockLevel = z.infer<typeof stockLevel>;

/** A thing that may be stocked (7). */
export const inventoryItem = z.object({
  inventory_id: z.number().int(),
  sku: text,
  variant: z.object({ is_bundle: z.boolean().nullish() }).nullish(),
});
export type InventoryItem = z.infer<typeof inventoryItem>;
