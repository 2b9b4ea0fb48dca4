import { describe, expect, it } from "vitest";
import { businessCentral, order, root } from "./bc-fixture.ts";

const numbersOf = (page: { value: { number: string }[] }) => page.value.map(({ number }) => number);

describe("addresses", () => {
  it("lists companies with what the sheet says of them", async () => {
    const { json, desk } = businessCentral({
      companies: [{ name: "CRONUS USA, Inc." }, { name: "Berlin", currency: "EUR" }],
    });
    const { body } = await json("/companies");
    expect(body.value.map(({ name }: { name: string }) => name)).toEqual(["CRONUS USA, Inc.", "Berlin"]);
    expect(Object.keys(body.value[0])).toContain("businessProfileId");
    expect((await json(`/companies(${desk.company.id})`)).body.name).toBe("CRONUS USA, Inc.");
    expect((await json("/companies?$filter=name eq 'Berlin'&$select=name")).body.value).toEqual([{ name: "Berlin" }]);
  });

  it("takes the address without the tenant, with another spelling of the environment, and with the company as query", async () => {
    const { json, bc } = businessCentral();
    const other = root.replace(/5a11d000[^/]+\/production/, "Production");
    expect((await json(`${other}/items?company=CRONUS%20USA%2C%20Inc.`)).body.value).toHaveLength(2);
    bc.switches.environmentCase = "kept";
    expect((await json(`${other}/companies`)).status).toBe(404);
  });

  it("answers an unknown company, set or id with 404 and the vendor's codes", async () => {
    const { json, bc } = businessCentral();
    const codeOf = async (path: string) => {
      const { status, body } = await json(path);
      return [status, body.error.code];
    };
    const nowhere = "/companies(00000000-1111-4222-8333-444444444444)/items";
    expect(await codeOf(nowhere)).toEqual([404, "Internal_CompanyNotFound"]);
    bc.switches.companyNotFoundCode = "BadRequest_ResourceNotFound";
    expect(await codeOf(nowhere)).toEqual([404, "BadRequest_ResourceNotFound"]);
    expect(await codeOf("shippingAgents")).toEqual([404, "BadRequest_ResourceNotFound"]);
    expect(await codeOf("items(00000000-1111-4222-8333-444444444444)")).toEqual([404, "BadRequest_ResourceNotFound"]);
    expect(await codeOf("items(abc)")).toEqual([400, "BadRequest_InvalidRequestUrl"]);
  });

  it("puts the correlation id at the end of the message", async () => {
    const { json } = businessCentral();
    const { body } = await json("nothing");
    expect(body.error.message).toMatch(/ CorrelationId: {2}[0-9a-f-]{36}\.$/);
  });

  it("publishes its fields in $metadata", async () => {
    const { call } = businessCentral();
    const text = await (await call("/$metadata")).text();
    expect(text).toContain('<Property Name="externalDocumentNumber" Type="Edm.String" MaxLength="35" />');
    expect(text).toContain('<Member Name="In_x0020_Review" />');
  });
});

describe("filters", () => {
  it("understands comparisons, and, or on one field, not, functions and dates", async () => {
    const { filter, desk } = businessCentral();
    desk.addItem({ number: "A-1", displayName: "Bag" });
    expect(numbersOf(await filter("items", "startswith(number,'SKU') and unitPrice gt 20"))).toEqual(["SKU-200"]);
    expect(numbersOf(await filter("items", "number eq 'a-1' or number eq 'SKU-100'"))).toEqual(["SKU-100", "A-1"]);
    expect(numbersOf(await filter("items", "not (unitPrice ge 19.95)"))).toEqual(["A-1"]);
    expect(numbersOf(await filter("items", "contains(displayName,'mug') and endswith(number,'200')"))).toEqual([
      "SKU-200",
    ]);
    expect(numbersOf(await filter("items", "blocked eq false and type eq 'Inventory'"))).toHaveLength(3);
  });

  it("ignores a lambda", async () => {
    const { filter } = businessCentral();
    expect(numbersOf(await filter("items", "itemVariants/any(v:v/code eq 'X') and unitPrice lt 20"))).toEqual([
      "SKU-100",
    ]);
  });

  it("refuses or across fields, unknown fields, and values of another kind", async () => {
    const { filter } = businessCentral();
    for (const text of [
      "number eq 'A' or displayName eq 'B'",
      "weight gt 1",
      "unitPrice gt '1'",
      "lastModifiedDateTime gt 2026-11-20",
      "type eq 'Non-Inventory'",
      "number in ('SKU-100')",
      "number",
    ])
      expect((await filter("items", text)).error.code, text).toBe("BadRequest");
  });

  it("takes in with schema version 2.1 only", async () => {
    const { json } = businessCentral();
    const { body } = await json("items?$schemaversion=2.1&$filter=number in ('SKU-200','X')");
    expect(numbersOf(body)).toEqual(["SKU-200"]);
  });

  it("finds what changed since a moment on every set, and nothing by a moment of stock", async () => {
    const { filter, desk, clock } = businessCentral();
    const since = () => `lastModifiedDateTime gt ${new Date(clock.now().getTime() - 1).toISOString()}`;
    clock.pass(60);
    desk.editItem("SKU-200", { unitPrice: 25 });
    expect(numbersOf(await filter("items", since()))).toEqual(["SKU-200"]);
    clock.pass(60);
    const before = await filter("items", "number eq 'SKU-100'");
    desk.countStock("SKU-100", 40);
    expect((await filter("items", "number eq 'SKU-100'")).value[0]["@odata.etag"]).toBe(before.value[0]["@odata.etag"]);
    expect(numbersOf(await filter("items", since()))).toEqual([]);
    expect(numbersOf(await filter("items", "inventory eq 40"))).toEqual(["SKU-100"]);
    expect((await filter("itemLedgerEntries", "entryNumber gt 0")).value[0]).toMatchObject({
      itemNumber: "SKU-100",
      quantity: 40,
      entryType: "Positive_x0020_Adjmt_x002E_",
      documentNumber: "SKU-100",
    });
    for (const set of ["customers", "salesOrders", "salesInvoices", "salesShipments", "locations", "itemVariants"])
      expect((await filter(set, since())).value, set).toEqual([]);
  });
});

describe("pages", () => {
  it("are as long as Prefer asks, and lead on by their next link", async () => {
    const { json, desk } = businessCentral();
    for (let index = 0; index < 5; index += 1) desk.addItem({ number: `N-${index}` });
    const prefer = { headers: { prefer: "odata.maxpagesize=3" } };
    const seen: string[] = [];
    let next = "items?$count=true";
    for (let page = 0; page < 3 && next; page += 1) {
      const { body } = await json(next, prefer);
      expect(body["@odata.count"]).toBe(7);
      seen.push(...numbersOf(body));
      next = body["@odata.nextLink"];
      // A record that is gone does not shift the pages behind it.
      if (page === 0) desk.deleteItem("SKU-100");
      if (page === 0) desk.addItem({ number: "LATE" });
    }
    expect(next).toBeUndefined();
    expect(seen).toEqual(["SKU-100", "SKU-200", "N-0", "N-1", "N-2", "N-3", "N-4", "LATE"]);
  });

  it("of more than 20,000 are refused with 413", async () => {
    const { call } = businessCentral();
    expect((await call("items", { headers: { prefer: "odata.maxpagesize=20001" } })).status).toBe(413);
  });

  it("follow an order where one is asked", async () => {
    const { json } = businessCentral();
    const first = (await json("items?$orderby=unitPrice desc", { headers: { prefer: "odata.maxpagesize=1" } })).body;
    expect(numbersOf(first)).toEqual(["SKU-200"]);
    expect(numbersOf((await json(first["@odata.nextLink"])).body)).toEqual(["SKU-100"]);
    expect(numbersOf((await json("items?$orderby=number&$skip=1&$top=1")).body)).toEqual(["SKU-200"]);
  });
});

describe("records", () => {
  it("show the fields that were selected, and their lines and relations when expanded", async () => {
    const { json, post } = businessCentral();
    const { body: made } = await post("salesOrders", order());
    const path = `salesOrders(${made.id})?$select=number&$expand=salesOrderLines($select=sequence,quantity),customer($select=number),currency`;
    const { body } = await json(path);
    expect(Object.keys(body).filter((name) => !name.startsWith("@"))).toEqual([
      "number",
      "salesOrderLines",
      "customer",
      "currency",
    ]);
    expect(body.salesOrderLines).toMatchObject([
      { sequence: 10_000, quantity: 2 },
      { sequence: 20_000, quantity: 0 },
    ]);
    expect(body.customer).toMatchObject({ number: "C00120" });
    expect(body.currency).toBeNull();
    expect((await json("salesOrders?$expand=salesOrderLines(")).status).toBe(400);
    expect((await json(`salesOrders(${made.id})/customer`)).body.displayName).toBe("Adatum Corporation");
  });

  it("hold enums encoded and empty values in their own form", async () => {
    const { json } = businessCentral();
    const { body } = await json("customers");
    expect(body.value[0]).toMatchObject({
      blocked: "_x0020_",
      type: "Company",
      currencyId: "00000000-0000-0000-0000-000000000000",
      taxLiable: false,
      website: "",
    });
  });

  it("of lines are listed for one document only", async () => {
    const { json, post } = businessCentral();
    const { body: made } = await post("salesOrders", order());
    expect((await json("salesOrderLines")).body.error.message).toContain("You must specify an Id or a Document Id");
    expect((await json(`salesOrders(${made.id})/salesOrderLines`)).body.value).toHaveLength(2);
    expect((await json(`salesOrderLines?$filter=documentId eq ${made.id}`)).body.value).toHaveLength(2);
  });

  it("lag behind on the read replica, and ReadOnly is for GET only", async () => {
    const { json, bc, desk, clock, post } = businessCentral();
    const replica = { headers: { "data-access-intent": "ReadOnly" } };
    bc.switches.replicaLagMs = 10_000;
    clock.pass(60);
    desk.editItem("SKU-100", { unitPrice: 21 });
    desk.addItem({ number: "NEW" });
    const prices = async (more = {}) =>
      (await json("items", more)).body.value.map(({ unitPrice }: { unitPrice: number }) => unitPrice);
    expect(await prices()).toEqual([21, 24.5, 0]);
    expect(await prices(replica)).toEqual([19.95, 24.5]);
    clock.pass(11);
    expect(await prices(replica)).toEqual([21, 24.5, 0]);
    expect((await post("salesOrders", order(), { "data-access-intent": "ReadOnly" })).status).toBe(400);
  });
});
