import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../src/core/errors.ts";
import { faultMix } from "../../src/sandbox/kit.ts";
import { Crash } from "../core/sync/memory-systems.ts";
import { shipmentsBack } from "./shipbob-back-world.ts";

const day = 24 * 3_600_000;
const reference = "usmf-SO-1";

describe("a shipment of ShipBob's", () => {
  it("is written onto its sales order when it left, and followed to its delivery and its cost", async () => {
    const { sync, desk, fields, notes, store } = await shipmentsBack();
    expect((await sync()).counts).toMatchObject({ created: 0, waiting: 0, deadLettered: 0 });
    expect(notes()).toEqual([]);
    const { id, tracking } = desk.ship(reference);
    expect((await sync({ afterMs: day })).counts).toMatchObject({ created: 1 });
    expect(fields()).toEqual([tracking?.number, 0, "label created"]);
    desk.transit(id);
    await sync({ afterMs: day });
    expect(fields()).toEqual([tracking?.number, 0, "in transit"]);
    desk.deliver(id);
    await sync({ afterMs: day });
    expect(fields()).toEqual([tracking?.number, 0, "delivered"]);
    expect(store.state.deliveries.get("usmf/SO-1")?.closed).toBe(false);
    desk.invoice(id, 7.42);
    await sync({ afterMs: day });
    expect(fields()).toEqual([tracking?.number, 7.42, "delivered"]);
    expect(store.state.deliveries.get("usmf/SO-1")?.closed).toBe(true);
    expect(notes().at(-1)).toContain("Cost: 7.42 USD");
  });

  it("is written once, however often it is listed", async () => {
    const { sync, desk, notes, fno } = await shipmentsBack();
    desk.ship(reference);
    await sync();
    const before = [notes().length, fno.ledger.length];
    await sync();
    await sync({ since: new Date("2026-11-01T00:00:00Z") });
    expect([notes().length, fno.ledger.length]).toEqual(before);
  });

  it("with another label has the new number in place of the old one, on its packing slip too", async () => {
    const { sync, desk, fields, fno } = await shipmentsBack({ slips: true });
    const { id, tracking } = desk.ship(reference);
    const old = tracking?.number;
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    await sync();
    expect(fno.trackingRows.map(({ TrackingNumber }) => TrackingNumber)).toEqual([old]);
    const now = desk.relabel(id).tracking?.number;
    expect(now).not.toBe(old);
    await sync();
    expect(fields()[0]).toBe(now);
    expect(fno.trackingRows.map(({ TrackingNumber }) => TrackingNumber)).toEqual([now]);
  });

  it("of a split order stands beside the other one, each with its own number and cost", async () => {
    const { sync, shipbob, desk, fields } = await shipmentsBack();
    const first = shipbob.orders[0]?.shipments[0]?.id ?? 0;
    const second = desk.split(first, [{ sku: "D0001", quantity: 1 }], 20);
    desk.ship(first, { trackingNumber: "9400A" });
    await sync();
    expect(fields()[0]).toBe("9400A");
    desk.ship(second.id, { trackingNumber: "9400B" });
    desk.invoice(first, 1.1);
    desk.invoice(second.id, 2.2);
    await sync();
    expect(String(fields()[0]).split(", ").sort()).toEqual(["9400A", "9400B"]);
    expect(fields()[1]).toBe(3.3);
  });

  it("that was cancelled before it left is not written", async () => {
    const { sync, desk, notes, fields, store } = await shipmentsBack();
    desk.cancel(reference);
    expect((await sync()).counts).toMatchObject({ created: 0, cancelled: 0, skipped: 0 });
    expect(notes()).toEqual([]);
    expect(fields()).toEqual([undefined, undefined, undefined]);
    expect(store.state.deliveries.size).toBe(0);
  });

  it("that is held is told once with ShipBob's reasons, people's values masked", async () => {
    const { sync, desk, remarks, notes, store } = await shipmentsBack();
    desk.hold(reference, "InvalidAddress", ["12 Lake St does not exist"]);
    await sync();
    await sync();
    const told = remarks().filter((remark) => remark.includes("OnHold"));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/InvalidAddress: .*\*\*\* does not exist/);
    expect(JSON.stringify(store.lines)).not.toContain("12 Lake St");
    expect(notes()).toEqual([]);
    desk.resolve(reference);
    desk.ship(reference);
    expect((await sync()).counts).toMatchObject({ updated: 1 });
    expect(notes()).toHaveLength(1);
  });

  it("of an order that mlc did not make and the key template does not name is not ours", async () => {
    const { sync, shipbob, desk, fno } = await shipmentsBack();
    const [other] = shipbob.orders;
    if (!other?.shipments[0]) throw new Error("there is no order");
    other.reference_id = "shop-77";
    desk.ship(other.shipments[0].id);
    expect((await sync()).counts).toMatchObject({ created: 0, notOurs: 1, waiting: 0 });
    expect(fno.attachments).toEqual([]);
  });
});

describe("the tracking flag", () => {
  it("is set only after F&O has the number, and never by a dry run", async () => {
    const { sync, shipbob, desk, fno } = await shipmentsBack({ markTrackingUploaded: true });
    const { id } = desk.ship(reference);
    await sync({ dryRun: true });
    expect(shipbob.shipments.map(({ isTrackingUploaded }) => isTrackingUploaded)).toEqual([false]);
    fno.refuse("usmf", "SO-1", ["Error: the order is locked"], 1);
    await sync();
    expect(shipbob.shipments.find((one) => one.id === id)?.isTrackingUploaded).toBe(false);
    await sync({ only: [{ order: String(shipbob.orders[0]?.id) }], afterMs: day });
    await sync();
    expect(shipbob.shipments.find((one) => one.id === id)?.isTrackingUploaded).toBe(true);
  });

  it("is left alone where it is not configured", async () => {
    const { sync, shipbob, desk } = await shipmentsBack();
    desk.ship(reference);
    await sync();
    expect(shipbob.shipments.map(({ isTrackingUploaded }) => isTrackingUploaded)).toEqual([false]);
  });
});

describe("a token without the right to read tracking", () => {
  it("has deliveries told by the orders alone", async () => {
    const scopes = ["orders_read", "orders_write", "locations_read"];
    const { sync, desk, fields } = await shipmentsBack({ scopes });
    const { id } = desk.ship(reference);
    expect((await sync({ afterMs: day })).error).toBeUndefined();
    desk.deliver(id);
    expect((await sync()).error).toBeUndefined();
    expect(fields()[2]).toBe("delivered");
  });
});

describe("troubles on the way", () => {
  it.each([1, 2, 3])("end in every shipment written once, by seed %i", async (seed) => {
    const { sync, shipbob, desk, fno, addOrder, fields, notes } = await shipmentsBack();
    for (let at = 2; at <= 12; at += 1) await addOrder(`SO-${at}`);
    for (const { id } of shipbob.shipments) desk.ship(id);
    shipbob.faults = faultMix(seed, 0.2, [
      "throttled",
      "serverError",
      "unavailable",
      "resetBefore",
      "resetAfter",
      "truncated",
      "html",
    ]);
    fno.faults = faultMix(seed + 10, 0.2, ["throttled", "unavailable", "resetBefore", "resetAfter"]);
    for (let runs = 0; runs < 12; runs += 1) await sync({ ignoreSchedule: true });
    shipbob.faults = undefined;
    fno.faults = undefined;
    await sync({ ignoreSchedule: true });
    await sync({ ignoreSchedule: true, since: new Date("2026-11-20T00:00:00Z") });
    for (const { referenceId, tracking } of shipbob.shipments)
      expect(fields(referenceId.slice("usmf-".length))[0]).toBe(tracking?.number);
    expect(new Set(notes()).size).toBe(notes().length);
    expect(notes()).toHaveLength(12);
  });

  it("of tracking alone keep no number from being told", async () => {
    const { sync, shipbob, desk, fields } = await shipmentsBack();
    const { tracking } = desk.ship(reference);
    shipbob.faults = (request) => (request.url.includes("shipments-tracking") ? "serverError" : undefined);
    expect((await sync()).error).toBeInstanceOf(UnavailableError);
    expect(fields()[0]).toBe(tracking?.number);
    shipbob.faults = undefined;
    expect((await sync()).error).toBeUndefined();
    expect(fields()[2]).toBe("label created");
  });

  it("of the process itself leave nothing written twice or not at all, wherever it ends", async () => {
    for (const name of [
      "intent.before",
      "intent.after",
      "send.before",
      "send.after",
      "result.before",
      "cursor.before",
      "cursor.after",
    ]) {
      const { sync, shipbob, desk, fields, notes } = await shipmentsBack({ markTrackingUploaded: true });
      const { tracking } = desk.ship(reference);
      let isDone = false;
      const failpoint = (at: string) => {
        if (at !== name || isDone) return;
        isDone = true;
        throw new Crash(name);
      };
      await sync({ failpoint }).catch((error: unknown) => error);
      await sync({ ignoreSchedule: true, afterMs: day });
      await sync();
      expect([name, fields()[0], notes().length]).toEqual([name, tracking?.number, 1]);
      expect(shipbob.shipments[0]?.isTrackingUploaded).toBe(true);
    }
  });
});
