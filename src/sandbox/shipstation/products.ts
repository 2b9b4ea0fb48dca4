import { type Context, Hono } from "hono";
import type { Account } from "./account.ts";
import { contains, equal, pageOf, Query } from "./listing.ts";
import { messageV1, refusedV1 } from "./refusals.ts";
import type { ProductRow } from "./rows.ts";
import { showProduct } from "./show.ts";

/** The fields of a product beside id, SKU, name, `active` and times, as they are while nobody filled them in (ShipStation V1, 5.1). */
const blank: Readonly<Record<string, unknown>> = {
  price: 0,
  defaultCost: 0,
  length: null,
  width: null,
  height: null,
  weightOz: null,
  internalNotes: null,
  fulfillmentSku: null,
  productCategory: null,
  productType: null,
  warehouseLocation: null,
  defaultCarrierCode: null,
  defaultServiceCode: null,
  defaultPackageCode: null,
  defaultIntlCarrierCode: null,
  defaultIntlServiceCode: null,
  defaultIntlPackageCode: null,
  defaultConfirmation: null,
  defaultIntlConfirmation: null,
  customsDescription: null,
  customsValue: null,
  customsTariffNo: null,
  customsCountryCode: null,
  noCustoms: null,
  tags: null,
  aliases: null,
};

/** The `/products` routes of V1: no call makes a product (ShipStation V1, 5.2). */
export function productsV1(account: Account): Hono {
  const app = new Hono();
  app.get("/", (c) => list(account, c));
  app.get("/:id", (c) => {
    const product = named(account, c);
    return product ? c.json(showProduct(account, product)) : messageV1(404, "Product not found.");
  });
  app.put("/:id", (c) => replace(account, c));
  return app;
}

/** Makes a product, as an order with a new SKU does, or a person. */
export function addProduct(account: Account, product: Readonly<Record<string, unknown>> & { sku: string }): ProductRow {
  const now = account.now();
  const row: ProductRow = {
    productId: account.nextId("product"),
    ...contentOf(product),
    sku: product.sku,
    createDate: now,
    modifyDate: now,
  };
  account.products.push(row);
  return row;
}

function list(account: Account, c: Context): Response {
  const query = new Query(c.req.url);
  const keepSku =
    account.switches.productSkuFilter === "exact"
      ? equal<ProductRow>(query, "sku", ({ sku }) => sku)
      : contains<ProductRow>(query, "sku", ({ sku }) => [sku]);
  const keeps = [
    keepSku,
    contains<ProductRow>(query, "name", ({ name }) => [name]),
    ({ active }: ProductRow) => active || query.isTrue("showInactive"),
  ];
  const columns = {
    SKU: ({ sku }: ProductRow) => sku,
    ModifyDate: ({ modifyDate }: ProductRow) => modifyDate.pacific,
    CreateDate: ({ createDate }: ProductRow) => createDate.pacific,
  };
  const { rows, counts } = pageOf(query, account.products, { keeps, columns }, account.switches);
  return c.json({ products: rows.map((row) => showProduct(account, row)), ...counts });
}

/** Full replacement: what the body leaves out is blank afterwards. */
async function replace(account: Account, c: Context): Promise<Response> {
  const product = named(account, c);
  if (!product) return messageV1(404, "Product not found.");
  const body: Record<string, unknown> = await c.req.json();
  if (typeof body.sku !== "string" || body.sku === "") return refusedV1("The SKU of a product must not be empty.");
  Object.assign(product, contentOf(body), { sku: body.sku, modifyDate: account.now() });
  account.ledger.push({
    at: account.now().instant,
    action: "product",
    key: product.sku,
    body: structuredClone({ ...product, ...product.fields }),
  });
  return c.json({ success: true, message: "The requested product has been updated" });
}

function named(account: Account, c: Context): ProductRow | undefined {
  return account.products.find(({ productId }) => productId === Number(c.req.param("id")));
}

function contentOf(given: Readonly<Record<string, unknown>>): Pick<ProductRow, "name" | "active" | "fields"> {
  const { name, active } = given;
  return {
    name: typeof name === "string" ? name : null,
    active: active !== false,
    fields: Object.fromEntries(Object.entries(blank).map(([field, value]) => [field, given[field] ?? value])),
  };
}
