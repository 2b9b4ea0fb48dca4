import { describe, expect, it } from "vitest";
import type { Shipment } from "../../src/core/model.ts";
import { navWorld, parcel, parcelOf } from "./nav-kit.ts";

const nameless = { External_Document_No: "" };

/** As a parcel of a day's first order of a customer. */
const of = (names: string[], orderDate = "2026-11-20"): Partial<Shipment> => ({
  order: { customerNames: names, orderDate },
});

describe("by the shipper's number", () => {
  it.each([
    ["its order number", { orderNumber: "ss-884213" }],
    ["its order key", { orderKey: "SS-884213", orderNumber: "something" }],
  ])("an order is found by %s", async (_, change) => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1", change));
    expect((await world.sync()).counts).toMatchObject({ created: 1 });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });

  it("an order is found in the field that the settings name", async () => {
    const world = navWorld({ pair: { match: { externalField: "No" } } });
    const number = world.order(nameless);
    world.ship(parcel("1", { orderNumber: number }));
    await world.sync();
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });

  it("many are found in few calls", async () => {
    const world = navWorld();
    for (let index = 0; index < 30; index += 1) {
      world.order({ External_Document_No: `SS-${index}` });
      world.ship(parcelOf(`SS-${index}`, `p${index}`));
    }
    const { counts, requests } = await world.sync();
    expect(counts).toMatchObject({ created: 30 });
    const reads = (page: string) => requests.filter((one) => one.startsWith("GET") && one.endsWith(`/${page}`));
    expect(reads("SalesOrder").length).toBeLessThan(5);
    expect(reads("PostedSalesShipment").length).toBeLessThan(5);
  });

  it("two orders are a person's choice, which later parcels of the order follow", async () => {
    const world = navWorld();
    const [first, second] = [world.order(), world.order()];
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.told()).toEqual([
      `dead nav SS-884213: more than one order fits by its number in External_Document_No: ${first}, ${second}`,
    ]);
    await world.sync({ only: ["1"], belongsTo: "101099", command: "replay" });
    expect(world.told().at(-1)).toMatch(/; 101099 is none of them$/);
    await world.sync({ only: ["1"], belongsTo: second, command: "replay" });
    expect(world.desk.orderOf(first).tracking).toBe("");
    expect(world.desk.orderOf(second).tracking).toBe("1Z1");
    expect(world.told()).toContain(`noticed key web-1 at the shipper is order ${second}: found by a person's choice`);
    world.ship(parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }] }));
    await world.sync();
    expect(world.desk.orderOf(second).tracking).toBe("1Z1,1Z2");
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });

  it("an order that is open and one that is posted are two as well", async () => {
    const world = navWorld();
    world.desk.postShipAndInvoice(world.order());
    world.order();
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
  });

  it("what stays ambiguous is found once the waiting agent is all that is missing", async () => {
    const world = navWorld();
    const [first, second] = [world.order(), world.order()];
    world.desk.release(second);
    world.ship(parcel("1"));
    await world.sync();
    await world.sync({ only: ["1"], belongsTo: second, command: "replay" });
    expect((await world.sync({ ignoreSchedule: true })).counts).toMatchObject({ waiting: 1, deadLettered: 0 });
    world.desk.postShipment(second);
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.shipments).toMatchObject([{ order: second, tracking: "1Z1", agent: "UPS" }]);
    expect(world.desk.orderOf(first).tracking).toBe("");
  });
});

describe("by customer and order date", () => {
  it.each([
    ["the same day", ["ADATUM Corporation."], "2026-11-20"],
    ["three days off", ["adatum corporation"], "2026-11-17"],
    ["the second of two names", ["Maria Keller", "Adatum Corporation"], "2026-11-23"],
  ])("an order is found on %s", async (_, names, orderDate) => {
    const world = navWorld();
    const number = world.order(nameless);
    world.ship(parcel("1", of(names, orderDate)));
    await world.sync();
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
    expect(world.told()[0]).toBe(
      `noticed key web-1 at the shipper is order ${number}: found by customer and order date`,
    );
  });

  it.each([
    ["another customer's", ["Maria Keller"], "2026-11-20"],
    ["four days off", ["Adatum Corporation"], "2026-11-24"],
    ["of nobody", [], "2026-11-20"],
  ])("an order is not found that is %s", async (_, names, orderDate) => {
    const world = navWorld();
    world.order(nameless);
    world.ship(parcel("1", of(names, orderDate)));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1, created: 0 });
    expect(world.told()).toEqual(["waiting no sales order in Dynamics NAV has SS-884213 in External_Document_No yet"]);
  });

  it("an order that was posted in full before is not it by the day of its posting, and the hint says what finds it", async () => {
    const world = navWorld();
    world.desk.postShipAndInvoice(world.order(nameless));
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1, created: 0 });
    expect(Object.values(world.store.state.asides)[0]?.error.hint).toBe(
      "Enter the order, or fill in External_Document_No of the one that it is; the next run writes to it; one that was posted in full without it is found once page 130 shows Order_Date.",
    );
  });

  it("two orders of the customer's are a person's choice", async () => {
    const world = navWorld();
    const [first, second] = [world.order(nameless), world.order({ ...nameless, Order_Date: "2026-11-21" })];
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.told()).toEqual([
      `dead nav SS-884213: more than one order fits by customer and order date: ${first}, ${second}`,
    ]);
  });

  it("an order with another number of the shipper's is not it", async () => {
    const world = navWorld();
    world.order({ External_Document_No: "SS-884299" });
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
  });

  it("an order that was written to for another is not it, nor one found by number in the same run", async () => {
    const world = navWorld();
    const first = world.order(nameless);
    world.ship(parcel("1"));
    await world.sync();
    world.ship(parcelOf("SS-2", "2"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.desk.orderOf(first).tracking).toBe("1Z1");
    const other = navWorld();
    const third = other.order({ External_Document_No: "WEB-1" });
    other.ship(parcel("1"), parcelOf("SS-2", "2"));
    expect((await other.sync()).counts).toMatchObject({ created: 1, waiting: 1 });
    expect(other.desk.orderOf(third).tracking).toBe("1Z1");
  });

  it("one order that two of the shipper's fit is a person's choice", async () => {
    const world = navWorld();
    const number = world.order(nameless);
    world.ship(parcel("1"), parcelOf("SS-2", "2"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 2 });
    expect(world.told()[0]).toBe(
      `dead nav SS-884213: several orders of the shipper's fit the same one by customer and order date: ${number}`,
    );
    await world.sync({ only: ["2"], belongsTo: number, command: "replay" });
    expect(world.desk.orderOf(number).tracking).toBe("1Z2");
  });

  it("parcels of one order go together", async () => {
    const world = navWorld();
    const number = world.order(nameless);
    world.ship(parcel("1"), parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }] }));
    expect((await world.sync()).counts).toMatchObject({ created: 2 });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1,1Z2");
  });
});

describe("found before", () => {
  it("an order is not looked for again, whatever became of its number", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.editOrder(number, { External_Document_No: "CHANGED" });
    world.order();
    world.ship(parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }] }));
    await world.sync();
    expect(world.desk.orderOf(number).tracking).toBe("1Z1,1Z2");
  });

  it("an order is known after it was posted and vanished, and after a restart", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.postShipAndInvoice(number, { quantities: { 10000: 2, 20000: 5 } });
    world.restart();
    world.ship(parcel("1", { isVoided: true }), parcel("2"));
    await world.sync();
    expect(world.desk.shipments).toMatchObject([{ tracking: "1Z2" }]);
  });

  it("an order that is deleted makes what comes later wait", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.deleteOrder(number);
    world.ship(parcel("2"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.told().at(-1)).toBe(`waiting ${number} is neither an order nor a posted shipment any more`);
  });
});

describe("a shipment before its order", () => {
  it("waits with growing delay, over a restart, and is written when the order appears", async () => {
    const world = navWorld();
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    const delays: number[] = [];
    for (let run = 0; run < 12; run += 1) {
      const { requests } = await world.sync();
      delays.push(requests.length);
    }
    expect(delays.filter((count) => count > 0)).toHaveLength(4);
    world.restart();
    expect(Object.values(world.store.state.asides)).toMatchObject([{ outcome: "waiting", attempts: 5 }]);
    const number = world.order();
    world.clock.advance(12 * 3_600_000);
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 0 });
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z1", lines: [{ toShip: 2 }, { toShip: 0 }] });
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });

  it("is a dead letter after so many days, and a replay finds the order then", async () => {
    const world = navWorld();
    world.ship(parcel("1"));
    await world.sync();
    for (let day = 0; day < 15; day += 1) {
      world.clock.advance(24 * 3_600_000);
      await world.sync();
    }
    expect(world.told().at(-1)).toBe("dead no sales order in Dynamics NAV has SS-884213 in External_Document_No yet");
    expect((await world.sync()).requests).toEqual([]);
    const number = world.order();
    await world.sync({ only: ["1"], command: "replay" });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });

  it("says so when a person names an order for it, which has not its number", async () => {
    const world = navWorld();
    const other = world.order({ External_Document_No: "SS-1" });
    world.ship(parcel("1"));
    await world.sync({ only: ["1"], belongsTo: other, command: "replay" });
    const said = `SS-884213 in External_Document_No yet; --order ${other} only chooses among several that fit`;
    expect(world.told()).toEqual([`waiting no sales order in Dynamics NAV has ${said}`]);
  });

  it("waits as long as the settings say", async () => {
    const world = navWorld({ pair: { waiting: { maxDays: 2 } } });
    world.ship(parcel("1"));
    await world.sync();
    for (let day = 0; day < 3; day += 1) {
      world.clock.advance(24 * 3_600_000);
      await world.sync();
    }
    expect(world.told().at(-1)).toMatch(/^dead/);
  });

  it("is forgotten when its label is voided meanwhile", async () => {
    const world = navWorld();
    world.ship(parcel("1"));
    await world.sync();
    world.ship(parcel("1", { isVoided: true }));
    expect((await world.sync()).counts).toMatchObject({ notOurs: 1 });
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });
});

describe("an order that was deleted and entered anew", () => {
  it("gets its parcels once more, however often that happens", async () => {
    const world = navWorld();
    let order = world.order();
    const numbers: string[] = [];
    for (const id of ["1", "2", "3"]) {
      world.ship(parcel(id));
      numbers.push(`1Z${id}`);
      await world.sync();
      expect(world.desk.orderOf(order).tracking).toContain(`1Z${id}`);
      // The first ones come again as far as the source shows them again.
      await world.sync();
      expect(world.desk.orderOf(order).tracking).toBe(numbers.join(","));
      expect((await world.sync()).requests).toEqual([]);
      if (id === "3") break;
      world.desk.deleteOrder(order);
      order = world.order();
    }
    world.restart();
    world.ship(parcel("3", { isVoided: true }));
    await world.sync();
    expect(world.desk.orderOf(order).tracking).toBe("1Z1,1Z2");
    expect((await world.sync()).requests).toEqual([]);
  });

  it("gets the number without a further parcel once a person asks for it", async () => {
    const world = navWorld();
    const first = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.deleteOrder(first);
    const second = world.order();
    await world.sync({ only: ["1"], command: "replay" });
    expect(world.desk.orderOf(second)).toMatchObject({ tracking: "1Z1", agent: "UPS", lines: [{ toShip: 2 }, {}] });
    expect((await world.sync()).requests).toEqual([]);
  });

  it("is waited for until it is there, and is another one only by its number", async () => {
    const world = navWorld();
    const first = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.deleteOrder(first);
    const other = world.order({ External_Document_No: "" });
    world.ship(parcel("2"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    const second = world.order();
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.orderOf(second).tracking).toContain("1Z2");
    expect(world.desk.orderOf(other).tracking).toBe("");
  });
});
