import { describe, expect, it } from "vitest";
import { BcClient } from "../../src/connectors/bc/client.ts";
import { bcPairSettings, bcSettings } from "../../src/connectors/bc/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { UnknownOutcomeError } from "../../src/core/errors.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { type BcSwitches, BusinessCentralSandbox } from "../../src/sandbox/bc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { all } from "./bc-kit.ts";

const tenantId = "5a11d000-0000-4000-8000-00000000cafe";
const clientId = "b0a7c1de-0000-4000-8000-000000000001";
const line = { lineType: "Item" as const, lineObjectNumber: "SKU-100", quantity: 2, unitPrice: 19.95 };
const ship = { shipToName: "Maria Keller", shipToAddressLine1: "12 Harbour Rd", shipToCity: "Portland" };
const header = { customerNumber: "C00120", externalDocumentNumber: "SS-884213", ...ship };
const order = { ...header, orderDate: "2026-11-20", salesOrderLines: [line, { ...line, lineObjectNumber: "SKU-200" }] };
const invoice = {
  ...header,
  invoiceDate: "2026-11-20",
  salesInvoiceLines: [line, { lineType: "Account" as const, lineObjectNumber: "40200", quantity: 1, unitPrice: 7.25 }],
};

function world(switches: Partial<BcSwitches> = {}) {
  const clock = jumpingClock(new Date("2026-11-20T09:00:00Z"));
  const entra = new EntraSandbox({
    clock,
    tenantId,
    clientId,
    clientSecret: "s3cret",
    environmentHost: "api.businesscentral.dynamics.com",
  });
  // Consent is given in Entra, and what it gives stands in the token.
  if (switches.consent === "missing") entra.roles = [];
  const reached: string[] = [];
  const hook: typeof fetch = async (input) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    reached.push(url.href);
    return new Response(url.searchParams.get("validationToken"));
  };
  const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));
  const accepts = (token: string) => entra.accepts(token);
  const bc = new BusinessCentralSandbox({ clock, tenantId, accepts, switches, fetch: hook, sleep });
  const desk = bc.desk();
  desk.addItem({ number: "SKU-100", displayName: "Blue mug", unitPrice: 19.95 });
  desk.addItem({ number: "SKU-200", displayName: "Red mug", unitPrice: 24.5 });
  desk.addCustomer({ number: "C00120", displayName: "Adatum", email: "ap@adatum.example", country: "US" });
  const client = new BcClient({
    settings: bcSettings.parse({ tenantId, environment: "production", company: "CRONUS USA, Inc.", clientId }),
    secrets: { clientSecret: new Secret("s3cret") },
    tokens: memoryTokenCache(),
    fetch: async (input) => {
      const request = new Request(input);
      return new URL(request.url).host.startsWith("login.") ? entra.fetch(request) : bc.fetch(request);
    },
    clock,
    random: () => 1,
  });
  return { client, clock, bc, desk, reached };
}

describe("against the simulated Business Central", () => {
  it("looks at the company and finds all that it needs", async () => {
    const { client } = world();
    expect(await client.look()).toMatchObject({ company: { name: "CRONUS USA, Inc." }, hidden: [] });
  });

  it.each<[string, Partial<BcSwitches>, RegExp]>([
    [
      "consent is missing",
      { consent: "missing" },
      /: the app's token carries no API.ReadWrite.All, so admin consent is missing$/,
    ],
    ["the app is disabled", { app: "disabled" }, /is not enabled inside/],
    ["the app is absent, told in XML", { app: "absent", unauthorizedBody: "xml" }, /is not enabled inside/],
  ])("is refused when %s", async (_name, switches, message) => {
    const { client } = world(switches);
    await expect(client.look()).rejects.toMatchObject({ name: "AuthError", message: expect.stringMatching(message) });
  });

  it.each<[string, BcSwitches["forbidden"]]>([
    ["403", { status: 403, code: "Authorization_RequestDenied" }],
    ["400", { status: 400, code: "Application_DialogException" }],
    ["500", { status: 500, code: "Internal_ServerError" }],
  ])("names the sets without permission, told by %s", async (_name, forbidden) => {
    const { client } = world({ forbidden, forbiddenSets: ["salesShipments"] });
    const { hidden } = await client.look();
    expect(hidden.map(({ set }) => set)).toEqual(["salesShipments"]);
  });

  it("polls items page by page, again only what changed", async () => {
    const { client, clock, desk } = world();
    for (let count = 0; count < 700; count += 1) desk.addItem({ number: `BULK-${count}`, displayName: "Bulk" });
    const first = await all(client.masterData.items({}));
    expect(first.flatMap(({ records }) => records)).toHaveLength(702);
    expect(first.length).toBeGreaterThan(1);
    clock.advance(3_600_000);
    desk.editItem("SKU-100", { displayName: "Blue mug, large" });
    const since = first.at(-1)?.cursor;
    const again = await all(
      client.masterData.items({ since: since && new Date(clock.now().getTime() - 60_000).toISOString() }),
    );
    expect(again.flatMap(({ records }) => records.map(({ payload }) => payload))).toMatchObject([
      { number: "SKU-100" },
    ]);
  });

  it("finds and makes customers", async () => {
    const { client } = world();
    await client.masterData.createCustomer({
      displayName: "O'Hara",
      type: "Person",
      email: "Bo@x.example",
      country: "US",
    });
    const found = await client.masterData.customersByEmail(["Bo@x.example", "ap@adatum.example"]);
    expect(found.value.map(({ displayName }) => displayName).sort()).toEqual(["Adatum", "O'Hara"]);
    expect((await client.masterData.customersByNumber(["C00120"])).value).toMatchObject([
      { type: "Company", blocked: "" },
    ]);
    expect((await client.masterData.locations()).value.map(({ code }) => code)).toEqual(["MAIN", "EAST"]);
  });

  it("books a draft invoice, posts it, and reads the same id back", async () => {
    const { client, bc } = world();
    const { value: draft } = await client.sales.createSalesInvoice(invoice);
    expect(draft).toMatchObject({ status: "Draft", externalDocumentNumber: "SS-884213" });
    await client.sales.addLines({ set: "salesInvoices", id: draft.id, number: draft.number }, [
      { lineType: "Comment", description: "UPS 1Z999" },
    ]);
    await client.sales.post(draft.id, draft.number);
    const posted = await client.sales.salesInvoice(draft.id, draft.number);
    expect(posted?.value).toMatchObject({ id: draft.id, status: "Open", totalAmountIncludingTax: 47.15 });
    expect(posted?.value.salesInvoiceLines?.map(({ lineType }) => lineType)).toEqual(["Item", "Account", "Comment"]);
    const found = await client.sales.byExternalNumber(["SS-884213", "SS-1"]);
    expect([found.value.orders.length, found.value.invoices.length]).toEqual([0, 1]);
    await expect(client.sales.post(draft.id, draft.number)).rejects.toMatchObject({ name: "RejectedError" });
    expect(bc.ledger.filter(({ action }) => String(action).includes("post"))).toHaveLength(1);
  });

  it("ships and invoices part of an order, then the rest, after which the order is gone", async () => {
    const { client } = world();
    const { value: made } = await client.sales.createSalesOrder(order);
    const open = await client.sales.salesOrder(made.id, made.number);
    const [first, second] = open?.value.salesOrderLines ?? [];
    if (!first || !second) throw new Error("the order has no lines");
    await client.sales.setQuantities(made, [{ id: first.id, shipQuantity: 1, invoiceQuantity: 1 }]);
    await client.sales.shipAndInvoice(made.id, made.number);
    const after = (await client.sales.salesOrder(made.id, made.number))?.value.salesOrderLines;
    expect(after?.map(({ shippedQuantity, invoicedQuantity }) => [shippedQuantity, invoicedQuantity])).toEqual([
      [1, 1],
      [0, 0],
    ]);
    await client.sales.setQuantities(made, [
      { id: first.id, shipQuantity: 1, invoiceQuantity: 1 },
      { id: second.id, shipQuantity: 2, invoiceQuantity: 2 },
    ]);
    await client.sales.shipAndInvoice(made.id, made.number);
    expect(await client.sales.salesOrder(made.id, made.number)).toBeUndefined();
    const found = await client.sales.byOrderNumber([made.number]);
    expect([found.value.invoices.length, found.value.shipments.length]).toEqual([2, 2]);
    const [shipment] = (await client.sales.shipmentsOf([made.number])).value;
    expect(shipment?.salesShipmentLines?.[0]).toMatchObject({ lineObjectNumber: "SKU-100", quantity: 1 });
  });

  it("changes a header from what it held, whichever status a stale tag has", async () => {
    for (const staleTagStatus of [409, 412] as const) {
      const { client, desk } = world({ staleTagStatus });
      const { value: held } = await client.sales.createSalesOrder(order);
      desk.editOrder(held.number, { shipToCity: "Salem" });
      const { value: changed } = await client.sales.changeSalesOrder(held, { externalDocumentNumber: "ss-2" });
      expect(changed).toMatchObject({ externalDocumentNumber: "SS-2", shipToCity: "Salem" });
      desk.editOrder(held.number, { shipToCity: "Eugene" });
      await expect(client.sales.changeSalesOrder(changed, { shipToCity: "Bend" })).rejects.toMatchObject({
        name: "NotYetError",
      });
      const fresh = await client.sales.salesOrder(held.id, held.number);
      if (fresh) await client.sales.deleteSalesOrder(fresh.value);
      expect(desk.orders).toHaveLength(0);
    }
  });

  it("leaves open what became of an order when the gateway gave up, and finds it then", async () => {
    const { client } = world({ gatewayTimeouts: 1 });
    await expect(client.sales.createSalesOrder(order)).rejects.toBeInstanceOf(UnknownOutcomeError);
    const found = await client.sales.byExternalNumber([order.externalDocumentNumber]);
    expect(found.value.orders).toHaveLength(1);
  });

  it("completes a change whose answer the gateway swallowed", async () => {
    const { client, bc } = world();
    const { value: held } = await client.sales.createSalesOrder(order);
    bc.switches.gatewayTimeouts = 1;
    const { value } = await client.sales.changeSalesOrder(held, { shipToCity: "Bend" });
    expect(value.shipToCity).toBe("Bend");
    expect(bc.requests.filter((request) => request.startsWith("PATCH"))).toHaveLength(2);
  });

  it("writes tracking by each route", async () => {
    const { client, desk } = world({ page42: "published" });
    const { fields } = bcPairSettings.parse({}).tracking.customApi;
    const values = { shippingAgentCode: "UPS", shippingAgentServiceCode: "GROUND", packageTrackingNo: "1Z999" };
    const { value: made } = await client.sales.createSalesOrder(order);
    const row = await client.tracking.page42Order("SalesOrder", made.number);
    if (!row) throw new Error("page 42 has no such order");
    await client.tracking.writePage42Order("SalesOrder", row.value, { values, document: made.number });
    const parent = { type: "Sales Order" as const, id: made.id, number: made.number };
    const file = { name: "tracking.txt", type: "text/plain", bytes: new TextEncoder().encode("UPS 1Z999") };
    await client.tracking.attach(parent, file);
    await client.tracking.attach(parent, file);
    expect(desk.attachments).toHaveLength(1);
    await client.sales.shipAndInvoice(made.id, made.number);
    const api = { path: "contoso/shipping/v1.0/salesShipments", fields };
    const { value: rows } = await client.tracking.customRows(api, "orderNumber", made.number);
    expect(rows).toMatchObject([values]);
    const [posted] = rows;
    if (!posted || typeof posted.id !== "string") throw new Error("no posted shipment");
    const longer = { ...posted, id: posted.id };
    await client.tracking.writeCustomRow(api, longer, {
      values: { packageTrackingNo: "1Z998" },
      document: made.number,
    });
    expect((await client.tracking.customRows(api, "orderNumber", made.number)).value).toMatchObject([
      { packageTrackingNo: "1Z998" },
    ]);
    const agents = await client.tracking.shippingAgents({ path: "contoso/shipping/v1.0/shippingAgents" });
    expect(agents.value.map(({ code }) => code)).toEqual(["FEDEX", "UPS", "USPS"]);
  });

  it("subscribes once, renews and ends", async () => {
    const { client, clock, bc, reached } = world();
    const clientState = new Secret("k7-4b1e9c-long-enough-to-tell");
    const url = "https://sync.example.com/webhooks/bc";
    const { value: made } = await client.subscriptions.create("items", url, clientState);
    await client.subscriptions.create("items", url, clientState);
    expect([bc.subscriptions.length, reached.length]).toEqual([1, 1]);
    clock.advance(86_400_000);
    const { value: renewed } = await client.subscriptions.renew(made, clientState);
    expect(Date.parse(renewed.expirationDateTime ?? "") - Date.parse(made.expirationDateTime ?? "")).toBe(86_400_000);
    await client.subscriptions.remove(renewed);
    expect((await client.subscriptions.list()).value).toEqual([]);
    expect((await client.subscriptions.supported()).value.length).toBeGreaterThan(0);
  });

  it("keeps to the limits, so that nobody is throttled", async () => {
    const { client, clock, bc } = world();
    bc.switches.processingMs = 1;
    await Promise.all(Array.from({ length: 150 }, () => client.masterData.locations()));
    expect(bc.limits.mostAtOnce).toBe(5);
    expect(bc.limits.mostWaiting).toBe(0);
    bc.switches.processingMs = 0;
    const began = clock.now().getTime();
    for (let calls = 0; calls < 60; calls += 1) {
      await Promise.all(Array.from({ length: 100 }, () => client.masterData.locations()));
    }
    expect(clock.now().getTime() - began).toBeGreaterThanOrEqual(300_000);
    expect(client.budget().limit).toBe(6_000);
  });

  it("reads the names of sets and fields that are published", async () => {
    const { client } = world();
    const sets = await client.metadata(["items", "shippingAgents"]);
    expect(sets.get("items")?.has("lastModifiedDateTime")).toBe(true);
    expect(sets.has("shippingAgents")).toBe(false);
    const custom = await client.metadata(["salesShipments"], "contoso/shipping/v1.0");
    expect(custom.get("salesShipments")?.has("packageTrackingNo")).toBe(true);
  });
});
