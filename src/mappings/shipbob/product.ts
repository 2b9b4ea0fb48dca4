import type { ShipBobVariant, VariantInput } from "../../connectors/shipbob/products/schema.ts";
import { compareDecimals, type Decimal, decimalOf, quotientUp } from "../../core/decimal.ts";
import type { Dimensions, Product, Weight } from "../../core/model.ts";
import { gramsOf, inchesRoundedUp, ouncesRoundedUp } from "../../core/units.ts";

/** What is made of products beside their plain fields. */
export interface ProductOptions {
  /** ShipBob's version: until 2026-07 a customs value is a whole number (14). */
  version: string;
  customsValue: "none" | "salesPrice";
}

/** The values that the ERP answers for, by ShipBob's field name, and what could not be taken over. */
export interface VariantValues {
  values: VariantInput;
  remarks: string[];
}

const largestInt = 2_147_483_647;

/** What the ERP knows of a product; what it does not know is not among it. Ounces and inches are rounded up to 0.01. Pure. */
export function variantValues(product: Product, options: ProductOptions): VariantValues {
  const { name, weight, dimensions } = product;
  const { customs, remarks } = customsOf(product, options);
  return {
    values: {
      name,
      ...codesOf(product),
      ...(weight ? { weight: ouncesOf(weight) } : {}),
      ...(dimensions ? { dimension: inchesOf(dimensions) } : {}),
      ...(Object.keys(customs).length > 0 ? { customs } : {}),
    },
    remarks,
  };
}

/** The first of 12 digits is the UPC, the first of another length of GTINs the GTIN; what else there is stays a barcode. */
function codesOf({ barcode, otherBarcodes = [] }: Product): Pick<VariantInput, "upc" | "gtin" | "barcodes"> {
  const all = barcode === undefined ? otherBarcodes : [barcode, ...otherBarcodes];
  const upc = all.find((code) => code.length === 12 && isGtin(code));
  const gtin = all.find((code) => code.length !== 12 && isGtin(code));
  const others = all.filter((code) => code !== upc && code !== gtin);
  return {
    ...(upc === undefined ? {} : { upc }),
    ...(gtin === undefined ? {} : { gtin }),
    ...(others.length === 0 ? {} : { barcodes: others.map((value) => ({ value })) }),
  };
}

/** Whether a code is a GTIN of 8, 12, 13 or 14 digits by its check digit. Pure. */
export function isGtin(code: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(code)) return false;
  const digits = [...code].reverse().map(Number);
  return digits.reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

function customsOf(product: Product, options: ProductOptions) {
  const { customs = {}, description } = product;
  const code = (customs.commodityCode ?? "").replace(/[\s.-]/g, "");
  const isCode = /^\d{6,10}$/.test(code);
  const value = customsValueOf(product, options);
  return {
    customs: {
      ...(isCode ? { hs_tariff_code: code } : {}),
      ...(customs.countryOfOrigin === undefined ? {} : { country_code_of_origin: customs.countryOfOrigin }),
      ...(value === undefined ? {} : { value }),
      ...(description === undefined ? {} : { description }),
    },
    remarks:
      code === "" || isCode
        ? []
        : [`the commodity code ${customs.commodityCode} has not 6 to 10 digits and is left out`],
  };
}

/** Rounded up, so that nothing is declared below its price; left out where there is no price, or none that fits. */
function customsValueOf({ unitPrice }: Product, { customsValue, version }: ProductOptions): number | undefined {
  if (customsValue === "none" || unitPrice === undefined || compareDecimals(unitPrice, "0") <= 0) return undefined;
  const value = Number(quotientUp(unitPrice, "1", version < "2026-07" ? 0 : 2));
  return value <= largestInt ? value : undefined;
}

function ouncesOf(weight: Weight): number {
  return Number(ouncesRoundedUp(gramsOf(weight)));
}

function inchesOf({ length, width, height, unit }: Dimensions) {
  const inches = (side: number) => inchesRoundedUp(side, unit, 2);
  return { length: inches(length), width: inches(width), height: inches(height) };
}

/** The body of a variant that is made: customs want a description in any case. Pure. */
export function newVariant(product: Product, values: VariantInput): VariantInput {
  const { customs } = values;
  return {
    sku: product.sku,
    ...values,
    status_id: 0,
    ...(customs ? { customs: { ...customs, description: customs.description ?? product.name } } : {}),
  };
}

/** What of the values a variant does not have yet, each compared in our units. Pure. */
export function variantChanges(held: ShipBobVariant, values: VariantInput): VariantInput {
  const { name, upc, gtin, status_id } = values;
  return {
    ...(name !== undefined && name !== held.name ? { name } : {}),
    ...(upc !== undefined && upc !== held.upc ? { upc } : {}),
    ...(gtin !== undefined && gtin !== held.gtin ? { gtin } : {}),
    ...barcodeChanges(held, values),
    ...measureChanges(held, values),
    ...(status_id !== undefined && isOtherwise(held, status_id) ? { status_id } : {}),
    ...customsChanges(held, values),
  };
}

/** Barcodes are added to those that are there: people stick their own on goods. */
function barcodeChanges({ barcodes: held }: ShipBobVariant, { barcodes = [] }: VariantInput): VariantInput {
  const there = (held ?? []).flatMap(({ value, sticker_url }) =>
    value ? [{ value, ...(sticker_url ? { sticker_url } : {}) }] : [],
  );
  const missing = barcodes.filter(({ value }) => !there.some((one) => one.value === value));
  return missing.length === 0 ? {} : { barcodes: [...there, ...missing] };
}

function measureChanges(held: ShipBobVariant, { weight, dimension }: VariantInput): VariantInput {
  const size = sizeOf(held);
  const isSame =
    size && dimension && (["length", "width", "height"] as const).every((side) => size[side] === dimension[side]);
  return {
    ...(weight !== undefined && weight !== weightOf(held) ? { weight } : {}),
    ...(dimension !== undefined && !isSame ? { dimension } : {}),
  };
}

function customsChanges({ customs: held }: ShipBobVariant, { customs = {} }: VariantInput): VariantInput {
  const there = Object.entries(held ?? {}).filter(([, value]) => value !== null && value !== undefined);
  const isThere = new Map<string, unknown>(there);
  if (Object.entries(customs).every(([name, value]) => value === undefined || isThere.get(name) === value)) return {};
  // The rest goes along: whether a part of customs may be sent alone is not said.
  return { customs: { ...Object.fromEntries(there), ...customs } };
}

const massUnits = new Map<string, Weight["unit"]>([
  ["oz", "oz"],
  ["ounce", "oz"],
  ["ounces", "oz"],
  ["lb", "lb"],
  ["lbs", "lb"],
  ["kg", "kg"],
  ["g", "g"],
]);

const lengthUnits = new Map<string, Dimensions["unit"]>([
  ["in", "in"],
  ["inch", "in"],
  ["inches", "in"],
  ["cm", "cm"],
  ["mm", "mm"],
]);

/** A number that is no amount of anything is as good as none. */
function amountOf(value: number | null | undefined): Decimal | undefined {
  return value === null || value === undefined || value < 0 ? undefined : decimalOf(value);
}

/** In ounces; undefined where there is none, or in a unit that mlc does not know. */
function weightOf({ weight }: ShipBobVariant): number | undefined {
  const unit = massUnits.get(weight?.unit?.toLowerCase() ?? "oz");
  const value = amountOf(weight?.weight);
  return unit && value !== undefined ? ouncesOf({ value: Number(value), unit }) : undefined;
}

function sizeOf({ dimension }: ShipBobVariant) {
  const unit = lengthUnits.get(dimension?.unit?.toLowerCase() ?? "in");
  const [length, width, height] = [dimension?.length, dimension?.width, dimension?.height].map(amountOf);
  if (!unit || length === undefined || width === undefined || height === undefined) return undefined;
  return inchesOf({ length: Number(length), width: Number(width), height: Number(height), unit });
}

/** Active and inactive are known; a status by any other name is ShipBob's own affair. */
function isOtherwise({ status }: ShipBobVariant, wanted: 0 | 1): boolean {
  const word = String(status ?? "").toLowerCase();
  return word === "" || word === (wanted === 1 ? "active" : "inactive");
}

/** Whether a warehouse has measured it, so that its size is not ours to change. Pure. */
export function isSizeLocked({ dimension }: ShipBobVariant): boolean {
  return dimension?.is_locked === true;
}
