import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/core/config.ts";
import { RejectedError, UnknownOutcomeError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { bcEnvironment, bcSystem } from "../../src/systems/bc.ts";
import { renew, subscribe, unsubscribe } from "../../src/webhooks/subscriptions.ts";
import { bcWorld, clientId, stockPair, tenantId } from "./bc-world.ts";

const url = "https://sync.contoso.example/webhooks/bc";
const hour = 3_600_000;
const company = "CRONUS USA, Inc.";

const open = (world = bcWorld(), name = company) => {
  const known = { tenantId, environment: "production", clientId, company: name };
  const settings = parseSettings(bcEnvironment, known, "bc");
  const webhookSecret = world.kept.get("webhookSecret");
  const secrets = {
    clientSecret: new Secret("right"),
    ...(webhookSecret === undefined ? {} : { webhookSecret: new Secret(webhookSecret) }),
  };
  const hooks = bcSystem(settings, stockPair, world.context(secrets)).webhooks?.();
  if (!hooks) throw new Error("no webhooks");
  const options = (more = {}) => ({ url, now: world.clock.now(), isDry: false, ...more });
  return {
    ...world,
    hooks,
    create: async (more = {}) => subscribe(hooks, await hooks.topics(), options(more)),
    renew: (isAll = false, more = {}) => renew(hooks, { ...options(more), isAll }),
    remove: (more = {}) => unsubscribe(hooks, options(more)),
    pass: (hours: number) => world.clock.advance(hours * hour),
    /** The writes of subscriptions that BC was asked for. */
    writes: () => world.bc.ledger.filter(({ action }) => action.includes("subscriptions")).map(({ action }) => action),
  };
};

const doneOf = async (changes: Promise<{ done: { subscription: { topic: string }; done: string }[] }>) =>
  (await changes).done.map(({ subscription, done }) => `${done} ${subscription.topic}`);
const sets = ["items", "customers", "salesOrders", "salesInvoices"];

describe("webhook subscriptions of a company in Business Central", () => {
  it("are made for the sets that the flows use, with a secret that was kept before", async () => {
    const { create, hooks, bc, kept } = open();
    expect(await doneOf(create())).toEqual(sets.map((set) => `created ${set}`));
    expect((await hooks.list(url)).map(({ topic, endsAt }) => [topic, endsAt?.toISOString()])).toEqual(
      sets.map((set) => [set, "2026-11-24T09:00:00.000Z"]),
    );
    const secret = kept.get("webhookSecret") ?? "";
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(bc.subscriptions.map(({ clientState }) => clientState)).toEqual(sets.map(() => secret));
    expect(JSON.stringify(await hooks.list(url))).not.toContain(secret);
  });

  it("are made only for sets that Business Central offers", async () => {
    const world = bcWorld();
    const context = world.context();
    const offered = ["v2.0/salesOrders", "v2.0/items", "v2.0/shipmentMethods"].map((resource) => ({ resource }));
    const fetch: typeof context.fetch = async (input) => {
      const request = new Request(input);
      return request.url.includes("webhookSupportedResources")
        ? Response.json({ value: offered })
        : context.fetch(request);
    };
    const settings = parseSettings(bcEnvironment, { tenantId, environment: "production", clientId, company }, "bc");
    const { webhooks } = bcSystem(settings, stockPair, { ...context, fetch });
    expect(await webhooks?.().topics()).toEqual(["items", "salesOrders"]);
  });

  it("stay one each, however often they are made", async () => {
    const world = bcWorld();
    await open(world).create();
    const again = open(world);
    expect(await doneOf(again.create())).toEqual(sets.map((set) => `unchanged ${set}`));
    expect(world.bc.subscriptions).toHaveLength(4);
  });

  it("are not touched when they have another address or are another company's", async () => {
    const world = bcWorld();
    await open(world).create({ url: "https://other.example/hooks" });
    await open(world, "My Company").create();
    const { hooks, create, remove } = open(world);
    expect(await hooks.list(url)).toEqual([]);
    await create();
    expect(world.bc.subscriptions).toHaveLength(12);
    expect(await doneOf(remove())).toEqual(sets.map((set) => `deleted ${set}`));
    expect(world.bc.subscriptions).toHaveLength(8);
    expect(await doneOf(remove())).toEqual([]);
  });

  it("are refused in one sentence with one thing to do while the receiver is not reached", async () => {
    const { create, receiver, bc } = open();
    receiver.isThere = false;
    const { done, error } = await create();
    expect(done).toEqual([]);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^Business Central could not subscribe to items .*validation token/),
      hint: expect.stringMatching(/^See that the receiver is running and that Business Central reaches it at https:/),
    });
    expect(bc.subscriptions).toEqual([]);
  });

  it("are looked up when the answer to their creation was lost", async () => {
    const { create, bc } = open();
    bc.faults = ({ method, url: asked }) =>
      method === "POST" && asked.endsWith("/subscriptions") ? "resetAfter" : undefined;
    expect(await doneOf(create())).toEqual(sets.map((set) => `created ${set}`));
    expect(bc.subscriptions).toHaveLength(4);
  });

  it("are unknown when the answer was lost and they are not there, and made by the next try", async () => {
    const { create, bc } = open();
    bc.faults = ({ method, url: asked }) =>
      method === "POST" && asked.endsWith("/subscriptions") ? "resetBefore" : undefined;
    const { error } = await create();
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    expect(error).toMatchObject({ hint: expect.stringContaining("looks first") });
    bc.faults = undefined;
    expect(await doneOf(create())).toEqual(sets.map((set) => `created ${set}`));
  });

  it("are renewed when they end within 36 hours, and then live three days more", async () => {
    const { create, renew: renewed, hooks, pass, writes } = open();
    await create();
    pass(35);
    expect(await doneOf(renewed())).toEqual(sets.map((set) => `unchanged ${set}`));
    expect(writes()).toHaveLength(4);
    pass(1);
    expect(await doneOf(renewed())).toEqual(sets.map((set) => `renewed ${set}`));
    expect((await hooks.list(url))[0]?.endsAt?.toISOString()).toBe("2026-11-25T21:00:00.000Z");
    pass(71);
    expect(await hooks.list(url)).toHaveLength(4);
    pass(1);
    expect(await hooks.list(url)).toEqual([]);
  });

  it("that ended are made anew", async () => {
    const { create, pass } = open();
    await create();
    pass(72);
    expect(await doneOf(create())).toEqual(sets.map((set) => `created ${set}`));
  });

  it("get a new secret when the old one is lost", async () => {
    const world = bcWorld();
    await open(world).create();
    const lost = world.kept.get("webhookSecret");
    world.kept.clear();
    expect(await doneOf(open(world).create())).toEqual(sets.map((set) => `renewed ${set}`));
    const made = world.kept.get("webhookSecret");
    expect(made).not.toBe(lost);
    expect(world.bc.subscriptions.map(({ clientState }) => clientState)).toEqual(sets.map(() => made));
    world.kept.clear();
    expect(await doneOf(open(world).renew())).toEqual(sets.map((set) => `renewed ${set}`));
  });

  it("are named, not changed, by a dry run", async () => {
    const { create, renew: renewed, remove, kept, bc, pass } = open();
    expect(await doneOf(create({ isDry: true }))).toEqual(sets.map((set) => `created ${set}`));
    expect([kept.size, bc.subscriptions]).toEqual([0, []]);
    await create();
    pass(40);
    expect(await doneOf(renewed(false, { isDry: true }))).toEqual(sets.map((set) => `renewed ${set}`));
    expect(await doneOf(remove({ isDry: true }))).toEqual(sets.map((set) => `deleted ${set}`));
    expect(bc.subscriptions.map(({ version }) => version)).toEqual([1, 1, 1, 1]);
  });

  it("say which is gone instead of renewing it, and what was done before", async () => {
    const { create, hooks, receiver, renew: renewed, pass } = open();
    await create();
    const [first] = await hooks.list(url);
    if (!first) throw new Error("none");
    await hooks.remove(first);
    await expect(hooks.renew(first)).rejects.toMatchObject({ hint: "Run `mlc webhooks create bc`." });
    await hooks.remove(first);
    pass(40);
    receiver.isThere = false;
    expect(await renewed()).toMatchObject({ done: [], error: { name: "RejectedError" } });
  });
});
