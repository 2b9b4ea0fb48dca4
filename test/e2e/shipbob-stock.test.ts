import { afterEach, describe, expect, it } from "vitest";
import { type StockRow, stockCsv } from "../../src/flows/stock-report.ts";
import { openShipBobWorld } from "./shipbob-world.ts";

const hour = 3_600_000;
const centres = { "8": "24", "20": "24" };
const counting = { mode: "countingJournal", countingJournal: { journalName: "ICnt" } };
const [journals, lines] = ["InventoryCountingJournalHeaders", "InventoryCountingJournalLines"];
const flow = (afterMs = hour) => ({ flows: ["inventory"], afterMs, yes: true });
let world: Awaited<ReturnType<typeof openShipBobWorld>> | undefined;
afterEach(() => world?.close());

/** Centres 8 and 20 are warehouse 24; F&O has ten mugs and a red shirt there. */
async function stocked(inventory: Record<string, unknown> = {}, pair: Record<string, unknown> = {}) {
  world = await openShipBobWorld({ pair: { fulfillmentCenters: centres, inventory, ...pair } });
  const { fno, desk } = world;
  for (const item of ["MUG", "CAP", "PEN", "SHIRT"])
    fno.addProduct("usmf", { ItemNumber: item, ProductNumber: item, NetProductWeight: 1 });
  fno.addProduct("usmf", { ItemNumber: "SERVICE", ProductNumber: "SERVICE", ProductType: "Service" });
  for (const color of ["Red", "Blue"])
    fno.addProductRow("ReleasedProductVariantsV2", {
      dataAreaId: "usmf",
      ProductMasterNumber: "SHIRT",
      ProductColorId: color,
    });
  const held = (values: Record<string, string | number>, quantity: number) =>
    fno.setOnHand("usmf", {
      InventoryWarehouseId: "24",
      OnHandQuantity: quantity,
      AvailableOnHandQuantity: quantity,
      ...values,
    });
  held({ ItemNumber: "MUG" }, 10);
  held({ ItemNumber: "PEN" }, 4.5);
  held({ ItemNumber: "SHIRT", ProductColorId: "Red" }, 5);
  held({ ItemNumber: "CAP" }, 0);
  desk.addProduct({ sku: "MUG", stock: { 8: 6, 20: 5 } });
  desk.addProduct({ sku: "CAP", stock: { 8: 0 } });
  desk.addProduct({ sku: "SHIRT-Red", stock: { 20: 5 } });
  desk.addProduct({ sku: "SHIRT-Blue", stock: { 20: 3 } });
  desk.addProduct({ sku: "OTHER", stock: { 8: 1 } });
  return { ...world, held };
}
const report = async () => {
  const made = await (await world?.open())?.reports.stock();
  if (!made) throw new Error("no report");
  return made;
};
const shortOf = ({ sku, fulfillmentCenter, warehouse, shipperOnHand, erpOnHand, difference, remark }: StockRow) =>
  [sku, fulfillmentCenter, warehouse, shipperOnHand, erpOnHand, difference, remark] as const;
const both = "Bethlehem (PA) + Cicero (IL)";

describe("the stock report", () => {
  it("adds up the centres of a warehouse, and tells what is unknown on either side", async () => {
    const { fno } = await stocked();
    const { rows, isWritten } = await report();
    expect(isWritten).toBe(false);
    const names = rows[0]?.fulfillmentCenter ?? "";
    expect(names.split(" + ").sort().join(" + ")).toBe(both);
    expect(rows.map(shortOf).map(([sku, , ...more]) => [sku, ...more])).toEqual([
      ["MUG", "24", 11, 10, 1, ""],
      ["OTHER", "24", 1, null, null, "the ERP has no item of this SKU"],
      ["PEN", "24", null, 4.5, -4.5, "the shipper has no stock record of it there"],
      ["SHIRT-Blue", "24", 3, 0, 3, ""],
      ["SHIRT-Red", "24", 5, 5, 0, ""],
    ]);
    expect(fno.ledger).toEqual([]);
  });

  it("says of a centre that it has no warehouse, and of a bundle that it holds nothing", async () => {
    const { desk, shipbob } = await stocked({}, { fulfillmentCenters: { "8": "24" } });
    const { variants } = desk.addProduct({ sku: "KIT" });
    const [mug] = shipbob.products.flatMap((product) => product.variants);
    for (const variant of variants) variant.bundle = [{ variantId: mug?.id ?? 0, quantity: 2 }];
    const { rows } = await report();
    const remarks = rows.filter(({ sku }) => sku === "SHIRT-Red" || sku === "KIT").map(shortOf);
    expect(remarks).toEqual([
      ["SHIRT-Red", "Bethlehem (PA)", null, 5, null, null, "no warehouse: set fulfillmentCenters.20"],
      ["SHIRT-Red", "Cicero (IL)", "24", null, 5, -5, "the shipper has no stock record of it there"],
      ["KIT", "", null, null, null, null, "a bundle; its components hold the stock"],
    ]);
  });

  it("knows items although nobody knows the unit of their weight", async () => {
    const { fno } = await stocked();
    fno.editProduct("usmf", "CAP", { NetProductWeight: 3 });
    await world?.setPair({ fulfillmentCenters: centres, weightUnit: "lb" });
    world?.desk.receive("CAP", 8, 2);
    expect((await report()).rows.find(({ sku }) => sku === "CAP")?.difference).toBe(2);
  });

  it("is CSV with the names of the contract, which a spreadsheet takes for no formula", () => {
    const row = { sku: "=1+1", fulfillmentCenter: "A, B", warehouse: "24", remark: "" };
    const numbers = { shipperOnHand: -2, shipperAvailable: 0, erpOnHand: null, erpAvailable: null, difference: null };
    expect(stockCsv([{ ...row, ...numbers }]).split("\r\n")).toEqual([
      "sku,fulfillmentCenter,warehouse,shipperOnHand,shipperAvailable,erpOnHand,erpAvailable,difference,remark",
      `'=1+1,"A, B",24,-2,0,,,,`,
      "",
    ]);
  });

  it("writes nothing in mode none, and says which setting would", async () => {
    await stocked();
    await expect(world?.sync(flow())).rejects.toMatchObject({
      message: "fno-shipbob writes no inventory: inventory.mode is none",
    });
    const status = await (await world?.open())?.status();
    expect(status?.flows.map((one) => one.flow)).toEqual(["orders", "shipments", "products"]);
  });
});

describe("counts", () => {
  it("become one journal a warehouse: variants that were never there too, no services and nothing of other companies", async () => {
    const { fno, sync, desk } = await stocked(counting);
    desk.addProduct({ sku: "SERVICE", stock: { 8: 9 } });
    fno.addProduct("demf", { ItemNumber: "OTHER", ProductNumber: "OTHER" });
    expect(await sync(flow())).toMatchObject({ created: 1, deadLettered: 0 });
    expect(fno.rowsOf(journals)).toHaveLength(1);
    expect(
      fno
        .rowsOf(lines)
        .map(({ ItemNumber, ProductColorId, CountedQuantity }) => [ItemNumber, ProductColorId ?? "", CountedQuantity]),
    ).toEqual([
      ["MUG", "", 11],
      ["SHIRT", "Blue", 3],
    ]);
  });

  it("leave out a SKU that stands for several variants: nobody knows which of them was counted", async () => {
    const { fno, sync, desk, told } = await stocked(counting, { flows: { orders: { skuTemplate: "{itemNumber}" } } });
    desk.addProduct({ sku: "SHIRT", stock: { 8: 9 } });
    await sync(flow());
    expect(fno.rowsOf(lines).map(({ ItemNumber }) => ItemNumber)).toEqual(["MUG"]);
    expect((await told("inventory")).at(-1)).toContain("; 1 SKUs that stand for several variants were left out");
  });

  it.each(["resetAfter", "resetBefore"] as const)("are written once after lost answers (%s)", async (fault) => {
    const { fno, sync } = await stocked(counting);
    const seen = new Set<string>();
    fno.faults = ({ method, url }) => {
      const set = new URL(url).pathname;
      if (method !== "POST" || seen.has(set)) return undefined;
      seen.add(set);
      return fault;
    };
    for (let run = 0; run < 3; run += 1) await sync(flow());
    expect(fno.rowsOf(journals)).toHaveLength(1);
    expect(fno.rowsOf(lines)).toHaveLength(2);
  });

  it("that were cut short are ended when the stock has changed, and tell of their journal", async () => {
    const { fno, sync, desk, told, open } = await stocked(counting);
    let posts = 0;
    fno.faults = ({ method }) => (method === "POST" && ++posts > 2 ? "resetBefore" : undefined);
    await sync(flow());
    fno.faults = undefined;
    desk.receive("MUG", 8, 1);
    await sync(flow());
    expect((await told("inventory")).filter((line) => line.startsWith("skipped"))).toEqual([
      "skipped counted: counting journal USMF-000001 has only 1 of its lines: post it or delete it in F&O",
      "skipped counted: counting journal USMF-000001 of warehouse 24 is not posted yet",
    ]);
    const status = await (await open()).status();
    expect(status.flows.find((one) => one.flow === "inventory")).toMatchObject({ backlog: 0, waiting: 0, unknown: 0 });
    fno.postCounting("usmf", "USMF-000001");
    desk.receive("MUG", 8, 1);
    await sync(flow());
    expect(fno.rowsOf(lines).map(({ CountedQuantity }) => CountedQuantity)).toEqual([11, 13, 3]);
  });

  it("leave no open deliveries behind, and repeat nothing while nothing changes", async () => {
    const { fno, sync } = await stocked(counting);
    await sync(flow());
    const before = fno.ledger.length;
    for (let run = 0; run < 3; run += 1) await sync(flow());
    expect(fno.ledger).toHaveLength(before);
  });

  it("of a warehouse may name its company, and its orders go to its centre all the same", async () => {
    const { fno, sync, shipbob, addOrder } = await stocked(counting, { fulfillmentCenters: { "8": "usmf/24" } });
    addOrder("SO-1");
    expect(await sync()).toMatchObject({ created: 1 });
    expect(shipbob.shipments.map(({ locationId }) => locationId)).toEqual([8]);
    await sync(flow());
    expect(fno.rowsOf(journals)).toMatchObject([
      { DefaultWarehouseId: "24", Description: expect.stringMatching(/^mlc usmf\/24 /) },
    ]);
  });

  it("refuse a warehouse that is named with its company and without it", async () => {
    await stocked(counting, { fulfillmentCenters: { "8": "usmf/24", "20": "24" } });
    expect((await world?.sync(flow()))?.error?.message).toContain("names warehouse 24 without its company");
  });
});
