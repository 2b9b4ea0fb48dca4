import { type Decimal, decimalOf, productOf, quotientUp } from "./decimal.ts";
import type { Dimensions, Weight } from "./model.ts";

/** Exact by definition: the pound is 453.59237 g, the inch 25.4 mm. */
const gramsPer = { g: "1", kg: "1000", lb: "453.59237", oz: "28.349523125" } as const satisfies Record<
  Weight["unit"],
  Decimal
>;
const millimetresPer = { mm: "1", cm: "10", m: "1000", in: "25.4", ft: "304.8" } as const satisfies Record<
  Dimensions["unit"],
  Decimal
>;

/** A weight in grams, exactly. Pure. */
export function gramsOf({ value, unit }: Weight): Decimal {
  return productOf(decimalOf(value), gramsPer[unit]);
}

/** Grams as pounds, rounded up to 0.01 lb. Pure. */
export function poundsRoundedUp(grams: Decimal): Decimal {
  return quotientUp(grams, gramsPer.lb, 2);
}

/** Grams as ounces, rounded up to 0.01 oz. Pure. */
export function ouncesRoundedUp(grams: Decimal): Decimal {
  return quotientUp(grams, gramsPer.oz, 2);
}

/** A length as inches, rounded up to whole ones or to some decimals. Pure. */
export function inchesRoundedUp(length: number, unit: Dimensions["unit"], places = 0): number {
  return Number(quotientUp(productOf(decimalOf(length), millimetresPer[unit]), millimetresPer.in, places));
}
