import { bodyId, idAt, isSameSecret, jsonFrom, refused, type VendorCall, type Verdict } from "./call.ts";

/** What proves Business Events, which nobody signs, and what is read of them (F&O, 7). */
export interface FnoCalls {
  /** Stands in the address. */
  token: string;
  /** The events that name orders; an empty list takes all. */
  eventIds: readonly string[];
  /** Where the order's number is; absent: where the events that are known have it. */
  orderNumberPath?: readonly string[];
}

const testEvent = "BusinessEventsTestEndpointContract";

/** Verifies a Business Event. Pure. */
export function fnoVerdict(call: VendorCall, { token, eventIds, orderNumberPath }: FnoCalls): Verdict {
  if (!isSameSecret(call.token ?? "", token)) return refused(401, "the token is another one");
  const json = jsonFrom(call.body);
  const topic = idAt(json?.value, ["BusinessEventId"]);
  if (!json || topic === undefined) return refused(400, "no BusinessEventId");
  if (topic === testEvent) return { ignored: "F&O's test of the endpoint" };
  // A refusal would have F&O send it again and tell of an error.
  if (eventIds.length > 0 && !eventIds.includes(topic)) return { ignored: "an event that is not configured" };
  const paths = orderNumberPath ? [orderNumberPath] : [["SalesOrderNumber"], ["SalesId"], ["SalesOrder"]];
  const number = idAt(json.value, ...paths);
  if (number === undefined) return refused(400, "no order number");
  const legalEntity = idAt(json.value, ["BusinessEventLegalEntity"], ["LegalEntity"])?.toLowerCase();
  const record = { kind: "orderNumber" as const, id: number, ...(legalEntity ? { legalEntity } : {}) };
  const id = idAt(json.value, ["EventId"]) ?? bodyId(call.body);
  return { event: { id, topic, records: [record], body: json.text } };
}
