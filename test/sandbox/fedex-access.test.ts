import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FedExSandbox } from "../../src/sandbox/fedex.ts";
import type { Fault } from "../../src/sandbox/kit.ts";
import { codesOf, fedEx, shipment } from "./fedex-fixture.ts";

describe("the token service", () => {
  it("hands out a bearer token an hour long, and counts by key", async () => {
    const { token, sandbox } = await fedEx();
    const { status, body } = await token("ship");
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), token_type: "bearer", expires_in: 3600, scope: "CXS" },
    ]);
    expect(sandbox.tokensPerKey).toEqual({ "ship-key": 2, "track-key": 1 });
    expect(sandbox.tokenCalls).toBe(3);
  });

  it("refuses wrong keys with 401 and JSON with 400", async () => {
    const { token, send, sandbox } = await fedEx();
    const refused = await token("ship", "wrong");
    expect([refused.status, codesOf(refused)]).toEqual([401, ["NOT.AUTHORIZED.ERROR"]]);
    const pair = { grant_type: "client_credentials", client_id: "ship-key", client_secret: "ship-secret" };
    expect((await send("POST", "/oauth/token", pair)).status).toBe(400);
    expect(sandbox.tokensPerKey["ship-key"]).toBe(1);
  });

  it("blocks the address after 15 calls in 5 seconds until 10 minutes were quiet", async () => {
    const { token, clock } = await fedEx();
    clock.pass(10);
    for (let call = 0; call < 15; call += 1) expect((await token("ship")).status).toBe(200);
    const blocked = await token("ship");
    expect([blocked.status, codesOf(blocked)]).toEqual([403, ["FORBIDDEN.ERROR"]]);
    clock.pass(599);
    // Asking again extends the penalty.
    expect((await token("track")).status).toBe(403);
    clock.pass(599);
    expect((await token("track")).status).toBe(403);
    clock.pass(600);
    expect((await token("track")).status).toBe(200);
  });

  it("extends the penalty by exceeding only, where the switch says so", async () => {
    const { token, clock } = await fedEx({ switches: { penaltyGrowsBy: "exceeding" } });
    clock.pass(10);
    for (let call = 0; call < 16; call += 1) await token("ship");
    clock.pass(599);
    expect((await token("ship")).status).toBe(403);
    clock.pass(1);
    expect((await token("ship")).status).toBe(200);
  });

  it("blocks more than a call a second over 2 minutes", async () => {
    const { token, clock } = await fedEx();
    clock.pass(120);
    const statuses: number[] = [];
    for (let call = 0; call < 121; call += 1) {
      statuses.push((await token("ship")).status);
      clock.pass(0.9);
    }
    expect([statuses.indexOf(403), statuses.length]).toEqual([120, 121]);
  });
});

describe("a call", () => {
  it("needs a token that is not expired or revoked", async () => {
    const { create, clock, sandbox } = await fedEx();
    expect((await create()).status).toBe(200);
    clock.pass(3600);
    const expired = await create();
    expect([expired.status, codesOf(expired)]).toEqual([401, ["NOT.AUTHORIZED.ERROR"]]);
    sandbox.switches.unauthorized = "gateway";
    expect((await create()).body.error_description).toBe("Invalid CXS JWT");
    const other = await fedEx();
    other.sandbox.revokeTokens();
    expect((await other.create()).status).toBe(401);
  });

  it("of Ship is forbidden to the track project, and the reverse", async () => {
    const { call, tokens } = await fedEx();
    const ship = await call("POST", "/ship/v1/shipments", shipment(), { authorization: `Bearer ${tokens.track}` });
    const track = await call("POST", "/track/v1/trackingnumbers", {}, { authorization: `Bearer ${tokens.ship}` });
    expect([ship.status, ...codesOf(ship), track.status, ...codesOf(track)]).toEqual([
      403,
      "FORBIDDEN.ERROR",
      403,
      "FORBIDDEN.ERROR",
    ]);
  });

  it("has a transaction id in each reply, and the caller's own echoed", async () => {
    const { create, call } = await fedEx();
    const ids = { "x-customer-transaction-id": "SH-100231-1" };
    const good = await create(shipment(), ids);
    const bad = await create({}, ids);
    expect(good.body).toMatchObject({ transactionId: expect.any(String), customerTransactionId: "SH-100231-1" });
    expect(bad.body).toMatchObject({ transactionId: expect.any(String), customerTransactionId: "SH-100231-1" });
    expect(good.body.transactionId).not.toBe(bad.body.transactionId);
    expect((await call("POST", "/nothing", {})).body).toMatchObject({ error: expect.any(String), error_detail: /./ });
  });

  it("can have its refusal compressed, also without saying so", async () => {
    const { send, sandbox } = await fedEx();
    for (const [form, encoding] of [
      ["gzip", "gzip"],
      ["gzipUnlabelled", null],
    ] as const) {
      sandbox.switches.errorBodies = form;
      const response = await send("POST", "/ship/v1/shipments", {});
      expect(response.headers.get("content-encoding")).toBe(encoding);
      const text = gunzipSync(Buffer.from(await response.arrayBuffer())).toString();
      expect(JSON.parse(text).errors.length).toBeGreaterThan(0);
    }
    const good = await send("POST", "/ship/v1/shipments", shipment());
    expect(JSON.parse(await good.text()).output).toBeDefined();
  });
});

describe("limits", () => {
  it("throttle a project until its window of 10 seconds ends, and the other one not", async () => {
    const { track, create, clock, sandbox } = await fedEx({ limitPerWindow: 2 });
    await track(["1"]);
    await track(["1"]);
    const throttled = await track(["1"]);
    expect(throttled.status).toBe(429);
    expect(throttled.body.errors[0].message).toContain("too many requests in a short duration");
    expect(throttled.headers.get("retry-after")).toBeNull();
    expect((await create()).status).toBe(200);
    sandbox.switches.retryAfterSeconds = 10;
    expect((await track(["1"])).headers.get("retry-after")).toBe("10");
    clock.pass(10);
    expect((await track(["1"])).status).toBe(200);
  });

  it("end the organisation's day with another text until 00:00 GMT", async () => {
    const { create, track, token, tokens, clock, sandbox } = await fedEx({}, "2026-11-23T23:50:00Z");
    sandbox.dailyQuota.limit = 2;
    await create();
    await track(["1"]);
    const refused = await create();
    expect(refused.status).toBe(429);
    expect(refused.body.errors[0].message).toContain("daily transaction quota exceeded");
    clock.pass(599);
    expect((await track(["1"])).status).toBe(429);
    clock.pass(1);
    tokens.track = (await token("track")).body.access_token;
    expect((await track(["1"])).status).toBe(200);
    expect(sandbox.dailyQuota.used(clock.now())).toBe(1);
  });

  it("end Track's own day over both of its calls, while Ship goes on", async () => {
    const { create, track, byReference, sandbox } = await fedEx();
    expect(sandbox.trackQuota.limit).toBe(100_000);
    sandbox.trackQuota.limit = 2;
    await track(["1"]);
    await byReference("A");
    const refused = await byReference("A");
    expect([refused.status, refused.body.errors[0].message]).toEqual([429, expect.stringContaining("daily")]);
    expect((await create()).status).toBe(200);
  });
});

describe("address validation", () => {
  it("of the ship project says of what kind an address is, in the caller's order", async () => {
    const { call, sandbox } = await fedEx();
    const ask = async (...streets: string[]) =>
      call("POST", "/address/v1/addresses/resolve", {
        addressesToValidate: streets.map((street, index) => ({
          clientReferenceId: String(index),
          address: { streetLines: [street], city: "Austin", postalCode: "78701-1234", countryCode: "US" },
        })),
      });
    const { body } = await ask("88 Cedar St Apt 4", "PO Box 7", "Harbor Blvd");
    expect(body.output.resolvedAddresses).toMatchObject([
      { clientReferenceId: "0", classification: "RESIDENTIAL", parsedPostalCode: { base: "78701", addOn: "1234" } },
      { classification: "UNKNOWN", postOfficeBox: true, customerMessage: [] },
      { classification: "BUSINESS", customerMessage: [{ code: "INTERPOLATED.STREET.ADDRESS" }] },
    ]);
    sandbox.switches.classification = "MIXED";
    expect((await ask("1 A St")).body.output.resolvedAddresses[0].classification).toBe("MIXED");
    expect((await ask(...Array<string>(101).fill("1 A St"))).status).toBe(400);
  });
});

describe("faults", () => {
  it.each<[Fault, number]>([
    ["throttled", 429],
    ["throttledBare", 429],
    ["serverError", 500],
    ["unavailable", 503],
    ["html", 200],
  ])("%s is a %i", async (fault, status) => {
    const { send, sandbox } = await fedEx();
    sandbox.faults = () => fault;
    const response = await send("POST", "/ship/v1/shipments", shipment());
    expect(response.status).toBe(status);
    expect(response.headers.get("date")).toBe("Mon, 23 Nov 2026 16:00:00 GMT");
    expect(sandbox.shipments).toHaveLength(0);
  });

  it("keeps the shipment when the connection drops after the commit, and not when before", async () => {
    const { create, sandbox } = await fedEx();
    sandbox.faults = () => "resetBefore";
    await expect(create()).rejects.toThrow("fetch failed");
    expect(sandbox.liveLabelsOf("SH-100231-1")).toHaveLength(0);
    sandbox.faults = () => "resetAfter";
    await expect(create()).rejects.toThrow("fetch failed");
    sandbox.faults = () => "truncated";
    await expect(create()).rejects.toThrow(SyntaxError);
    expect(sandbox.liveLabelsOf("SH-100231-1")).toHaveLength(2);
  });

  it("notes every request without its query", async () => {
    const { sandbox, track } = await fedEx();
    await track(["1"]);
    expect(sandbox).toBeInstanceOf(FedExSandbox);
    expect(sandbox.requests).toEqual(["POST /oauth/token", "POST /oauth/token", "POST /track/v1/trackingnumbers"]);
  });
});
