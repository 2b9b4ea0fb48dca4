import { describe, expect, it } from "vitest";
import { level, stockWorld } from "./fno-stock-world.ts";

const journals = "InventoryCountingJournalHeaders";
const lines = "InventoryCountingJournalLines";
const counting = { mode: "countingJournal", countingJournal: { journalName: "ICnt" } } as const;
const held = (item: string, quantity: number, warehouse = "24") => ({
  ItemNumber: item,
  InventoryWarehouseId: warehouse,
  OnHandQuantity: quantity,
  AvailableOnHandQuantity: quantity,
});

describe("a counting journal", () => {
  it("has a line for each difference, and is never posted", async () => {
    const { fno, source, sync, told } = stockWorld(counting);
    fno.setOnHand("usmf", held("MUG", 10));
    fno.setOnHand("usmf", held("CAP", 4));
    source.levels = [level("MUG", 12), level("CAP", 4), level("PEN", 0), level("UNKNOWN", 5)];
    await sync();
    expect(fno.rowsOf(journals)).toEqual([
      expect.objectContaining({ JournalNameId: "ICnt", DefaultWarehouseId: "24", IsPosted: "No" }),
    ]);
    expect(fno.rowsOf(lines)).toEqual([
      expect.objectContaining({ ItemNumber: "MUG", CountedQuantity: 12, WarehouseId: "24", InventorySiteId: "2" }),
    ]);
    expect(told().at(-1)).toBe("skipped counting journal USMF-000001 with 1 line waits to be posted in F&O");
  });

  it("says of what is gone that nothing was counted", async () => {
    const { fno, source, sync } = stockWorld(counting);
    fno.setOnHand("usmf", held("MUG", 10));
    source.levels = [level("MUG", 0)];
    await sync();
    expect(fno.rowsOf(lines)).toEqual([expect.objectContaining({ CountedQuantity: 0, IsCountedQuantityZero: "Yes" })]);
  });

  it("is made once, and no other one before it is posted", async () => {
    const { fno, source, sync, told } = stockWorld(counting);
    fno.setOnHand("usmf", held("MUG", 10));
    source.levels = [level("MUG", 12)];
    await sync();
    await sync();
    expect(fno.rowsOf(journals)).toHaveLength(1);
    source.levels = [level("MUG", 15)];
    await sync();
    expect(fno.rowsOf(journals)).toHaveLength(1);
    expect(told().at(-1)).toBe("skipped counting journal USMF-000001 of warehouse usmf/24 is not posted yet");
    fno.postCounting("usmf", "USMF-000001");
    source.levels = [level("MUG", 16)];
    await sync();
    expect(fno.rowsOf(lines).map(({ CountedQuantity }) => CountedQuantity)).toEqual([12, 16]);
  });

  it("leaves differences within the threshold alone", async () => {
    const { fno, source, sync, told } = stockWorld({ ...counting, threshold: 2 });
    fno.setOnHand("usmf", held("MUG", 10));
    source.levels = [level("MUG", 12)];
    await sync();
    expect(fno.rowsOf(journals)).toEqual([]);
    expect(told()).toEqual(["skipped no difference"]);
  });

  it("is found again by its description when the answer that made it was lost", async () => {
    const { fno, source, sync } = stockWorld(counting);
    fno.setOnHand("usmf", held("MUG", 10));
    fno.setOnHand("usmf", held("CAP", 1));
    source.levels = [level("CAP", 2), level("MUG", 12)];
    const seen = new Set<string>();
    fno.faults = ({ method, url }) => {
      const set = new URL(url).pathname.split("/").at(-1) ?? "";
      if (method !== "POST" || seen.has(set)) return undefined;
      seen.add(set);
      return "resetAfter";
    };
    await sync();
    await sync();
    expect(seen).toEqual(new Set([journals, lines]));
    expect(fno.rowsOf(journals)).toHaveLength(1);
    expect(fno.rowsOf(lines).map(({ ItemNumber }) => ItemNumber)).toEqual(["CAP", "MUG"]);
  });
});

describe("a set of the customer's own", () => {
  const own = {
    mode: "customEntity",
    customEntity: {
      entity: "ContosoCentreStocks",
      map: {
        sku: "ContosoSku",
        warehouse: "ContosoWarehouseId",
        onHand: "ContosoOnHand",
        available: "ContosoAvailable",
        countedAt: "ContosoCountedAt",
      },
    },
  } as const;

  it("gets a row for each SKU that F&O knows, and a change where one differs", async () => {
    const { fno, source, sync } = stockWorld(own);
    source.levels = [level("CAP", 3), level("MUG", 12, 9), level("UNKNOWN", 1)];
    await sync();
    source.levels = [level("CAP", 3), level("MUG", 11, 8)];
    await sync();
    expect(fno.rowsOf("ContosoCentreStocks")).toEqual([
      expect.objectContaining({ ContosoSku: "CAP", ContosoOnHand: 3 }),
      expect.objectContaining({ ContosoSku: "MUG", ContosoOnHand: 11, ContosoAvailable: 8, ContosoWarehouseId: "24" }),
    ]);
    expect(fno.ledger.map(({ action }) => action)).toEqual([
      "POST ContosoCentreStocks",
      "POST ContosoCentreStocks",
      "PATCH ContosoCentreStocks",
    ]);
  });

  it("cannot be one of the books", () => {
    expect(() => stockWorld({ ...own, customEntity: { ...own.customEntity, entity: "LedgerJournalHeaders" } })).toThrow(
      "belongs to the books",
    );
  });
});

describe("Inventory Visibility", () => {
  const visible = {
    mode: "inventoryVisibility",
    inventoryVisibility: {
      url: "https://inventoryservice.eu-il101.gateway.prod.island.powerapps.com",
      environmentId: "env-1",
    },
  } as const;

  it("is set to what the shipper holds, by way of the gateway that its first answer names", async () => {
    const { visibility, source, sync, requests } = stockWorld(visible);
    source.levels = [level("CAP", 3), level("MUG", 12, 9)];
    await sync();
    expect(visibility.stock.get("MUG/2/24")).toMatchObject({
      organizationId: "usmf",
      quantities: { shipbob: { onhand: 12, available: 9 } },
    });
    expect(visibility.calls).toBe(1);
    expect(requests).toContain("POST securityservice.operations365.dynamics.com/token");
    expect(requests).toContain("POST gateway.eu.operations365.dynamics.com/token");
    await sync();
    expect(visibility.calls).toBe(1);
  });

  it("sends its token to no other host", async () => {
    const { source, sync, requests } = stockWorld(visible, "https://gateway.evil.example");
    source.levels = [level("MUG", 12)];
    expect(String((await sync()).error)).toContain("sends to gateway.evil.example, which is not Microsoft's");
    expect(requests.filter((request) => request.includes("evil"))).toEqual([]);
  });
});

it("refuses a warehouse that F&O does not have, and one that two companies have", async () => {
  const { source, sync } = stockWorld(counting);
  source.levels = [level("MUG", 12)];
  source.warehouse = "99";
  expect(String((await sync()).error)).toContain("F&O has no warehouse 99");
  source.warehouse = "25";
  expect(String((await sync()).error)).toContain("F&O has a warehouse 25 in usmf and demf");
});
