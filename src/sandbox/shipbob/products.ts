/** Calls about products (ShipBob, 6). */

import type { Account } from "./account.ts";
import { addVariant, createProduct, duplicate, patchVariant } from "./catalogue.ts";
import { json, read } from "./order-input.ts";
import { cursorPage } from "./pages.ts";
import { newProduct, newVariants, productPatch, variantPatches } from "./product-input.ts";
import type { Query } from "./query.ts";
import { problem } from "./refusals.ts";
import { type Call, numberOf, type Route } from "./routes.ts";
import type { ProductRow, VariantRow } from "./rows.ts";
import { showProduct, showVariant } from "./show-product.ts";

/** Products and their variants. */
export function productRoutes(account: Account): Route[] {
  const reads = { method: "GET", scope: "products_read" } as const;
  const writes = { scope: "products_write" } as const;
  const show = (call: Call) => Response.json(showProduct(account, productOf(account, call)));
  return [
    { ...reads, path: "/product", handle: (call) => list(account, call) },
    { method: "POST", path: "/product", ...writes, handle: (call) => create(account, call) },
    { ...reads, path: "/product/{id}", handle: show },
    { method: "PATCH", path: "/product/{id}", ...writes, handle: (call) => patch(account, call) },
    { ...reads, path: "/product/{id}/variants", handle: (call) => variants(account, productOf(account, call)) },
    { method: "POST", path: "/product/{id}/variants", ...writes, handle: (call) => addMany(account, call) },
    { method: "PATCH", path: "/product/{id}/variants", ...writes, handle: (call) => patchMany(account, call) },
    { ...reads, path: "/packaging-requirement", handle: () => Response.json(requirements) },
  ];
}

const requirements = ["No Requirements", "Fragile", "Foldable", "Is Media", "Is Book", "Is Poster", "Is Apparel"]
  .concat(["Is Packaging Material", "Own Container"])
  .map((name, index) => ({ id: index + 1, name }));

function productOf(account: Account, call: Call): ProductRow {
  const product = account.product(numberOf(call));
  if (!product || !isSeen(account, product, call)) throw problem(404, `Product ${numberOf(call)} was not found.`);
  return product;
}

function isSeen(account: Account, { application }: ProductRow, { caller }: Call): boolean {
  return account.switches.productVisibility === "account" || application === caller.application;
}

function create(account: Account, call: Call): Response {
  const body = json(call.text);
  const product = createProduct(account, call.caller.application, read(newProduct(call.version), body));
  account.record("POST /product", product.variants.map(({ sku }) => sku).join(","), body);
  return Response.json(showProduct(account, product), { status: 201 });
}

function patch(account: Account, call: Call): Response {
  const product = productOf(account, call);
  const body = json(call.text);
  const { name, taxonomy_id, variants: patches } = read(productPatch(call.version), body);
  const meant = (patches ?? []).map((one) => ({ variant: variantOf(product, one.id), one }));
  for (const { variant, one } of meant) patchVariant(account, variant, one);
  product.name = name ?? product.name;
  product.taxonomyId = taxonomy_id ?? product.taxonomyId;
  product.updated = account.now();
  account.record("PATCH /product/{id}", product.variants.map(({ sku }) => sku).join(","), body);
  return Response.json(showProduct(account, product));
}

function addMany(account: Account, call: Call): Response {
  const product = productOf(account, call);
  const inputs = read(newVariants(call.version), json(call.text));
  for (const { sku } of inputs) if (account.variantOfSku(sku)) throw duplicate(sku);
  for (const input of inputs) addVariant(account, product, input);
  product.updated = account.now();
  account.record("POST /product/{id}/variants", inputs.map(({ sku }) => sku).join(","), json(call.text));
  return variants(account, product, 201);
}

/** The body is an array, whatever the number of variants. */
function patchMany(account: Account, call: Call): Response {
  const product = productOf(account, call);
  const body = json(call.text);
  const meant = read(variantPatches(call.version), body).map((one) => ({ variant: variantOf(product, one.id), one }));
  for (const { variant, one } of meant) patchVariant(account, variant, one);
  product.updated = account.now();
  account.record("PATCH /product/{id}/variants", meant.map(({ variant }) => variant.sku).join(","), body);
  return variants(account, product);
}

function variants(account: Account, product: ProductRow, status = 200): Response {
  return Response.json(
    product.variants.map((variant) => showVariant(account, variant)),
    { status },
  );
}

function variantOf(product: ProductRow, id: number): VariantRow {
  const variant = product.variants.find((row) => row.id === id);
  if (!variant) throw problem(404, `Variant ${id} was not found.`);
  return variant;
}

function list(account: Account, call: Call): Response {
  const { query } = call;
  const size = query.integer("PageSize", { least: 1, most: 250, absent: 50 });
  const keeps = filtersOf(account, query);
  const found = account.products
    .filter((product) => isSeen(account, product, call) && keeps.every((keep) => keep(product)))
    .sort(sortOf(query));
  const repeats = account.switches.productPages === "repeating" ? 1 : 0;
  const form = account.switches.next;
  const page = cursorPage(found, { call, path: "/Product", size, form, parameter: "cursor", repeats });
  return Response.json({ ...page, items: page.items.map((product) => showProduct(account, product)) });
}

type Keep = (product: ProductRow) => boolean;

function filtersOf(account: Account, query: Query): Keep[] {
  const keeps: Keep[] = [];
  const some = (test: (variant: VariantRow) => boolean) =>
    keeps.push(({ variants: rows }: ProductRow) => rows.some(test));
  const sku = skuTest(account, query);
  if (sku) some((variant) => sku(variant.sku));
  const barcodes = [query.text("Barcode") ?? [], query.list("Barcodes") ?? []].flat();
  if (barcodes.length > 0) some((variant) => barcodesOf(variant).some((value) => barcodes.includes(value)));
  const name = (query.text("Name") ?? query.text("Search"))?.toLowerCase();
  if (name) keeps.push((product) => product.name.toLowerCase().includes(name));
  const ids = query.list("ProductId");
  if (ids) keeps.push(({ id }) => ids.includes(String(id)));
  const variantIds = query.list("VariantId");
  if (variantIds) some(({ id }) => variantIds.includes(String(id)));
  const inventoryIds = query.list("InventoryId");
  if (inventoryIds) some(({ inventoryId }) => inventoryIds.includes(String(inventoryId)));
  return keeps;
}

/** `SKU=any:A,B` on the wire as it stands; an escaped colon or comma is part of a SKU that nobody has. */
function skuTest({ switches }: Account, query: Query): ((sku: string) => boolean) | undefined {
  const raw = query.raw("SKU");
  if (raw === undefined || raw === "") return undefined;
  if (raw.startsWith("any:")) {
    const listed = new Set(query.list("SKU")?.map((sku, index) => (index === 0 ? sku.slice("any:".length) : sku)));
    return (sku) => listed.has(sku);
  }
  const asked = query.text("SKU") ?? "";
  // A SKU with a comma or a colon cannot be listed, so it must be found alone.
  return switches.skuFilter === "exact" ? (sku) => sku === asked : (sku) => sku.includes(asked);
}

function barcodesOf({ fields }: VariantRow): string[] {
  const { barcodes, upc, gtin } = fields;
  const listed = Array.isArray(barcodes) ? barcodes.map((entry: { value?: unknown }) => entry.value) : [];
  return [...listed, upc, gtin].filter((value) => typeof value === "string");
}

function sortOf(query: Query): (a: ProductRow, b: ProductRow) => number {
  const sign = query.text("SortOrder") === "DESC" ? -1 : 1;
  if (query.text("SortBy") === "Name") return (a, b) => sign * a.name.localeCompare(b.name, "en");
  return (a, b) => sign * (a.id - b.id);
}
