import { describe, expect, it } from "vitest";
import type { Delivery } from "../../src/core/delivery.ts";
import { MappingError, RejectedError } from "../../src/core/errors.ts";
import type { Json } from "../../src/core/json.ts";
import type { Order } from "../../src/core/model.ts";
import { labelsIn, memoOf } from "../../src/systems/fedex/label-memo.ts";
import { type OrderStepOptions, orderSteps } from "../../src/systems/fedex/order-steps.ts";
import { referenceOf } from "../../src/systems/fedex/reference.ts";
import { inGermany, lineOf, orderOf, shipTo } from "../mappings/fedex-order.ts";
import { bought, brief, delivery, label, options, order, withDone } from "./fedex-kit.ts";

const next = (
  given: Order,
  of: Delivery = delivery(),
  seen: Record<string, Json> = {},
  more: Partial<OrderStepOptions> = {},
) => orderSteps(given, of, seen, options(more));

const twoWarehouses = () => {
  const [given] = orderOf([lineOf(), lineOf({ sku: "D0002", warehouse: "51" })]);
  return given;
};
const reference = "usmf-SO-100482";
const create = `create label ${reference}`;

/** The delivery after the label's void, with who wanted it. */
function voided(by: "person" | "erp"): Delivery {
  const before = bought();
  const given = by === "erp" ? order({ status: "cancelled" }) : order();
  return withDone(before, next(given, before, by === "person" ? { asked: "void:*" } : {}));
}

describe("the steps of an order", () => {
  it.each<[string, Order, Delivery, Record<string, Json>, string[]]>([
    ["buys a label", order(), delivery(), {}, [create]],
    ["buys one for each warehouse", twoWarehouses(), delivery(), {}, [create, `create label-2 ${reference}-2`]],
    ["is done once there is one", order(), bought(), {}, []],
    ["is done when a person replays it", order(), bought(), { asked: "again" }, []],
    ["does nothing for a closed order", order({ status: "closed" }), delivery(), {}, []],
    ["skips a stopped order", order({ status: "stopped" }), delivery(), {}, ["skip stopped usmf/SO-100482"]],
    ["has nothing to cancel", order({ status: "cancelled" }), delivery(), {}, []],
    [
      "voids what a cancelled order bought",
      order({ status: "cancelled" }),
      bought(),
      {},
      [`cancel void:label ${reference}`],
    ],
    ["voids it once", order({ status: "cancelled" }), voided("erp"), {}, []],
    ["buys anew what the ERP takes back", order(), voided("erp"), {}, [`create label-g2 ${reference}-g2`]],
    ["buys nothing after a person's void", order(), voided("person"), {}, [`skip voided:label ${reference}`]],
    [
      "buys anew when the person asks",
      order(),
      voided("person"),
      { asked: "again" },
      [`create label-g2 ${reference}-g2`],
    ],
    ["voids what a person asks", order(), bought(), { asked: "void:*" }, [`cancel void:label ${reference}`]],
    ["voids by number", order(), bought(), { asked: "void:794600000001" }, [`cancel void:label ${reference}`]],
    ["voids no other number", order(), bought(), { asked: "void:794600000009" }, []],
    ["voids nothing twice", order(), voided("person"), { asked: "void:*" }, [`skip voided:label ${reference}`]],
    [
      "voids in a closed order",
      order({ status: "closed" }),
      bought(),
      { asked: "void:*" },
      [`cancel void:label ${reference}`],
    ],
    [
      "voids in a stopped order",
      order({ status: "stopped" }),
      bought(),
      { asked: "void:*" },
      [`cancel void:label ${reference}`],
    ],
    [
      "voids one part of two",
      twoWarehouses(),
      bought(twoWarehouses()),
      { asked: "void:794600000002" },
      [`cancel void:label-2 ${reference}-2`],
    ],
  ])("%s", (_, given, of, seen, expected) => {
    expect(brief(next(given, of, seen))).toEqual(expected);
  });

  it("voids the label of a part that lost its lines", () => {
    const before = bought(twoWarehouses());
    const given = { ...twoWarehouses(), lines: twoWarehouses().lines.slice(0, 1) };
    const [step, ...more] = next(given, before);
    expect(more).toEqual([]);
    expect(step).toMatchObject({ name: "void:label-2", remark: "no line is left in this part", repeatable: true });
    expect(step?.payload).toEqual({ accountNumber: "700000000", trackingNumber: "794600000002" });
  });

  it("sends each generation under a name of its own and remembers it", () => {
    const before = voided("person");
    const steps = next(order(), before, { asked: "again" });
    const after = withDone(before, steps, memoOf("label-g2", label()));
    expect(next(order(), after)).toEqual([]);
    expect(labelsIn(after).map(({ state }) => state)).toEqual(["void", "live"]);
    const again = withDone(after, next(order(), after, { asked: "void:*" }));
    expect(brief(next(order(), again, { asked: "again" }))).toEqual([`create label-g3 ${reference}-g3`]);
  });

  it("shows the request, and says what was changed in it", () => {
    const [given] = orderOf([lineOf()], { ...shipTo, name: "Ana López" });
    const [step] = next(given);
    expect(step?.payload).toMatchObject({
      requestedShipment: {
        shipDatestamp: "2026-11-23",
        recipients: [{ contact: { personName: "Ana Lopez" } }],
        requestedPackageLineItems: [
          { customerReferences: [{ value: reference }, { customerReferenceType: "P_O_NUMBER", value: "SO-100482" }] },
        ],
      },
    });
    expect(step).toMatchObject({
      repeatable: false,
      remark: "written in ASCII: recipients.contact.personName; no customer invoice yet",
    });
  });
});

describe("a printed label", () => {
  const changed = (more: Partial<typeof shipTo>, lines = [lineOf()]) => orderOf(lines, { ...shipTo, ...more })[0];
  it.each<[string, Order, string]>([
    ["the recipient", changed({ name: "Eva Lopez", street: ["90 Cedar St"] }), "name, street"],
    ["a quantity", changed({}, [lineOf({ quantity: 3 })]), "lines"],
    ["the phone", changed({ phone: "512 555 0199" }), "phone"],
    ["a company that was not there", changed({ company: "Harbor Tools" }), "company"],
    ["the service", { ...order(), deliveryMode: "Air" }, "serviceType"],
  ])("is locked: %s differs", (_, given, fields) => {
    const services = { Air: { serviceType: "FEDEX_2_DAY" } };
    const before = bought();
    const [step, ...more] = next(given, before, {}, { services });
    expect(more).toEqual([]);
    expect(step).toMatchObject({ name: "locked:label", action: "skip" });
    expect(step?.remark).toContain(`locked: ${fields} changed after label 794600000001`);
    expect(step?.remark).toContain("mlc labels void usmf/SO-100482");
  });

  it.each<[string, Order]>([
    ["a weight", changed({}, [lineOf({ weight: { value: 9, unit: "kg" } })])],
    ["no weight at all", changed({}, [{ ...lineOf(), weight: { value: 0, unit: "kg" } }])],
    ["an invoice", order({ invoice: "INV-1" })],
  ])("is not locked for %s", (_, given) => {
    expect(next(given, bought())).toEqual([]);
  });

  it("differs in nothing from values that are not known", () => {
    const before = bought();
    const steps = Object.fromEntries(
      Object.entries(before.steps).map(([name, state]) => [name, { ...state, fields: {} }]),
    );
    expect(next(changed({ name: "Eva Lopez" }), { ...before, steps })).toEqual([]);
  });
});

describe("an order that cannot have its label", () => {
  it("waits for its invoice where that is required, and has it then", () => {
    expect(next(order(), delivery(), {}, { requireInvoice: true })).toMatchObject([
      { action: "wait", remark: "waits for its customer invoice (requireInvoice)" },
    ]);
    expect(brief(next(order({ invoice: "INV-1" }), delivery(), {}, { requireInvoice: true }))).toEqual([create]);
  });

  it("needs a person when its label was lost, and what helps is named", () => {
    const lost = bought(order(), { state: "noLabel" });
    expect(() => next(order(), lost)).toThrow(RejectedError);
    expect(() => next(order(), lost, { asked: "again" })).toThrow(/794600000001.*label was lost/);
    expect(brief(next(order(), lost, { asked: "void:*" }))).toEqual([`cancel void:label ${reference}`]);
    const after = withDone(lost, next(order(), lost, { asked: "void:*" }));
    expect(brief(next(order(), after, { asked: "again" }))).toEqual([`create label-g2 ${reference}-g2`]);
  });

  it("buys the other parts' labels first", () => {
    const lost = bought(order(), { state: "noLabel" });
    expect(brief(next(twoWarehouses(), lost))).toEqual([`create label-2 ${reference}-2`]);
  });

  it("needs a person when FedEx cancelled it by itself", () => {
    const gone = bought(order(), { state: "void" });
    expect(() => next(order(), gone)).toThrow(/as cancelled, and mlc did not cancel it/);
    expect(brief(next(order(), gone, { asked: "again" }))).toEqual([`create label-g2 ${reference}-g2`]);
  });

  it("is refused as a whole when one part cannot be translated", () => {
    const [given] = orderOf([lineOf(), lineOf({ warehouse: "51", weight: { value: 0, unit: "kg" } })]);
    expect(() => next(given)).toThrow(MappingError);
  });
});

describe("a validated shipment", () => {
  it("is asked about first, and bought when FedEx agreed", () => {
    expect(brief(next(order(), delivery(), {}, { validate: true }))).toEqual([`read validate:label ${reference}`]);
    expect(brief(next(order(), delivery(), { "validate:label": true }, { validate: true }))).toEqual([create]);
  });

  it("is bought at once when it has several pieces, of which FedEx validates none", () => {
    expect(brief(next(order(), delivery(), {}, { validate: true, packing: "unit" }))).toEqual([create]);
  });
});

describe("a label adopted by a person", () => {
  it("counts as live under its number, and can be voided", () => {
    const steps = {
      label: { at: "2026-11-24T08:00:00.000Z", naturalKey: reference, fields: {}, target: "794600000077" },
    };
    const adopted = delivery({ steps });
    expect(labelsIn(adopted)).toMatchObject([
      { master: "794600000077", reference, shipDate: "2026-11-24", state: "live" },
    ]);
    expect(next(order(), adopted)).toEqual([]);
    expect(next(order(), adopted, { asked: "void:794600000077" })).toMatchObject([
      { action: "cancel", payload: { trackingNumber: "794600000077" } },
    ]);
  });
});

describe("a reference", () => {
  it.each([
    ["usmf-SO-1", "", "usmf-SO-1"],
    ["usmf-SO-1", "-2-g2", "usmf-SO-1-2-g2"],
    ["usmf-SO-0000000000000000000001", "", /^usmf-SO-0000000000~?.*$/],
    ["usmf-SO-ü", "", /^usmf-SO-~[0-9a-f]{10}$/],
  ])("of %s%s fits Ground", (key, suffix, expected) => {
    const made = referenceOf(key, suffix);
    expect(made.length).toBeLessThanOrEqual(30);
    if (typeof expected === "string") expect(made).toBe(expected);
    else expect(made).toMatch(expected);
  });

  it("tells long keys apart and keeps part and generation readable", () => {
    const [one, other] = ["1", "2"].map((end) => referenceOf(`usmf-SO-000000000000000000000${end}`, "-2-g2"));
    expect(one).not.toBe(other);
    expect(one).toMatch(/~[0-9a-f]{10}-2-g2$/);
  });

  it("is that of the order abroad, too", () => {
    const customs = { countryOfOrigin: "DE", commodityCode: "85182200" };
    const [given] = orderOf([lineOf({ customs })], inGermany);
    expect(next(given, delivery(), {}, { serviceType: "FEDEX_INTERNATIONAL_PRIORITY" })[0]?.naturalKey).toBe(reference);
  });
});
