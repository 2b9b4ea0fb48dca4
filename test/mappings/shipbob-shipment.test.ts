import { describe, expect, it } from "vitest";
import { trackedShipment } from "../../src/connectors/shipbob/shipments/schema.ts";
import { MappingError } from "../../src/core/errors.ts";
import { type OrderNews, shipmentsFromShipBob } from "../../src/mappings/shipbob/shipment.ts";
import { zoneOf } from "../../src/mappings/shipbob/zones.ts";
import { daysLater, orderNews, orderRow, shipmentRow } from "./shipbob-parcel.ts";

const id = "320263454";
const number = "9400100000000000000001";

/** The only shipment of an order, with a change of its row and of what was asked. */
const one = (row: Record<string, unknown> = {}, more: Partial<OrderNews> = {}) =>
  shipmentsFromShipBob(orderNews(orderRow([shipmentRow(row)]), more))[0];

const tracked = (change: Record<string, unknown>) =>
  trackedShipment.parse({ shipment_id: Number(id), carrier_tracking_number: number, status: "InTransit", ...change });
const trackedAs = (change: Record<string, unknown>) => ({ news: { [id]: { tracked: tracked(change) } } });

describe("a shipment that left", () => {
  it("becomes one of ours, whole", () => {
    expect(shipmentsFromShipBob(orderNews())).toEqual([
      {
        id,
        number: "SO-1",
        orderKey: "usmf-SO-1",
        orderNumber: "SO-1",
        orderId: "240765630",
        final: false,
        personal: ["ana@example.com", "+1 312 555 0142", "12 Lake St", "Ana Silva"],
        carrier: "usps",
        carrierName: "USPS",
        service: "Priority Mail",
        shipDate: "2026-11-21",
        isVoided: false,
        isReturn: false,
        cost: { amount: "8.3", currency: "USD" },
        packages: [{ trackingNumber: number, trackingUrl: `https://track.example/${number}` }],
        lines: [{ sku: "1896-S", quantity: 2 }],
        deliveryStatus: "in transit",
      },
    ]);
  });

  it("left on the day of its warehouse's clock where ShipBob tells its zone", () => {
    expect(one({}, { zones: { "8": "America/Chicago" } })?.shipDate).toBe("2026-11-20");
    expect(one({}, { zones: { "9": "America/Chicago" } })?.shipDate).toBe("2026-11-21");
  });

  it.each([
    [
      "was shipped",
      [
        { log_type_id: 604, timestamp: "2026-11-18T10:00:00Z" },
        { log_type_id: 612, timestamp: "2026-11-19T10:00:00Z" },
      ],
      "2026-11-19",
    ],
    ["was labelled", [{ log_type_id: 604, timestamp: "2026-11-18T10:00:00Z" }], "2026-11-18"],
    ["is not told", [], undefined],
  ])("left when it %s by its timeline where its row does not say", (_, timeline, day) => {
    expect(one({ actual_fulfillment_date: null }, { news: { [id]: { timeline } } })?.shipDate).toBe(day);
  });

  it.each([
    ["Completed", "picked up"],
    ["LabeledCreated", "label created"],
  ])("is not delivered because it is %s", (status, deliveryStatus) => {
    expect(one({ status, status_details: [] })).toMatchObject({ deliveryStatus, isVoided: false, final: false });
    expect(one({ status, status_details: [] })).not.toHaveProperty("hasNotLeft");
  });

  it("has a page to follow it by where ShipBob gives none", () => {
    const tracking = { tracking_number: "1Z1", carrier: "UPS" };
    expect(one({ tracking })?.packages).toEqual([
      { trackingNumber: "1Z1", trackingUrl: "https://www.ups.com/track?tracknum=1Z1" },
    ]);
  });

  it.each([
    ["none yet", { invoice_amount: null }],
    ["zero", { invoice_amount: 0 }],
    ["no currency", { invoice_currency_code: null }],
  ])("costs nothing that could be told while ShipBob has %s", (_, row) => {
    expect(one(row)).not.toHaveProperty("cost");
  });
});

describe("the delivery of a shipment", () => {
  it.each([
    ["its own date", { delivery_date: "2026-11-22T09:00:00Z" }, {}, "2026-11-22T09:00:00.000Z"],
    [
      "its carrier's scan",
      {},
      trackedAs({ status: "Delivered", history: [{ status: "Delivered", timestamp: "2026-11-22T10:00:00Z" }] }),
      "2026-11-22T10:00:00.000Z",
    ],
    [
      "its carrier's last word",
      {},
      trackedAs({ status: "Delivered", last_updated: "2026-11-22T11:00:00Z" }),
      "2026-11-22T11:00:00.000Z",
    ],
    [
      "its timeline",
      { status_details: [{ id: 203, name: "Delivered" }] },
      { news: { [id]: { timeline: [{ log_type_id: 609, timestamp: "2026-11-22T08:00:00Z" }] } } },
      "2026-11-22T08:00:00.000Z",
    ],
    ["its status detail, without a time", { status_details: [{ id: 203, name: "Delivered" }] }, {}, undefined],
  ])("is told by %s", (_, row, news, deliveredAt) => {
    const shipment = one(row, news);
    expect(shipment).toMatchObject({ deliveryStatus: "delivered", final: true });
    expect(shipment?.deliveredAt).toBe(deliveredAt);
  });

  it.each([
    [{ status: "InTransit", substatus: "OutForDelivery" }, "out for delivery"],
    [{ status: "OutForDelivery" }, "out for delivery"],
    [{ status: "Available for Pickup" }, "on hold"],
    [{ status: "Delivery attempt Failed" }, "exception"],
    [{ status: "Return to sender" }, "returning"],
    [{ status: "PreTransit" }, "label created"],
  ])("is as far as its carrier says: %j", (news, status) => {
    expect(one({}, trackedAs(news))?.deliveryStatus).toBe(status);
  });

  it("is told with the carrier's scans, oldest first", () => {
    const history = [
      { status: "InTransit", timestamp: "2026-11-22T14:00:00Z", message: "Departed", location: "Indianapolis, IN" },
      { status: "InTransit", timestamp: "2026-11-21T22:00:00Z", message: "Arrived" },
    ];
    expect(one({}, trackedAs({ history }))?.scans).toEqual([
      {
        id: `${number} 2026-11-21T22:00:00.000Z Arrived`,
        trackingNumber: number,
        at: "2026-11-21T22:00:00.000Z",
        text: "Arrived",
      },
      {
        id: `${number} 2026-11-22T14:00:00.000Z Departed`,
        trackingNumber: number,
        at: "2026-11-22T14:00:00.000Z",
        text: "Departed",
        place: "Indianapolis, IN",
      },
    ]);
  });

  it("is not that of a label that was replaced", () => {
    const news = trackedAs({ status: "Delivered", carrier_tracking_number: "9400100000000000000000" });
    expect(one({}, news)).toMatchObject({ deliveryStatus: "in transit", final: false });
  });

  it("stands as it was written where its carrier could not be asked", () => {
    const shipment = one({}, { news: { [id]: { isUntracked: true } } });
    expect(shipment).toMatchObject({ isStatusUnknown: true });
    expect(shipment).not.toHaveProperty("deliveryStatus");
    const delivered = one({ delivery_date: "2026-11-22T09:00:00Z" }, { news: { [id]: { isUntracked: true } } });
    expect(delivered).toMatchObject({ deliveryStatus: "delivered" });
  });

  it("that is in trouble is told in its carrier's words", () => {
    const news = trackedAs({
      status: "DeliveryException",
      message: "Address unknown",
      carrier_message: "NO SUCH NUMBER",
    });
    expect(one({}, news)?.incidents).toEqual([`${number}: DeliveryException: Address unknown: NO SUCH NUMBER`]);
  });

  it("in a word that mlc does not know is told, and taken from the row", () => {
    const shipment = one({}, trackedAs({ status: "Teleported" }));
    expect(shipment?.deliveryStatus).toBe("in transit");
    expect(shipment?.remarks).toEqual([
      `the carrier of shipment ${id} has a status that mlc does not know: Teleported`,
    ]);
  });
});

describe("the end of a shipment", () => {
  const delivered = { delivery_date: "2026-11-22T09:00:00Z" };

  it.each([
    ["arrived and cost", delivered, 1, true],
    ["arrived without its cost", { ...delivered, invoice_amount: null }, 1, false],
    ["arrived without its cost, 30 days ago", { ...delivered, invoice_amount: null }, 31, true],
    ["is on its way", {}, 29, false],
    ["is on its way for 30 days", {}, 31, true],
    ["was cancelled", { status: "Cancelled" }, 1, true],
    ["is held", { status: "OnHold", tracking: null }, 1, false],
  ])("has come when it %s", (_, row, days, final) => {
    expect(one(row, { asOf: daysLater(days) })?.final).toBe(final);
  });

  it("is told where it never arrived", () => {
    expect(one({}, { asOf: daysLater(31) })?.incidents).toEqual([
      `${number}: not delivered after 30 days, so it is followed no more`,
    ]);
    expect(one(delivered, { asOf: daysLater(31) })).not.toHaveProperty("incidents");
  });

  it("comes to all of a split order together", () => {
    const rows = [shipmentRow(delivered), shipmentRow({ id: 320263455 })];
    expect(shipmentsFromShipBob(orderNews(orderRow(rows))).map(({ id: own, final }) => [own, final])).toEqual([
      [id, false],
      ["320263455", false],
    ]);
  });
});

describe("a shipment that has not left", () => {
  it.each(["Processing", "OnHold", "Exception", "ImportReview", "CleanSweeped", "None"])(
    "because it is %s, whatever its number",
    (status) => {
      expect(one({ status })).toMatchObject({ hasNotLeft: true, isVoided: false, lines: [] });
      expect(one({ status })).not.toHaveProperty("cost");
    },
  );

  it.each([
    ["was cancelled", { status: "Cancelled" }],
    ["has lost its number", { status: "Processing", tracking: null }],
    ["is complete without a number", { status: "Completed", tracking: { tracking_number: "" } }],
  ])("is void when it %s", (_, row) => {
    expect(one(row)).toMatchObject({ hasNotLeft: true, isVoided: true });
  });

  it("is told with all reasons that ShipBob has for holding it, each once", () => {
    const status_details = [
      {
        id: 401,
        name: "InvalidAddress",
        description: "The address is invalid",
        extra_information: { validation_messages: ["12 Lake St does not exist", "zip code is missing"] },
      },
      { id: 303, name: "OutOfStock", description: "OutOfStock" },
      { id: 303, name: "OutOfStock", description: "OutOfStock" },
    ];
    const held = one({ status: "OnHold", status_details, tracking: null });
    expect(held?.incidents).toEqual([
      `ShipBob has shipment ${id} as OnHold: InvalidAddress: The address is invalid: 12 Lake St does not exist: zip code is missing`,
      `ShipBob has shipment ${id} as OnHold: OutOfStock`,
    ]);
    expect(held?.personal).toContain("12 Lake St");
  });

  it("is told without a reason where ShipBob has none", () => {
    expect(one({ status: "Exception", status_details: null })?.incidents).toEqual([
      `ShipBob has shipment ${id} as Exception`,
    ]);
  });

  it("in a status that mlc does not know is told", () => {
    expect(one({ status: "Abducted" })?.remarks).toEqual([
      `ShipBob has shipment ${id} in a status that mlc does not know: Abducted`,
    ]);
  });
});

describe("the lines of a shipment", () => {
  const linesOf = (products: unknown[]) => one({ products })?.lines;
  const packed = (...items: [number, number][]) => ({
    sku: "1896-S",
    inventory_items: items.map(([item, quantity]) => ({ id: item, quantity })),
  });

  it.each([
    ["lots of one thing side by side", [packed([1, 1], [1, 1])], [{ sku: "1896-S", quantity: 2 }]],
    ["a part of what was ordered", [packed([1, 1])], [{ sku: "1896-S", quantity: 1 }]],
    ["a bundle of several things", [packed([1, 2], [2, 2])], []],
    ["a bundle of several of one thing", [packed([1, 6])], []],
    ["nothing that was packed", [{ sku: "1896-S", inventory_items: [] }], []],
    ["a thing that was not ordered", [{ sku: "B", inventory_items: [{ id: 1, quantity: 1 }] }], []],
  ])("of %s", (_, products, lines) => {
    expect(linesOf(products)).toEqual(lines);
  });
});

describe("an order that cannot be read", () => {
  it("is an error of its own that names the field", () => {
    const error = (() => {
      try {
        return shipmentsFromShipBob(orderNews({ id: 1, shipments: "none" }));
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(MappingError);
    expect(error).toMatchObject({ context: { system: "shipbob", field: "shipments" } });
  });
});

describe("the zone of a fulfilment centre", () => {
  it.each([
    ["Central Standard Time", "America/Chicago"],
    ["Europe/Berlin", "Europe/Berlin"],
    ["Middle/Earth", undefined],
    ["", undefined],
  ])("by the name %j", (name, zone) => {
    expect(zoneOf(name)).toBe(zone);
  });
});
