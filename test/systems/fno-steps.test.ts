import { describe, expect, it } from "vitest";
import { fnoPairSettings } from "../../src/connectors/fno/config.ts";
import type { Delivery, Step } from "../../src/core/delivery.ts";
import type { Json } from "../../src/core/json.ts";
import { writeBackSteps } from "../../src/systems/fno/steps.ts";
import { deliveryAfter, fresh, shipment } from "./fno-shipment.ts";

const noteOnly = fnoPairSettings.parse({ writeBack: { packingSlipTracking: false } }).writeBack;
const settingsOf = (writeBack: object) => fnoPairSettings.parse({ writeBack }).writeBack;
const fieldsOnly = (headerFields: object) =>
  settingsOf({ headerFields, attachmentNote: { enabled: false }, packingSlipTracking: false });

/** The delivery after all writes that a shipment wants now, given what they are answered with. */
function done(steps: readonly Step[], delivery: Delivery, target = "t"): Delivery {
  return steps.reduce((before, step) => {
    const payload = step.payload;
    const memo = payload !== null && typeof payload === "object" && !Array.isArray(payload) ? payload.memo : undefined;
    const isMap = memo !== null && typeof memo === "object" && !Array.isArray(memo);
    return deliveryAfter(before, step, { outcome: "done", calls: [], target, ...(isMap ? { memo } : {}) });
  }, delivery);
}

const next = (
  document = shipment(),
  {
    delivery = fresh(),
    settings = noteOnly,
    slips,
  }: { delivery?: Delivery; settings?: typeof noteOnly; slips?: Json } = {},
) => writeBackSteps(document, delivery, { located: "usmf/SO-1", ...(slips === undefined ? {} : { slips }) }, settings);

const named = (steps: readonly Step[]) => steps.map(({ name, action, outcome }) => [name, action, outcome]);

describe("the note", () => {
  it("carries everything, so that a stock environment holds all of it", () => {
    const two = shipment({
      packages: [{ trackingNumber: "1Z1", trackingUrl: "https://ups.example/1Z1" }, { trackingNumber: "1Z2" }],
      deliveryStatus: "delivered",
      deliveredAt: "2026-11-21T10:00:00Z",
      receivedBy: "A. Byron",
    });
    const [step] = next(two);
    expect(step).toMatchObject({
      name: "note:900001",
      action: "create",
      naturalKey: "usmf/SO-1#note:900001",
      repeatable: false,
      outcome: "written",
      payload: { kind: "note", marker: "note:900001", typeCode: "Note", restriction: "Internal" },
    });
    expect(step?.payload).toHaveProperty(
      "text",
      [
        "Shipment: 900001",
        "Tracking number: 1Z1",
        "Tracking URL: https://ups.example/1Z1",
        "Tracking number: 1Z2",
        "Carrier: UPS",
        "Service: ups_ground",
        "Ship date: 2026-11-20",
        "Packages: 2",
        "Delivery status: delivered",
        "Delivered at: 2026-11-21T10:00:00Z",
        "Received by: A. Byron",
        "Cost: 8.30 USD",
      ].join("\n"),
    );
    expect(JSON.stringify(step?.payload)).not.toContain('"receivedBy"');
  });

  it("is written once", () => {
    expect(next(shipment(), { delivery: done(next(), fresh()) })).toEqual([]);
  });

  it("is followed by another one when the shipment says more, under a name of its own", () => {
    const delivery = done(next(), fresh());
    const [step] = next(shipment({ deliveryStatus: "delivered" }), { delivery });
    expect(step?.naturalKey).toMatch(/^usmf\/SO-1#note:900001#[0-9a-f]{8}$/);
    expect(step?.naturalKey).not.toBe(next(shipment({ deliveryStatus: "lost" }), { delivery })[0]?.naturalKey);
  });

  it("is never taken back: a second one says that the label is void", () => {
    const delivery = done(next(), fresh());
    const voided = shipment({ isVoided: true });
    const steps = next(voided, { delivery });
    expect(named(steps)).toEqual([["voidNote:900001", "create", "withdrawn"]]);
    expect(steps[0]?.payload).toMatchObject({
      text: "Shipment 900001 is void. Its tracking number no longer counts: 1Z1.",
    });
    expect(next(voided, { delivery: done(steps, delivery) })).toEqual([]);
  });
});

it.each([
  ["a return label", { isReturn: true }, "return:900001"],
  ["a label voided before it was written", { isVoided: true }, "void:900001"],
])("skips %s with its reason, once", (_, change, name) => {
  const steps = next(shipment(change));
  expect(steps).toMatchObject([{ name, action: "skip", remark: expect.any(String) }]);
  expect(next(shipment(change), { delivery: done(steps, fresh()) })).toEqual([]);
});

describe("header fields", () => {
  const map = {
    trackingNumber: "XTracking",
    trackingUrl: "XUrl",
    carrier: "XCarrier",
    service: "XService",
    shipDate: "XShipDate",
    shippingCost: "XCost",
    currency: "XCurrency",
    packages: "XPackages",
    deliveryStatus: "XStatus",
    deliveredAt: "XDeliveredAt",
  };
  const first = {
    XTracking: "1Z1",
    XUrl: "https://ups.example/1Z1",
    XCarrier: "UPS",
    XService: "ups_ground",
    XShipDate: "2026-11-20T12:00:00Z",
    XCost: 8.3,
    XCurrency: "USD",
    XPackages: 1,
    XStatus: "",
    XDeliveredAt: "1900-01-01T00:00:00Z",
  };
  const second = shipment({
    id: "900002",
    carrier: "fedex",
    carrierName: "FedEx",
    shipDate: "2026-11-21",
    cost: { amount: "0.1", currency: "USD" },
    packages: [{ trackingNumber: "F1" }, { trackingNumber: "F2" }],
    deliveredAt: "2026-11-21T10:00:00Z",
  });
  const both = {
    ...first,
    XTracking: "1Z1, F1, F2",
    XCarrier: "UPS, FedEx",
    XShipDate: "2026-11-21T12:00:00Z",
    XCost: 8.4,
    XPackages: 3,
    XDeliveredAt: "2026-11-21T10:00:00Z",
  };
  const settings = fieldsOnly({ map });
  const afterFirst = () => done(next(shipment(), { settings }), fresh());
  const afterBoth = () => done(next(second, { settings, delivery: afterFirst() }), afterFirst());

  it("take one shipment's values", () => {
    expect(next(shipment(), { settings })).toMatchObject([
      {
        name: "headerFields",
        action: "update",
        repeatable: true,
        outcome: "written",
        owned: first,
        payload: { kind: "patch", order: "usmf/SO-1", fields: first },
      },
    ]);
  });

  it("join the values of all live shipments, whichever is looked at", () => {
    expect(next(second, { settings, delivery: afterFirst() })[0]?.owned).toEqual(both);
    expect(next(shipment(), { settings, delivery: afterBoth() })).toEqual([]);
    expect(next(second, { settings, delivery: afterBoth() })).toEqual([]);
  });

  it("take the first package's values where so configured", () => {
    const firstOnly = fieldsOnly({ map, multiPackage: "first" });
    const delivery = done(next(shipment(), { settings: firstOnly }), fresh());
    expect(next(second, { settings: firstOnly, delivery })[0]?.owned).toEqual({ ...first, XPackages: 3 });
  });

  it("lose a voided shipment's values, and all of them with the last one", () => {
    const one = shipment({ isVoided: true });
    const steps = next(one, { settings, delivery: afterBoth() });
    expect(steps).toMatchObject([
      { name: "headerFields", outcome: "withdrawn", owned: { XTracking: "F1, F2", XCost: 0.1 } },
    ]);
    const left = done(steps, afterBoth());
    expect(next(one, { settings, delivery: left })).toEqual([]);
    const last = next({ ...second, isVoided: true }, { settings, delivery: left });
    expect(last[0]?.owned).toMatchObject({ XTracking: "", XCost: 0, XShipDate: "1900-01-01T12:00:00Z", XPackages: 0 });
  });

  it("refuse to add up two currencies", () => {
    const euro = { ...second, cost: { amount: "7", currency: "EUR" } };
    expect(() => next(euro, { settings, delivery: afterFirst() })).toThrow("USD and EUR");
  });

  it("take who received the last shipment, and never remember it", () => {
    const person = fieldsOnly({ map: { receivedBy: "XBy" } });
    const steps = next(shipment({ receivedBy: "A. Byron" }), { settings: person });
    expect(steps).toMatchObject([{ name: "receivedBy", owned: { XBy: "A. Byron" } }]);
    const delivery = done(steps, fresh());
    expect(JSON.stringify(delivery)).not.toContain("Byron");
    const newer = done(next({ ...second, receivedBy: "C. Babbage" }, { settings: person, delivery }), delivery);
    expect(next(shipment({ receivedBy: "A. Byron" }), { settings: person, delivery: newer })).toEqual([]);
  });
});

describe("F&O's own header fields", () => {
  it("take the ship date at noon UTC, and lose it with the label", () => {
    const settings = settingsOf({
      confirmedShipDate: true,
      attachmentNote: { enabled: false },
      packingSlipTracking: false,
    });
    const steps = next(shipment(), { settings });
    expect(steps).toMatchObject([
      { name: "confirmedShipDate", owned: { ConfirmedShippingDate: "2026-11-20T12:00:00Z" } },
    ]);
    expect(next(shipment({ isVoided: true }), { settings, delivery: done(steps, fresh()) })).toMatchObject([
      { owned: { ConfirmedShippingDate: "1900-01-01T12:00:00Z" }, outcome: "withdrawn" },
    ]);
  });

  const codes = { "ups/ups_ground": { carrier: "UPS", service: "GROUND" }, fedex: { carrier: "FEDEX" } };
  it.each([
    [
      "ups",
      "UPS_Ground",
      [{ name: "standardCarrier", owned: { ShippingCarrierId: "UPS", ShippingCarrierServiceId: "GROUND" } }],
    ],
    [
      "fedex",
      "fedex_2day",
      [{ name: "standardCarrier", owned: { ShippingCarrierId: "FEDEX", ShippingCarrierServiceId: "" } }],
    ],
    [
      "dhl",
      "express",
      [{ action: "skip", name: "noCarrier:900001", remark: "writeBack.standardCarrier has no row for dhl/express" }],
    ],
  ])("take the codes of %s/%s", (carrier, service, steps) => {
    const settings = settingsOf({
      standardCarrier: codes,
      attachmentNote: { enabled: false },
      packingSlipTracking: false,
    });
    expect(next(shipment({ carrier, service }), { settings })).toMatchObject(steps);
  });
});

describe("the packing slip's tracking rows", () => {
  const settings = settingsOf({ attachmentNote: { enabled: false }, packingSlipTracking: true });
  const slip = (id: string, day: string) => ({ id, date: `${day}T12:00:00Z` });
  const slips = (given: Json[], rows: Json[] = [], isPublished = true): Json => ({ isPublished, slips: given, rows });
  const posted = slips([slip("PS-1", "2026-11-20")]);
  const place = "PS-1|2026-11-20T12:00:00Z";
  const written = () => done(next(shipment(), { settings, slips: posted }), fresh(), place);

  it("are asked for first", () => {
    expect(next(shipment(), { settings })).toMatchObject([
      { name: "slips", action: "read", payload: { kind: "readSlips", order: "usmf/SO-1" } },
    ]);
  });

  it("wait until the slip is posted", () => {
    expect(next(shipment(), { settings, slips: slips([]) })).toMatchObject([
      { action: "wait", remark: "no packing slip of this shipment is posted in F&O yet" },
    ]);
  });

  it("are left out where the sets are not published, but for a setting that insists", () => {
    const auto = settingsOf({ attachmentNote: { enabled: false } });
    expect(next(shipment(), { settings: auto, slips: slips([], [], false) })).toEqual([]);
    expect(next(shipment(), { settings, slips: slips([], [], false) })).toMatchObject([{ action: "wait" }]);
  });

  it("are one a package, each written once", () => {
    const two = shipment({
      packages: [{ trackingNumber: "1Z1", trackingUrl: "https://ups.example/1Z1" }, { trackingNumber: "1Z2" }],
    });
    const steps = next(two, { settings, slips: posted });
    expect(named(steps)).toEqual([
      ["slip:900001:1Z1", "create", "written"],
      ["slip:900001:1Z2", "create", "written"],
    ]);
    expect(steps[1]?.payload).toMatchObject({
      kind: "addRow",
      trackingNumber: "1Z2",
      slip: slip("PS-1", "2026-11-20"),
    });
    expect(next(two, { settings, slips: posted, delivery: done(steps, fresh(), place) })).toEqual([]);
  });

  it.each([
    ["the slip of the ship date", ["2026-11-19", "2026-11-20", "2026-11-21"], "PS-1"],
    ["else the next one", ["2026-11-19", "2026-11-21"], "PS-1"],
    ["else the latest before", ["2026-11-18", "2026-11-19"], "PS-1"],
  ])("stand on %s", (_, days, id) => {
    const given = days.map((day, index) => slip(`PS-${index}`, day));
    expect(next(shipment(), { settings, slips: slips(given) })[0]?.payload).toMatchObject({ slip: { id } });
  });

  it("do not take an earlier slip that another shipment stands on", () => {
    const later = shipment({ id: "900002", shipDate: "2026-11-23", packages: [{ trackingNumber: "1Z9" }] });
    expect(next(later, { settings, slips: posted, delivery: written() })).toMatchObject([{ action: "wait" }]);
  });

  it("are corrected by delete and insert", () => {
    const moved = shipment({ packages: [{ trackingNumber: "1Z1", trackingUrl: "https://new.example/1Z1" }] });
    expect(next(moved, { settings, slips: posted, delivery: written() })).toMatchObject([
      {
        name: "slip:900001:1Z1",
        action: "update",
        payload: { replaces: slip("PS-1", "2026-11-20"), url: "https://new.example/1Z1" },
      },
    ]);
  });

  it("of a replaced number are deleted and the new one is added", () => {
    const replaced = shipment({ packages: [{ trackingNumber: "1Z2" }] });
    expect(named(next(replaced, { settings, slips: posted, delivery: written() }))).toEqual([
      ["slip:900001:1Z1", "delete", "withdrawn"],
      ["slip:900001:1Z2", "create", "written"],
    ]);
  });

  it("are deleted once when the label is void", () => {
    const voided = shipment({ isVoided: true });
    const steps = next(voided, { settings, delivery: written() });
    expect(steps).toMatchObject([
      {
        name: "slip:900001:1Z1",
        action: "delete",
        outcome: "withdrawn",
        payload: { kind: "removeRow", slip: slip("PS-1", "2026-11-20") },
      },
    ]);
    const [step] = steps;
    const left = deliveryAfter(written(), step!, { outcome: "done", calls: [] });
    expect(next(voided, { settings, delivery: left })).toEqual([]);
  });

  it("that a person typed in are left to them, voided or not", () => {
    const rows = [{ slip: "PS-1", date: "2026-11-20T12:00:00Z", trackingNumber: "1Z1", url: "" }];
    const seen = slips([slip("PS-1", "2026-11-20")], rows);
    const [step] = next(shipment(), { settings, slips: seen });
    expect(step).toMatchObject({ action: "skip", remark: "packing slip PS-1 has tracking number 1Z1 already" });
    const left = deliveryAfter(fresh(), step!, { outcome: "done", calls: [] });
    expect(next(shipment(), { settings, slips: seen, delivery: left })).toEqual([]);
    expect(next(shipment({ isVoided: true }), { settings, delivery: left })).toEqual([]);
  });
});
