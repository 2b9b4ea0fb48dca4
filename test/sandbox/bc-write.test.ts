import { describe, expect, it } from "vitest";
import { businessCentral, invoice, order } from "./bc-fixture.ts";

const codeOf = ({ status, body }: { status: number; body?: { error?: { code: string } } }) => [
  status,
  body?.error?.code,
];

describe("an order", () => {
  it("is created with its lines, a number of its own, totals, and what the customer gives", async () => {
    const { post, desk, bc } = businessCentral();
    const made = await post("salesOrders", order({ externalDocumentNumber: " ss-884213 " }));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      number: "S-ORD101001",
      externalDocumentNumber: "SS-884213",
      status: "Draft",
      customerName: "Adatum Corporation",
      billToCity: "Portland",
      sellToAddressLine1: "1 Market St",
      shipToAddressLine1: "12 Harbour Rd",
      currencyCode: "USD",
      totalAmountExcludingTax: 39.9,
      totalAmountIncludingTax: 39.9,
      fullyShipped: false,
    });
    expect(made.body["@odata.etag"]).toMatch(/^W\/".+"$/);
    expect(desk.orders[0]?.lines).toMatchObject([
      {
        lineObjectNumber: "SKU-100",
        description: "Blue mug",
        shipQuantity: 2,
        invoiceQuantity: 2,
        unitOfMeasureCode: "PCS",
      },
      { lineType: "Comment", description: "Web shop order 884213" },
    ]);
    expect(bc.ledger).toMatchObject([{ action: "POST salesOrders", key: "CRONUS USA, Inc./S-ORD101001" }]);
  });

  it("is validated in the order of its fields: the customer's address overwrites what came before", async () => {
    const { post } = businessCentral();
    const { customerNumber, ...rest } = order();
    const { body } = await post("salesOrders", { ...rest, customerNumber });
    expect(body).toMatchObject({ shipToName: "Adatum Corporation", shipToAddressLine1: "1 Market St" });
  });

  it("may bear an external number that another one has", async () => {
    const { post, desk } = businessCentral();
    await post("salesOrders", order());
    expect((await post("salesOrders", order())).status).toBe(201);
    expect(desk.orders).toHaveLength(2);
  });

  it("is refused for strings that are too long, unknown codes, read-only and unknown fields", async () => {
    const { post, desk, bc } = businessCentral();
    const refusal = async (more: object) => codeOf(await post("salesOrders", order(more)));
    expect(await refusal({ externalDocumentNumber: "X".repeat(36) })).toEqual([
      400,
      "Application_StringExceededLength",
    ]);
    expect(await refusal({ shipToCountry: "XX" })).toEqual([400, "Internal_InvalidTableRelation"]);
    expect(await refusal({ customerNumber: "NOBODY" })).toEqual([400, "Internal_InvalidTableRelation"]);
    expect(await refusal({ customerNumber: undefined })).toEqual([400, "BadRequest_RequiredParamNotProvided"]);
    expect(await refusal({ number: "MINE" })).toEqual([400, "BadRequest_InvalidOperation"]);
    expect(await refusal({ id: "5f3b0d0e-1111-4222-8333-944455566677" })).toEqual([400, "BadRequest_InvalidOperation"]);
    expect(await refusal({ yourReference: "A" })).toEqual([400, "BadRequest"]);
    expect(await refusal({ orderDate: "20.11.2026" })).toEqual([400, "Application_EvaluateException"]);
    expect(await refusal({ customerId: "abc" })).toEqual([400, "Application_InvalidGUID"]);
    expect(await refusal({ shipmentMethodId: "5f3b0d0e-1111-4222-8333-944455566677" })).toEqual([
      400,
      "Internal_RecordNotFound",
    ]);
    expect(desk.orders).toEqual([]);
    expect(bc.ledger).toEqual([]);
  });

  it("keeps an id of the client where the installation takes it", async () => {
    const { post } = businessCentral({ switches: { clientId: "taken" } });
    const id = "5f3b0d0e-1111-4222-8333-944455566677";
    expect((await post("salesOrders", order({ id }))).body.id).toBe(id);
  });

  it("leaves nothing when a line fails; a customisation that commits leaves half of it; a bad update breaks it", async () => {
    const { post, desk, bc } = businessCentral();
    const lines = [
      { lineType: "Item", lineObjectNumber: "SKU-100", quantity: 1 },
      { lineType: "Item", lineObjectNumber: "NO-SUCH", quantity: 1 },
    ];
    const create = async () => codeOf(await post("salesOrders", order({ salesOrderLines: lines })));
    expect(await create()).toEqual([400, "Internal_InvalidTableRelation"]);
    expect(desk.orders).toEqual([]);
    bc.switches.deepInsert = "half";
    await create();
    expect(desk.orders.map(({ lines: kept }) => kept.length)).toEqual([1]);
    bc.switches.deepInsert = "broken";
    expect(await create()).toEqual([400, "BadRequest"]);
    const { body } = await post("salesOrders", order({ salesOrderLines: undefined }));
    const line = await post(`salesOrders(${body.id})/salesOrderLines`, lines[0]);
    expect(line).toMatchObject({ status: 201, body: { sequence: 10_000, documentId: body.id, unitPrice: 19.95 } });
  });

  it("is not made for a customer or an item that is blocked", async () => {
    const { post, desk } = businessCentral();
    desk.blockCustomer("C00120", "Ship");
    expect((await post("salesInvoices", invoice())).status).toBe(201);
    const refused = await post("salesOrders", order());
    expect(codeOf(refused)).toEqual([400, "Application_DialogException"]);
    expect(refused.body.error.message).toContain(
      "You cannot create this type of document when Customer C00120 is blocked with type Ship",
    );
    desk.blockCustomer("C00120", "");
    desk.editItem("SKU-100", { blocked: true });
    expect(codeOf(await post("salesOrders", order()))).toEqual([400, "Application_FieldValidationException"]);
  });
});

describe("amounts", () => {
  it("are right to the cent, with discounts and tax on top or inside", async () => {
    const { post, patch, bc } = businessCentral({ switches: { taxPercent: 8.25 } });
    bc.desk().addItem({ number: "ODD", unitPrice: 0.35 });
    const lines = [
      { lineType: "Item", lineObjectNumber: "ODD", quantity: 1.5 },
      { lineType: "Item", lineObjectNumber: "SKU-100", quantity: 3, discountPercent: 10 },
    ];
    const outside = (await post("salesOrders?$expand=salesOrderLines", order({ salesOrderLines: lines }))).body;
    expect(outside.salesOrderLines).toMatchObject([
      { amountExcludingTax: 0.53, totalTaxAmount: 0.04, amountIncludingTax: 0.57, taxPercent: 8.25 },
      { discountAmount: 5.99, amountExcludingTax: 53.86, totalTaxAmount: 4.44, amountIncludingTax: 58.3 },
    ]);
    expect(outside).toMatchObject({
      totalAmountExcludingTax: 54.39,
      totalTaxAmount: 4.48,
      totalAmountIncludingTax: 58.87,
    });
    const { salesOrderLines: _, ...head } = order();
    const inside = (await post("salesOrders", { ...head, pricesIncludeTax: true, salesOrderLines: lines })).body;
    const moved = await patch(`salesOrders(${outside.id})`, { pricesIncludeTax: true });
    expect(moved.body.totalAmountIncludingTax).toBe(54.39);
    expect(inside).toMatchObject({
      totalAmountExcludingTax: 50.25,
      totalTaxAmount: 4.14,
      totalAmountIncludingTax: 54.39,
    });
  });

  it("follow the invoice discount and the currency of the header", async () => {
    const { post, patch } = businessCentral();
    const { body } = await post("salesOrders", order({ currencyCode: "EUR" }));
    expect(body.currencyCode).toBe("EUR");
    const changed = await patch(`salesOrders(${body.id})`, { discountAmount: 4.9 });
    expect(changed.body).toMatchObject({ discountAmount: 4.9, totalAmountExcludingTax: 35 });
    expect(codeOf(await post("salesOrders", order({ currencyCode: "XXX" })))).toEqual([
      400,
      "Internal_InvalidTableRelation",
    ]);
  });
});

describe("tags", () => {
  it("are needed, and outdated ones are refused with 409 or 412", async () => {
    const { post, patch, remove, json, bc } = businessCentral();
    const { body } = await post("salesOrders", order());
    const path = `salesOrders(${body.id})`;
    const bare = await json(path, { method: "PATCH", body: { email: "a@b.example" } });
    expect(codeOf(bare)).toEqual([400, "BadRequest_InvalidToken"]);
    const changed = await patch(path, { email: "a@b.example" }, body["@odata.etag"]);
    expect(changed).toMatchObject({ status: 200, body: { email: "a@b.example" } });
    expect(codeOf(await patch(path, { email: "c@d.example" }, body["@odata.etag"]))).toEqual([
      409,
      "Request_EntityChanged",
    ]);
    bc.switches.staleTagStatus = 412;
    expect((await remove(path, body["@odata.etag"])).status).toBe(412);
    expect((await remove(path, changed.body["@odata.etag"])).status).toBe(204);
    expect(codeOf(await json(path))).toEqual([404, "BadRequest_ResourceNotFound"]);
  });
});

describe("lines", () => {
  it("can be changed, added and deleted while the order is open", async () => {
    const { post, patch, remove, json, clock } = businessCentral();
    const { body } = await post("salesOrders?$expand=salesOrderLines", order());
    const [first] = body.salesOrderLines;
    clock.pass(60);
    expect((await patch(`salesOrderLines(${first.id})`, { quantity: 3 })).body).toMatchObject({
      shipQuantity: 3,
      amountExcludingTax: 59.85,
    });
    expect((await json(`salesOrders(${body.id})`)).body.lastModifiedDateTime).toBe("2026-11-20T09:01:00.000Z");
    const refused = await patch(`salesOrderLines(${first.id})`, { lineObjectNumber: "SKU-200" });
    expect(codeOf(refused)).toEqual([400, "BadRequest_InvalidOperation"]);
    expect((await remove(`salesOrders(${body.id})/salesOrderLines(${first.id})`)).status).toBe(204);
    expect((await json(`salesOrders(${body.id})`)).body.totalAmountExcludingTax).toBe(0);
  });

  it("move the header's moment by a quantity to ship only where the installation does", async () => {
    const { post, patch, json, clock, bc } = businessCentral();
    const { body } = await post("salesOrders?$expand=salesOrderLines", order());
    const [{ id }] = body.salesOrderLines;
    const momentAfter = async (shipQuantity: number) => {
      clock.pass(60);
      await patch(`salesOrderLines(${id})`, { shipQuantity });
      return (await json(`salesOrders(${body.id})`)).body.lastModifiedDateTime;
    };
    expect(await momentAfter(1)).toBe("2026-11-20T09:00:00.000Z");
    bc.switches.lineTouchesHeader = "always";
    expect(await momentAfter(0)).toBe("2026-11-20T09:02:00.000Z");
    expect(codeOf(await patch(`salesOrderLines(${id})`, { shipQuantity: 3 }))).toEqual([
      400,
      "Application_DialogException",
    ]);
    expect(codeOf(await patch(`salesOrderLines(${id})`, { shipQuantity: 1, invoiceQuantity: 2 }))).toEqual([
      400,
      "Application_DialogException",
    ]);
  });
});

describe("a released order", () => {
  it("refuses what the sheet says and takes the rest", async () => {
    const { post, patch, remove, desk } = businessCentral();
    const { body } = await post("salesOrders?$expand=salesOrderLines", order());
    const [{ id }] = body.salesOrderLines;
    desk.release(body.number);
    const path = `salesOrders(${body.id})`;
    const refusals = [
      await patch(`salesOrderLines(${id})`, { quantity: 1 }),
      await patch(`salesOrderLines(${id})`, { shipmentDate: "2026-11-21" }),
      await remove(`salesOrderLines(${id})`),
      await post(`${path}/salesOrderLines`, { lineType: "Comment", description: "UPS 1Z" }),
      await patch(path, { requestedDeliveryDate: "2026-11-25" }),
      await patch(path, { partialShipping: false }),
      await patch(path, { customerNumber: "C00120" }),
    ];
    for (const refused of refusals) expect(codeOf(refused)).toEqual([400, "Application_FieldValidationException"]);
    expect(refusals[0]?.body.error.message).toContain("Status must be equal to 'Open'  in Sales Header");
    expect((await patch(path, { externalDocumentNumber: "SS-2", shipToCity: "Salem" })).body).toMatchObject({
      status: "Open",
      shipToCity: "Salem",
    });
    expect((await patch(`salesOrderLines(${id})`, { shipQuantity: 1, invoiceQuantity: 1 })).status).toBe(200);
    desk.reopen(body.number);
    expect((await patch(`salesOrderLines(${id})`, { quantity: 1 })).status).toBe(200);
    desk.sendForApproval(body.number);
    expect((await patch(path, { email: "a@b.example" })).body.status).toBe("In_x0020_Review");
  });
});
