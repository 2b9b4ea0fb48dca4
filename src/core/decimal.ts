/** A decimal number as text, `-12.5`; never in exponent form. */
export type Decimal = string;

interface Parts {
  digits: bigint;
  scale: number;
}

function partsOf(value: Decimal): Parts {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (!match) throw new RangeError(`${value} is not a decimal number`);
  const fraction = match[3] ?? "";
  const digits = BigInt(`${match[2]}${fraction}`);
  return { digits: match[1] === "-" ? -digits : digits, scale: fraction.length };
}

function textOf({ digits, scale }: Parts): Decimal {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  const fraction = text.slice(text.length - scale).replace(/0+$/, "");
  const whole = text.slice(0, text.length - scale);
  const sign = digits < 0n ? "-" : "";
  return scale > 0 && fraction !== "" ? `${sign}${whole}.${fraction}` : sign + whole;
}

/** The decimal that a JSON number was written as. Pure. */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a decimal number`);
  const text = String(value);
  if (!text.includes("e")) return text;
  const [mantissa = "", exponent = "0"] = text.split("e");
  const { digits, scale } = partsOf(mantissa);
  const places = scale - Number(exponent);
  return textOf(places < 0 ? { digits: digits * 10n ** BigInt(-places), scale: 0 } : { digits, scale: places });
}

/** Whether a JSON number can be an amount of money: beyond this it does not hold its cents. Pure. */
export function isAmount(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER / 100;
}

/** The exact sum. Pure. */
export function sumOf(values: readonly Decimal[]): Decimal {
  const parts = values.map(partsOf);
  const scale = Math.max(0, ...parts.map((part) => part.scale));
  const digits = parts.reduce((sum, part) => sum + part.digits * 10n ** BigInt(scale - part.scale), 0n);
  return textOf({ digits, scale });
}

/** The quotient, rounded half away from zero to `places` decimals. Pure. */
export function quotientOf(dividend: Decimal, divisor: Decimal, places: number): Decimal {
  const [above, below] = [partsOf(dividend), partsOf(divisor)];
  if (below.digits === 0n) throw new RangeError("division by zero");
  const numerator = above.digits * 10n ** BigInt(places + below.scale);
  const denominator = below.digits * 10n ** BigInt(above.scale);
  const isNegative = numerator < 0n !== denominator < 0n;
  const [top, bottom] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const digits = (2n * top + bottom) / (2n * bottom);
  return textOf({ digits: isNegative ? -digits : digits, scale: places });
}

/** The exact product. Pure. */
export function productOf(left: Decimal, right: Decimal): Decimal {
  const [one, other] = [partsOf(left), partsOf(right)];
  return textOf({ digits: one.digits * other.digits, scale: one.scale + other.scale });
}

/** The quotient, rounded up to `places` decimals; what is exact stays. Pure. */
export function quotientUp(dividend: Decimal, divisor: Decimal, places: number): Decimal {
  const [above, below] = [partsOf(dividend), partsOf(divisor)];
  if (below.digits === 0n) throw new RangeError("division by zero");
  const sign = below.digits < 0n ? -1n : 1n;
  const top = sign * above.digits * 10n ** BigInt(places + below.scale);
  const bottom = sign * below.digits * 10n ** BigInt(above.scale);
  // BigInt cuts towards zero, which is up already for what is below it.
  const digits = top / bottom + (top > 0n && top % bottom !== 0n ? 1n : 0n);
  return textOf({ digits, scale: places });
}

/** Negative when the left one is less, 0 when they are equal. Pure. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const [one, other] = [partsOf(left), partsOf(right)];
  const difference = one.digits * 10n ** BigInt(other.scale) - other.digits * 10n ** BigInt(one.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** How many times a positive divisor fits whole into a value; 0 into what is below it. Pure. */
export function timesIn(divisor: Decimal, value: Decimal): number {
  const [inner, outer] = [partsOf(divisor), partsOf(value)];
  if (inner.digits <= 0n) throw new RangeError(`${divisor} is not positive`);
  const times = (outer.digits * 10n ** BigInt(inner.scale)) / (inner.digits * 10n ** BigInt(outer.scale));
  return times < 0n ? 0 : Number(times);
}
