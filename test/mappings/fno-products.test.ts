import { expect, it } from "vitest";
import { MappingError } from "../../src/core/errors.ts";
import { type FnoProductOptions, productsFromFno } from "../../src/mappings/fno/products.ts";

const options: FnoProductOptions = {
  skuTemplate: "{itemNumber}{variant}",
  weightUnit: undefined,
  categories: [],
  inactiveStates: [],
};
const row = {
  ItemNumber: "D0001",
  ProductNumber: "P-1",
  ProductSearchName: "MidRangeSpeaker",
  ProductType: "Item",
  ProductLifecycleStateId: "Operational",
  NetProductWeight: 1.1,
  TareProductWeight: 0.2,
  GrossDepth: 30,
  GrossProductWidth: 20,
  GrossProductHeight: 10,
  InventoryUnitSymbol: "ea",
  SalesPrice: 250,
  SalesPriceQuantity: 100,
  OriginCountryRegionId: "CHN",
  IntrastatCommodityCode: "8518 21 00",
};
const noIds = {
  ProductConfigurationId: "",
  ProductSizeId: "",
  ProductColorId: "",
  ProductStyleId: "",
  ProductVersionId: "",
};
const variant = (ids: object, ProductName = "") => ({ ProductMasterNumber: "P-1", ...noIds, ProductName, ...ids });
const barcode = (Barcode: string, more: object = {}) => ({
  ItemNumber: "D0001",
  Barcode,
  ...noIds,
  ProductQuantityUnitSymbol: "ea",
  ...more,
});
const record = (product: object = {}, more: object = {}) => ({
  product: { ...row, ...product },
  legalEntity: "usmf",
  name: { ProductNumber: "P-1", ProductName: "Mid-range speaker", ProductDescription: "Loudspeaker in a box" },
  variants: [],
  barcodes: [],
  categories: [],
  massUnit: "kg",
  lengthUnit: "cm",
  origin: "CN",
  ...more,
});
const read = (payload: unknown, more: Partial<FnoProductOptions> = {}) =>
  productsFromFno(payload, { ...options, ...more });

it("gives a released product with what other sets have of it", () => {
  const barcodes = [barcode("4006381333931"), barcode("A-17"), barcode("CASE-1", { ProductQuantityUnitSymbol: "cs" })];
  expect(read(record({}, { barcodes }))).toEqual([
    {
      id: "usmf/D0001",
      number: "D0001",
      sku: "D0001",
      name: "Mid-range speaker",
      description: "Loudspeaker in a box",
      isActive: true,
      barcode: "4006381333931",
      otherBarcodes: ["A-17"],
      unitPrice: "2.5",
      unit: "ea",
      weight: { value: 1.3, unit: "kg" },
      dimensions: { length: 30, width: 20, height: 10, unit: "cm" },
      customs: { countryOfOrigin: "CN", commodityCode: "8518 21 00" },
      final: false,
      personal: [],
    },
  ]);
});

it("gives nothing of what is not maintained", () => {
  const bare = { NetProductWeight: 0, TareProductWeight: 0, GrossProductWidth: 0, SalesPrice: 0 };
  const payload = record(
    { ...bare, OriginCountryRegionId: "", IntrastatCommodityCode: "", ProductSearchName: null },
    { name: undefined, origin: undefined },
  );
  expect(read(payload)).toEqual([
    {
      id: "usmf/D0001",
      number: "D0001",
      sku: "D0001",
      name: "D0001",
      isActive: true,
      unit: "ea",
      final: false,
      personal: [],
    },
  ]);
});

it("gives each variant a SKU by the template of orders, and what it is a variant of", () => {
  const variants = [
    variant({ ProductColorId: "Red", ProductSizeId: "M" }),
    variant({ ProductColorId: "Blue" }, "Blue speaker"),
  ];
  const barcodes = [barcode("111", { ProductColorId: "Blue" }), barcode("222")];
  const parent = { id: "usmf/D0001", name: "Mid-range speaker", skus: ["D0001-M-Red", "D0001-Blue"] };
  const products = read(record({}, { variants, barcodes }));
  expect(products.map(({ sku, name, number, barcode: code, parent: of }) => ({ sku, name, number, code, of }))).toEqual(
    [
      { sku: "D0001-M-Red", number: "D0001-M-Red", name: "Mid-range speaker / M / Red", code: undefined, of: parent },
      { sku: "D0001-Blue", number: "D0001-Blue", name: "Blue speaker", code: "111", of: parent },
    ],
  );
  expect(products[1]?.weight).toEqual({ value: 1.3, unit: "kg" });
});

it("gives one product where the template gives all variants one SKU", () => {
  const variants = [variant({ ProductColorId: "Red" }), variant({ ProductColorId: "Blue" })];
  const [product, ...others] = read(record({}, { variants }), { skuTemplate: "{itemNumber}" });
  expect(product).toMatchObject({ sku: "D0001", name: "Mid-range speaker" });
  expect(product).not.toHaveProperty("parent");
  expect(others).toEqual([]);
});

it.each([
  ["a service", { ProductType: "Service" }, {}, 0],
  ["a product of no category that is wanted", {}, { categories: ["Chairs"] }, 0],
  ["a product of a category that is wanted", {}, { categories: ["speakers"] }, 1],
  ["a product of a category of a hierarchy that is wanted", {}, { categories: ["Retail/Speakers"] }, 1],
  ["a product of a category of another hierarchy", {}, { categories: ["Web/Speakers"] }, 0],
])("gives of %s as many as are wanted", (_, product, more, count) => {
  const assigned = { ProductNumber: "P-1", ProductCategoryName: "Speakers", ProductCategoryHierarchyName: "Retail" };
  expect(read(record(product, { categories: [assigned] }), more)).toHaveLength(count);
});

it("says that a product is not sold any more in the states of the settings alone", () => {
  const states = ["operational", "Obsolete", ""].map((ProductLifecycleStateId) =>
    read(record({ ProductLifecycleStateId }), { inactiveStates: ["obsolete"] }).map(({ isActive }) => isActive),
  );
  expect(states).toEqual([[true], [false], [true]]);
});

it("refuses a weight in a unit that it does not know, naming company and item", () => {
  expect(() => read(record({}, { massUnit: "stone" }))).toThrow(MappingError);
  expect(() => read(record({}, { massUnit: "stone" }))).toThrow(
    "F&O company usmf weighs item D0001 in stone: no unit of mass that mlc knows",
  );
});
