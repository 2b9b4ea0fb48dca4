/** Products and variants as they come into being (ShipBob, 6). */

import type { Account } from "./account.ts";
import type { ProductInput, VariantInput, VariantPatch } from "./product-input.ts";
import { fields } from "./refusals.ts";
import type { ProductRow, VariantRow } from "./rows.ts";

/** Makes a product with its variants, or refuses it for a SKU that is taken. */
export function createProduct(account: Account, application: string, input: ProductInput): ProductRow {
  const skus = input.variants.map(({ sku }) => sku);
  for (const [index, sku] of skus.entries()) {
    if (account.variantOfSku(sku) || skus.indexOf(sku) !== index) throw duplicate(sku);
  }
  const created = account.now();
  const product: ProductRow = {
    id: account.nextId("product"),
    name: input.name,
    typeId: input.type_id ?? 1,
    taxonomyId: input.taxonomy_id ?? null,
    application,
    created,
    updated: created,
    variants: [],
  };
  for (const variant of input.variants) addVariant(account, product, variant);
  account.products.push(product);
  return product;
}

/** The refusal of a SKU that another variant has. */
export function duplicate(sku: string) {
  return fields(422, { ReferenceId: [`Cannot insert duplicate reference id: ${sku}`] });
}

/** Adds a variant to a product; a bundle has no inventory of its own (7). */
export function addVariant(account: Account, product: ProductRow, input: VariantInput): VariantRow {
  const { sku, name, status_id, bundle_definition, ...rest } = input;
  const bundle = (bundle_definition ?? []).map(({ variant_id, quantity }) => ({ variantId: variant_id, quantity }));
  const created = account.now();
  const variant: VariantRow = {
    id: account.nextId("variant"),
    inventoryId: bundle.length > 0 ? null : account.nextId("inventory"),
    sku,
    name: name ?? product.name,
    status: status_id === 1 ? 2 : 1,
    isDimensionLocked: false,
    created,
    updated: created,
    bundle,
    fields: rest,
  };
  account.addVariant(product, variant);
  return variant;
}

/** Changes a variant: what is left out stays as it was, and a measured item keeps its dimensions. */
export function patchVariant(account: Account, variant: VariantRow, patch: VariantPatch): void {
  const { id: _, sku, name, status, status_id, bundle_definition, dimension, ...rest } = patch;
  if (sku && sku !== variant.sku) {
    if (account.variantOfSku(sku)) throw duplicate(sku);
    account.renameVariant(variant, sku);
  }
  if (dimension && variant.isDimensionLocked && account.switches.lockedDimensions === "refused")
    throw fields(400, { dimension: ["The dimensions are locked."] });
  variant.name = name ?? variant.name;
  variant.status = status ?? (status_id === 1 ? 2 : status_id === 0 ? 1 : variant.status);
  if (bundle_definition)
    variant.bundle = bundle_definition.map(({ variant_id, quantity }) => ({ variantId: variant_id, quantity }));
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  variant.fields = { ...variant.fields, ...given, ...(dimension && !variant.isDimensionLocked && { dimension }) };
  variant.updated = account.now();
}
