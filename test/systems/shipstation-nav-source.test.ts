import { describe, expect, it } from "vitest";
import { shipStationSettings } from "../../src/connectors/shipstation/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Json } from "../../src/core/json.ts";
import type { Shipment } from "../../src/core/model.ts";
import { Secret } from "../../src/core/secret.ts";
import { type ShipStationOptions, ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { type MatchingPair, shipStationForMatching } from "../../src/systems/shipstation/for-matching.ts";
import { pagesOf } from "./shipstation-fixture.ts";

const v1 = { apiKey: "key", apiSecret: "secret" };
const v2 = { apiKeyV2: "key2" };
const keys: [string, Record<string, string>][] = [
  ["V1 keys alone", v1],
  ["V1 and V2 keys", { ...v1, ...v2 }],
  ["a V2 key alone", v2],
];
const shop = 771200;
const minutes = 60_000;

function world(
  given: {
    sandbox?: Partial<ShipStationOptions>;
    pair?: Partial<MatchingPair>;
    settings?: Record<string, unknown>;
  } = {},
) {
  const clock = jumpingClock(new Date("2026-11-20T18:00:00Z"));
  const access = { apiKey: "key", apiSecret: "secret", apiKeyV2: "key2", limitV1: 10_000, limitV2: 10_000 };
  const sandbox = new ShipStationSandbox({ clock, ...access, ...given.sandbox });
  const requests: URL[] = [];
  const source = (secrets: Record<string, string> = v1) =>
    shipStationForMatching(
      shipStationSettings.parse(given.settings ?? {}),
      { lookBack: 30, fedStores: [], ...given.pair },
      {
        clock,
        signal: new AbortController().signal,
        onCall: () => {},
        random: () => 0.5,
        secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
        fetch: async (input, init) => {
          const request = new Request(input, init);
          requests.push(new URL(request.url));
          return sandbox.fetch(request);
        },
      },
    ).shipmentSource();
  const read = async (of: ReturnType<typeof source>, cursor?: Json) => {
    const listed = await pagesOf(of.list({ now: clock.now(), ...(cursor === undefined ? {} : { cursor }) }));
    const records = [...new Map(listed.records.map((record) => [record.id, record])).values()];
    return { ...listed, records, shipments: records.flatMap((record) => of.read(record)) };
  };
  const later = (ms: number) => clock.sleep(ms);
  return { clock, sandbox, requests, source, read, later };
}

const maria = {
  orderKey: "web-884213",
  orderNumber: "SS-884213",
  orderDate: "2026-11-19T22:30:00",
  customerUsername: "maria.k",
  billTo: { name: "Maria Keller", company: "Keller Ltd", country: "US" },
  shipTo: {
    name: "Jo Keller",
    street1: "1 Main St",
    city: "Portland",
    state: "OR",
    postalCode: "97201",
    country: "US",
  },
};

const byId = (shipments: readonly Shipment[]) => new Map(shipments.map((one) => [one.id, one]));

describe("shipments whose orders the ERP finds by itself", () => {
  it.each(keys.slice(0, 2))("say who bought and when, with %s", async (_what, secrets) => {
    const { sandbox, source, read } = world();
    sandbox.addOrder(maria, shop);
    sandbox.print("web-884213");
    const { shipments, records } = await read(source(secrets));
    expect(shipments).toEqual([
      expect.objectContaining({
        number: "SS-884213",
        orderNumber: "SS-884213",
        orderKey: "web-884213",
        storeId: String(shop),
        order: {
          customerNames: ["Keller Ltd", "Maria Keller", "Jo Keller"],
          customerAccount: "maria.k",
          orderDate: "2026-11-19",
        },
      }),
    ]);
    expect(shipments[0]?.personal).toEqual(
      expect.arrayContaining(["Maria Keller", "Keller Ltd", "Jo Keller", "maria.k"]),
    );
    expect(JSON.stringify(records.map(({ ref, version }) => [ref, version]))).not.toMatch(/Keller|maria/i);
  });

  it("say with a V2 key alone who received it, and when the order came to ShipStation", async () => {
    const { sandbox, source, read, requests } = world();
    sandbox.addOrder(maria, shop);
    sandbox.print("web-884213", { packages: 2 });
    const { shipments } = await read(source(v2));
    expect(shipments).toHaveLength(1);
    expect(shipments[0]).toMatchObject({
      number: "SS-884213",
      orderNumber: "SS-884213",
      orderKey: "web-884213",
      storeId: String(shop),
      order: { customerNames: ["Jo Keller"], orderDate: "2026-11-20" },
      personal: ["Jo Keller"],
    });
    expect(shipments[0]?.packages).toHaveLength(2);
    expect(new Set(requests.map(({ pathname }) => pathname))).toEqual(new Set(["/v2/labels", "/v2/shipments"]));
  });

  it("are joined by V2's own id where its keys are made up", async () => {
    const { sandbox, source, read } = world({ sandbox: { switches: { externalShipmentId: "unlinked" } } });
    sandbox.addOrder(maria, shop);
    sandbox.print("web-884213");
    const [shipment] = (await read(source(v2))).shipments;
    expect(shipment).toMatchObject({ orderNumber: "SS-884213", order: { customerNames: ["Jo Keller"] } });
    expect(shipment?.orderKey).toBeUndefined();
  });

  it.each(keys)("take few calls for many, with %s", async (_what, secrets) => {
    const { sandbox, source, read, requests, later } = world();
    for (let number = 0; number < 60; number++) {
      sandbox.addOrder({ ...maria, orderKey: `web-${number}`, orderNumber: `SS-${number}` }, shop);
      sandbox.print(`web-${number}`);
      await later(minutes);
    }
    const { shipments } = await read(source(secrets));
    expect(shipments.map(({ orderNumber }) => orderNumber).sort()).toEqual(
      Array.from({ length: 60 }, (_, number) => `SS-${number}`).sort(),
    );
    expect(shipments.every(({ order }) => order !== undefined)).toBe(true);
    expect(requests.length).toBeLessThanOrEqual(10);
  });

  it.each(keys)(
    "come again with another version once the order's number is corrected, with %s",
    async (_what, secrets) => {
      const { sandbox, source, read, later } = world();
      sandbox.addOrder(maria, shop);
      const other = sandbox.addOrder({ ...maria, orderKey: "web-2", orderNumber: "SS-2" }, shop);
      sandbox.print("web-884213");
      sandbox.print("web-2");
      const first = await read(source(secrets));
      // A label of today moves the windows on, so that the first one is in none of them.
      await later(9 * 24 * 60 * minutes);
      sandbox.addOrder({ ...maria, orderKey: "web-3", orderNumber: "SS-3" }, shop);
      sandbox.print("web-3");
      const second = await read(source(secrets), first.cursor);
      await later(60 * minutes);
      const order = sandbox.orders.find(({ orderNumber }) => orderNumber === "SS-884213");
      if (!order) throw new Error("no order");
      sandbox.edit("web-884213", { orderNumber: "SS-884299" });
      const third = await read(source(secrets), second.cursor);
      const [one] = first.shipments;
      expect(byId(third.shipments).get(one?.id ?? "")).toMatchObject({ orderNumber: "SS-884299" });
      expect(third.shipments.map(({ orderId }) => orderId)).not.toContain(String(other.orderId));
      const versionOf = ({ records }: typeof first) => records.find(({ id }) => id === one?.id)?.version;
      expect(versionOf(third)).toBeDefined();
      expect(versionOf(third)).not.toBe(versionOf(first));
    },
  );

  it.each(keys)("read by name keep their version while nothing changes, with %s", async (_what, secrets) => {
    const { sandbox, source, read, later, requests } = world();
    for (let number = 0; number < 8; number++) {
      sandbox.addOrder({ ...maria, orderKey: `web-${number}`, orderNumber: `SS-${number}` }, shop);
      sandbox.print(`web-${number}`);
      await later(minutes);
    }
    const { records } = await read(source(secrets));
    await later(60 * minutes);
    for (const some of [records, records.slice(0, 2)]) {
      requests.length = 0;
      const found = await source(secrets).get(some.map(({ ref }) => ref));
      expect([...found.values()].map((one) => one === "gone" || one.version)).toEqual(
        some.map(({ version }) => version),
      );
      expect(requests.length).toBeLessThan(7);
    }
  });

  it("of a part of a split order go by the number of the whole one", async () => {
    const { sandbox, source, read } = world();
    sandbox.addOrder({ ...maria, items: [{ sku: "A", name: "A", quantity: 2, unitPrice: 1, lineItemKey: "1" }] }, shop);
    const part = sandbox.split("web-884213", [{ lineItemKey: "1", quantity: 1 }]);
    sandbox.print(part.orderId);
    const [shipment] = (await read(source())).shipments;
    expect(shipment).toMatchObject({ orderId: String(part.orderId), orderNumber: "SS-884213", orderKey: "web-884213" });
  });

  it("of combined orders go to each of them by its own number, as far as ShipStation shows them still", async () => {
    const { sandbox, source, read } = world({ sandbox: { switches: { mergedAway: "cancelled" } } });
    sandbox.addOrder(maria, shop);
    sandbox.addOrder({ ...maria, orderKey: "web-2", orderNumber: "SS-2" }, shop);
    sandbox.merge("web-884213", ["web-2"]);
    sandbox.print("web-884213");
    const { shipments } = await read(source());
    expect(shipments.map(({ orderNumber, orderKey }) => [orderNumber, orderKey])).toEqual([
      ["SS-884213", "web-884213"],
      ["SS-2", "web-2"],
    ]);
    expect(shipments[1]?.order?.customerNames).toContain("Maria Keller");
  });

  it.each(keys)(
    "come again once the number of an order that is open still is corrected, with %s",
    async (_w, secrets) => {
      const { sandbox, source, read, later } = world();
      const items = [{ sku: "A", name: "A", quantity: 2, unitPrice: 1, lineItemKey: "1" }];
      sandbox.addOrder({ ...maria, items }, shop);
      const label = sandbox.print("web-884213", { items: [{ lineItemKey: "1", quantity: 1 }] });
      const first = await read(source(secrets));
      await later(9 * 24 * 60 * minutes);
      sandbox.addOrder({ ...maria, orderKey: "web-3", orderNumber: "SS-3" }, shop);
      sandbox.print("web-3");
      const second = await read(source(secrets), first.cursor);
      await later(60 * minutes);
      sandbox.edit("web-884213", { orderNumber: "SS-884299" });
      const third = await read(source(secrets), second.cursor);
      expect(byId(third.shipments).get(`se-${label.shipmentId}`)).toMatchObject({ orderNumber: "SS-884299" });
    },
  );

  it.each(keys)("whose label becomes void come again within a quarter of an hour, with %s", async (_w, secrets) => {
    const { sandbox, source, read, later } = world();
    sandbox.addOrder(maria, shop);
    const label = sandbox.print("web-884213");
    const first = await read(source(secrets));
    await later(9 * 24 * 60 * minutes);
    sandbox.addOrder({ ...maria, orderKey: "web-3", orderNumber: "SS-3" }, shop);
    sandbox.print("web-3");
    const second = await read(source(secrets), first.cursor);
    await later(15 * minutes);
    sandbox.void(label.shipmentId);
    const order = sandbox.orders.find(({ orderKey }) => orderKey === "web-884213");
    // Nothing says that a void moves its order's own time.
    if (order) order.modifyDate = order.createDate;
    const third = await read(source(secrets), second.cursor);
    expect(byId(third.shipments).get(`se-${label.shipmentId}`)).toMatchObject({ isVoided: true });
  });

  it("that took the place of a void one come again with what was in that", async () => {
    const { sandbox, source, read, later } = world();
    sandbox.addOrder(maria, shop);
    const label = sandbox.print("web-884213");
    const next = sandbox.reprint(label.shipmentId);
    const first = await read(source());
    expect(byId(first.shipments).get(`se-${next.shipmentId}`)?.lines).toEqual([]);
    await later(9 * 24 * 60 * minutes);
    sandbox.addOrder({ ...maria, orderKey: "web-3", orderNumber: "SS-3" }, shop);
    sandbox.print("web-3");
    const second = await read(source(), first.cursor);
    await later(15 * minutes);
    sandbox.void(label.shipmentId);
    const third = await read(source(), second.cursor);
    expect(byId(third.shipments).get(`se-${next.shipmentId}`)?.lines).toHaveLength(1);
  });

  it("of orders that are marked as shipped no more come again within a quarter of an hour", async () => {
    const { sandbox, source, read, later } = world();
    sandbox.addOrder(maria, shop);
    const mark = sandbox.markShipped("web-884213", { trackingNumber: "1Z9" });
    const first = await read(source());
    await later(9 * 24 * 60 * minutes);
    sandbox.addOrder({ ...maria, orderKey: "web-3", orderNumber: "SS-3" }, shop);
    sandbox.markShipped("web-3", { trackingNumber: "1Z3" });
    const second = await read(source(), first.cursor);
    await later(15 * minutes);
    sandbox.voidFulfillment(mark.fulfillmentId);
    const third = await read(source(), second.cursor);
    expect(byId(third.shipments).get(`f-${mark.fulfillmentId}`)).toMatchObject({ isVoided: true });
  });

  it("of orders marked as shipped come too", async () => {
    const { sandbox, source, read } = world();
    sandbox.addOrder(maria, shop);
    sandbox.markShipped("web-884213", { trackingNumber: "1Z9" });
    expect((await read(source())).shipments).toEqual([
      expect.objectContaining({
        orderNumber: "SS-884213",
        order: expect.objectContaining({ orderDate: "2026-11-19" }),
      }),
    ]);
  });

  it.each(keys)("are left alone in stores that mlc feeds and before the first day, with %s", async (_what, secrets) => {
    const { sandbox, source, read, later } = world({ pair: { fedStores: [771100], startDate: "2026-11-21" } });
    sandbox.addOrder({ ...maria, orderKey: "early", orderNumber: "E" }, shop);
    sandbox.print("early");
    await later(24 * 60 * minutes);
    sandbox.addOrder({ ...maria, orderKey: "fed", orderNumber: "F" }, 771100);
    sandbox.print("fed");
    sandbox.addOrder(maria, shop);
    sandbox.print("web-884213");
    const { shipments } = await read(source(secrets));
    expect(shipments.map(({ orderNumber }) => orderNumber)).toEqual(["SS-884213"]);
  });
});
