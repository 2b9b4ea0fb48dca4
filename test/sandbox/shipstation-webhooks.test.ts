import { expect, it } from "vitest";
import { z } from "zod";
import { jumpingClock } from "../../src/core/clock.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { KeySet } from "../../src/webhooks/receive/key-set.ts";
import { shipStationV2Verdict } from "../../src/webhooks/receive/shipstation-v2.ts";

const origin = "https://ssapi.test";
const url = "https://hooks.test/told";

function account() {
  const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
  const sandbox = new ShipStationSandbox({ clock, apiKey: "key", apiSecret: "secret", apiKeyV2: "v2" });
  const headers = {
    authorization: `Basic ${Buffer.from("key:secret").toString("base64")}`,
    "api-key": "v2",
    "content-type": "application/json",
  };
  const call = (method: string, path: string, body?: unknown) =>
    sandbox.fetch(
      new Request(`${origin}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }),
    );
  const subscribe = (event: string, more = {}) =>
    call("POST", "/webhooks/subscribe", { target_url: url, event, ...more });
  const received: { headers: Headers; body: Uint8Array }[] = [];
  const deliver = () =>
    sandbox.webhooks.deliver(async (request) => {
      received.push({ headers: request.headers, body: new Uint8Array(await request.arrayBuffer()) });
      return new Response();
    });
  const rows = async (path: string) => {
    const answer = z.record(z.string(), z.unknown()).parse(await (await call("GET", path)).json());
    return z.array(z.looseObject({})).parse(answer.orders ?? answer.shipments ?? answer.labels ?? answer.fulfillments);
  };
  return { clock, sandbox, call, subscribe, deliver, received, rows };
}

const order = (orderNumber: string, orderStatus = "awaiting_shipment") => ({
  ...{ orderNumber, orderKey: orderNumber, orderDate: "2026-11-21T08:00:00", orderStatus },
  ...{ billTo: { name: "Dana" }, shipTo: { name: "Dana", street1: "1 Main St", country: "US" } },
  items: [{ sku: "A", name: "A", quantity: 1, unitPrice: 1 }],
});

it("V1 subscribes, lists with PascalCase names and deletes; an event that is none is refused", async () => {
  const { call, subscribe, sandbox } = account();
  expect((await subscribe("ORDER_EDITED")).status).toBe(400);
  expect(await (await subscribe("SHIP_NOTIFY", { friendly_name: "mlc" })).json()).toEqual({ id: 123_001 });
  sandbox.switches.subscribed = "row";
  expect(await (await subscribe("ORDER_NOTIFY")).json()).toMatchObject({
    WebHookID: 123_002,
    HookType: "ORDER_NOTIFY",
  });
  const { webhooks } = z.object({ webhooks: z.unknown() }).parse(await (await call("GET", "/webhooks")).json());
  expect(webhooks).toMatchObject([{ WebHookID: 123_001, Url: url, Name: "mlc", Active: true }, { WebHookID: 123_002 }]);
  expect((await call("DELETE", "/webhooks/123001")).status).toBe(200);
  expect((await call("DELETE", "/webhooks/123001")).status).toBe(404);
});

it("one post tells of all orders of an import, and its address lists them", async () => {
  const { call, subscribe, deliver, rows, sandbox } = account();
  await subscribe("ORDER_NOTIFY");
  await call("POST", "/orders/createorders", [order("SO-1"), order("SO-2"), order("SO-3", "awaiting_payment")]);
  await call("POST", "/orders/createorder", { ...order("SO-1"), customerNotes: "changed" });
  const [post, ...others] = await deliver();
  expect([post?.body.resource_type, others]).toEqual(["ORDER_NOTIFY", []]);
  expect((post?.body.resource_url ?? "").length).toBeLessThan(200);
  const listed = await rows((post?.body.resource_url ?? "").replace(origin, ""));
  expect(listed.map(({ orderNumber }) => orderNumber)).toEqual(["SO-1", "SO-2"]);
  await call("POST", "/orders/createorder", order("SO-3"));
  sandbox.addOrder({ orderNumber: "WEB-1" });
  expect(await deliver()).toHaveLength(2);
});

it("a label and a mark as shipped are told, but a return label is not, nor to another store's subscription", async () => {
  const { call, subscribe, deliver, rows, sandbox } = account();
  await subscribe("SHIP_NOTIFY");
  await subscribe("SHIP_NOTIFY", { store_id: 1 });
  await subscribe("FULFILLMENT_SHIPPED");
  await call("POST", "/orders/createorders", [order("SO-1"), order("SO-2")]);
  sandbox.print("SO-1");
  sandbox.print("SO-1", { isReturnLabel: true });
  sandbox.markShipped("SO-2");
  const posts = await deliver();
  expect(posts.map(({ body }) => body.resource_type)).toEqual(["SHIP_NOTIFY", "FULFILLMENT_SHIPPED"]);
  for (const { body } of posts) expect(await rows(body.resource_url.replace(origin, ""))).toHaveLength(1);
  expect(await deliver()).toEqual([]);
});

it("V2 signs what it posts, so that mlc's receiver takes it by the keys that the account serves", async () => {
  const { call, deliver, received, sandbox, clock } = account();
  const body = { event: "label_created_v2", url };
  expect(await (await call("POST", "/v2/environment/webhooks", body)).json()).toMatchObject({
    webhook_id: "se-123001",
  });
  expect((await call("POST", "/v2/environment/webhooks", body)).status).toBe(409);
  await call("POST", "/orders/createorder", order("SO-1"));
  sandbox.print("SO-1");
  await deliver();
  const fetch: typeof globalThis.fetch = async (input, init) => sandbox.fetch(new Request(input, init));
  const keys = new KeySet({ url: `${origin}/jwks`, fetch, clock });
  const [told] = received;
  if (!told) throw new Error("nothing was posted");
  const verdict = await shipStationV2Verdict(
    { ...told, token: undefined, at: clock.now() },
    { keys, apiUrlV2: origin },
  );
  expect(verdict).toMatchObject({ event: { topic: "LABEL_CREATED_V2", records: [{ kind: "resourceUrl" }] } });
  const tampered = new Uint8Array([...told.body, 32]);
  expect(
    await shipStationV2Verdict(
      { ...told, body: tampered, token: undefined, at: clock.now() },
      { keys, apiUrlV2: origin },
    ),
  ).toMatchObject({ refused: { status: 401 } });
  expect((await call("PUT", "/v2/environment/webhooks/se-123001", { url: `${url}/2` })).status).toBe(204);
  expect((await call("DELETE", "/v2/environment/webhooks/se-123001")).status).toBe(204);
});
