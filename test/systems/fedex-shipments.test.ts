import { describe, expect, it } from "vitest";
import { FedExClient } from "../../src/connectors/fedex/client.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Delivery } from "../../src/core/delivery.ts";
import { RejectedError, UnavailableError } from "../../src/core/errors.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import type { Shipment } from "../../src/core/model.ts";
import type { ListRequest, OrdersDone, SourceRecord } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import { type FedExOptions, FedExSandbox } from "../../src/sandbox/fedex.ts";
import { type LabelMemo, memoOf } from "../../src/systems/fedex/label-memo.ts";
import { FedExShipmentSource } from "../../src/systems/fedex/shipment-source.ts";
import { body } from "../connectors/fedex-kit.ts";

const keys = { apiKey: "ship-key", apiSecret: "ship-secret", trackApiKey: "track-key", trackApiSecret: "track-secret" };
const accountNumber = "700000000";
const hour = 3_600_000;
const day = 24 * hour;

/** A FedEx account with a source, and orders whose labels were bought there. */
function world(options: Partial<FedExOptions> = {}) {
  const clock = jumpingClock(new Date("2026-11-23T16:00:00Z"));
  const sandbox = new FedExSandbox({ clock, accountNumber, ...keys, ...options });
  const client = new FedExClient({
    settings: { apiUrl: "https://apis.fedex.com" },
    secrets: Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, new Secret(value)])),
    tokens: memoryTokenCache(),
    fetch: (input, init) => sandbox.fetch(new Request(input, init)),
    clock,
    random: () => 1,
  });
  const deliveries = new Map<string, Delivery>();
  const log: string[] = [];
  const orders: OrdersDone = {
    since: async (place) => ({
      orders: [...new Set(log.slice(Number(place ?? 0)))].flatMap((key) => doneOf(key)),
      place: log.length,
    }),
    load: async (wanted) => wanted.flatMap((key) => doneOf(key)),
    find: async ({ id }) =>
      [...deliveries.keys()]
        .flatMap(doneOf)
        .find(({ delivery }) => Object.values(delivery.steps).some(({ target }) => target === id)),
  };
  const doneOf = (key: string) => {
    const delivery = deliveries.get(key);
    return delivery ? [{ key, delivery }] : [];
  };
  const set = (key: string, step: string, label: LabelMemo) => {
    const before = deliveries.get(key);
    const at = clock.now().toISOString();
    const number = key.slice(key.indexOf("/") + 1);
    deliveries.set(key, {
      versions: {},
      closed: false,
      document: number,
      ref: null,
      at,
      memo: { ...before?.memo, ...memoOf(step, label) },
      steps: {
        ...before?.steps,
        [step]: { at: before?.steps[step]?.at ?? at, naturalKey: label.reference, fields: {}, target: label.master },
      },
    });
    log.push(key);
    return label;
  };
  let cursor: ListRequest["cursor"];
  let lastRunAt: Date | undefined;
  const open = new Set<string>();
  const source = new FedExShipmentSource(client, 90, () => clock.now());
  return {
    clock,
    sandbox,
    client,
    source,
    orders,
    set,
    open,
    trackCalls: () => sandbox.requests.filter((request) => request.endsWith("/track/v1/trackingnumbers")).length,
    /** Buys a label of so many pieces. */
    buy: async (key: string, { pieces = 1, step = "label" } = {}): Promise<LabelMemo> => {
      const reference = key.replace("/", "-") + step.slice("label".length);
      const { requestedShipment } = body;
      const [line] = requestedShipment.requestedPackageLineItems;
      if (!line) throw new Error("no line");
      const lines = Array.from({ length: pieces }, () => ({
        ...line,
        customerReferences: [{ customerReferenceType: "CUSTOMER_REFERENCE" as const, value: reference }],
      }));
      const shipDatestamp = clock.now().toISOString().slice(0, 10);
      const request = {
        ...body,
        requestedShipment: { ...requestedShipment, shipDatestamp, requestedPackageLineItems: lines },
      };
      const { value } = await client.createShipment(request, reference);
      return set(key, step, {
        reference,
        master: value.trackingNumber,
        pieces: value.shipment.pieceResponses.map((piece) => ({ trackingNumber: piece.trackingNumber ?? "" })),
        service: "GROUND_HOME_DELIVERY",
        shipDate: shipDatestamp,
        charge: { amount: "14.37", currency: "USD" },
        references: { CUSTOMER_REFERENCE: reference, P_O_NUMBER: "SO-1" },
        state: "live",
      });
    },
    /** A run of the flow that settles whatever it is given, a quarter of an hour after the last. */
    run: async (more: Partial<ListRequest> = {}) => {
      const records = new Map<string, SourceRecord>();
      const request = {
        now: clock.now(),
        orders,
        open: [...open].map((order) => ({ order })),
        ...(cursor === undefined ? {} : { cursor }),
        ...(lastRunAt === undefined ? {} : { lastRunAt }),
        ...more,
      };
      let failure: unknown;
      try {
        for await (const page of source.list(request)) {
          for (const record of page.records) records.set(record.id, record);
          if (page.cursor !== undefined) cursor = page.cursor;
        }
        lastRunAt = clock.now();
      } catch (error) {
        failure = error;
      }
      const shipments: Record<string, Shipment[]> = {};
      for (const [id, record] of records) {
        const read = source.read(record);
        shipments[id] = read;
        if (read.every(({ final }) => final)) open.delete(id);
        else open.add(id);
      }
      clock.advance(hour / 4);
      return { shipments, records, failure };
    },
  };
}

const first = (shipments: Record<string, Shipment[]>, key = "usmf/SO-1") => shipments[key]?.[0];

describe("a label that was just bought", () => {
  it("is given at once with its charge and references, before FedEx knows it and without a call", async () => {
    const { buy, run, trackCalls } = world();
    const { master } = await buy("usmf/SO-1");
    const { shipments, records } = await run();
    expect(trackCalls()).toBe(0);
    expect(records.get("usmf/SO-1")?.ref).toEqual({ order: "usmf/SO-1" });
    expect(shipments["usmf/SO-1"]).toEqual([
      {
        id: master,
        number: "SO-1",
        orderKey: "usmf-SO-1",
        orderNumber: "SO-1",
        final: false,
        personal: [],
        carrier: "fedex",
        carrierName: "FedEx",
        service: "GROUND_HOME_DELIVERY",
        shipDate: "2026-11-23",
        isVoided: false,
        isReturn: false,
        cost: { amount: "14.37", currency: "USD" },
        packages: [{ trackingNumber: master }],
        references: [
          { type: "CUSTOMER_REFERENCE", value: "usmf-SO-1" },
          { type: "P_O_NUMBER", value: "SO-1" },
        ],
        lines: [],
        isStatusUnknown: true,
      },
    ]);
  });

  it("is the same record while FedEx does not know it", async () => {
    const { buy, run, sandbox } = world();
    sandbox.switches.trackLagMs = 2 * hour;
    await buy("usmf/SO-1");
    const versions = [];
    for (let count = 0; count < 3; count += 1) versions.push((await run()).records.get("usmf/SO-1")?.version);
    expect(versions[0]).toBeDefined();
    expect(versions[2]).toBe(versions[0]);
  });

  it("is given although FedEx cannot be asked, and what stopped it is told after", async () => {
    const { buy, run, sandbox, clock } = world();
    const { master } = await buy("usmf/SO-1");
    clock.advance(hour);
    sandbox.switches.trackOutage = "errors";
    const { shipments, failure } = await run();
    expect(first(shipments)).toMatchObject({ id: master, isStatusUnknown: true });
    expect(failure).toBeInstanceOf(UnavailableError);
    sandbox.switches.trackOutage = "none";
    expect((await run()).shipments).toHaveProperty(["usmf/SO-1"]);
  });
});

describe("a parcel on its way", () => {
  it("is followed by its scans to its recipient, and no further", async () => {
    const { buy, run, sandbox, clock, trackCalls } = world();
    const { master } = await buy("usmf/SO-1");
    await run();
    const seen: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      sandbox.advance(master);
      const shipment = first((await run()).shipments);
      seen.push([shipment?.deliveryStatus, shipment?.scans?.length, shipment?.final]);
      clock.advance(6 * hour);
    }
    expect(seen).toEqual([
      ["picked up", 2, false],
      ["in transit", 3, false],
      ["out for delivery", 4, false],
      ["delivered", 5, true],
    ]);
    const calls = trackCalls();
    expect((await run()).shipments).toEqual({});
    expect(trackCalls()).toBe(calls);
  });

  it("has when it arrived and who took it, whose name is masked wherever it is told", async () => {
    const { buy, run, sandbox, clock } = world();
    const { master } = await buy("usmf/SO-1");
    clock.advance(30 * hour);
    sandbox.deliver(master, { receivedBy: "A.LOPEZ" });
    expect(first((await run()).shipments)).toMatchObject({
      deliveryStatus: "delivered",
      deliveredAt: "2026-11-24T22:00:00.000Z",
      receivedBy: "A.LOPEZ",
      personal: ["A.LOPEZ"],
    });
  });

  it("that comes back is returned and never delivered", async () => {
    const { buy, run, sandbox, clock } = world();
    const { master } = await buy("usmf/SO-1");
    clock.advance(hour);
    sandbox.tender(master);
    sandbox.returnToShipper(master);
    const returning = first((await run()).shipments);
    expect(returning).toMatchObject({ deliveryStatus: "returning", final: false });
    sandbox.deliver(master);
    const back = first((await run()).shipments);
    expect(back).toMatchObject({ deliveryStatus: "returned", final: true });
    expect(back).not.toHaveProperty("deliveredAt");
    expect(back).not.toHaveProperty("receivedBy");
  });

  it("that is late tells why, in FedEx's words", async () => {
    const { buy, run, sandbox, clock } = world();
    const { master } = await buy("usmf/SO-1");
    clock.advance(hour);
    sandbox.exception(master);
    const { deliveryStatus, incidents, scans } = first((await run()).shipments) ?? {};
    expect(deliveryStatus).toBe("exception");
    expect(incidents).toEqual([`${master}: Recipient not in or business closed`]);
    expect(scans?.at(-1)?.text).toMatch(/: Recipient not in or business closed$/);
    sandbox.delay(master);
    expect(first((await run()).shipments)?.incidents?.join()).toMatch(/Weather delay.*delayed: WEATHER\/SNOW/);
  });

  it("is told from another with its number by our reference", async () => {
    const { buy, run, sandbox, clock } = world();
    const { master } = await buy("usmf/SO-1");
    clock.advance(hour);
    sandbox.duplicate(master, { codes: ["OC", "PU", "DL"] });
    sandbox.advance(master);
    expect(first((await run()).shipments)?.deliveryStatus).toBe("picked up");
  });

  it("is left after 90 days, which is told once", async () => {
    const { buy, run, clock, trackCalls } = world();
    const { master } = await buy("usmf/SO-1");
    await run();
    clock.advance(89 * day);
    expect(first((await run()).shipments)).toMatchObject({ final: false, deliveryStatus: "label created" });
    clock.advance(2 * day);
    const left = first((await run()).shipments);
    expect(left).toMatchObject({ final: true });
    expect(left?.incidents).toEqual([`${master}: not delivered after 90 days, so it is followed no more`]);
    const calls = trackCalls();
    await run();
    expect(trackCalls()).toBe(calls);
  });
});

describe("several pieces and labels", () => {
  it("are asked for 30 in a call", async () => {
    const { buy, run, clock, trackCalls } = world();
    for (let count = 1; count <= 3; count += 1) await buy(`usmf/SO-${count}`, { pieces: 25 });
    clock.advance(hour);
    const { shipments } = await run();
    expect(trackCalls()).toBe(3);
    expect(Object.values(shipments).flat()).toHaveLength(3);
    expect(first(shipments, "usmf/SO-3")?.packages).toHaveLength(25);
    expect(first(shipments, "usmf/SO-3")?.deliveryStatus).toBe("label created");
  });

  it("are as far as the last of them, and final together", async () => {
    const { buy, run, sandbox, clock } = world();
    const { master, pieces } = await buy("usmf/SO-1", { pieces: 2 });
    const other = await buy("usmf/SO-1", { step: "label-2" });
    clock.advance(hour);
    sandbox.deliver(master);
    const status = async () =>
      (await run()).shipments["usmf/SO-1"]?.map(({ deliveryStatus, final }) => [deliveryStatus, final]);
    expect(await status()).toEqual([
      ["label created", false],
      ["label created", false],
    ]);
    sandbox.deliver(pieces[1]?.trackingNumber ?? "");
    expect((await status())?.[0]).toEqual(["delivered", false]);
    sandbox.deliver(other.master);
    expect(await status()).toEqual([
      ["delivered", true],
      ["delivered", true],
    ]);
  });

  it("are not delivered while FedEx tells nothing of one", async () => {
    const { buy, run, sandbox, clock, set } = world();
    const label = await buy("usmf/SO-1");
    set("usmf/SO-1", "label", { ...label, pieces: [...label.pieces, { trackingNumber: "794699999999" }] });
    clock.advance(hour);
    sandbox.deliver(label.master);
    expect(first((await run()).shipments)).toMatchObject({ deliveryStatus: "in transit", final: false });
  });

  it("of which one is void come with that one first, so that what it leaves is not overwritten, in one call", async () => {
    const { buy, run, set, clock, trackCalls } = world();
    const { master } = await buy("usmf/SO-1");
    const other = await buy("usmf/SO-1", { step: "label-2" });
    await run();
    clock.advance(hour);
    set("usmf/SO-1", "label-2", { ...other, state: "void" });
    const { shipments } = await run();
    expect(shipments["usmf/SO-1"]?.map(({ id }) => id)).toEqual([other.master, master]);
    expect(trackCalls()).toBe(1);
  });

  it("that somebody else cancelled at FedEx are told, and withdrawn only once they are voided", async () => {
    const { buy, run, client, clock } = world();
    const { master } = await buy("usmf/SO-1");
    await client.cancelShipment(accountNumber, master);
    clock.advance(hour);
    const shipment = first((await run()).shipments);
    expect(shipment).toMatchObject({ deliveryStatus: "cancelled", isVoided: false, final: false });
    expect(shipment?.incidents?.[0]).toMatch(/FedEx has it as cancelled; `mlc labels void \d+` withdraws it/);
  });

  it("that are void withdraw, and are not asked for", async () => {
    const { buy, run, set, client, clock, trackCalls } = world();
    const label = await buy("usmf/SO-1");
    await run();
    await client.cancelShipment(accountNumber, label.master);
    set("usmf/SO-1", "label", { ...label, state: "void" });
    const calls = trackCalls();
    const only = first((await run()).shipments);
    expect(only).toMatchObject({ isVoided: true, final: true });
    expect(only).not.toHaveProperty("deliveryStatus");
    expect(trackCalls()).toBe(calls);
    const anew = await buy("usmf/SO-1", { step: "label-g2" });
    clock.advance(hour);
    const both = (await run()).shipments["usmf/SO-1"];
    expect(both?.map(({ id, isVoided, final }) => [id, isVoided, final])).toEqual([
      [label.master, true, false],
      [anew.master, false, false],
    ]);
  });
});

describe("failures inside a good answer", () => {
  /** A source whose FedEx answers one number with an error, or refuses calls that have it. */
  function failing(how: "inside" | "whole") {
    const made = world();
    const bad = "794699999999";
    const source = new FedExShipmentSource(
      {
        trackNumbers: async (numbers) => {
          if (!numbers.includes(bad)) return made.client.trackNumbers(numbers);
          if (how === "whole") throw new RejectedError("FedEx refuses it", { code: "TRACKING.TRACKINGNUMBER.INVALID" });
          const good = await made.client.trackNumbers(numbers.filter((number) => number !== bad));
          const error = { code: "TRACKING.TRACKINGNUMBER.INVALID", message: "It is invalid." };
          const results = [{ scanEvents: [], dateAndTimes: [], error }];
          return { ...good, value: [...good.value, { trackingNumber: bad, results }] };
        },
      },
      90,
      () => made.clock.now(),
    );
    return { ...made, bad, source };
  }

  it.each(["inside", "whole"] as const)("concern one parcel alone (%s)", async (how) => {
    const { buy, set, bad, source, orders, clock, sandbox } = failing(how);
    const good = await buy("usmf/SO-1");
    const label = await buy("usmf/SO-2");
    set("usmf/SO-2", "label", { ...label, pieces: [{ trackingNumber: bad }] });
    clock.advance(hour);
    sandbox.advance(good.master);
    const records: SourceRecord[] = [];
    for await (const page of source.list({ now: clock.now(), orders })) records.push(...page.records);
    const [ok, failed] = records.flatMap((record) => source.read(record));
    expect(ok?.deliveryStatus).toBe("picked up");
    expect(failed).toMatchObject({ isStatusUnknown: true, final: false });
    expect(failed?.incidents?.[0]).toMatch(/^794699999999: FedEx tells nothing of it: TRACKING.TRACKINGNUMBER.INVALID/);
  });
});

describe("what is asked for", () => {
  it("is what is due, and all of it when a person says so", async () => {
    const { buy, run, clock, trackCalls } = world();
    await buy("usmf/SO-1");
    await run();
    clock.advance(30 * day);
    await run();
    const calls = trackCalls();
    for (let count = 0; count < 4; count += 1) await run();
    expect(trackCalls()).toBe(calls);
    await run({ ignoreSchedule: true });
    expect(trackCalls()).toBe(calls + 1);
  });

  it("is by name what a person names; an order without labels is gone", async () => {
    const { buy, source, orders, sandbox, clock } = world();
    const { master } = await buy("usmf/SO-1");
    clock.advance(hour);
    sandbox.advance(master);
    const found = await source.get([{ order: "usmf/SO-1" }, { order: "usmf/SO-9" }], true, orders);
    expect(found.get("usmf/SO-9")).toBe("gone");
    const record = found.get("usmf/SO-1");
    expect(record !== "gone" && record && source.read(record)[0]?.deliveryStatus).toBe("picked up");
  });

  it("is what was shipped in the span a person asks for, whatever was read before", async () => {
    const { buy, run, clock } = world();
    await buy("usmf/SO-1");
    await run();
    clock.advance(3 * day);
    await buy("usmf/SO-2");
    const now = clock.now();
    const days = (count: number) => new Date(now.getTime() + count * day);
    expect(Object.keys((await run({ since: days(-1) })).shipments)).toEqual(["usmf/SO-2"]);
    expect(Object.keys((await run({ since: days(-9) })).shipments).sort()).toEqual(["usmf/SO-1", "usmf/SO-2"]);
    expect(Object.keys((await run({ since: days(-9), until: days(-2) })).shipments)).toEqual(["usmf/SO-1"]);
  });
});
