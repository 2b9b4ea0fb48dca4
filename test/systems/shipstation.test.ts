import { describe, expect, it } from "vitest";
import type { Delivery, Step } from "../../src/core/delivery.ts";
import { MappingError } from "../../src/core/errors.ts";
import { hashOf, type Json } from "../../src/core/json.ts";
import type { Order } from "../../src/core/model.ts";
import { orderSteps } from "../../src/systems/shipstation/order-steps.ts";
import { delivery, line, options, order, reno, withDone } from "./shipstation-fixture.ts";

const next = (document: Order, known: Delivery = delivery(), seen: Record<string, Json> = {}, more = {}) =>
  orderSteps(document, known, seen, { ...options, ...more });

const brief = (steps: readonly Step[]) =>
  steps.map(({ action, name, naturalKey }) => `${action} ${name} ${naturalKey}`);

/** A delivery whose order was created, and the order as ShipStation holds it. */
function created(document = order(), more = {}): { known: Delivery; held: { [name: string]: Json } } {
  const steps = next(document, delivery(), {}, more);
  const known = withDone(delivery(), steps, { "orderId:order": 900001 });
  const [step] = steps;
  const payload = step && typeof step.payload === "object" && !Array.isArray(step.payload) ? step.payload : {};
  return { known, held: { ...payload, orderId: 900001, orderTotal: 621, createDate: "2026-03-02T14:05:09.1230000" } };
}

const moved = order({ lines: [line({ quantity: 3 })] });
const splitLines = [line(), line({ key: "L2", warehouse: "WH2" })];

describe("steps of an order", () => {
  it("a new order is created under its template's key, with everything ShipStation requires", () => {
    const [step, ...more] = next(
      order({ purchaseOrder: "PO-7", deliveryMode: "Ground" }),
      delivery(),
      {},
      { storeId: 771100 },
    );
    expect(more).toEqual([]);
    expect(step).toMatchObject({ name: "order", action: "create", naturalKey: "usmf-SO-1001", repeatable: true });
    expect(step?.payload).toEqual({
      orderNumber: "SO-1001",
      orderKey: "usmf-SO-1001",
      orderDate: "2026-03-02T08:15:00",
      orderStatus: "awaiting_shipment",
      customerUsername: "US-001",
      billTo: expect.objectContaining({ name: "Dana Reyes", country: "US" }),
      shipTo: expect.objectContaining({ street1: "10 Pine St", country: "US" }),
      items: [{ lineItemKey: "L1", sku: "1996-S", name: "Atlanta whiteboard", quantity: 2, unitPrice: 310.5 }],
      requestedShippingService: "Ground",
      advancedOptions: { customField1: "PO-7", storeId: 771100 },
    });
  });

  it("a store of the legal entity comes before the account's", () => {
    const [step] = next(order(), delivery(), {}, { storeId: 1, storeByLegalEntity: { usmf: 2 } });
    expect(step?.payload).toMatchObject({ advancedOptions: { storeId: 2 } });
  });

  it("an unchanged order needs nothing", () => {
    expect(next(order(), created().known)).toEqual([]);
  });

  it("a changed order is read before it is replaced", () => {
    const steps = next(moved, created().known);
    expect(brief(steps)).toEqual(["read read:order usmf-SO-1001"]);
    expect(steps[0]?.payload).toEqual({ orderId: 900001, orderNumber: "SO-1001", orderKey: "usmf-SO-1001" });
  });

  it("a replacement carries what the ERP does not own and replaces what it does", () => {
    const { known, held } = created();
    const there: Json = {
      ...held,
      orderStatus: "on_hold",
      carrierCode: "fedex",
      serviceCode: "fedex_ground",
      packageCode: "package",
      internalNotes: "call first",
      tagIds: [7],
      weight: { value: 3, units: "pounds", WeightUnits: 1 },
      amountPaid: 0,
      advancedOptions: { storeId: 5, customField1: "rack 9", customField2: "x", mergedIds: [], warehouseId: 12 },
      items: [{ ...line1(held), orderItemId: 4, warehouseLocation: "A-1" }],
    };
    const [step, ...more] = next(moved, known, { "read:order": there });
    expect(more).toEqual([]);
    expect(step).toMatchObject({ name: "order", action: "update", naturalKey: "usmf-SO-1001" });
    expect(step?.remark).toBeUndefined();
    expect(step?.payload).toMatchObject({
      orderId: 900001,
      orderKey: "usmf-SO-1001",
      orderStatus: "on_hold",
      carrierCode: "fedex",
      serviceCode: "fedex_ground",
      packageCode: "package",
      internalNotes: "call first",
      tagIds: [7],
      weight: { value: 3, units: "pounds" },
      advancedOptions: { customField1: "rack 9", customField2: "x", warehouseId: 12 },
      items: [{ lineItemKey: "L1", quantity: 3, warehouseLocation: "A-1" }],
    });
    expect(JSON.stringify(step?.payload)).not.toMatch(/orderItemId|orderTotal|createDate|mergedIds|storeId/);
  });

  it("a field changed on both sides takes the ERP's value and is named", () => {
    const { known, held } = created();
    const shipTo = {
      ...membersOf(held.shipTo),
      street1: "99 Elm St",
      addressVerified: "Address validated successfully",
    };
    const changed = order({ lines: [line({ shipTo: { ...reno, street: ["12 Oak St"] } })] });
    const [step] = next(changed, known, { "read:order": { ...held, shipTo } });
    expect(step?.payload).toMatchObject({ shipTo: { street1: "12 Oak St" } });
    expect(step?.remark).toBe("overwrites what was changed in ShipStation: shipTo");
  });

  it("what ShipStation adds by itself is no change of a person", () => {
    const { known, held } = created();
    const shipTo = {
      ...membersOf(held.shipTo),
      residential: true,
      street2: "",
      street3: null,
      addressVerified: "Address validated",
    };
    const items = [
      { ...line1(held), orderItemId: 4, weight: { value: 1, units: "ounces" }, productId: null, upc: null },
    ];
    const orderDate = "2026-03-02T08:15:00.0000000";
    const [step] = next(moved, known, { "read:order": { ...held, shipTo, items, orderDate, customerEmail: null } });
    expect(step?.remark).toBeUndefined();
    expect(step?.payload).toMatchObject({ shipTo: { residential: true } });
  });

  it("a value the ERP gave up goes, unless somebody changed it there", () => {
    const { known, held } = created(order({ email: "ap@example.com", deliveryMode: "Ground" }));
    const [gone] = next(order(), known, { "read:order": held });
    expect(gone?.payload).not.toHaveProperty("customerEmail");
    expect(gone?.payload).not.toHaveProperty("requestedShippingService");
    const [kept] = next(order(), known, { "read:order": { ...held, customerEmail: "new@example.com" } });
    expect(kept?.payload).toHaveProperty("customerEmail", "new@example.com");
  });

  it.each(["shipped", "cancelled"])("an order that is %s there is skipped as locked, once", (orderStatus) => {
    const { known, held } = created();
    const steps = next(moved, known, { "read:order": { ...held, orderStatus } });
    expect(brief(steps)).toEqual(["skip locked:order usmf-SO-1001"]);
    expect(steps[0]?.remark).toContain("locked");
    expect(next(moved, withDone(known, steps))).toEqual([]);
    expect(brief(next(order({ lines: [line({ quantity: 4 })] }), withDone(known, steps)))).toEqual([
      "read read:order usmf-SO-1001",
    ]);
  });

  it("an order that was deleted there is not made again", () => {
    const steps = next(moved, created().known, { "read:order": null });
    expect(brief(steps)).toEqual(["skip locked:order usmf-SO-1001"]);
  });

  it("a stopped order is skipped with that reason and nothing is sent", () => {
    for (const known of [delivery(), created().known]) {
      const stopped = order({ status: "stopped", reason: "stopped in the ERP", lines: [line({ quantity: 9 })] });
      const [step, ...more] = next(stopped, known);
      expect(more).toEqual([]);
      expect(step).toMatchObject({ action: "skip", remark: "stopped in the ERP" });
    }
  });

  it("an order of which nobody knows what remains is refused, but left alone once it was sent", () => {
    const unsendable = new MappingError("what remains is not known", {});
    const partly = order({ status: "stopped", reason: unsendable.message, unsendable });
    expect(() => next(partly)).toThrow(unsendable);
    expect(brief(next(partly, created().known))).toEqual(["skip stopped usmf/SO-1001"]);
  });

  it("a closed order needs nothing", () => {
    expect(next(order({ status: "closed" }), created().known)).toEqual([]);
  });

  it("an order cancelled in the ERP that was never sent needs nothing", () => {
    expect(next(order({ status: "cancelled" }))).toEqual([]);
  });

  it("an order cancelled in the ERP is read, then cancelled there with the rest as it stands, once", () => {
    const { known, held } = created();
    const cancelled = order({ status: "cancelled" });
    expect(brief(next(cancelled, known))).toEqual(["read read:order usmf-SO-1001"]);
    const steps = next(cancelled, known, { "read:order": { ...held, customerEmail: "new@example.com" } });
    expect(brief(steps)).toEqual(["cancel order usmf-SO-1001"]);
    expect(steps[0]?.payload).toMatchObject({
      orderStatus: "cancelled",
      customerEmail: "new@example.com",
      orderId: 900001,
    });
    expect(next(cancelled, withDone(known, steps))).toEqual([]);
  });

  it.each([
    [{ orderStatus: "shipped" }, "notice"],
    [{ orderStatus: "cancelled" }, "skip"],
  ])("cancelled in the ERP and %j there is only told: %s", (there, action) => {
    const { known, held } = created();
    const steps = next(order({ status: "cancelled" }), known, { "read:order": { ...held, ...there } });
    expect(brief(steps)).toEqual([`${action} cancel:order usmf-SO-1001`]);
    expect(next(order({ status: "cancelled" }), withDone(known, steps))).toEqual([]);
  });

  it("an order that lives again after its cancellation gets the next generation's key", () => {
    const { known, held } = created();
    const gone = withDone(known, next(order({ status: "cancelled" }), known, { "read:order": held }));
    const again = next(order(), gone);
    expect(brief(again)).toEqual(["create order usmf-SO-1001-g2"]);
    const alive = withDone(gone, again);
    expect(next(order(), alive)).toEqual([]);
    expect(brief(next(moved, alive))).toEqual(["read read:order usmf-SO-1001-g2"]);
    expect(brief(next(order({ status: "cancelled" }), alive))).toEqual(["read read:order usmf-SO-1001-g2"]);
  });

  it("lines for several warehouses make parts that keep their numbers", () => {
    const steps = next(order({ lines: splitLines }));
    expect(brief(steps)).toEqual(["create order usmf-SO-1001", "create order-2 usmf-SO-1001-2"]);
    expect(steps[1]?.payload).toMatchObject({ orderNumber: "SO-1001-2", items: [{ lineItemKey: "L2" }] });
    const known = withDone(delivery(), steps);
    expect(next(order({ lines: [...splitLines].reverse() }), known)).toEqual([]);
  });

  it("a part left empty is cancelled, and comes back under the next generation", () => {
    const steps = next(order({ lines: splitLines }));
    const known = withDone(delivery(), steps, { "orderId:order-2": 900002 });
    expect(brief(next(order(), known))).toEqual(["read read:order-2 usmf-SO-1001-2"]);
    const held: Json = { ...membersOf(steps[1]?.payload), orderId: 900002 };
    const cancel = next(order(), known, { "read:order-2": held });
    expect(brief(cancel)).toEqual(["cancel order-2 usmf-SO-1001-2"]);
    const empty = withDone(known, cancel);
    expect(next(order(), empty)).toEqual([]);
    expect(brief(next(order({ lines: splitLines }), empty))).toEqual(["create order-2 usmf-SO-1001-2-g2"]);
  });

  it("lines left out are told once and again when they change", () => {
    const document = order({ leftOut: ["line 3: quantity 0"] });
    const steps = next(document);
    expect(brief(steps)).toEqual(["notice leftOut usmf/SO-1001", "create order usmf-SO-1001"]);
    expect(steps[0]?.remark).toBe("left out: line 3: quantity 0");
    const known = withDone(delivery(), steps);
    expect(next(document, known)).toEqual([]);
    expect(brief(next(order({ leftOut: ["line 4: stopped"] }), known))).toEqual(["notice leftOut usmf/SO-1001"]);
  });

  it("carrier and service are ours only where the delivery mode has a row", () => {
    const deliveryModes = { Ground: { carrierCode: "ups", serviceCode: "ups_ground", packageCode: "package" } };
    const [mapped] = next(order({ deliveryMode: "Ground" }), delivery(), {}, { deliveryModes });
    expect(mapped?.payload).toMatchObject({ carrierCode: "ups", serviceCode: "ups_ground", packageCode: "package" });
    const [unmapped] = next(order({ deliveryMode: "Air" }), delivery(), {}, { deliveryModes });
    expect(unmapped?.payload).toMatchObject({ requestedShippingService: "Air" });
    expect(unmapped?.owned).not.toHaveProperty("carrierCode");
  });

  it("a carrier set later takes the place of another one with its service", () => {
    const { known, held } = created(order({ deliveryMode: "Ground" }));
    const deliveryModes = { Ground: { carrierCode: "ups" } };
    const there = { ...held, carrierCode: "fedex", serviceCode: "fedex_ground", packageCode: "fedex_box" };
    const [step] = next(order({ deliveryMode: "Ground" }), known, { "read:order": there }, { deliveryModes });
    expect(step?.payload).toMatchObject({ carrierCode: "ups" });
    expect(step?.payload).not.toHaveProperty("serviceCode");
    expect(step?.payload).not.toHaveProperty("packageCode");
    const ours = { ...there, carrierCode: "ups", serviceCode: "ups_ground" };
    const [kept] = next(order({ deliveryMode: "Ground" }), known, { "read:order": ours }, { deliveryModes });
    expect(kept?.payload).toMatchObject({ carrierCode: "ups", serviceCode: "ups_ground" });
  });

  it("a replay sends a known order again without lifting its hold", () => {
    const { known, held } = created();
    const state = known.steps.order;
    const bare = { ...known, steps: state ? { order: { ...state, fields: {} } } : {} };
    const [step] = next(order(), bare, { "read:order": { ...held, orderStatus: "on_hold" } });
    expect(step).toMatchObject({ action: "update", payload: { orderStatus: "on_hold" } });
  });

  it("an order that cannot be mapped throws, with the line and the field", () => {
    const broken = order({ lines: [line({ key: "L9", quantity: 1.5 })] });
    expect(() => next(broken)).toThrow(MappingError);
    expect(() => next(broken)).toThrow(/line L9: quantity 1.5/);
  });

  it("hashes tell each owned field apart", () => {
    expect(created().known.steps.order?.fields.orderStatus).toBe(hashOf("awaiting_shipment"));
  });
});

function membersOf(value: Json | undefined): { [name: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function line1(held: { [name: string]: Json }): { [name: string]: Json } {
  return membersOf(Array.isArray(held.items) ? held.items[0] : undefined);
}
