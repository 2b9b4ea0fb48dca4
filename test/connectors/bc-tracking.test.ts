import { describe, expect, it } from "vitest";
import { bcPairSettings } from "../../src/connectors/bc/config.ts";
import { UnknownOutcomeError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { bcWith, companyId, docId, etag, list, refusal } from "./bc-kit.ts";

const { fields } = bcPairSettings.parse({ tracking: { customApi: { fields: { packageTrackingNo: "trackingNo" } } } })
  .tracking.customApi;
const api = { path: "contoso/shipping/v1.0/shipments", fields };
const values = { packageTrackingNo: "1Z999", shippingAgentServiceCode: "GROUND", shippingAgentCode: "UPS" };
const foreign = (more: object = {}) => ({ "@odata.etag": etag(1), id: docId, ...more });

describe("the customer's own page", () => {
  it("is read by a field of its own names and written by its id", async () => {
    const { client, sent } = bcWith(({ method }) => (method === "GET" ? list([foreign()]) : Response.json(foreign())));
    await client.tracking.customRows(api, "orderNumber", "S-ORD1");
    await client.tracking.writeCustomRow(api, foreign(), { values, document: "S-SHPT1" });
    expect(sent.map(({ method, path }) => [method, path])).toEqual([
      ["GET", "api/contoso/shipping/v1.0/company/shipments?$filter=orderNumber eq 'S-ORD1'"],
      ["PATCH", `api/contoso/shipping/v1.0/company/shipments(${docId})`],
    ]);
    expect(JSON.stringify(sent[1]?.body)).toBe(
      '{"shippingAgentCode":"UPS","shippingAgentServiceCode":"GROUND","trackingNo":"1Z999"}',
    );
    expect(sent[1]?.headers.get("if-match")).toBe(etag(1));
  });

  it("that stores codes in upper case holds what was wanted", async () => {
    const held = foreign({ shippingAgentCode: "UPS", shippingAgentServiceCode: "GROUND", trackingNo: "1Z999" });
    const { client, sent } = bcWith(({ method }) =>
      method === "GET" ? Response.json(held) : refusal(412, "Request_EntityChanged", "changed"),
    );
    const lower = { shippingAgentCode: "ups", packageTrackingNo: "1Z999" };
    await client.tracking.writeCustomRow(api, foreign(), { values: lower, document: "S-SHPT1" });
    expect(sent).toHaveLength(2);
  });
});

describe("page 42", () => {
  it("is the order under its service in the company by name, agent before service", async () => {
    const { client, sent } = bcWith(() => Response.json(foreign()), { company: "CRONUS" });
    const found = await client.tracking.page42Order("SalesOrder", "S-ORD/1");
    await client.tracking.writePage42Order("SalesOrder", found?.value ?? foreign(), { values, document: "S-ORD/1" });
    const path = "ODataV4/Company('CRONUS')/SalesOrder(Document_Type='Order',No='S-ORD/1')";
    expect(sent.map((one) => [one.method, one.path])).toEqual([
      ["GET", path],
      ["PATCH", path],
    ]);
    expect(JSON.stringify(sent[1]?.body)).toBe(
      '{"Shipping_Agent_Code":"UPS","Shipping_Agent_Service_Code":"GROUND","Package_Tracking_No":"1Z999"}',
    );
  });

  it("has no order that is posted already", async () => {
    const { client } = bcWith(() => undefined);
    expect(await client.tracking.page42Order("SalesOrder", "S-ORD1")).toBeUndefined();
  });

  it("refuses agents on a released order in BC's words", async () => {
    const { client } = bcWith(() =>
      refusal(400, "Application_FieldValidationException", "Status must be equal to 'Open'  in Sales Header."),
    );
    await expect(
      client.tracking.writePage42Order("SalesOrder", foreign(), { values, document: "S-ORD1" }),
    ).rejects.toMatchObject({ name: "RejectedError", hint: /^Reopen the document/ });
  });
});

describe("shipping agents", () => {
  it.each([
    [{ service: "ShippingAgents" }, "ODataV4/Company('CRONUS')/ShippingAgents", { Code: "UPS", Name: "United" }],
    [
      { path: "contoso/shipping/v1.0/agents" },
      "api/contoso/shipping/v1.0/company/agents",
      { code: "UPS", name: "United" },
    ],
  ])("are read by %o", async (from, path, row) => {
    const { client, sent } = bcWith(() => list([row, {}]));
    expect((await client.tracking.shippingAgents(from)).value).toEqual([{ code: "UPS", name: "United" }]);
    expect(sent[0]?.path).toBe(path);
  });
});

describe("a file on a document", () => {
  const parent = { type: "Sales Invoice" as const, id: docId, number: "S-INV1" };
  const file = { name: "tracking-1Z999.txt", type: "text/plain", bytes: new TextEncoder().encode("UPS 1Z999") };
  const held = (byteSize: number) => foreign({ fileName: file.name, byteSize });

  it("is its row first and its content then", async () => {
    const { client, sent } = bcWith(({ method }) =>
      method === "GET" ? list([]) : method === "POST" ? Response.json(held(0), { status: 201 }) : new Response(null),
    );
    await client.tracking.attach(parent, file);
    expect(sent.map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        "GET",
        `api/v2.0/company/documentAttachments?$filter=parentType eq 'Sales_x0020_Invoice' and parentId eq ${docId}`,
        "",
      ],
      [
        "POST",
        "api/v2.0/company/documentAttachments",
        { fileName: file.name, parentType: "Sales_x0020_Invoice", parentId: docId },
      ],
      ["PATCH", `api/v2.0/company/documentAttachments(${docId})/attachmentContent`, "UPS 1Z999"],
    ]);
    expect(sent[2]?.headers.get("content-type")).toBe("text/plain");
    expect(sent[2]?.headers.get("if-match")).toBe(etag(1));
  });

  it("that is there is not put there again", async () => {
    const { client, sent } = bcWith(() => list([held(9)]));
    await client.tracking.attach(parent, file);
    expect(sent.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("whose content never arrived is completed", async () => {
    const { client, sent } = bcWith(({ method }) => (method === "GET" ? list([held(0)]) : new Response(null)));
    await client.tracking.attach(parent, file);
    expect(sent.map(({ method }) => method)).toEqual(["GET", "PATCH"]);
  });
});

describe("subscriptions", () => {
  const clientState = new Secret("k7-4b1e9c-long-enough-to-tell");
  const url = "https://sync.example.com/webhooks/bc";
  const resource = `/api/v2.0/companies(${companyId})/items`;
  const row = (more: object = {}) => ({
    "@odata.etag": etag(1),
    subscriptionId: "a91be07c",
    notificationUrl: url,
    resource,
    clientState: clientState.reveal(),
    expirationDateTime: "2026-11-23T08:00:00Z",
    ...more,
  });

  const held = { ...row(), clientState };

  it("are made for a set of the company", async () => {
    const { client, sent } = bcWith(({ method }) =>
      method === "GET"
        ? list([row({ resource: "api/v2.0/companies(x)/items" })])
        : Response.json(row(), { status: 201 }),
    );
    const { value } = await client.subscriptions.create("items", url, clientState);
    expect(JSON.stringify(value)).not.toContain(clientState.reveal());
    expect(sent[1]).toMatchObject({
      method: "POST",
      path: "api/v2.0/subscriptions",
      body: { notificationUrl: url, resource, clientState: clientState.reveal() },
    });
  });

  it("that are there are not made twice", async () => {
    const { client, sent } = bcWith(() => list([row({ resource: resource.slice(1) })]));
    await client.subscriptions.create("items", url, clientState);
    expect(sent).toHaveLength(1);
  });

  it("whose making was lost are looked for, not made again", async () => {
    const { client, sent } = bcWith(({ method }) =>
      method === "GET" ? list([]) : new Response(null, { status: 504 }),
    );
    await expect(client.subscriptions.create("items", url, clientState)).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(sent).toHaveLength(2);
  });

  it("are renewed and ended by a key in quotes, with their tag", async () => {
    const { client, sent } = bcWith(({ method }) => (method === "PATCH" ? Response.json(row()) : new Response(null)));
    await client.subscriptions.renew(held, clientState);
    await client.subscriptions.remove(held);
    expect(sent.map(({ method, path, headers }) => [method, path, headers.get("if-match")])).toEqual([
      ["PATCH", "api/v2.0/subscriptions('a91be07c')", etag(1)],
      ["DELETE", "api/v2.0/subscriptions('a91be07c')", etag(1)],
    ]);
  });

  it("never show their secret in an error", async () => {
    const echo = () => refusal(400, "BadRequest", `clientState ${clientState.reveal()} is not valid`);
    const { client } = bcWith(({ method }) => (method === "GET" ? list([]) : echo()));
    for (const act of [
      () => client.subscriptions.create("items", url, clientState),
      () => client.subscriptions.renew(held, clientState),
    ]) {
      const error: unknown = await act().catch((reason: unknown) => reason);
      expect(String(error)).toMatch(/clientState \*\*\* is not valid/);
    }
  });

  it("know which sets can be subscribed to", async () => {
    const { client, sent } = bcWith(() => list([{ resource: "v2.0/items" }]));
    expect((await client.subscriptions.supported()).value).toEqual(["v2.0/items"]);
    expect(sent[0]?.path).toBe(
      "api/microsoft/runtime/beta/company/webhookSupportedResources?$filter=resource eq 'v2.0*'",
    );
  });
});
