import type { ShipStationItem, ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import {
  compareDecimals,
  type Decimal,
  decimalOf,
  isAmount,
  productOf,
  quotientOf,
  sumOf,
} from "../../core/decimal.ts";
import { MappingError } from "../../core/errors.ts";

/** What an order, or one part of a split one, is worth beside its lines; decimal strings. */
export interface SaleAmounts {
  /** The lines' own tax is in the total; else the order's tax stands alone. */
  hasLineTax: boolean;
  shipping: Decimal;
  otherTax: Decimal;
  discount: Decimal;
  total: Decimal;
}

/** The money of one row, added up by kind. */
interface Figures {
  goods: Decimal;
  lineTax: Decimal;
  lineShipping: Decimal;
  discount: Decimal;
  tax: Decimal;
  shipping: Decimal;
  total: Decimal;
}

/** How ShipStation came to its total: which tax and which shipping are in it. */
interface Reading {
  hasLineTax: boolean;
  hasLineShipping: boolean;
  tax: Decimal;
  shipping: Decimal;
}

/**
 * The amounts of an order; of a part of a split one, when `family` has all its parts: the money may stand on one of them
 * alone (V2, 7.3), so that each is worth its own goods, and together they are what the order was. Throws MappingError where
 * ShipStation's total is not what it is made of. Pure.
 */
export function amountsOf(order: ShipStationOrder, family: readonly ShipStationOrder[] = [order]): SaleAmounts {
  const parts = family.map(figuresOf);
  const index = family.findIndex(({ orderId }) => orderId === order.orderId);
  const own = parts[index];
  if (!own) throw unreadable(order, "parentId", "is not among the parts that it was split into");
  const all = added(parts);
  const reading = readingsOf(all).find((one) => compareDecimals(cents(totalBy(one, all)), cents(all.total)) === 0);
  if (!reading) throw gapIn(order, all, family.length);
  const shipping = reading.hasLineShipping ? own.lineShipping : own.shipping;
  const otherTax = otherTaxes(parts, reading)[index] ?? "0";
  const lineTax = reading.hasLineTax ? own.lineTax : "0";
  const { goods, discount } = own;
  const total = cents(sumOf([goods, lineTax, otherTax, shipping, negative(discount)]));
  return { hasLineTax: reading.hasLineTax, shipping, otherTax, discount, total };
}

/** Whether an order's own total is what it is made of. Pure. */
export function addsUp(order: ShipStationOrder): boolean {
  try {
    amountsOf(order);
    return true;
  } catch (error) {
    if (error instanceof MappingError) return false;
    throw error;
  }
}

/** The lines of an order that are goods: no discounts, and nothing that was taken off it. Pure. */
export function goodsIn({ items }: ShipStationOrder): ShipStationItem[] {
  return (items ?? []).filter(({ adjustment, quantity }) => !adjustment && quantity !== 0);
}

/** How many of a line were sold. Throws MappingError. Pure. */
export function quantityOf(order: ShipStationOrder, item: ShipStationItem): number {
  const { quantity } = item;
  if (typeof quantity === "number" && quantity > 0) return quantity;
  throw unreadable(order, "quantity", `has a line ${nameOf(item)} whose quantity ${quantity ?? "is not said"}`);
}

/** What a person knows a line by. Pure. */
export function nameOf({ sku, name, lineItemKey, orderItemId }: ShipStationItem): string {
  return sku || name || lineItemKey || String(orderItemId ?? "without a name");
}

/** A number of an order as a decimal; what is not said is nothing. Throws MappingError. Pure. */
export function amountIn(order: ShipStationOrder, field: string, value: number | null | undefined): Decimal {
  if (value === null || value === undefined) return "0";
  if (isAmount(value)) return decimalOf(value);
  throw unreadable(order, field, `has ${field} ${value}, which is too large`);
}

/** The error of an order that cannot be read as a sale. Pure. */
export function unreadable(order: ShipStationOrder, field: string, what: string): MappingError {
  const number = order.orderNumber || String(order.orderId);
  return new MappingError(`Order ${number} in ShipStation ${what}.`, {
    system: "shipstation",
    document: number,
    field,
    hint: "Correct the order in ShipStation, then run `mlc replay`.",
  });
}

function figuresOf(order: ShipStationOrder): Figures {
  const goods = goodsIn(order);
  const times = (field: "unitPrice" | "taxAmount" | "shippingAmount") => (item: ShipStationItem) =>
    productOf(amountIn(order, field, item[field]), decimalOf(quantityOf(order, item)));
  const adjustments = (order.items ?? []).filter(({ adjustment }) => adjustment);
  const adjusted = adjustments.map(({ unitPrice, quantity }) =>
    productOf(amountIn(order, "unitPrice", unitPrice), decimalOf(quantity ?? 1)),
  );
  const discount = negative(sumOf(adjusted));
  if (compareDecimals(discount, "0") < 0) {
    const names = adjustments.map(nameOf).join(", ");
    throw unreadable(
      order,
      "adjustment",
      `has adjustments that add ${sumOf(adjusted)} instead of a discount: ${names}`,
    );
  }
  return {
    goods: sumOf(goods.map(times("unitPrice"))),
    lineTax: sumOf(goods.map(times("taxAmount"))),
    lineShipping: sumOf(goods.map(times("shippingAmount"))),
    discount,
    tax: amountIn(order, "taxAmount", order.taxAmount),
    shipping: amountIn(order, "shippingAmount", order.shippingAmount),
    total: amountIn(order, "orderTotal", order.orderTotal),
  };
}

/**
 * The order's tax and shipping are what counts (V1, 2.1); its lines say which of it is theirs. Only where the order has none
 * may the lines' own be in the total, and no page says whether they are: the total decides.
 */
function readingsOf({ tax, lineTax, shipping, lineShipping }: Figures): Reading[] {
  const taxes = [
    { hasLineTax: compareDecimals(lineTax, tax) <= 0, tax },
    ...(isZero(tax) && !isZero(lineTax) ? [{ hasLineTax: true, tax: lineTax }] : []),
  ];
  const shippings = [
    { hasLineShipping: false, shipping },
    ...(isZero(shipping) && !isZero(lineShipping) ? [{ hasLineShipping: true, shipping: lineShipping }] : []),
  ];
  return taxes.flatMap((one) => shippings.map((other) => ({ ...one, ...other })));
}

function totalBy({ tax, shipping }: Reading, { goods, discount }: Figures): Decimal {
  return sumOf([goods, tax, shipping, negative(discount)]);
}

/** The tax of each part beyond its lines'; where a part has less than that, all of it is on the one that has the tax. */
function otherTaxes(parts: readonly Figures[], { hasLineTax, tax }: Reading): Decimal[] {
  const lineTaxOf = (part: Figures) => (hasLineTax ? part.lineTax : "0");
  const rest = sumOf([tax, negative(sumOf(parts.map(lineTaxOf)))]);
  if (isZero(rest)) return parts.map(() => "0");
  const own = parts.map((part) => sumOf([part.tax, negative(lineTaxOf(part))]));
  if (own.every((amount) => compareDecimals(amount, "0") >= 0)) return own;
  const holder = Math.max(
    0,
    parts.findIndex((part) => !isZero(part.tax)),
  );
  return parts.map((_part, index) => (index === holder ? rest : "0"));
}

function added(parts: readonly Figures[]): Figures {
  const sum = (name: keyof Figures) => sumOf(parts.map((part) => part[name]));
  return {
    goods: sum("goods"),
    lineTax: sum("lineTax"),
    lineShipping: sum("lineShipping"),
    discount: sum("discount"),
    tax: sum("tax"),
    shipping: sum("shipping"),
    total: sum("total"),
  };
}

function gapIn(
  order: ShipStationOrder,
  { goods, tax, shipping, discount, total }: Figures,
  parts: number,
): MappingError {
  const made = cents(sumOf([goods, tax, shipping, negative(discount)]));
  const which = parts > 1 ? ` with the other ${parts - 1} of its parts` : "";
  const what = `goods ${goods}, tax ${tax}, shipping ${shipping} and discount ${discount}`;
  return unreadable(order, "orderTotal", `has${which} the total ${total}, but ${what} make ${made}`);
}

/** ShipStation shows totals to the cent, whatever the digits of a unit price. */
function cents(amount: Decimal): Decimal {
  return quotientOf(amount, "1", 2);
}

const isZero = (amount: Decimal) => compareDecimals(amount, "0") === 0;

function negative(amount: Decimal): Decimal {
  return productOf(amount, "-1");
}
