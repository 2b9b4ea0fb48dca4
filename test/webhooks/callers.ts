import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Verdict } from "../../src/webhooks/receive/call.ts";
import { KeySet } from "../../src/webhooks/receive/key-set.ts";
import { type KnownCallers, type Route, verdictOf } from "../../src/webhooks/receive/receiver.ts";
import { shipStationKeysUrl } from "../../src/webhooks/receive/shipstation-v2.ts";

/** When all calls of these tests arrive. */
export const now = new Date("2026-11-21T16:00:00Z");

/** What the vendors of these tests prove themselves with. */
export const secrets = {
  shipstation: "token-of-shipstation-0001",
  fno: "token-of-fno-0001",
  shipbob: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  fedex: "FedExSecurityToken1234567890",
  bc: "client-state-of-mlc",
};

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A call on its way to mlc. */
export interface SentCall {
  route: Route;
  token?: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** What was asked for keys. */
export const keyRequests: string[] = [];

/** A JWKS with the key of these tests under the id `k1`. */
export const jwks = (more: object = {}) => ({
  keys: [{ ...pair.publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig", ...more }],
});

/** A key set that is read from a function. */
export function keySet(answer: () => Response, clock = jumpingClock(now)): KeySet {
  const fetch = async (input: Parameters<typeof globalThis.fetch>[0]) => {
    keyRequests.push(String(input));
    return answer();
  };
  return new KeySet({ url: shipStationKeysUrl, fetch, clock });
}

/** All vendors, as they are known in these tests. */
export function callers(keys = keySet(() => Response.json(jwks()))): Required<KnownCallers> {
  return {
    shipstation: { token: secrets.shipstation, apiUrl: "http://127.0.0.1:9102" },
    "shipstation-v2": { keys, apiUrlV2: "http://127.0.0.1:9102" },
    shipbob: { secrets: [secrets.shipbob] },
    fedex: { secret: secrets.fedex },
    bc: { secret: secrets.bc },
    fno: { token: secrets.fno, eventIds: ["SalesOrderConfirmedBusinessEvent"] },
  };
}

/** Has mlc judge a call. */
export function judged(call: SentCall, known: KnownCallers = callers(), at = now): Promise<Verdict | undefined> {
  const { route, token, headers, body } = call;
  const sent = { headers: new Headers(headers), body: Buffer.from(body), at };
  return verdictOf(route, token === undefined ? sent : { ...sent, token }, known);
}

const json = { "content-type": "application/json" };
const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));

/** ShipStation V1, token in the address. */
export function fromShipStation(resourceUrl: string, topic = "SHIP_NOTIFY"): SentCall {
  const body = JSON.stringify({ resource_url: resourceUrl, resource_type: topic });
  return { route: "shipstation", token: secrets.shipstation, headers: json, body };
}

/** ShipStation V2, signed by the key of these tests. */
export function fromShipStationV2(body: string, timestamp = seconds(now), kid = "k1"): SentCall {
  const signature = sign("RSA-SHA256", Buffer.from(`${timestamp}.${body}`), pair.privateKey).toString("base64");
  const headers = {
    ...json,
    "x-shipengine-rsa-sha256-key-id": kid,
    "x-shipengine-rsa-sha256-signature": signature,
    "x-shipengine-timestamp": timestamp,
  };
  return { route: "shipstation-v2", headers, body };
}

/** A signature of Standard Webhooks. */
export function signedStandard(id: string, timestamp: string, body: string, secret = secrets.shipbob): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** ShipBob. */
export function fromShipBob(body: string, topic = "order.shipped", id = "msg_1", at = now): SentCall {
  const timestamp = seconds(at);
  const headers = {
    ...json,
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signedStandard(id, timestamp, body),
    "x-webhook-topic": topic,
  };
  return { route: "shipbob", headers, body };
}

/** FedEx. */
export function fromFedEx(body: string): SentCall {
  const signature = createHmac("sha256", secrets.fedex).update(body).digest("base64");
  return { route: "fedex", headers: { ...json, "fdx-signature": signature }, body };
}

/** Business Central. */
export function fromBc(value: object[]): SentCall {
  const body = JSON.stringify({ value: value.map((one) => ({ clientState: secrets.bc, ...one })) });
  return { route: "bc", headers: json, body };
}

/** F&O. */
export function fromFno(event: object): SentCall {
  return { route: "fno", token: secrets.fno, headers: json, body: JSON.stringify(event) };
}

/** One good call of each vendor. */
export const goodCalls: SentCall[] = [
  fromShipStation("https://ssapi6.shipstation.com/shipments?batchId=190000001&includeShipmentItems=False"),
  fromShipStationV2(
    '{"resource_url":"https://api.shipstation.com/v2/labels?batch_id=se-1","resource_type":"LABEL_CREATED_V2"}',
  ),
  fromShipBob('{"id":240765630,"reference_id":"SO-1001","shipments":[{"id":320263454}]}'),
  fromFedEx('{"output":{"completeTrackResults":[{"trackingNumber":"794600000001","trackResults":[]}]}}'),
  fromBc([{ resource: "api/v2.0/companies(2f1c)/salesOrders(5f3b)", changeType: "updated" }]),
  fromFno({ BusinessEventId: "SalesOrderConfirmedBusinessEvent", SalesOrderNumber: "SO-1", LegalEntity: "USMF" }),
];
