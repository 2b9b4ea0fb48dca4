import { expect, it } from "vitest";
import { RejectedError } from "../../src/core/errors.ts";
import type { WebhookSubscription, WebhookSubscriptions } from "../../src/core/system.ts";
import { keysUrlIn } from "../../src/webhooks/known-callers.ts";
import { proofOf, publicUrlOver, whyNotReached } from "../../src/webhooks/reached.ts";
import { type NotedWebhooks, noteOf, webhookStatus } from "../../src/webhooks/subscription-notes.ts";
import { notReached, tend } from "../../src/webhooks/tend.ts";

const url = "https://sync.contoso.example/webhooks/x";
const now = new Date("2026-11-21T16:00:00Z");
const hour = 3_600_000;
const later = (hours: number) => new Date(now.getTime() + hours * hour);

/** A vendor's subscriptions in memory: with a handshake, a bad answer ends what is renewed. */
function vendor({ hasHandshake = true, isReached = true, there = [] as WebhookSubscription[] } = {}) {
  const asked: string[] = [];
  let count = 0;
  const hooks: WebhookSubscriptions = {
    ...{ path: "/webhooks/x", hasHandshake, renewWithinMs: 36 * hour },
    topics: async () => ["a", "b"],
    list: async () => [...there],
    create: async (topic) => {
      asked.push(`create ${topic}`);
      if (!isReached) throw new RejectedError("no answer");
      count += 1;
      const made = { id: `new${count}`, topic, url };
      there.push(made);
      return made;
    },
    renew: async (held) => {
      asked.push(`renew ${held.topic}`);
      if (!isReached) {
        there.splice(there.indexOf(held), 1);
        throw new RejectedError("no answer");
      }
      return held;
    },
    remove: async (held) => {
      asked.push(`delete ${held.id}`);
      there.splice(there.indexOf(held), 1);
    },
  };
  const reach = async () => {
    asked.push("reach");
    if (!isReached) throw notReached("x", "https://sync.contoso.example", "nothing answers");
  };
  return { hooks, reach, asked, there };
}

const noted = (...topics: string[]): NotedWebhooks => ({
  ...{ at: now.toISOString(), url, topics: ["a", "b"] },
  subscriptions: topics.map((topic) => ({ id: `old-${topic}`, topic, createdAt: "2026-11-01T00:00:00.000Z" })),
});

it("a renewal asks the own receiver first, once, and leaves all alone when it is not reached", async () => {
  const there = () => [
    { id: "1", topic: "a", url, endsAt: later(30) },
    { id: "2", topic: "b", url, endsAt: later(30) },
  ];
  const reached = vendor({ there: there() });
  await tend({ ...reached, url, now, note: noted("a", "b") });
  expect(reached.asked).toEqual(["reach", "renew a", "renew b"]);
  const lost = vendor({ there: there(), isReached: false });
  const tended = await tend({ ...lost, url, now, note: noted("a", "b") });
  expect([lost.asked, lost.there.length]).toEqual([["reach"], 2]);
  expect(tended.error).toMatchObject({ message: expect.stringContaining("left as they are"), exitCode: 5 });
  const last = vendor({ there: [{ id: "1", topic: "a", url, endsAt: later(5) }] });
  await tend({ ...last, url, now, note: noted("a") });
  expect(last.asked).toEqual(["renew a"]);
});

it("what was there and is gone, or is stale, is made again; what never was is not", async () => {
  const stale: WebhookSubscription = { id: "old-a", topic: "a", url, isStale: true };
  const world = vendor({ hasHandshake: false, there: [stale] });
  const tended = await tend({ ...world, url, now, note: noted("a") });
  expect(world.asked).toEqual(["create a", "delete old-a"]);
  expect([tended.remade, tended.error]).toEqual([["a"], undefined]);
  const fresh = vendor({ hasHandshake: false });
  expect((await tend({ ...fresh, url, now, note: noted() })).remade).toEqual([]);
  const again = vendor({ there: [{ id: "9", topic: "a", url }] });
  expect((await tend({ ...again, url, now, note: noted("a", "b") })).remade).toEqual(["b"]);
  expect(again.asked).toEqual(["reach", "create b"]);
});

it("what is lost stays noted until it is made again, so that the next look tries too", async () => {
  const world = vendor({ isReached: false });
  const { seen, error } = await tend({ ...world, url, now, note: noted("a") });
  expect(error).toBeDefined();
  const note = noteOf(seen, noted("a"), now);
  expect(note.subscriptions).toEqual([expect.objectContaining({ topic: "a", lostAt: now.toISOString() })]);
  expect(webhookStatus("x", url, { note, now }).subscriptions[0]).toMatchObject({ topic: "a", isLive: false });
  const back = vendor();
  const again = await tend({ ...back, url, now: later(1), note });
  expect(again.remade).toEqual(["a"]);
  const mended = noteOf(again.seen, note, later(1));
  expect(webhookStatus("x", url, { note: mended, now }).subscriptions[0]).toEqual({
    ...{ topic: "a", endsAt: null, isLive: true, createdAt: later(1).toISOString() },
  });
});

it("a subscription's age is what the system says, else since it was first seen", () => {
  const there = [
    { id: "old-a", topic: "a", url },
    { id: "7", topic: "b", url, createdAt: new Date("2026-10-01T00:00:00Z") },
  ];
  const { subscriptions } = noteOf({ url, topics: ["a", "b"], there }, noted("a"), now);
  expect(subscriptions.map(({ createdAt }) => createdAt)).toEqual([
    "2026-11-01T00:00:00.000Z",
    "2026-10-01T00:00:00.000Z",
  ]);
});

it("the profile's receiver proves itself by its key; anything else that answers is not it", async () => {
  const [key, nonce] = [Buffer.from("key"), "0123456789abcdef0123456789abcdef"];
  const ask = (answer: (url: URL) => Response) => {
    const fetch: typeof globalThis.fetch = async (input) => answer(new URL(new Request(input).url));
    return whyNotReached("https://sync.contoso.example/behind/", { fetch, key, nonce });
  };
  const paths: string[] = [];
  const proving = (other: Buffer) => (asked: URL) => {
    paths.push(asked.pathname);
    return new Response(proofOf(other, asked.searchParams.get("probe") ?? ""));
  };
  expect(await ask(proving(key))).toBeUndefined();
  expect(paths).toEqual(["/behind/healthz"]);
  expect(await ask(proving(Buffer.from("another")))).toContain("not this profile's receiver");
  expect(await ask(() => new Response(nonce))).toContain("not this profile's receiver");
  expect(await ask(() => new Response(null, { status: 502 }))).toBe("it answers 502");
  const dead = async () => Promise.reject(new TypeError("fetch failed"));
  expect(await whyNotReached("https://x.example", { fetch: dead, key, nonce })).toBe("nothing answers");
  expect(proofOf(key, "<script>")).toBeUndefined();
});

it("the public address is what stands before the receiver's path", () => {
  expect(publicUrlOver("https://a.example/p/webhooks/bc", "/webhooks/bc")).toBe("https://a.example/p");
  expect(publicUrlOver("https://a.example/elsewhere", "/webhooks/bc")).toBeUndefined();
});

it("keys of ShipStation come from another address only where it is simulated on this machine", () => {
  const fixed = "https://api.shipengine.com/jwks";
  const at = (shipstation?: object) => keysUrlIn({ schema: 1, ...(shipstation ? { shipstation } : {}) });
  expect(at({ apiUrlV2: "http://127.0.0.1:9102" })).toBe("http://127.0.0.1:9102/jwks");
  expect(at({ apiUrlV2: "https://api.evil.example" })).toBe(fixed);
  expect([at({}), at()]).toEqual([fixed, fixed]);
});
