import { describe, expect, it } from "vitest";
import { navWorld, parcel } from "./nav-kit.ts";

const numbered = (id: string) => parcel(id, { packages: [{ trackingNumber: `1Z9999999999999${id}` }] });

describe("a number", () => {
  it("that has no room on the posted shipment it left with is told beside it", async () => {
    const world = navWorld({ pair: { shipDate: "" } });
    const order = world.order();
    world.desk.postShipAndInvoice(order);
    world.ship(numbered("001"));
    await world.sync();
    world.ship({ ...numbered("002"), lines: [{ sku: "SKU-200", quantity: 5 }] });
    await world.sync();
    const [posted] = world.desk.orderOf(order).shipments;
    expect(posted?.tracking).toBe("1Z9999999999999001");
    expect(posted?.comments).toContain("Tracking numbers: 1Z9999999999999002");
  });

  it("that a text line tells is whole in the fifty characters of its description", async () => {
    const world = navWorld({ pair: { comments: { route: "line" } } });
    world.order();
    const packages = ["001", "002", "003"].map((end) => ({ trackingNumber: `1Z9999999999999${end}` }));
    world.ship(parcel("1", { packages }));
    expect((await world.sync()).counts).toMatchObject({ created: 1, deadLettered: 0 });
    const texts = world.nav.ledger.flatMap(({ body }) =>
      typeof body === "object" && body !== null && "Description" in body ? [body.Description] : [],
    );
    expect(texts).toEqual(["Tracking numbers: 1Z9999999999999002", "Tracking numbers: 1Z9999999999999003"]);
  });

  it("that is void leaves the lines of an order of which a part is posted, too", async () => {
    const world = navWorld({ switches: { localisation: "northAmerica" } });
    const order = world.order();
    world.ship(parcel("1"));
    await world.sync();
    world.desk.postShipment(order);
    expect(world.desk.orderOf(order).lines[0]?.tracking).toBe("1Z1");
    world.ship(parcel("1", { isVoided: true }));
    await world.sync();
    expect(world.desk.orderOf(order)).toMatchObject({
      tracking: "",
      lines: [{ tracking: "" }, { tracking: "" }],
      shipments: [{ tracking: "" }],
    });
  });
});

describe("a partner's own field", () => {
  it("of a posted shipment is taken back once its label is void, and set again by the next one", async () => {
    const pair = { shippedField: { name: "Shipped_by_Carrier", value: "true" } };
    const customFields = { postedSalesShipment: { Shipped_by_Carrier: { kind: "boolean" as const } } };
    const world = navWorld({ pair, customFields });
    const order = world.order();
    world.desk.postShipment(order);
    world.ship(parcel("1"));
    await world.sync();
    expect(world.desk.rows("postedSalesShipment")).toMatchObject([{ Shipped_by_Carrier: true }]);
    world.ship(parcel("1", { isVoided: true }));
    await world.sync();
    expect(world.desk.rows("postedSalesShipment")).toMatchObject([{ Shipped_by_Carrier: false }]);
    world.ship(parcel("2"));
    await world.sync();
    expect(world.desk.rows("postedSalesShipment")).toMatchObject([{ Shipped_by_Carrier: true }]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("of an order is taken back once not all of it travels", async () => {
    const pair = { shippedField: { page: "salesOrder", name: "Web_Status", value: "SHIPPED", otherwise: "OPEN" } };
    const customFields = { salesOrder: { Web_Status: { kind: "text" as const, maxLength: 20 } } };
    const world = navWorld({ pair, customFields });
    world.order();
    world.ship(parcel("1"), parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }] }));
    await world.sync();
    expect(world.desk.rows("salesOrder")).toMatchObject([{ Web_Status: "SHIPPED" }]);
    world.ship(parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }], isVoided: true }));
    await world.sync();
    expect(world.desk.rows("salesOrder")).toMatchObject([{ Web_Status: "OPEN" }]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("stays where another parcel of the same posted shipment travels", async () => {
    const pair = { shippedField: { name: "Shipped_by_Carrier", value: "true" } };
    const customFields = { postedSalesShipment: { Shipped_by_Carrier: { kind: "boolean" as const } } };
    const world = navWorld({ pair, customFields });
    world.desk.postShipment(world.order());
    world.ship(parcel("1", { lines: [{ sku: "SKU-100", quantity: 1 }] }));
    world.ship(parcel("2", { lines: [{ sku: "SKU-100", quantity: 1 }] }));
    await world.sync();
    world.ship(parcel("1", { lines: [{ sku: "SKU-100", quantity: 1 }], isVoided: true }));
    await world.sync();
    expect(world.desk.rows("postedSalesShipment")).toMatchObject([
      { Shipped_by_Carrier: true, Package_Tracking_No: "1Z2" },
    ]);
  });
});

describe("an order that is posted between our look and our write", () => {
  it.each(["Open", "Released"])("has the number on its posted shipment, and is decided anew (%s)", async (status) => {
    const world = navWorld({ pair: { shipDate: "", shippingAgents: {} } });
    const order = world.order();
    if (status === "Released") world.desk.release(order);
    world.ship(parcel("1"));
    let isPosted = false;
    world.hooks.onRequest = ({ method }) => {
      if (method !== "PATCH" || isPosted) return;
      isPosted = true;
      world.desk.postShipment(order);
    };
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 0, unknown: 0 });
    await world.sync({ ignoreSchedule: true });
    expect(world.desk.shipments).toMatchObject([{ tracking: "1Z1" }]);
    expect(Object.keys(world.store.state.asides)).toEqual([]);
  });
});
