import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { handshakeAnswer } from "../../src/webhooks/receive/bc.ts";
import { shipStationKeysUrl } from "../../src/webhooks/receive/shipstation-v2.ts";
import { standardWebhookId } from "../../src/webhooks/receive/standard-webhooks.ts";
import {
  callers,
  fromBc,
  fromFedEx,
  fromFno,
  fromShipBob,
  fromShipStation,
  fromShipStationV2,
  goodCalls,
  judged,
  jwks,
  keyRequests,
  keySet,
  now,
  type SentCall,
  secrets,
  signedStandard,
} from "./callers.ts";

beforeEach(() => {
  keyRequests.length = 0;
});

const eventOf = async (call: SentCall) => {
  const verdict = await judged(call);
  if (!verdict || !("event" in verdict)) throw new Error(JSON.stringify(verdict));
  return verdict.event;
};
const statusOf = async (call: SentCall, known = callers(), at = now) => {
  const verdict = await judged(call, known, at);
  return verdict && "refused" in verdict ? verdict.refused.status : verdict;
};

it("each vendor's call names its records", async () => {
  const events = await Promise.all(goodCalls.map(eventOf));
  expect(events.map(({ topic, records }) => ({ topic, records }))).toEqual([
    {
      topic: "SHIP_NOTIFY",
      records: [
        {
          kind: "resourceUrl",
          id: "https://ssapi6.shipstation.com/shipments?batchId=190000001&includeShipmentItems=False",
        },
      ],
    },
    {
      topic: "LABEL_CREATED_V2",
      records: [{ kind: "resourceUrl", id: "https://api.shipstation.com/v2/labels?batch_id=se-1" }],
    },
    {
      topic: "order.shipped",
      records: [
        { kind: "orderId", id: "240765630" },
        { kind: "shipmentId", id: "320263454" },
      ],
    },
    { topic: "tracking", records: [{ kind: "trackingNumber", id: "794600000001" }] },
    { topic: "salesOrders", records: [{ kind: "record", id: "api/v2.0/companies(2f1c)/salesOrders(5f3b)" }] },
    {
      topic: "SalesOrderConfirmedBusinessEvent",
      records: [{ kind: "orderNumber", id: "SO-1", legalEntity: "usmf" }],
    },
  ]);
});

it("a vendor that is not known here, or a token where none belongs, is nothing at all", async () => {
  const { fedex: _, ...others } = callers();
  expect(await judged(fromFedEx("{}"), others)).toBeUndefined();
  expect(await judged({ ...fromFedEx("{}"), token: "x" })).toBeUndefined();
  const { token: _token, ...bare } = fromShipStation("https://ssapi.shipstation.com/orders");
  expect(await judged(bare)).toBeUndefined();
});

it("what is something else than JSON by its content type is refused whoever sends it", async () => {
  for (const call of goodCalls)
    for (const type of [
      "text/plain",
      "application/octet-stream",
      "application/x-www-form-urlencoded",
      "application/jsonp",
    ])
      expect(await statusOf({ ...call, headers: { ...call.headers, "content-type": type } })).toBe(415);
});

const hostile = [
  "http://ssapi6.shipstation.com/orders",
  "https://ssapi6.shipstation.com.evil.example/orders",
  "https://evil.example/?https://ssapi6.shipstation.com",
  "https://ssapi6.shipstation.com@evil.example/orders",
  "https://user:pass@ssapi6.shipstation.com/orders",
  "https://ssapi6.shipstation.com:8443/orders",
  "https://xssapi6.shipstation.com/orders",
  "https://ssapix.shipstation.com/orders",
  "https://evil.ssapi6.shipstation.com/orders",
  "https://ssapi6.shipstation.com./orders",
  "https://ssapi6.shipstation.com\\@evil.example/orders".replace("com\\", "com.evil.example\\"),
  "https://169.254.169.254/latest/meta-data",
  "http://127.0.0.1:9103/orders",
  "http://localhost:9102/orders",
  "file:///etc/passwd",
  "//ssapi6.shipstation.com/orders",
  "javascript:alert(1)",
  `https://ssapi6.shipstation.com/${"a".repeat(2100)}`,
  "",
];

it.each(hostile)("V1's resource_url %s is refused", async (url) => {
  expect(await statusOf(fromShipStation(url))).toBe(400);
});

it("V1's resource_url is taken from its hosts and from the address of the settings, as it will be fetched", async () => {
  const taken = async (url: string) => (await eventOf(fromShipStation(url))).records[0]?.id;
  expect(await taken("https://ssapi.shipstation.com/orders?storeID=1")).toContain("https://ssapi.shipstation.com/");
  expect(await taken("http://127.0.0.1:9102/shipments?batchId=1")).toBe("http://127.0.0.1:9102/shipments?batchId=1");
  expect(await taken("https://SSAPI12.shipstation.com/orders\n")).toBe("https://ssapi12.shipstation.com/orders");
});

it("V1's token is compared whole, and an empty one opens nothing", async () => {
  const call = fromShipStation("https://ssapi.shipstation.com/orders");
  expect(await statusOf({ ...call, token: `${secrets.shipstation}x` })).toBe(401);
  expect(await statusOf({ ...call, token: secrets.shipstation.slice(1) })).toBe(401);
  const open = { ...callers(), shipstation: { token: "", apiUrl: "https://ssapi.shipstation.com" } };
  expect(await statusOf({ ...call, token: "" }, open)).toBe(401);
});

const v2Body =
  '{"resource_url":"https://api.shipstation.com/v2/labels?batch_id=se-1","resource_type":"LABEL_CREATED_V2"}';

it("V2 is taken with seconds or ISO for a timestamp within five minutes, and only as it was signed", async () => {
  expect(await statusOf(fromShipStationV2(v2Body, "2026-11-21T16:04:59Z"))).toHaveProperty("event");
  expect(await statusOf(fromShipStationV2(v2Body, "2026-11-21T16:05:01Z"))).toBe(401);
  expect(await statusOf(fromShipStationV2(v2Body, "2026-11-21T15:54:59Z"))).toBe(401);
  expect(await statusOf(fromShipStationV2(v2Body, "yesterday"))).toBe(401);
  expect(await statusOf({ ...fromShipStationV2(v2Body), body: v2Body.replace("se-1", "se-2") })).toBe(401);
  const signed = fromShipStationV2(v2Body.replace("api.shipstation.com", "api.shipstation.com.evil.example"));
  expect(await statusOf(signed)).toBe(400);
});

it("V2's keys come from the pinned host, once, and are read again for an unknown id after an hour at the earliest", async () => {
  const clock = jumpingClock(now);
  let answer = () => Response.json(jwks());
  const known = callers(keySet(() => answer(), clock));
  const unknown = fromShipStationV2(v2Body, undefined, "k2");
  await Promise.all([1, 2, 3].map(() => judged(fromShipStationV2(v2Body), known)));
  for (let at = 0; at < 50; at += 1) expect(await statusOf(unknown, known)).toBe(401);
  expect(keyRequests).toEqual([shipStationKeysUrl]);
  clock.advance(3_600_000);
  answer = () => new Response("", { status: 500 });
  expect(await statusOf(unknown, known)).toBe(401);
  expect(await statusOf(fromShipStationV2(v2Body), known)).toHaveProperty("event");
  expect(keyRequests).toHaveLength(2);
  clock.advance(3_600_000);
  answer = () => Response.json(jwks({ kid: "k2" }));
  expect(await statusOf(unknown, known)).toHaveProperty("event");
});

it("V2 is put off while its keys could never be read, and a key of another kind is none", async () => {
  const none = callers(keySet(() => new Response("", { status: 503 })));
  expect(await statusOf(fromShipStationV2(v2Body), none)).toBe(503);
  for (const more of [{ alg: "RS512" }, { alg: "none" }, { kty: "oct", k: "AAAA" }, { use: "enc" }])
    expect(await statusOf(fromShipStationV2(v2Body), callers(keySet(() => Response.json(jwks(more)))))).toBe(401);
});

it("V2's keys that could not be read at first are asked for again after a minute, once", async () => {
  const clock = jumpingClock(now);
  let answer = () => new Response("", { status: 503 });
  const known = callers(keySet(() => answer(), clock));
  for (let at = 0; at < 5; at += 1) expect(await statusOf(fromShipStationV2(v2Body), known)).toBe(503);
  expect(keyRequests).toHaveLength(1);
  answer = () => Response.json(jwks());
  clock.advance(61_000);
  expect(await statusOf(fromShipStationV2(v2Body), known)).toHaveProperty("event");
  expect(keyRequests).toHaveLength(2);
});

interface Vector {
  name: string;
  secret: string;
  webhook_id: string;
  webhook_timestamp: string;
  body: string;
  expected_signature: string;
}
const published: Vector = {
  name: "published vector",
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  webhook_id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  webhook_timestamp: "1614265330",
  body: '{"test": 2432232314}',
  expected_signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "standard-webhooks-test-vectors.json");
const vectors: Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).vectors : [published];

it.each(vectors)("Standard Webhooks: $name", (vector) => {
  const headers = new Headers({
    "webhook-id": vector.webhook_id,
    "webhook-timestamp": vector.webhook_timestamp,
    "webhook-signature": vector.expected_signature,
  });
  const at = new Date(Number(vector.webhook_timestamp) * 1000);
  const call = { headers, body: Buffer.from(vector.body), at };
  expect(standardWebhookId(call, [vector.secret])).toEqual({ id: vector.webhook_id });
  expect(standardWebhookId({ ...call, body: Buffer.from(`${vector.body} `) }, [vector.secret])).toHaveProperty(
    "reason",
  );
});

const body = '{"id":1}';
const stamp = String(now.getTime() / 1000);
const good = signedStandard("msg_1", stamp, body);
const other = signedStandard("msg_1", stamp, body, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
const withHeader = (name: string, value: string): SentCall => {
  const call = fromShipBob(body);
  return { ...call, headers: { ...call.headers, [name]: value } };
};

it.each([
  ["a signature without padding", good.replace(/=+$/, "")],
  ["the right one third", `${other} v1a,${good.slice(3)} ${good}`],
])("ShipBob is taken with %s", async (_, signature) => {
  expect(await statusOf(withHeader("webhook-signature", signature))).toHaveProperty("event");
});

it.each([
  ["no signature", withHeader("webhook-signature", "")],
  ["a signature cut short", withHeader("webhook-signature", good.slice(0, -4))],
  ["nothing after v1,", withHeader("webhook-signature", "v1,")],
  ["the signature of another secret", withHeader("webhook-signature", other)],
  ["another version alone", withHeader("webhook-signature", good.replace("v1,", "v2,"))],
  ["the right one past the twentieth", withHeader("webhook-signature", `${"v1, ".repeat(20)}${good}`)],
  ["a timestamp that is no number", withHeader("webhook-timestamp", `${stamp}.0`)],
  ["another timestamp", withHeader("webhook-timestamp", String(Number(stamp) - 1))],
  ["another id", withHeader("webhook-id", "msg_2")],
  ["a changed body", { ...fromShipBob(body), body: '{"id":2}' }],
  ["a call of five minutes and a second ago", fromShipBob(body, "x", "m", new Date(now.getTime() - 301_000))],
  ["a call of the future", fromShipBob(body, "x", "m", new Date(now.getTime() + 301_000))],
])("ShipBob is refused with %s", async (_, call) => {
  expect(await statusOf(call)).toBe(401);
});

it("ShipBob's secrets rotate, the prefix may be missing, and an empty one proves nothing", async () => {
  const known = (...list: string[]) => ({ ...callers(), shipbob: { secrets: list } });
  const fresh = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  expect(await statusOf(fromShipBob(body), known(fresh, secrets.shipbob))).toHaveProperty("event");
  expect(await statusOf(fromShipBob(body), known(secrets.shipbob.slice(6)))).toHaveProperty("event");
  expect(await statusOf(fromShipBob(body), known(fresh))).toBe(401);
  const empty = withHeader("webhook-signature", signedStandard("msg_1", stamp, body, ""));
  expect(await statusOf(empty, known("", "whsec_"))).toBe(401);
});

it.each([
  ["order_shipped", { id: 7, shipments: [{ id: 8 }] }, "order.shipped", ["orderId 7", "shipmentId 8"]],
  ["order.shipped", { data: { id: 7, shipments: [{ id: 8 }] } }, "order.shipped", ["orderId 7", "shipmentId 8"]],
  ["shipment_onhold", { id: 8, order_id: 7 }, "order.shipment.on_hold", ["shipmentId 8", "orderId 7"]],
  ["order.shipment.delivered", { shipment: { id: 8 } }, "order.shipment.delivered", ["shipmentId 8"]],
  ["order.shipment.exception", { data: { shipment_id: 8 } }, "order.shipment.exception", ["shipmentId 8"]],
  ["billing.charge.created", { id: "c-1" }, "billing.charge.created", ["chargeId c-1"]],
  ["return.created", { id: 9 }, "return.created", []],
  ["wro.box.stowed", { id: 9 }, "wro.box.stowed", []],
])("ShipBob's %s names what it is about", async (told, sent, topic, records) => {
  const event = await eventOf(fromShipBob(JSON.stringify(sent), told));
  expect([event.id, event.topic, event.records.map(({ kind, id }) => `${kind} ${id}`)]).toEqual([
    "msg_1",
    topic,
    records,
  ]);
});

it("ShipBob's old subscriptions tell their topic in another header", async () => {
  const { "x-webhook-topic": _, ...headers } = fromShipBob('{"id":7}').headers;
  const call = { ...fromShipBob('{"id":7}'), headers: { ...headers, "shipbob-topic": "order_shipped" } };
  expect((await eventOf(call)).topic).toBe("order.shipped");
  expect(await statusOf({ ...call, headers })).toBe(400);
});

it("FedEx is proved by base64 of the body's bytes, and one push is one event however often it comes", async () => {
  const push = fromFedEx('{ "trackResults": [{ "trackingNumberInfo": { "trackingNumber": "794600000002" } }] }');
  const event = await eventOf(push);
  expect(event.records).toEqual([{ kind: "trackingNumber", id: "794600000002" }]);
  expect((await eventOf(push)).id).toBe(event.id);
  const { "fdx-signature": signature = "" } = push.headers;
  const signed = (text: string) => ({ ...push, headers: { ...push.headers, "fdx-signature": text } });
  expect(await statusOf(signed(Buffer.from(signature, "base64").toString("hex")))).toBe(401);
  expect(await statusOf(signed(""))).toBe(401);
  expect(await statusOf({ ...push, body: push.body.toString().replaceAll(" ", "") })).toBe(401);
});

it("Business Central's notifications are proved one by one, and the secret is not kept", async () => {
  const order = { resource: "api/v2.0/companies(2f1c)/salesOrders(5f3b)", changeType: "updated" };
  const many = {
    resource: "api/v2.0/companies(2f1c)/items?$filter=lastDateTimeModifed gt 2026",
    changeType: "collection",
  };
  const foreign = { clientState: "x", resource: "api/v2.0/companies(2f1c)/items(1)", changeType: "updated" };
  const event = await eventOf(fromBc([order, many, foreign, order]));
  expect(event.topic).toBe("items,salesOrders");
  expect(event.records).toEqual([
    { kind: "record", id: "api/v2.0/companies(2f1c)/salesOrders(5f3b)" },
    { kind: "changes", id: "items" },
  ]);
  expect(event.body).not.toContain(secrets.bc);
  expect(event.body).not.toContain("items(1)");
  expect(await statusOf(fromBc([foreign]))).toBe(401);
  expect(await statusOf(fromBc([]))).toBe(401);
  expect(await statusOf({ ...fromBc([]), body: "[]" })).toBe(400);
});

it("Business Central's handshake is answered only while mlc waits for one, with a token that is plain text", () => {
  expect(handshakeAnswer("a token 123-~", true)).toBe("a token 123-~");
  expect(handshakeAnswer("abc", false)).toBeUndefined();
  for (const token of ["", "a\nb", "é", "a".repeat(513), "\u0000"])
    expect(handshakeAnswer(token, true)).toBeUndefined();
});

it("F&O's configured events name orders, its test and all others need nothing", async () => {
  const event = {
    BusinessEventId: "SalesOrderConfirmedBusinessEvent",
    EventId: "9C0D",
    BusinessEventLegalEntity: "USMF",
  };
  expect((await eventOf(fromFno({ ...event, SalesId: "SO-2" }))).records[0]?.id).toBe("SO-2");
  expect((await eventOf(fromFno({ ...event, SalesOrder: "SO-3" }))).id).toBe("9C0D");
  expect(await statusOf(fromFno({ ...event, SalesOrder: "SO\u00003" }))).toBe(400);
  expect(await statusOf(fromFno(event))).toBe(400);
  const test = { BusinessEventId: "BusinessEventsTestEndpointContract" };
  expect(await judged(fromFno(test))).toHaveProperty("ignored");
  expect(await judged(fromFno({ BusinessEventId: "Other", SalesId: "SO-2" }))).toHaveProperty("ignored");
  expect(await statusOf({ ...fromFno(test), token: "guess" })).toBe(401);
  const path = { ...callers(), fno: { token: secrets.fno, eventIds: [], orderNumberPath: ["Order", "Number"] } };
  expect(await judged(fromFno({ ...event, Order: { Number: "SO-4" } }), path)).toHaveProperty(
    "event.records.0.id",
    "SO-4",
  );
});
