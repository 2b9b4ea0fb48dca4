import { describe, expect, it } from "vitest";
import { fnoPairSettings } from "../../src/connectors/fno/config.ts";
import type { Delivery, Step } from "../../src/core/delivery.ts";
import type { Scan, Shipment } from "../../src/core/model.ts";
import { writeBackSteps } from "../../src/systems/fno/steps.ts";
import { deliveryAfter, fresh, shipment } from "./fno-shipment.ts";

const { writeBack } = fnoPairSettings.parse({
  writeBack: {
    packingSlipTracking: false,
    headerFields: { map: { trackingNumber: "Num", deliveryStatus: "Status", deliveredAt: "At", receivedBy: "By" } },
  },
});
type Settings = Parameters<typeof writeBackSteps>[3];
const noted: Settings = { ...writeBack, scanHistory: "note" };
const unnoted: Settings = { ...writeBack, scanHistory: "none" };

/** A FedEx parcel with changes. */
const parcel = (change: Partial<Shipment> = {}) =>
  shipment({ id: "794600000001", packages: [{ trackingNumber: "794600000001" }], ...change });

const scan = (hour: number, text: string): Scan => ({
  id: `794600000001 2026-11-24T${hour}:00:00.000Z ${text}`,
  trackingNumber: "794600000001",
  at: `2026-11-24T${hour}:00:00.000Z`,
  text,
  place: "MEMPHIS, TN, US",
});

/** Takes shipments one after the other to their ends; what was written, and the delivery after it. */
function written(documents: readonly Shipment[], settings = noted, delivery = fresh()) {
  const steps: Step[] = [];
  let after = delivery;
  for (const document of documents)
    for (const step of writeBackSteps(document, after, { located: "usmf/SO-1" }, settings)) {
      steps.push(step);
      after = taken(after, step);
    }
  return { steps, delivery: after };
}

/** The delivery after a step, with the memo of what was sent. */
function taken(before: Delivery, step: Step): Delivery {
  const { payload } = step;
  const sent = payload !== null && typeof payload === "object" && !Array.isArray(payload) ? payload.memo : undefined;
  const own = sent !== null && typeof sent === "object" && !Array.isArray(sent) ? sent : {};
  return deliveryAfter(before, step, { outcome: "done", calls: [], target: "t", memo: { ...step.memo, ...own } });
}

const textsOf = (steps: readonly Step[]) =>
  steps.flatMap(({ payload }) =>
    payload !== null && typeof payload === "object" && !Array.isArray(payload) && payload.kind === "note"
      ? [String(payload.text)]
      : [],
  );

describe("the note of a shipment with references", () => {
  it("names the master, each piece, what was sent and the charge with its currency", () => {
    const { steps } = written([
      parcel({
        packages: [{ trackingNumber: "794600000001" }, { trackingNumber: "794600000002" }],
        references: [
          { type: "CUSTOMER_REFERENCE", value: "usmf-SO-1" },
          { type: "INVOICE_NUMBER", value: "INV-7" },
        ],
      }),
    ]);
    const [text] = textsOf(steps);
    expect(text?.split("\n")).toEqual([
      "Master tracking number: 794600000001",
      "Tracking number: 794600000001",
      "Tracking number: 794600000002",
      "Carrier: UPS",
      "Service: ups_ground",
      "Ship date: 2026-11-20",
      "Packages: 2",
      "Cost: 8.30 USD",
      "Reference CUSTOMER_REFERENCE: usmf-SO-1",
      "Reference INVOICE_NUMBER: INV-7",
    ]);
  });
});

describe("scans", () => {
  const one = scan(10, "Picked up");
  const two = scan(12, "In transit");
  const late = scan(11, "Left FedEx origin facility");

  it("go into one note a run, each once, also one that became known late", () => {
    const { steps } = written([
      parcel({ isStatusUnknown: true }),
      parcel({ deliveryStatus: "picked up", scans: [one] }),
      parcel({ deliveryStatus: "picked up", scans: [one] }),
      parcel({ deliveryStatus: "in transit", scans: [one, two] }),
      parcel({ deliveryStatus: "in transit", scans: [one, late, two] }),
    ]);
    const [, ...notes] = textsOf(steps);
    expect(notes).toHaveLength(3);
    expect(notes[0]).toBe(
      "Tracking of: 794600000001\nDelivery status: picked up\n2026-11-24T10:00:00.000Z  794600000001  Picked up  MEMPHIS, TN, US",
    );
    expect(notes[1]).toMatch(/^Tracking of: 794600000001\nDelivery status: in transit\n.*In transit.*$/);
    expect(notes[2]).toMatch(/\n.*Left FedEx origin facility[^\n]*$/);
    expect(notes[2]).not.toMatch(/Picked up/);
    expect(new Set(steps.map(({ naturalKey }) => naturalKey).filter((key) => key.includes("#scans:"))).size).toBe(3);
  });

  it("remember nothing of who took the parcel", () => {
    const delivered = { deliveryStatus: "delivered", deliveredAt: "2026-11-24T12:00:00.000Z", receivedBy: "A.LOPEZ" };
    const { steps, delivery } = written([parcel({ ...delivered, scans: [one, two] })]);
    expect(textsOf(steps).at(-1)).toContain("Received by: A.LOPEZ");
    expect(JSON.stringify(delivery)).not.toContain("LOPEZ");
  });

  it.each([
    ["with scanHistory none", unnoted],
    ["where notes are off", { ...noted, attachmentNote: { ...noted.attachmentNote, enabled: false } }],
    ["where nothing says what becomes of them", writeBack],
  ])("are not noted %s", (_, settings) => {
    const { steps } = written([parcel({ deliveryStatus: "in transit", scans: [one, two] })], settings);
    expect(steps.filter(({ name }) => name.startsWith("scans:"))).toEqual([]);
  });

  it("are told by the shipment's own notes where there are none of their own", () => {
    const { steps } = written(
      [parcel(), parcel({ deliveryStatus: "in transit" }), parcel({ deliveryStatus: "delivered" })],
      unnoted,
    );
    expect(textsOf(steps).map((text) => /Delivery status: (.*)/.exec(text)?.[1])).toEqual([
      undefined,
      "in transit",
      "delivered",
    ]);
  });

  it("of a void label are no more told", () => {
    const { steps } = written([parcel({ scans: [one], deliveryStatus: "label created" }), parcel({ isVoided: true })]);
    expect(steps.map(({ name, outcome }) => [name, outcome]).slice(-2)).toEqual([
      ["voidNote:794600000001", "withdrawn"],
      ["headerFields", "withdrawn"],
    ]);
  });
});

describe("a status that could not be asked for", () => {
  it.each([
    ["with notes of scans", noted],
    ["without", unnoted],
  ])("stands as it was written (%s)", (_, settings) => {
    const known = parcel({ deliveryStatus: "delivered", deliveredAt: "2026-11-24T12:00:00.000Z", receivedBy: "A. L." });
    const { delivery } = written([known], settings);
    const { steps } = written([parcel({ isStatusUnknown: true })], settings, delivery);
    expect(steps).toEqual([]);
  });
});

describe("incidents", () => {
  it("are told once each, also when one ends and comes again", () => {
    const { steps } = written([
      parcel({ incidents: ["Weather delay"] }),
      parcel({ incidents: ["Weather delay", "Business closed"] }),
      parcel({}),
      parcel({ incidents: ["Weather delay"] }),
    ]);
    const told = steps.filter(({ action }) => action === "notice").map(({ remark }) => remark);
    expect(told).toEqual(["Weather delay", "Business closed"]);
  });
});

describe("a shipment that has not left", () => {
  const held = parcel({ hasNotLeft: true, packages: [], isVoided: true, incidents: ["OnHold: InvalidAddress"] });

  it("has its incidents told and nothing written", () => {
    const { steps, delivery } = written([held, held]);
    expect(steps.map(({ action, remark }) => [action, remark])).toEqual([["notice", "OnHold: InvalidAddress"]]);
    expect(delivery.memo).toEqual({});
  });

  it("stands as it was written while it has its number", () => {
    const { steps } = written([parcel(), parcel({ hasNotLeft: true, incidents: ["Exception: OutOfStock"] })]);
    expect(steps.slice(-1).map(({ name, remark }) => [name.slice(0, 9), remark])).toEqual([
      ["incident:", "Exception: OutOfStock"],
    ]);
  });

  it("is withdrawn with the number that was written where it has lost it, and written anew with its next one", () => {
    const { steps } = written([parcel(), held, parcel({ packages: [{ trackingNumber: "794600000009" }] })]);
    expect(
      textsOf(steps)
        .slice(1)
        .map((text) => text.split("\n").slice(0, 2).join(" ")),
    ).toEqual([
      "Shipment 794600000001 is void. Its tracking number no longer counts: 794600000001.",
      "Shipment: 794600000001 Tracking number: 794600000009",
    ]);
    const fields = steps.flatMap(({ name, owned }) => (name === "headerFields" ? [owned?.Num] : []));
    expect(fields).toEqual(["794600000001", "", "794600000009"]);
  });
});
