import { describe, expect, it } from "vitest";
import type { Shipment } from "../../src/core/model.ts";
import type { ListRequest, Source } from "../../src/core/ports.ts";
import { Windows } from "../../src/systems/shipstation/windows.ts";
import { account, pagesOf, shipmentsOf } from "../systems/shipstation-fixture.ts";

const hour = 3_600_000;

const key = (number: number) => `usmf-SO-${number}`;

/** An account with orders `usmf-SO-1`, … in its first manual store. */
function stocked(count: number, given: Parameters<typeof account>[0] = {}) {
  const made = account(given);
  for (let number = 1; number <= count; number++) {
    made.sandbox.addOrder({ orderNumber: `SO-${number}`, orderKey: key(number), items: [item(number)] }, 771100);
  }
  return made;
}

const item = (number: number) => ({
  lineItemKey: `L${number}`,
  sku: "1996-S",
  name: "Whiteboard",
  quantity: 2,
  unitPrice: 5,
});

const read = (source: Source<Shipment>, request: ListRequest) => shipmentsOf(source, source.list(request));

describe("reading shipments", () => {
  it("a label becomes a shipment with its order, lines, carrier, cost and day", async () => {
    const { clock, sandbox, system } = stocked(1);
    const { shipmentId, trackingNumbers } = sandbox.print(key(1), {
      carrierCode: "stamps_com",
      serviceCode: "usps_priority_mail",
      cost: 7.65,
    });
    const [shipment, ...more] = await read(system().shipmentSource(), { now: clock.now() });
    expect(more).toEqual([]);
    const [trackingNumber = ""] = trackingNumbers;
    expect(shipment).toEqual({
      id: `se-${shipmentId}`,
      number: "SO-1",
      final: false,
      personal: expect.arrayContaining(["Web Customer", "1 Main St"]),
      orderKey: "usmf-SO-1",
      orderId: expect.stringMatching(/^\d+$/),
      orderNumber: "SO-1",
      storeId: "771100",
      carrier: "usps",
      carrierName: "USPS",
      service: "usps_priority_mail",
      shipDate: "2026-03-02",
      cost: { amount: "7.65", currency: "USD" },
      isVoided: false,
      isReturn: false,
      packages: [{ trackingNumber, trackingUrl: expect.stringContaining(trackingNumber) }],
      lines: [{ key: "L1", sku: "1996-S", quantity: 2 }],
    });
  });

  it("an order marked as shipped becomes a shipment with an id of its own and its order's key", async () => {
    const { clock, sandbox, system } = stocked(1);
    sandbox.markShipped(key(1), { carrierName: "FedEx", trackingNumber: "794600000001" });
    const [shipment] = await read(system().shipmentSource(), { now: clock.now() });
    expect(shipment).toMatchObject({
      id: expect.stringMatching(/^f-/),
      orderKey: "usmf-SO-1",
      carrier: "fedex",
      shipDate: "2026-03-02",
      lines: [],
    });
  });

  it("a label voided long after it was made is found by its void date", async () => {
    const { clock, sandbox, system } = stocked(1);
    const { shipmentId } = sandbox.print(key(1));
    const source = system().shipmentSource();
    const { cursor } = await pagesOf(source.list({ now: clock.now() }));
    clock.advance(10 * 24 * hour);
    sandbox.void(shipmentId);
    const [shipment] = await read(source, { cursor, now: clock.now() });
    expect(shipment).toMatchObject({ id: `se-${shipmentId}`, isVoided: true });
  });

  it("return labels are marked", async () => {
    const { clock, sandbox, system } = stocked(1);
    sandbox.print(key(1));
    sandbox.print(key(1), { isReturnLabel: true });
    const shipments = await read(system().shipmentSource(), { now: clock.now() });
    expect(shipments.map(({ isReturn }) => isReturn)).toEqual([false, true]);
  });

  it("a label without items inherits those of the voided one it replaces", async () => {
    const { clock, sandbox, system } = stocked(1);
    const first = sandbox.print(key(1));
    const second = sandbox.reprint(first.shipmentId);
    const source = system().shipmentSource();
    const before = await read(source, { now: clock.now() });
    expect(before.find(({ id }) => id === `se-${second.shipmentId}`)?.lines).toEqual([]);
    sandbox.void(first.shipmentId);
    const after = await read(source, { now: clock.now() });
    expect(after.find(({ id }) => id === `se-${second.shipmentId}`)?.lines).toEqual([
      { key: "L1", sku: "1996-S", quantity: 2 },
    ]);
  });

  it("a label without items that has none to inherit says so", async () => {
    const { clock, sandbox, system } = stocked(1);
    sandbox.print(key(1), { withoutItems: true });
    const [shipment] = await read(system().shipmentSource(), { now: clock.now() });
    expect(shipment).toMatchObject({ lines: [], remarks: [expect.stringContaining("has no lines")] });
  });

  it("orders of stores that are not read are left out", async () => {
    const { clock, sandbox, system } = stocked(1, { settings: { stores: "771101,771200" } });
    sandbox.print(key(1));
    sandbox.addOrder({ orderKey: "shop-1" });
    sandbox.print("shop-1");
    sandbox.addOrder({ orderKey: "shop-2" });
    sandbox.markShipped("shop-2");
    sandbox.addOrder({ orderKey: "manual-2" }, 771100);
    sandbox.markShipped("manual-2");
    const shipments = await read(system().shipmentSource(), { now: clock.now() });
    expect(shipments.map(({ orderKey }) => orderKey)).toEqual(["shop-1", "shop-2"]);
  });

  it.each([
    { pages: "zero" },
    { totals: "missing" },
    { emptyFields: "absent" },
    { fractionDigits: 7 },
    { fractionDigits: 0 },
  ] as const)("every row of several pages is read once with %j", async (switches) => {
    const { clock, sandbox, system } = stocked(1300, { sandbox: { switches, limitV1: 1000 } });
    for (let number = 1; number <= 1300; number++) {
      sandbox.print(key(number));
      if (number % 3 === 0) clock.advance(1000);
    }
    const { records } = await pagesOf(system().shipmentSource().list({ now: clock.now() }));
    expect(new Set(records.map(({ id }) => id)).size).toBe(1300);
  });

  it("more than a page in one equal second is read by counting pages", async () => {
    const { clock, sandbox, system } = stocked(1100, { sandbox: { limitV1: 1000 } });
    for (let number = 1; number <= 1100; number++) sandbox.print(key(number));
    const { records } = await pagesOf(system().shipmentSource().list({ now: clock.now() }));
    expect(new Set(records.map(({ id }) => id)).size).toBe(1100);
  });

  it("a row that ShipStation cannot give is set aside alone", async () => {
    const { clock, sandbox, system } = stocked(30, { sandbox: { limitV1: 1000 } });
    const rows = Array.from({ length: 30 }, (_, index) => {
      clock.advance(2000);
      return sandbox.print(key(index + 1));
    });
    const bad = rows[14];
    if (bad) sandbox.badRecords.add(bad.shipmentId);
    const source = system().shipmentSource();
    const { records } = await pagesOf(source.list({ now: clock.now() }));
    const unreadable = records.filter(({ id }) => id.startsWith("shipments@"));
    expect(unreadable).toHaveLength(1);
    expect(() => unreadable.flatMap((record) => source.read(record))).toThrow(/cannot give/);
    expect(new Set(records.map(({ id }) => id)).size).toBe(30);
  });

  it.each(["counted", "zero"] as const)("a server that caps the page is read whole, pages %s", async (pages) => {
    const made = stocked(250, { sandbox: { switches: { pages }, limitV1: 1000 } });
    for (let number = 1; number <= 250; number++) made.sandbox.print(key(number));
    const capped = account({
      start: made.clock.now().toISOString(),
      answer: (request) => {
        const url = new URL(request.url);
        url.searchParams.set("pageSize", String(Math.min(100, Number(url.searchParams.get("pageSize")))));
        return made.sandbox.fetch(new Request(url, request));
      },
    });
    const { records } = await pagesOf(capped.system().shipmentSource().list({ now: made.clock.now() }));
    expect(new Set(records.map(({ id }) => id)).size).toBe(250);
  });

  it("several pages across the autumn hour are read whole", async () => {
    const { clock, sandbox, system } = stocked(1200, { start: "2026-11-01T07:50:00Z", sandbox: { limitV1: 1000 } });
    for (let number = 1; number <= 1200; number++) {
      clock.advance(7000);
      sandbox.print(key(number));
    }
    const { records } = await pagesOf(system().shipmentSource().list({ now: clock.now() }));
    expect(new Set(records.map(({ id }) => id)).size).toBe(1200);
  });

  it("is not thrown by the autumn hour that comes twice", async () => {
    const { clock, sandbox, system } = stocked(6, { start: "2026-11-01T07:30:00Z" });
    const source = system().shipmentSource();
    let cursor = (await pagesOf(source.list({ now: clock.now() }))).cursor;
    const found = new Set<string>();
    for (let number = 1; number <= 6; number++) {
      clock.advance(hour / 2);
      sandbox.print(key(number));
      const page = await pagesOf(source.list({ cursor, now: clock.now() }));
      for (const { id } of page.records) found.add(id);
      cursor = page.cursor;
    }
    expect(found.size).toBe(6);
  });
});

describe("the cursor", () => {
  it("comes from the rows, not from the clock", async () => {
    const { clock, sandbox, system } = stocked(1);
    sandbox.print(key(1));
    const printedAt = clock.now().toISOString();
    clock.advance(5 * hour);
    const { cursor } = await pagesOf(system().shipmentSource().list({ now: clock.now() }));
    expect(cursor).toMatchObject({ shipments: expect.stringContaining(printedAt.slice(0, 19)) });
    expect(cursor).not.toHaveProperty("voids");
    expect(cursor).not.toHaveProperty("fulfillments");
  });

  it("overlaps by two hours, and once a day by seven days", async () => {
    const { clock, sandbox, requests, system } = stocked(2);
    const starts = () =>
      requests
        .filter((url) => url.pathname === "/shipments" && !url.searchParams.has("voidDateStart"))
        .map((url) => url.searchParams.get("createDateStart"));
    sandbox.print(key(1));
    const source = system().shipmentSource();
    const first = await pagesOf(source.list({ now: clock.now() }));
    clock.advance(hour);
    const second = await pagesOf(source.list({ cursor: first.cursor, now: clock.now() }));
    clock.advance(24 * hour);
    sandbox.print(key(2));
    const third = await pagesOf(source.list({ cursor: second.cursor, now: clock.now() }));
    await pagesOf(source.list({ cursor: third.cursor, now: clock.now() }));
    expect(starts()).toEqual([
      "2026-01-31T14:05:09",
      "2026-03-02T12:05:09",
      "2026-02-23T14:05:09",
      "2026-03-03T13:05:09",
    ]);
  });

  it("never moves back", () => {
    const cursor = { shipments: "2026-03-02T22:00:00.000Z", wide: { shipments: "2026-03-02T22:00:00.000Z" } };
    const windows = new Windows({ cursor, now: new Date("2026-03-02T23:00:00Z") }, 30);
    windows.reach("shipments", [new Date("2026-03-02T21:00:00Z"), undefined]);
    expect(windows.cursor).toEqual(cursor);
  });

  it("stands aside for --since and its end", async () => {
    const { clock, sandbox, system } = stocked(2);
    sandbox.print(key(1));
    clock.advance(hour);
    sandbox.print(key(2));
    const source = system().shipmentSource();
    const shipments = await read(source, {
      since: new Date("2026-03-02T00:00:00Z"),
      until: new Date("2026-03-02T22:30:00Z"),
      now: clock.now(),
    });
    expect(shipments.map(({ orderKey }) => orderKey)).toEqual(["usmf-SO-1"]);
  });
});

describe("with a V2 key", () => {
  const both = { apiKey: "key", apiSecret: "secret", apiKeyV2: "key2" };

  it.each(["firstNumber", "rowEach"] as const)(
    "each package has its own number, when V1 shows %s",
    async (multiPackage) => {
      const { clock, sandbox, system } = stocked(1, { sandbox: { switches: { multiPackage } } });
      const { trackingNumbers } = sandbox.print(key(1), { packages: 3 });
      const shipments = await read(system(both).shipmentSource(), { now: clock.now() });
      expect(shipments.flatMap(({ packages }) => packages.map(({ trackingNumber }) => trackingNumber))).toEqual(
        trackingNumbers,
      );
    },
  );

  it("packages are found among many orders too", async () => {
    const { clock, sandbox, system } = stocked(20);
    for (let number = 1; number <= 20; number++) sandbox.print(key(number), { packages: number === 9 ? 2 : 1 });
    const shipments = await read(system(both).shipmentSource(), { now: clock.now() });
    expect(shipments.filter(({ packages }) => packages.length === 2).map(({ orderKey }) => orderKey)).toEqual([key(9)]);
  });

  it("the same content keeps its version when the key is added", async () => {
    const { clock, sandbox, system } = stocked(2);
    sandbox.print(key(1));
    sandbox.markShipped(key(2));
    const versions = async (secrets?: Record<string, string>) =>
      (await pagesOf(system(secrets).shipmentSource().list({ now: clock.now() }))).records.map(({ id, version }) => [
        id,
        version,
      ]);
    expect(await versions(both)).toEqual(await versions());
  });

  it("alone, labels are read with the key they carry", async () => {
    const { clock, sandbox, system } = stocked(1);
    const { shipmentId } = sandbox.print(key(1), { packages: 2, cost: 4.5 });
    const source = system({ apiKeyV2: "key2" }).shipmentSource();
    const [shipment] = await read(source, { now: clock.now() });
    expect(shipment).toMatchObject({
      id: `se-${shipmentId}`,
      orderKey: "usmf-SO-1",
      cost: { amount: "4.5", currency: "USD" },
      packages: [{}, {}],
    });
  });
});

describe("reading by name", () => {
  it("gives what was listed, with the same version, and says what is gone", async () => {
    const { clock, sandbox, system } = stocked(2);
    sandbox.print(key(1));
    sandbox.markShipped(key(2));
    const source = system().shipmentSource();
    const { records } = await pagesOf(source.list({ now: clock.now() }));
    const found = await source.get([...records.map(({ ref }) => ref), { id: "se-1", orderId: 1 }]);
    for (const record of records)
      expect(found.get(record.id)).toMatchObject({ id: record.id, version: record.version });
    expect(found.get("se-1")).toBe("gone");
  });
});

describe("reading many by name", () => {
  it("takes lists, not a call for each", async () => {
    const { clock, sandbox, requests, system } = stocked(60);
    for (let number = 1; number <= 60; number++) {
      clock.advance(60_000);
      if (number % 2 === 0) sandbox.print(key(number));
      else sandbox.markShipped(key(number));
    }
    const source = system().shipmentSource();
    const { records } = await pagesOf(source.list({ now: clock.now() }));
    const before = requests.length;
    const found = await source.get(records.map(({ ref }) => ref));
    for (const { id, version } of records) expect(found.get(id)).toMatchObject({ id, version });
    expect(found.size).toBe(60);
    expect(requests.length - before).toBe(2);
  });
});

describe("edits", () => {
  const values = async (source: ReturnType<ReturnType<typeof account>["system"]>, now: Date) => {
    const edits = source.edits?.();
    if (!edits) throw new Error("edits are read with V1 keys");
    const { records } = await pagesOf(edits.list({ now }));
    return records.flatMap((record) => edits.read(record));
  };

  it("tell status, hold and changed fields by the names that were sent", async () => {
    const { clock, sandbox, system } = stocked(1);
    sandbox.hold(key(1), "2026-03-09");
    sandbox.edit(key(1), { customerEmail: "new@example.com" });
    const [edited] = await values(system(), clock.now());
    expect(edited).toMatchObject({
      naturalKey: "usmf-SO-1",
      number: "SO-1",
      values: { orderStatus: "on_hold", holdUntilDate: "2026-03-09", customerEmail: "new@example.com" },
    });
  });

  it("a printed label is no edit", async () => {
    const { clock, sandbox, system } = stocked(1);
    sandbox.print(key(1));
    const [edited] = await values(system(), clock.now());
    expect(Object.keys(edited?.values ?? {})).not.toContain("orderStatus");
    expect(Object.keys(edited?.values ?? {})).not.toContain("carrierCode");
  });

  it("merged and split orders name each other", async () => {
    const { clock, sandbox, system } = stocked(3, {
      sandbox: { switches: { mergedAway: "cancelled", splitOrderKey: "own" } },
    });
    sandbox.merge(key(1), [key(2)]);
    const child = sandbox.split(key(3), [{ lineItemKey: "L3", quantity: 1 }]);
    const edited = await values(system(), clock.now());
    const of = (naturalKey: string) => edited.find((order) => order.naturalKey === naturalKey);
    expect(of(key(1))).toMatchObject({ related: [key(2)], values: { mergedIds: [expect.any(Number)] } });
    expect(of(child.orderKey)).toMatchObject({ related: [key(3)] });
  });
});
