import { expect, it } from "vitest";
import { fnoPairSettings } from "../../src/connectors/fno/config.ts";
import { MappingError } from "../../src/core/errors.ts";
import { type FnoOrderOptions, ordersFromFno } from "../../src/mappings/fno/orders.ts";
import { fnoRecord } from "./fno-record.ts";

const defaults: FnoOrderOptions = fnoPairSettings.parse({}).flows.orders;
const product = { ItemNumber: "D0001", ProductType: "Item", NetProductWeight: 1.1, TareProductWeight: 0.2 };
const sized = { GrossDepth: 300, GrossProductWidth: 200, GrossProductHeight: 0.5 };

function lineOf(values: object, record: object = {}, options: Partial<FnoOrderOptions> = {}) {
  const given = { lengthUnit: "mm", products: new Map([["D0001", { ...product, ...values }]]), ...record };
  return ordersFromFno(fnoRecord({ record: given }), { ...defaults, ...options })[0]?.lines[0];
}

it.each([
  ["in the system's unit", {}, {}, "mm"],
  ["in the system's unit written otherwise", { lengthUnit: "Inch" }, {}, "in"],
  ["in the configured unit", { lengthUnit: "yd" }, { lengthUnit: "ft" as const }, "ft"],
])("gives a product's size %s", (_, record, options, unit) => {
  expect(lineOf(sized, record, options)?.dimensions).toEqual({ length: 300, width: 200, height: 0.5, unit });
});

it("gives no size when one of the three is not maintained", () => {
  expect(lineOf({ ...sized, GrossProductWidth: 0 }, { lengthUnit: "yd" })).not.toHaveProperty("dimensions");
});

it("refuses a size in a unit that it does not know", () => {
  const read = () => lineOf(sized, { lengthUnit: "yd" });
  expect(read).toThrow(MappingError);
  expect(read).toThrow("F&O order SO-100482 measures item D0001 in yd: no unit of length that mlc knows");
});

it.each([
  ["both", { OriginCountryRegionId: "DEU", IntrastatCommodityCode: "8518", HSNCode: "99" }, ["DE", "8518"]],
  ["the HSN code where there is no other", { OriginCountryRegionId: "", HSNCode: "99" }, [undefined, "99"]],
  ["no origin that F&O has no two letters for", { OriginCountryRegionId: "XYZ", HSNCode: "99" }, [undefined, "99"]],
])("gives customs %s", (_, values, [countryOfOrigin, commodityCode]) => {
  expect(lineOf(values)?.customs).toEqual({
    ...(countryOfOrigin === undefined ? {} : { countryOfOrigin }),
    commodityCode,
  });
});

it("gives no customs when the product says nothing of them", () => {
  expect(lineOf({ OriginCountryRegionId: "", IntrastatCommodityCode: "", HSNCode: "" })).not.toHaveProperty("customs");
});
