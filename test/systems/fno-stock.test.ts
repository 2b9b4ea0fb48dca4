import { describe, expect, it } from "vitest";
import type { FnoStockSettings } from "../../src/connectors/fno/config.ts";
import { ConfigError, MappingError } from "../../src/core/errors.ts";
import type { LineSpec } from "../../src/sandbox/fno/orders.ts";
import type { FnoSwitches } from "../../src/sandbox/fno/switches.ts";
import { failure } from "../connectors/shipbob-kit.ts";
import { environment, recordsOf } from "./fno-environment.ts";

function world(forStock: FnoStockSettings | undefined = { releaseStatus: [] }, switches: Partial<FnoSwitches> = {}) {
  const stock = forStock ? { forStock } : {};
  const made = environment({ legalEntities: ["usmf"], sandbox: { switches }, ...stock });
  made.fno.addProduct("usmf", { ItemNumber: "D0001", InventoryUnitSymbol: "ea" });
  return made;
}

const inBoxes = { item: "D0001", quantity: 2, unit: "box", stockPerUnit: 6, price: 41.5 };

function addOrder({ fno }: ReturnType<typeof world>, number: string, line: LineSpec = inBoxes) {
  fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines: [line] });
}

async function linesOf(made: ReturnType<typeof world>) {
  const records = await recordsOf(made.system);
  return records.flatMap((record) => made.system.orderSource().read(record)).flatMap(({ lines }) => lines);
}

const asked = ({ fno }: ReturnType<typeof world>, set: string) =>
  fno.requests.filter((request) => request.endsWith(set)).length;

describe("orders for a shipper that keeps the goods", () => {
  it("have quantities and prices in the unit of stock, asked for once a page", async () => {
    const made = world();
    addOrder(made, "SO-1");
    addOrder(made, "SO-2", { ...inBoxes, quantity: 1 });
    expect(await linesOf(made)).toMatchObject([
      { quantity: 12, unit: "ea", unitPrice: "6.916667", lineNumber: 1 },
      { quantity: 6, unit: "ea", unitPrice: "6.916667" },
    ]);
    expect(asked(made, "SalesLineBiEntities")).toBe(1);
  });

  it("ask for nothing more where the units are the same, whatever their case", async () => {
    const made = world();
    addOrder(made, "SO-1", { ...inBoxes, unit: "EA" });
    expect(await linesOf(made)).toMatchObject([{ quantity: 2, unit: "EA", unitPrice: "41.5" }]);
    expect(asked(made, "SalesLineBiEntities")).toBe(0);
  });

  it("have what remains of an order that is partly delivered", async () => {
    const made = world();
    addOrder(made, "SO-1");
    made.fno.deliver("usmf", "SO-1", { 1: 1 });
    expect(await linesOf(made)).toMatchObject([{ quantity: 6, unit: "ea", unitPrice: "6.916667" }]);
  });

  it.each([
    ["how many of stock they are", { absentSets: ["SalesLineBiEntities"] }, "RemainInventPhysical"],
    ["in which unit stock is kept", { absentSets: ["ReleasedProductsV2"] }, "InventoryUnitSymbol"],
  ])("are set aside where F&O does not say %s", async (_, switches, field) => {
    const made = world({ releaseStatus: [] }, switches);
    addOrder(made, "SO-1");
    const error = await failure(linesOf(made));
    expect(error).toBeInstanceOf(MappingError);
    expect(error).toMatchObject({ context: { document: "SO-1", field } });
  });

  it("are as they are sold for any other pair", async () => {
    const made = environment({ legalEntities: ["usmf"] });
    made.fno.addProduct("usmf", { ItemNumber: "D0001", InventoryUnitSymbol: "ea" });
    addOrder(made, "SO-1");
    expect(await linesOf(made)).toMatchObject([{ quantity: 2, unit: "box", unitPrice: "41.5" }]);
  });
});

describe("release statuses", () => {
  const releaseStatus = ["Released", "PartialReleased"];

  it("leave orders out until they are released, and then tell them as changed", async () => {
    const made = world({ releaseStatus });
    for (const number of ["SO-1", "SO-2"]) addOrder(made, number);
    made.fno.release("usmf", "SO-2");
    expect((await recordsOf(made.system)).map(({ id }) => id)).toEqual(["usmf/SO-2"]);
    const [before] = (await made.system.orderSource().get([{ legalEntity: "usmf", number: "SO-1" }])).values();
    made.fno.release("usmf", "SO-1", "PartialReleased");
    const [now] = await recordsOf(made.system);
    expect(now?.id).toBe("usmf/SO-1");
    expect(before).not.toBe("gone");
    expect(typeof before === "object" && before.version).not.toBe(now?.version);
  });

  it("stop an order that is read by its number, and not one that is cancelled", async () => {
    const made = world({ releaseStatus });
    for (const number of ["SO-1", "SO-2"]) addOrder(made, number);
    made.fno.cancel("usmf", "SO-2");
    const refs = ["SO-1", "SO-2"].map((number) => ({ legalEntity: "usmf", number }));
    const records = [...(await made.system.orderSource().get(refs)).values()].filter((record) => record !== "gone");
    const orders = records.flatMap((record) => made.system.orderSource().read(record));
    expect(orders.map(({ status, reason }) => [status, reason])).toEqual([
      ["stopped", "ReleaseStatus is Open"],
      ["cancelled", undefined],
    ]);
  });

  it("are not asked for where none is named", async () => {
    const made = world();
    addOrder(made, "SO-1");
    await recordsOf(made.system);
    expect(asked(made, "SalesTableBiEntities")).toBe(0);
  });

  it("stop the flow, and are told by the checks, where the set is not published", async () => {
    const made = world({ releaseStatus }, { absentSets: ["SalesTableBiEntities"] });
    addOrder(made, "SO-1");
    const error = await failure(recordsOf(made.system));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ context: { field: "releaseStatus" } });
    const checks = await made.system.checks();
    expect(checks.find(({ name }) => name.endsWith("SalesTableBiEntities"))).toMatchObject({ state: "failed" });
  });
});
