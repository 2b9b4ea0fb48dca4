import { expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { FnoSandbox } from "../../src/sandbox/fno.ts";

function orderOf() {
  const clock = jumpingClock(new Date("2026-11-23T06:00:00Z"));
  const fno = new FnoSandbox({ clock, accepts: () => true });
  fno.addCustomer("usmf", { CustomerAccount: "C-1" });
  fno.addProduct("usmf", { ItemNumber: "FREIGHT", ProductType: "Service" });
  fno.addOrder({ legalEntity: "usmf", number: "SO-1", customer: "C-1", lines: [] });
  const send = async (method: string, path: string, body: object) => {
    const headers = { authorization: "Bearer token", "content-type": "application/json" };
    const request = { method, headers, body: JSON.stringify(body) };
    const answer = await fno.fetch(new Request(`https://fno.test/data/${path}`, request));
    return { status: answer.status, text: await answer.text() };
  };
  return { fno, send };
}

const line = { dataAreaId: "usmf", SalesOrderNumber: "SO-1", ItemNumber: "FREIGHT", SalesPrice: 7.42 };

it("adds a line of a released item to an order, and takes another price for it", async () => {
  const { fno, send } = orderOf();
  const made = await send("POST", "SalesOrderLines", { ...line, OrderedSalesQuantity: 1 });
  expect(made.status).toBe(201);
  const { InventoryLotId } = JSON.parse(made.text) as { InventoryLotId: string };
  const key = `SalesOrderLines(dataAreaId='usmf',InventoryLotId='${InventoryLotId}')`;
  expect((await send("PATCH", key, { SalesPrice: 9 })).status).toBe(204);
  expect((await send("PATCH", key, { ItemNumber: "OTHER" })).text).toContain("Field 'ItemNumber' cannot be edited");
  expect(fno.order("usmf", "SO-1")?.lines.map(({ values }) => [values.ItemNumber, values.SalesPrice])).toEqual([
    ["FREIGHT", 9],
  ]);
});

it("refuses a line of an item that is not released, and one of no order", async () => {
  const { fno, send } = orderOf();
  expect((await send("POST", "SalesOrderLines", { ...line, ItemNumber: "NONE" })).text).toContain("'NONE'");
  expect((await send("POST", "SalesOrderLines", { ...line, SalesOrderNumber: "SO-9" })).text).toContain("'SO-9'");
  expect(fno.ledger).toEqual([]);
});
