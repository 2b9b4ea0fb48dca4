import type { FedExDimensions } from "../../connectors/fedex/schema.ts";
import { compareDecimals, type Decimal, decimalOf, productOf, sumOf, timesIn } from "../../core/decimal.ts";
import type { Dimensions, OrderLine, Weight } from "../../core/model.ts";
import { gramsOf, inchesRoundedUp, poundsRoundedUp } from "../../core/units.ts";
import { type Notes, unmappable } from "./text.ts";

/** How an order's lines become packages. */
export interface PackingOptions {
  packing: "order" | "line" | "unit" | "maxWeight";
  /** With packing `maxWeight`; a unit that is heavier goes alone. */
  maxPackageWeight: Weight;
  /** Of one unit of a product that has none; absent: its order is refused. */
  defaultWeight?: Weight | undefined;
  /** Of a package whose size nobody knows; absent: none is given. */
  defaultDimensions?: Dimensions | undefined;
}

/** So much of a line is in a package. */
interface Content {
  line: OrderLine;
  quantity: number;
}

/** Equal packages, which follow each other. */
export interface Package {
  count: number;
  /** Of one of them, in pounds, rounded up to 0.01. */
  pounds: Decimal;
  dimensions?: FedExDimensions;
}

/** What FedEx takes in one call (2.3, 2.5), and how long a side may be. */
const most = { lines: 30, packages: 40, inches: 999 };

/** A package with what is in it. */
interface Packed {
  count: number;
  contents: Content[];
}

/** The grams of one unit: its product's, else the configured ones. Throws MappingError. */
export function unitGrams(line: OrderLine, { defaultWeight }: PackingOptions, notes: Notes): Decimal {
  const weight = line.weight ?? defaultWeight;
  if (weight && weight.value > 0) return gramsOf(weight);
  const hint = "Enter the product's weight in the ERP, or set defaultWeight.";
  throw unmappable(notes, "weight", `of item ${line.sku} is missing`, hint);
}

/**
 * The packages of an order's part, equal ones that follow each other as one: a call takes 30 kinds and 40 pieces. A
 * package's size is its only unit's, else the configured one; none is made up. Throws MappingError. Pure.
 */
export function packagesOf(lines: readonly OrderLine[], options: PackingOptions, notes: Notes): Package[] {
  const packed = packings[options.packing](lines, options, notes);
  const packages: Package[] = [];
  for (const { count, contents } of packed) {
    const pounds = poundsOf(contents, options, notes);
    const dimensions = dimensionsOf(contents, options, notes);
    const last = packages.at(-1);
    if (last && last.pounds === pounds && isSame(last.dimensions, dimensions)) last.count += count;
    else packages.push({ count, pounds, ...(dimensions ? { dimensions } : {}) });
  }
  const pieces = packages.reduce((sum, { count }) => sum + count, 0);
  const hint = "Choose another packing for the pair, or split the order in the ERP.";
  if (pieces > most.packages)
    throw unmappable(notes, "packages", `would be ${pieces}, FedEx takes ${most.packages} in one shipment`, hint);
  if (packages.length > most.lines)
    throw unmappable(notes, "packages", `would be of ${packages.length} kinds, FedEx takes ${most.lines}`, hint);
  return packages;
}

type Packing = (lines: readonly OrderLine[], options: PackingOptions, notes: Notes) => Packed[];

const packings: Readonly<Record<PackingOptions["packing"], Packing>> = {
  order: (lines) => [{ count: 1, contents: lines.map(wholeLine) }],
  line: (lines) => lines.map((line) => ({ count: 1, contents: [wholeLine(line)] })),
  unit: (lines, _, notes) =>
    lines.map((line) => ({ count: wholeQuantity(line, notes), contents: [{ line, quantity: 1 }] })),
  maxWeight: byWeight,
};

const wholeLine = (line: OrderLine): Content => ({ line, quantity: line.quantity });

function wholeQuantity(line: OrderLine, notes: Notes): number {
  if (Number.isSafeInteger(line.quantity) && line.quantity > 0) return line.quantity;
  const hint = "Set packing to order or line: what is not counted in whole units cannot be packed by the unit.";
  throw unmappable(notes, "quantity", `${line.quantity} of item ${line.sku} is not a whole number`, hint);
}

/** Unit after unit in the order of the lines, a new package as soon as the next one is too heavy for this one. */
function byWeight(lines: readonly OrderLine[], options: PackingOptions, notes: Notes): Packed[] {
  const limit = gramsOf(options.maxPackageWeight);
  const packed: Packed[] = [];
  let current: Packed | undefined;
  let room = "0";
  for (const line of lines) {
    const unit = unitGrams(line, options, notes);
    let left = wholeQuantity(line, notes);
    const here = Math.min(left, timesIn(unit, room));
    if (current && here > 0) {
      current.contents.push({ line, quantity: here });
      room = sumOf([room, `-${productOf(unit, decimalOf(here))}`]);
      left -= here;
    }
    if (left === 0) continue;
    const full = Math.max(1, timesIn(unit, limit));
    const times = Math.floor(left / full);
    if (times > 0) packed.push({ count: times, contents: [{ line, quantity: full }] });
    const rest = left - times * full;
    const last = rest > 0 ? rest : full;
    if (rest > 0) packed.push({ count: 1, contents: [{ line, quantity: rest }] });
    else if (times > 1) splitLast(packed);
    current = packed.at(-1);
    const used = productOf(unit, decimalOf(last));
    room = compareDecimals(used, limit) < 0 ? sumOf([limit, `-${used}`]) : "0";
  }
  return packed;
}

/** The last of several equal packages on its own, since more may go into it. */
function splitLast(packed: Packed[]): void {
  const last = packed.at(-1);
  if (!last) return;
  last.count -= 1;
  packed.push({ count: 1, contents: [...last.contents] });
}

function poundsOf(contents: readonly Content[], options: PackingOptions, notes: Notes): Decimal {
  const grams = contents.map(({ line, quantity }) => productOf(unitGrams(line, options, notes), decimalOf(quantity)));
  return poundsRoundedUp(sumOf(grams));
}

function dimensionsOf(
  contents: readonly Content[],
  { defaultDimensions }: PackingOptions,
  notes: Notes,
): FedExDimensions | undefined {
  const [only, ...others] = contents;
  const own = only && others.length === 0 && only.quantity === 1 ? only.line.dimensions : undefined;
  const known = own ?? defaultDimensions;
  if (!known) return undefined;
  const inches = (length: number) => inchesRoundedUp(length, known.unit);
  const [length, width, height] = [inches(known.length), inches(known.width), inches(known.height)];
  const longest = Math.max(length, width, height);
  if (longest <= most.inches) return { length, width, height, units: "IN" };
  const what = own && only ? `of item ${only.line.sku}` : "of defaultDimensions";
  throw unmappable(notes, "dimensions", `${what} has a side of ${longest} inches, FedEx takes ${most.inches}`);
}

function isSame(left: FedExDimensions | undefined, right: FedExDimensions | undefined): boolean {
  if (!left || !right) return left === right;
  return left.length === right.length && left.width === right.width && left.height === right.height;
}
