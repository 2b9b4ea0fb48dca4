import { describe, expect, it } from "vitest";
import { type ShipBobVariant, variant } from "../../src/connectors/shipbob/products/schema.ts";
import type { Product } from "../../src/core/model.ts";
import { isGtin, newVariant, variantChanges, variantValues } from "../../src/mappings/shipbob/product.ts";

const base: Product = {
  id: "usmf/D0001",
  number: "D0001",
  sku: "D0001",
  name: "Speaker",
  isActive: true,
  final: false,
  personal: [],
};
const options = { version: "2026-01", customsValue: "none" } as const;
const valuesOf = (product: Partial<Product>, more: Partial<Parameters<typeof variantValues>[1]> = {}) =>
  variantValues({ ...base, ...product }, { ...options, ...more });
const held = (more: object = {}): ShipBobVariant => variant.parse({ id: 7, sku: "D0001", name: "Speaker", ...more });

describe("values", () => {
  it("are ounces and inches, rounded up to a hundredth", () => {
    expect(
      valuesOf({
        weight: { value: 1.3, unit: "kg" },
        dimensions: { length: 30, width: 2.54, height: 10.001, unit: "cm" },
      }).values,
    ).toEqual({ name: "Speaker", weight: 45.86, dimension: { length: 11.82, width: 1, height: 3.94 } });
  });

  it("leave out what the ERP does not know", () => {
    expect(valuesOf({})).toEqual({ values: { name: "Speaker" }, remarks: [] });
  });

  it.each([
    ["036000291452", { upc: "036000291452" }],
    ["4006381333931", { gtin: "4006381333931" }],
    ["96385074", { gtin: "96385074" }],
    ["10012345678902", { gtin: "10012345678902" }],
    ["4006381333932", { barcodes: [{ value: "4006381333932" }] }],
    ["X00123ABC", { barcodes: [{ value: "X00123ABC" }] }],
  ])("take the barcode %s by what its digits are", (barcode, expected) => {
    expect(valuesOf({ barcode }).values).toEqual({ name: "Speaker", ...expected });
  });

  it("take one barcode of each kind and keep the others as barcodes", () => {
    const otherBarcodes = ["036000291452", "96385074", "X1"];
    expect(valuesOf({ barcode: "4006381333931", otherBarcodes }).values).toEqual({
      name: "Speaker",
      gtin: "4006381333931",
      upc: "036000291452",
      barcodes: [{ value: "96385074" }, { value: "X1" }],
    });
  });

  it("have a commodity code of digits alone, and tell of one that is none", () => {
    const customs = { countryOfOrigin: "CN", commodityCode: "8518 21.00" };
    expect(valuesOf({ customs, description: "Loudspeaker" }).values.customs).toEqual({
      hs_tariff_code: "85182100",
      country_code_of_origin: "CN",
      description: "Loudspeaker",
    });
    expect(valuesOf({ customs: { commodityCode: "99" } })).toEqual({
      values: { name: "Speaker" },
      remarks: ["the commodity code 99 has not 6 to 10 digits and is left out"],
    });
  });

  it.each([
    ["2026-01", "2.5", 3],
    ["2026-01", "0.2", 1],
    ["2026-01", "4", 4],
    ["2026-07", "2.501", 2.51],
    ["2026-01", "99999999999", undefined],
    ["2026-01", "0", undefined],
  ])("have in version %s for a price of %s the customs value %s", (version, unitPrice, value) => {
    expect(valuesOf({ unitPrice }, { version, customsValue: "salesPrice" }).values.customs?.value).toBe(value);
    expect(valuesOf({ unitPrice }, { version }).values.customs).toBeUndefined();
  });
});

describe("changes", () => {
  const values = valuesOf({
    weight: { value: 1.3, unit: "kg" },
    dimensions: { length: 30, width: 20, height: 10, unit: "cm" },
    barcode: "X1",
    customs: { countryOfOrigin: "CN", commodityCode: "851821" },
  }).values;
  const same = {
    weight: { weight: 45.86, unit: "oz" },
    dimension: { length: 11.82, width: 7.88, height: 3.94, unit: "inch" },
    barcodes: [{ value: "OWN", sticker_url: "https://x.example/1" }, { value: "X1" }],
    customs: { hs_tariff_code: "851821", country_code_of_origin: "CN", value: 12, description: "Box" },
  };

  it.each([
    ["none where all is there", {}, {}],
    [
      "none where it is there in other units",
      { weight: { weight: 1.3, unit: "kg" }, dimension: { length: 30, width: 20, height: 10, unit: "cm" } },
      {},
    ],
    ["the name", { name: "Old" }, { name: "Speaker" }],
    ["the weight", { weight: { weight: 45.85, unit: "oz" } }, { weight: 45.86 }],
    ["a weight that is in a unit nobody knows", { weight: { weight: 45.86, unit: "stone" } }, { weight: 45.86 }],
    [
      "all of the size",
      { dimension: { ...same.dimension, width: 8 } },
      { dimension: { length: 11.82, width: 7.88, height: 3.94 } },
    ],
    [
      "barcodes beside those that are there",
      { barcodes: [{ value: "OWN", sticker_url: "https://x.example/1" }] },
      { barcodes: [{ value: "OWN", sticker_url: "https://x.example/1" }, { value: "X1" }] },
    ],
    [
      "customs with the rest of them",
      { customs: { ...same.customs, country_code_of_origin: "US" } },
      { customs: { ...same.customs } },
    ],
  ])("are %s", (_, there, expected) => {
    expect(variantChanges(held({ ...same, ...there }), values)).toEqual(expected);
  });

  it("make a variant inactive that is active, and leave a status alone that they do not know", () => {
    const status = (word: string | null) => variantChanges(held({ status: word }), { status_id: 1 });
    expect([status("Active"), status(null), status("Inactive"), status("Archived")]).toEqual([
      { status_id: 1 },
      { status_id: 1 },
      {},
      {},
    ]);
    expect(variantChanges(held({ status: "Inactive" }), {})).toEqual({});
  });
});

it("describes a new variant to customs by its name where the ERP has no description", () => {
  expect(newVariant(base, valuesOf({ customs: { countryOfOrigin: "CN" } }).values)).toEqual({
    sku: "D0001",
    name: "Speaker",
    status_id: 0,
    customs: { country_code_of_origin: "CN", description: "Speaker" },
  });
});

it("knows a GTIN by its check digit", () => {
  expect(["4006381333931", "4006381333930", "1234567", "036000291452"].map(isGtin)).toEqual([true, false, false, true]);
});
