import { describe, expect, it } from "vitest";
import { postedShipment, salesOrder, salesOrderLine } from "../../src/connectors/nav/schema.ts";
import {
  company,
  etag,
  line,
  list,
  navWith,
  order,
  posted,
  refusal,
  type Sent,
  serviceIn,
  worldwide,
} from "./nav-kit.ts";

const held = salesOrder.parse(order());
const heldLine = salesOrderLine.parse(line());
const heldShipment = postedShipment.parse(posted());
const companyPart = `Company('${company}')`;
const queryOf = ({ path }: Sent) => path.split("?")[1] ?? "";
const broken = (): never => {
  throw new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
};

describe("reading", () => {
  it("names the company as it is spelled, percent-encoded, and asks for the fields it needs and that there are", async () => {
    const { client, sent } = navWith(() => list([order()]));
    const { value } = await client.orders.byExternalNumber(["SS-884213", "O'Hara"]);
    expect(value[0]).toMatchObject({ No: "101042", Status: "Released", "@odata.etag": etag(1) });
    expect(sent[0]?.raw.split("?")[0]).toBe("Company('CRONUS%20International%20Ltd.')/SalesOrder");
    expect(queryOf(sent[0]!)).toBe(
      "$filter=(External_Document_No eq 'SS-884213' or External_Document_No eq 'O''Hara' or " +
        "External_Document_No eq 'O''HARA')&$select=Document_Type,No,Status," +
        "Order_Date,Sell_to_Customer_Name,Shipping_Agent_Code,Shipping_Agent_Service_Code,Package_Tracking_No," +
        "External_Document_No,Shipment_Date,Ship_to_Name",
    );
  });

  it("doubles and encodes an apostrophe in a company's name", async () => {
    const { client, sent } = navWith(() => list([]), { settings: { company: "O'Hara & Søn" } });
    await client.orders.byNumber(["1"]);
    expect(sent[0]?.raw.split("?")[0]).toBe("Company('O%27%27Hara%20%26%20S%C3%B8n')/SalesOrder");
  });

  it("names the tenant on a server that has several, in page links too", async () => {
    const { client, sent } = navWith(
      ({ url }, index) =>
        index === 0 ? list([order()], { "@odata.nextLink": `${url.origin}${url.pathname}?$skiptoken=1` }) : list([]),
      { settings: { tenant: "north" } },
    );
    await client.orders.byNumber(["1"]);
    expect(sent.map((one) => /tenant=north$/.test(one.path))).toEqual([true, true]);
  });

  it("looks for orders of some days with bare dates", async () => {
    const { client, sent } = navWith(() => list([order()]));
    await client.orders.between("2026-11-18", "2026-11-24");
    expect(queryOf(sent[0]!)).toContain("$filter=Order_Date ge 2026-11-18 and Order_Date le 2026-11-24&");
  });

  it("reads lines of orders by the type that NAV gave, and without a call when there are none", async () => {
    const { client, sent } = navWith(() => list([line({ Type: "_x0020_", Shipment_Date: "0001-01-01" })]));
    const { value } = await client.orders.lines([{ Document_Type: "Ordre", No: "101042" }]);
    expect(value[0]).toMatchObject({ Line_No: 10000, Type: "", Shipment_Date: "", Variant_Code: "" });
    expect(serviceIn(sent[0]!)).toBe("SalesOrderSalesLines");
    expect(queryOf(sent[0]!)).toContain("$filter=Document_Type eq 'Ordre' and (Document_No eq '101042')");
    await client.orders.lines([]);
    expect(sent).toHaveLength(1);
  });

  it("reads posted shipments by order, by external number and by day", async () => {
    const { client, sent } = navWith(() => list([posted()]));
    await client.shipments.ofOrders(["101042"]);
    await client.shipments.byExternalNumber(["SS-884213"]);
    await client.shipments.between("2026-11-01", "2026-11-02");
    expect(sent.map((one) => /filter=\(?(\w+)/.exec(one.path)?.[1])).toEqual([
      "Order_No",
      "External_Document_No",
      "Posting_Date",
    ]);
  });

  it("reads no posted shipment by a field that the page has not", async () => {
    const sets = { ...worldwide, SalesOrder: [...(worldwide.SalesOrder ?? []), "Webshop_No"] };
    const { client, sent } = navWith(() => list([]), { sets, pair: { match: { externalField: "Webshop_No" } } });
    expect((await client.shipments.byExternalNumber(["W-1"])).value).toEqual([]);
    expect(sent).toHaveLength(0);
  });

  it("reads posted shipments by the configured field, and by the order's number where that is the shipper's", async () => {
    const more = (set: string) => [...(worldwide[set] ?? []), "Webshop_No"];
    const sets = { ...worldwide, SalesOrder: more("SalesOrder"), PostedSalesShipment: more("PostedSalesShipment") };
    const own = navWith(() => list([posted({ Webshop_No: "W-1" })]), {
      sets,
      pair: { match: { externalField: "Webshop_No" } },
    });
    expect((await own.client.shipments.byExternalNumber(["W-1"])).value[0]).toMatchObject({ Webshop_No: "W-1" });
    expect(queryOf(own.sent[0]!)).toMatch(/^\$filter=\(Webshop_No eq 'W-1'\)&\$select=.*,Webshop_No$/);
    const number = navWith(() => list([posted()]), { pair: { match: { externalField: "No" } } });
    await number.client.shipments.byExternalNumber(["101042"]);
    expect(queryOf(number.sent[0]!)).toContain("$filter=(Order_No eq '101042')");
  });

  it("tells agents and services, or that they are not published", async () => {
    const { client } = navWith((sent) =>
      serviceIn(sent) === "ShippingAgents"
        ? list([{ Code: "FEDEX", Name: "FedEx" }])
        : list([{ Shipping_Agent_Code: "FEDEX", Code: "GROUND" }]),
    );
    expect((await client.shipments.agents())?.value).toEqual([{ Code: "FEDEX", Name: "FedEx" }]);
    expect((await client.shipments.agentServices())?.value).toEqual([{ Shipping_Agent_Code: "FEDEX", Code: "GROUND" }]);
    const { ShippingAgents: _1, ShippingAgentServices: _2, ...sets } = worldwide;
    const other = navWith(() => list([]), { sets });
    expect(await other.client.shipments.agents()).toBeUndefined();
    expect(await other.client.shipments.agentServices()).toBeUndefined();
  });

  it("asks many numbers in few calls, none too long, each once", async () => {
    const { client, sent } = navWith(() => list([]));
    const numbers = Array.from({ length: 200 }, (_, index) => `SS-${100000 + index}`);
    await client.orders.byExternalNumber([...numbers, ...numbers]);
    const asked = sent.flatMap(({ path }) => [...path.matchAll(/'(SS-\d+)'/g)].map((match) => match[1]));
    expect(asked).toEqual(numbers);
    expect(Math.max(...sent.map(({ url }) => url.href.length))).toBeLessThan(2_048);
  });

  it("reads a row without a tag as a broken promise", async () => {
    const { client } = navWith(() => list([{ ...order(), "@odata.etag": undefined }]));
    await expect(client.orders.byNumber(["1"])).rejects.toMatchObject({
      name: "ContractError",
      context: { field: "@odata.etag" },
    });
  });
});

describe("page links", () => {
  const inner = "http://nav01:7048/DynamicsNAV110/ODataV4/Company('X')/SalesOrder?$skiptoken='Order','9'";
  const gatewayUrl = "https://gw.contoso.example/erp/nav";
  const pages = (link: string) => (_: Sent, index: number) =>
    index === 0 ? list([order()], { "@odata.nextLink": link }) : list([order({ No: "2" })]);

  it("of the inner server are followed through the gateway's own address", async () => {
    const { client, sent } = navWith(pages(inner), { settings: { baseUrl: gatewayUrl, pageHosts: ["nav01:7048"] } });
    expect((await client.orders.byNumber(["1"])).value.map(({ No }) => No)).toEqual(["101042", "2"]);
    expect(sent[1]?.url.origin).toBe("https://gw.contoso.example");
    expect(sent[1]?.url.pathname).toBe("/erp/nav/Company('X')/SalesOrder");
    expect(sent[1]?.path).toContain("$skiptoken='Order','9'");
  });

  it.each([
    "/DynamicsNAV110/ODataV4/Company('X')/SalesOrder?$skiptoken=2",
    "Company('X')/SalesOrder?$skiptoken=2",
    "https://gw.contoso.example/DynamicsNAV110/ODataV4/Company('X')/SalesOrder?$skiptoken=2",
  ])("like %s are followed under the base URL", async (link) => {
    const { client, sent } = navWith(pages(link), { settings: { baseUrl: gatewayUrl } });
    expect((await client.orders.byNumber(["1"])).value).toHaveLength(2);
    expect(sent[1]?.url.href).toBe("https://gw.contoso.example/erp/nav/Company('X')/SalesOrder?$skiptoken=2");
  });

  it("to a host that nobody named are refused before anything is sent there", async () => {
    const { client, sent } = navWith(pages(inner), { settings: { baseUrl: gatewayUrl } });
    await expect(client.orders.byNumber(["1"])).rejects.toMatchObject({
      name: "ContractError",
      message: "A link of nav leads to another host: nav01:7048.",
    });
    expect(sent).toHaveLength(1);
  });

  it("that lead round in a circle end", async () => {
    const { client, sent } = navWith(({ url }) =>
      list([order()], { "@odata.nextLink": `${url.origin}${url.pathname}?a` }),
    );
    await expect(client.orders.byNumber(["1"])).rejects.toThrow("lead round in a circle");
    expect(sent).toHaveLength(2);
  });
});

describe("writing", () => {
  it("sends the fields in their order under the tag, with the key that NAV gave", async () => {
    const { client, sent } = navWith(({ body }) => Response.json(order(body as object)));
    const changes = { Shipping_Agent_Code: "UPS", Shipping_Agent_Service_Code: "EXP", Package_Tracking_No: "1Z" };
    const { value } = await client.orders.write({ ...held, Document_Type: "Ordre" }, changes);
    expect(value.Package_Tracking_No).toBe("1Z");
    expect(sent[0]).toMatchObject({
      method: "PATCH",
      path: `${companyPart}/SalesOrder(Document_Type='Ordre',No='101042')`,
    });
    expect(sent[0]?.headers.get("if-match")).toBe(etag(1));
    expect(JSON.stringify(sent[0]?.body)).toBe(JSON.stringify(changes));
  });

  it("marks what is shipped in the partner's own field", async () => {
    const { client, sent } = navWith((one) =>
      Response.json(serviceIn(one) === "SalesOrder" ? order({ Sent: true }) : posted({ State: "Gone" })),
    );
    await client.orders.markShipped(held, { page: "salesOrder", name: "Sent", value: true });
    await client.shipments.markShipped(heldShipment, { page: "postedSalesShipment", name: "State", value: "Gone" });
    expect(sent.map(({ body }) => body)).toEqual([{ Sent: true }, { State: "Gone" }]);
    expect(sent[1]?.path).toBe(`${companyPart}/PostedSalesShipment(No='S-SHPT-1')`);
  });

  it("writes a line by its three keys", async () => {
    const { client, sent } = navWith(({ body }) => Response.json(line(body as object)));
    await client.orders.writeLine(heldLine, { Qty_to_Ship: 1 });
    expect(sent[0]?.path).toBe(
      `${companyPart}/SalesOrderSalesLines(Document_Type='Order',Document_No='101042',Line_No=10000)`,
    );
    expect(sent[0]?.body).toEqual({ Qty_to_Ship: 1 });
  });

  it("reads back where the answer is empty", async () => {
    const { client, sent } = navWith(({ method }) =>
      method === "PATCH" ? new Response(null, { status: 204 }) : list([posted({ Package_Tracking_No: "1Z" })]),
    );
    const { value, calls } = await client.shipments.write(heldShipment, { Package_Tracking_No: "1Z" });
    expect(value.Package_Tracking_No).toBe("1Z");
    expect(sent[1]?.path).toContain("PostedSalesShipment?$filter=No eq 'S-SHPT-1'");
    expect(calls).toHaveLength(2);
  });

  it("tells a page that takes a field and does not keep it", async () => {
    const { client } = navWith(() => Response.json(posted()));
    await expect(client.shipments.write(heldShipment, { Package_Tracking_No: "1Z" })).rejects.toMatchObject({
      name: "RejectedError",
      message: expect.stringContaining("did not keep Package_Tracking_No"),
      context: { document: "S-SHPT-1", field: "Package_Tracking_No" },
    });
  });

  it("takes a code in upper case and an empty date as kept", async () => {
    const { client } = navWith(() => Response.json(order({ Shipping_Agent_Code: "UPS", Shipment_Date: "0001-01-01" })));
    await client.orders.write(held, { Shipping_Agent_Code: "ups", Shipment_Date: "0001-01-01" });
  });

  it("waits where a released order refuses", async () => {
    const message = "Status must be equal to 'Open'  in Sales Header: Document Type=Order, No.=101042.";
    const { client, sent } = navWith(() => refusal(400, "Application_FieldValidationException", message));
    await expect(client.orders.write(held, { Shipping_Agent_Code: "UPS" })).rejects.toMatchObject({
      name: "NotYetError",
      hint: expect.stringContaining("posted shipment"),
    });
    expect(sent).toHaveLength(1);
  });

  it("waits where the order was posted meanwhile", async () => {
    const { client } = navWith(({ method }) => (method === "PATCH" ? new Response(null, { status: 412 }) : list([])));
    await expect(client.orders.write(held, { Package_Tracking_No: "1Z" })).rejects.toMatchObject({
      name: "NotYetError",
      message: expect.stringContaining("posted or deleted meanwhile"),
    });
  });
});

describe("a stale tag", () => {
  const conflict = () => refusal(400, "", "Another user has modified the record for this Sales Header.");

  it("is read again, and the change sent under the new one where our fields are as they were", async () => {
    const { client, sent } = navWith(({ method, headers, body }) => {
      if (method === "GET") return list([order({ "@odata.etag": etag(2), Status: "Open" })]);
      return headers.get("if-match") === etag(1) ? conflict() : Response.json(order(body as object));
    });
    await client.orders.write(held, { Package_Tracking_No: "1Z" });
    expect(sent.map(({ method }) => method)).toEqual(["PATCH", "GET", "PATCH"]);
    expect(sent[2]?.headers.get("if-match")).toBe(etag(2));
  });

  it("is done where the record holds the change already, as after a lost answer", async () => {
    const { client, sent } = navWith(({ method }, index) => {
      if (index === 0) return broken();
      return method === "PATCH"
        ? new Response(null, { status: 409 })
        : list([order({ "@odata.etag": etag(2), Package_Tracking_No: "1Z" })]);
    });
    const { value } = await client.orders.write(held, { Package_Tracking_No: "1Z" });
    expect(value["@odata.etag"]).toBe(etag(2));
    expect(sent.map(({ method }) => method)).toEqual(["PATCH", "PATCH", "GET"]);
  });

  it("is left to the next run where somebody else wrote our field", async () => {
    const { client, sent } = navWith(({ method }) =>
      method === "PATCH" ? conflict() : list([order({ "@odata.etag": etag(2), Package_Tracking_No: "by hand" })]),
    );
    await expect(client.orders.write(held, { Package_Tracking_No: "1Z" })).rejects.toMatchObject({
      name: "NotYetError",
      message:
        "Dynamics NAV 101042 could not set Package_Tracking_No: somebody else changes Package_Tracking_No at the same time",
    });
    expect(sent.map(({ method }) => method)).toEqual(["PATCH", "GET"]);
  });

  it("is not tried for ever", async () => {
    const { client, sent } = navWith(({ method }) => (method === "PATCH" ? conflict() : list([order()])));
    await expect(client.orders.write(held, { Package_Tracking_No: "1Z" })).rejects.toMatchObject({
      name: "NotYetError",
    });
    expect(sent.filter(({ method }) => method === "PATCH")).toHaveLength(4);
  });
});

describe("comments", () => {
  const fields = ["Document_Type", "No", "Document_Line_No", "Line_No", "Date", "Comment"];
  const sets = { ...worldwide, SalesComments: fields };
  const comment = (Line_No: number, Comment: string) => ({ Line_No, Comment, Document_Line_No: 0 });
  const on = { kind: "order", number: "101042" } as const;

  it("are there only where the page is published", async () => {
    expect(await navWith(() => list([])).client.comments.hasSheet()).toBe(false);
    expect(await navWith(() => list([]), { sets }).client.comments.hasSheet()).toBe(true);
    const short = { ...sets, SalesComments: fields.filter((name) => name !== "Comment") };
    expect(await navWith(() => list([]), { sets: short }).client.comments.hasSheet()).toBe(false);
  });

  it("are put under a number that is free, on the posted shipment too", async () => {
    const { client, sent } = navWith(
      ({ method }) => (method === "POST" ? Response.json({}, { status: 201 }) : list([])),
      {
        sets,
      },
    );
    await client.comments.add({ kind: "shipment", number: "S-1" }, { line: 10000, text: "More: 1Z" }, "2026-11-20");
    expect(queryOf(sent[0]!)).toContain("Document_Type eq 'Shipment' and No eq 'S-1' and Document_Line_No eq 0");
    expect(sent[1]?.body).toEqual({
      Document_Type: "Shipment",
      No: "S-1",
      Document_Line_No: 0,
      Line_No: 10000,
      Date: "2026-11-20",
      Comment: "More: 1Z",
    });
  });

  it("that are there already are done, and another's line is left alone", async () => {
    const { client, sent } = navWith(() => list([comment(10000, "More: 1Z")]), { sets });
    expect((await client.comments.on(on)).value).toEqual([{ line: 10000, text: "More: 1Z" }]);
    await client.comments.add(on, { line: 10000, text: "More: 1Z" }, undefined);
    const other = client.comments.add(on, { line: 10000, text: "Other" }, undefined);
    await expect(other).rejects.toMatchObject({ name: "NotYetError" });
    expect(sent.every(({ method }) => method === "GET")).toBe(true);
  });

  it("are not sent again after a lost answer, and are then found", async () => {
    let isLost = false;
    const { client, sent } = navWith(
      ({ method }) => {
        if (method === "GET") return list(isLost ? [comment(10000, "More: 1Z")] : []);
        isLost = true;
        return broken();
      },
      { sets },
    );
    const add = () => client.comments.add(on, { line: 10000, text: "More: 1Z" }, undefined);
    await expect(add()).rejects.toMatchObject({ name: "UnknownOutcomeError" });
    await add();
    expect(sent.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("can be text lines of an open order", async () => {
    const { client, sent } = navWith(({ method }) =>
      method === "POST" ? Response.json({}, { status: 201 }) : list([]),
    );
    await client.comments.addToOrder({ Document_Type: "Order", No: "101042" }, { line: 20000, text: "More: 1Z" });
    expect(sent[1]).toMatchObject({ method: "POST", path: `${companyPart}/SalesOrderSalesLines` });
    expect(sent[1]?.body).toEqual({
      Document_Type: "Order",
      Document_No: "101042",
      Line_No: 20000,
      Type: " ",
      Description: "More: 1Z",
    });
  });
});

describe("posting by a partner's function", () => {
  const post = { externalId: "se-900001", postingDate: "2026-11-20" };
  const key = { Document_Type: "Order", No: "101042" };

  it("is a V4 action of the order with the shipment's name and the posting date", async () => {
    const { client, sent } = navWith(() => Response.json({ value: "S-SHPT-1" }), {
      pair: { posting: { parameters: { externalId: "extId" } } },
    });
    expect((await client.orders.post(key, "PostShipment", post)).value).toBe("S-SHPT-1");
    expect(sent[0]).toMatchObject({
      method: "POST",
      path: `${companyPart}/SalesOrder(Document_Type='Order',No='101042')/NAV.PostShipment`,
      body: { extId: "se-900001", postingDate: "2026-11-20" },
    });
  });

  it("is never sent twice, since a second posting would ship what is left", async () => {
    const { client, sent } = navWith(broken);
    await expect(client.orders.post(key, "PostShipment", post)).rejects.toMatchObject({ name: "UnknownOutcomeError" });
    expect(sent).toHaveLength(1);
  });
});

describe("looking at a company", () => {
  const answers = (sent: Sent) => {
    if (sent.path === "") return list(Object.keys(worldwide).map((name) => ({ name, kind: "EntitySet", url: name })));
    if (sent.path === "Company") return list([{ Name: company }, { Name: "Other" }]);
    return list([order(), order({ Status: "Open" })], {});
  };

  it("reads option texts back and tells the worldwide version from the North American one", async () => {
    const sight = await navWith(answers).client.look();
    expect(sight).toMatchObject({ hasLineTracking: false, captions: { documentType: "Order" } });
    expect(sight.captions?.statuses).toEqual(["Released", "Open"]);
    const lines = [...(worldwide.SalesOrderSalesLines ?? []), "Package_Tracking_No"];
    const american = navWith(answers, { sets: { ...worldwide, SalesOrderSalesLines: lines } });
    expect((await american.client.look()).hasLineTracking).toBe(true);
  });

  it("names the page to publish and the field to put on it, needed ones first", async () => {
    const { PostedSalesShipment: _, ...others } = worldwide;
    const sets = { ...others, SalesOrder: (worldwide.SalesOrder ?? []).filter((name) => name !== "Status") };
    const { lacks, captions } = await navWith(answers, { sets }).client.look();
    expect(captions).toBeUndefined();
    expect(lacks.filter(({ isNeeded }) => isNeeded).map(({ message }) => message)).toEqual([
      "service SalesOrder (page 42) has no Status",
      "page 130 (Posted Sales Shipment) is not published as PostedSalesShipment",
    ]);
    expect(lacks[1]?.fix).toBe(
      "Publish page 130 in Web Services, or set nav-shipstation.services.postedSalesShipment to the name that it has there.",
    );
    expect(lacks.findIndex(({ isNeeded }) => !isNeeded)).toBe(2);
  });

  it("checks the fields that the settings name", async () => {
    const pair = { match: { externalField: "Webshop_No" }, shippedField: { name: "Is_Shipped" } };
    const { lacks } = await navWith(answers, { pair }).client.look();
    expect(lacks.filter(({ isNeeded }) => isNeeded).map(({ message }) => message)).toEqual([
      "service SalesOrder (page 42) has no Webshop_No",
      "service PostedSalesShipment (page 130) has no Is_Shipped",
    ]);
  });

  it("stops what needs a page that is not there, before anything else is sent, and reads $metadata once", async () => {
    const { SalesOrder: _, ...sets } = worldwide;
    const { client, sent, metadataRead } = navWith(() => list([posted()]), { sets });
    await expect(client.orders.byNumber(["1"])).rejects.toMatchObject({
      name: "ConfigError",
      context: { field: "services.salesOrder" },
    });
    expect(sent).toHaveLength(0);
    await client.shipments.ofOrders(["1"]);
    await client.shipments.ofOrders(["2"]);
    expect(metadataRead()).toBe(1);
  });

  it("finds pages under other names by their fields", async () => {
    const sets = {
      Verkaufsauftrag: worldwide.SalesOrder ?? [],
      VerkaufsauftragSalesLines: worldwide.SalesOrderSalesLines ?? [],
      GebLieferung: worldwide.PostedSalesShipment ?? [],
    };
    const { client } = navWith(() => list(Object.keys(sets).map((name) => ({ name }))), { sets });
    expect(await client.namesFor(["salesOrder", "postedSalesShipment"])).toEqual(
      new Map([
        ["salesOrder", ["Verkaufsauftrag"]],
        ["postedSalesShipment", ["GebLieferung"]],
      ]),
    );
  });

  it("tells why even where $metadata is what is refused first", async () => {
    const refused = () => new Response(null, { status: 401, headers: { "www-authenticate": "NTLM" } });
    const { client } = navWith(refused, { metadata: refused });
    await expect(client.orders.byNumber(["1"])).rejects.toThrow("takes Windows authentication only");
  });

  it("refuses a $metadata that is cut off", async () => {
    const { client } = navWith(() => list([]), { metadata: () => new Response("<edmx:Edmx><Schema>") });
    await expect(client.orders.byNumber(["1"])).rejects.toMatchObject({ name: "ContractError" });
  });

  it("tells the server's clock", async () => {
    const headers = { date: "Sat, 21 Nov 2026 12:03:00 GMT" };
    const { client } = navWith((sent) => {
      const answer = answers(sent);
      return new Response(answer.body, { headers: { ...headers, "content-type": "application/json" } });
    });
    expect((await client.look()).serverTime).toEqual(new Date("2026-11-21T12:03:00Z"));
  });
});
