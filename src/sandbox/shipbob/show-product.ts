/** Products as ShipBob shows them, which is not as they are written (ShipBob, 6). */

import type { Account } from "./account.ts";
import type { ProductRow, VariantRow } from "./rows.ts";

const userId = 270_001;
const statuses = { 1: "Active", 2: "Inactive", 3: "Archived" } as const;
const materials: Readonly<Record<number, string>> = {
  1: "Box",
  2: "Bubble Mailer",
  3: "Poly Mailer",
  5: "Poster Tube",
  6: "Custom Box",
  7: "Bookfold",
  8: "Own Container",
};
const requirements: Readonly<Record<number, string>> = { 1: "No Requirements", 2: "Fragile", 3: "Foldable" };
const actions: Readonly<Record<number, string>> = { 1: "Restock", 2: "Quarantine", 3: "Dispose" };

const usualFulfillment = {
  requires_prop65: false,
  serial_scan: null,
  dangerous_goods: false,
  msds_url: null,
  is_case_pick: false,
  is_bpm_parcel: false,
};

/** A product with its variants. */
export function showProduct(account: Account, product: ProductRow) {
  const { taxonomyId } = product;
  return {
    id: product.id,
    name: product.name,
    type: product.typeId === 2 ? "Bundle" : "Regular",
    taxonomy:
      taxonomyId === null ? null : { id: taxonomyId, name: null, parent_id: null, parent_name: null, path: null },
    created_on: product.created,
    updated_on: product.updated,
    user_id: userId,
    variants: product.variants.map((variant) => showVariant(account, variant)),
  };
}

/** A variant. */
export function showVariant(account: Account, variant: VariantRow) {
  const { fields, inventoryId } = variant;
  const rows = inventoryId === null ? [] : account.stockOf(inventoryId);
  const onHand = rows.reduce((sum, row) => sum + row.onHand, 0);
  return {
    id: variant.id,
    name: variant.name,
    sku: variant.sku,
    status: statuses[variant.status],
    upc: fields.upc ?? null,
    gtin: fields.gtin ?? null,
    barcodes: fields.barcodes ?? [],
    is_digital: fields.is_digital ?? false,
    is_image_uploaded: false,
    inventory: { inventory_id: inventoryId, on_hand_qty: onHand },
    weight: { weight: fields.weight ?? 0, unit: "oz" },
    dimension: showDimension(variant),
    customs: showCustoms(record(fields.customs)),
    lot_information: { is_lot: false, minimum_shelf_life_days: null, ...record(fields.lot_information) },
    packaging_material_type: named(fields.packaging_material_type_id ?? 1, materials),
    packaging_requirement: named(fields.packaging_requirement_id ?? 1, requirements),
    return_preferences: showReturns(record(fields.return_preferences)),
    fulfillment_settings: { ...usualFulfillment, ...record(fields.fulfillment_settings) },
    bundle_definition: variant.bundle.map(({ variantId, quantity }) => showPart(account, variantId, quantity)),
    associated_bundles: [],
    channel_metadata: showChannels(account, fields.channel_metadata),
    additional_hazmat_attributes: null,
    merge_children: [],
    reviews_pending: [],
    created_on: variant.created,
    updated_on: variant.updated,
  };
}

function showDimension({ fields, isDimensionLocked }: VariantRow) {
  const measures = { length: 0, width: 0, height: 0, ...record(fields.dimension) };
  return { ...measures, unit: "inch", is_locked: isDimensionLocked, source: isDimensionLocked ? "ShipBob" : "User" };
}

function showCustoms(customs: Record<string, unknown>) {
  return {
    hs_tariff_code: null,
    country_code_of_origin: null,
    value: null,
    currency: "USD",
    description: null,
    is321_eligible: false,
    ...customs,
  };
}

function showReturns(given: Record<string, unknown>) {
  return {
    primary_action: named(given.primary_action_id ?? 1, actions),
    backup_action: named(given.backup_action_id, actions),
    return_to_sender_primary_action: named(given.return_to_sender_primary_action_id, actions),
    return_to_sender_backup_action: named(given.return_to_sender_backup_action_id, actions),
    instructions: given.instructions ?? null,
  };
}

function showPart(account: Account, variantId: number, quantity: number) {
  const part = account.variant(variantId);
  return {
    product_id: account.productOf(variantId)?.id ?? 0,
    variant_id: variantId,
    variant_name: part?.name ?? null,
    variant_sku: part?.sku ?? null,
    quantity,
  };
}

function showChannels(account: Account, given: unknown) {
  if (!Array.isArray(given)) return [];
  return given.map((entry: unknown, index) => {
    const row = record(entry);
    const channel = account.channels.find(({ id }) => id === row.channel_id);
    return { id: index + 1, channel_name: channel?.name ?? null, price: 0, is_inventory_sync_enabled: false, ...row };
  });
}

function named(id: unknown, names: Readonly<Record<number, string>>) {
  return typeof id === "number" ? { id, name: names[id] ?? null } : null;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
