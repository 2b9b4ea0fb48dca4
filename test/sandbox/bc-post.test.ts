import { describe, expect, it } from "vitest";
import { businessCentral, invoice, order } from "./bc-fixture.ts";

const act = "Microsoft.NAV.";
const line = (number: string, quantity: number, more: object = {}) => ({
  lineType: "Item",
  lineObjectNumber: number,
  quantity,
  ...more,
});

describe("a draft invoice", () => {
  it("keeps its id when posted, gets another number, and is refused a second time", async () => {
    const { post, json, desk, bc } = businessCentral();
    const { body: draft } = await post("salesInvoices", invoice());
    expect(draft).toMatchObject({
      number: "S-INV102001",
      status: "Draft",
      remainingAmount: 0,
      totalAmountIncludingTax: 66.1,
    });
    expect(await post(`salesInvoices(${draft.id})/${act}post`)).toEqual({ status: 204, body: undefined });
    const { body: posted } = await json(`salesInvoices(${draft.id})`);
    expect(posted).toMatchObject({ id: draft.id, number: "PS-INV103001", status: "Open", remainingAmount: 66.1 });
    const again = await post(`salesInvoices(${draft.id})/${act}post`);
    expect(again.body.error).toMatchObject({
      code: "Application_DialogException",
      message: expect.stringContaining("draft invoice only"),
    });
    expect(bc.ledger.map(({ action }) => action)).toEqual(["POST salesInvoices", "post salesInvoices"]);
    expect(desk.rows("itemLedgerEntries")).toMatchObject([{ quantity: -3, documentType: "Sales_x0020_Invoice" }]);
  });

  it("takes due dates only once it is posted, and cannot be deleted", async () => {
    const { post, patch, remove } = businessCentral();
    const { body } = await post("salesInvoices?$expand=salesInvoiceLines", invoice());
    const path = `salesInvoices(${body.id})`;
    expect((await patch(path, { customerPurchaseOrderReference: "PO 1" })).body.customerPurchaseOrderReference).toBe(
      "PO 1",
    );
    await post(`${path}/${act}post`);
    expect((await patch(path, { dueDate: "2026-12-20" })).body.dueDate).toBe("2026-12-20");
    expect((await patch(path, { email: "x@y.example" })).status).toBe(400);
    expect((await patch(`salesInvoiceLines(${body.salesInvoiceLines[0].id})`, { quantity: 1 })).status).toBe(400);
    expect((await remove(path)).status).toBe(400);
  });

  it("is cancelled by a posted credit memo, and corrected by a drafted one", async () => {
    const { post, json, desk } = businessCentral();
    const { body } = await post("salesInvoices", invoice());
    const path = `salesInvoices(${body.id})`;
    expect((await post(`${path}/${act}cancel`)).body.error.message).toContain("posted invoice only");
    await post(`${path}/${act}post`);
    expect((await post(`${path}/${act}makeCorrectiveCreditMemo`)).status).toBe(204);
    expect((await post(`${path}/${act}cancel`)).status).toBe(204);
    expect((await json(path)).body).toMatchObject({ status: "Canceled", remainingAmount: 0 });
    expect((await json("salesCreditMemos")).body.value).toMatchObject([
      { status: "Draft", invoiceNumber: "PS-INV103001" },
      { status: "Corrective", totalAmountIncludingTax: 66.1 },
    ]);
    expect(desk.rows("items").find(({ number }) => number === "SKU-100")?.inventory).toBe(0);
    expect((await post(`${path}/${act}explode`)).status).toBe(404);
  });
});

describe("an order", () => {
  it("that is shipped and invoiced is gone, and found in shipments and invoices by its number", async () => {
    const { post, json, filter } = businessCentral();
    const { body } = await post("salesOrders", order());
    expect((await post(`salesOrders(${body.id})/${act}shipAndInvoice`)).status).toBe(204);
    expect((await json(`salesOrders(${body.id})`)).body.error.code).toBe("BadRequest_ResourceNotFound");
    const [shipment] = (await filter("salesShipments", `orderNumber eq '${body.number}'`)).value;
    expect(shipment).toMatchObject({
      number: "S-SHPT102001",
      externalDocumentNumber: "SS-884213",
      shipToName: "Maria Keller",
    });
    const lines = (await json(`salesShipments(${shipment.id})/salesShipmentLines`)).body.value;
    expect(lines).toMatchObject([
      { lineType: "Item", lineObjectNumber: "SKU-100", quantity: 2, documentNo: "S-SHPT102001" },
      { lineType: "_x0020_", description: "Web shop order 884213" },
    ]);
    const [made] = (await filter("salesInvoices", `orderId eq ${body.id}`)).value;
    expect(made).toMatchObject({
      number: "PS-INV103001",
      orderNumber: body.number,
      status: "Open",
      totalAmountIncludingTax: 39.9,
    });
    expect(made.id).not.toBe(body.id);
  });

  it("that is posted in parts stays until the last, and the parts add up to the cent", async () => {
    const { post, patch, json, desk } = businessCentral({ switches: { taxPercent: 7.75 } });
    const lines = [line("SKU-100", 3, { discountAmount: 1 }), line("SKU-200", 1)];
    const { body } = await post(
      "salesOrders?$expand=salesOrderLines",
      order({ salesOrderLines: lines, discountAmount: 1 }),
    );
    const [first, second] = body.salesOrderLines;
    const ship = async (ofFirst: number, ofSecond: number) => {
      await patch(`salesOrderLines(${first.id})`, { shipQuantity: ofFirst, invoiceQuantity: ofFirst });
      await patch(`salesOrderLines(${second.id})`, { shipQuantity: ofSecond, invoiceQuantity: ofSecond });
      return post(`salesOrders(${body.id})/${act}shipAndInvoice`);
    };
    expect((await ship(1, 0)).status).toBe(204);
    const { body: left } = await json(`salesOrders(${body.id})?$expand=salesOrderLines`);
    expect(left).toMatchObject({ fullyShipped: false });
    expect(left.salesOrderLines).toMatchObject([
      { shippedQuantity: 1, invoicedQuantity: 1, shipQuantity: 2, invoiceQuantity: 2 },
      { shippedQuantity: 0, shipQuantity: 1 },
    ]);
    expect((await ship(0, 0)).body.error.message).toContain("There is nothing to post");
    await ship(1, 1);
    await ship(1, 0);
    expect(desk.orders).toEqual([]);
    expect(desk.shipments).toHaveLength(3);
    const parts = desk.invoices.flatMap(({ lines: kept }) =>
      kept.map(({ amountExcludingTax }) => Number(amountExcludingTax)),
    );
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(83.35, 6);
    const discounts = desk.invoices.map(({ header }) => Number(header.discountAmount));
    expect(discounts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 6);
  });

  it("is refused where a warehouse must handle it; its people ship it there", async () => {
    const { post, filter, desk, bc, json } = businessCentral({ switches: { warehouseLocations: ["EAST"] } });
    const east = (await filter("locations", "code eq 'EAST'")).value[0];
    const { body } = await post(
      "salesOrders",
      order({ salesOrderLines: [line("SKU-100", 2, { locationId: east.id })] }),
    );
    const refused = await post(`salesOrders(${body.id})/${act}shipAndInvoice`);
    expect(refused.body.error.message).toContain("Warehouse handling is required for");
    expect(desk.shipFromWarehouse(body.number, { 10000: 1 })).toBe("S-SHPT102001");
    expect((await json(`salesOrders(${body.id})?$expand=salesOrderLines`)).body).toMatchObject({
      status: "Open",
      salesOrderLines: [{ shippedQuantity: 1, invoicedQuantity: 0 }],
    });
    bc.switches.warehouseLocations = [];
    desk.post(body.number);
    expect([desk.orders.length, desk.shipments.length, desk.invoices[0]?.header.totalAmountIncludingTax]).toEqual([
      0, 2, 39.9,
    ]);
  });
});

describe("posting is refused", () => {
  const refusalOf = async (prepare: (all: ReturnType<typeof businessCentral>, number: string) => void) => {
    const all = businessCentral();
    const { body } = await all.post("salesInvoices", invoice());
    prepare(all, body.number);
    const { status, body: answer } = await all.post(`salesInvoices(${body.id})/${act}post`);
    const { body: after } = await all.json(`salesInvoices(${body.id})`);
    return { status, ...answer?.error, after: after.status };
  };
  const isRefused = (message: string) => ({
    status: 400,
    code: "Application_DialogException",
    message: expect.stringContaining(message),
    after: "Draft",
  });

  it("outside the period that is open", async () => {
    const closed = await refusalOf(({ desk }) => desk.closePeriod("2026-11-30"));
    expect(closed).toEqual(isRefused("Posting Date is not within your range of allowed posting dates"));
    expect(closed.message).toMatch(/CorrelationId: {2}[0-9a-f-]{36}\.$/);
    expect((await refusalOf(({ desk }) => desk.closePeriod("2026-11-19"))).after).toBe("Open");
  });

  it("for a customer who was blocked since", async () => {
    expect(await refusalOf(({ desk }) => desk.blockCustomer("C00120"))).toEqual(
      isRefused("You cannot post this type of document when Customer C00120 is blocked with type All"),
    );
  });

  it("for an item without posting groups", async () => {
    const refused = await refusalOf(({ desk }) => desk.editItem("SKU-100", { generalProductPostingGroupCode: "" }));
    expect(refused).toMatchObject({ code: "Application_FieldValidationException", after: "Draft" });
  });

  it("for what a person set up against one document", async () => {
    expect(await refusalOf(({ desk }, number) => desk.refusePosting(number, "dimensionMissing"))).toEqual(
      isRefused("Select a Dimension Value Code"),
    );
    expect(await refusalOf(({ desk }, number) => desk.refusePosting(number, "needsDialog"))).toMatchObject({
      code: "Application_CallbackNotAllowed",
    });
    expect(await refusalOf(({ desk }, number) => desk.refusePosting(number, "Nein."))).toEqual(isRefused("Nein."));
    const lifted = await refusalOf(({ desk }, number) => {
      desk.refusePosting(number, "periodClosed");
      desk.allowPosting(number);
    });
    expect(lifted.after).toBe("Open");
  });

  it("as often as was said", async () => {
    const { post, desk } = businessCentral();
    const { body } = await post("salesInvoices", invoice());
    desk.refusePosting(body.id, "periodClosed", 1);
    const statuses = [];
    for (const _ of [1, 2]) statuses.push((await post(`salesInvoices(${body.id})/${act}post`)).status);
    expect(statuses).toEqual([400, 204]);
  });

  it("without the permission sets for it", async () => {
    const refused = await refusalOf(({ bc }) => {
      bc.switches.permissionSets = "withoutPosting";
    });
    expect(refused).toMatchObject({
      status: 403,
      after: "Draft",
      message: expect.stringContaining("permissions on TableData"),
    });
  });
});

describe("posting in the background", () => {
  it("answers 204 and leaves a draft until the job queue runs", async () => {
    const { post, json, desk } = businessCentral({ switches: { posting: "queued" } });
    const { body } = await post("salesInvoices", invoice());
    const { body: bad } = await post("salesInvoices", invoice());
    await post(`salesInvoices(${bad.id})/${act}post`);
    desk.refusePosting(bad.id, "periodClosed");
    expect((await post(`salesInvoices(${body.id})/${act}post`)).status).toBe(204);
    expect((await json(`salesInvoices(${body.id})`)).body.status).toBe("Draft");
    expect(desk.runJobs()).toEqual(["Posting Date is not within your range of allowed posting dates."]);
    expect((await json(`salesInvoices(${body.id})`)).body.status).toBe("Open");
  });
});

describe("people", () => {
  it("enter, edit, post, pay and delete documents", async () => {
    const { desk } = businessCentral();
    const number = desk.addOrder({ customerNumber: "C00120" }, [{ lineObjectNumber: "SKU-200", quantity: 2 }]);
    desk.editOrder(number, { discountAmount: 9 });
    desk.editOrderLine(number, 10_000, { quantity: 1 });
    expect(desk.orders[0]?.header.totalAmountExcludingTax).toBe(15.5);
    desk.release(number);
    expect(() => desk.editOrderLine(number, 10_000, { quantity: 5 })).toThrow("Status must be equal to 'Open'");
    desk.post(number, { ship: true, invoice: false });
    desk.post(number);
    const [made] = desk.invoices;
    desk.pay(String(made?.header.number));
    expect(desk.invoices[0]?.header).toMatchObject({
      status: "Paid",
      remainingAmount: 0,
      totalAmountIncludingTax: 15.5,
    });
    const other = desk.addOrder({ customerNumber: "C00120" }, []);
    desk.deleteDocument(other);
    expect(desk.orders).toEqual([]);
    expect(() => desk.post("S-ORD9")).toThrow("no order or invoice S-ORD9");
  });
});
