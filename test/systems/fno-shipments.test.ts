import { describe, expect, it } from "vitest";
import type { Lookup, Step } from "../../src/core/delivery.ts";
import { AuthError, NotSentError, RejectedError, UnknownOutcomeError } from "../../src/core/errors.ts";
import type { Shipment } from "../../src/core/model.ts";
import type { KnownOrder } from "../../src/core/ports.ts";
import { newDelivery } from "../../src/core/state/fold.ts";
import type { Fault } from "../../src/sandbox/kit.ts";
import { MemoryStore } from "../core/sync/memory-systems.ts";
import { type EnvironmentOptions, environment } from "./fno-environment.ts";
import { fresh, settle, shipment } from "./fno-shipment.ts";

const unknownOrder: KnownOrder = async () => undefined;

function withOrder(options: EnvironmentOptions = {}) {
  const given = environment(options);
  given.fno.addOrder({ legalEntity: "usmf", number: "SO-1", customer: "C-1", lines: [{ item: "D0001", quantity: 3 }] });
  return { ...given, target: given.system.shipmentTarget() };
}

/** Answers the nth write with a fault, everything else as it is. */
function faultOnce(fault: Fault, method = "POST") {
  let isDone = false;
  return (request: Request): Fault | undefined => {
    if (isDone || request.method !== method || !request.url.includes("/data/")) return undefined;
    isDone = true;
    return fault;
  };
}

describe("locating", () => {
  const place = async (documents: Shipment[], options: EnvironmentOptions = {}, known = unknownOrder) => {
    const { fno, target } = withOrder(options);
    fno.addOrder({ legalEntity: "usmf", number: "SO-1-2", customer: "C-1", lines: [] });
    fno.addOrder({ legalEntity: "usmf", number: "SO-7", customer: "C-1", lines: [] });
    fno.addOrder({ legalEntity: "demf", number: "SO-7", customer: "C-1", lines: [] });
    const located = await target.locate!(documents, known, new MemoryStore());
    return { places: documents.map((document) => located.get(document)), requests: fno.requests };
  };
  const found = (id: string) => ({ at: "found", key: id, ref: id });

  it("takes the order that mlc delivered under the key, without asking F&O", async () => {
    const { places, requests } = await place([shipment({ orderKey: "usmf-SO-1-2" })], {}, async () => ({
      key: "usmf/SO-1",
      delivery: newDelivery("SO-1", null, "2026-11-21T00:00:00Z"),
    }));
    expect(places).toEqual([found("usmf/SO-1")]);
    expect(requests).toEqual([]);
  });

  it.each<[string, Partial<Shipment>, object]>([
    ["the key names the order", { orderKey: "usmf-SO-7" }, found("usmf/SO-7")],
    ["the key has a generation", { orderKey: "usmf-SO-7-g2" }, found("usmf/SO-7")],
    [
      "a part or an order of its own may be meant",
      { orderKey: "usmf-SO-1-2" },
      { at: "ambiguous", candidates: ["usmf/SO-1-2", "usmf/SO-1"] },
    ],
    [
      "the order is not there yet",
      { orderKey: "usmf-SO-9", orderNumber: "SO-9" },
      { at: "notYet", message: "order SO-9 is not in F&O yet" },
    ],
    [
      "case differs",
      { orderKey: "usmf-so-7", orderNumber: "so-7" },
      { at: "notYet", message: "order so-7 is not in F&O yet" },
    ],
    [
      "a wildcard is asked for",
      { orderKey: "usmf-SO*", orderNumber: "SO*" },
      { at: "notYet", message: "order SO* is not in F&O yet" },
    ],
    ["a store made the order", { orderKey: "112-99", orderNumber: "112-99" }, { at: "notOurs" }],
    ["there is no key at all", { orderNumber: "SO-7" }, { at: "notOurs" }],
    ["nothing is there and the label is void", { orderKey: "usmf-SO-9", isVoided: true }, { at: "notOurs" }],
  ])("when %s", async (_, change, expected) => {
    const { orderKey: __, ...bare } = shipment();
    expect((await place([{ ...bare, ...change }])).places).toEqual([expected]);
  });

  it("asks all legal entities for numbers that the pattern claims", async () => {
    const documents = [
      shipment({ id: "1", orderKey: "x", orderNumber: "SO-1" }),
      shipment({ id: "2", orderKey: "x", orderNumber: "SO-7" }),
      shipment({ id: "3", orderKey: "x", orderNumber: "112-99" }),
    ];
    const { places, requests } = await place(documents, { numberPattern: "^SO-" });
    expect(places).toEqual([
      found("usmf/SO-1"),
      { at: "ambiguous", candidates: ["usmf/SO-7", "demf/SO-7"] },
      { at: "notOurs" },
    ]);
    expect(requests.filter((request) => request.endsWith("SalesOrderHeadersV3"))).toHaveLength(3);
  });
});

describe("writing back", () => {
  const all = {
    writeBack: {
      headerFields: { map: { trackingNumber: "XTracking", shippingCost: "XCost" } },
      confirmedShipDate: true,
      standardCarrier: { "ups/ups_ground": { carrier: "UPS", service: "GROUND" } },
    },
  };
  const customFields = { XTracking: { type: "Edm.String", maxLength: 30 }, XCost: { type: "Edm.Decimal" } };
  const complete = (switches = {}) => withOrder({ pair: all, sandbox: { customFields, switches } });

  it("puts every target onto the order, the tracking row once the slip is posted", async () => {
    const { fno, target } = complete();
    const first = await settle(target, shipment(), fresh());
    expect(first).toMatchObject({
      did: ["written note:900001", "written headerFields", "written confirmedShipDate", "written standardCarrier"],
      waits: ["no packing slip of this shipment is posted in F&O yet"],
      errors: [],
    });
    fno.postPackingSlip("usmf", "SO-1", "PS-1", { deliveryDate: "2026-11-20T00:00:00Z" });
    const second = await settle(target, shipment(), first.delivery);
    expect(second).toMatchObject({ did: ["written slip:900001:1Z1"], waits: [], errors: [] });
    expect(fno.order("usmf", "SO-1")?.header).toMatchObject({
      XTracking: "1Z1",
      XCost: 8.3,
      ConfirmedShippingDate: "2026-11-20T12:00:00Z",
      ShippingCarrierId: "UPS",
      ShippingCarrierServiceId: "GROUND",
    });
    expect(fno.attachments).toMatchObject([
      { SalesOrderNumber: "SO-1", AttachmentDescription: "mlc note:900001", AccessRestriction: "Internal" },
    ]);
    expect(fno.trackingRows).toMatchObject([
      { PackingSlipNumber: "PS-1", TrackingNumber: "1Z1", TrackingURL: "https://ups.example/1Z1" },
    ]);
    const ledger = fno.ledger.length;
    expect(await settle(target, shipment(), second.delivery)).toMatchObject({ did: [], waits: [] });
    expect(fno.ledger).toHaveLength(ledger);
  });

  it("withdraws a voided label wherever it was written", async () => {
    const { fno, target } = complete();
    fno.postPackingSlip("usmf", "SO-1", "PS-1", { deliveryDate: "2026-11-20T00:00:00Z" });
    const { delivery } = await settle(target, shipment(), fresh());
    const { did } = await settle(target, shipment({ isVoided: true }), delivery);
    expect(did).toEqual([
      "withdrawn voidNote:900001",
      "withdrawn headerFields",
      "withdrawn confirmedShipDate",
      "withdrawn standardCarrier",
      "withdrawn slip:900001:1Z1",
    ]);
    expect(fno.order("usmf", "SO-1")?.header).toMatchObject({ XTracking: "", XCost: 0, ShippingCarrierId: "" });
    expect(fno.attachments.map((note) => note.AttachmentDescription)).toEqual([
      "mlc note:900001",
      "mlc voidNote:900001",
    ]);
    expect(fno.trackingRows).toEqual([]);
  });

  it("corrects a tracking row by delete and insert", async () => {
    const { fno, target } = complete();
    fno.postPackingSlip("usmf", "SO-1", "PS-1", { deliveryDate: "2026-11-20T00:00:00Z" });
    const { delivery } = await settle(target, shipment(), fresh());
    const packages = [{ trackingNumber: "1Z1", trackingUrl: "https://new.example/1Z1" }];
    const { errors } = await settle(target, shipment({ packages }), delivery);
    expect(errors).toEqual([]);
    expect(fno.trackingRows).toMatchObject([{ TrackingNumber: "1Z1", TrackingURL: "https://new.example/1Z1" }]);
    expect(fno.ledger.filter(({ action }) => action.startsWith("DELETE"))).toHaveLength(1);
  });

  it("asks no more for slips where the sets are not published", async () => {
    const { fno, target } = complete({ absentSets: ["CustPackingSlipJourBiEntities"] });
    await settle(target, shipment(), fresh());
    await settle(target, shipment({ id: "900002" }), fresh());
    expect(fno.requests.filter((request) => request.includes("CustPackingSlip"))).toHaveLength(1);
  });

  it("writes to V2 where V3 is not published", async () => {
    const { fno, target } = complete({ absentSets: ["SalesOrderHeadersV3"] });
    expect((await settle(target, shipment(), fresh())).errors).toEqual([]);
    expect(fno.ledger.map(({ action }) => action)).toContain("PATCH SalesOrderHeadersV2");
  });

  it("keeps the calls and the id of what it wrote", async () => {
    const { target } = withOrder();
    const steps = target
      .next(shipment(), fresh(), { located: "usmf/SO-1" })
      .filter(({ action }) => action === "create");
    expect(await target.send(steps)).toMatchObject([
      {
        outcome: "done",
        target: "d0c00000-0000-4000-8000-000000000001",
        calls: [{ method: "POST", path: "/data/SalesOrderHeaderDocumentAttachmentsV2", status: 201 }],
      },
    ]);
  });

  it("is refused in F&O's own words", async () => {
    const { fno, target } = complete();
    const tooLong = "1".repeat(40);
    const { errors, did } = await settle(target, shipment({ packages: [{ trackingNumber: tooLong }] }), fresh());
    expect(did).toContain("written note:900001");
    expect(errors).toEqual([expect.any(RejectedError)]);
    expect(errors[0]?.message).toBe(
      "F&O SO-1: could not set XTracking, XCost (400): The value in field 'XTracking' is longer than 30 characters.",
    );
    expect(fno.order("usmf", "SO-1")?.header.XTracking ?? "").toBe("");
  });

  it.each([
    ["takes no tracking rows", { sandbox: { switches: { trackingInsertable: false } } }, "packingSlipTracking"],
    ["has no such document type", { pair: { writeBack: { attachmentNote: { typeCode: "Notiz" } } } }, "typeCode"],
  ])("names the setting that helps where F&O %s", async (_, options, setting) => {
    const { fno, target } = withOrder(options);
    fno.postPackingSlip("usmf", "SO-1", "PS-1", { deliveryDate: "2026-11-20T00:00:00Z" });
    const { errors } = await settle(target, shipment(), fresh());
    expect(errors).toEqual([expect.any(RejectedError)]);
    expect(errors[0]).toHaveProperty("context.hint", expect.stringContaining(setting));
  });

  it("tries again while another process is at the record, and gives up in the end", async () => {
    const conflict = ["Error: An update conflict occurred due to another user process deleting the record."];
    const { fno, target } = complete();
    fno.refuse("usmf", "SO-1", conflict, 2);
    expect((await settle(target, shipment(), fresh())).errors).toEqual([]);
    expect(fno.attachments).toHaveLength(1);
    fno.refuse("usmf", "SO-1", conflict);
    const { errors } = await settle(target, shipment({ deliveryStatus: "delivered" }), fresh());
    expect(errors[0]).toBeInstanceOf(RejectedError);
  });

  it("stops at a missing privilege and sends nothing more", async () => {
    const { target } = complete({ forbiddenSets: ["SalesOrderHeaderDocumentAttachmentsV2", "SalesOrderHeadersV3"] });
    const { errors } = await settle(target, shipment(), fresh());
    expect(errors[0]).toBeInstanceOf(AuthError);
    expect(errors.slice(1).every((error) => error instanceof NotSentError)).toBe(true);
  });
});

describe("an answer that was lost", () => {
  const lookupOf = (step: Step): Lookup => ({ ...step, memo: {} });
  const since = new Date(0);

  it.each([
    ["resetBefore", "absent"],
    ["resetAfter", "present"],
    ["serverError", "absent"],
  ] as const)("to a note (%s) is found %s", async (fault, state) => {
    const { fno, target } = withOrder();
    const steps = target
      .next(shipment(), fresh(), { located: "usmf/SO-1" })
      .filter(({ action }) => action === "create");
    fno.faults = faultOnce(fault);
    expect(await target.send(steps)).toMatchObject([{ outcome: "failed", error: expect.any(UnknownOutcomeError) }]);
    expect(await target.find(steps.map(lookupOf), since)).toMatchObject([{ state }]);
  });

  it("to a header is sent again at once, since it has no second effect", async () => {
    const { fno, target } = withOrder({ pair: { writeBack: { confirmedShipDate: true } } });
    fno.faults = faultOnce("resetAfter", "PATCH");
    expect((await settle(target, shipment(), fresh())).errors).toEqual([]);
  });

  it("to a header of an earlier run is found by its values", async () => {
    const { target } = withOrder({ pair: { writeBack: { confirmedShipDate: true } } });
    const steps = target
      .next(shipment(), fresh(), { located: "usmf/SO-1" })
      .filter(({ name }) => name === "confirmedShipDate");
    expect(await target.find(steps.map(lookupOf), since)).toEqual([{ state: "absent" }]);
    await target.send(steps);
    expect(await target.find(steps.map(lookupOf), since)).toMatchObject([
      { state: "present", target: "usmf/SO-1", memo: { "shipment:900001": { trackingNumbers: ["1Z1"] } } },
    ]);
    expect(
      await target.find(
        steps.map(({ payload: _, ...step }) => ({ ...step, memo: {} })),
        since,
      ),
    ).toEqual([{ state: "absent" }]);
  });

  it("to tracking rows is found by order and number, also when only their names are left", async () => {
    const { fno, target } = withOrder();
    fno.postPackingSlip("usmf", "SO-1", "PS-1", { deliveryDate: "2026-11-20T00:00:00Z" });
    const name = "slip:900001:1Z1";
    const bare = { name, naturalKey: `usmf/SO-1#${name}`, memo: {} };
    const ask = (action: Step["action"]) => target.find([{ ...bare, action }], since);
    expect([await ask("create"), await ask("delete")]).toMatchObject([[{ state: "absent" }], [{ state: "present" }]]);
    await settle(target, shipment(), fresh());
    expect(await ask("create")).toEqual([{ state: "present", target: "PS-1|2026-11-20T12:00:00Z" }]);
    expect(await ask("delete")).toEqual([{ state: "absent" }]);
    const corrected = (url: string) => target.find([{ ...bare, action: "update", payload: { url } }], since);
    expect(await corrected("https://ups.example/1Z1")).toMatchObject([{ state: "present" }]);
    expect(await corrected("https://new.example/1Z1")).toEqual([{ state: "absent" }]);
  });
});
