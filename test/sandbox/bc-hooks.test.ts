import { describe, expect, it } from "vitest";
import { businessCentral, order } from "./bc-fixture.ts";

/** A receiver that shakes hands and keeps what it was sent. */
function receiver() {
  const state = {
    status: 200,
    shakes: true,
    received: [] as { url: string; value: Record<string, string>[] }[],
    tokens: [] as string[],
  };
  const call: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const token = url.searchParams.get("validationToken");
    if (token !== null) {
      state.tokens.push(`${request.method} ${token}`);
      return new Response(state.shakes ? token : "no", { status: 200 });
    }
    if (state.status === 0) throw new TypeError("fetch failed");
    state.received.push({ url: request.url, ...JSON.parse(await request.text()) });
    return new Response(null, { status: state.status });
  };
  return { state, call };
}

const subscribed = async (sets: readonly string[] = ["salesOrders"], switches = {}) => {
  const { state, call } = receiver();
  const all = businessCentral({ fetch: call, switches });
  const resource = (set: string) => `/api/v2.0/companies(${all.desk.company.id})/${set}`;
  const subscribe = (set: string, more: object = {}) =>
    all.post("/subscriptions", {
      notificationUrl: "https://sync.example.com/hooks/bc",
      resource: resource(set),
      clientState: "k7-4b1e9c",
      ...more,
    });
  const made = [];
  for (const set of sets) made.push((await subscribe(set)).body);
  return { ...all, state, subscribe, resource, made };
};

const codeOf = ({ status, body }: { status: number; body?: { error?: { code: string } } }) => [
  status,
  body?.error?.code,
];

describe("a subscription", () => {
  it("is made after a handshake and lives three days", async () => {
    const { made, state, bc, clock, json } = await subscribed();
    expect(made[0]).toMatchObject({ clientState: "k7-4b1e9c", expirationDateTime: "2026-11-23T09:00:00.000Z" });
    expect(made[0].subscriptionId).toMatch(/^[0-9a-f]{32}$/);
    expect(state.tokens).toEqual(["POST validation-1"]);
    expect(JSON.stringify(bc.ledger)).not.toContain("k7-4b1e9c");
    clock.pass(3 * 24 * 3600 - 1);
    expect((await json("/subscriptions")).body.value).toHaveLength(1);
    clock.pass(1);
    expect((await json("/subscriptions")).body.value).toEqual([]);
    expect(bc.subscriptions).toEqual([]);
  });

  it("is not made when the receiver does not return the token, or nobody is there", async () => {
    const { state, subscribe, bc } = await subscribed([]);
    state.shakes = false;
    expect(codeOf(await subscribe("items"))).toEqual([400, "BadRequest"]);
    expect(bc.subscriptions).toEqual([]);
    const alone = businessCentral();
    const refused = await alone.post("/subscriptions", {
      notificationUrl: "https://sync.example.com",
      resource: `api/v2.0/companies(${alone.desk.company.id})/items`,
    });
    expect(refused.body.error.message).toContain("it was not reached");
  });

  it("is refused for sets without notifications, long client states and more than 200", async () => {
    const { subscribe, bc } = await subscribed(["items"]);
    for (const set of ["salesShipments", "itemLedgerEntries", "salesOrderLines"])
      expect(codeOf(await subscribe(set)), set).toEqual([400, "BadRequest"]);
    expect(codeOf(await subscribe("items", { clientState: "x".repeat(2049) }))).toEqual([
      400,
      "Application_StringExceededLength",
    ]);
    expect(codeOf(await subscribe("items", { notificationUrl: "here" }))).toEqual([400, "BadRequest"]);
    bc.switches.maxSubscriptions = 1;
    expect((await subscribe("customers")).body.error.message).toContain("maximum number");
  });

  it("is renewed with a handshake and deleted, both under its tag", async () => {
    const { made, patch, remove, json, clock, state, resource } = await subscribed();
    const path = `/subscriptions('${made[0].subscriptionId}')`;
    clock.pass(24 * 3600);
    expect(codeOf(await json(path, { method: "PATCH", body: {} }))).toEqual([400, "BadRequest_InvalidToken"]);
    const renewed = await patch(path, { resource: resource("salesOrders") }, made[0]["@odata.etag"]);
    expect(renewed).toMatchObject({
      status: 200,
      body: { expirationDateTime: "2026-11-24T09:00:00.000Z", clientState: "k7-4b1e9c" },
    });
    expect(state.tokens).toHaveLength(2);
    expect(codeOf(await remove(path, made[0]["@odata.etag"]))).toEqual([409, "Request_EntityChanged"]);
    expect((await remove(path, renewed.body["@odata.etag"])).status).toBe(204);
    expect(codeOf(await json(path))).toEqual([404, "BadRequest_ResourceNotFound"]);
  });

  it("can be had for the sets that the runtime API lists", async () => {
    const { json, base } = await subscribed([]);
    const runtime = base.replace("/api/v2.0/", "/api/microsoft/runtime/beta/");
    const { body } = await json(`${runtime}/webhookSupportedResources?$filter=resource eq 'v2.0*'`);
    const names = body.value.map(({ resource }: { resource: string }) => resource);
    expect(names).toContain("v2.0/salesOrders");
    expect(names).not.toContain("v2.0/salesShipments");
  });
});

describe("notifications", () => {
  it("wait 30 seconds, are merged, and come several in one body without any data of the record", async () => {
    const { bc, clock, post, patch, desk, state, made } = await subscribed(["salesOrders", "items"]);
    const { body } = await post("salesOrders", order());
    await patch(`salesOrders(${body.id})`, { email: "a@b.example" });
    desk.editItem("SKU-100", { unitPrice: 20 });
    clock.pass(29);
    expect(await bc.notify()).toEqual([]);
    clock.pass(1);
    expect(await bc.notify()).toMatchObject([{ url: "https://sync.example.com/hooks/bc", status: 200 }]);
    expect(state.received).toHaveLength(1);
    expect(state.received[0]?.value).toEqual([
      {
        subscriptionId: made[0].subscriptionId,
        clientState: "k7-4b1e9c",
        expirationDateTime: "2026-11-23T09:00:00.000Z",
        resource: `api/v2.0/companies(${desk.company.id})/salesOrders(${body.id})`,
        changeType: "created",
        lastModifiedDateTime: "2026-11-20T09:00:00.000Z",
      },
      expect.objectContaining({ changeType: "updated", subscriptionId: made[1].subscriptionId }),
    ]);
    expect(await bc.notify()).toEqual([]);
  });

  it("tell a change of a line on its header, a deletion, and nothing of a refused write", async () => {
    const { bc, clock, post, patch, desk, state } = await subscribed();
    const { body } = await post("salesOrders?$expand=salesOrderLines", order());
    clock.pass(30);
    await bc.notify();
    await patch(`salesOrderLines(${body.salesOrderLines[0].id})`, { quantity: 5 });
    clock.pass(30);
    await bc.notify();
    await post("salesOrders", order({ shipToCountry: "XX" }));
    desk.post(body.number);
    clock.pass(30);
    await bc.notify();
    expect(state.received.map(({ value }) => value.map(({ changeType }) => changeType))).toEqual([
      ["created"],
      ["updated"],
      ["deleted"],
    ]);
  });

  it("become one of a collection when there are too many", async () => {
    const { bc, clock, desk, state } = await subscribed(["items"], { collectionAbove: 2 });
    for (const number of ["A", "B", "C"]) desk.addItem({ number });
    clock.pass(30);
    await bc.notify();
    expect(state.received[0]?.value).toEqual([
      expect.objectContaining({
        changeType: "collection",
        resource: `api/v2.0/companies(${desk.company.id})/items?$filter=lastDateTimeModified%20gt%202026-11-20T09:00:00.000Z`,
      }),
    ]);
  });

  it("come again after an outage, with growing gaps, until the subscription is deleted", async () => {
    const { bc, clock, desk, state } = await subscribed(["items"]);
    state.status = 503;
    desk.editItem("SKU-100", { unitPrice: 20 });
    clock.pass(30);
    await bc.notify();
    clock.pass(59);
    expect(await bc.notify()).toEqual([]);
    clock.pass(1);
    state.status = 0;
    expect(await bc.notify()).toMatchObject([{ status: undefined }]);
    clock.pass(239);
    expect(await bc.notify()).toEqual([]);
    clock.pass(1);
    state.status = 200;
    expect(await bc.notify()).toMatchObject([{ status: 200, body: { value: [{ changeType: "updated" }] } }]);
    state.status = 503;
    desk.editItem("SKU-100", { unitPrice: 21 });
    for (let hour = 0; hour < 60; hour += 1) {
      clock.pass(3600);
      await bc.notify();
    }
    expect(bc.subscriptions).toEqual([]);
  });

  it("lose their subscription at once by any other answer", async () => {
    const { bc, clock, desk, state } = await subscribed(["items"]);
    state.status = 401;
    desk.editItem("SKU-100", { unitPrice: 20 });
    clock.pass(30);
    await bc.notify();
    expect(bc.subscriptions).toEqual([]);
  });
});
