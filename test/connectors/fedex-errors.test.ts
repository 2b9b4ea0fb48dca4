import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createError, fedexError, isRefused, refusalOf } from "../../src/connectors/fedex/errors.ts";
import { inflating } from "../../src/connectors/fedex/inflate.ts";
import { referenceWindow, todayAtShipper } from "../../src/connectors/fedex/window.ts";
import { NotSentError, RejectedError, UnknownOutcomeError } from "../../src/core/errors.ts";
import { fakeHttp } from "../core/http/kit.ts";
import { errors, failure } from "./fedex-kit.ts";

const answer = (status: number, body: unknown) => ({ status, body, headers: new Headers(), text: "", calls: [] });

describe("what FedEx says went wrong", () => {
  it.each<[string, unknown, unknown]>([
    ["errors[]", { transactionId: "t", errors: [{ code: "A.B", message: "M" }] }, [{ code: "A.B", message: "M" }]],
    ["errors alone, not in a list", { errors: { code: "A.B", message: "M" } }, [{ code: "A.B", message: "M" }]],
    ["output.cxsErrors[]", { output: { cxsErrors: [{ code: "A.B" }] } }, [{ code: "A.B" }]],
    ["error_description", { error_description: "Invalid CXS JWT" }, [{ message: "Invalid CXS JWT" }]],
    ["error and error_detail", { error: "404", error_detail: "No such path" }, [{ message: "No such path" }]],
    ["error alone", { error: "Not found" }, [{ message: "Not found" }]],
    [
      "a text it does not find",
      { errors: [{ code: "A", message: "We are not able to retrieve the message for the warning or error." }] },
      [{ code: "A" }],
    ],
    ["codes as numbers", { errors: [{ code: 1234, message: "M" }] }, [{ code: "1234", message: "M" }]],
    ["an entry that is a text", { errors: ["broken"] }, [{ message: "broken" }]],
    ["nothing", undefined, []],
    ["a page", "<html>", []],
    ["alerts, which are no errors", { output: { alerts: [{ code: "A", alertType: "WARNING" }] } }, []],
    ["a parcel's own error", { output: { completeTrackResults: [{ trackResults: [{ error: { code: "A" } }] }] } }, []],
  ])("is read from %s", (_, body, said) => {
    expect(refusalOf(answer(400, body)).errors).toEqual(said);
    expect(isRefused(answer(200, body))).toBe(refusalOf(answer(200, body)).errors.length > 0);
    expect(isRefused(answer(400, body))).toBe(true);
  });

  it("stands in the error with its codes, FedEx's id and what to do", () => {
    const error = fedexError(answer(400, errors("STREETLINES.TOO.LONG", "NEW.CODE")), "create shipment SH-1");
    expect(error).toBeInstanceOf(RejectedError);
    expect(error.message).toBe(
      "FedEx refused to create shipment SH-1: About STREETLINES.TOO.LONG (STREETLINES.TOO.LONG); About NEW.CODE (NEW.CODE)",
    );
    expect(error.hint).toBe("Shorten the street to lines of 35 characters, then run `mlc replay`.");
    expect(error.context).toMatchObject({ code: "STREETLINES.TOO.LONG", correlationId: "0f1c" });
  });

  it("passes codes on that mlc does not know, alone where FedEx has no sentence for them", () => {
    const body = {
      errors: [{ code: "BRAND.NEW", message: "not able to retrieve the message for the warning or error" }],
    };
    const error = fedexError(answer(400, body), "create shipment SH-1");
    expect(error.message).toBe("FedEx refused to create shipment SH-1: BRAND.NEW");
    expect(error.hint).toBe("Mend what FedEx names, then run `mlc replay`.");
  });

  it("names the status where it says nothing", () => {
    expect(fedexError(answer(503, undefined), "track 79").message).toBe("FedEx could not track 79: status 503");
  });

  it("leaves a create call open that failed in a 200, whatever the code", () => {
    const error = createError(answer(200, errors("NOT.AUTHORIZED.ERROR")), "create shipment SH-1");
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    expect(error.message).toContain("Whether it made a label is not known.");
  });

  it("knows that a create call that was throttled made nothing", () => {
    expect(createError(answer(429, undefined), "create shipment SH-1")).toBeInstanceOf(NotSentError);
  });

  it.each([
    "NOT.AUTHORIZED.ERROR",
    "FORBIDDEN.ERROR",
    "ACCOUNTNUMBER.REGISTRATION.REQUIRED",
    "ACCOUNT.NUMBER.INVALID",
    "ACCOUNT.NUMBERORKEY.INVALID",
    "ACCOUNT.NUMBER.MISMATCH",
    "SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED",
    "SHIPPER.STATEORPROVINCECODE.INVALID",
    "RECIPIENTS.STATEORPROVINCECODE.INVALID",
    "STREETLINES.TOO.LONG",
    "PHONENUMBER.TOO.LONG",
    "RECIPIENTCONTACT.PHONENUMBER.INVALID",
    "POSTALCODE.ZIPCODE.REQUIRED",
    "COUNTRY.POSTALCODEORZIP.INVALID",
    "DESTINATION.POSTALCODE.MISSING.ORINVALID",
    "SERVICETYPE.NOT.ALLOWED",
    "SERVICE.PACKAGECOMBINATION.INVALID",
    "PACKAGINGTYPE.MISSING.OR.INVALID",
    "ORIGIN.COUNTRY.NOTSERVED",
    "PACKAGE.WEIGHT.INVALID",
    "MAXIMUMWEIGHT.TYPE.ERROR",
    "DIMENSIONS.EXCEEDS.LIMITS",
    "SHIP.RECIPIENT.POSTALCITY.MISMATCH",
    "TRACKING.TRACKINGNUMBERS.LIMITEXCEEDED",
    "VIRTUAL.RESPONSE",
    "REQUEST.MISMATCH",
  ])("comes with a hint of its own for %s", (code) => {
    const plain = fedexError(answer(400, errors("SOME.CODE")), "x").hint;
    const hint = fedexError(answer(400, errors(code)), "x").hint;
    expect(hint).toMatch(/^[A-Z].*\.$/);
    expect(hint).not.toBe(plain);
  });
});

describe("compressed answers", () => {
  const packed = gzipSync(JSON.stringify({ errors: [{ code: "A.B" }] }));
  const drip = (bytes: Uint8Array, size: number) =>
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
  const call = (response: () => Response, maxBytes?: number) => {
    const { http } = fakeHttp([], { fetch: inflating(async () => response()) });
    const more = maxBytes === undefined ? {} : { maxBytes };
    return http.call({ method: "GET", path: "x", repeatable: false, ...more });
  };

  it.each([200, 400, 401, 500])("are inflated under a %i, headers or none", async (status) => {
    for (const headers of [{}, { "content-encoding": "gzip", "content-length": String(packed.length) }]) {
      for (const size of [1, 7, 10_000]) {
        const { body } = await call(() => new Response(drip(packed, size), { status, headers }));
        expect(body).toEqual({ errors: [{ code: "A.B" }] });
      }
    }
  });

  it("are left as they are when they are plain, short or empty", async () => {
    expect((await call(() => new Response('{"a":1}'))).body).toEqual({ a: 1 });
    expect((await call(() => new Response("7"))).body).toBe(7);
    expect((await call(() => new Response(null, { status: 204 }))).body).toBeUndefined();
  });

  it("are given up when they swell beyond the cap, or break off", async () => {
    const bomb = gzipSync(Buffer.alloc(2_000_000, 32));
    expect(bomb.length).toBeLessThan(10_000);
    expect(await failure(call(() => new Response(bomb), 1_000_000))).toMatchObject({
      message: expect.stringContaining("more than 1000000 bytes"),
    });
    const half = packed.subarray(0, packed.length - 9);
    expect(await failure(call(() => new Response(half)))).toBeInstanceOf(UnknownOutcomeError);
  });
});

describe("the window of a look-up by reference", () => {
  it.each([
    ["from the day before until today", "2026-11-20", "2026-11-21", "2026-11-19", "2026-11-21"],
    ["one of 30 days where it left long ago", "2026-01-31", "2026-11-21", "2026-01-30", "2026-03-01"],
    ["of today alone for a label of a later day", "2026-11-25", "2026-11-21", "2026-11-21", "2026-11-21"],
    ["across a year", "2026-01-01", "2026-01-01", "2025-12-31", "2026-01-01"],
  ])("is %s", (_, shipDate, today, from, to) => {
    expect(referenceWindow(shipDate, today)).toEqual({ from, to });
  });

  it.each([
    ["2026-11-21T07:30:00Z", { country: "US", state: "NY" }, "2026-11-20"],
    ["2026-11-21T08:00:00Z", { country: "US", state: "CA" }, "2026-11-21"],
    ["2026-11-21T09:00:00Z", { country: "US", state: "HI" }, "2026-11-20"],
    ["2026-11-21T23:00:00Z", { country: "US", state: "TN" }, "2026-11-21"],
    ["2026-11-21T11:00:00Z", { country: "DE" }, "2026-11-20"],
    ["2026-11-21T12:00:00Z", { country: "DE" }, "2026-11-21"],
  ])("never ends on a day that has not begun at the shipper: %s", (now, place, today) => {
    expect(todayAtShipper(new Date(now), place)).toBe(today);
  });
});
