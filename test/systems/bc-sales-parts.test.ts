import { describe, expect, it } from "vitest";
import { documentsIn } from "../../src/systems/bc/sale-memo.ts";
import { lineOf, parcel, saleOf, salesWorld } from "./bc-sales-world.ts";

const half = (more = {}) =>
  saleOf("1", {
    lines: [lineOf("1", { quantity: 3, shipped: 1, tax: "1" }), lineOf("2", { sku: "PEN", shipped: 0 })],
    ...more,
  });
const whole = (more = {}) =>
  saleOf("1", {
    lines: [lineOf("1", { quantity: 3, tax: "1" }), lineOf("2", { sku: "PEN" })],
    shipments: [parcel("11"), parcel("12")],
    ...more,
  });
const taxed = { lines: { shippingAccount: "40200", tax: "account", taxAccount: "22700" } };

describe("a sale that leaves in parts", () => {
  it("is booked as far as it left, and the parts make its total to the cent", async () => {
    const world = salesWorld(taxed);
    world.source.put(half({ shipments: [parcel("11")] }));
    expect(await world.sync()).toMatchObject({ created: 1 });
    expect(world.booked()).toEqual(["ORD-1 18.08"]);
    world.source.put(whole());
    expect(await world.sync()).toMatchObject({ deadLettered: 0 });
    expect(world.booked()).toEqual(["ORD-1 18.08", "ORD-1-2 42.67"]);
    expect(whole().total).toBe("60.75");
    expect(documentsIn(world.memo("1")).map(({ part, booked, tracked }) => [part, booked, tracked])).toEqual([
      [1, { 1: 1 }, ["11"]],
      [2, { 1: 2, 2: 2 }, ["12"]],
    ]);
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
  });

  it("is one order a part where orders are posted", async () => {
    const world = salesWorld({ ...taxed, booking: "orderPosted" });
    world.source.put(half());
    await world.sync();
    world.source.put(whole());
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1 18.08", "ORD-1-2 42.67"]);
    expect(world.desk.orders).toEqual([]);
    expect(world.desk.shipments).toHaveLength(2);
  });
});

describe("a sale that is booked as an order", () => {
  it("follows the rules of its store", async () => {
    const world = salesWorld({ storeRules: { "7": { booking: "order" } } });
    world.source.put(saleOf("1", { storeId: "7" }));
    world.source.put(saleOf("2", { storeId: "8" }));
    await world.sync();
    expect(world.desk.orders.map(({ header }) => header.externalDocumentNumber)).toEqual(["ORD-1"]);
    expect(world.booked()).toEqual(["ORD-2 28.25"]);
  });

  it("is left open with what it ships", async () => {
    const world = salesWorld({ booking: "order" });
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ created: 1 });
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
    const [order] = world.desk.orders;
    expect(order?.header).toMatchObject({ status: "Draft", externalDocumentNumber: "ORD-1" });
    expect(order?.lines).toMatchObject([
      { lineObjectNumber: "MUG", shipQuantity: 2, invoiceQuantity: 2, shipmentDate: "2026-11-20" },
      { lineObjectNumber: "40200", shipQuantity: 1 },
    ]);
    expect(world.booked()).toEqual([]);
  });

  it("that is posted has its shipment and invoice remembered", async () => {
    const world = salesWorld({ booking: "orderPosted" });
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ created: 1 });
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
    const [document] = documentsIn(world.memo("1"));
    expect(document?.posted).toEqual({
      invoice: String(world.desk.invoices[0]?.header.number),
      invoiceId: String(world.desk.invoices[0]?.header.id),
      shipments: [String(world.desk.shipments[0]?.header.number)],
    });
    expect(document?.posting).toBeUndefined();
    expect(document?.tracked).toEqual(["101"]);
  });

  it("has its tracking on page 42 before it is posted, where that is the first route", async () => {
    const world = salesWorld({
      booking: "orderPosted",
      tracking: { routes: ["page42", "comment"] },
      shippingAgents: { ups: "UPS/GROUND" },
    });
    world.bc.switches.page42 = "published";
    world.source.put(saleOf("1", { shipments: [parcel("11"), parcel("12"), parcel("13", { isVoided: true })] }));
    await world.sync();
    expect(world.desk.shipments[0]?.header).toMatchObject({
      packageTrackingNo: "1Z11,1Z12",
      shippingAgentCode: "UPS",
      shippingAgentServiceCode: "GROUND",
    });
    expect(documentsIn(world.memo("1"))[0]?.tracked).toEqual(["11", "12"]);
  });

  it("has it in comments where page 42 is not published", async () => {
    const world = salesWorld({ booking: "orderPosted", tracking: { routes: ["page42", "comment"] } });
    world.source.put(saleOf("1"));
    await world.sync();
    const lines = world.desk.shipments[0]?.lines ?? [];
    expect(lines.map(({ description }) => description)).toContain("2026-11-20 UPS ups_ground: 1Z101");
  });

  it.each([
    ["orderPosted", "attachment"],
    ["orderPosted", "customApi"],
    ["invoice", "customApi"],
  ])(
    "leaves tracking to the flow of shipments where its route is open afterwards: %s by %s",
    async (booking, route) => {
      const customApi = { path: "contoso/shipping/v1.0/postedSalesInvoices" };
      const world = salesWorld({ booking, tracking: { routes: [route, "comment"], customApi } });
      world.source.put(saleOf("1"));
      await world.sync();
      expect(documentsIn(world.memo("1"))[0]?.tracked).toEqual([]);
      expect(world.booked()).toEqual(["ORD-1 28.25"]);
    },
  );
});

describe("a sale that is booked on arrival", () => {
  const open = (more = {}) =>
    saleOf("1", { status: "open", lines: [lineOf("1", { quantity: 3, shipped: 0 })], shipments: [], ...more });
  const sent = (shipped: number, more = {}) => saleOf("1", { lines: [lineOf("1", { quantity: 3, shipped })], ...more });

  it("is a draft invoice that is posted when all has left", async () => {
    const world = salesWorld({ bookOn: "new", postingDate: "shipDate" });
    const { shipDate: _, ...arrived } = open();
    world.source.put(arrived);
    expect(await world.sync()).toMatchObject({ created: 1 });
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
    expect(world.drafts()).toEqual(["ORD-1 38.75"]);
    world.source.put(sent(1));
    expect(await world.sync()).toMatchObject({ unchanged: 1 });
    world.source.put(sent(3));
    expect(await world.sync()).toMatchObject({ deadLettered: 0 });
    expect(world.booked()).toEqual(["ORD-1 38.75"]);
    expect(world.desk.invoices).toHaveLength(1);
    expect(world.desk.invoices[0]?.header.postingDate).toBe("2026-11-20");
    expect(world.desk.invoices[0]?.lines[0]?.shipmentDate).toBe("2026-11-20");
  });

  it("is an order that is posted by what leaves", async () => {
    const world = salesWorld({ bookOn: "new", booking: "orderPosted" });
    world.source.put(open());
    await world.sync();
    expect(world.desk.orders).toHaveLength(1);
    world.source.put(sent(1));
    expect(await world.sync()).toMatchObject({ deadLettered: 0 });
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
    expect(world.booked()).toEqual(["ORD-1 17.75"]);
    world.source.put(sent(3));
    expect(await world.sync()).toMatchObject({ deadLettered: 0 });
    expect(world.booked()).toEqual(["ORD-1 17.75", "ORD-1 21"]);
    expect(world.desk.orders).toEqual([]);
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
    const [document] = documentsIn(world.memo("1"));
    expect(document).toMatchObject({
      booked: { 1: 3 },
      posted: { shipments: [expect.any(String), expect.any(String)] },
    });
  });

  it("is an open order whose quantities follow", async () => {
    const world = salesWorld({ bookOn: "new", booking: "order" });
    world.source.put(open());
    await world.sync();
    world.source.put(sent(2));
    await world.sync();
    expect(world.desk.orders[0]?.lines[0]).toMatchObject({ quantity: 3, shipQuantity: 2, shipmentDate: "2026-11-20" });
  });

  it("is made anew as the next generation when it is edited before it leaves", async () => {
    const world = salesWorld({ bookOn: "new" });
    world.source.put(open());
    await world.sync();
    world.source.put(open({ lines: [lineOf("1", { quantity: 4, shipped: 0 })] }));
    await world.sync();
    expect(world.drafts()).toEqual(["ORD-1-G2 49.25"]);
    expect(world.desk.invoices).toHaveLength(1);
    expect(world.told()).toContain(
      "withdrawn delete: edited at the shipper: total: 38.75 → 49.25; line 1: 3 x MUG at 10.5, tax 0 → 4 x MUG at 10.5, tax 0",
    );
  });

  it("has only its header changed when it goes elsewhere", async () => {
    const world = salesWorld({ bookOn: "new" });
    world.source.put(open());
    await world.sync();
    const { shipTo } = open();
    world.source.put(open({ shipTo: { ...shipTo, street: ["9 Elm St"] } }));
    expect(await world.sync()).toMatchObject({ updated: 1 });
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
    expect(world.desk.invoices[0]?.header).toMatchObject({
      shipToAddressLine1: "9 Elm St",
      externalDocumentNumber: "ORD-1",
    });
    expect(JSON.stringify(world.store.lines)).not.toMatch(/Elm St|Harbour/);
  });

  it("is told when it is edited and Business Central does not allow it any more", async () => {
    const world = salesWorld({ bookOn: "new", booking: "order" });
    world.source.put(open());
    await world.sync();
    world.desk.release(String(world.desk.orders[0]?.header.number));
    world.source.put(open({ lines: [lineOf("1", { quantity: 4, shipped: 0 })] }));
    await world.sync();
    await world.sync();
    expect(world.told().filter((line) => line.startsWith("noticed edit"))).toHaveLength(1);
    expect(world.desk.orders).toHaveLength(1);
  });

  it("is deleted when it is cancelled, and made anew when it comes back", async () => {
    const world = salesWorld({ bookOn: "new" });
    world.source.put(open());
    await world.sync();
    world.source.put(open({ status: "cancelled" }));
    expect(await world.sync()).toMatchObject({ cancelled: 1 });
    expect(world.desk.invoices).toEqual([]);
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
    world.source.put(sent(3));
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1-G2 38.75"]);
  });
});

describe("an order that is posted by what leaves, when Business Central is slow to tell", () => {
  const world = (lost?: "resetBefore" | "resetAfter") => {
    const made = salesWorld({ bookOn: "new", booking: "orderPosted" });
    made.source.put(saleOf("1", { lines: [lineOf("1", { quantity: 3, shipped: 1 })] }));
    if (lost) made.failOnce(/NAV.shipAndInvoice$/, lost);
    return made;
  };
  const posts = ({ bc }: ReturnType<typeof salesWorld>) =>
    bc.requests.filter((request) => request.endsWith("NAV.shipAndInvoice")).length;

  it.each(["resetBefore", "resetAfter"] as const)("posts no more than what left after %s", async (fault) => {
    const one = world(fault);
    expect(await one.sync()).toMatchObject({ deadLettered: 0, waiting: fault === "resetBefore" ? 1 : 0 });
    await one.sync({ ignoreSchedule: true });
    await one.sync({ ignoreSchedule: true });
    expect(one.booked()).toEqual(["ORD-1 17.75"]);
    expect(documentsIn(one.memo("1"))).toMatchObject([
      { booked: { 1: 1 }, posted: { shipments: [expect.any(String)] } },
    ]);
    expect(one.store.state.asides).toEqual({});
    expect(posts(one)).toBe(fault === "resetBefore" ? 2 : 1);
  });

  it("is asked once while the job queue has it, so that the rest is not shipped too", async () => {
    const one = world();
    one.bc.switches.posting = "queued";
    expect(await one.sync()).toMatchObject({ waiting: 1 });
    expect(await one.sync({ ignoreSchedule: true })).toMatchObject({ waiting: 1 });
    expect(posts(one)).toBe(1);
    one.desk.runJobs();
    await one.sync({ ignoreSchedule: true });
    expect(one.booked()).toEqual(["ORD-1 17.75"]);
    expect(one.desk.shipments).toHaveLength(1);
    one.bc.switches.posting = "immediate";
    one.source.put(saleOf("1", { lines: [lineOf("1", { quantity: 3 })] }));
    await one.sync();
    expect(one.booked()).toEqual(["ORD-1 17.75", "ORD-1 21"]);
  });

  it("is invoiced after a warehouse shipped what Business Central would not ship over the API", async () => {
    const one = salesWorld({ booking: "orderPosted", lines: { shippingAccount: "40200", location: "EAST" } });
    one.bc.switches.warehouseLocations = ["EAST"];
    one.source.put(saleOf("1"));
    expect(await one.sync()).toMatchObject({ deadLettered: 1 });
    expect(one.aside("1")).toMatchObject({ message: expect.stringMatching(/Warehouse handling is required/) });
    one.desk.shipFromWarehouse(String(one.desk.orders[0]?.header.number));
    one.bc.switches.warehouseLocations = [];
    await one.replay("1");
    expect(one.booked()).toEqual(["ORD-1 28.25"]);
    expect(one.desk.shipments).toHaveLength(1);
    expect(documentsIn(one.memo("1"))[0]?.posted?.shipments).toHaveLength(1);
  });

  it("counts what a person shipped from the warehouse meanwhile", async () => {
    const one = world();
    one.source.put(saleOf("1", { status: "open", lines: [lineOf("1", { quantity: 3, shipped: 0 })] }));
    await one.sync();
    one.desk.shipFromWarehouse(String(one.desk.orders[0]?.header.number), { 10000: 1 });
    one.source.put(saleOf("1", { lines: [lineOf("1", { quantity: 3, shipped: 1 })] }));
    await one.sync();
    expect(one.aside?.("1")).toBeUndefined();
    expect(one.booked()).toEqual(["ORD-1 17.75"]);
    expect(one.desk.orders[0]?.lines[0]).toMatchObject({ shippedQuantity: 1, invoicedQuantity: 1 });
  });
});

describe("a change after the booking", () => {
  it("is told once, by names and amounts and without people's values", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    await world.sync();
    const { shipTo } = saleOf("1");
    world.source.put(saleOf("1", { shipping: "9.25", shipTo: { ...shipTo, name: "Max Moritz" } }));
    await world.sync();
    await world.sync();
    expect(world.told().slice(3)).toEqual([
      "noticed edit: edited after it was booked, and left as it is in Business Central: shipTo; total: 28.25 → 30.25; shipping: 7.25 → 9.25",
    ]);
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
  });

  it("that voids its label is told once", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    await world.sync();
    world.source.put(saleOf("1", { lines: [lineOf("1", { shipped: 0 })] }));
    await world.sync();
    await world.sync();
    expect(world.told().slice(3)).toEqual([
      "noticed takenBack: booked in Business Central and, by its labels, not shipped any more: 2 of line 1",
    ]);
  });

  it("that voids its label takes a draft back that could not be posted", async () => {
    const world = salesWorld();
    world.desk.closePeriod("2026-12-31");
    world.source.put(saleOf("1"));
    await world.sync();
    world.source.put(saleOf("1", { lines: [lineOf("1", { shipped: 1 })] }));
    world.desk.openPeriods();
    await world.sync();
    expect(world.drafts()).toEqual([]);
    expect(world.booked()).toEqual(["ORD-1-G2 17.75"]);
    world.source.put(saleOf("1"));
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1-G2 17.75", "ORD-1-2 10.5"]);
  });

  it("of the ship-to is told where the order was posted", async () => {
    const world = salesWorld({ booking: "orderPosted" });
    world.source.put(saleOf("1"));
    await world.sync();
    const { shipTo } = saleOf("1");
    world.source.put(saleOf("1", { shipTo: { ...shipTo, city: "Salem" } }));
    expect(await world.sync()).toMatchObject({ deadLettered: 0 });
    expect(world.told().at(-1)).toMatch(/^noticed edit: .*: shipTo$/);
  });

  it("of the ship-to goes to an order that is still open", async () => {
    const world = salesWorld({ booking: "order" });
    world.source.put(saleOf("1"));
    await world.sync();
    const { shipTo } = saleOf("1");
    world.source.put(saleOf("1", { shipTo: { ...shipTo, city: "Salem" } }));
    await world.sync();
    expect(world.desk.orders[0]?.header.shipToCity).toBe("Salem");
  });

  it("that cancels it is told, and nothing is taken back", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    await world.sync();
    world.source.put(saleOf("1", { status: "cancelled" }));
    await world.sync();
    await world.sync();
    expect(world.told().slice(3)).toEqual([
      expect.stringMatching(/^noticed cancelled: cancelled at the shipper; PS-INV\d+ is left/),
    ]);
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
  });

  it("that deletes the open order is mended by a replay", async () => {
    const world = salesWorld({ booking: "order" });
    world.source.put(saleOf("1"));
    await world.sync();
    world.desk.deleteDocument(String(world.desk.orders[0]?.header.number));
    await world.replay("1");
    expect(world.desk.orders.map(({ header }) => header.externalDocumentNumber)).toEqual(["ORD-1-G2"]);
  });

  it("is left alone by a replay of what stands", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    await world.sync();
    await world.replay("1");
    expect(world.desk.invoices).toHaveLength(1);
    expect(world.told()).toHaveLength(3);
  });
});
