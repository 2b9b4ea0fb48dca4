import { createHmac } from "node:crypto";
import type { Route } from "../receive/receiver.ts";

/** What a person says that a trial call names; what is left out is made up, and is no record of anybody's. */
export interface Naming {
  id?: string | undefined;
  order?: string | undefined;
  tracking?: string | undefined;
  legalEntity?: string | undefined;
}

/** What a trial call is made of. */
export interface TrialGiven {
  naming: Naming;
  /** The profile's own, by which its receiver knows the system. */
  secret: string;
  now: Date;
  /** Another one for each call, so that none counts as a repetition. */
  unique: string;
  /** Scheme and host of ShipStation's API as it is connected: another one is refused. */
  apiUrl: string;
  legalEntities: readonly string[];
  /** Where F&O's events have the order's number; absent: where the usual ones have it. */
  orderNumberPath: readonly string[] | undefined;
}

/** A call as the system would make it. */
export interface TrialCall {
  route: Route;
  /** Stands at the end of the address. */
  token?: string;
  headers: Record<string, string>;
  body: string;
}

const json = { "content-type": "application/json" };

/** No record has it. */
const nobody = "00000000-0000-0000-0000-000000000000";

/** ShipStation V1 points to a list (ShipStation, 6), here by an order's number or a batch. Pure. */
export function shipStationCall(topic: string, { naming, secret, unique, apiUrl }: TrialGiven): TrialCall {
  const list = topic.startsWith("FULFILLMENT") ? "fulfillments" : topic.includes("ORDER") ? "orders" : "shipments";
  const batch = { fulfillments: "fulfillmentId", orders: "importBatch", shipments: "batchId" }[list];
  const byOrder = `orderNumber=${encodeURIComponent(naming.order ?? `MLC-TRIAL-${unique}`)}`;
  const query = naming.id === undefined ? byOrder : `${batch}=${encodeURIComponent(naming.id)}`;
  const body = JSON.stringify({ resource_url: `${apiUrl}/${list}?${query}`, resource_type: topic });
  return { route: "shipstation", token: secret, headers: json, body };
}

/** ShipBob signs as Standard Webhooks says; the ids are where its own bodies have them (ShipBob, 10). Pure. */
export function shipBobCall(topic: string, { naming, secret, now, unique }: TrialGiven): TrialCall {
  const [id, order] = [idOf(naming.id ?? "0"), idOf(naming.order ?? "0")];
  const whole = { id: order, shipments: naming.id === undefined ? [] : [{ id }] };
  const part = { id, order_id: order };
  const body = JSON.stringify(topic === "order.shipped" ? whole : topic.startsWith("billing.") ? { id } : part);
  const [message, timestamp] = [`msg_${unique}`, String(Math.floor(now.getTime() / 1000))];
  const [newest = ""] = secret.split(/[\s,]+/);
  const key = Buffer.from(newest.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${message}.${timestamp}.${body}`).digest("base64");
  const proof = { "webhook-id": message, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
  return { route: "shipbob", headers: { ...json, ...proof, "x-webhook-topic": topic }, body };
}

/** ShipBob's ids are numbers. */
function idOf(text: string): string | number {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** FedEx pushes what Track tells (FedEx, 4.1 and 5). Pure. */
export function fedexCall(_: string, { naming, secret, now }: TrialGiven): TrialCall {
  const trackingNumber = naming.tracking ?? "000000000000";
  const trackResults = [{ trackingNumberInfo: { trackingNumber }, scanEvents: [{ date: now.toISOString() }] }];
  const body = JSON.stringify({ output: { completeTrackResults: [{ trackingNumber, trackResults }] } });
  const signature = createHmac("sha256", secret).update(body).digest("base64");
  return { route: "fedex", headers: { ...json, "fdx-signature": signature }, body };
}

/** Business Central proves itself by the `clientState` alone (BC, 7.2). Pure. */
export function bcCall(set: string, { naming, secret, now }: TrialGiven): TrialCall {
  const one = {
    subscriptionId: nobody.replaceAll("-", ""),
    clientState: secret,
    resource: `api/v2.0/companies(${nobody})/${set}(${naming.id ?? nobody})`,
    changeType: "updated",
    lastModifiedDateTime: now.toISOString(),
  };
  return { route: "bc", headers: json, body: JSON.stringify({ value: [one] }) };
}

/** F&O's test of an endpoint (F&O, 7.1). */
export const fnoTest = "BusinessEventsTestEndpointContract";

/** The smallest of its 64 bits, which no number of ours can be. */
const testControlNumber = "-9223372036854775808";

/** F&O signs nothing: the token is in the address (F&O, 7). Pure. */
export function fnoCall(event: string, given: TrialGiven): TrialCall {
  const { naming, secret, now, unique, legalEntities, orderNumberPath } = given;
  const isTest = event === fnoTest;
  const legalEntity = naming.legalEntity ?? legalEntities[0] ?? "";
  const number = naming.order ?? `MLC-TRIAL-${unique}`;
  const envelope = {
    BusinessEventId: event,
    BusinessEventLegalEntity: legalEntity,
    ContextRecordSubject: "",
    ControlNumber: 0,
    EventId: unique,
    EventTime: `/Date(${now.getTime()})/`,
    EventTimeIso8601: now.toISOString().replace("Z", "0000Z"),
    InitiatingUserAADObjectId: `{${nobody}}`,
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: [],
  };
  const order = { LegalEntity: legalEntity, ...nested(orderNumberPath ?? ["SalesOrderNumber"], number) };
  const body = JSON.stringify({ ...envelope, ...(isTest ? {} : order) });
  const sent = isTest ? body.replace('"ControlNumber":0', `"ControlNumber":${testControlNumber}`) : body;
  return { route: "fno", token: secret, headers: json, body: sent };
}

function nested(path: readonly string[], value: string): Record<string, unknown> {
  const [first = "", ...rest] = path;
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}
