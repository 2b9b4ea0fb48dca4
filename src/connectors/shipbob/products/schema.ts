import { z } from "zod";

const id = z.number().int();
const text = z.string().nullish();
const number = z.number().nullish();

/** A barcode of a variant. */
export const barcode = z.object({ value: text, sticker_url: text });

/** A variant as it is read: one SKU and one inventory item; its shape is not that of a write (6). */
export const variant = z.object({
  id,
  sku: text,
  name: text,
  upc: text,
  gtin: text,
  barcodes: z.array(barcode).nullish(),
  weight: z.object({ weight: number, unit: text }).nullish(),
  dimension: z
    .object({ length: number, width: number, height: number, unit: text, is_locked: z.boolean().nullish() })
    .nullish(),
  /** In words; which there are is not said. */
  status: z.union([z.string(), z.number()]).nullish(),
  customs: z
    .object({
      hs_tariff_code: text,
      country_code_of_origin: text,
      value: number,
      description: text,
      is321_eligible: z.boolean().nullish(),
    })
    .nullish(),
  bundle_definition: z.array(z.unknown()).nullish(),
});
/** A variant as it is read. */
export type ShipBobVariant = z.infer<typeof variant>;

/** A product as it is read. */
export const product = z.object({ id, name: text, type: text, variants: z.array(variant).nullish() });
/** A product as it is read. */
export type ShipBobProduct = z.infer<typeof product>;

/** The answer to added variants: the product by the specification, an array as the call for variants gives is taken too. */
export const addedVariants = z.union([
  product.pick({ variants: true }),
  z.array(variant).transform((variants) => ({ variants })),
]);

/** What is written of a variant; what is left out stays as it is. Weight in ounces, sizes in inches. */
export const variantInput = z.object({
  sku: z.string().optional(),
  name: z.string().optional(),
  upc: z.string().optional(),
  gtin: z.string().optional(),
  barcodes: z.array(z.object({ value: z.string(), sticker_url: z.string().optional() })).optional(),
  weight: z.number().optional(),
  dimension: z.object({ length: z.number(), width: z.number(), height: z.number() }).optional(),
  /** 0 active, 1 inactive. */
  status_id: z.union([z.literal(0), z.literal(1)]).optional(),
  customs: z
    .object({
      hs_tariff_code: z.string().optional(),
      country_code_of_origin: z.string().optional(),
      value: z.number().optional(),
      description: z.string().optional(),
      is321_eligible: z.boolean().optional(),
    })
    .optional(),
});
/** What is written of a variant. */
export type VariantInput = z.infer<typeof variantInput>;

/** A product that is made with its first variants. */
export interface NewProduct {
  name: string;
  /** 1: no bundle. */
  type_id: 1;
  variants: readonly VariantInput[];
}

/** What is changed of a product; only what is there is updated. */
export interface ProductChange {
  name?: string | undefined;
  variants?: readonly (VariantInput & { id: number })[];
}
