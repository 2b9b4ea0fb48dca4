import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { FedExClient } from "../../src/connectors/fedex/client.ts";
import { projectThrottle } from "../../src/connectors/fedex/quota.ts";
import { createdInBytes } from "../../src/connectors/fedex/reply.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import {
  AuthError,
  ConfigError,
  ContractError,
  NotSentError,
  RejectedError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { broken, json, status, type Turn } from "../core/http/kit.ts";
import {
  accessTo,
  body,
  canary,
  compressed,
  createdBody,
  errors,
  failure,
  fakeFedEx,
  start,
  tracked,
} from "./fedex-kit.ts";

function clientOf(...turns: Turn[]) {
  const server = fakeFedEx({ turns });
  const access = accessTo(server);
  return { client: new FedExClient(access), ...server, ...access };
}

const reference = "SH-100231-1";
const create = (...turns: Turn[]) => {
  const made = clientOf(...turns);
  return { ...made, work: made.client.createShipment(body, reference) };
};

describe("creating a shipment", () => {
  it("sends the body once with its reference, and gives number, label and charge", async () => {
    const { work, requests } = create(json(createdBody, { headers: { date: "Sat, 21 Nov 2026 12:00:01 GMT" } }));
    const { value, calls, serverTime } = await work;
    expect(value.trackingNumber).toBe("790000000001");
    expect(value.shipment.pieceResponses[0]?.packageDocuments[0]?.encodedLabel).toBe("XlhB");
    expect(value.shipment.completedShipmentDetail?.shipmentRating?.shipmentRateDetails[0]?.totalNetCharge).toBe(14.37);
    expect(serverTime?.toISOString()).toBe("2026-11-21T12:00:01.000Z");
    expect(calls.map(({ path }) => path)).toEqual(["/ship/v1/shipments"]);
    expect(requests[0]?.headers.get("x-customer-transaction-id")).toBe(reference);
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer ship-1");
    expect(await requests[0]?.json()).toEqual(body);
  });

  it("hands over the answer's bytes first, from which the shipment can be read again", async () => {
    const { client } = clientOf(json(createdBody));
    const kept: Uint8Array[] = [];
    await client.createShipment(body, reference, async (raw) => void kept.push(raw));
    expect(createdInBytes(kept[0] ?? new Uint8Array())?.trackingNumber).toBe("790000000001");
    expect(createdInBytes(Buffer.from('{"output":{"tr'))).toBeUndefined();
  });

  it("takes a shipment whatever else in the answer is not as it should be", async () => {
    const odd = {
      transactionId: 7,
      errors: [{ code: "SOME.WARNING" }],
      output: {
        alerts: "VIRTUAL.RESPONSE",
        transactionShipments: [
          {
            pieceResponses: [
              { trackingNumber: 790000000009, packageDocuments: null, packageSequenceNumber: "1" },
              "noise",
            ],
            completedShipmentDetail: { shipmentRating: "none", operationalDetail: { deliveryDate: "" } },
            serviceName: { text: "Ground" },
            alerts: { code: "A", alertType: "NOTE" },
          },
        ],
      },
    };
    const { value } = await create(json(odd)).work;
    expect(value.trackingNumber).toBe("790000000009");
    expect(value.shipment.pieceResponses).toMatchObject([{ packageSequenceNumber: 1 }]);
    expect(value.shipment.alerts).toMatchObject([{ code: "A" }]);
    expect(value.reply.output?.alerts).toMatchObject([{ message: "VIRTUAL.RESPONSE" }]);
  });

  it.each([
    [400, RejectedError],
    [401, AuthError],
    [403, AuthError],
    [404, NotSentError],
  ])("knows that %i made nothing", async (code, kind) => {
    const { work, requests } = create(compressed(errors("SOME.CODE"), code));
    const error = await failure(work);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ message: expect.stringContaining("About SOME.CODE (SOME.CODE)") });
    expect(error).toMatchObject({ context: { system: "fedex", code: "SOME.CODE", correlationId: "0f1c" } });
    // A 401 was sent once more with a new token.
    expect(requests).toHaveLength(code === 401 ? 2 : 1);
  });

  it("stops for an account that the project may not use, as every order would be refused alike", async () => {
    const { work } = create(json(errors("SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED"), { status: 400 }));
    expect(await failure(work)).toMatchObject({ name: "AuthError", hint: expect.stringContaining("accountNumber") });
  });

  const noNumber = { output: { transactionShipments: [{ pieceResponses: [{ packageSequenceNumber: 1 }] }] } };
  it.each<[string, Turn]>([
    ["408", status(408)],
    ["409", status(409)],
    ["422", status(422)],
    ["500", json(errors("INTERNAL.SERVER.ERROR"), { status: 500 })],
    ["500 that names a shipment all the same", json(createdBody, { status: 500 })],
    ["502 that is a page", status(502, {}, "<html>Bad gateway</html>")],
    ["503", json(errors("SERVICE.UNAVAILABLE.ERROR"), { status: 503 })],
    ["200 with errors", json(errors("SYSTEM.UNEXPECTED.ERROR"))],
    ["200 with cxsErrors", json({ output: { cxsErrors: [{ code: "SYSTEM.UNEXPECTED.ERROR" }] } })],
    ["200 without a number", json(noNumber)],
    ["200 with a job", json({ output: { jobId: "abc123456" } })],
    ["200 without a body", status(200)],
    ["200 that breaks off", status(200, {}, '{"output":{"transaction')],
    ["200 that is a page", status(200, {}, "<html>")],
    ["204", status(204)],
    ["a reset", broken("ECONNRESET")],
  ])("leaves it open after %s, and sends it no second time", async (_, turn) => {
    const { work, requests } = create(turn);
    expect(await failure(work)).toBeInstanceOf(UnknownOutcomeError);
    expect(requests).toHaveLength(1);
  });

  it("knows that what never left made nothing: a refused connection and a token that was not given", async () => {
    const refused = await failure(create(broken("ECONNREFUSED")).work);
    expect(refused).toBeInstanceOf(NotSentError);
    for (const turn of [broken("ECONNRESET"), status(503), status(403)]) {
      const server = fakeFedEx({ turns: [json(createdBody)], tokens: [turn] });
      const work = new FedExClient(accessTo(server)).createShipment(body, reference);
      expect(await failure(work)).toBeInstanceOf(NotSentError);
      expect(server.requests).toHaveLength(0);
    }
  });

  it("gives up after a minute, and its outcome is open then", async () => {
    const fired: number[] = [];
    const server = fakeFedEx({ turns: [() => new Promise(() => undefined)] });
    const timer = (ms: number, fire: () => void) => {
      fired.push(ms);
      if (ms === 60_000) queueMicrotask(fire);
      return () => undefined;
    };
    const work = new FedExClient(accessTo(server, { timer })).createShipment(body, reference);
    expect(await failure(work)).toBeInstanceOf(UnknownOutcomeError);
    expect(fired).toContain(60_000);
  });
});

describe("FedEx's limits", () => {
  const tooMany = json(errors("TOO.MANY.REQUESTS"), { status: 429 });

  it("waits ten seconds after a first 429 and creates then", async () => {
    const { work, clock } = create(tooMany, json(createdBody));
    expect((await work).value.trackingNumber).toBe("790000000001");
    expect(clock.now().toISOString()).toBe("2026-11-21T12:00:10.000Z");
  });

  it("takes a second one for the daily quota: nothing more is sent, and it names the next 00:00 GMT", async () => {
    const { work, client, requests, clock } = create(tooMany);
    const error = await failure(work);
    expect(error).toBeInstanceOf(NotSentError);
    expect(error).toMatchObject({ name: "UnavailableError", exitCode: 5 });
    expect(error).toMatchObject({ message: expect.stringContaining("00:00 GMT (2026-11-22T00:00:00.000Z)") });
    expect(clock.now().toISOString()).toBe("2026-11-21T12:00:10.000Z");
    expect(await failure(client.cancelShipment("700000000", "79"))).toMatchObject({ name: "UnavailableError" });
    expect(requests).toHaveLength(2);
    clock.advance(12 * 3_600_000);
    await failure(client.cancelShipment("700000000", "79"));
    expect(requests.length).toBeGreaterThan(2);
  });

  it("does not take two of one burst for the quota, nor one after a success", async () => {
    const ok = json(tracked);
    const { client, requests } = clientOf(tooMany, tooMany, ok, ok, tooMany, ok);
    await Promise.all([client.trackNumbers(["1"]), client.trackNumbers(["2"])]);
    await client.trackNumbers(["3"]);
    expect(requests).toHaveLength(6);
  });

  it("sends 1,400 in ten seconds and waits before the next", async () => {
    const clock = jumpingClock(start);
    const throttle = projectThrottle(clock);
    for (let sent = 0; sent < 1_400; sent += 1) await throttle.take();
    expect(clock.now()).toEqual(start);
    await throttle.take();
    expect(clock.now().toISOString()).toBe("2026-11-21T12:00:10.000Z");
  });

  it("takes a 429 after a window for the quota though an answer of the window before came later than its first", async () => {
    const clock = jumpingClock(start);
    const throttle = projectThrottle(clock);
    const window = await throttle.take();
    throttle.learn(new Response(null, { status: 429 }), window);
    throttle.learn(new Response(null, { status: 200 }), window);
    throttle.learn(new Response(null, { status: 429 }), await throttle.take());
    expect(throttle.isUsedUp).toBe(true);
    await expect(throttle.take()).rejects.toBeInstanceOf(NotSentError);
  });

  it("counts Track's day across processes, and stops at its end", async () => {
    const server = fakeFedEx({ turns: [json(tracked)] });
    const access = accessTo(server);
    await new FedExClient(access).trackNumbers(["1"]);
    const idle = new FedExClient(access);
    expect(idle.budgets()).toEqual({ track: { limit: 100_000, remaining: 100_000 } });
    await idle.loadBudgets();
    expect(idle.budgets().track?.remaining).toBe(99_999);
    const second = new FedExClient(access);
    await second.trackNumbers(["1"]);
    const resetAt = new Date("2026-11-22T00:00:00Z");
    expect(second.budgets()).toEqual({ track: { limit: 100_000, remaining: 99_998, resetAt } });
    const name = "fedex https://apis.fedex.com track track requests";
    expect((await access.tokens.get(name))?.token).toBe("2");
    await access.tokens.put(name, { token: "100000", expiresAt: resetAt.toISOString() });
    expect(await failure(second.trackNumbers(["1"]))).toMatchObject({ name: "UnavailableError" });
    expect(server.requests).toHaveLength(2);
    access.clock.advance(12 * 3_600_000);
    await second.trackNumbers(["1"]);
    expect(second.budgets().track?.remaining).toBe(99_999);
  });
});

describe("validating a shipment", () => {
  it("sends the shipment without label options and says whether FedEx would make it", async () => {
    const alerts = [{ code: "SHIPMENT.VALIDATION.SUCCESS", alertType: "NOTE", message: "Shipment validated." }];
    const { client, requests } = clientOf(json({ output: { alerts } }));
    expect((await client.validateShipment(body, reference)).value).toMatchObject({ isValid: true, alerts });
    const { accountNumber, requestedShipment } = body;
    expect(await requests[0]?.json()).toEqual({ accountNumber, requestedShipment });
  });

  it.each<[string, Turn, unknown]>([
    ["refused", json(errors("PACKAGE.WEIGHT.INVALID"), { status: 400 }), RejectedError],
    ["refused with 200", json(errors("PACKAGE.WEIGHT.INVALID")), RejectedError],
    ["not answered", status(503), NotSentError],
    ["cut off", broken("ECONNRESET"), NotSentError],
    ["a page", status(200, {}, "<html>"), NotSentError],
  ])("leaves nothing open when it is %s", async (_, turn, kind) => {
    expect(await failure(clientOf(turn).client.validateShipment(body, reference))).toBeInstanceOf(kind);
  });
});

describe("cancelling a shipment", () => {
  const cancel = (...turns: Turn[]) => {
    const made = clientOf(...turns);
    return { ...made, work: made.client.cancelShipment("700000000", "790000000001") };
  };

  it("cancels all packages, and repeats what broke off", async () => {
    const done = json({ output: { cancelledShipment: true, successMessage: "Success" } });
    const { work, requests } = cancel(broken("ECONNRESET"), status(503), done);
    expect((await work).value?.output?.successMessage).toBe("Success");
    expect(requests).toHaveLength(3);
    expect(await requests[2]?.json()).toEqual({
      accountNumber: { value: "700000000" },
      deletionControl: "DELETE_ALL_PACKAGES",
      trackingNumber: "790000000001",
    });
  });

  it.each([
    "CANCELSHIPMENT.TRACKINGNUMBER.DELETED",
    "MASTERTRACKINGID.TRACKINGNUMBER.CANCELLED",
    "SHIPMENT.CANCELEDWITHOUTPICKUP.SUCCESS",
  ])("takes %s for cancelled, under any status", async (code) => {
    for (const turn of [json(errors(code)), compressed(errors(code), 400)]) {
      expect((await cancel(turn).work).calls).toHaveLength(1);
    }
  });

  it.each<[string, Turn]>([
    ["the look-alike", json(errors("SHIPMENT.CANCELEDWITHOUTPICKUP.FAILURE"))],
    ["the look-alike as a 400", json(errors("SHIPMENT.CANCELEDWITHOUTPICKUP.FAILURE"), { status: 400 })],
    ["a closed day", json(errors("TRACKINGIDS.TRACKINGNUMBER.CLOSED"), { status: 400 })],
    ["a no", json({ output: { cancelledShipment: false, message: "Tendered already" } })],
  ])("takes %s for a refusal", async (_, turn) => {
    expect(await failure(cancel(turn).work)).toBeInstanceOf(RejectedError);
  });

  it("believes nothing that does not say it", async () => {
    expect(await failure(cancel(json({ output: {} })).work)).toBeInstanceOf(ContractError);
  });
});

describe("tracking", () => {
  it("asks for scans of all numbers with the track project's key, and keeps a number's error with it", async () => {
    const { client, requests } = clientOf(json(tracked));
    const { value } = await client.trackNumbers(["790000000001", "790000000002"]);
    expect(await requests[0]?.json()).toEqual({
      includeDetailedScans: true,
      trackingInfo: [
        { trackingNumberInfo: { trackingNumber: "790000000001" } },
        { trackingNumberInfo: { trackingNumber: "790000000002" } },
      ],
    });
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer track-1");
    expect(value.map(({ trackingNumber }) => trackingNumber)).toEqual(["790000000001", "790000000002"]);
    expect(value[0]?.results[0]?.latestStatusDetail?.code).toBe("DL");
    expect(value[0]?.results[0]?.additionalTrackingInfo?.packageIdentifiers).toEqual([
      { type: "CUSTOMER_REFERENCE", values: ["SH-100231-1"] },
      { type: "PURCHASE_ORDER", values: ["PO-7781"] },
    ]);
    expect(value[1]?.results[0]?.error?.code).toBe("TRACKING.TRACKINGNUMBER.NOTFOUND");
  });

  it("asks for no more than thirty", async () => {
    const { client } = clientOf(json(tracked));
    await expect(client.trackNumbers(Array.from({ length: 31 }, String))).rejects.toThrow(RangeError);
  });

  it.each<[string, Turn, unknown]>([
    ["errors in a 200", json(errors("TRACKING.DATA.INVALID")), RejectedError],
    ["cxsErrors in a 200", json({ output: { cxsErrors: [{ code: "X.Y" }] } }), RejectedError],
    ["an outage", status(503), UnavailableError],
    ["an outage in a 200", json(errors("SYSTEM.UNAVAILABLE.EXCEPTION")), UnavailableError],
    ["another shape", json({ output: {} }), ContractError],
    ["a wrong path", json(errors("NOT.FOUND.ERROR"), { status: 404 }), ContractError],
  ])("fails as a whole on %s", async (_, turn, kind) => {
    expect(await failure(clientOf(turn).client.trackNumbers(["1"]))).toBeInstanceOf(kind);
  });

  const query = { value: reference, accountNumber: "700000000", from: "2026-11-20", to: "2026-11-21" };

  it("looks a reference up by value and account, without a type and with both names of the end", async () => {
    const { client, requests } = clientOf(json(tracked));
    const { value } = await client.trackReference(query);
    expect(value).toHaveLength(2);
    expect(await requests[0]?.json()).toEqual({
      includeDetailedScans: false,
      referencesInformation: {
        value: reference,
        accountNumber: "700000000",
        shipDateBegin: "2026-11-20",
        shipDateEnd: "2026-11-21",
        shipDateEndDate: "2026-11-21",
      },
    });
  });

  it("takes a refused look-up for no answer about the shipment", async () => {
    for (const turn of [json(errors("TRACKING.SHIPDATEEND.FUTURE"), { status: 400 }), json(errors("NEW.CODE"))]) {
      expect(await failure(clientOf(turn).client.trackReference(query))).toBeInstanceOf(ContractError);
    }
  });

  it.each(["TRACKING.REFERENCENUMBER.NOTFOUND", "TRACKING.DATA.NOTUNIQUE"])(
    "gives %s as a result, in whichever channel it comes",
    async (code) => {
      const inside = { output: { completeTrackResults: [{ trackResults: [{ error: { code, message: "m" } }] }] } };
      for (const turn of [json(inside), json(errors(code)), json(errors(code), { status: 404 })]) {
        const { value } = await clientOf(turn).client.trackReference(query);
        expect(value.map(({ error }) => error?.code)).toEqual([code]);
      }
    },
  );
});

describe("a FedEx client", () => {
  it("names the key it misses, and works with the other", async () => {
    const server = fakeFedEx({ turns: [json(tracked)] });
    const secrets = { trackApiKey: new Secret("track"), trackApiSecret: new Secret(canary) };
    const client = new FedExClient(accessTo(server, { secrets }));
    expect(await failure(client.createShipment(body, reference))).toMatchObject({
      name: "ConfigError",
      message: "FedEx needs apiKey and apiSecret for this.",
    });
    expect(await failure(client.checkShipKey())).toBeInstanceOf(ConfigError);
    await client.checkTrackKey();
    expect((await client.trackNumbers(["1"])).value).toHaveLength(2);
  });

  it("shows no secret in any error", async () => {
    const echo: Turn = (request) =>
      Response.json(
        { errors: [{ code: "X", message: `bad ${request.headers.get("authorization")} ship-1` }] },
        { status: 400 },
      );
    const token: Turn = () => Response.json({ error_description: `no ${canary}` }, { status: 401 });
    const server = fakeFedEx({ turns: [echo], tokens: [token] });
    const seen = [
      await failure(create(echo).work),
      await failure(new FedExClient(accessTo(server)).createShipment(body, reference)),
    ];
    for (const error of seen) {
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/canary|ship-1\b/);
    }
  });
});
