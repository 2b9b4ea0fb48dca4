import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMasterDataWorld } from "./master-data-world.ts";

let world: Awaited<ReturnType<typeof openMasterDataWorld>>;
beforeEach(async () => {
  world = await openMasterDataWorld();
  for (const [number, name] of Object.entries({ "A-1": "Blue mug", "A-2": "Red mug" })) {
    world.desk.addItem({ number, displayName: name });
    world.shipstation.addProduct({ sku: number, name, weightOz: 9 });
  }
});
afterEach(() => world.close());

const ounces = () => ["A-1", "A-2"].map((sku) => world.product(sku).weightOz);

describe("weights from a file", () => {
  const file = () => join(world.home, "weights.csv");
  const withFile = async (text: string | undefined, unit = "kg") => {
    if (text !== undefined) writeFileSync(file(), text);
    await world.configure({ weight: { source: "csv", file: file(), unit } });
  };

  it("are written in ounces, rounded up to a hundredth, and left alone where the file has none", async () => {
    await withFile("\uFEFFSKU,Weight\r\na-1,0.5\r\n");
    expect(await world.sync("products")).toMatchObject({ updated: 1, unchanged: 1 });
    // 500 g are 17.6369… oz.
    expect(ounces()).toEqual([17.64, 9]);
  });

  it.each([
    ["g", 17.64, "500"],
    ["lb", 8, "0.5"],
    ["oz", 0.51, "0.501"],
  ])("are reckoned from %s", async (unit, wanted, weight) => {
    await withFile(`sku,weight\nA-1,${weight}\n`, unit);
    await world.sync("products");
    expect(ounces()).toEqual([wanted, 9]);
  });

  it("are noticed when they move although the item does not, and sent for that item alone", async () => {
    await withFile("sku,weight\nA-1,0.5\nA-2,0\n");
    await world.sync("products");
    await withFile("sku,weight\nA-1,0.5\nA-2,1\n");
    expect(await world.sync("products")).toMatchObject({ updated: 1, unchanged: 1, drift: 0 });
    expect(ounces()).toEqual([17.64, 35.28]);
    const { asked } = await world.sync("products");
    expect(asked.filter((call) => call.includes("lastModifiedDateTime gt"))).toHaveLength(1);
  });

  it.each([
    ["sku,weight\nA-1,0.5\nA-2,heavy\n", 'line 3: weight "heavy" of A-2 is not a number.'],
    ["sku,weight\nA-1,-1\n", 'line 2: weight "-1" of A-1 is not a number.'],
    ["sku,weight\nA-1,1\n\na-1,2\n", "line 4: has A-1 a second time."],
    ["sku,weight\n,2\n", "line 2: has no SKU."],
    ["item,kg\nA-1,2\n", "line 1: has no columns sku and weight."],
    ["", "line 1: has no columns sku and weight."],
    [undefined, "cannot be read."],
  ])("stop the flow before anything is sent where the file is wrong: %j", async (text, told) => {
    await withFile(text);
    const { error } = await world.sync("products");
    expect([error?.exitCode, error?.message]).toEqual([6, expect.stringContaining(told)]);
    expect(world.calls.filter((call) => call.startsWith("PUT"))).toEqual([]);
  });
});

describe("weights from the customer's own page", () => {
  const path = "contoso/goods/v1.0/itemWeights";
  const weight = { source: "customApi", path, unit: "lb", field: "grossWeight", numberField: "no" };
  const answer = (rows: object[]) => {
    world.standIn.answer = (request) =>
      request.url.includes("/api/contoso/goods/v1.0/")
        ? Response.json({ value: rows.map((row) => ({ "@odata.etag": 'W/"1"', ...row })) })
        : undefined;
  };

  it("are read in one call with the two fields, and noticed when they move", async () => {
    await world.configure({ weight });
    answer([
      { no: "A-1", grossWeight: 1 },
      { no: "A-2", grossWeight: 0 },
    ]);
    const { asked } = await world.sync("products");
    expect(asked.filter((call) => call.includes("itemWeights"))).toEqual(["GET bc/itemWeights?$select=no,grossWeight"]);
    expect(ounces()).toEqual([16, 9]);
    answer([{ no: "A-1", grossWeight: 2 }]);
    expect(await world.sync("products")).toMatchObject({ updated: 1 });
    expect(ounces()).toEqual([32, 9]);
  });

  it("stop the flow where the page has other fields", async () => {
    await world.configure({ weight });
    answer([{ no: "A-1", netWeight: 1 }]);
    expect((await world.sync("products")).error).toMatchObject({
      exitCode: 6,
      message: `The page ${path} has rows without a text no or a number grossWeight.`,
    });
  });
});
