import type { ShipStationProduct } from "../../connectors/shipstation/schema.ts";
import { csvLine } from "../../core/csv.ts";
import type { Json } from "../../core/json.ts";
import type { Product } from "../../core/model.ts";
import { gramsOf, ouncesRoundedUp } from "../../core/units.ts";

/** What of a product the settings have written. */
export type ProductField = "name" | "weight" | "price" | "customs";

type Members = { [name: string]: Json };

/**
 * The values of a product that the ERP answers for, by ShipStation's field name; what the ERP does not know, a price or weight
 * of zero too, is not among them. A weight is rounded up to 0.01 oz. Pure.
 */
export function productValues(product: Product, fields: readonly ProductField[]): Members {
  const { name, weight, unitPrice, customs } = product;
  const has = (field: ProductField) => fields.includes(field);
  return known({
    name: has("name") ? name : undefined,
    price: has("price") ? Number(unitPrice ?? 0) : undefined,
    weightOz: has("weight") && weight ? Number(ouncesRoundedUp(gramsOf(weight))) : undefined,
    customsTariffNo: has("customs") ? customs?.commodityCode : undefined,
    customsCountryCode: has("customs") ? customs?.countryOfOrigin : undefined,
  });
}

/** Whether a product at ShipStation has all of these values already. Pure. */
export function hasValues(held: Partial<ShipStationProduct>, values: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(values).every(([name, value]) => value === undefined || held[name] === value);
}

/** The body that replaces a product: the ERP's values over all that ShipStation holds (V1, 5.1). Pure. */
export function mergedProduct(held: ShipStationProduct, values: Members): Members {
  const kept: Members = JSON.parse(JSON.stringify(held));
  return { ...kept, ...values };
}

/** Whether two SKUs are one: ERPs keep theirs in upper case, stores as they are typed. Pure. */
export function foldedSku(sku: string): string {
  return sku.trim().toUpperCase();
}

/**
 * Which of the products of a SKU is meant: the one that is written alike before one in another case, an active one before
 * others. More than one are ambiguous. Pure.
 */
export function meantBy<P extends Pick<ShipStationProduct, "sku" | "active">>(sku: string, held: readonly P[]): P[] {
  const alike = held.filter((one) => one.sku === sku);
  const same = alike.length > 0 ? alike : held.filter((one) => foldedSku(one.sku ?? "") === foldedSku(sku));
  const active = same.filter((one) => one.active !== false);
  return active.length > 0 ? active : same;
}

/** Columns of ShipStation's product import; one that none of the products fills is left out, since a blank cell blanks (V1, 5.2). */
const columns = [
  ["SKU", "sku"],
  ["Name", "name"],
  ["WeightOz", "weightOz"],
  ["Price", "price"],
  ["CustomsTariffNo", "customsTariffNo"],
  ["CustomsCountryCode", "customsCountryCode"],
] as const;

/** The file by which a person imports products at ShipStation. Pure. */
export function productImport(products: readonly Product[], fields: readonly ProductField[]): string {
  const rows = products.map((product): Members => ({ ...productValues(product, fields), sku: product.sku }));
  const used = columns.filter(([, name]) => name === "sku" || rows.some((row) => row[name] !== undefined));
  const lines = rows.map((row) => csvLine(used.map(([, name]) => String(row[name] ?? ""))));
  return [csvLine(used.map(([head]) => head)), ...lines].join("");
}

function known(values: { [name: string]: Json | undefined }): Members {
  const kept: Members = {};
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== "" && value !== 0) kept[name] = value;
  return kept;
}
