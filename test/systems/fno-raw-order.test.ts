import { expect, it } from "vitest";
import { rawOrder } from "../../src/systems/fno/raw-order.ts";

const lines = [
  { InventoryLotId: "L-1", ItemNumber: "D0001" },
  { InventoryLotId: "L-2", ItemNumber: "D0002" },
];
const row = { dataAreaId: "usmf", SalesOrderNumber: "SO-1", Email: null, SalesOrderLines: lines };

it("an order's text is the same in whatever order its fields and lines come", () => {
  const { SalesOrderLines, ...header } = row;
  const turned = { SalesOrderLines: SalesOrderLines.toReversed(), ...header };
  expect(rawOrder(turned, "SalesOrderLines").text).toBe(rawOrder(row, "SalesOrderLines").text);
});

it("an order's text changes with a field of its header or of a line", () => {
  const [first, second] = lines;
  const changed = [
    { ...row, Email: "ap@example.com" },
    { ...row, SalesOrderLines: [first, { ...second, ItemNumber: "D0003" }] },
    { ...row, SalesOrderLines: [first] },
  ];
  const texts = [row, ...changed].map((one) => rawOrder(one, "SalesOrderLines").text);
  expect(new Set(texts).size).toBe(4);
});
