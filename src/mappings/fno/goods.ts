import type { ReleasedProduct } from "../../connectors/fno/goods/schema.ts";
import type { OrderRecord } from "../../connectors/fno/schema.ts";
import { MappingError } from "../../core/errors.ts";
import type { Customs, Dimensions, OrderLine, Weight } from "../../core/model.ts";
import type { FnoOrderOptions } from "./orders.ts";

/** What products are read with. */
export interface GoodsContext {
  codes: Pick<OrderRecord, "massUnit" | "lengthUnit" | "countries">;
  options: Pick<FnoOrderOptions, "weightUnit" | "lengthUnit">;
  /** Who says so, for errors: `order SO-1`. */
  about: { document: string; label: string };
}

const massUnits: Readonly<Record<string, Weight["unit"]>> = {
  kg: "kg",
  g: "g",
  gram: "g",
  lb: "lb",
  lbs: "lb",
  pound: "lb",
  oz: "oz",
};

const lengthUnits: Readonly<Record<string, Dimensions["unit"]>> = {
  mm: "mm",
  cm: "cm",
  m: "m",
  in: "in",
  inch: "in",
  ft: "ft",
  foot: "ft",
};

/** The system's unit in mlc's words. Throws MappingError. */
function unitFrom<U extends string>(
  symbol: string | undefined,
  known: Readonly<Record<string, U>>,
  about: () => GoodsContext["about"] & { does: string; kind: string; setting: string },
): U {
  const name = symbol?.toLowerCase() ?? "";
  const unit = Object.hasOwn(known, name) ? known[name] : undefined;
  if (unit) return unit;
  const { document, label, does, kind, setting } = about();
  throw new MappingError(`F&O ${label} ${does} in ${symbol ?? "no unit at all"}: no unit of ${kind} that mlc knows`, {
    system: "fno",
    document,
    field: "UnitSymbol",
    hint: `Set ${setting} to one of ${[...new Set(Object.values(known))].join(", ")}.`,
  });
}

/** Gross weight, with the unit that F&O assumes for weights without one (F&O, 5.1); zero is "not maintained". */
function weightOf(product: ReleasedProduct, { codes, options, about }: GoodsContext): Weight | undefined {
  const value = Number((product.NetProductWeight + product.TareProductWeight).toFixed(6));
  if (value <= 0) return undefined;
  const told = () => ({ ...about, does: `weighs item ${product.ItemNumber}`, kind: "mass", setting: "weightUnit" });
  return { value, unit: options.weightUnit ?? unitFrom(codes.massUnit, massUnits, told) };
}

/** Gross size, all three or none; zero is "not maintained" (F&O, 5.1). */
function dimensionsOf(product: ReleasedProduct, { codes, options, about }: GoodsContext): Dimensions | undefined {
  const { GrossDepth: length = 0, GrossProductWidth: width = 0, GrossProductHeight: height = 0 } = product;
  if (length <= 0 || width <= 0 || height <= 0) return undefined;
  const told = () => ({ ...about, does: `measures item ${product.ItemNumber}`, kind: "length", setting: "lengthUnit" });
  const unit = options.lengthUnit ?? unitFrom(codes.lengthUnit, lengthUnits, told);
  return { length, width, height, unit };
}

/** Origin in two letters, where F&O has them for its own key, and the commodity code. */
function customsOf(product: ReleasedProduct, { codes }: GoodsContext): Customs | undefined {
  const countryOfOrigin = codes.countries.get(product.OriginCountryRegionId ?? "")?.toUpperCase() ?? "";
  const commodityCode = product.IntrastatCommodityCode || (product.HSNCode ?? "");
  if (countryOfOrigin === "" && commodityCode === "") return undefined;
  return {
    ...(countryOfOrigin === "" ? {} : { countryOfOrigin }),
    ...(commodityCode === "" ? {} : { commodityCode }),
  };
}

/** Weight, size and customs of one unit, as far as the product says them. Throws MappingError. Pure. */
export function goodsOf(
  product: ReleasedProduct | undefined,
  context: GoodsContext,
): Pick<OrderLine, "weight" | "dimensions" | "customs"> {
  if (!product) return {};
  const [weight, dimensions] = [weightOf(product, context), dimensionsOf(product, context)];
  const customs = customsOf(product, context);
  return { ...(weight ? { weight } : {}), ...(dimensions ? { dimensions } : {}), ...(customs ? { customs } : {}) };
}
