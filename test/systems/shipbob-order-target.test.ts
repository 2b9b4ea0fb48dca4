import { describe, expect, it } from "vitest";
import { ShipBobOrders } from "../../src/connectors/shipbob/orders/calls.ts";
import type { Found, Lookup, Step } from "../../src/core/delivery.ts";
import { RejectedError, UnknownOutcomeError } from "../../src/core/errors.ts";
import { fieldHashes } from "../../src/core/steps.ts";
import { orderSteps } from "../../src/systems/shipbob/order-steps.ts";
import { ShipBobOrderTarget } from "../../src/systems/shipbob/order-target.ts";
import { callsTo, failure } from "../connectors/shipbob-kit.ts";
import { broken, json, type Turn } from "../core/http/kit.ts";
import { methods } from "../mappings/shipbob-order.ts";
import { delivery, order } from "./fedex-kit.ts";
import { held, sent, stepOptions, withMethods } from "./shipbob-kit.ts";

const key = "usmf-SO-100482";
/** What ShipBob shows of the order of these tests. */
const there = (more: object = {}) => ({
  id: 501,
  reference_id: key,
  status: "Processing",
  recipient: { name: "Ana  LOPEZ" },
  products: [{ reference_id: "D0001", quantity: 2 }],
  ...more,
});
const refused = (said = "Cannot insert order with existing ReferenceId") => json({ "": [said] }, { status: 422 });

function targetTo(...turns: Turn[]) {
  const { calls, wire } = callsTo(turns);
  const parts = { orders: new ShipBobOrders(calls), shippingMethods: async () => methods, options: stepOptions() };
  return { target: new ShipBobOrderTarget(parts), wire };
}

function only(steps: readonly Step[]): Step {
  const [step, ...others] = steps;
  if (!step || others.length > 0) throw new Error(`${steps.length} steps`);
  return step;
}

const create = only(orderSteps(order(), delivery(), withMethods, stepOptions()));
const cancel = only(orderSteps(order({ status: "cancelled" }), sent(), held("Processing"), stepOptions()));
const lookup = ({ name, action, naturalKey, payload }: Step): Lookup => ({
  name,
  action,
  naturalKey,
  payload,
  memo: {},
});

describe("making an order", () => {
  it("keeps ShipBob's id of it, and says when it is held for review", async () => {
    const { target } = targetTo(
      json(there(), { status: 201 }),
      json(there({ status: "ImportReview" }), { status: 201 }),
    );
    const [made] = await target.send([create]);
    expect(made).toMatchObject({ outcome: "done", target: "501", memo: { "orderId:order": 501 } });
    expect(made).not.toHaveProperty("remark");
    const [reviewed] = await target.send([create]);
    expect(reviewed).toMatchObject({ outcome: "done", remark: expect.stringContaining("ImportReview") });
  });

  it("takes an order that is there under our reference for its own, where all agrees", async () => {
    const { target, wire } = targetTo(refused("whatever it says"), json([there()]));
    const [made] = await target.send([create]);
    expect(made).toMatchObject({ outcome: "done", target: "501", remark: "was there already" });
    expect(wire()[1]).toContain(`ReferenceIds=${key}`);
  });

  it.each<[string, object, RegExp]>([
    ["recipient", { recipient: { name: "Bob" } }, /another recipient/],
    ["lines", { products: [{ reference_id: "D0001", quantity: 3 }] }, /its lines differ/],
  ])("leaves another %s's order alone", async (_, more, reason) => {
    const error = await failure(targetTo(refused(), json([there(more)])).target.send([create]));
    expect(error).toBeInstanceOf(RejectedError);
    expect(String(error)).toMatch(reason);
    expect(String(error)).not.toContain("Ana");
  });

  it("says in which channel a reference is taken", async () => {
    const elsewhere = there({ channel: { id: 2, name: "Shop" } });
    const error = await failure(targetTo(refused(), json([]), json([elsewhere])).target.send([create]));
    expect(String(error)).toMatch(/is not ours: it is in channel Shop/);
  });

  it("leaves it open where the reference is taken and the order not to be seen yet", async () => {
    const error = await failure(targetTo(refused(), json([])).target.send([create]));
    expect(error).toBeInstanceOf(UnknownOutcomeError);
  });

  it("is over where ShipBob does not like a value, without a wait", async () => {
    const error = await failure(targetTo(refused("Country is not valid"), json([])).target.send([create]));
    expect(error).toBeInstanceOf(RejectedError);
    expect(String(error)).toContain("Country is not valid");
  });

  it("is unclear when its answer is lost", async () => {
    expect(await failure(targetTo(broken("ECONNRESET")).target.send([create]))).toBeInstanceOf(UnknownOutcomeError);
  });
});

describe("looking up an order", () => {
  it.each<[string, unknown[], object]>([
    ["there", [there()], { state: "present", target: "501", memo: { "orderId:order": 501 } }],
    ["held for review", [there({ status: "ImportReview" })], { state: "present", remark: /ImportReview/ }],
    ["not there", [], { state: "absent" }],
    ["another's", [there({ recipient: { name: "Bob" } })], { state: "foreign", message: /another recipient/ }],
  ])("says that it is %s", async (_, rows, found) => {
    const [answer] = await targetTo(json(rows)).target.find([lookup(create)]);
    const expected = Object.entries(found).map(([name, value]) => [
      name,
      value instanceof RegExp ? expect.stringMatching(value) : value,
    ]);
    expect(answer).toMatchObject(Object.fromEntries(expected));
  });

  it("takes a cancel for done only when the order is cancelled", async () => {
    const { target } = targetTo(json([there()]), json([there({ status: "Cancelled" })]));
    expect(await target.find([lookup(cancel)])).toEqual([{ state: "absent" }]);
    expect(await target.find([lookup(cancel)])).toEqual([{ state: "present", target: "501" }]);
  });
});

describe("looking up an order of an earlier run, of which only hashes are left", () => {
  const left: Lookup = { name: "order", action: "create", naturalKey: key, memo: {}, hashes: fieldHashes(create) };
  const own = { recipient: { name: order().lines[0]?.shipTo.name ?? "" } };

  it.each<[string, object, Found]>([
    ["takes it where all agrees", own, { state: "present", target: "501", memo: { "orderId:order": 501 } }],
    ["leaves another recipient's alone", {}, { state: "foreign", message: "it goes to another recipient" }],
    [
      "leaves one with other lines alone",
      { ...own, products: [{ reference_id: "D0001", quantity: 7 }] },
      { state: "foreign", message: "its lines differ" },
    ],
  ])("%s", async (_, more, found) => {
    expect(await targetTo(json([there(more)])).target.find([left])).toEqual([found]);
  });
});

describe("cancelling an order", () => {
  it("is done when ShipBob's answer says so", async () => {
    const { target, wire } = targetTo(json({ order_id: 501, status: "Success" }));
    expect(await target.send([cancel])).toMatchObject([{ outcome: "done", target: "501" }]);
    expect(wire()).toEqual(["/2026-01/order/501:cancel"]);
  });

  it.each([
    ["Failure", [{ shipment_id: 9001, is_success: false, reason: "picked" }], "shipment 9001 is not: picked"],
    [
      "PartialSuccess",
      [
        { shipment_id: 9001, is_success: true },
        { shipment_id: 9002, is_success: false },
      ],
      "shipment 9001 is cancelled; shipment 9002 is not: no reason given",
    ],
    ["", null, "its answer to the cancel is empty"],
  ])("is told shipment by shipment where the answer is %j, whatever its HTTP status", async (status, results, told) => {
    const answer = json({ order_id: 501, status, canceled_shipment_results: results });
    const { target } = targetTo(answer, json(there()));
    const [result] = await target.send([cancel]);
    if (result?.outcome !== "failed") throw new Error("it was believed");
    expect(result.error).toBeInstanceOf(UnknownOutcomeError);
    expect(result.error.message).toContain(told);
    const read = only(orderSteps(order({ status: "cancelled" }), sent(), {}, stepOptions()));
    const [seen] = await target.send([read]);
    expect(seen).toMatchObject({ seen: { status: "Processing", refused: expect.stringContaining(told) } });
  });
});
