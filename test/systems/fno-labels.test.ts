import { describe, expect, it } from "vitest";
import type { FnoLabelSettings } from "../../src/connectors/fno/config.ts";
import type { FnoOptions } from "../../src/sandbox/fno.ts";
import { environment, recordsOf } from "./fno-environment.ts";

const speaker = {
  ItemNumber: "D0001",
  NetProductWeight: 1.2,
  GrossDepth: 30,
  GrossProductWidth: 20.5,
  GrossProductHeight: 10,
  OriginCountryRegionId: "DEU",
  IntrastatCommodityCode: "85182200",
};

function world(forLabels?: FnoLabelSettings, sandbox: Partial<FnoOptions> = {}) {
  const eligible = ["Confirmed", "PartiallyInvoiced"];
  const pair = { flows: { orders: { eligible } } };
  const made = environment({ legalEntities: ["usmf"], pair, sandbox, ...(forLabels ? { forLabels } : {}) });
  made.fno.addProduct("usmf", speaker);
  return made;
}

function addOrder({ fno }: ReturnType<typeof world>, number: string, header: Record<string, string> = {}) {
  const lines = [{ item: "D0001", quantity: 3, price: 41.5 }];
  fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines, header });
}

function addInvoice({ fno }: ReturnType<typeof world>, order: string, invoice: string, day: string) {
  fno.invoice("usmf", order, invoice, { isPartial: true, invoiceDate: day });
}

async function ordersOf({ system }: ReturnType<typeof world>) {
  const records = await recordsOf(system);
  return records.flatMap((record) => system.orderSource().read(record));
}

describe("orders that are to get labels", () => {
  it("have the size and customs of their products", async () => {
    const made = world({});
    addOrder(made, "SO-1");
    const [order] = await ordersOf(made);
    expect(order?.lines[0]).toMatchObject({
      weight: { value: 1.2, unit: "kg" },
      dimensions: { length: 30, width: 20.5, height: 10, unit: "cm" },
      customs: { countryOfOrigin: "DE", commodityCode: "85182200" },
    });
    expect(order).not.toHaveProperty("invoice");
  });

  it("have their newest invoice, by day and then by number, asked for once a page", async () => {
    const made = world({});
    for (const number of ["SO-1", "SO-2", "SO-3"]) addOrder(made, number);
    addInvoice(made, "SO-1", "CIV-9", "2026-11-20");
    addInvoice(made, "SO-1", "CIV-10", "2026-11-20");
    addInvoice(made, "SO-1", "CIV-70", "2026-11-19");
    addInvoice(made, "SO-2", "CIV-8", "2026-11-19");
    expect((await ordersOf(made)).map(({ invoice }) => invoice)).toEqual(["CIV-10", "CIV-8", undefined]);
    expect(made.fno.requests.filter((request) => request.endsWith("SalesInvoiceHeadersV2"))).toHaveLength(1);
  });

  it("count as changed when nothing but their invoice is new", async () => {
    const made = world({}, { switches: { absentSets: ["SalesInvoiceHeadersV2"] } });
    addOrder(made, "SO-1");
    addInvoice(made, "SO-1", "CIV-1", "2026-11-20");
    const [before] = await recordsOf(made.system);
    made.fno.switches.absentSets = [];
    const [after] = await recordsOf(made.system);
    expect(after?.version).not.toBe(before?.version);
  });

  it("have no invoice where F&O does not publish them", async () => {
    const made = world({}, { switches: { absentSets: ["SalesInvoiceHeadersV2"] } });
    addOrder(made, "SO-1");
    expect((await ordersOf(made))[0]).not.toHaveProperty("invoice");
  });

  it("have the invoice of the configured header field, without a call for it", async () => {
    const made = world({ invoiceField: "CTXInvoice" }, { customFields: { CTXInvoice: { type: "Edm.String" } } });
    addOrder(made, "SO-1", { CTXInvoice: "F-77" });
    addOrder(made, "SO-2", { CTXInvoice: "" });
    expect((await ordersOf(made)).map(({ invoice }) => invoice)).toEqual(["F-77", undefined]);
    expect(made.fno.requests.filter((request) => request.endsWith("SalesInvoiceHeadersV2"))).toEqual([]);
  });

  it("are checked for what they need", async () => {
    const made = world({ invoiceField: "CTXInvoice" });
    addOrder(made, "SO-1");
    const checks = await made.system.checks();
    expect(checks.find(({ message }) => message === "has no CTXInvoice")).toMatchObject({ state: "failed" });
    const invoices = (await world({}, { switches: { absentSets: ["SalesInvoiceHeadersV2"] } }).system.checks()).find(
      ({ name }) => name === "F&O SalesInvoiceHeadersV2",
    );
    expect(invoices).toMatchObject({ state: "warning", message: "is not published: labels carry no invoice number" });
  });
});

it("reads none of what labels need for other pairs", async () => {
  const made = world();
  addOrder(made, "SO-1");
  addInvoice(made, "SO-1", "CIV-1", "2026-11-20");
  const [order] = await ordersOf(made);
  expect(order).not.toHaveProperty("invoice");
  expect(order?.lines[0]).not.toHaveProperty("dimensions");
  expect(order?.lines[0]).not.toHaveProperty("customs");
  const asked = made.urls.join("\n");
  expect(asked).not.toContain("SalesInvoiceHeadersV2");
  expect(asked).not.toMatch(/Gross|Origin|Intrastat|HSN/);
});
