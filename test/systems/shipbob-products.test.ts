import { describe, expect, it } from "vitest";
import { productsWorld } from "./shipbob-products-world.ts";

const writes = (asked: readonly string[]) => asked.filter((call) => !call.startsWith("GET"));

describe("products of F&O in ShipBob's catalogue", () => {
  it("are made once, with all that F&O knows, in ounces and inches", async () => {
    const { fno, release, sync, variant, there } = productsWorld();
    const sizes = { GrossDepth: 30, GrossProductWidth: 20, GrossProductHeight: 10 };
    const customs = { OriginCountryRegionId: "CHN", IntrastatCommodityCode: "85182100" };
    release("D0001", { ...sizes, ...customs, ProductSearchName: "SpeakerMid", NetProductWeight: 1.3 });
    fno.addProductRow("ProductsV2", { ProductNumber: "D0001", ProductName: "Mid-range speaker" });
    fno.addProductRow("ProductBarcodesV3", { dataAreaId: "usmf", ItemNumber: "D0001", Barcode: "4006381333931" });
    const run = await sync();
    expect(run.counts).toMatchObject({ created: 1, deadLettered: 0, unknown: 0 });
    expect(run.asked).toEqual(["GET /product?SKU=any:D0001&PageSize=250", "POST /product"]);
    expect(there()).toEqual(["Mid-range speaker: D0001"]);
    expect(variant("D0001")).toMatchObject({
      name: "Mid-range speaker",
      status: 1,
      weight: 45.86,
      dimension: { length: 11.82, width: 7.88, height: 3.94 },
      gtin: "4006381333931",
      customs: { hs_tariff_code: "85182100", country_code_of_origin: "CN", description: "Mid-range speaker" },
    });
    const again = await sync();
    expect(again.counts).toMatchObject({ created: 0, updated: 0, unchanged: 1, drift: 0 });
    expect(again.asked).toEqual([]);
  });

  it("are changed where they differ, and what F&O does not know stays as it is", async () => {
    const { fno, shipbob, release, sync, variant } = productsWorld();
    shipbob.desk.addProduct({ sku: "D0001", name: "D0001", weight: 99, upc: "036000291452", stock: {} });
    release("D0001");
    const run = await sync();
    expect(run.counts).toMatchObject({ created: 0, updated: 1 });
    expect(writes(run.asked)).toEqual([`PATCH /product/${shipbob.products[0]?.id}`]);
    expect(variant("D0001")).toMatchObject({ name: "D0001", weight: 35.28, upc: "036000291452", status: 1 });
    fno.editProduct("usmf", "D0001", { NetProductWeight: 2 });
    expect((await sync()).counts).toMatchObject({ updated: 1 });
    expect(variant("D0001").weight).toBe(70.55);
    fno.editProduct("usmf", "D0001", { NetProductWeight: 0 });
    expect(writes((await sync()).asked)).toEqual([]);
    expect(variant("D0001").weight).toBe(70.55);
  });

  it("are left alone where ShipBob has the values already", async () => {
    const { shipbob, release, sync, told } = productsWorld();
    shipbob.desk.addProduct({ sku: "D0001", name: "D0001", weight: 35.28 });
    release("D0001");
    expect(writes((await sync()).asked)).toEqual([]);
    expect((await sync()).asked).toEqual([]);
    expect(told()).toEqual(["noticed ShipBob has these values already"]);
  });

  it("keep a size that a warehouse measured, which is told once", async () => {
    const { shipbob, release, sync, variant, told } = productsWorld();
    shipbob.desk.addProduct({ sku: "D0001", name: "old" });
    shipbob.desk.measure("D0001", { length: 5, width: 4, height: 3 });
    shipbob.switches.lockedDimensions = "refused";
    release("D0001", { GrossDepth: 30, GrossProductWidth: 20, GrossProductHeight: 10 });
    expect((await sync()).counts).toMatchObject({ updated: 1, deadLettered: 0 });
    await sync();
    expect(variant("D0001")).toMatchObject({ name: "D0001", dimension: { length: 5, width: 4, height: 3 } });
    expect(told()).toEqual([
      "noticed ShipBob has locked its size, which stays: 5 x 4 x 3, not 11.82 x 7.88 x 3.94 in",
      "updated",
    ]);
  });

  it("are left alone where ShipBob has a bundle of the SKU", async () => {
    const { shipbob, release, sync, told } = productsWorld();
    const [part] = shipbob.desk.addProduct({ sku: "PART" }).variants;
    shipbob.desk.addProduct({ sku: "D0001", bundle_definition: [{ variant_id: part?.id ?? 0, quantity: 2 }] });
    release("D0001");
    expect(writes((await sync()).asked)).toEqual([]);
    expect(told()).toEqual(["noticed is a bundle at ShipBob, which is left as it is"]);
  });

  it("become inactive there with their state, are not made once inactive, and come back when F&O sells them again", async () => {
    const { fno, release, sync, variant, there, told } = productsWorld();
    release("D0001");
    release("D0002", { ProductLifecycleStateId: "Obsolete" });
    expect((await sync()).counts).toMatchObject({ created: 1, skipped: 1 });
    fno.editProduct("usmf", "D0001", { ProductLifecycleStateId: "Obsolete" });
    await sync();
    expect([variant("D0001").status, there()]).toEqual([2, ["D0001: D0001"]]);
    fno.editProduct("usmf", "D0001", { ProductLifecycleStateId: "" });
    fno.editProduct("usmf", "D0002", { ProductLifecycleStateId: "" });
    await sync();
    expect([variant("D0001").status, there()]).toEqual([1, ["D0001: D0001", "D0002: D0002"]]);
    expect((await sync()).asked).toEqual([]);
    expect(told()[1]).toBe("created");
  });

  it("are not made active again where a person at ShipBob made them inactive", async () => {
    const { shipbob, release, sync, variant } = productsWorld();
    shipbob.desk.addProduct({ sku: "D0001", name: "old", status_id: 1 });
    release("D0001");
    await sync();
    expect(variant("D0001")).toMatchObject({ name: "D0001", status: 2 });
  });

  it("are set aside where ShipBob has the SKU twice, and both places are named", async () => {
    const { shipbob, release, sync, told } = productsWorld();
    const first = shipbob.desk.addProduct({ sku: "D0001" });
    const second = shipbob.desk.addProduct({ sku: "other" });
    const [twin] = second.variants;
    if (twin) twin.sku = "D0001";
    release("D0001");
    expect((await sync()).counts).toMatchObject({ deadLettered: 1, created: 0 });
    expect(told()).toEqual([
      `dead ShipBob has the SKU D0001 2 times: variant ${first.variants[0]?.id} of product ${first.id}, variant ${twin?.id} of product ${second.id}`,
    ]);
  });

  it("are found under odd SKUs too, alone and exactly", async () => {
    const { shipbob, release, sync } = productsWorld();
    shipbob.switches.skuFilter = "partial";
    shipbob.desk.addProduct({ sku: "A,B:1 XL", name: "A,B:1 XL", weight: 35.28 });
    release("A,B:1");
    release("A,B:1 XL");
    const run = await sync();
    expect(run.counts).toMatchObject({ created: 1, unchanged: 1, deadLettered: 0 });
    expect(run.asked.slice(0, 2)).toEqual([
      "GET /product?SKU=A%2CB%3A1&PageSize=250",
      "GET /product?SKU=A%2CB%3A1%20XL&PageSize=250",
    ]);
  });

  it("tell what a dry run would do, and do nothing", async () => {
    const { release, sync, planned, there } = productsWorld();
    release("D0001");
    await sync({ dryRun: true });
    expect([planned.map(({ step }) => step.action), there()]).toEqual([["create"], []]);
  });
});

describe("variants", () => {
  it("are variants of one product, made in one call, and later ones join them", async () => {
    const { release, addVariant, sync, there, fno } = productsWorld();
    release("T", { ProductSearchName: "Shirt" });
    for (const color of ["Red", "Blue"]) addVariant("T", color);
    const run = await sync();
    expect(run.counts).toMatchObject({ created: 2 });
    expect(writes(run.asked)).toEqual(["POST /product"]);
    expect(there()).toEqual(["Shirt: T-Blue, T-Red"]);
    addVariant("T", "Green");
    fno.editProduct("usmf", "T", { NetProductWeight: 2 });
    const later = await sync();
    expect(later.counts).toMatchObject({ created: 1, updated: 2 });
    expect(writes(later.asked)).toHaveLength(2);
    expect(there()).toEqual(["Shirt: T-Blue, T-Red, T-Green"]);
  });

  it("beyond one batch go to the product that the first batch made", async () => {
    const { release, addVariant, sync, shipbob } = productsWorld();
    release("T", { ProductSearchName: "Shirt" });
    for (let index = 0; index < 130; index += 1) addVariant("T", `C${index}`);
    const run = await sync();
    expect(run.counts).toMatchObject({ created: 130 });
    expect(shipbob.products.map(({ variants }) => variants.length)).toEqual([130]);
    expect(writes(run.asked)).toHaveLength(2);
  });

  it("that stand alone under another name are kept up to date there and never moved", async () => {
    const { shipbob, release, addVariant, sync, there, told, variant } = productsWorld();
    const lone = shipbob.desk.addProduct({ sku: "T-Red", name: "Red shirt" });
    release("T", { ProductSearchName: "Shirt" });
    for (const color of ["Red", "Blue"]) addVariant("T", color);
    await sync();
    expect(there()).toEqual(["Red shirt: T-Red", "Shirt: T-Blue"]);
    expect(variant("T-Red").weight).toBe(35.28);
    expect(told()).toContain(
      `noticed stands in product ${lone.id} at ShipBob; it is kept up to date there and not moved`,
    );
    expect((await sync()).asked).toEqual([]);
  });
});

describe("answers that are lost or refused", () => {
  it("a product is not made twice when the answer of its making is lost", async () => {
    const { shipbob, release, sync, there } = productsWorld();
    release("D0001");
    let isFirst = true;
    shipbob.faults = ({ method }) => {
      if (method !== "POST" || !isFirst) return undefined;
      isFirst = false;
      return "resetAfter";
    };
    expect((await sync()).counts).toMatchObject({ created: 1, unknown: 0, waiting: 0 });
    expect((await sync()).asked).toEqual([]);
    expect(there()).toEqual(["D0001: D0001"]);
  });

  it("a product whose making left no trace waits until it would be seen, and is made then", async () => {
    const { shipbob, release, sync, there } = productsWorld();
    release("D0001");
    shipbob.faults = ({ method }) => (method === "POST" ? "resetBefore" : undefined);
    expect((await sync()).counts).toMatchObject({ waiting: 1, created: 0 });
    shipbob.faults = undefined;
    expect((await sync()).counts).toMatchObject({ created: 1 });
    expect(there()).toEqual(["D0001: D0001"]);
  });

  it("a process that dies right after the making finds the product on its next run", async () => {
    const { release, sync, there, store } = productsWorld();
    release("D0001");
    const die = (name: string) => {
      if (name !== "send.after") return;
      store.isDead = true;
      throw new Error("killed");
    };
    await sync({ failpoint: die }).catch(() => undefined);
    store.isDead = false;
    expect((await sync()).counts).toMatchObject({ deadLettered: 0, unknown: 0 });
    expect(there()).toEqual(["D0001: D0001"]);
  });

  it("a SKU that somebody made in between is taken over with F&O's values, and its sibling is made", async () => {
    const { shipbob, release, addVariant, sync, there, variant, hooks, told } = productsWorld();
    release("T", { ProductSearchName: "Shirt" });
    for (const color of ["Red", "Blue"]) addVariant("T", color);
    hooks.onRequest = ({ method }) => {
      if (method !== "POST") return;
      hooks.onRequest = undefined;
      shipbob.desk.addProduct({ sku: "T-Red", name: "mine" });
    };
    expect((await sync()).counts).toMatchObject({ created: 2, deadLettered: 0 });
    expect(there()).toEqual(["mine: T-Red", "Shirt: T-Blue"]);
    expect(variant("T-Red")).toMatchObject({ name: "Shirt / Red", weight: 35.28 });
    expect(told()).toContain("created ShipBob had this SKU already, and it was taken over");
  });
});

it("sends customs a whole value in 2026-01 and cents in 2026-07", async () => {
  for (const [version, value] of [
    ["2026-01", 13],
    ["2026-07", 12.35],
  ] as const) {
    const { release, sync, variant } = productsWorld({ version, customsValue: "salesPrice" });
    release("D0001", { SalesPrice: 12.345, SalesPriceQuantity: 1 });
    expect((await sync()).counts).toMatchObject({ created: 1, deadLettered: 0 });
    expect(variant("D0001").customs).toMatchObject({ value });
  }
});
