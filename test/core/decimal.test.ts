import fc from "fast-check";
import { expect, it } from "vitest";
import { decimalOf, isAmount, quotientOf, sumOf } from "../../src/core/decimal.ts";

it.each([
  [41.5, "41.5"],
  [100, "100"],
  [0.1, "0.1"],
  [-3.25, "-3.25"],
  [1e-7, "0.0000001"],
  [0, "0"],
  [1e22, "10000000000000000000000"],
  [-1.5e21, "-1500000000000000000000"],
  [1.25e-21, "0.00000000000000000000125"],
])("writes %d as it is", (value, text) => {
  expect(decimalOf(value)).toBe(text);
});

it.each([
  ["100", "3", 6, "33.333333"],
  ["2", "3", 2, "0.67"],
  ["-2", "3", 2, "-0.67"],
  ["1", "8", 2, "0.13"],
  ["4150", "100", 6, "41.5"],
  ["0.3", "0.1", 6, "3"],
])("divides %s by %s to %i places", (dividend, divisor, places, quotient) => {
  expect(quotientOf(dividend, divisor, places)).toBe(quotient);
});

it("knows what is too large for an amount", () => {
  expect([0, -12.5, 90_071_992_547_409, 90_071_992_547_410, 1e22].map(isAmount)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it("adds exactly, in any order", () => {
  expect(sumOf(["0.1", "0.2"])).toBe("0.3");
  expect(sumOf([])).toBe("0");
  const cents = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(cents, (values) => {
      const texts = values.map((value) => quotientOf(String(value), "100", 2));
      expect(sumOf(texts)).toBe(quotientOf(String(values.reduce((sum, value) => sum + value, 0)), "100", 2));
    }),
  );
});

it("refuses what is no number", () => {
  expect(() => decimalOf(Number.NaN)).toThrow(RangeError);
  expect(() => quotientOf("1", "0", 2)).toThrow(RangeError);
  expect(() => sumOf(["1,5"])).toThrow(RangeError);
});
