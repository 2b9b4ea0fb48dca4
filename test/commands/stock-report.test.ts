import { expect, it } from "vitest";
import { differencesText, reportLine } from "../../src/commands/support/stock-report.ts";
import type { StockRow } from "../../src/flows/stock-report.ts";

function row(sku: string, more: Partial<StockRow> = {}): StockRow {
  return {
    sku,
    fulfillmentCenter: "Cicero (IL)",
    warehouse: "24",
    shipperOnHand: 5,
    shipperAvailable: 5,
    erpOnHand: 5,
    erpAvailable: 5,
    difference: 0,
    remark: "",
    ...more,
  };
}

const nothingHere = { erpOnHand: null, erpAvailable: null, difference: null };
const rows = [
  row("A-1"),
  row("A-2", { shipperOnHand: 2, difference: -3 }),
  row("A-3", { shipperOnHand: null, difference: -5, remark: "the shipper has no stock record of it there" }),
  ...["X-1", "X-2", "X-3", "X-4", "X-5", "X-6"].map((sku) =>
    row(sku, { ...nothingHere, remark: "the ERP has no item of this SKU" }),
  ),
  ...["A-1", "A-2"].map((sku) =>
    row(sku, {
      ...nothingHere,
      fulfillmentCenter: "Ontario 6 (CA)",
      warehouse: null,
      remark: "no warehouse: set fulfillmentCenters.45",
    }),
  ),
  row("KIT", { ...nothingHere, fulfillmentCenter: "", warehouse: null, shipperOnHand: null, remark: "a bundle" }),
];

it("a report of stock shows what differs, and tells the rest by centre and reason within 80 columns", async () => {
  const text = await differencesText(rows, 80);
  expect(text.split("\n")).toEqual([
    "SKU           centre       warehouse  shipper  ERP  differs by",
    "A-2           Cicero (IL)  24         2        5    -3",
    "A-3           Cicero (IL)  24         0        5    -5",
    "Cicero (IL): the shipper has no stock record of it there: A-3",
    "Cicero (IL): the ERP has no item of this SKU: X-1, X-2, X-3, X-4, X-5 and 1 more",
    "Ontario 6 (CA): no warehouse: set fulfillmentCenters.45 (2 SKUs)",
    "a bundle: KIT",
  ]);
  expect(await differencesText([row("A-1")], 80)).toBe("");
});

it("a report of stock is summed up in a line that says that nothing is written", () => {
  expect(reportLine({ rows, pair: "fno-shipbob", isWritten: false })).toBe(
    "3 stock rows compared: 2 differ on hand; 9 cannot be compared. Nothing is written to the ERP: fno-shipbob has inventory.mode none.",
  );
  expect(reportLine({ rows: [], pair: "fno-shipbob", isWritten: true })).toBe(
    "0 stock rows compared: 0 differ on hand; 0 cannot be compared.",
  );
});
