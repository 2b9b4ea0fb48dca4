import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/kit.ts";
import { navWorld, parcel, parcelOf } from "./nav-kit.ts";

const pair = { posting: { action: "PostShipment", parameters: { externalId: "externalId" } } };
const open = (more: object = {}) => navWorld({ pair: { ...pair, ...more }, switches: { codeunit: "actions" } });

/** Gives the nth request that fits a fault, everything else goes through. */
function faultOnce(fault: Fault, fits: (request: Request) => boolean) {
  let isDone = false;
  return (request: Request): Fault | undefined => {
    if (isDone || !fits(request)) return undefined;
    isDone = true;
    return fault;
  };
}

describe("a partner's function", () => {
  it("posts once all stands on the order, and the released order's agent follows", async () => {
    const world = open();
    const number = world.order();
    world.desk.release(number);
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 0 });
    expect(world.desk.shipments).toMatchObject([
      {
        tracking: "1Z1",
        agent: "UPS",
        service: "GROUND",
        postingDate: "2026-11-20",
        lines: [{ line: 10000, quantity: 2 }],
      },
    ]);
    expect(world.told()).toContain("posted post:1");
    expect((await world.sync()).requests).toEqual([]);
  });

  it("posts each parcel of an order for itself", async () => {
    const world = open();
    world.order();
    world.ship(parcel("1"), parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }], shipDate: "2026-11-21" }));
    await world.sync();
    expect(world.desk.shipments).toMatchObject([
      { tracking: "1Z1", lines: [{ line: 10000, quantity: 2 }] },
      { tracking: "1Z2", lines: [{ line: 20000, quantity: 5 }] },
    ]);
  });

  it("is not called for what was posted already", async () => {
    const world = open();
    world.desk.postShipAndInvoice(world.order());
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.shipments).toMatchObject([{ tracking: "1Z1" }]);
    expect(world.writes().some((write) => write.startsWith("PostShipment"))).toBe(false);
  });

  it("is not called where nobody can say what left", async () => {
    const world = open();
    world.order();
    world.ship(parcel("1", { lines: [{ sku: "GIFT", quantity: 1 }] }));
    await world.sync();
    expect(world.desk.shipments).toEqual([]);
    expect(world.told().at(-1)).toBe(
      "noticed 101001 is left to a person to post: it has no line, or no room, for 1 × GIFT",
    );
  });

  it("that refuses makes a dead letter in NAV's own words", async () => {
    const world = open();
    const number = world.order();
    world.desk.setPostingPeriod("2026-12-01", "2026-12-31");
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.told().at(-1)).toMatch(/^dead .*not within your range of allowed posting dates/);
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });

  it.each<[string, Fault]>([
    ["came through", "resetAfter"],
    ["did not come through", "resetBefore"],
  ])("whose answer was lost and which %s posts once", async (_, fault) => {
    const world = open();
    world.order();
    world.ship(parcel("1"));
    world.nav.faults = faultOnce(fault, ({ method }) => method === "POST");
    await world.sync();
    await world.sync({ ignoreSchedule: true });
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.shipments).toMatchObject([{ tracking: "1Z1", agent: "UPS" }]);
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });
});

describe("an answer that was lost", () => {
  const long = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({ trackingNumber }));

  it.each<[string, Fault]>([
    ["came through", "resetAfter"],
    ["did not", "resetBefore"],
  ])("of a comment that %s leaves one comment", async (_, fault) => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1", { packages: long }));
    world.nav.faults = faultOnce(fault, ({ method }) => method === "POST");
    await world.sync();
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.orderOf(number).comments).toEqual(["Tracking numbers: 1Z999AA10123456785"]);
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });

  it("of a replay sends again only what does not stand there", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    const writes = world.writes().length;
    await world.sync({ only: ["1"], command: "replay" });
    expect(world.writes()).toHaveLength(writes);
    world.desk.editOrder(number, { Package_Tracking_No: "" });
    await world.sync({ only: ["1"], command: "replay" });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });
});

describe("what waits for a posting", () => {
  const quiet = 45 * 60_000;

  it("is written in the run after the posting, however long it has waited", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.release(number);
    world.ship(parcel("1"));
    await world.sync();
    for (let day = 0; day < 6; day += 1) {
      world.clock.advance(24 * 3_600_000);
      await world.sync();
    }
    // By now it is tried every 12 hours; in between one call asks for what is posted.
    const { requests, counts } = await world.sync();
    expect(counts).toMatchObject({ waiting: 1 });
    expect(requests).toEqual([expect.stringContaining("$metadata"), expect.stringContaining("PostedSalesShipment")]);
    const posted = world.desk.postShipment(number);
    expect((await world.sync()).counts).toMatchObject({ waiting: 0 });
    expect(world.desk.shipments).toMatchObject([{ number: posted, agent: "UPS", service: "GROUND" }]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("asks for all orders that wait at once", async () => {
    const world = navWorld();
    const numbers = ["SS-1", "SS-2", "SS-3", "SS-4"].map((shop) => {
      const number = world.order({ External_Document_No: shop });
      world.desk.release(number);
      world.ship(parcelOf(shop, shop));
      return number;
    });
    for (let run = 0; run < 5; run += 1) await world.sync();
    world.clock.advance(quiet);
    await world.sync();
    const { requests } = await world.sync();
    expect(requests.filter((request) => request.includes("PostedSalesShipment"))).toHaveLength(1);
    world.desk.postShipAndInvoice(numbers[2] ?? "");
    expect((await world.sync()).counts).toMatchObject({ waiting: 3 });
    expect(world.desk.shipments).toMatchObject([{ tracking: "1ZSS-3", agent: "UPS" }]);
  });

  it("is not tried again and again for a posted shipment that is of something else", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.release(number);
    world.ship(parcel("1"));
    await world.sync();
    world.desk.postShipment(number, { quantities: { 20000: 1 }, tracking: "HAND-1" });
    await world.sync();
    expect(world.told().slice(-2)).toEqual([
      expect.stringMatching(/^noticed .* is posted without what waits$/),
      expect.stringMatching(/^waiting .*waits for its posted shipment/),
    ]);
    const { length } = world.store.lines.filter(({ kind }) => kind === "aside");
    for (let run = 0; run < 2; run += 1) await world.sync();
    world.restart();
    const { requests } = await world.sync();
    expect(requests.length).toBeLessThan(3);
    expect(world.store.lines.filter(({ kind }) => kind === "aside").length).toBeLessThan(length + 3);
  });
});
