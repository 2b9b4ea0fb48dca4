import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MappingError } from "../../src/core/errors.ts";
import type { OrderLine } from "../../src/core/model.ts";
import { type PackingOptions, packagesOf } from "../../src/mappings/fedex/packages.ts";
import { lineOf, optionsOf } from "./fedex-order.ts";

function packed(lines: OrderLine[], change: Partial<PackingOptions> = {}) {
  const notes = { document: "usmf/SO-1", transliterated: new Set<string>(), remarks: [] };
  return packagesOf(lines, { ...optionsOf(), ...change }, notes);
}

const pounds = (value: number) => ({ weight: { value, unit: "lb" as const } });
const box = { dimensions: { length: 30, width: 20, height: 10, unit: "cm" as const } };
const size = { length: 12, width: 8, height: 4, units: "IN" };

describe("packages", () => {
  const lines = [lineOf({ ...pounds(0.1), quantity: 3 }), lineOf({ ...pounds(2.005), ...box, quantity: 1 })];

  it.each([
    ["one for the order, weighed before it is rounded up", "order", [{ count: 1, pounds: "2.31" }]],
    [
      "one a line, with the size where it holds one unit",
      "line",
      [
        { count: 1, pounds: "0.3" },
        { count: 1, pounds: "2.01", dimensions: size },
      ],
    ],
    [
      "one a unit, equal ones as one entry",
      "unit",
      [
        { count: 3, pounds: "0.1" },
        { count: 1, pounds: "2.01", dimensions: size },
      ],
    ],
  ] as const)("are %s", (_, packing, expected) => {
    expect(packed(lines, { packing })).toEqual(expected);
  });

  it("of equal weight are one entry only where their sizes are equal too", () => {
    const line = lineOf({ ...pounds(2), quantity: 1 });
    const flat = { dimensions: { ...box.dimensions, height: 4 } };
    const found = packed([{ ...line, ...box }, { ...line, ...flat }, line, line], { packing: "line" });
    expect(found.map(({ count, dimensions }) => [count, dimensions?.height])).toEqual([
      [1, 4],
      [1, 2],
      [2, undefined],
    ]);
  });

  it("of several units have no size of their own", () => {
    expect(packed([lineOf({ ...pounds(2), ...box, quantity: 2 })])).toEqual([{ count: 1, pounds: "4" }]);
  });

  it("hold as many units as the weight allows, in the order of the lines", () => {
    const heavy = lineOf({ ...pounds(4), quantity: 6 });
    const light = lineOf({ ...pounds(1), quantity: 4 });
    const options = { packing: "maxWeight", maxPackageWeight: { value: 10, unit: "lb" } } as const;
    expect(packed([heavy, light], options)).toEqual([
      { count: 2, pounds: "8" },
      { count: 1, pounds: "10" },
      { count: 1, pounds: "2" },
    ]);
  });

  it("hold a unit that is too heavy alone", () => {
    const options = { packing: "maxWeight", maxPackageWeight: { value: 10, unit: "lb" } } as const;
    expect(packed([lineOf({ ...pounds(12), quantity: 2 }), lineOf({ ...pounds(1), quantity: 1 })], options)).toEqual([
      { count: 2, pounds: "12" },
      { count: 1, pounds: "1" },
    ]);
  });

  it("by weight are what packing unit after unit gives", () => {
    const line = fc.record({ weight: fc.integer({ min: 1, max: 60 }), quantity: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (given) => {
        const weights: number[] = [];
        for (const { weight, quantity } of given)
          for (let unit = 0; unit < quantity; unit += 1) {
            const last = weights.at(-1);
            if (last !== undefined && last + weight <= 50) weights[weights.length - 1] = last + weight;
            else weights.push(weight);
          }
        const lines = given.map(({ weight, quantity }) => lineOf({ ...pounds(weight), quantity }));
        const pieces = packed(lines, { packing: "maxWeight" }).flatMap((one) => Array(one.count).fill(one.pounds));
        expect(pieces.map(Number)).toEqual(weights);
      }),
    );
  });

  it("have the configured weight and size where a product has none", () => {
    const { weight: _, ...weightless } = lineOf({ quantity: 2 });
    const options = {
      defaultWeight: { value: 8, unit: "oz" },
      defaultDimensions: { length: 1, width: 0.5, height: 0.1, unit: "ft" },
    } as const;
    expect(packed([weightless], options)).toEqual([
      { count: 1, pounds: "1", dimensions: { length: 12, width: 6, height: 2, units: "IN" } },
    ]);
  });

  it("weigh a part of a unit where the packing counts none", () => {
    expect(packed([lineOf({ ...pounds(2), quantity: 2.5 })])).toEqual([{ count: 1, pounds: "5" }]);
  });
});

describe("packages are refused", () => {
  const { weight: _, ...weightless } = lineOf();
  const kinds = (count: number) => Array.from({ length: count }, (_value, index) => lineOf({ ...pounds(index + 1) }));

  it.each<[string, OrderLine[], Partial<PackingOptions>, string]>([
    ["without a weight", [weightless], {}, "weight of item D0001 is missing"],
    ["with weight 0", [lineOf(pounds(0))], {}, "weight of item D0001 is missing"],
    ["above 40", [lineOf({ quantity: 41 })], { packing: "unit" }, "packages would be 41, FedEx takes 40"],
    ["of more than 30 kinds", kinds(31), { packing: "line" }, "packages would be of 31 kinds, FedEx takes 30"],
    ["of broken units", [lineOf({ quantity: 1.5 })], { packing: "unit" }, "quantity 1.5 of item D0001"],
    ["of broken units by weight", [lineOf({ quantity: 1.5 })], { packing: "maxWeight" }, "quantity 1.5 of item D0001"],
    [
      "that are too long",
      [lineOf({ quantity: 1, dimensions: { length: 84, width: 1, height: 1, unit: "ft" } })],
      {},
      "dimensions of item D0001 has a side of 1008 inches, FedEx takes 999",
    ],
  ])("%s", (_name, lines, change, reason) => {
    expect(() => packed(lines, change)).toThrow(MappingError);
    expect(() => packed(lines, change)).toThrow(reason);
  });

  it("but not 40 of 30 kinds", () => {
    const lines = kinds(30).map((line, index) => ({ ...line, quantity: index < 10 ? 2 : 1 }));
    expect(packed(lines, { packing: "unit" })).toHaveLength(30);
  });
});
