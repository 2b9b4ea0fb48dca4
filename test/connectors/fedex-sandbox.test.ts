import { describe, expect, it } from "vitest";
import { FedExClient } from "../../src/connectors/fedex/client.ts";
import { createdInBytes } from "../../src/connectors/fedex/reply.ts";
import { referenceWindow, todayAtShipper } from "../../src/connectors/fedex/window.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import {
  AuthError,
  NotSentError,
  RejectedError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../src/core/errors.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { type FedExOptions, FedExSandbox } from "../../src/sandbox/fedex.ts";
import { body, failure } from "./fedex-kit.ts";

const keys = { apiKey: "ship-key", apiSecret: "ship-secret", trackApiKey: "track-key", trackApiSecret: "track-secret" };
const accountNumber = "700000000";
const reference = "SH-100231-1";

function world(options: Partial<FedExOptions> = {}) {
  const clock = jumpingClock(new Date("2026-11-23T16:00:00Z"));
  const sandbox = new FedExSandbox({ clock, accountNumber, ...keys, ...options });
  const tokens = memoryTokenCache();
  const fetch: typeof globalThis.fetch = (input, init) => sandbox.fetch(new Request(input, init));
  /** A client as another process has it. */
  const process = (secrets: Record<string, string> = keys) =>
    new FedExClient({
      settings: { apiUrl: "https://apis.fedex.com" },
      secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
      tokens,
      fetch,
      clock,
      random: () => 1,
    });
  return { clock, sandbox, process, client: process() };
}

const look = (client: FedExClient, now: Date) => {
  const today = todayAtShipper(now, { country: "US", state: "TN" });
  return client.trackReference({ value: reference, accountNumber, ...referenceWindow("2026-11-23", today) });
};

describe("the client against the simulated FedEx", () => {
  it("creates, tracks, looks up and cancels a shipment, the last as often as it likes", async () => {
    const { client, sandbox, clock } = world();
    const kept: Uint8Array[] = [];
    const { value } = await client.createShipment(body, reference, async (raw) => void kept.push(raw));
    expect(createdInBytes(kept[0] ?? new Uint8Array())?.trackingNumber).toBe(value.trackingNumber);
    expect(sandbox.liveLabelsOf(reference)).toHaveLength(1);
    expect((await look(client, clock.now())).value[0]?.error?.code).toBe("TRACKING.REFERENCENUMBER.NOTFOUND");
    clock.advance(2 * 3_600_000);
    const [hit] = (await look(client, clock.now())).value;
    expect(hit?.trackingNumberInfo?.trackingNumber).toBe(value.trackingNumber);
    expect(hit?.additionalTrackingInfo?.packageIdentifiers).toMatchObject([{ values: [reference] }]);
    const tracked = await client.trackNumbers([value.trackingNumber, "790000009999"]);
    expect(tracked.value.map(({ results }) => results[0]?.error?.code)).toEqual([
      undefined,
      "TRACKING.TRACKINGNUMBER.NOTFOUND",
    ]);
    for (const status of [200, 400] as const) {
      sandbox.switches.repeatedCancelStatus = status;
      await client.cancelShipment(accountNumber, value.trackingNumber);
    }
    expect(sandbox.liveLabelsOf(reference)).toHaveLength(0);
  });

  it("refuses to cancel what is with FedEx", async () => {
    const { client, sandbox } = world();
    const { value } = await client.createShipment(body, reference);
    sandbox.tender(value.trackingNumber);
    expect(await failure(client.cancelShipment(accountNumber, value.trackingNumber))).toBeInstanceOf(RejectedError);
  });

  it.each(["shipDateEndDate", "shipDateEnd"] as const)(
    "is understood when only %s is read",
    async (shipDateEndName) => {
      const { client, sandbox, clock } = world({ switches: { shipDateEndName, referenceLagMs: 0 } });
      const { value } = await client.createShipment(body, reference);
      expect((await look(client, clock.now())).value[0]?.trackingNumberInfo?.trackingNumber).toBe(value.trackingNumber);
      expect(sandbox.requests.filter((request) => request.endsWith("/referencenumbers"))).toHaveLength(1);
    },
  );

  it.each(["plain", "gzip", "gzipUnlabelled"] as const)("reads refusals that come %s", async (errorBodies) => {
    const { client } = world({ switches: { errorBodies } });
    const [line] = body.requestedShipment.requestedPackageLineItems;
    const heavy = { ...line, weight: { units: "LB" as const, value: 9999 } };
    const wrong = { ...body, requestedShipment: { ...body.requestedShipment, requestedPackageLineItems: [heavy] } };
    const error = await failure(client.createShipment(wrong, reference));
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ context: { code: expect.stringMatching(/^[A-Z.]+$/) } });
  });

  it("buys no second label when a create's answer is lost or says no number", async () => {
    const { client, sandbox } = world({ switches: { createReply: "withoutNumbers" } });
    expect(await failure(client.createShipment(body, reference))).toBeInstanceOf(UnknownOutcomeError);
    expect(sandbox.liveLabelsOf(reference)).toHaveLength(1);
  });

  it.each(["errors", "cxsErrors"] as const)("takes an outage inside a 200 for one: %s", async (trackOutage) => {
    const { client, clock } = world({ switches: { trackOutage } });
    expect(await failure(client.trackNumbers(["790000000001"]))).toBeInstanceOf(UnavailableError);
    expect(await failure(look(client, clock.now()))).toBeInstanceOf(UnavailableError);
  });

  it("asks for one token a key in thirty runs in a row and twenty at once", async () => {
    const { sandbox, process } = world();
    const run = async () => {
      const client = process();
      await client.checkShipKey();
      await client.trackNumbers(["790000000001"]);
    };
    await Promise.all(Array.from({ length: 20 }, run));
    for (let runs = 0; runs < 30; runs += 1) await run();
    expect(sandbox.tokensPerKey).toEqual({ "ship-key": 1, "track-key": 1 });
    expect(sandbox.tokenCalls).toBe(2);
  });

  it.each(["errors", "gateway"] as const)(
    "renews a revoked token once, whatever form the 401 has: %s",
    async (unauthorized) => {
      const { sandbox, client } = world({ switches: { unauthorized } });
      await client.trackNumbers(["790000000001"]);
      sandbox.revokeTokens();
      await client.trackNumbers(["790000000001"]);
      expect(sandbox.tokensPerKey).toEqual({ "track-key": 2 });
    },
  );

  it("asks once a minute with a wrong key, and so meets no penalty", async () => {
    const { sandbox, process, clock } = world();
    for (let runs = 0; runs < 30; runs += 1) {
      const error = await failure(process({ ...keys, apiSecret: "wrong" }).createShipment(body, reference));
      expect(error).toBeInstanceOf(AuthError);
      clock.advance(1_000);
    }
    expect(sandbox.tokenCalls).toBe(1);
  });

  it("waits a penalty out without a call", async () => {
    const { sandbox, process, clock } = world();
    for (let calls = 0; calls < 20; calls += 1) {
      await sandbox.fetch(new Request("https://apis.fedex.com/oauth/token", { method: "POST" }));
    }
    const before = sandbox.tokenCalls;
    for (let runs = 0; runs < 10; runs += 1) {
      expect(await failure(process().createShipment(body, reference))).toBeInstanceOf(NotSentError);
      clock.advance(59_000);
    }
    expect(sandbox.tokenCalls).toBe(before + 1);
    clock.advance(10_000);
    expect((await process().createShipment(body, reference)).value.trackingNumber).toMatch(/^\d+$/);
  });

  it("stops at the daily quota after two calls, and goes on the day after", async () => {
    const { sandbox, client, clock } = world();
    sandbox.dailyQuota.limit = 0;
    expect(await failure(client.createShipment(body, reference))).toBeInstanceOf(NotSentError);
    expect(sandbox.requests.filter((request) => request.includes("/ship/"))).toHaveLength(2);
    sandbox.dailyQuota.limit = 500_000;
    clock.advance(8 * 3_600_000);
    await client.createShipment(body, reference);
    expect(sandbox.liveLabelsOf(reference)).toHaveLength(1);
  });

  it("meets no limit of a project, since it keeps it by itself", async () => {
    const { sandbox, client, clock } = world({ limitPerWindow: 1_400 });
    for (let calls = 0; calls < 5; calls += 1) await client.trackNumbers(["790000000001"]);
    expect(sandbox.requests.filter((request) => request.includes("/track/"))).toHaveLength(5);
    expect(clock.now().toISOString()).toBe("2026-11-23T16:00:00.000Z");
  });
});
