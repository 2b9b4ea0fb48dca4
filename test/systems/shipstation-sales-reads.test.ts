import { describe, expect, it } from "vitest";
import { pagesOf } from "./shipstation-fixture.ts";
import { order, salesOf, salesWorld, v1Keys } from "./shipstation-sales-kit.ts";

const hour = 3_600_000;
const day = 24 * hour;

describe("windows", () => {
  it("overlap by two hours, and once a day by seven days", async () => {
    const { clock, sandbox, requests, source } = salesWorld();
    sandbox.addOrder(order(1));
    const first = await pagesOf(source().list({ now: clock.now() }));
    clock.advance(hour);
    const second = await pagesOf(source().list({ cursor: first.cursor, now: clock.now() }));
    clock.advance(day);
    await pagesOf(source().list({ cursor: second.cursor, now: clock.now() }));
    const starts = requests
      .filter(({ pathname }) => pathname === "/orders")
      .map(({ searchParams }) => searchParams.get("modifyDateStart"));
    expect(starts).toEqual(["2026-01-31T14:05:09", "2026-03-02T12:05:09", "2026-02-23T14:05:09"]);
  });

  it("miss nothing in the autumn hour that comes twice", async () => {
    const { clock, sandbox, source } = salesWorld({ start: "2026-11-01T07:30:00Z" });
    const found = new Map<string, number>();
    let cursor = (await pagesOf(source().list({ now: clock.now() }))).cursor;
    for (let number = 1; number <= 6; number++) {
      clock.advance(hour / 2);
      sandbox.addOrder(order(number));
      sandbox.print(`shop-${number}`);
      const page = await pagesOf(source().list({ cursor, now: clock.now() }));
      for (const record of page.records) {
        const [sale] = source().read(record);
        found.set(record.id, sale?.shipments.length ?? 0);
      }
      cursor = page.cursor;
    }
    expect([...found.values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe("calls", () => {
  const shipped = (count: number, secrets?: Record<string, string>) => {
    const world = salesWorld({ ...(secrets ? { secrets } : {}) });
    for (let number = 1; number <= count; number++) {
      world.clock.advance(20_000);
      world.sandbox.addOrder(order(number));
      world.clock.advance(20_000);
      if (number % 4 === 0) world.sandbox.markShipped(`shop-${number}`);
      else world.sandbox.print(`shop-${number}`);
    }
    return world;
  };

  it("are four for a few hundred orders, and one more for each hundred labels with a V2 key", async () => {
    for (const [secrets, calls] of [
      [v1Keys, 4],
      [{ ...v1Keys, apiKeyV2: "key2" }, 7],
    ] as const) {
      const { clock, requests, source } = shipped(300, secrets);
      const sales = await salesOf(source(), { now: clock.now() });
      expect(sales.size).toBe(300);
      expect(
        [...sales.values()].every(({ shipments, lines }) => shipments.length === 1 && lines[0]?.shipped === 2),
      ).toBe(true);
      expect(requests).toHaveLength(calls);
    }
  });

  it("are two more for each order that is much older than the others", async () => {
    const world = salesWorld();
    world.sandbox.addOrder(order(9001));
    world.sandbox.print("shop-9001", { items: [{ lineItemKey: "A", quantity: 1 }] });
    for (let number = 1; number <= 250; number++) {
      world.clock.advance(day / 2);
      world.sandbox.addOrder(order(number));
      world.sandbox.print(`shop-${number}`);
    }
    world.clock.advance(day);
    for (let number = 301; number <= 400; number++) {
      world.clock.advance(30_000);
      world.sandbox.addOrder(order(number));
      world.sandbox.print(`shop-${number}`);
    }
    world.sandbox.print("shop-9001");
    const since = new Date(world.clock.now().getTime() - hour);
    const sales = await salesOf(world.source(), { since, now: world.clock.now() });
    expect(sales.size).toBe(101);
    expect(sales.get("WEB-9001")?.shipments).toHaveLength(2);
    expect(world.requests.map(({ pathname }) => pathname)).toEqual([
      "/orders",
      "/shipments",
      "/fulfillments",
      "/shipments",
      "/fulfillments",
      "/shipments",
    ]);
  });

  it("read no parcels that were made long after the orders of a page", async () => {
    const world = salesWorld();
    for (let number = 1; number <= 1700; number++) {
      if (number === 501) world.clock.advance(5 * day);
      if (number % 100 === 0) world.clock.advance(60_000);
      world.sandbox.addOrder(order(number));
      world.sandbox.print(`shop-${number}`);
    }
    const pages = world.source().list({ now: world.clock.now() })[Symbol.asyncIterator]();
    const { value } = await pages.next();
    expect(value?.records).toHaveLength(500);
    expect(world.requests.filter(({ pathname }) => pathname === "/shipments").length).toBeLessThanOrEqual(2);
  });

  it("are few by name too", async () => {
    const { clock, requests, source } = shipped(60);
    const sales = source();
    const { records } = await pagesOf(sales.list({ now: clock.now() }));
    requests.length = 0;
    const found = await sales.get(records.map(({ ref }) => ref));
    for (const { id, version } of records) expect(found.get(id)).toMatchObject({ id, version });
    expect(requests).toHaveLength(3);
  });
});

describe("reading by name", () => {
  it("gives an order however it stands, and says what is gone", async () => {
    const { sandbox, source } = salesWorld();
    const { orderId } = sandbox.addOrder(order(1));
    const found = await source().get([{ orderId }, { orderId: 1 }]);
    expect(found.get(String(orderId))).toMatchObject({ id: String(orderId), ref: { orderId } });
    expect(found.get("1")).toBe("gone");
  });

  it("does not take for gone what ShipStation cannot give", async () => {
    const world = salesWorld();
    for (let number = 1; number <= 8; number++) {
      world.clock.advance(2000);
      world.sandbox.addOrder(order(number));
      world.sandbox.print(`shop-${number}`);
    }
    const { records } = await pagesOf(world.source().list({ now: world.clock.now() }));
    world.sandbox.badRecords.add(Number(records[3]?.id));
    const found = await world.source().get(records.map(({ ref }) => ref));
    expect([...found.values()].filter((record) => record === "gone")).toEqual([]);
    expect(found.size).toBe(8);
  });
});

describe("a bad row", () => {
  const thirty = () => {
    const world = salesWorld();
    const rows = Array.from({ length: 30 }, (_, number) => {
      world.clock.advance(2000);
      const { orderId } = world.sandbox.addOrder(order(number));
      return { orderId, shipmentId: world.sandbox.print(`shop-${number}`).shipmentId };
    });
    return { ...world, rows };
  };
  const failures = async ({ clock, source }: ReturnType<typeof thirty>) => {
    const { records } = await pagesOf(source().list({ now: clock.now() }));
    const bad = records.flatMap((record) => {
      try {
        source().read(record);
        return [];
      } catch (error) {
        return [error instanceof Error ? `${record.id}: ${error.message}` : ""];
      }
    });
    return { bad, count: new Set(records.map(({ id }) => id)).size };
  };

  it("of an order that ShipStation cannot give is set aside alone", async () => {
    const world = thirty();
    world.sandbox.badRecords.add(world.rows[14]?.orderId ?? 0);
    const { bad, count } = await failures(world);
    // The bad row, and by its label's name the order itself.
    expect(count).toBe(31);
    expect(bad).toEqual([expect.stringMatching(/^orders@.*cannot give one of its own orders/)]);
  });

  it("of a label that ShipStation cannot give fails its order alone", async () => {
    const world = thirty();
    world.sandbox.badRecords.add(world.rows[14]?.shipmentId ?? 0);
    const { bad, count } = await failures(world);
    expect(count).toBe(30);
    expect(bad).toEqual([expect.stringContaining(`${world.rows[14]?.orderId}: ShipStation cannot give`)]);
  });

  it("of an order that is not as documented fails alone", async () => {
    const world = thirty();
    const { orderId } = world.sandbox.edit("shop-3", { orderNumber: JSON.parse("7") });
    const { bad, count } = await failures(world);
    expect(count).toBe(30);
    expect(bad).toEqual([
      expect.stringContaining(`${orderId}: ShipStation cannot give one of its own orders: orderNumber is not`),
    ]);
  });
});
