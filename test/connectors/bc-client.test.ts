import { describe, expect, it } from "vitest";
import type { SalesInvoice, SalesOrder } from "../../src/connectors/bc/schema.ts";
import { UnknownOutcomeError } from "../../src/core/errors.ts";
import { all, bcWith, companyId, docId, etag, lineId, list, partsIn, refusal } from "./bc-kit.ts";

const item = (number: string, lastModifiedDateTime: string) => ({
  "@odata.etag": etag(1),
  id: docId,
  number,
  type: "Non_x002D_Inventory",
  lastModifiedDateTime,
});
const order = (more: object = {}) => ({
  "@odata.etag": etag(1),
  id: docId,
  number: "S-ORD1",
  externalDocumentNumber: "SS-1",
  status: "Draft",
  postingDate: "0001-01-01",
  ...more,
});
const held = order() as SalesOrder;
const orderBody = {
  customerNumber: "C1",
  externalDocumentNumber: "SS-1",
  salesOrderLines: [{ lineType: "Item" as const, lineObjectNumber: "SKU", quantity: 2, unitPrice: 19.95 }],
};
const broken = (): never => {
  throw new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
};

describe("a company", () => {
  it.each(["CRONUS", "cronus", companyId.toUpperCase(), "Cronus & O'Hara"])(
    "is found by %s, once a run",
    async (company) => {
      const { client, companiesRead } = bcWith(() => list([]), { company });
      expect(await client.company()).toMatchObject({ id: companyId, name: "CRONUS" });
      await client.masterData.itemsByNumber(["A"]);
      expect(companiesRead()).toBe(1);
    },
  );

  it("is looked for again after a failure", async () => {
    let fails = true;
    const companies = () => (fails ? refusal(400, "BadRequest", "No.") : list([{ id: companyId, name: "CRONUS" }]));
    const { client } = bcWith(() => undefined, { companies });
    await expect(client.company()).rejects.toThrow("No.");
    fails = false;
    expect((await client.company()).name).toBe("CRONUS");
  });
});

describe("a poll", () => {
  it("asks 5 minutes back, of a copy that may lag behind, in one language, and follows links unchanged", async () => {
    const link =
      "https://api.businesscentral.dynamics.com/v2.0/contoso.example/Production/api/v2.0/x?aid=FIN&$skiptoken=1'2";
    const { client, sent } = bcWith((_, index) =>
      index === 0
        ? list([item("A", "2026-11-20T09:15:02.113Z")], { "@odata.nextLink": link })
        : list([item("B", "2026-11-20T09:15:02.1Z")]),
    );
    const pages = await all(client.masterData.items({ since: "2026-11-20T08:00:00Z" }));
    expect(sent.map(({ path }) => path)).toEqual([
      "api/v2.0/company/items?$filter=lastModifiedDateTime gt 2026-11-20T07:55:00Z&$select=id,lastModifiedDateTime,number,displayName,type,itemCategoryCode,blocked,gtin,unitPrice,baseUnitOfMeasureCode",
      "api/v2.0/x?aid=FIN&$skiptoken=1'2",
    ]);
    for (const { headers } of sent) {
      expect(headers.get("data-access-intent")).toBe("ReadOnly");
      expect(headers.get("prefer")).toBe("odata.maxpagesize=500");
      expect(headers.get("accept-language")).toBe("en-US");
    }
    expect(pages.map(({ cursor }) => cursor)).toEqual([undefined, "2026-11-20T09:15:02.113Z"]);
    expect(pages.flatMap(({ records }) => records.map(({ id, etag: tag }) => [id, tag]))).toHaveLength(2);
  });

  it("keeps the cursor that it had when nothing changed, and has none before the first row", async () => {
    const { client } = bcWith(() => list([]));
    const since = "2026-11-20T08:00:00Z";
    expect((await all(client.sales.salesOrders({ since })))[0]?.cursor).toBe(since);
    expect((await all(client.sales.salesOrders({})))[0]?.cursor).toBeUndefined();
  });

  it("gives rows as they came, for the mapping to read", async () => {
    const row = item("A", "2026-11-20T09:15:02Z");
    const { client } = bcWith(() => list([row]));
    expect((await all(client.masterData.customers({})))[0]?.records).toEqual([
      { id: docId, etag: etag(1), payload: row },
    ]);
  });

  it("stops at a page link to another host", async () => {
    const { client } = bcWith(() => list([], { "@odata.nextLink": "https://evil.example/v2.0" }));
    await expect(all(client.masterData.items({}))).rejects.toMatchObject({ name: "ContractError" });
  });

  it("stops at a row without its modification time", async () => {
    const { client } = bcWith(() => list([{ ...item("A", ""), lastModifiedDateTime: undefined }]));
    await expect(all(client.masterData.items({}))).rejects.toThrow(/items whose lastModifiedDateTime/);
  });
});

describe("a look-up", () => {
  it("reads the original, never the copy that lags behind", async () => {
    const { client, sent } = bcWith(() => list([]));
    const { masterData, sales, tracking } = client;
    await masterData.itemsByNumber(["O'Hara", "B", "B"]);
    await masterData.customersByEmail(["Ann@X.example"]);
    await masterData.customersByNumber(["C1"]);
    await masterData.locations();
    await sales.shipmentsOf(["S-ORD1"]);
    await sales.salesOrder(docId, "S-ORD1").catch(() => undefined);
    await tracking.attachments({ type: "Sales Order", id: docId, number: "S-ORD1" });
    expect(sent.map(({ headers }) => headers.get("data-access-intent"))).toEqual(sent.map(() => null));
    expect(sent[0]?.path).toContain("$filter=(number eq 'O''Hara' or number eq 'B')&");
    expect(sent[1]?.path).toContain("(email eq 'Ann@X.example' or email eq 'ann@x.example')");
    expect(sent[6]?.path).toBe(
      `api/v2.0/company/documentAttachments?$filter=parentType eq 'Sales_x0020_Order' and parentId eq ${docId}`,
    );
  });

  it("decodes enums and empty dates", async () => {
    const lines = [{ id: lineId(1), sequence: 10000, lineType: "Fixed_x0020_Asset" }];
    const { client } = bcWith(() => Response.json(order({ status: "In_x0020_Review", salesOrderLines: lines })));
    const found = await client.sales.salesOrder(docId, "S-ORD1");
    expect(found?.value).toMatchObject({
      status: "In Review",
      postingDate: "",
      salesOrderLines: [{ lineType: "Fixed Asset" }],
    });
  });

  it("knows an order that was invoiced whole by its absence", async () => {
    const { client } = bcWith(() => undefined);
    expect(await client.sales.salesOrder(docId, "S-ORD1")).toBeUndefined();
  });

  it("splits many numbers over addresses that servers take", async () => {
    const { client, sent } = bcWith(() => list([]));
    const numbers = Array.from({ length: 200 }, (_, index) => `ITEM-NUMBER-${index}`);
    await client.masterData.itemsByNumber(numbers);
    expect(sent.length).toBeGreaterThan(1);
    for (const number of numbers) expect(sent.filter(({ path }) => path.includes(`'${number}'`))).toHaveLength(1);
  });

  it("searches orders, invoices and shipments under many numbers in one call", async () => {
    const { client, sent } = bcWith((one) => {
      const rowOf = (url: string) =>
        url.includes("salesShipments") ? { id: docId, number: "S-SHPT1", orderNumber: "S-ORD1" } : order();
      const responses = partsIn(one).map(({ id, url }) => ({ id, status: 200, body: { value: [rowOf(url)] } }));
      return Response.json({ responses: responses.reverse() });
    });
    const numbers = Array.from({ length: 100 }, (_, index) => `SS-${index}`);
    const { value } = await client.sales.byExternalNumber(numbers);
    expect(sent).toHaveLength(1);
    expect([sent[0]?.path, sent[0]?.headers.get("data-access-intent")]).toEqual(["api/v2.0/$batch", null]);
    expect(partsIn(sent[0])[0]?.url).toMatch(
      new RegExp(`^companies\\(${companyId}\\)/salesOrders\\?\\$filter=\\(externalDocumentNumber%20eq%20'SS-0'`),
    );
    expect([value.orders.length, value.invoices.length, value.shipments.length]).toEqual([5, 5, 5]);
    expect(value.shipments[0]?.number).toBe("S-SHPT1");
  });

  it("fails as a whole when a part of its batch fails", async () => {
    const { client } = bcWith(() =>
      Response.json({ responses: [{ id: "1", status: 400, body: { error: { code: "BadRequest", message: "No." } } }] }),
    );
    await expect(client.sales.byOrderNumber(["S-ORD1"])).rejects.toThrow(
      "could not look for sales documents (BadRequest): No.",
    );
  });
});

describe("a creation", () => {
  it("is sent as it is, and answered with what was made", async () => {
    const { client, sent } = bcWith(() => Response.json(order(), { status: 201 }));
    const { value } = await client.sales.createSalesOrder(orderBody);
    expect(value.number).toBe("S-ORD1");
    expect(sent[0]).toMatchObject({ method: "POST", path: "api/v2.0/company/salesOrders", body: orderBody });
  });

  it.each<[string, () => Response]>([
    ["the connection breaks", broken],
    ["the gateway gives up", () => new Response(null, { status: 504 })],
    ["the queue was too long", () => new Response(null, { status: 503 })],
    ["the answer is cut off", () => new Response('{"id":', { status: 201 })],
    ["the answer is another", () => Response.json({ ok: true }, { status: 201 })],
  ])("is never sent twice when %s: its outcome is not known", async (_name, respond) => {
    const { client, sent } = bcWith(respond);
    await expect(client.sales.createSalesOrder(orderBody)).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(sent).toHaveLength(1);
  });

  it("is sent again after 429, when the server says so", async () => {
    const { client, sent, clock } = bcWith((_, index) =>
      index === 0
        ? new Response(null, { status: 429, headers: { "retry-after": "30" } })
        : Response.json(order(), { status: 201 }),
    );
    await client.sales.createSalesOrder(orderBody);
    expect([sent.length, clock.now().toISOString()]).toEqual([2, "2026-11-21T12:00:30.000Z"]);
  });

  it("that is turned away to the end was not sent", async () => {
    const { client, sent } = bcWith(() => new Response(null, { status: 429 }));
    const error: unknown = await client.sales.createSalesOrder(orderBody).catch((reason: unknown) => reason);
    expect([error?.constructor.name, sent.length]).toEqual(["NotSentError", 6]);
  });
});

describe("a bound action", () => {
  it("is a POST without a body", async () => {
    const { client, sent } = bcWith(() => new Response(null, { status: 204 }));
    await client.sales.post(docId, "S-INV1");
    await client.sales.shipAndInvoice(docId, "S-ORD1");
    expect(sent.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", `api/v2.0/company/salesInvoices(${docId})/Microsoft.NAV.post`, ""],
      ["POST", `api/v2.0/company/salesOrders(${docId})/Microsoft.NAV.shipAndInvoice`, ""],
    ]);
  });

  it("is never sent twice", async () => {
    const { client, sent } = bcWith(broken);
    await expect(client.sales.post(docId, "S-INV1")).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(sent).toHaveLength(1);
  });

  it("that is refused is a dead letter with BC's own sentence", async () => {
    const said = "Posting Date is not within your range of allowed posting dates.";
    const { client } = bcWith(() => refusal(400, "Application_DialogException", said));
    await expect(client.sales.post(docId, "S-INV1")).rejects.toMatchObject({
      name: "RejectedError",
      message: `Business Central S-INV1: could not post the sales invoice (Application_DialogException): ${said}`,
    });
  });

  it("takes no id that is none", async () => {
    const { client, sent } = bcWith(() => undefined);
    await expect(client.sales.post("x)/y", "S-INV1")).rejects.toMatchObject({ name: "ContractError" });
    expect(sent).toEqual([]);
  });
});

describe("a change", () => {
  const conflict = () => refusal(409, "Request_EntityChanged", "Another user has changed the record.");
  const change = (client: ReturnType<typeof bcWith>["client"]) =>
    client.sales.changeSalesOrder(held, { externalDocumentNumber: "ss-2", shipToCity: "Bonn" });

  it("goes with the tag of the row it was decided on", async () => {
    const { client, sent } = bcWith(() => Response.json(order({ externalDocumentNumber: "SS-2" })));
    await change(client);
    expect(sent[0]).toMatchObject({
      method: "PATCH",
      path: `api/v2.0/company/salesOrders(${docId})`,
      body: { externalDocumentNumber: "ss-2", shipToCity: "Bonn" },
    });
    expect(sent[0]?.headers.get("if-match")).toBe(etag(1));
  });

  it.each([409, 412])("that was taken before its answer was lost is done after %i", async (status) => {
    const { client, sent } = bcWith(({ method }, index) => {
      if (index === 0) return broken();
      if (method === "PATCH") return new Response(null, { status });
      return Response.json(order({ "@odata.etag": etag(2), externalDocumentNumber: "SS-2", shipToCity: "Bonn" }));
    });
    const { value } = await change(client);
    expect(value["@odata.etag"]).toBe(etag(2));
    expect(sent.map(({ method }) => method)).toEqual(["PATCH", "PATCH", "GET"]);
  });

  it("is sent again with the new tag when others changed other fields", async () => {
    const { client, sent } = bcWith(({ method }, index) => {
      if (index === 0) return conflict();
      return Response.json(
        order({ "@odata.etag": etag(7), status: "Open", shipToCity: method === "PATCH" ? "Bonn" : undefined }),
      );
    });
    await change(client);
    expect(sent.map(({ method, headers }) => [method, headers.get("if-match")])).toEqual([
      ["PATCH", etag(1)],
      ["GET", null],
      ["PATCH", etag(7)],
    ]);
  });

  it("waits for the next run when somebody else changed the same field", async () => {
    const { client, sent } = bcWith(({ method }) =>
      method === "PATCH" ? conflict() : Response.json(order({ externalDocumentNumber: "PO 77" })),
    );
    await expect(change(client)).rejects.toMatchObject({
      name: "NotYetError",
      context: { field: "externalDocumentNumber", document: "S-ORD1" },
    });
    expect(sent).toHaveLength(2);
  });

  it("gives up on a record that changes all the time", async () => {
    const { client, sent } = bcWith(({ method }) => (method === "PATCH" ? conflict() : Response.json(order())));
    await expect(change(client)).rejects.toMatchObject({ name: "NotYetError" });
    expect(sent).toHaveLength(8);
  });

  it("of a record that went meanwhile is refused", async () => {
    const { client } = bcWith(({ method }) => (method === "PATCH" ? conflict() : undefined));
    await expect(change(client)).rejects.toMatchObject({ name: "RejectedError", message: /not there any more/ });
  });

  it("of a deletion is well when the record is gone", async () => {
    const { client, sent } = bcWith(() => undefined);
    const invoice = { ...held } as unknown as SalesInvoice;
    await client.sales.deleteSalesInvoice(invoice);
    await client.sales.deleteSalesOrder(held);
    expect(sent.map(({ method, headers }) => [method, headers.get("if-match")])).toEqual([
      ["DELETE", etag(1)],
      ["DELETE", etag(1)],
    ]);
  });
});

describe("quantities of an order's lines", () => {
  const line = (digit: number, more: object = {}) => ({
    "@odata.etag": etag(digit),
    id: lineId(digit),
    sequence: digit * 10000,
    lineType: "Item",
    shipQuantity: 2,
    invoiceQuantity: 2,
    ...more,
  });
  const lines = [line(1), line(2), line(3, { shipQuantity: 1, invoiceQuantity: 1 }), line(4, { lineType: "Comment" })];
  const wanted = [
    { id: lineId(1), shipQuantity: 2, invoiceQuantity: 2 },
    { id: lineId(3), shipQuantity: 2, invoiceQuantity: 2 },
  ];
  const done = (count: number) =>
    Response.json({
      responses: Array.from({ length: count }, (_, index) => ({ id: `${index + 1}`, status: 200, body: {} })),
    });

  it("change in one call and one transaction, those of lines that are not named to nothing", async () => {
    const { client, sent } = bcWith(({ method }) => (method === "GET" ? list(lines) : done(2)));
    await client.sales.setQuantities({ id: docId, number: "S-ORD1" }, wanted);
    expect(sent.map(({ path }) => path)).toEqual([
      `api/v2.0/company/salesOrders(${docId})/salesOrderLines`,
      "api/v2.0/$batch",
    ]);
    expect(sent[1]?.headers.get("isolation")).toBe("snapshot");
    const url = `companies(${companyId})/salesOrders(${docId})/salesOrderLines`;
    expect(partsIn(sent[1])).toMatchObject([
      { id: "1", method: "PATCH", url: `${url}(${lineId(2)})`, body: { shipQuantity: 0, invoiceQuantity: 0 } },
      { id: "2", method: "PATCH", url: `${url}(${lineId(3)})`, body: { shipQuantity: 2, invoiceQuantity: 2 } },
    ]);
    expect(partsIn(sent[1]).map(({ headers }) => headers["If-Match"])).toEqual([etag(2), etag(3)]);
  });

  it("that are right already are not written", async () => {
    const { client, sent } = bcWith(() => list([line(1)]));
    await client.sales.setQuantities({ id: docId, number: "S-ORD1" }, wanted);
    expect(sent.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("are read again after a conflict, and what is right by then is done", async () => {
    const stale = { error: { code: "Request_EntityChanged", message: "changed" } };
    const { client, sent } = bcWith(({ method }, index) => {
      if (method === "POST") return Response.json({ responses: [{ id: "1", status: 409, body: stale }] });
      return list(index === 0 ? lines : [line(1), line(3)]);
    });
    await client.sales.setQuantities({ id: docId, number: "S-ORD1" }, wanted);
    expect(sent.map(({ method }) => method)).toEqual(["GET", "POST", "GET"]);
  });

  it("that BC refuses are a dead letter", async () => {
    const error = { code: "Application_FieldValidationException", message: "You cannot ship more than 2." };
    const { client } = bcWith(({ method }) =>
      method === "GET" ? list(lines) : Response.json({ responses: [{ id: "1", status: 400, body: { error } }] }),
    );
    await expect(client.sales.setQuantities({ id: docId, number: "S-ORD1" }, wanted)).rejects.toMatchObject({
      name: "RejectedError",
      message: /S-ORD1: could not set the quantities to ship .*You cannot ship more than 2\./,
    });
  });
});

describe("added lines", () => {
  const comment = { lineType: "Comment" as const, description: "UPS 1Z999" };
  const document = { set: "salesInvoices" as const, id: docId, number: "S-INV1" };

  it("are posts of one batch, in their order", async () => {
    const { client, sent } = bcWith(() =>
      Response.json({
        responses: [
          { id: "1", status: 201 },
          { id: "2", status: 201 },
        ],
      }),
    );
    await client.sales.addLines(document, [comment, { ...comment, description: "UPS 1Z998" }]);
    const url = `companies(${companyId})/salesInvoices(${docId})/salesInvoiceLines`;
    expect(partsIn(sent[0])).toMatchObject([
      { method: "POST", url, body: comment },
      { method: "POST", url, body: { description: "UPS 1Z998" } },
    ]);
  });

  it.each<[string, () => Response]>([
    ["breaks off", broken],
    ["answers not all of them", () => Response.json({ responses: [{ id: "1", status: 201 }] })],
    ["answers something else", () => Response.json({})],
  ])("are not sent again when BC %s", async (_name, respond) => {
    const { client, sent } = bcWith(respond);
    await expect(client.sales.addLines(document, [comment, comment])).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(sent).toHaveLength(1);
  });
});

it("no more than 5 calls are under way at once, and all of them count", async () => {
  let open = 0;
  let most = 0;
  const { client, sent } = bcWith(async () => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    return list([]);
  });
  await Promise.all(Array.from({ length: 20 }, () => client.masterData.locations()));
  const { limit, remaining } = client.budget();
  expect([most, sent.length, limit, limit - remaining]).toEqual([5, 20, 6_000, 21]);
});
