import { compareDecimals, type Decimal, decimalOf, productOf, quotientOf, sumOf } from "../../core/decimal.ts";
import type { Sale, SaleLine } from "../../core/model.ts";

/** Quantities by line key. */
export type Quantities = Readonly<Record<string, number>>;

/** What left of each line, at most what was ordered. Pure. */
export function leftOf({ lines }: Sale): Record<string, number> {
  return positive(lines.map(({ key, shipped, quantity }) => [key, Math.min(shipped, quantity)]));
}

/** What is ordered of each line. Pure. */
export function orderedOf({ lines }: Sale): Record<string, number> {
  return positive(lines.map(({ key, quantity }) => [key, quantity]));
}

function positive(quantities: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(quantities.filter(([, quantity]) => quantity > 0));
}

/** What one has and the others do not have, by line; lines with nothing are left out. Pure. */
export function beyond(wanted: Quantities, had: readonly Quantities[]): Record<string, number> {
  const rest = Object.entries(wanted).map(([key, quantity]) => {
    const before = sumOf(had.map((part) => decimalOf(part[key] ?? 0)));
    return [key, Number(sumOf([decimalOf(quantity), negative(before)]))] as const;
  });
  return positive(rest);
}

/** What several parts have together. Pure. */
export function together(parts: readonly Quantities[]): Quantities {
  return parts.reduce(sums, {});
}

/** What has left and no part has booked yet; undefined when that is nothing. Pure. */
export function salePart(sale: Sale, booked: readonly Quantities[]): Sale | undefined {
  const now = beyond(leftOf(sale), booked);
  return Object.keys(now).length === 0 ? undefined : partOf(sale, booked, now);
}

/**
 * One part of a sale after others: its lines by quantity, their tax in proportion. Shipping and other tax go with the first
 * part, and the discount as far as its amounts reach. The part that completes the order takes what is left of its total, so
 * that all parts make the order's total to the cent. Pure.
 */
export function partOf(sale: Sale, before: readonly Quantities[], now: Quantities): Sale {
  let earlier: Earlier = { quantities: {}, total: "0", discount: "0", isFirst: true };
  for (const quantities of before) earlier = afterPart(earlier, quantities, priced(sale, earlier, quantities));
  return priced(sale, earlier, now);
}

/** What came before a part. */
interface Earlier {
  quantities: Quantities;
  total: Decimal;
  discount: Decimal;
  isFirst: boolean;
}

function afterPart({ quantities, total, discount }: Earlier, now: Quantities, part: Sale): Earlier {
  return {
    quantities: sums(quantities, now),
    total: sumOf([total, part.total]),
    discount: sumOf([discount, part.discount]),
    isFirst: false,
  };
}

function sums(one: Quantities, other: Quantities): Quantities {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  const sum = (key: string) => Number(sumOf([decimalOf(one[key] ?? 0), decimalOf(other[key] ?? 0)]));
  return Object.fromEntries([...keys].map((key) => [key, sum(key)]));
}

function priced(sale: Sale, earlier: Earlier, now: Quantities): Sale {
  const after = sums(earlier.quantities, now);
  const isLast = sale.lines.every(({ key, quantity }) => (after[key] ?? 0) >= quantity);
  const goods = sale.lines.filter(({ key }) => (now[key] ?? 0) > 0);
  // Of an order that is one part nothing is reckoned anew.
  const isWhole = earlier.isFirst && isLast;
  const lines = isWhole
    ? goods.map((line) => ({ ...line, shipped: line.quantity }))
    : goods.map((line) => partLine(line, earlier.quantities[line.key] ?? 0, after[line.key] ?? 0));
  const shipping = earlier.isFirst ? sale.shipping : "0";
  const otherTax = earlier.isFirst ? sumOf([sale.otherTax, ...lostTaxes(sale)]) : "0";
  const amounts = sumOf([...lines.map(({ unitPrice, quantity }) => cents(unitPrice, quantity)), shipping]);
  const restOfDiscount = sumOf([sale.discount, negative(earlier.discount)]);
  const discount = isLast ? restOfDiscount : least(restOfDiscount, most(amounts, "0"));
  const total = isLast
    ? sumOf([sale.total, negative(earlier.total)])
    : sumOf([amounts, ...lines.map(({ tax }) => tax), otherTax, negative(discount)]);
  return { ...sale, lines, shipping, otherTax, discount, total };
}

/** By difference of what came to so much of the line, so that its parts add up. */
function partLine(line: SaleLine, before: number, after: number): SaleLine {
  const quantity = Number(sumOf([decimalOf(after), negative(decimalOf(before))]));
  const amount = sumOf([cents(line.unitPrice, after), negative(cents(line.unitPrice, before))]);
  const exact = productOf(line.unitPrice, decimalOf(quantity));
  // A price in fractions of a cent: what is lost of one part by rounding is in the next.
  const unitPrice = compareDecimals(exact, amount) === 0 ? line.unitPrice : quotientOf(amount, decimalOf(quantity), 5);
  const tax = sumOf([taxUpTo(line, after), negative(taxUpTo(line, before))]);
  return { ...line, quantity, shipped: quantity, unitPrice, tax };
}

function taxUpTo({ tax, quantity }: SaleLine, upTo: number): Decimal {
  if (upTo >= quantity) return tax;
  return quotientOf(productOf(tax, decimalOf(upTo)), decimalOf(quantity), 2);
}

/** Tax on a line of nothing has no line to go with. */
function lostTaxes({ lines }: Sale): Decimal[] {
  return lines.filter(({ quantity }) => quantity <= 0).map(({ tax }) => tax);
}

const cents = (unitPrice: Decimal, quantity: number) => quotientOf(productOf(unitPrice, decimalOf(quantity)), "1", 2);
const negative = (amount: Decimal) => productOf(amount, "-1");
const least = (one: Decimal, other: Decimal) => (compareDecimals(one, other) < 0 ? one : other);
const most = (one: Decimal, other: Decimal) => (compareDecimals(one, other) > 0 ? one : other);
