import { expect, it } from "vitest";
import { compareDecimals, productOf, quotientUp, sumOf } from "../../src/core/decimal.ts";
import { gramsOf, inchesRoundedUp, poundsRoundedUp } from "../../src/core/units.ts";

it.each([
  [{ value: 4.25, unit: "lb" }, "4.25"],
  [{ value: 0.1 + 0.2, unit: "lb" }, "0.31"],
  [{ value: 0.3, unit: "lb" }, "0.3"],
  [{ value: 16, unit: "oz" }, "1"],
  [{ value: 0.16, unit: "oz" }, "0.01"],
  [{ value: 0.1601, unit: "oz" }, "0.02"],
  [{ value: 1, unit: "kg" }, "2.21"],
  [{ value: 0.45359237, unit: "kg" }, "1"],
  [{ value: 453.59238, unit: "g" }, "1.01"],
  [{ value: 1e-7, unit: "g" }, "0.01"],
] as const)("makes %j %s pounds, rounded up", (weight, pounds) => {
  expect(poundsRoundedUp(gramsOf(weight))).toBe(pounds);
});

it("adds weights before it rounds", () => {
  const grams = sumOf([gramsOf({ value: 0.1, unit: "lb" }), gramsOf({ value: 0.2, unit: "lb" })]);
  expect(poundsRoundedUp(grams)).toBe("0.3");
});

it.each([
  [12, "in", 12],
  [12.01, "in", 13],
  [30.48, "cm", 12],
  [30.49, "cm", 13],
  [2.54 * 3, "cm", 3],
  [254, "mm", 10],
  [1, "m", 40],
  [0.5, "ft", 6],
  [0.001, "mm", 1],
] as const)("makes %s %s %s whole inches, rounded up", (length, unit, inches) => {
  expect(inchesRoundedUp(length, unit)).toBe(inches);
});

it.each([
  ["1", "3", 2, "0.34"],
  ["0.3", "0.1", 0, "3"],
  ["-1", "3", 2, "-0.33"],
  ["1", "-3", 2, "-0.33"],
  ["0", "7", 2, "0"],
])("divides %s by %s to %s places upwards: %s", (dividend, divisor, places, quotient) => {
  expect(quotientUp(dividend, divisor, places)).toBe(quotient);
});

it("multiplies and compares exactly", () => {
  expect(productOf("0.1", "3")).toBe("0.3");
  expect(productOf("-1.05", "0.2")).toBe("-0.21");
  expect([compareDecimals("0.30", "0.3"), compareDecimals("-1", "0.5"), compareDecimals("2", "1.99")]).toEqual([
    0, -1, 1,
  ]);
  expect(() => quotientUp("1", "0", 2)).toThrow("division by zero");
});
