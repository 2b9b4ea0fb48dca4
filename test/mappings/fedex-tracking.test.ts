import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trackReplySchema } from "../../src/connectors/fedex/schema.ts";
import { fedexStatusOf } from "../../src/mappings/codes.ts";
import { trackingOf } from "../../src/mappings/fedex/tracking.ts";

function trackedAll(reply: unknown, shippedOn = "2026-11-23") {
  const results = trackReplySchema.parse(reply).output?.completeTrackResults ?? [];
  return results.map((result) => trackingOf(result, { shippedOn }));
}

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../fixtures/fedex/track-${name}.json`), "utf8"));
}

/** The answer for one result. */
const replyOf = (...trackResults: object[]) => ({ output: { completeTrackResults: [{ trackResults }] } });

describe("a delivered parcel", () => {
  it("has its status, when and by whom it was received, and its scans oldest first by instant", () => {
    expect(trackedAll(fixture("delivered-first-scan-without-offset"))).toEqual([
      {
        status: "delivered",
        code: "DL",
        text: "Delivered",
        deliveredAt: "2026-11-26T16:05:00.000Z",
        receivedBy: "A.LOPEZ",
        isReturned: false,
        reasons: [],
        scans: [
          {
            id: "2026-11-24T00:00:00 OC",
            local: "2026-11-24T00:00:00",
            code: "OC",
            text: "Shipment information sent to FedEx",
            place: "",
          },
          {
            id: "2026-11-26T04:30:00.000Z DP",
            at: "2026-11-26T04:30:00.000Z",
            local: "2026-11-25T23:30:00-05:00",
            code: "DP",
            text: "Departed FedEx hub",
            place: "Memphis, TN, US",
          },
          {
            id: "2026-11-26T05:10:00.000Z AR",
            at: "2026-11-26T05:10:00.000Z",
            local: "2026-11-25T23:10:00-06:00",
            code: "AR",
            text: "Arrived at FedEx location",
            place: "Dallas, TX, US",
          },
          {
            id: "2026-11-26T13:40:00.000Z OD",
            at: "2026-11-26T13:40:00.000Z",
            local: "2026-11-26T07:40:00-06:00",
            code: "OD",
            text: "On FedEx vehicle for delivery",
            place: "Austin, TX, US",
          },
          {
            id: "2026-11-26T16:05:00.000Z DL",
            at: "2026-11-26T16:05:00.000Z",
            local: "2026-11-26T10:05:00-06:00",
            code: "DL",
            text: "Delivered",
            place: "Austin, TX, US",
          },
        ],
      },
    ]);
  });

  it("was delivered when its scan says where the date only stands at midnight", () => {
    const scanEvents = [{ date: "2026-11-26T10:05:00Z", eventType: "DL" }];
    const dateAndTimes = [{ type: "ACTUAL_DELIVERY", dateTime: "2026-11-26T00:00:00Z" }];
    const [found] = trackedAll(replyOf({ latestStatusDetail: { code: "DL" }, scanEvents, dateAndTimes }));
    expect(found?.deliveredAt).toBe("2026-11-26T10:05:00.000Z");
  });

  it("has no time of delivery where neither the date nor the scan has an offset", () => {
    const scanEvents = [{ date: "2026-11-26T10:05:00", eventType: "DL", derivedStatusCode: "DL" }];
    const dateAndTimes = [{ type: "ACTUAL_DELIVERY", dateTime: "2026-11-26T10:05:00" }];
    const [found] = trackedAll(replyOf({ latestStatusDetail: { code: "DL" }, scanEvents, dateAndTimes }));
    expect(found).toMatchObject({ status: "delivered", scans: [{ local: "2026-11-26T10:05:00" }] });
    expect(found).not.toHaveProperty("deliveredAt");
  });
});

it("never reports a parcel that went back to its shipper as delivered", () => {
  const [found] = trackedAll(fixture("returned-to-shipper-ends-delivered"));
  expect(found).toMatchObject({
    status: "returned",
    code: "DL",
    isReturned: true,
    reasons: ["Return tracking number"],
  });
  expect(found).not.toHaveProperty("deliveredAt");
  expect(found).not.toHaveProperty("receivedBy");
  expect(found?.scans[0]).toMatchObject({ id: "2026-11-26T18:00:00.000Z DE 08", exception: "Recipient not in" });
});

it.each(["RS", "RT"])("reports a parcel with a scan %s as returning whatever came after it", (eventType) => {
  const scanEvents = [
    { date: "2026-11-27T10:00:00Z", eventType: "IT" },
    { date: "2026-11-26T10:00:00Z", eventType },
  ];
  const [found] = trackedAll(replyOf({ latestStatusDetail: { code: "IT" }, scanEvents }));
  expect(found).toMatchObject({ status: "returning", code: "IT", isReturned: true });
});

describe("of several results for one number", () => {
  const several = fixture("number-used-again-and-two-results-a-day-apart");

  it.each([
    ["2026-11-23", "in transit"],
    ["2026-11-24", "delivered"],
  ])("the one that was shipped nearest to our day, %s, counts: %s", (day, status) => {
    expect(trackedAll(several, day)[0]?.status).toBe(status);
  });

  it("the one with our reference counts whatever its day", () => {
    const stranger = { latestStatusDetail: { code: "FD" }, dateAndTimes: [{ type: "SHIP", dateTime: "2026-11-23" }] };
    const packageIdentifiers = [{ type: "CUSTOMER_REFERENCE", values: ["usmf-SO-1"] }];
    const own = {
      latestStatusDetail: { code: "PU" },
      dateAndTimes: [{ type: "SHIP", dateTime: "2026-10-01" }],
      additionalTrackingInfo: { packageIdentifiers },
    };
    const [result] = trackReplySchema.parse(replyOf(stranger, own)).output?.completeTrackResults ?? [];
    const found = (reference?: string) => result && trackingOf(result, { shippedOn: "2026-11-23", reference }).status;
    expect([found("usmf-SO-1"), found("usmf-SO-2"), found()]).toEqual(["picked up", "in transit", "in transit"]);
  });

  it("the one with the newest scan counts among those of one day, by instant and not by text", () => {
    const at = (code: string, date: string) => ({
      latestStatusDetail: { code },
      dateAndTimes: [{ type: "SHIP", dateTime: "2026-11-23T00:00:00" }],
      scanEvents: [{ date, eventType: code }],
    });
    const [east, west] = [at("IT", "2026-11-25T23:30:00-05:00"), at("OD", "2026-11-25T23:10:00-06:00")];
    expect(trackedAll(replyOf(east, west))[0]?.status).toBe("out for delivery");
    expect(trackedAll(replyOf(west, east))[0]?.status).toBe("out for delivery");
  });

  it("the one that does not say when it was shipped counts last", () => {
    const dated = { latestStatusDetail: { code: "PU" }, dateAndTimes: [{ type: "SHIP", dateTime: "2026-12-20" }] };
    const [found] = trackedAll(replyOf({ latestStatusDetail: { code: "DL" } }, dated));
    expect(found?.status).toBe("picked up");
  });

  it("an older parcel's counts where the label is as old", () => {
    const [found] = trackedAll(several, "2024-03-02");
    expect(found?.scans).toMatchObject([{ at: "2024-03-05T17:20:00.000Z" }]);
  });
});

it("tells a number that is not found, one that fails otherwise, and one that only an older parcel had", () => {
  const nothing = { isReturned: false, reasons: [], scans: [] };
  expect(trackedAll(fixture("errors-inside-200"))).toEqual([
    { ...nothing, notFound: true },
    { ...nothing, error: { code: "TRACKING.DATA.NOTUNIQUE", message: "Several." } },
    { ...nothing, notFound: true },
  ]);
  expect(trackedAll(replyOf())).toEqual([{ ...nothing, notFound: true }]);
});

it("keeps a code that it does not know, and says nothing of what it means", () => {
  const [found] = trackedAll(replyOf({ latestStatusDetail: { code: "ZZ", description: "New at FedEx" } }));
  expect(found).toEqual({ code: "ZZ", text: "New at FedEx", isReturned: false, reasons: [], scans: [] });
  expect(trackedAll(replyOf({ latestStatusDetail: { code: "ZZ", derivedCode: "IT" } }))[0]?.status).toBe("in transit");
});

it("gives the reasons of an exception and of a delay", () => {
  const latestStatusDetail = {
    code: "DE",
    ancillaryDetails: [
      { reason: "015", reasonDescription: "Business closed", action: "00", actionDescription: "Will be tried again" },
      { reason: "", reasonDescription: "" },
    ],
    delayDetail: { type: "WEATHER", subType: "SNOW", status: "DELAYED" },
  };
  expect(trackedAll(replyOf({ latestStatusDetail }))[0]).toMatchObject({
    status: "exception",
    reasons: ["Business closed; Will be tried again", "delayed: WEATHER/SNOW"],
  });
});

it("gives a scan the same id when FedEx words or places it otherwise, and takes it once", () => {
  const scan = { date: "2026-11-26T10:00:00-06:00", eventType: "AR", eventDescription: "Arrived." };
  const again = { ...scan, date: "2026-11-26T16:00:00Z", eventDescription: "Arrived", locationId: "AUSA" };
  expect(trackedAll(replyOf({ scanEvents: [again, scan] }))[0]?.scans.map(({ id }) => id)).toEqual([
    "2026-11-26T16:00:00.000Z AR",
  ]);
});

it.each([
  ["OC", "label created"],
  ["pu", "picked up"],
  ["FD", "in transit"],
  ["OD", "out for delivery"],
  ["DL", "delivered"],
  ["SE", "exception"],
  ["HL", "on hold"],
  ["RT", "returning"],
  ["CA", "cancelled"],
  ["AO", undefined],
  [undefined, undefined],
])("knows %s as %s", (code, status) => {
  expect(fedexStatusOf(code)).toBe(status);
});
