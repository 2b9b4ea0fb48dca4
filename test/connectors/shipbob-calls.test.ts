import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { ShipBobRequest } from "../../src/connectors/shipbob/calls.ts";
import { isNotFound } from "../../src/connectors/shipbob/errors.ts";
import {
  AuthError,
  ConfigError,
  ContractError,
  NotSentError,
  RejectedError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../src/core/errors.ts";
import { broken, json, status, type Turn } from "../core/http/kit.ts";
import { callsTo, canary, failure, start } from "./shipbob-kit.ts";

const read = { method: "GET", path: "/channel", repeatable: true, schema: z.unknown() } as const;
const create: ShipBobRequest<unknown> = {
  method: "POST",
  path: "/order",
  json: { reference_id: "usmf-SO-1001" },
  inChannel: true,
  repeatable: false,
  schema: z.object({ id: z.number() }),
};

async function ended(turns: Turn[], request: ShipBobRequest<unknown> = read) {
  const { calls, requests } = callsTo(turns);
  return { error: await failure(calls.call(request)), requests };
}

describe("a call", () => {
  it("names version, token, sender and, where it is asked for, the channel", async () => {
    const { calls, requests, wire } = callsTo([json({ id: 7 }), json([])]);
    expect(await calls.call(create)).toMatchObject({ body: { id: 7 }, calls: [{ method: "POST", status: 200 }] });
    await calls.call(read);
    expect(wire()).toEqual(["/2026-01/order", "/2026-01/channel"]);
    const [made, listed] = requests.map(({ headers }) => headers);
    expect(made?.get("authorization")).toBe(`Bearer ${canary}`);
    expect([made?.get("user-agent"), listed?.get("user-agent")]).toEqual(["mlc", "mlc"]);
    expect([made?.get("shipbob_channel_id"), listed?.get("shipbob_channel_id")]).toEqual(["128944", null]);
  });

  it("goes by the version that is set, leaves a colon in a path and a raw query as they are", async () => {
    const { calls, wire } = callsTo([json({})], { settings: { version: "2026-07" } });
    await calls.call({ ...read, path: "/order/5:cancel", query: { a: "x y", b: true, c: undefined } });
    await calls.call({ ...read, path: "/order", rawQuery: "ReferenceIds=a,b" });
    expect(wire()).toEqual(["/2026-07/order/5:cancel?a=x%20y&b=true", "/2026-07/order?ReferenceIds=a,b"]);
  });

  it("tells the server's time", async () => {
    const headers = { date: "Sat, 21 Nov 2026 12:00:05 GMT" };
    const { calls } = callsTo([json([], { headers })]);
    await calls.call(read);
    expect(calls.serverTime).toEqual(new Date("2026-11-21T12:00:05Z"));
  });

  it("is repeated when it may be: a read after 5xx and the CDN's 524, a create only after a 429", async () => {
    expect((await ended([status(524), status(500), json([])])).requests).toHaveLength(3);
    const once = await ended([status(502), json({ id: 1 })], create);
    expect([once.error, once.requests.length]).toEqual([expect.any(UnknownOutcomeError), 1]);
    const { calls, clock, requests } = callsTo([status(429, { "x-retry-after": "7" }), json({ id: 1 })]);
    await calls.call(create);
    expect([requests.length, clock.now().getTime() - start.getTime()]).toEqual([2, 7_000]);
  });

  it("waits a minute after a 429 that does not say how long", async () => {
    const { calls, clock } = callsTo([status(429), json([])]);
    await calls.call(read);
    expect(clock.now().getTime() - start.getTime()).toBe(60_000);
  });

  it("keeps to 150 in any minute without being told", async () => {
    const { calls, clock } = callsTo([json([])]);
    for (let sent = 0; sent < 150; sent++) await calls.call(read);
    expect([calls.budget().remaining, clock.now()]).toEqual([0, start]);
    await calls.call(read);
    expect(clock.now().getTime() - start.getTime()).toBe(60_000);
  });

  it.each(["x-remaining-calls", "X-RateLimit-Remaining"])("learns from %s what others sent", async (name) => {
    const { calls } = callsTo([json([], { headers: { [name]: "20" } })]);
    await calls.call(read);
    expect(calls.budget().remaining).toBe(20);
  });

  it("needs a token", () => {
    expect(() => callsTo([json([])], { secrets: {} })).toThrow(ConfigError);
  });
});

describe("a refusal", () => {
  const refusedWith = async (body: unknown, code = 422) => {
    const { error } = await ended([json(body, { status: code })], { ...create, document: "SO-1001" });
    return error instanceof Error ? error.message : "";
  };

  it.each([
    ["a field map without a name", { "": ["Cannot insert order with existing ReferenceId"] }, "Cannot insert order"],
    ["a field map", { "recipient.name": ["is required"], type: ["is wrong"] }, "recipient.name: is required; type: is"],
    [
      "problem details",
      { type: "about:blank", title: "Not Found", status: 404, detail: "No box 5" },
      "Not Found: No b",
    ],
    ["a message", { message: "No.", details: "Twice.", errors: ["a"], stackTrace: "at X" }, "): No. Twice. a"],
    ["a framework object", { $type: "Svix", value: { message: "Bad url" }, status_code: 422 }, "): Bad url"],
    ["a framework object with text", { $type: "S", value: '{"detail":"Bad url"}', status_code: 422 }, "): Bad url"],
    ["a string", "ShipmentIds must not be empty", "): ShipmentIds must not be empty"],
    ["a coded error", { error: { code: "CONFLICT", message: "Picked" } }, "): Picked"],
  ])("is read from %s", async (_name, body, said) => {
    expect(await refusedWith(body)).toContain(said);
  });

  it("is read from raw text, but not from a page, and never shows a stack trace", async () => {
    const raw = await ended([status(400, {}, "just text")], create);
    expect(raw.error).toMatchObject({ message: expect.stringContaining("just text") });
    const page = await ended([status(400, {}, "<html>sorry</html>")], create);
    expect(page.error).toMatchObject({ message: "ShipBob could not answer POST /order (400)" });
    expect(await refusedWith({ message: "No.", stackTrace: "at X" })).not.toContain("at X");
  });

  it("names document, field and status, and hides people's values and the token", async () => {
    const body = { "recipient.name": [`Ana Silva is unknown, ${canary}`] };
    const personal = ["Ana Silva"];
    const { error } = await ended([json(body, { status: 422 })], { ...create, document: "SO-1001", personal });
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({
      message: "ShipBob SO-1001: could not answer POST /order (422): recipient.name: *** is unknown, ***",
      context: { field: "recipient.name", code: "422", document: "SO-1001", calls: [{ status: 422 }] },
    });
  });

  it.each([
    [400, RejectedError, ContractError],
    [404, RejectedError, ContractError],
    [409, RejectedError, ContractError],
    [418, ContractError, ContractError],
    [422, RejectedError, ContractError],
    [429, NotSentError, UnavailableError],
    [500, UnknownOutcomeError, UnavailableError],
    [524, UnknownOutcomeError, UnavailableError],
  ])("of status %i says what became of a create and of a read", async (code, ofCreate, ofRead) => {
    expect((await ended([status(code)], create)).error).toBeInstanceOf(ofCreate);
    expect((await ended([status(code)])).error).toBeInstanceOf(ofRead);
  });

  it("tells that there is no such record", async () => {
    expect(isNotFound((await ended([status(404)])).error)).toBe(true);
    expect(isNotFound((await ended([status(400)])).error)).toBe(false);
  });

  it.each([
    ["/invoices", 403, "billing_read"],
    ["/transactions:query", 401, "billing_read"],
    ["/shipments-tracking", 403, "tracking_read"],
    ["/order", 403, "a token keeps the scopes it was made with"],
    ["/order", 401, "Regenerate the token"],
  ])("of access to %s with %i says to regenerate the token", async (path, code, hint) => {
    const { error, requests } = await ended([status(code)], { ...read, path });
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ hint: expect.stringContaining(hint) });
    expect(requests).toHaveLength(1);
  });

  it("by way of a login page is one of access, and is not followed", async () => {
    const { error, requests } = await ended([status(302, { location: "https://auth.shipbob.com/login" })]);
    expect(error).toBeInstanceOf(AuthError);
    expect(requests).toHaveLength(1);
  });

  it("of a write whose answer cannot be read leaves it open", async () => {
    expect((await ended([json({ no: 1 })], create)).error).toBeInstanceOf(UnknownOutcomeError);
    expect((await ended([status(200, {}, "<html>")], create)).error).toBeInstanceOf(UnknownOutcomeError);
    expect((await ended([broken("ECONNRESET")], create)).error).toBeInstanceOf(UnknownOutcomeError);
    expect((await ended([broken("ECONNREFUSED")], create)).error).toBeInstanceOf(NotSentError);
  });
});
