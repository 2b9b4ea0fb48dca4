import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { refuseWithCsv, writeProductFile } from "../../src/commands/support/product-file.ts";
import { csvLine, csvRows } from "../../src/core/csv.ts";
import { productFile } from "../../src/flows/product-file.ts";
import { openMasterDataWorld } from "../systems/master-data-world.ts";
import { productsWorld } from "../systems/shipbob-products-world.ts";

describe("the file for ShipStation's product import", () => {
  let world: Awaited<ReturnType<typeof openMasterDataWorld>>;
  afterEach(() => {
    world.close();
    vi.restoreAllMocks();
  });

  const openWorld = async () => {
    world = await openMasterDataWorld({ pair: { flows: { products: { filter: { numbers: "^[A=]" } } } } });
    const { desk, shipstation } = world;
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    desk.addItem({ number: "A-2", displayName: 'Mug, "red"' });
    desk.addItem({ number: "A-3", displayName: "+1 mug" });
    desk.addItem({ number: "A-4", displayName: "Old mug", blocked: true });
    desk.addItem({ number: "B-1", displayName: "Chair" });
    shipstation.addProduct({ sku: "a-1" });
    return world;
  };

  it("has the items that are missing there, no column that is blank, and no formula", async () => {
    const { open, home, calls } = await openWorld();
    const csv = join(home, "missing.csv");
    writeFileSync(csv, "SKU,Name\nOLD,Old\n", { mode: 0o644 });
    expect(await writeProductFile(await open(), { csv, quiet: true })).toEqual({ file: csv, products: 2 });
    expect(readFileSync(csv, "utf8")).toBe(`SKU,Name\r\nA-2,"Mug, ""red"""\r\nA-3,'+1 mug\r\n`);
    expect(statSync(csv).mode & 0o777).toBe(0o600);
    expect(calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
  });

  it("goes to stdout for -, with the number of items beside it", async () => {
    const { open } = await openWorld();
    const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(await writeProductFile(await open(), { csv: "-", quiet: false })).toEqual({ file: null, products: 2 });
    expect(out.mock.calls).toEqual([[`SKU,Name\r\nA-2,"Mug, ""red"""\r\nA-3,'+1 mug\r\n`]]);
    expect(err.mock.calls).toEqual([["2 items without a product at shipstation\n"]]);
  });

  it("has its head alone where nothing is missing, so that no older one is imported again", async () => {
    const { open, home, shipstation } = await openWorld();
    for (const sku of ["A-2", "A-3"]) shipstation.addProduct({ sku });
    const csv = join(home, "missing.csv");
    await writeProductFile(await open(), { csv, quiet: true });
    expect(readFileSync(csv, "utf8")).toBe("SKU\r\n");
  });

  it("is refused for a pair that moves no products", async () => {
    const { open } = await openWorld();
    await expect(
      writeProductFile(await open(), { csv: "-", pair: "fno-shipstation", quiet: true }),
    ).rejects.toMatchObject({
      name: "UsageError",
    });
  });
});

it("no flag of a run stands beside --csv", () => {
  expect(() => refuseWithCsv({ csv: "a.csv", watch: false, "dry-run": true })).toThrow(
    /--dry-run says nothing with it$/,
  );
  expect(() => refuseWithCsv({ csv: "a.csv", watch: false, pair: "bc-shipstation", quiet: true })).not.toThrow();
});

describe("a CSV file", () => {
  it("is read with quotes, breaks in cells and the ends of lines of any system", () => {
    expect(csvRows('\uFEFFa,"b ""c"""\r\n\r\n"d\ne",f\rg')).toEqual([
      { line: 1, cells: ["a", 'b "c"'] },
      { line: 3, cells: ["d\ne", "f"] },
      { line: 5, cells: ["g"] },
    ]);
  });

  it.each(["=1+1", "+1", "-1+2", "-a", "@x", "\tx"])("makes no formula of %j", (cell) => {
    expect(csvLine([cell, "b"])).toBe(`'${cell},b\r\n`);
  });

  it.each(["-1", "-12.50", "0.07"])("leaves the number %s as it is", (cell) => {
    expect(csvLine([cell])).toBe(`${cell}\r\n`);
  });

  it("gives what it was made of back", () => {
    const cells = ["a", "b, c", 'd "e"', "f\r\ng", ""];
    expect(csvRows(csvLine(cells))[0]?.cells).toEqual(cells.map((cell) => cell.replace("\r\n", "\n")));
  });
});

it("is refused for a shipper whose products mlc makes itself", async () => {
  const { system, target } = productsWorld();
  const shipper = { name: "shipbob", probe: system.probe, account: () => null, productTarget: target };
  const request = {
    config: { schema: 1 as const, "fno-shipbob": {} },
    pair: "fno-shipbob",
    system: async (name: string) => (name === "fno" ? system : shipper),
    now: new Date("2026-11-23T16:00:00Z"),
  };
  await expect(productFile(request)).rejects.toMatchObject({
    name: "UsageError",
    message: "shipbob has no product import: mlc makes its products",
  });
});
