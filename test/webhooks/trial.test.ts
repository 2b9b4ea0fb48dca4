import { describe, expect, it } from "vitest";
import type { Named } from "../../src/core/ports.ts";
import type { KnownCallers } from "../../src/webhooks/receive/receiver.ts";
import { fnoTest, type Naming } from "../../src/webhooks/trial/call.ts";
import { trialKinds, trialOf } from "../../src/webhooks/trial/events.ts";
import { trialAnswer, trialUrl } from "../../src/webhooks/trial/send.ts";
import { callers, judged, now, secrets } from "./callers.ts";

const apiUrl = "http://127.0.0.1:9102";

function callOf(name: string, naming: Naming = {}, unique = "u1", orderNumberPath?: readonly string[]) {
  const found = trialOf(name);
  if (!found) throw new Error(`there is no ${name}`);
  const { kind, event } = found;
  const secret = secrets[kind.system as keyof typeof secrets];
  return kind.call(event, { naming, secret, now, unique, apiUrl, legalEntities: ["usmf"], orderNumberPath });
}

const all = trialKinds.flatMap(({ system, events }) => events.map((event) => `${system}.${event}`));

describe("a trial call", () => {
  it.each([...all, "fno.SalesOrderConfirmedBusinessEvent"])("%s is taken by the receiver", async (name) => {
    const verdict = await judged(callOf(name));
    if (name === `fno.${fnoTest}`) expect(verdict).toEqual({ ignored: "F&O's test of the endpoint" });
    else expect(verdict).toMatchObject({ event: { topic: name.slice(name.indexOf(".") + 1) } });
  });

  it.each<[string, Naming, Named[]]>([
    [
      "shipstation.SHIP_NOTIFY",
      { order: "SO 1&x=y" },
      [{ kind: "resourceUrl", id: `${apiUrl}/shipments?orderNumber=SO%201%26x%3Dy` }],
    ],
    ["shipstation.ORDER_NOTIFY", { id: "7" }, [{ kind: "resourceUrl", id: `${apiUrl}/orders?importBatch=7` }]],
    [
      "shipbob.order.shipped",
      { order: "240765630", id: "320263454" },
      [
        { kind: "orderId", id: "240765630" },
        { kind: "shipmentId", id: "320263454" },
      ],
    ],
    ["shipbob.billing.charge.created", { id: "12" }, [{ kind: "chargeId", id: "12" }]],
    ["fedex.tracking", { tracking: "794600000001" }, [{ kind: "trackingNumber", id: "794600000001" }]],
    [
      "fno.SalesOrderConfirmedBusinessEvent",
      { order: "SO-1", legalEntity: "DEMF" },
      [{ kind: "orderNumber", id: "SO-1", legalEntity: "demf" }],
    ],
  ])("%s names %o", async (name, naming, records) => {
    expect(await judged(callOf(name, naming))).toMatchObject({ event: { records } });
  });

  it("of Business Central names the record of a set", async () => {
    const verdict = await judged(callOf("bc.salesOrders", { id: "5f3b0d0e-1111-4222-8333-944455566677" }));
    expect(JSON.stringify(verdict)).toContain("5f3b0d0e-1111-4222-8333-944455566677");
  });

  it("of F&O has the order's number where the settings say", async () => {
    const path = ["Order", "Number"];
    const known: KnownCallers = { fno: { token: secrets.fno, eventIds: [], orderNumberPath: path } };
    const call = callOf("fno.Own", { order: "SO-1" }, "u1", path);
    expect(await judged(call, known)).toMatchObject({ event: { topic: "Own", records: [{ id: "SO-1" }] } });
  });

  it("of F&O's test has its control number to the last digit", () => {
    expect(callOf(`fno.${fnoTest}`).body).toContain('"ControlNumber":-9223372036854775808,');
  });

  it("with another secret is refused", async () => {
    const other = { ...callers(), fedex: { secret: "AnotherFedExToken123456789012" } };
    expect(await judged(callOf("fedex.tracking"), other)).toMatchObject({ refused: { status: 401 } });
  });

  it("is no repetition of one before, though both name nothing", async () => {
    const ids = await Promise.all(
      ["u1", "u2"].map(async (unique) => {
        const verdict = await judged(callOf("shipstation.SHIP_NOTIFY", {}, unique));
        return verdict && "event" in verdict ? verdict.event.id : "";
      }),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe("where it goes", () => {
  it.each([
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787/webhooks/fno"],
    ["https://sync.example/behind/", "https://sync.example/behind/webhooks/fno"],
    ["https://sync.example/webhooks/fno", "https://sync.example/webhooks/fno"],
    ["https://sync.example/behind/webhooks/fno/some-token", "https://sync.example/behind/webhooks/fno"],
  ])("%s is %s", (base, url) => {
    expect(trialUrl(base, "fno")).toBe(url);
  });

  it("an answer that is none of the receiver's is told as such", () => {
    expect([200, 401, 404, 503, 302].map((status) => trialAnswer(status).exitCode)).toEqual([0, 4, 5, 5, 5]);
    expect(trialAnswer(302).meaning).toContain("something else");
  });

  it("what is no event of a system is none", () => {
    expect(
      ["fedex", "fedex.other", "nav.x", "fno.", "fno.a b", "shipstation-v2.LABEL_CREATED_V2"].map(trialOf),
    ).toEqual(Array.from({ length: 6 }, () => undefined));
  });
});
