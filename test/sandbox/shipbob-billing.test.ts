import { describe, expect, it } from "vitest";
import { z } from "zod";
import { account } from "./shipbob-fixture.ts";

const row = z.looseObject({ transaction_id: z.string(), transaction_fee: z.string(), amount: z.number() });
const page = z.object({ items: z.array(row), next: z.string().nullable() });

/** An account with one shipment of six picks, labelled two days ago. */
async function billed(options: Parameters<typeof account>[0] = {}) {
  const world = account(options);
  world.sandbox.desk.addProduct({ sku: "A", stock: { 8: 100 } });
  await world.create({ products: [{ reference_id: "A", name: "A", quantity: 6 }] });
  world.sandbox.desk.ship("SO-1");
  const query = async (body: unknown = {}, cursor?: string) =>
    page.parse(
      await (await world.post(`/transactions:query${cursor === undefined ? "" : `?Cursor=${cursor}`}`, body)).json(),
    );
  const feesOf = async (body: unknown = {}) => (await query(body)).items.map((item) => item.transaction_fee);
  const shipmentId = String(world.sandbox.shipments[0]?.id);
  return { ...world, query, feesOf, shipmentId };
}

describe("charges", () => {
  it("show hours after the label, several for one shipment", async () => {
    const { clock, feesOf, query, shipmentId } = await billed();
    expect(await feesOf()).toEqual([]);
    clock.pass(3 * 3600);
    expect(await feesOf()).toEqual(["Shipping"]);
    clock.pass(3 * 3600);
    expect(await feesOf()).toEqual(["Per Pick Fee", "Shipping"]);
    const { items } = await query({ reference_ids: [shipmentId], reference_types: ["Shipment"] });
    expect(items).toMatchObject([
      { amount: 0.5, transaction_type: "Charge", reference_id: shipmentId, invoice_id: null, invoiced_status: false },
      { amount: 7.42, charge_date: "2026-11-20", fulfillment_center: "Cicero (IL)" },
    ]);
    expect(items[0]?.transaction_id).toHaveLength(26);
  });

  it("come twice when the label is made anew, and a credit is negative", async () => {
    const { clock, feesOf, sandbox, query } = await billed();
    sandbox.desk.relabel("SO-1");
    sandbox.desk.charge("SO-1", { fee: "Credit", amount: -7.42, taxRate: 10 });
    clock.pass(7 * 3600);
    expect(await feesOf()).toEqual(["Credit", "Shipping", "Per Pick Fee", "Shipping"]);
    const { items } = await query({ transaction_types: ["Credit"] });
    expect(items).toMatchObject([{ amount: -7.42, taxes: [{ tax_rate: 10, tax_amount: -0.74 }] }]);
  });

  it("get their invoice later", async () => {
    const { clock, sandbox, feesOf, get, call } = await billed();
    clock.pass(86_400);
    const { id } = sandbox.desk.closeInvoice();
    expect(await feesOf({ invoiced_status: false })).toEqual([]);
    expect(await feesOf({ invoice_ids: [String(id)] })).toHaveLength(2);
    expect(await get("/invoices")).toMatchObject({
      items: [{ invoice_id: id, invoice_date: "2026-11-21", invoice_type: "Shipping", amount: 7.92 }],
    });
    expect(await get(`/invoices/${id}/transactions?SortOrder=Ascending&PageSize=1`)).toMatchObject({
      items: [{ transaction_fee: "Shipping", invoice_id: id, invoice_type: "Shipping" }],
      next: expect.any(String),
    });
    expect((await call("GET", "/2026-01/invoices/1/transactions")).status).toBe(404);
  });

  it("of the last seven days are meant where no date is given; a wrong name says nothing", async () => {
    const { clock, feesOf } = await billed();
    clock.pass(8 * 86_400);
    expect(await feesOf()).toEqual([]);
    expect(await feesOf({ start_date: "2026-11-01" })).toEqual([]);
    expect(await feesOf({ from_date: "2026-11-01T00:00:00Z" })).toHaveLength(2);
  });

  it("are paged by a cursor in the query, which may lead in a circle", async () => {
    const { clock, query, sandbox, post } = await billed();
    clock.pass(86_400);
    const first = await query({ page_size: 1 });
    expect(first.items).toHaveLength(1);
    const second = await query({ page_size: 1 }, first.next ?? "");
    expect(second.items[0]?.transaction_id).not.toBe(first.items[0]?.transaction_id);
    expect(second.next).toBeNull();
    sandbox.switches.billingCursor = "loops";
    const circle = await query({ page_size: 1 }, first.next ?? "");
    expect(circle.next).toBe(first.next);
    expect((await post("/transactions:query", { page_size: 1001 })).status).toBe(400);
  });

  it("are settled on demand: the shipment shows its cost, and one invoice has all of it", async () => {
    const { call, sandbox } = await billed();
    const told = await sandbox.fetch(new Request("http://shipbob.test/sandbox/settle", { method: "POST" }));
    expect(await told.text()).toMatch(/^invoice \d+: 7\.92 USD\n$/);
    expect(sandbox.shipments[0]?.invoiceAmount).toBe(7.92);
    expect((await call("GET", "/2026-01/invoices")).status).toBe(200);
  });

  it("want a token that knows the scope", async () => {
    const { call } = account({ scopes: ["orders_read"] });
    expect((await call("POST", "/2026-01/transactions:query", {})).status).toBe(403);
    expect((await call("GET", "/2026-01/transaction-fees")).status).toBe(403);
  });
});
