import { z } from "zod";
import type { Shipment } from "../../core/model.ts";
import type { Goods } from "./lines.ts";

/** What is kept of a shipment once it was written: enough to write the others of its order anew. No personal data. */
export const shippedFacts = z.strictObject({
  numbers: z.array(z.string()),
  carrier: z.string(),
  service: z.string().optional(),
  shipDate: z.string().optional(),
  /** What is in it; absent where the shipper does not say. */
  goods: z.array(z.strictObject({ sku: z.string(), quantity: z.number() })).optional(),
  /** The posted shipment that it left with; absent while it stands on the order. */
  posted: z.string().optional(),
  isVoid: z.literal(true).optional(),
});

/** What is kept of a shipment once it was written. */
export type ShippedFacts = z.infer<typeof shippedFacts>;

/** What is kept of a shipment. Pure. */
export function factsOf(shipment: Shipment): ShippedFacts {
  const { carrier, service, shipDate, isVoided } = shipment;
  const goods = goodsOf(shipment);
  return {
    numbers: numbersOf(shipment),
    carrier,
    ...(service === undefined ? {} : { service }),
    ...(shipDate === undefined ? {} : { shipDate }),
    ...(goods === undefined ? {} : { goods }),
    ...(isVoided ? { isVoid: true as const } : {}),
  };
}

/** Tracking numbers of a shipment's parcels, each once. Pure. */
export function numbersOf({ packages }: Pick<Shipment, "packages">): string[] {
  return [...new Set(packages.map(({ trackingNumber }) => trackingNumber.trim()).filter((number) => number !== ""))];
}

/** What is in a shipment by thing; undefined where the shipper does not say it of all of it. Pure. */
export function goodsOf({ lines }: Pick<Shipment, "lines">): Goods[] | undefined {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    if (sku === undefined || sku.trim() === "") return undefined;
    quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  }
  return lines.length === 0 ? undefined : [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
}

/** The tracking numbers that a field of NAV's holds. Pure. */
export function numbersIn(field: string): string[] {
  return field
    .split(/[,;\s]+/)
    .map((number) => number.trim())
    .filter((number) => number !== "");
}
