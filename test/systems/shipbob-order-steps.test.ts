import { describe, expect, it } from "vitest";
import type { Delivery } from "../../src/core/delivery.ts";
import type { Order } from "../../src/core/model.ts";
import { orderSteps } from "../../src/systems/shipbob/order-steps.ts";
import { lineOf, orderOf, shipTo } from "../mappings/fedex-order.ts";
import { brief, delivery, order, withDone } from "./fedex-kit.ts";
import { held, sent, stepOptions, withMethods } from "./shipbob-kit.ts";

const replace = stepOptions({ onChange: "replace" });
const [edited] = orderOf([lineOf({ quantity: 5 })]);
const cancelled = order({ status: "cancelled" });
const remarks = (steps: ReturnType<typeof orderSteps>) => steps.map(({ remark }) => remark);

/** Everything that is done in turn, each step as the ones before it leave the delivery. */
function afterwards(before: Delivery, of: Order, seen = withMethods, options = replace): Delivery {
  return withDone(before, orderSteps(of, before, seen, options));
}

describe("an order that ShipBob has not", () => {
  it("waits for the account's methods before it is made", () => {
    const [read, ...others] = orderSteps(order(), delivery(), {}, stepOptions());
    expect(others).toEqual([]);
    expect(read).toMatchObject({ name: "read:methods", action: "read", prepares: { name: "order" } });
  });

  it("is made once for each part, under a key of its own, and never repeated blindly", () => {
    const two = order({ lines: [lineOf(), lineOf({ key: "L-2", warehouse: "51" })] });
    const steps = orderSteps(two, delivery(), withMethods, stepOptions());
    expect(brief(steps)).toEqual(["create order usmf-SO-100482", "create order-2 usmf-SO-100482-2"]);
    expect(steps.map(({ repeatable }) => repeatable)).toEqual([false, false]);
    expect(orderSteps(two, delivery(), {}, stepOptions())).toHaveLength(1);
    expect(orderSteps(two, withDone(delivery(), steps), {}, stepOptions())).toEqual([]);
  });

  it("is left alone when it is closed, stopped or cancelled", () => {
    expect(orderSteps(order({ status: "closed" }), delivery(), {}, stepOptions())).toEqual([]);
    expect(orderSteps(cancelled, delivery(), {}, stepOptions())).toEqual([]);
    const stopped = order({ status: "stopped", reason: "ReleaseStatus is Open" });
    expect(remarks(orderSteps(stopped, delivery(), {}, stepOptions()))).toEqual(["ReleaseStatus is Open"]);
  });

  it("tells what was left out of it", () => {
    const steps = orderSteps(order({ leftOut: ["line 2: stopped"] }), delivery(), withMethods, stepOptions());
    expect(brief(steps)).toEqual(["notice leftOut usmf/SO-100482", "create order usmf-SO-100482"]);
  });
});

describe("an edit of an order that was sent", () => {
  it("is told with the names of its fields, once for each change", () => {
    const before = sent();
    const steps = orderSteps(edited, before, {}, stepOptions());
    expect(brief(steps)).toEqual(["notice changed:order usmf-SO-100482"]);
    expect(remarks(steps)).toEqual([
      "changed in the ERP after it was sent: products; ShipBob's order stays as it was sent",
    ]);
    const told = withDone(before, steps);
    expect(orderSteps(edited, told, {}, stepOptions())).toEqual([]);
    const [again] = orderOf([lineOf({ quantity: 6 })], { ...shipTo, name: "Ana M. Lopez" });
    expect(remarks(orderSteps(again, told, {}, stepOptions()))[0]).toContain("products, recipient.name");
    expect(remarks(orderSteps(order(), told, {}, stepOptions()))).toEqual(["changed back in the ERP to what was sent"]);
  });

  it("is none where only prices or settings moved, or nobody knows what was sent", () => {
    const [dearer] = orderOf([lineOf({ unitPrice: "99" })]);
    expect(orderSteps(dearer, sent(), {}, stepOptions({ shippingMethod: "2-Day" }))).toEqual([]);
    const adopted = sent();
    const unknown = { ...adopted, steps: { order: { at: "", naturalKey: "usmf-SO-100482", fields: {} } } };
    expect(orderSteps(edited, unknown, {}, replace)).toEqual([]);
  });

  it("cancels there and makes anew where the pair wants that, each only after the other is proven", () => {
    const before = sent();
    expect(brief(orderSteps(edited, before, withMethods, replace))).toEqual(["read read:order usmf-SO-100482"]);
    const cancelling = orderSteps(edited, before, held("Processing"), replace);
    expect(brief(cancelling)).toEqual(["cancel order usmf-SO-100482"]);
    expect(cancelling[0]?.payload).toEqual({ orderId: 501 });
    const gone = withDone(before, cancelling);
    const anew = orderSteps(edited, gone, withMethods, replace);
    expect(brief(anew)).toEqual(["create order usmf-SO-100482-g2"]);
    expect(orderSteps(edited, withDone(gone, anew), withMethods, replace)).toEqual([]);
  });

  it("cancels nothing that could not be made anew", () => {
    const [unsendable] = orderOf([lineOf()], { ...shipTo, name: "x".repeat(301) });
    expect(() => orderSteps(unsendable, sent(), held("Processing"), replace)).toThrow(/301 characters/);
    const [fraction] = orderOf([lineOf({ quantity: 1.5 })]);
    expect(() => orderSteps(fraction, sent(), held("Processing"), replace)).toThrow(/not a whole number/);
  });

  it.each([
    [
      "refused",
      held("Processing", { refused: "its answer is Failure" }),
      "could not be replaced: its answer is Failure",
    ],
    ["shipped", held("Fulfilled"), "could not be replaced: it is Fulfilled there"],
    ["labelled", held("Processing", { left: [{ id: 1, status: "LabeledCreated" }] }), "it is Processing there"],
    ["cancelled by a person", held("Cancelled"), "was cancelled at ShipBob"],
    ["gone", { ...withMethods, "read:order": null }, "not at ShipBob any more"],
  ])("is told and not tried for ever where the order there is %s", (_, seen, why) => {
    const steps = orderSteps(edited, sent(), seen, replace);
    expect(brief(steps)).toEqual(["notice changed:order usmf-SO-100482"]);
    expect(steps[0]?.remark).toContain(why);
    expect(orderSteps(edited, withDone(sent(), steps), withMethods, replace)).toEqual([]);
  });
});

describe("an order that is cancelled in the ERP", () => {
  it("is cancelled there, once", () => {
    expect(brief(orderSteps(cancelled, sent(), {}, stepOptions()))).toEqual(["read read:order usmf-SO-100482"]);
    const steps = orderSteps(cancelled, sent(), held("Processing"), stepOptions());
    expect(brief(steps)).toEqual(["cancel order usmf-SO-100482"]);
    expect(orderSteps(cancelled, withDone(sent(), steps), {}, stepOptions())).toEqual([]);
  });

  it("lives on under the next generation when it is opened again", () => {
    const done = afterwards(sent(), cancelled, held("Processing"));
    expect(brief(orderSteps(order(), done, withMethods, stepOptions()))).toEqual(["create order usmf-SO-100482-g2"]);
    const second = afterwards(done, order());
    expect(brief(orderSteps(cancelled, second, held("Processing"), replace))).toEqual([
      "cancel order usmf-SO-100482-g2",
    ]);
  });

  it.each([
    ["Cancelled", held("Cancelled"), "skip", "cancelled at ShipBob already"],
    ["shipped", held("Fulfilled"), "notice", "cancelled in the ERP, but ShipBob's order stays: it is Fulfilled there"],
    ["refused", held("Processing", { refused: "picked" }), "notice", "but ShipBob's order stays: picked"],
    ["gone", { "read:order": null }, "skip", "not at ShipBob any more"],
  ])("is told and not tried for ever where the order there is %s", (_, seen, action, why) => {
    const steps = orderSteps(cancelled, sent(), seen, stepOptions());
    expect(brief(steps)).toEqual([`${action} cancel:order usmf-SO-100482`]);
    expect(steps[0]?.remark).toContain(why);
    expect(orderSteps(cancelled, withDone(sent(), steps), {}, stepOptions())).toEqual([]);
  });
});

it("cancels a part that is left without lines", () => {
  const two = order({ lines: [lineOf(), lineOf({ key: "L-2", warehouse: "51" })] });
  const before = withDone(delivery(), orderSteps(two, delivery(), withMethods, stepOptions()));
  expect(brief(orderSteps(order(), before, {}, stepOptions()))).toEqual(["read read:order-2 usmf-SO-100482-2"]);
  const seen = { "read:order-2": { id: 502, status: "Processing", left: [] } };
  const steps = orderSteps(order(), before, seen, stepOptions());
  expect(brief(steps)).toEqual(["cancel order-2 usmf-SO-100482-2"]);
  expect(steps[0]?.remark).toBe("no line is left in this part");
});

it("makes anew what a person cancelled there, when a person asks for it", () => {
  const seen = { ...held("Cancelled"), asked: "again" };
  expect(brief(orderSteps(order(), sent(), { asked: "again" }, stepOptions()))).toEqual([
    "read read:order usmf-SO-100482",
  ]);
  const steps = orderSteps(order(), sent(), seen, stepOptions());
  expect(brief(steps)).toEqual(["skip cancel:order usmf-SO-100482", "read read:methods usmf-SO-100482"]);
  const anew = orderSteps(order(), withDone(sent(), steps.slice(0, 1)), seen, stepOptions());
  expect(brief(anew)).toEqual(["create order usmf-SO-100482-g2"]);
  expect(orderSteps(order(), sent(), { ...held("Processing"), asked: "again" }, stepOptions())).toEqual([]);
});
