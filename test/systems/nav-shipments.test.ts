import { describe, expect, it } from "vitest";
import { navWorld, parcel, parcelOf } from "./nav-kit.ts";

describe("an open order", () => {
  it("gets number, agent, date and quantities, once", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 0 });
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z1",
      agent: "UPS",
      service: "GROUND",
      shipmentDate: "2026-11-20",
      lines: [{ toShip: 2 }, { toShip: 0 }],
    });
    const again = await world.sync();
    expect(again.counts).toMatchObject({ unchanged: 1, updated: 0, drift: 0 });
    expect(again.requests).toEqual([]);
  });

  it("is told with each write in the audit, and how it was found", async () => {
    const world = navWorld();
    world.order();
    world.ship(parcel("1"));
    await world.sync();
    expect(world.told()).toEqual([
      "noticed key web-1 at the shipper is order 101001: found by its number in External_Document_No",
      "noticed id 4711 at the shipper is order 101001: found by its number in External_Document_No",
      "written tracking:1",
      "written agent:1",
      "written written in the header",
      "written lines:1",
    ]);
    const results = world.store.lines.filter((line) => line.kind === "result" && line.outcome === "written");
    for (const line of results) expect(line).toMatchObject({ document: "SS-884213", target: "101001" });
    expect(results.every((line) => "calls" in line && line.calls?.some(({ method }) => method === "PATCH"))).toBe(true);
  });

  it("keeps nobody's name in the log", async () => {
    const world = navWorld();
    world.order();
    world.ship(
      parcel("1"),
      parcelOf("SS-1", "2", { order: { customerNames: ["Maria Keller"], orderDate: "2026-11-20" } }),
    );
    await world.sync();
    expect(JSON.stringify(world.store.lines)).not.toMatch(/Adatum|Keller/);
  });

  it("gets the numbers of all parcels that fit, and the others as a comment", async () => {
    const world = navWorld();
    const number = world.order();
    const packages = ["1Z999AA10123456784", "1Z999AA10123456785", "1Z9"].map((trackingNumber) => ({ trackingNumber }));
    world.ship(parcel("1", { packages }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z999AA10123456784",
      comments: ["Tracking numbers: 1Z999AA10123456785, 1Z9"],
    });
    expect((await world.sync()).requests).toEqual([]);
  });

  it.each([
    ["30 characters are joined", "1".repeat(14), `${"1".repeat(14)},${"2".repeat(15)}`, []],
    ["31 characters are not", "1".repeat(15), "1".repeat(15), [`Tracking numbers: ${"2".repeat(15)}`]],
  ])("at the limit %s", async (_, first, tracking, comments) => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1", { packages: [{ trackingNumber: first }, { trackingNumber: "2".repeat(15) }] }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ tracking, comments });
  });

  it("gets a text line where there are no sales comments", async () => {
    const world = navWorld();
    world.nav.switches.services = { ...world.nav.switches.services, salesComments: undefined };
    const number = world.order();
    const packages = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({ trackingNumber }));
    world.ship(parcel("1", { packages }));
    await world.sync();
    const texts = world.desk.company.tables.linesOf("salesLines", number).map(({ values }) => values.Description);
    expect(texts).toContain("Tracking numbers: 1Z999AA10123456785");
    expect((await world.sync()).requests).toEqual([]);
  });

  it("says in the audit what no comment can take", async () => {
    const world = navWorld({ pair: { comments: { route: "audit" } } });
    world.order();
    const packages = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({ trackingNumber }));
    world.ship(parcel("1", { packages }));
    await world.sync();
    expect(world.told()).toContain(
      "noticed 101001 takes no comment, so it is told here alone: Tracking numbers: 1Z999AA10123456785",
    );
    expect((await world.sync()).requests).toEqual([]);
  });

  it("gets what two shipments have in them, each line its part", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"), parcel("2", { lines: [{ sku: "sku-200", quantity: 3 }], shipDate: "2026-11-21" }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z1,1Z2",
      shipmentDate: "2026-11-21",
      lines: [
        { toShip: 2, shipmentDate: "2026-11-20" },
        { toShip: 3, shipmentDate: "2026-11-21" },
      ],
    });
    expect((await world.sync()).requests).toEqual([]);
  });

  it("keeps its quantities where the shipper does not say what is in it, which is told once", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1", { lines: [] }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z1", lines: [{ toShip: 2 }, { toShip: 5 }] });
    await world.sync();
    expect(world.told().filter((line) => line.startsWith("noticed the shipper"))).toHaveLength(1);
  });

  it("tells what it has no line for, and writes the rest", async () => {
    const world = navWorld();
    const number = world.order();
    const lines = [
      { sku: "SKU-100", quantity: 3 },
      { sku: "GIFT", quantity: 1 },
    ];
    world.ship(parcel("1", { lines }));
    await world.sync();
    expect(world.told()).toContain("noticed 101001 has no line, or no room, for 1 × SKU-100, 1 × GIFT");
    expect(world.desk.orderOf(number).lines).toMatchObject([{ toShip: 2 }, { toShip: 0 }]);
  });

  it("keeps the quantity of lines that are not shipped in parcels", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.addLine(number, { Type: "Resource", No: "FREIGHT", Quantity: 1 });
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.orderOf(number).lines).toMatchObject([{ toShip: 2 }, { toShip: 0 }, { toShip: 1 }]);
  });

  it("has lines with numbers of their own in North America", async () => {
    const world = navWorld({ switches: { localisation: "northAmerica" } });
    const number = world.order();
    world.ship(parcel("1"), parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }] }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z1,1Z2",
      lines: [{ tracking: "1Z1" }, { tracking: "1Z2" }],
    });
    world.ship(parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }], isVoided: true }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z1",
      lines: [
        { tracking: "1Z1", toShip: 2 },
        { tracking: "", toShip: 0 },
      ],
    });
    expect((await world.sync()).requests).toEqual([]);
  });

  it("keeps its agent where no row says which one it is, which is told once", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1", { carrier: "dhl_express" }));
    await world.sync();
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z1", agent: "" });
    expect(world.told().filter((line) => line.includes("no row for dhl_express/ups_ground"))).toHaveLength(1);
  });

  it("makes a dead letter of an agent that is not there, and has the number all the same", async () => {
    const world = navWorld({ pair: { shippingAgents: { ups: "NOBODY" } } });
    const number = world.order();
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
    expect(world.told().some((line) => /^dead .*NOBODY/.test(line))).toBe(true);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("in other words is told by what its settings call it", async () => {
    const world = navWorld();
    world.nav.switches.captions = { Open: "Åben" };
    world.order();
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.told().at(-1)).toMatch(/Status Åben is not known/);
  });
});

describe("the ship date", () => {
  it.each([
    ["a dialog", "dialog"],
    ["the status", "lines"],
  ] as const)("goes to a comment where %s is in the header's way", async (_, headerShipmentDate) => {
    const world = navWorld({ switches: { headerShipmentDate } });
    const number = world.order();
    world.desk.release(number);
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z1", comments: ["Ship date 2026-11-20: 1Z1"] });
    expect(world.told().some((line) => /^written written as a comment; header was refused/.test(line))).toBe(true);
  });

  it("goes to the header of a released order where NAV takes it", async () => {
    const world = navWorld({ switches: { headerShipmentDate: "alone" } });
    const number = world.order();
    world.desk.release(number);
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ shipmentDate: "2026-11-20", comments: [] });
  });

  it("goes where the settings want it first", async () => {
    const world = navWorld({ pair: { shipDate: ["comment"] } });
    const number = world.order({ Shipment_Date: "2026-11-24" });
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      shipmentDate: "2026-11-24",
      comments: ["Ship date 2026-11-20: 1Z1"],
    });
  });

  it("goes nowhere where the settings do not want it", async () => {
    const world = navWorld({ pair: { shipDate: [] } });
    const number = world.order({ Shipment_Date: "2026-11-24" });
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ shipmentDate: "2026-11-24", comments: [] });
  });
});

describe("a released order", () => {
  it("gets the number at once, and the agent on its posted shipment", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.release(number);
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 1 });
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z1",
      agent: "",
      lines: [{ toShip: 2 }, { toShip: 0 }],
    });
    expect(world.told().at(-1)).toBe("waiting 101001 waits for its posted shipment: agent UPS/GROUND (it is Released)");
    const writes = world.writes().length;
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.writes()).toHaveLength(writes);
    // Whoever released it may take their time.
    for (let week = 0; week < 3; week += 1) {
      world.clock.advance(7 * 24 * 3_600_000);
      expect((await world.sync()).counts).toMatchObject({ waiting: 1, deadLettered: 0 });
    }
    const shipment = world.desk.postShipment(number);
    world.clock.advance(24 * 3_600_000);
    expect((await world.sync()).counts).toMatchObject({ waiting: 0, created: 1 });
    expect(world.desk.shipments).toMatchObject([
      { number: shipment, tracking: "1Z1", agent: "UPS", service: "GROUND" },
    ]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("gets the agent after a person reopened it", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.release(number);
    world.ship(parcel("1"));
    await world.sync();
    world.desk.reopen(number);
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.orderOf(number)).toMatchObject({ agent: "UPS" });
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });

  it("that waits for approval is treated alike", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.sendForApproval(number);
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
  });

  it("that has the agent already waits for nothing", async () => {
    const world = navWorld();
    const number = world.order({ Shipping_Agent_Code: "UPS", Shipping_Agent_Service_Code: "GROUND" });
    world.desk.release(number);
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 0 });
  });
});

describe("a posted shipment", () => {
  it("gets the three fields when the order was posted before, and is still there", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.postShipment(number, { quantities: { 10000: 2 } });
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 0 });
    expect(world.desk.shipments).toMatchObject([{ tracking: "1Z1", agent: "UPS", service: "GROUND" }]);
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "", lines: [{ toShip: 0 }, { toShip: 5 }] });
  });

  it("gets them when the order was posted whole and vanished", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.postShipAndInvoice(number);
    world.ship(parcel("1"), parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }], shipDate: "2026-11-21" }));
    await world.sync();
    expect(world.desk.shipments).toMatchObject([
      { tracking: "1Z1,1Z2", agent: "UPS", comments: ["Ship date 2026-11-20: 1Z1"] },
    ]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("of each part of an order carries the part's own number", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.postShipment(number);
    world.ship(parcel("2", { lines: [{ sku: "SKU-200", quantity: 3 }], shipDate: "2026-11-21" }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z2", lines: [{ toShip: 0 }, { toShip: 3 }] });
    world.desk.postShipment(number);
    world.ship(parcel("3", { lines: [{ sku: "SKU-200", quantity: 2 }], shipDate: "2026-11-22" }));
    await world.sync();
    world.desk.postShipAndInvoice(number);
    expect(world.desk.shipments.map(({ tracking }) => tracking)).toEqual(["1Z1", "1Z2", "1Z3"]);
    world.ship(parcel("2", { lines: [{ sku: "SKU-200", quantity: 3 }], shipDate: "2026-11-21", isVoided: true }));
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.shipments.map(({ tracking }) => tracking)).toEqual(["1Z1", "", "1Z3"]);
  });

  it("with a number of somebody else's is not taken for ours", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.postShipment(number, { quantities: { 20000: 2 }, tracking: "HAND-1" });
    world.ship(parcel("1", { lines: [{ sku: "SKU-200", quantity: 2 }] }));
    await world.sync();
    expect(world.desk.shipments).toMatchObject([{ tracking: "HAND-1" }]);
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z1", lines: [{ toShip: 0 }, { toShip: 2 }] });
  });

  it("of a part whose number had no room in the header carries it all the same", async () => {
    const world = navWorld();
    const number = world.order();
    const [first, second] = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({
      packages: [{ trackingNumber }],
    }));
    world.ship(parcel("1", first), parcel("2", { ...second, lines: [{ sku: "SKU-200", quantity: 5 }] }));
    expect((await world.sync()).counts).toMatchObject({ created: 2, waiting: 1 });
    expect(world.told().at(-1)).toMatch(/waits for its posted shipment: Package_Tracking_No \(it has no room/);
    world.desk.postShipment(number, { quantities: { 10000: 2 } });
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.orderOf(number).tracking).toBe("1Z999AA10123456785");
    expect(Object.keys(world.store.state.asides)).toEqual([]);
    world.desk.postShipAndInvoice(number);
    expect(world.desk.shipments.map(({ tracking }) => tracking)).toEqual(["1Z999AA10123456784", "1Z999AA10123456785"]);
  });

  it("of a part that was posted too soon gets its own number afterwards", async () => {
    const world = navWorld();
    const number = world.order();
    const [first, second] = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({
      packages: [{ trackingNumber }],
    }));
    world.ship(parcel("1", first), parcel("2", { ...second, lines: [{ sku: "SKU-200", quantity: 3 }] }));
    await world.sync();
    world.desk.postShipment(number, { quantities: { 10000: 2 } });
    world.desk.postShipment(number, { quantities: { 20000: 3 } });
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.shipments.map(({ tracking }) => tracking)).toEqual(["1Z999AA10123456784", "1Z999AA10123456785"]);
    expect(Object.keys(world.store.state.asides)).toEqual([]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("that cannot be changed makes a dead letter that says what to do", async () => {
    const world = navWorld({ switches: { postedShipmentEdit: "refused" } });
    const number = world.order();
    world.desk.postShipAndInvoice(number);
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.told().some((line) => /^dead .*cannot be modified/.test(line))).toBe(true);
  });

  it("is marked by a partner's own field, which waits for it", async () => {
    const pair = { shippedField: { name: "Shipped_by_Carrier", value: "true" } };
    const customFields = { postedSalesShipment: { Shipped_by_Carrier: { kind: "boolean" as const } } };
    const world = navWorld({ pair, customFields });
    const number = world.order();
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.told().at(-1)).toBe("waiting 101001 waits for its posted shipment: Shipped_by_Carrier");
    world.desk.postShipment(number);
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.rows("postedSalesShipment")).toMatchObject([{ Shipped_by_Carrier: true }]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("leaves the order's own field to the shipment that completes it", async () => {
    const pair = { shippedField: { page: "salesOrder", name: "Web_Status", value: "SHIPPED" } };
    const customFields = { salesOrder: { Web_Status: { kind: "text" as const, maxLength: 20 } } };
    const world = navWorld({ pair, customFields });
    world.order();
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.rows("salesOrder")[0]?.Web_Status ?? "").toBe("");
    world.ship(parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }] }));
    await world.sync();
    expect(world.desk.rows("salesOrder")).toMatchObject([{ Web_Status: "SHIPPED" }]);
  });
});

describe("a void label", () => {
  it("is withdrawn, and a new one takes its place", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.ship(parcel("1", { isVoided: true }));
    expect((await world.sync()).counts).toMatchObject({ cancelled: 1 });
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "", lines: [{ toShip: 0 }, { toShip: 0 }] });
    world.ship(parcel("2", { carrier: "fedex" }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z2",
      agent: "FEDEX",
      lines: [{ toShip: 2 }, { toShip: 0 }],
    });
    expect((await world.sync()).requests).toEqual([]);
  });

  it("that comes back empty is withdrawn all the same", async () => {
    const world = navWorld();
    const number = world.order();
    const packages = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({ trackingNumber }));
    world.ship(parcel("1", { packages }));
    await world.sync();
    world.ship(parcel("1", { packages: [], lines: [], isVoided: true }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "",
      comments: ["Tracking numbers: 1Z999AA10123456785", "VOID: 1Z999AA10123456785"],
      lines: [{ toShip: 0 }, { toShip: 0 }],
    });
  });

  it("leaves the numbers that are alive", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(
      parcel("1"),
      parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }], carrier: "fedex", shipDate: "2026-11-21" }),
    );
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z1,1Z2", agent: "FEDEX" });
    world.ship(
      parcel("2", {
        lines: [{ sku: "SKU-200", quantity: 5 }],
        carrier: "fedex",
        shipDate: "2026-11-21",
        isVoided: true,
      }),
    );
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "1Z1",
      agent: "UPS",
      lines: [{ toShip: 2 }, { toShip: 0 }],
    });
  });

  it("is told by a second comment where a first one tells of it", async () => {
    const world = navWorld();
    const number = world.order();
    const packages = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({ trackingNumber }));
    world.ship(parcel("1", { packages }));
    await world.sync();
    world.ship(parcel("1", { packages, isVoided: true }));
    await world.sync();
    expect(world.desk.orderOf(number)).toMatchObject({
      tracking: "",
      comments: ["Tracking numbers: 1Z999AA10123456785", "VOID: 1Z999AA10123456785"],
    });
    expect((await world.sync()).requests).toEqual([]);
  });

  it("is withdrawn from the posted shipment, also when the order is long gone", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.postShipAndInvoice(number, { quantities: { 10000: 2, 20000: 5 } });
    world.ship(parcel("1", { isVoided: true }));
    expect((await world.sync()).counts).toMatchObject({ cancelled: 1 });
    expect(world.desk.shipments).toMatchObject([{ tracking: "" }]);
  });

  it("that was never written is not ours, nor is a return", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1", { isVoided: true }), parcel("2", { isReturn: true }));
    const { counts, requests } = await world.sync();
    expect(counts).toMatchObject({ notOurs: 2 });
    expect(requests).toEqual([]);
    expect(world.desk.orderOf(number).tracking).toBe("");
  });

  it("of an order that has others is skipped when it was never written", async () => {
    const world = navWorld();
    world.order();
    world.ship(parcel("1"));
    await world.sync();
    const writes = world.writes().length;
    world.ship(parcel("2", { isVoided: true }));
    await world.sync();
    expect(world.told().at(-1)).toBe("skipped voided before it was written to the sales order");
    expect(world.writes()).toHaveLength(writes);
    expect(await world.sync()).toMatchObject({ requests: [], counts: { drift: 0 } });
  });

  it("of an order that was deleted has nothing to be withdrawn from", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.deleteOrder(number);
    world.ship(parcel("1", { isVoided: true }));
    expect((await world.sync()).counts).toMatchObject({ skipped: 1 });
    expect((await world.sync()).requests).toEqual([]);
  });

  it("replaced under the same id is rewritten wherever its number stands", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.postShipment(number);
    world.ship(parcel("1", { packages: [{ trackingNumber: "1ZNEW" }] }));
    await world.sync();
    expect(world.desk.shipments).toMatchObject([{ tracking: "1ZNEW" }]);
    expect(JSON.stringify(world.desk.orderOf(number).tracking)).not.toContain("1Z1");
  });
});

describe("people in NAV", () => {
  it("may change other fields meanwhile, and the change is kept", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    let isDone = false;
    world.hooks.onRequest = ({ method }) => {
      if (method === "PATCH" && !isDone) {
        isDone = true;
        world.desk.editOrder(number, { Salesperson_Code: "JR" });
      }
    };
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 0 });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
    expect(world.desk.rows("salesOrder")[0]?.Salesperson_Code).toBe("JR");
  });

  it("who change the same field are heard, and it is decided anew in the next run", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    let isDone = false;
    world.hooks.onRequest = ({ method }) => {
      if (method === "PATCH" && !isDone) {
        isDone = true;
        world.desk.editOrder(number, { Package_Tracking_No: "PICKUP" });
      }
    };
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.desk.orderOf(number).tracking).toBe("PICKUP");
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });

  it("who release the order meanwhile make the agent wait", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    world.hooks.onRequest = ({ method }) => {
      if (method === "PATCH" && world.desk.orderOf(number).status === "Open") world.desk.release(number);
    };
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.desk.orderOf(number)).toMatchObject({ tracking: "1Z1", agent: "" });
    world.desk.postShipment(number);
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.shipments).toMatchObject([{ tracking: "1Z1", agent: "UPS" }]);
  });

  it("who hold the order make it wait", async () => {
    const world = navWorld();
    const number = world.order();
    world.desk.lock(number);
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    world.desk.unlock(number);
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });

  it("whose page takes no change of the number make a dead letter of it", async () => {
    const world = navWorld({ switches: { dialogOn: ["salesOrder.Package_Tracking_No"] } });
    world.order();
    world.ship(parcel("1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.told().some((line) => /^dead .*callback/i.test(line))).toBe(true);
  });

  it("who typed the number themselves have it left as it is", async () => {
    const world = navWorld();
    const number = world.order({ Package_Tracking_No: "1Z1" });
    world.ship(parcel("1"));
    await world.sync();
    expect(world.writes().filter((write) => write.includes("Package_Tracking_No"))).toEqual([]);
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });

  it("whose permission sets are too small stop the flow, and nothing is half done for good", async () => {
    const world = navWorld();
    const number = world.order();
    world.nav.switches.permissions = "readOnly";
    world.ship(parcel("1"));
    expect((await world.sync()).error).toMatchObject({ name: "AuthError" });
    expect(world.desk.orderOf(number).tracking).toBe("");
    world.nav.switches.permissions = "all";
    expect((await world.sync()).error).toBeUndefined();
    expect(world.desk.orderOf(number).tracking).toBe("1Z1");
  });
});

describe("an installation", () => {
  it.each<[string, NonNullable<Parameters<typeof navWorld>[0]>["switches"]]>([
    ["whose 204 brings no record back", { patchStatus: 204 }],
    ["whose stale tags are 409", { staleTagStatus: 409 }],
    ["whose refusals have no code", { errorBody: "bare" }],
    ["whose refusals are in V3's form", { errorBody: "v3" }],
    ["whose empty options are encoded", { blankOption: "_x0020_" }],
    ["that looks at unchanged fields", { unchangedFields: "validated" }],
    ["that pages by one", { maxPageSize: 1 }],
    ["of North America", { localisation: "northAmerica" }],
    ["of NAV 2017", { version: 2017 }],
    ["without lines of posted shipments", { absentFields: ["postedSalesShipment.SalesShipmLines.Quantity"] }],
    ["without a ship date on the order", { absentFields: ["salesOrder.Shipment_Date"] }],
  ])("%s takes it all the same", async (_, switches) => {
    const world = navWorld({ switches });
    const [open, released] = [world.order(), world.order({ External_Document_No: "SS-2" })];
    world.desk.release(released);
    world.ship(parcel("1"), parcel("2", { lines: [{ sku: "SKU-200", quantity: 1 }] }), parcelOf("SS-2", "3"));
    expect((await world.sync()).error).toBeUndefined();
    expect(world.desk.orderOf(open)).toMatchObject({
      tracking: "1Z1,1Z2",
      agent: "UPS",
      service: "GROUND",
      lines: [{ toShip: 2 }, { toShip: 1 }],
    });
    world.desk.postShipment(released);
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.shipments).toMatchObject([{ tracking: "1Z3", agent: "UPS", service: "GROUND" }]);
    expect(Object.keys(world.store.state.asides)).toEqual([]);
    expect((await world.sync()).requests).toEqual([]);
  });
});

describe("a dry run", () => {
  it("names what would be written and writes nothing", async () => {
    const world = navWorld();
    world.order();
    world.ship(parcel("1"));
    expect((await world.sync({ dryRun: true })).counts).toMatchObject({ created: 1 });
    expect(world.planned.map(({ step }) => step.name)).toEqual(["tracking:1", "agent:1", "date:1", "lines:1"]);
    expect(world.writes()).toEqual([]);
  });
});
