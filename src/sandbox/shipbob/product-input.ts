/** What writes of products take (ShipBob, 6). */

import { z } from "zod";

const number = z.number().min(0);
const text = z.string().nullish();
const int = z.int();

/** The customs value is a whole number until 2026-07 (14). */
const customs = (version: string) =>
  z.object({
    hs_tariff_code: text,
    country_code_of_origin: text,
    value: (version === "2026-01" ? int : number).nullish(),
    currency: text,
    description: text,
    is321_eligible: z.boolean().nullish(),
  });

const common = (version: string) => ({
  name: text,
  upc: text,
  gtin: text,
  barcodes: z.array(z.object({ value: text, sticker_url: text })).nullish(),
  weight: number.nullish(),
  dimension: z.object({ length: number, width: number, height: number }).nullish(),
  is_digital: z.boolean().nullish(),
  lot_information: z.object({ is_lot: z.boolean(), minimum_shelf_life_days: int.nullish() }).nullish(),
  packaging_material_type_id: int.nullish(),
  packaging_requirement_id: int.nullish(),
  customs: customs(version).nullish(),
  return_preferences: z
    .object({
      primary_action_id: int.nullish(),
      backup_action_id: int.nullish(),
      return_to_sender_primary_action_id: int.nullish(),
      return_to_sender_backup_action_id: int.nullish(),
      instructions: text,
    })
    .nullish(),
  fulfillment_settings: z
    .object({
      requires_prop65: z.boolean().nullish(),
      serial_scan: z.record(z.string(), z.unknown()).nullish(),
      dangerous_goods: z.boolean().nullish(),
      msds_url: text,
      is_case_pick: z.boolean().nullish(),
      is_bpm_parcel: z.boolean().nullish(),
    })
    .nullish(),
  bundle_definition: z.array(z.object({ variant_id: int, quantity: int.min(1) })).nullish(),
  channel_metadata: z.array(z.record(z.string(), z.unknown())).nullish(),
});

const newVariant = (version: string) =>
  z.object({ ...common(version), sku: z.string().min(1), status_id: z.union([z.literal(0), z.literal(1)]).nullish() });
/** A new variant. */
export type VariantInput = z.infer<ReturnType<typeof newVariant>>;

const patchedVariant = (version: string) =>
  z.object({
    ...common(version),
    id: int,
    sku: z.string().min(1).nullish(),
    status: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullish(),
    status_id: z.union([z.literal(0), z.literal(1)]).nullish(),
  });
/** A variant's changes. */
export type VariantPatch = z.infer<ReturnType<typeof patchedVariant>>;

const head = {
  type_id: z.union([z.literal(1), z.literal(2)]).nullish(),
  taxonomy_id: int.nullish(),
};

/** A new product: a name, and at least one variant. */
export const newProduct = (version: string) =>
  z.object({
    ...head,
    name: z.string().min(1),
    is_quarantine: z.boolean().nullish(),
    variants: z.array(newVariant(version)).min(1),
  });
/** A new product, read. */
export type ProductInput = z.infer<ReturnType<typeof newProduct>>;

/** Changes of a product. */
export const productPatch = (version: string) =>
  z.object({ ...head, name: z.string().min(1).nullish(), variants: z.array(patchedVariant(version)).nullish() });

/** The array of `PATCH /product/{id}/variants`. */
export const variantPatches = (version: string) => z.array(patchedVariant(version)).min(1);

/** The array of `POST /product/{id}/variants`. */
export const newVariants = (version: string) => z.array(newVariant(version)).min(1);
