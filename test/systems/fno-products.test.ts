import { expect, it } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import type { SourceRecord } from "../../src/core/ports.ts";
import { type EnvironmentOptions, environment } from "./fno-environment.ts";

const forProducts = { categories: [], inactiveStates: [] };
const now = new Date("2026-11-21T08:00:00Z");

function world(options: EnvironmentOptions = {}) {
  const { fno, system, urls } = environment({ legalEntities: ["usmf"], forProducts, ...options });
  fno.addProduct("usmf", { ItemNumber: "D0001", ProductNumber: "P-1", NetProductWeight: 2, InventoryUnitSymbol: "ea" });
  fno.addProductRow("ProductsV2", { ProductNumber: "P-1", ProductName: "Speaker" });
  const source = system.productSource?.();
  if (!source) throw new Error("there is no source of products");
  const list = async () => {
    const records: SourceRecord[] = [];
    for await (const page of source.list({ now })) records.push(...page.records);
    return records;
  };
  const asked = () =>
    urls.filter((url) => url.includes("/data/")).map((url) => decodeURIComponent(new URL(url).pathname));
  return { fno, source, list, asked, urls };
}

it("lists the released products of each company with their names, variants and barcodes", async () => {
  const { fno, source, list, asked } = world({ legalEntities: ["usmf", "demf"] });
  fno.addProduct("demf", { ItemNumber: "T0001", ProductNumber: "P-2", ProductSearchName: "Shirt" });
  for (const color of ["Red", "Blue"])
    fno.addProductRow("ReleasedProductVariantsV2", {
      dataAreaId: "demf",
      ProductMasterNumber: "P-2",
      ProductColorId: color,
    });
  fno.addProductRow("ProductBarcodesV3", {
    dataAreaId: "usmf",
    BarcodeSetupId: "EAN",
    ItemNumber: "D0001",
    Barcode: "X1",
  });
  const records = await list();
  expect(records.map(({ id, ref }) => [id, ref])).toEqual([
    ["usmf/D0001", { legalEntity: "usmf", item: "D0001" }],
    ["demf/T0001", { legalEntity: "demf", item: "T0001" }],
  ]);
  const products = records.flatMap((record) => source.read(record));
  expect(products.map(({ sku, name, barcode, weight }) => [sku, name, barcode, weight])).toEqual([
    ["D0001", "Speaker", "X1", { value: 2, unit: "kg" }],
    ["T0001-Blue", "Shirt / Blue", undefined, undefined],
    ["T0001-Red", "Shirt / Red", undefined, undefined],
  ]);
  expect(asked().filter((path) => path === "/data/ProductCategoryAssignments")).toEqual([]);
});

it("gives an item that several companies have released once, as the first of them has it", async () => {
  const { fno, source, list } = world({ legalEntities: ["usmf", "demf"] });
  fno.addProduct("demf", { ItemNumber: "D0001", ProductNumber: "P-1", NetProductWeight: 9 });
  const records = await list();
  expect(records.map(({ id }) => id)).toEqual(["usmf/D0001"]);
  expect(source.read(records[0] ?? { id: "", version: "", ref: null, payload: null })[0]?.weight?.value).toBe(2);
});

it("gives a record the same version by name as in the list, and another when anything of it moves", async () => {
  const { fno, source, list } = world();
  const [listed] = await list();
  const named = async () => (await source.get([{ legalEntity: "usmf", item: "D0001" }])).get("usmf/D0001");
  expect(await named()).toEqual(listed);
  const versions = new Set([listed?.version]);
  const moves = [
    () => fno.editProduct("usmf", "D0001", { NetProductWeight: 3 }),
    () =>
      fno.addProductRow("ReleasedProductVariantsV2", {
        dataAreaId: "usmf",
        ProductMasterNumber: "P-1",
        ProductColorId: "Red",
      }),
    () => fno.addProductRow("ProductBarcodesV3", { dataAreaId: "usmf", ItemNumber: "D0001", Barcode: "X1" }),
  ];
  for (const move of moves) {
    move();
    versions.add((await list())[0]?.version);
  }
  expect(versions.size).toBe(4);
});

it("says that a product is gone which it was asked for by name", async () => {
  const { source } = world();
  const ref = { legalEntity: "usmf", item: "NONE" };
  expect(await source.get([ref])).toEqual(new Map([["usmf/NONE", "gone"]]));
});

it("takes the products of the chosen categories alone", async () => {
  const { fno, source, list } = world({ forProducts: { ...forProducts, categories: ["Speakers"] } });
  fno.addProduct("usmf", { ItemNumber: "D0002", ProductNumber: "P-2" });
  const category = { ProductCategoryName: "Speakers", ProductCategoryHierarchyName: "Retail" };
  fno.addProductRow("ProductCategoryAssignments", { ProductNumber: "P-1", ...category });
  expect((await list()).flatMap((record) => source.read(record)).map(({ sku }) => sku)).toEqual(["D0001"]);
});

it("reads whole sets for a list, and by name for one product", async () => {
  const { source, list, urls } = world();
  await list();
  expect(urls.filter((url) => url.includes("ProductsV2?")).every((url) => !url.includes("ProductNumber%20eq"))).toBe(
    true,
  );
  urls.length = 0;
  await source.get([{ legalEntity: "usmf", item: "D0001" }]);
  const filters = urls.flatMap((url) => new URL(url).searchParams.get("$filter") ?? []);
  expect(filters).toEqual([
    "dataAreaId eq 'usmf' and (ItemNumber eq 'D0001')",
    "(ProductNumber eq 'P-1')",
    "dataAreaId eq 'usmf' and (ProductMasterNumber eq 'P-1')",
    "dataAreaId eq 'usmf' and (ItemNumber eq 'D0001')",
  ]);
});

it("refuses a template of SKUs that products cannot fill", async () => {
  const { list } = world({ pair: { flows: { orders: { skuTemplate: "{externalItemNumber}" } } } });
  await expect(list()).rejects.toThrow(ConfigError);
});

it("has no products to give to a pair that does not move them", () => {
  expect(environment().system.productSource).toBeUndefined();
});
