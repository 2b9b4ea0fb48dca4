import { describe, expect, it } from "vitest";
import { MappingError, RejectedError, UnavailableError } from "../../src/core/errors.ts";
import { parcels } from "./shipbob-parcels.ts";

const id = "240765630";
const hour = 3_600_000;
const day = 24 * hour;
const startOf = (url: string) => new URL(url).searchParams.get("LastUpdateStartDate");

describe("ShipBob's updated orders", () => {
  it("are read in the channel from as far back as the first run looks, and never by HasTracking", async () => {
    const { put, parcel, run, requests } = parcels({ lookBack: 10 });
    put([parcel()]);
    const { shipments } = await run();
    expect(shipments[id]).toMatchObject([{ id: "320263454", shipDate: "2026-11-21", cost: { amount: "8.3" } }]);
    const [, first] = requests;
    expect(startOf(first?.url ?? "")).toBe("2026-11-11T12:00:00.000Z");
    expect(first?.headers.get("shipbob_channel_id")).toBe("128944");
    expect(requests.map(({ url }) => url).join()).not.toContain("HasTracking");
  });

  it("are read on from ShipBob's own clock with an overlap, and once a day a week back", async () => {
    const { run, asked } = parcels();
    await run({ after: hour });
    await run({ after: day });
    await run();
    const starts = asked("/order").map(startOf);
    expect(starts).toEqual(["2026-10-22T12:00:00.000Z", "2026-11-21T11:45:00.000Z", "2026-11-14T13:00:00.000Z"]);
  });

  it("are read on from the latest instant in them where ShipBob does not say its clock, and never from an earlier one", async () => {
    const { put, parcel, run, asked, shows } = parcels();
    shows.clock = false;
    await run();
    put([parcel({ last_update_at: "2026-11-21T11:20:00Z" })], { created_date: "2026-11-21T11:00:00Z" });
    await run();
    put([parcel({ created_date: "2026-11-01T00:00:00Z", last_update_at: "2026-11-01T00:00:00Z" })]);
    await run();
    await run();
    expect(asked("/order").map(startOf)).toEqual([
      "2026-10-22T12:00:00.000Z",
      "2026-10-22T12:15:00.000Z",
      "2026-11-21T12:00:00.000Z",
      "2026-11-21T12:00:00.000Z",
    ]);
  });

  it("are read from where a person says, to where, and then nothing that is followed is looked at again", async () => {
    const { put, parcel, run, asked } = parcels();
    put([parcel()]);
    await run({ after: 2 * day });
    const before = asked("/order").length;
    await run({ since: new Date("2026-11-20T00:00:00Z"), until: new Date("2026-11-22T00:00:00Z"), after: 2 * day });
    expect(asked("/order").slice(before)).toEqual([
      "https://api.shipbob.com/2026-01/order?LastUpdateStartDate=2026-11-20T00:00:00.000Z&LastUpdateEndDate=2026-11-22T00:00:00.000Z&Page=1&Limit=250",
    ]);
  });

  it("fail alone where one cannot be read", async () => {
    const { put, parcel, source } = parcels();
    put([parcel()]);
    put([parcel({ id: "none" })], { id: 2 });
    const records = [];
    for await (const page of source.list({ now: new Date("2026-11-21T12:00:00Z") })) records.push(...page.records);
    const [good, bad] = records;
    expect(good && source.read(good)).toHaveLength(1);
    expect(() => bad && source.read(bad)).toThrow(MappingError);
    expect(bad?.ref).toEqual({ order: "2" });
  });

  it("are the same record until something that is passed on changes", async () => {
    const { put, parcel, run, versions } = parcels();
    put([parcel()]);
    await run();
    const before = versions.get(id);
    put([
      parcel({
        last_update_at: "2026-11-21T13:00:00Z",
        is_tracking_uploaded: true,
        actual_fulfillment_date: "2026-11-21T12:30:00Z",
      }),
    ]);
    await run();
    expect(versions.get(id)).toBe(before);
    put([parcel({ invoice_amount: 9, actual_fulfillment_date: "2026-11-21T12:30:00Z" })]);
    await run();
    expect(versions.get(id)).not.toBe(before);
  });
});

describe("what is followed", () => {
  it("is looked at once a day until its cost came, although its update shows nothing", async () => {
    const { put, parcel, run, asked } = parcels();
    const row = parcel({ invoice_amount: null, delivery_date: "2026-11-21T12:00:00Z" });
    put([row]);
    await run({ after: day });
    await run({ after: day });
    put([{ ...row, invoice_amount: 8.3 }], { silent: true });
    const { shipments } = await run({ after: day });
    expect(shipments[id]).toMatchObject([{ cost: { amount: "8.3" }, final: true }]);
    for (let runs = 0; runs < 10; runs += 1) await run({ after: day });
    expect(asked("/order?").length).toBe(0);
    expect(asked("/order").filter((url) => url.includes("IDs=")).length).toBeLessThanOrEqual(2);
  });

  it("costs so many calls in 31 days that its orders share, and no more after them", async () => {
    const { put, parcel, run, asked } = parcels();
    const orders = Array.from({ length: 8 }, (_, at) => at + 1);
    for (const at of orders)
      put([parcel({ id: 1000 + at, invoice_amount: null })], { id: at, reference_id: `usmf-SO-${at}` });
    for (let runs = 0; runs < 31 * 6; runs += 1) await run({ after: 4 * hour });
    expect((await run()).shipments).toEqual({});
    const named = asked("/order").flatMap((url) => new URL(url).searchParams.get("IDs")?.split(",") ?? []);
    // What falls due while a run ends is due in the next one too; the first days are the weekly list's.
    for (const at of orders) {
      const looks = named.filter((one) => one === String(at)).length;
      expect(looks).toBeGreaterThanOrEqual(22);
      expect(looks).toBeLessThanOrEqual(2 * 32);
    }
    expect(named.length).toBeLessThan(1.2 * 32 * orders.length);
    const before = asked("").length;
    for (let runs = 0; runs < 24; runs += 1) await run({ after: hour });
    // A run reads ShipBob's clock and the list of updates.
    expect(asked("").length - before).toBe(48);
  });

  it("is due at once when a person says so", async () => {
    const { put, parcel, run, asked } = parcels();
    put([parcel()]);
    await run({ after: hour });
    await run({ after: hour });
    const before = asked("/order").length;
    await run({ ignoreSchedule: true });
    expect(asked("/order").slice(before).at(-1)).toContain(`IDs=${id}`);
  });

  it("is tracked by at most 25 a call, each named", async () => {
    const { put, parcel, run, asked } = parcels();
    for (let at = 1; at <= 30; at += 1) put([parcel({ id: 1000 + at })], { id: at });
    await run();
    const sizes = asked("/shipments-tracking").map((url) => new URL(url).searchParams.getAll("ShipmentIds").length);
    expect(sizes).toEqual([25, 5]);
  });

  it("is delivered when its carrier says so, although its order shows nothing", async () => {
    const { put, parcel, run, tracking } = parcels();
    put([parcel()]);
    await run({ after: day });
    const history = [{ status: "Delivered", timestamp: "2026-11-22T10:00:00Z", message: "Delivered" }];
    tracking.set(320263454, { shipment_id: 320263454, status: "Delivered", history });
    const { shipments } = await run();
    expect(shipments[id]).toMatchObject([
      { deliveryStatus: "delivered", deliveredAt: "2026-11-22T10:00:00.000Z", final: true },
    ]);
  });
});

describe("tracking that cannot be had", () => {
  it.each([401, 403])("for want of a right (%i) is asked for once a run and gone without", async (status) => {
    const { put, parcel, run, asked, instead } = parcels();
    instead.set("/shipments-tracking", () => new Response("", { status }));
    for (let at = 1; at <= 300; at += 1) put([parcel({ id: 1000 + at })], { id: at });
    const { shipments, failure } = await run();
    expect(failure).toBeUndefined();
    expect(shipments["7"]).toMatchObject([{ deliveryStatus: "in transit" }]);
    expect(asked("/shipments-tracking").length).toBeLessThanOrEqual(12);
  });

  it("for now leaves what was written as it is, tells the numbers all the same and ends in its error", async () => {
    const { put, parcel, run, instead } = parcels();
    instead.set("/shipments-tracking", () => new Response('"down"', { status: 500 }));
    put([parcel()]);
    const first = await run();
    expect(first.failure).toBeInstanceOf(UnavailableError);
    expect(first.shipments[id]).toMatchObject([{ isStatusUnknown: true, packages: [{}] }]);
    instead.clear();
    const second = await run();
    expect(second.shipments[id]).toMatchObject([{ deliveryStatus: "in transit" }]);
    expect(second.failure).toBeUndefined();
  });

  it("of one shipment keeps no other from being tracked", async () => {
    const { put, parcel, run, tracking, instead } = parcels();
    put([parcel()]);
    put([parcel({ id: 2 })], { id: 2 });
    tracking.set(320263454, { shipment_id: 320263454, status: "OutForDelivery" });
    instead.set("/shipments-tracking", (query) =>
      query.getAll("ShipmentIds").includes("2")
        ? new Response('"ShipmentIds are invalid"', { status: 400 })
        : undefined,
    );
    const { shipments, failure } = await run();
    expect(failure).toBeUndefined();
    expect(shipments[id]).toMatchObject([{ deliveryStatus: "out for delivery" }]);
    expect(shipments["2"]).toMatchObject([{ deliveryStatus: "in transit" }]);
  });
});

describe("a label that was made again", () => {
  it("is another version of the same shipment with its new number alone", async () => {
    const { put, parcel, run, versions } = parcels();
    put([parcel()]);
    await run();
    const before = versions.get(id);
    put([parcel({ tracking: { tracking_number: "9400100000000000000009", carrier: "USPS" } })]);
    const { shipments } = await run();
    expect(shipments[id]).toMatchObject([
      { id: "320263454", packages: [{ trackingNumber: "9400100000000000000009" }] },
    ]);
    expect(versions.get(id)).not.toBe(before);
  });
});

describe("records by name", () => {
  it("are read many in one call, and those that ShipBob has no more are gone", async () => {
    const { put, parcel, source, asked } = parcels();
    put([parcel()]);
    const found = await source.get([{ order: id }, { order: "9" }]);
    expect(found.get("9")).toBe("gone");
    expect(found.get(id)).toMatchObject({ id, ref: { order: id } });
    expect(asked("/order")).toEqual([`https://api.shipbob.com/2026-01/order?IDs=${id},9&Page=1&Limit=250`]);
  });
});

describe("the flag of tracking that was written", () => {
  it("is not touched unless it is configured", async () => {
    const { put, parcel, run, flagged } = parcels();
    put([parcel()]);
    await run();
    expect(flagged).toEqual([]);
  });

  it("is set of what left and is settled, and of nothing that has it or has not left", async () => {
    const { put, parcel, run, flagged } = parcels({ markTrackingUploaded: true });
    put([parcel(), parcel({ id: 2, is_tracking_uploaded: true }), parcel({ id: 3, status: "Processing" })]);
    put([parcel({ id: 4 })], { id: 4 });
    await run();
    expect(flagged).toEqual([[320263454, 4]]);
  });

  it("is set by a later run where the process ended before it", async () => {
    const { put, parcel, run, flagged, restart } = parcels({ markTrackingUploaded: true });
    put([parcel()]);
    await run({ settles: false });
    restart();
    expect(flagged).toEqual([]);
    await run();
    expect(flagged).toEqual([[320263454]]);
  });

  it("that is refused is told with ShipBob's reason", async () => {
    const { put, parcel, run, instead } = parcels({ markTrackingUploaded: true });
    instead.set("/shipment:batch", () =>
      Response.json({
        results: [
          { shipmentId: 320263454, isSuccess: false, error: { code: "NOT_FOUND", message: "no such shipment" } },
        ],
      }),
    );
    put([parcel()]);
    const { failure } = await run();
    expect(failure).toBeInstanceOf(RejectedError);
    expect(String(failure)).toContain("320263454 (NOT_FOUND: no such shipment)");
  });
});
