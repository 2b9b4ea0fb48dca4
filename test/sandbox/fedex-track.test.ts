import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Answer, codesOf, fedEx, line, shipment } from "./fedex-fixture.ts";

const noLag = { trackLagMs: 0, referenceLagMs: 0 };
/** Tokens that outlive the test. */
const long = { expiresInSeconds: 864_000 };
const resultsOf = ({ body }: Answer) => body.output.completeTrackResults[0].trackResults;
const resultOf = (answer: Answer) => resultsOf(answer)[0];
const eventsOf = (answer: Answer): Record<string, string>[] => resultOf(answer).scanEvents;
const codes = (answer: Answer) => eventsOf(answer).map(({ eventType }) => eventType);
const dateOf = (answer: Answer, type: string): string | undefined =>
  resultOf(answer).dateAndTimes.find((entry: { type: string }) => entry.type === type)?.dateTime;
const errorOf = (answer: Answer) => resultOf(answer).error?.code;
const express = shipment({ serviceType: "FEDEX_2_DAY" });

describe("track by number", () => {
  it("does not know a fresh label until its lag is over, and says so inside a 200", async () => {
    const { ship, track, clock } = await fedEx({ switches: { trackLagMs: 60_000 } });
    const number = await ship();
    clock.pass(59);
    const fresh = await track([number, "123"]);
    expect(fresh.status).toBe(200);
    expect(fresh.body.output.completeTrackResults.map((one: { trackingNumber: string }) => one.trackingNumber)).toEqual(
      [number, "123"],
    );
    expect(errorOf(fresh)).toBe("TRACKING.TRACKINGNUMBER.NOTFOUND");
    clock.pass(1);
    expect(resultOf(await track([number])).latestStatusDetail).toMatchObject({ code: "OC" });
  });

  it("knows it at once when it was picked up", async () => {
    const { ship, track, sandbox } = await fedEx();
    const number = await ship();
    sandbox.tender(number);
    expect(codes(await track([number]))).toEqual(["PU", "OC"]);
  });

  it("is moved on by a person over HTTP, which needs no token", async () => {
    const { ship, sandbox } = await fedEx();
    const number = await ship();
    const advance = (of: string) =>
      sandbox.fetch(new Request(`http://fedex/sandbox/advance/${of}`, { method: "POST" }));
    const first = await advance(number);
    expect([first.status, await first.text()]).toEqual([200, "PU\n"]);
    expect(await (await advance(number)).text()).toBe("IT\n");
    const none = await advance("1");
    expect([none.status, await none.text()]).toEqual([404, expect.stringContaining("no parcel 1")]);
  });

  it("takes 30 numbers, and refuses 31 and none", async () => {
    const { track } = await fedEx();
    expect((await track(Array(30).fill("1"))).status).toBe(200);
    const refused = await track(Array(31).fill("1"));
    expect([refused.status, codesOf(refused)]).toEqual([400, ["TRACKING.TRACKINGNUMBERS.LIMITEXCEEDED"]]);
    expect((await track([])).status).toBe(400);
  });

  it("wants to be told whether to show scans, and shows none when not", async () => {
    const { ship, track, call } = await fedEx({ switches: noLag });
    const number = await ship();
    expect(resultOf(await track([number], false)).scanEvents).toBeUndefined();
    const trackingInfo = [{ trackingNumberInfo: { trackingNumber: number } }];
    expect((await call("POST", "/track/v1/trackingnumbers", { trackingInfo })).status).toBe(400);
  });

  it("shows scans newest first, with the offsets of their places, the first at midnight without one", async () => {
    const { ship, track, sandbox, clock } = await fedEx({ ...long, switches: noLag });
    const number = await ship();
    for (let step = 0; step < 3; step += 1) {
      clock.pass(3600);
      sandbox.advance(number);
    }
    clock.pass(3600);
    sandbox.scan(number, "AR", { place: { city: "Denver", stateOrProvinceCode: "CO", countryCode: "US" } });
    const events = eventsOf(await track([number]));
    expect(events.map(({ eventType, derivedStatusCode, date }) => [eventType, derivedStatusCode, date])).toEqual([
      ["AR", "IT", "2026-11-23T13:00:00-07:00"],
      ["OD", "IT", "2026-11-23T13:00:00-06:00"],
      ["IT", "IT", "2026-11-23T12:00:00-06:00"],
      ["PU", "PU", "2026-11-23T11:00:00-06:00"],
      ["OC", "OC", "2026-11-23T00:00:00"],
    ]);
    sandbox.switches.firstScan = "instant";
    expect(eventsOf(await track([number])).at(-1)?.date).toBe("2026-11-23T10:00:00-06:00");
  });

  it("shows a delivery as a date of its own, with who received it", async () => {
    const { ship, track, sandbox, clock } = await fedEx({ ...long, switches: noLag });
    const number = await ship();
    expect(dateOf(await track([number]), "ESTIMATED_DELIVERY")).toBe("2026-11-27T20:00:00");
    clock.pass(86_400);
    sandbox.tender(number);
    clock.pass(86_400);
    sandbox.deliver(number, { receivedBy: "A.LOPEZ" });
    const delivered = await track([number]);
    expect(resultOf(delivered).deliveryDetails).toMatchObject({
      receivedByName: "A.LOPEZ",
      signedByName: "A.LOPEZ",
      deliveryAttempts: "1",
      actualDeliveryAddress: { city: "AUSTIN", stateOrProvinceCode: "TX" },
    });
    expect(
      ["SHIP", "ACTUAL_PICKUP", "ACTUAL_DELIVERY", "ESTIMATED_DELIVERY"].map((type) => dateOf(delivered, type)),
    ).toEqual(["2026-11-23T00:00:00", "2026-11-24T10:00:00-06:00", "2026-11-25T10:00:00-06:00", undefined]);
  });

  it("shows exceptions and delays with their reasons", async () => {
    const { ship, track, sandbox } = await fedEx();
    const number = await ship();
    sandbox.tender(number);
    sandbox.exception(number);
    const exception = resultOf(await track([number]));
    expect(exception.latestStatusDetail).toMatchObject({ code: "DE", ancillaryDetails: [{ reason: "08" }] });
    expect(exception.scanEvents[0]).toMatchObject({ exceptionCode: "08", exceptionDescription: /not in/ });
    sandbox.delay(number);
    expect(resultOf(await track([number])).latestStatusDetail).toMatchObject({
      code: "SE",
      delayDetail: { type: "WEATHER", status: "DELAYED" },
    });
    expect(sandbox.advance(number).code).toBe("OD");
  });

  it("ends a returned parcel with DL and ACTUAL_DELIVERY on the same number", async () => {
    const { ship, track, sandbox } = await fedEx();
    const number = await ship();
    sandbox.tender(number);
    sandbox.returnToShipper(number);
    sandbox.advance(number);
    const returned = await track([number]);
    expect(codes(returned)).toEqual(["DL", "RS", "PU", "OC"]);
    expect(resultOf(returned).latestStatusDetail.code).toBe("DL");
    expect(dateOf(returned, "ACTUAL_DELIVERY")).toBeDefined();
    expect(resultOf(returned).deliveryDetails.actualDeliveryAddress.city).toBe("NASHVILLE");
    expect(() => sandbox.advance(number)).toThrow("delivered");
  });

  it("has several results for a number that was used again, and chooses by unique id or ship date", async () => {
    const { ship, track, call, sandbox } = await fedEx({ switches: noLag });
    const number = await ship();
    sandbox.duplicate(number);
    const both = resultsOf(await track([number]));
    const ids = both.map((one: { trackingNumberInfo: Record<string, string> }) => one.trackingNumberInfo);
    expect(ids[0].trackingNumberUniqueId).not.toBe(ids[1].trackingNumberUniqueId);
    expect(both[1].latestStatusDetail.code).toBe("FD");
    const ask = async (trackingInfo: object) =>
      resultsOf(
        await call("POST", "/track/v1/trackingnumbers", { includeDetailedScans: false, trackingInfo: [trackingInfo] }),
      );
    const { trackingNumberUniqueId } = ids[0];
    const byId = await ask({ trackingNumberInfo: { trackingNumber: number, trackingNumberUniqueId } });
    const byDate = await ask({ trackingNumberInfo: { trackingNumber: number }, shipDateBegin: "2026-11-23" });
    expect([byId.length, byDate.length]).toEqual([1, 1]);
    expect(byDate[0].latestStatusDetail.code).toBe("OC");
  });

  it("keeps the references under names of its own, as values, a value or a list of one", async () => {
    const { ship, track, sandbox } = await fedEx({ switches: noLag });
    const [ground, air] = [await ship(), await ship(express)];
    const identifiers = async (number: string) =>
      resultOf(await track([number])).additionalTrackingInfo.packageIdentifiers;
    expect(await identifiers(ground)).toMatchObject([
      { type: "CUSTOMER_REFERENCE", values: ["SH-100231-1"] },
      { type: "PURCHASE_ORDER", values: ["SO-1"] },
    ]);
    expect((await identifiers(air))[0].type).toBe("SHIPPER_REFERENCE");
    sandbox.switches.expressReference = "CUSTOMER_REFERENCE";
    sandbox.switches.packageIdentifiers = "value";
    expect((await identifiers(air))[0]).toMatchObject({ type: "CUSTOMER_REFERENCE", value: "SH-100231-1" });
    sandbox.switches.packageIdentifiers = "valueList";
    expect((await identifiers(air))[0]).toMatchObject({ value: ["SH-100231-1"] });
  });

  it("shows a cancelled shipment as CA, or not at all", async () => {
    const { ship, track, cancel, sandbox } = await fedEx({ switches: noLag });
    const number = await ship();
    await cancel(number);
    expect(codes(await track([number]))).toEqual(["CA", "OC"]);
    expect(() => sandbox.scan(number, "PU")).toThrow("cancelled");
    sandbox.switches.cancelledInTrack = "absent";
    expect(errorOf(await track([number]))).toBe("TRACKING.TRACKINGNUMBER.NOTFOUND");
  });

  it("has alerts as a list or as a text, and can fail inside a 200", async () => {
    const { track, sandbox } = await fedEx();
    expect((await track(["1"])).body.output.alerts).toMatchObject([{ code: "VIRTUAL.RESPONSE" }]);
    sandbox.switches.trackAlerts = "string";
    expect(typeof (await track(["1"])).body.output.alerts).toBe("string");
    sandbox.switches.trackOutage = "errors";
    const failed = await track(["1"]);
    expect([failed.status, failed.body.errors.length]).toEqual([200, 1]);
    sandbox.switches.trackOutage = "cxsErrors";
    expect((await track(["1"])).body.output.cxsErrors).toHaveLength(1);
  });

  it("knows nothing of numbers that were never made, and a person neither", async () => {
    const { sandbox } = await fedEx();
    expect(() => sandbox.advance("1")).toThrow("no parcel 1");
  });
});

describe("a webhook", () => {
  it("gets the parcel in Track's shape, signed over the exact bytes", async () => {
    const { ship, sandbox } = await fedEx();
    const number = await ship();
    sandbox.tender(number);
    const securityToken = "Sandbox-Webhook-Token-0001";
    const request = sandbox.push(number, { url: "http://127.0.0.1:9/webhooks/fedex", securityToken });
    const text = await request.text();
    const expected = createHmac("sha256", securityToken).update(text).digest("base64");
    expect([request.method, request.headers.get("fdx-signature")]).toEqual(["POST", expected]);
    expect(JSON.parse(text).output.completeTrackResults).toMatchObject([
      { trackingNumber: number, trackResults: [{ latestStatusDetail: { code: "PU" } }] },
    ]);
  });
});

describe("track by reference", () => {
  it("lags behind creation, and a look-up before says not found inside a 200", async () => {
    const { ship, byReference, clock } = await fedEx({ ...long, switches: { referenceLagMs: 3_600_000 } });
    const number = await ship();
    clock.pass(3599);
    const early = await byReference("SH-100231-1");
    expect([early.status, errorOf(early)]).toEqual([200, "TRACKING.REFERENCENUMBER.NOTFOUND"]);
    clock.pass(1);
    expect((await byReference("SH-100231-1")).body.output.completeTrackResults).toMatchObject([
      { trackingNumber: number, trackResults: [{ additionalTrackingInfo: expect.anything() }] },
    ]);
    expect(errorOf(await byReference("SH-100231"))).toBe("TRACKING.REFERENCENUMBER.NOTFOUND");
  });

  it("is not unique when two live or cancelled shipments carry it, or lists both", async () => {
    const { ship, cancel, byReference, sandbox } = await fedEx({ switches: noLag });
    await cancel(await ship());
    await ship();
    expect(errorOf(await byReference("SH-100231-1"))).toBe("TRACKING.DATA.NOTUNIQUE");
    sandbox.switches.cancelledInTrack = "absent";
    expect(errorOf(await byReference("SH-100231-1"))).toBeUndefined();
    sandbox.switches.cancelledInTrack = "shown";
    sandbox.switches.severalMatches = "listed";
    expect((await byReference("SH-100231-1")).body.output.completeTrackResults).toHaveLength(2);
  });

  it("lists the pieces of one shipment, shows the master only, or is not unique", async () => {
    const { ship, byReference, sandbox } = await fedEx({ switches: noLag });
    const master = await ship(shipment({ requestedPackageLineItems: [line("A"), line("A"), line("A")] }));
    const found = async () =>
      (await byReference("A")).body.output.completeTrackResults.map(
        (one: { trackingNumber: string }) => one.trackingNumber,
      );
    expect(await found()).toHaveLength(3);
    sandbox.switches.severalPieces = "master";
    expect(await found()).toEqual([master]);
    sandbox.switches.severalPieces = "notUnique";
    expect(errorOf(await byReference("A"))).toBe("TRACKING.DATA.NOTUNIQUE");
  });

  it("takes its own names of types only", async () => {
    const { ship, byReference } = await fedEx({ switches: noLag });
    await ship();
    const refused = await byReference("SO-1", { type: "P_O_NUMBER" });
    expect([refused.status, codesOf(refused)]).toEqual([400, ["TRACKING.REFERENCETYPE.INVALID"]]);
    expect(errorOf(await byReference("SO-1", { type: "PURCHASE_ORDER" }))).toBeUndefined();
    expect(errorOf(await byReference("SO-1", { type: "INVOICE" }))).toBe("TRACKING.REFERENCENUMBER.NOTFOUND");
  });

  it("does not find Express under CUSTOMER_REFERENCE, but without a type", async () => {
    const { ship, byReference } = await fedEx({ switches: noLag });
    await ship(express);
    expect(errorOf(await byReference("SH-100231-1", { type: "CUSTOMER_REFERENCE" }))).toBe(
      "TRACKING.REFERENCENUMBER.NOTFOUND",
    );
    expect(errorOf(await byReference("SH-100231-1", { type: "SHIPPER_REFERENCE" }))).toBeUndefined();
    expect(errorOf(await byReference("SH-100231-1"))).toBeUndefined();
  });

  it("needs the account, or destination and type", async () => {
    const { ship, byReference } = await fedEx({ switches: noLag });
    await ship();
    const there = { accountNumber: undefined, destinationCountryCode: "US", destinationPostalCode: "78701" };
    const type = "CUSTOMER_REFERENCE";
    expect(errorOf(await byReference("SH-100231-1", { ...there, type }))).toBeUndefined();
    expect(errorOf(await byReference("SH-100231-1", { ...there, type, destinationPostalCode: "10001" }))).toBe(
      "TRACKING.REFERENCENUMBER.NOTFOUND",
    );
    expect((await byReference("SH-100231-1", there)).status).toBe(400);
    expect((await byReference("SH-100231-1", { accountNumber: undefined })).status).toBe(400);
    expect((await byReference("SH-100231-1", { accountNumber: "700000001" })).status).toBe(400);
  });

  it.each<[string, object, string]>([
    ["an end tomorrow", { shipDateEndDate: "2026-11-24" }, "TRACKING.SHIPDATEEND.FUTURE"],
    ["31 days", { shipDateBegin: "2026-10-23" }, "INVALID.INPUT.EXCEPTION"],
    ["a begin after the end", { shipDateBegin: "2026-11-24" }, "INVALID.INPUT.EXCEPTION"],
    ["a begin of 2023", { shipDateBegin: "2023-11-01", shipDateEndDate: "2023-11-05" }, "INVALID.INPUT.EXCEPTION"],
    ["a date that is none", { shipDateBegin: "23.11.2026" }, "INVALID.INPUT.EXCEPTION"],
  ])("refuses %s", async (_what, more, code) => {
    const { byReference } = await fedEx();
    const refused = await byReference("A", more);
    expect([refused.status, codesOf(refused)]).toEqual([400, [code]]);
  });

  it("takes the shipper's date as today, not the one of GMT", async () => {
    const { byReference } = await fedEx({}, "2026-11-24T03:00:00Z");
    expect(codesOf(await byReference("A", { shipDateEndDate: "2026-11-24" }))).toEqual(["TRACKING.SHIPDATEEND.FUTURE"]);
    expect((await byReference("A", { shipDateEndDate: "2026-11-23", shipDateBegin: "2026-10-24" })).status).toBe(200);
  });

  it("reads the end under one of its two names, and takes its default without", async () => {
    const { ship, byReference, sandbox } = await fedEx({ switches: noLag });
    await ship();
    const past = { shipDateBegin: "2026-11-01" };
    const [first, second] = [{ shipDateEndDate: "2026-11-02" }, { shipDateEnd: "2026-11-02" }];
    const none = { shipDateEndDate: undefined, shipDateEnd: undefined };
    const finds = async (more: object) =>
      errorOf(await byReference("SH-100231-1", { ...past, ...none, ...more })) === undefined;
    expect([await finds(first), await finds(second), await finds({})]).toEqual([false, true, true]);
    sandbox.switches.shipDateEndName = "shipDateEnd";
    expect([await finds(first), await finds(second)]).toEqual([true, false]);
    sandbox.switches.shipDateEndName = "either";
    expect([await finds(first), await finds(second)]).toEqual([false, false]);
  });

  it("does not find a label with a ship date to come", async () => {
    const { ship, byReference } = await fedEx({ switches: noLag });
    await ship(shipment({ shipDatestamp: "2026-11-25" }));
    expect(errorOf(await byReference("SH-100231-1"))).toBe("TRACKING.REFERENCENUMBER.NOTFOUND");
  });
});
