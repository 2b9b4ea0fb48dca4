import { describe, expect, it } from "vitest";
import { z } from "zod";
import { signatureOf } from "../../src/sandbox/shipbob/webhooks.ts";
import { account } from "./shipbob-fixture.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const made = z.looseObject({ id: z.string(), secret: z.string() });

async function subscribed(topics: readonly string[], options: Parameters<typeof account>[0] = {}) {
  const world = account(options);
  world.sandbox.desk.addProduct({ sku: "A", stock: { 8: 100 } });
  const answer = await world.post("/webhook", { topics, url: "https://hooks.example/shipbob", secret });
  await world.create({ products: [{ reference_id: "A", name: "A", quantity: 3 }] });
  const received: { headers: Headers; body: string }[] = [];
  const deliver = (status = 200) =>
    world.sandbox.webhooks.deliver(async (request) => {
      received.push({ headers: request.headers, body: await request.text() });
      return new Response(null, { status });
    });
  return { ...world, answer, received, deliver };
}

describe("signatures", () => {
  // The published vector of Standard Webhooks, and two composed ones with the same secret.
  it.each([
    [
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "1614265330",
      '{"test": 2432232314}',
      "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ],
    [
      "msg_composed0002",
      "1767225600",
      '{"recipient":{"name":"Zoë Müller – 東京"}}',
      "3LANf4kw61I5wmBz07n+1gKyIq7Czyn1RHshmZ4mWcc=",
    ],
    ["msg_composed0003", "1767225600", "", "awIFiZPdI4qIH4ydBKcVYR55rORB1eYuMNe300S6l9c="],
  ])("of %s are those of the vectors", (id, timestamp, body, expected) => {
    expect(signatureOf({ secret, id, timestamp, body })).toBe(`v1,${expected}`);
  });
});

describe("a subscription", () => {
  it("shows its secret once, and is deleted", async () => {
    const { answer, get, call } = await subscribed(["order.shipped"]);
    expect(answer.status).toBe(200);
    const { id, secret: shown } = made.parse(await answer.json());
    expect(shown).toBe(secret);
    const list = z.object({ items: z.array(z.record(z.string(), z.unknown())) }).parse(await get("/webhook"));
    expect(list.items).toMatchObject([{ id, enabled: true, url: "https://hooks.example/shipbob" }]);
    expect(list.items[0]).not.toHaveProperty("secret");
    expect((await call("DELETE", `/2026-01/webhook/${id}`)).status).toBe(204);
    expect((await call("DELETE", `/2026-01/webhook/${id}`)).status).toBe(404);
  });

  it("wants https, a secret of the right form and known topics", async () => {
    const { post } = account();
    const status = async (body: object) =>
      (await post("/webhook", { topics: ["order.shipped"], url: "https://a.example", ...body })).status;
    expect(await status({})).toBe(200);
    expect(await status({ url: "http://a.example" })).toBe(422);
    expect(await status({ secret: "whsec_short" })).toBe(422);
    expect(await status({ topics: ["inventory_changed"] })).toBe(422);
  });

  it("wants the scope of its topics beside its own", async () => {
    const { post } = account({ scopes: ["webhooks_write", "orders_read"] });
    const status = async (topic: string) =>
      (await post("/webhook", { topics: [topic], url: "https://a.example" })).status;
    expect([await status("order.shipped"), await status("billing.charge.created")]).toEqual([200, 403]);
  });
});

describe("a message", () => {
  it("is signed over its raw body and names its topic in a header only", async () => {
    const { sandbox, deliver, received } = await subscribed(["order.shipped", "order.shipment.on_hold"]);
    sandbox.desk.ship("SO-1");
    expect(await deliver()).toMatchObject([{ topic: "order.shipped", status: 200 }]);
    const [{ headers, body } = { headers: new Headers(), body: "" }] = received;
    const [id, timestamp] = [headers.get("webhook-id") ?? "", headers.get("webhook-timestamp") ?? ""];
    expect(headers.get("webhook-signature")).toBe(signatureOf({ secret, id, timestamp, body }));
    expect(headers.get("x-webhook-topic")).toBe("order.shipped");
    expect(JSON.parse(body)).toMatchObject({ reference_id: "SO-1", shipments: [{ status: "LabeledCreated" }] });
    expect(await deliver()).toEqual([]);
  });

  it("tells of a split order when each part has its label, or at each label", async () => {
    const { sandbox, deliver } = await subscribed(["order.shipped"]);
    const second = sandbox.desk.split("SO-1", [{ sku: "A", quantity: 1 }]);
    sandbox.desk.label(second.id);
    expect(await deliver()).toEqual([]);
    sandbox.desk.label(sandbox.shipments[0]?.id ?? 0);
    expect(await deliver()).toHaveLength(1);
    sandbox.switches.orderShipped = "eachLabel";
    sandbox.desk.relabel(second.id);
    expect(await deliver()).toHaveLength(1);
  });

  it("tells of an order when its last shipment arrived", async () => {
    const { sandbox, deliver } = await subscribed(["order.delivered", "order.shipment.delivered"]);
    const second = sandbox.desk.split("SO-1", [{ sku: "A", quantity: 1 }]);
    const first = sandbox.shipments[0]?.id ?? 0;
    for (const id of [first, second.id]) sandbox.desk.ship(id);
    sandbox.desk.deliver(first);
    expect((await deliver()).map(({ topic }) => topic)).toEqual(["order.shipment.delivered"]);
    sandbox.desk.deliver(second.id);
    expect((await deliver()).map(({ topic }) => topic)).toEqual(["order.delivered", "order.shipment.delivered"]);
  });

  it("is tried again after pauses under the same id, the newest first", async () => {
    const { sandbox, deliver, clock, received } = await subscribed([
      "order.shipment.on_hold",
      "order.shipment.exception",
    ]);
    sandbox.desk.hold("SO-1");
    sandbox.desk.resolve("SO-1");
    sandbox.desk.exception("SO-1");
    const topics = async (status: number) => (await deliver(status)).map(({ topic }) => topic);
    expect(await topics(500)).toEqual(["order.shipment.exception", "order.shipment.on_hold"]);
    expect(await topics(500)).toEqual([]);
    clock.pass(5);
    expect(await topics(500)).toHaveLength(2);
    clock.pass(300);
    expect(await topics(200)).toHaveLength(2);
    expect(new Set(received.map(({ headers }) => headers.get("webhook-id"))).size).toBe(2);
    expect(sandbox.webhooks.waiting).toBe(0);
  });

  it("is the last of its subscription after five days without success", async () => {
    const { sandbox, deliver, clock, get } = await subscribed(["order.shipment.on_hold"]);
    for (const _ of [1, 2]) {
      sandbox.desk.hold("SO-1");
      sandbox.desk.resolve("SO-1");
      await deliver(500);
      clock.pass(5 * 86_400);
    }
    await deliver(500);
    expect(await get("/webhook")).toMatchObject({ items: [{ enabled: false }] });
    sandbox.desk.hold("SO-1");
    clock.pass(86_400);
    const waiting = sandbox.webhooks.waiting;
    sandbox.desk.resolve("SO-1");
    sandbox.desk.hold("SO-1");
    expect(sandbox.webhooks.waiting).toBe(waiting);
  });
});
