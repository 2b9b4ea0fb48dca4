import { describe, expect, it } from "vitest";
import { shipStationPairSettings, shipStationSettings } from "../../src/connectors/shipstation/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { Secret } from "../../src/core/secret.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { shipStationSystem } from "../../src/systems/shipstation.ts";
import { renew, subscribe, unsubscribe } from "../../src/webhooks/subscriptions.ts";

const url = "https://sync.contoso.example/webhooks/shipstation";
const urlV2 = `${url}-v2`;
const shipped = ["SHIP_NOTIFY", "FULFILLMENT_SHIPPED", "FULFILLMENT_REJECTED"];
const shippedV2 = ["label_created_v2", "fulfillment_shipped_v2", "fulfillment_rejected_v2"];

interface Given {
  keys?: Record<string, string>;
  readsOrders?: boolean;
  fetch?(next: () => Promise<Response>, request: Request): Promise<Response>;
}

const v1 = { apiKey: "key-1", apiSecret: "ss-secret" };

function open({ keys = v1, readsOrders = false, fetch }: Given = {}) {
  const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
  const sandbox = new ShipStationSandbox({ clock, ...v1, apiKeyV2: "v2-secret" });
  const kept = new Map(Object.entries(keys));
  const calls: unknown[] = [];
  const options = (more = {}) => ({ url: keys === v1 ? url : urlV2, now: clock.now(), isDry: false, ...more });
  const hooks = () => {
    const system = shipStationSystem(
      shipStationSettings.parse({}),
      { ...shipStationPairSettings.parse({}), keyTemplate: "{orderNumber}", lookBack: 30, readsOrders },
      {
        clock,
        signal: new AbortController().signal,
        random: () => 1,
        secrets: Object.fromEntries([...kept].map(([name, value]) => [name, new Secret(value)])),
        keepSecret: async (name, value) => void kept.set(name, value),
        readSecret: async (name) => {
          const value = kept.get(name);
          return value === undefined ? undefined : { value: new Secret(value), setAt: clock.now() };
        },
        onCall: (call) => calls.push(call),
        fetch: async (input, init) => {
          const request = new Request(input, init);
          const next = () => sandbox.fetch(request.clone());
          return fetch ? fetch(next, request) : next();
        },
      },
    );
    const found = "webhooks" in system ? system.webhooks?.() : undefined;
    if (!found) throw new Error("no webhooks");
    return found;
  };
  return {
    ...{ clock, sandbox, kept, calls, hooks },
    rows: sandbox.webhooks.hooks,
    create: async (more = {}) => subscribe(hooks(), await hooks().topics(), options(more)),
    renew: () => renew(hooks(), { ...options(), isAll: true }),
    remove: () => unsubscribe(hooks(), options()),
    token: () => kept.get("webhookToken") ?? "",
  };
}

const told = ({ done }: { done: { subscription: { topic: string }; done: string }[] }) =>
  done.map((one) => `${one.done} ${one.subscription.topic}`);

describe("webhook subscriptions of ShipStation V1", () => {
  it("are made once an event with a token in the address, of all stores, and shown without it", async () => {
    const { create, rows, token, hooks, calls } = open({ readsOrders: true });
    const made = await create();
    const topics = ["ORDER_NOTIFY", ...shipped];
    expect(told(made)).toEqual(topics.map((topic) => `created ${topic}`));
    expect(rows.map(({ event, url: called, storeId }) => [event, called, storeId])).toEqual(
      topics.map((topic) => [topic, `${url}/${token()}`, null]),
    );
    expect(token()).toMatch(/^[\w-]{43}$/);
    const again = await create();
    expect(told(again)).toEqual(topics.map((topic) => `unchanged ${topic}`));
    expect(rows).toHaveLength(4);
    expect(JSON.stringify([made, again, await hooks().list(url), calls])).not.toContain(token());
    expect((await hooks().list(url)).every((one) => one.url === url)).toBe(true);
  });

  it("tell of orders only where a pair reads them", async () => {
    expect(await open().hooks().topics()).toEqual(shipped);
  });

  it("are read in both shapes of the answer", async () => {
    const { create, sandbox } = open();
    sandbox.switches.subscribed = "row";
    expect(told(await create())).toEqual(shipped.map((topic) => `created ${topic}`));
    expect(sandbox.webhooks.hooks).toHaveLength(3);
  });

  it("are looked up after a lost answer, and made once", async () => {
    let lost = 0;
    const { create, rows } = open({
      fetch: async (next, request) => {
        const answer = await next();
        if (request.method === "POST" && lost++ === 0) throw new TypeError("fetch failed");
        return answer;
      },
    });
    expect(told(await create())).toEqual(shipped.map((topic) => `created ${topic}`));
    expect(rows).toHaveLength(3);
  });

  it("with a token of before, or switched off, are made again before they are deleted; others are nobody's affair", async () => {
    const world = open();
    await world.create();
    const { sandbox, kept, create, rows, hooks } = world;
    const add = (called: string) =>
      sandbox.webhooks.add({ api: "v1", event: "SHIP_NOTIFY", url: called, storeId: null, name: null, origin: "x" });
    const foreign = ["https://other.example/hook", `${url}er/token`, `${url}/a/b`].map((one) => add(one).id);
    for (const row of rows) if (row.event === "FULFILLMENT_SHIPPED") row.active = false;
    expect((await hooks().list(url)).filter(({ isStale }) => isStale).map(({ topic }) => topic)).toEqual([
      "FULFILLMENT_SHIPPED",
    ]);
    expect(told(await create())).toContain("created FULFILLMENT_SHIPPED");
    expect(rows.filter(({ event }) => event === "FULFILLMENT_SHIPPED").map(({ active }) => active)).toEqual([true]);
    kept.set("webhookToken", "another-token-of-a-restored-state");
    expect(told(await create({ isDry: true }))).toEqual(
      shipped.flatMap((topic) => [`created ${topic}`, `deleted ${topic}`]),
    );
    expect(told(await create())).toEqual(shipped.flatMap((topic) => [`created ${topic}`, `deleted ${topic}`]));
    const ours = rows.filter(({ id }) => !foreign.includes(id));
    expect(ours.map(({ url: called }) => called)).toEqual(shipped.map(() => `${url}/${kept.get("webhookToken")}`));
    expect(rows).toHaveLength(6);
  });

  it("made with a token that another process made meanwhile are not taken for stale by one that runs on", async () => {
    const { create, hooks, kept } = open();
    await create();
    const runsOn = hooks();
    kept.set("webhookToken", "another-token-of-another-process");
    await create();
    expect((await runsOn.list(url)).filter(({ isStale }) => isStale)).toEqual([]);
  });

  it("that the account may not have hold up no others, and their refusal does not tell the token", async () => {
    const sent: string[] = [];
    const { create, token } = open({
      fetch: async (next, request) => {
        if (request.method !== "POST") return next();
        const body = await request.clone().text();
        sent.push(body);
        return body.includes("FULFILLMENT") ? Response.json({ Message: `No ${body}` }, { status: 400 }) : next();
      },
    });
    const made = await create();
    expect(told(made)).toEqual(["created SHIP_NOTIFY", "refused FULFILLMENT_SHIPPED", "refused FULFILLMENT_REJECTED"]);
    expect(sent.join()).toContain(token());
    const messages = made.done.map(({ refusal }) => (refusal instanceof Error ? refusal.message : ""));
    expect(messages.join()).toContain("***");
    expect(messages.join()).not.toContain(token());
  });

  it("are ended, twice without an error", async () => {
    const { create, remove, rows, renew: renewed } = open();
    await create();
    expect(told(await renewed())).toEqual(shipped.map((topic) => `unchanged ${topic}`));
    expect(told(await remove())).toEqual(shipped.map((topic) => `deleted ${topic}`));
    expect([rows, await remove()]).toEqual([[], { done: [] }]);
  });
});

describe("webhook subscriptions of an account with a V2 key alone", () => {
  it("are V2's, made once, listed by their address and ended", async () => {
    const { create, rows, hooks, remove, kept } = open({ keys: { apiKeyV2: "v2-secret" } });
    expect(hooks().path).toBe("/webhooks/shipstation-v2");
    expect(told(await create())).toEqual(shippedV2.map((topic) => `created ${topic}`));
    expect(told(await create())).toEqual(shippedV2.map((topic) => `unchanged ${topic}`));
    expect(rows.map(({ api, event, url: called }) => [api, event, called])).toEqual(
      shippedV2.map((event) => ["v2", event, urlV2]),
    );
    expect([...kept.keys()]).toEqual(["apiKeyV2"]);
    expect(told(await remove())).toEqual(shippedV2.map((topic) => `deleted ${topic}`));
    expect(rows).toEqual([]);
  });
});
