import { describe, expect, it } from "vitest";
import { BusinessCentralSandbox } from "../../src/sandbox/bc.ts";
import { seedCompany } from "../../src/sandbox/seed/company.ts";
import { businessCentral, order } from "./bc-fixture.ts";

const codeOf = ({ status, body }: { status: number; body?: { error?: { code: string } } }) => [
  status,
  body?.error?.code,
];

describe("items and customers", () => {
  it("are created, changed and deleted; a number that exists is told", async () => {
    const { post, patch, remove, desk } = businessCentral();
    const made = await post("items", {
      number: "new-1",
      displayName: "New",
      baseUnitOfMeasureCode: "pcs",
      gtin: "4006381333931",
    });
    expect(made).toMatchObject({
      status: 201,
      body: { number: "NEW-1", type: "Inventory", baseUnitOfMeasureCode: "PCS" },
    });
    expect(codeOf(await post("items", { number: "NEW-1" }))).toEqual([400, "Internal_EntityWithSameKeyExists"]);
    expect(codeOf(await post("items", { number: "NEW-2", inventory: 5 }))).toEqual([
      400,
      "Application_DialogException",
    ]);
    expect((await patch(`items(${made.body.id})`, { inventory: 5 })).body.inventory).toBe(5);
    expect(desk.rows("itemLedgerEntries")).toMatchObject([
      { itemNumber: "NEW-1", quantity: 5, documentNumber: "NEW-1" },
    ]);
    expect((await remove(`items(${made.body.id})`)).status).toBe(204);
    const customer = await post("customers", {
      displayName: "Jo Lopez",
      country: "US",
      currencyCode: "EUR",
      email: "jo@lopez.example",
    });
    expect(customer.body).toMatchObject({ number: "C10001", blocked: "_x0020_", currencyCode: "EUR" });
    expect((await patch(`customers(${customer.body.id})`, { blocked: "All" })).body.blocked).toBe("All");
    expect((await post("locations", { code: "X" })).status).toBe(405);
  });
});

describe("attachments", () => {
  it("are created beside their document and then filled", async () => {
    const { post, json, call, desk, bc } = businessCentral();
    const { body } = await post("salesOrders", order());
    const made = await post("documentAttachments", {
      fileName: "tracking.txt",
      parentType: "Sales_x0020_Order",
      parentId: body.id,
    });
    expect(made.body).toMatchObject({ fileName: "tracking.txt", byteSize: 0 });
    const path = `documentAttachments(${made.body.id})/attachmentContent`;
    expect((await call(path, { method: "PATCH", body: "UPS 1Z999" })).status).toBe(400);
    expect((await call(path, { method: "PATCH", body: "UPS 1Z999", headers: { "if-match": "*" } })).status).toBe(204);
    expect(await (await call(path)).text()).toBe("UPS 1Z999");
    expect((await json(`salesOrders(${body.id})/documentAttachments`)).body.value).toMatchObject([{ byteSize: 9 }]);
    expect(new TextDecoder().decode(desk.attachments[0]?.content)).toBe("UPS 1Z999");
    expect(codeOf(await post("documentAttachments", { fileName: "a", parentId: body.id }))).toEqual([
      400,
      "BadRequest_RequiredParamNotProvided",
    ]);
    bc.switches.documentAttachments = "absent";
    expect((await json("documentAttachments")).status).toBe(404);
  });
});

describe("a seeded company", () => {
  it("has items that can be sold and customers who buy them", () => {
    const clock = { now: () => new Date("2026-11-20T09:00:00Z") };
    const desk = new BusinessCentralSandbox({ clock, tenantId: "t", accepts: () => true }).desk();
    seedCompany(desk);
    const [customer] = desk.rows("customers");
    const lines = desk.rows("items").map(({ number = "" }) => ({ lineObjectNumber: number, quantity: 1 }));
    const number = desk.addOrder({ customerNumber: customer?.number ?? "" }, lines);
    desk.post(number);
    expect(desk.invoices[0]?.header.totalAmountExcludingTax).toBe(2246.5);
    expect(desk.rows("items").map((item) => item.number)).toContain("RFI-TEST-001");
  });
});
