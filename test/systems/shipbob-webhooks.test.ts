import { describe, expect, it } from "vitest";
import { renew, subscribe, unsubscribe } from "../../src/webhooks/subscriptions.ts";
import { type ShipBobWorld, shipBobWorld, start } from "./shipbob-world.ts";

const url = "https://sync.contoso.example/webhooks/shipbob";

function open(world: ShipBobWorld = {}) {
  const made = shipBobWorld(world);
  const hooks = () => {
    const found = made.system().webhooks?.();
    if (!found) throw new Error("no webhooks");
    return found;
  };
  const options = (more = {}) => ({ url, now: made.clock.now(), isDry: false, ...more });
  return {
    ...made,
    hooks,
    rows: made.sandbox.webhooks.subscriptions,
    create: async (more = {}) => subscribe(hooks(), await hooks().topics(), options(more)),
    renew: () => renew(hooks(), { ...options(), isAll: true }),
    remove: () => unsubscribe(hooks(), options()),
    secret: () => made.kept.get("webhookSecret")?.value ?? "",
  };
}

const told = ({ done }: { done: { subscription: { topic: string }; done: string }[] }, word: string) =>
  done.filter((one) => one.done === word).map(({ subscription }) => subscription.topic);

describe("webhook subscriptions of a ShipBob account", () => {
  it("are made once a topic, with a secret in ShipBob's form that is kept before and never told", async () => {
    const { create, hooks, rows, secret } = open();
    const topics = await hooks().topics();
    const made = await create();
    expect(told(made, "created")).toEqual(topics);
    expect(secret()).toMatch(/^whsec_[a-zA-Z0-9+/]{32}$/);
    expect(rows.map((row) => [row.topics, row.url, row.secret])).toEqual(
      topics.map((topic) => [[topic], url, secret()]),
    );
    expect(told(await create(), "unchanged")).toEqual(topics);
    expect(rows).toHaveLength(11);
    const listed = await hooks().list(url);
    expect(listed.map(({ createdAt, isStale }) => [createdAt, isStale])).toEqual(topics.map(() => [start, undefined]));
    expect(JSON.stringify([made, listed, rows.map(({ description }) => description)])).not.toContain(secret());
  });

  it("that the token has no scope for are refused alone", async () => {
    const scopes = ["webhooks_read", "webhooks_write", "orders_read"];
    const { create, hooks } = open({ sandbox: { scopes } });
    const made = await create();
    const isOfOrders = (topic: string) => topic.startsWith("order.");
    const topics = await hooks().topics();
    expect(told(made, "created")).toEqual(topics.filter(isOfOrders));
    expect(told(made, "refused")).toEqual(topics.filter((topic) => !isOfOrders(topic)));
    const none = await open({ sandbox: { scopes: ["webhooks_read", "webhooks_write"] } }).create();
    expect([none.done, none.error]).toEqual([[], expect.objectContaining({ name: "AuthError" })]);
  });

  it("that ShipBob switched off, or that carry a secret of before, are made again before they are deleted", async () => {
    const { create, rows, kept, hooks } = open();
    const topics = await hooks().topics();
    await create();
    const off = rows[0];
    if (off) off.enabled = false;
    const again = await create();
    expect([told(again, "created"), told(again, "deleted")]).toEqual([["order.shipped"], ["order.shipped"]]);
    expect([rows.length, rows.every(({ enabled }) => enabled)]).toEqual([11, true]);
    const before = kept.get("webhookSecret")?.value;
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    kept.set("webhookSecret", { value: `${secret} ${before}`, setAt: start });
    expect(told(await create(), "created")).toEqual(topics);
    expect(rows.map((row) => row.secret)).toEqual(topics.map(() => secret));
  });

  it("that a person made at the address are left, and counted for their topics", async () => {
    const { create, rows, hooks } = open();
    await create();
    rows.splice(0, rows.length, {
      ...{ id: "ep_hand", topics: ["order.shipped", "return.created"], url, description: "by hand", secret: "x" },
      ...{ enabled: true, failingSince: null, created: start.toISOString() },
    });
    const made = await create();
    expect(told(made, "unchanged")).toEqual(["order.shipped", "return.created"]);
    expect((await hooks().topics()).length - told(made, "created").length).toBe(2);
    expect(rows.some(({ id }) => id === "ep_hand")).toBe(true);
  });

  it("are ended, twice without an error; those with another address are nobody's affair", async () => {
    const { create, remove, rows, renew: renewed, hooks } = open();
    await create();
    const other = rows[0];
    if (other) other.url = "https://other.example/webhooks/shipbob";
    expect(told(await renewed(), "unchanged")).toHaveLength(10);
    expect(told(await remove(), "deleted")).toHaveLength(10);
    expect([rows.length, await hooks().list(url)]).toEqual([1, []]);
    expect(await remove()).toEqual({ done: [] });
  });
});
