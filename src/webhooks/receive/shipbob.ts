import type { Named } from "../../core/ports.ts";
import { distinct, idAt, isName, jsonFrom, listAt, memberAt, refused, type VendorCall, type Verdict } from "./call.ts";
import { standardWebhookId } from "./standard-webhooks.ts";

/** What proves ShipBob's calls (ShipBob, 10): the secrets of its subscriptions, while one is replaced both. */
export interface ShipBobCalls {
  secrets: readonly string[];
}

/** Names of before the dated versions. */
const oldTopics = {
  order_shipped: "order.shipped",
  shipment_delivered: "order.shipment.delivered",
  shipment_exception: "order.shipment.exception",
  shipment_onhold: "order.shipment.on_hold",
  shipment_cancelled: "order.shipment.cancelled",
} as const satisfies Record<string, string>;

/** Verifies a call of ShipBob. Pure. */
export function shipBobVerdict(call: VendorCall, { secrets }: ShipBobCalls): Verdict {
  const proved = standardWebhookId(call, secrets);
  if ("reason" in proved) return refused(401, proved.reason);
  const json = jsonFrom(call.body);
  const told = call.headers.get("x-webhook-topic") ?? call.headers.get("shipbob-topic");
  if (!json || told === null || !isName(told)) return refused(400, "no topic, or no JSON");
  const topic = Object.entries(oldTopics).find(([old]) => old === told)?.[1] ?? told;
  return { event: { id: proved.id, topic, records: recordsOf(topic, json.value), body: json.text } };
}

/** No schema is published: ids are looked for where handlers have seen them, and all else is fetched. */
function recordsOf(topic: string, body: object): Named[] {
  const data = memberAt(body, ["data"]) ?? body;
  if (topic.startsWith("billing.")) return named("chargeId", idAt(data, ["id"], ["charge_id"], ["transaction_id"]));
  if (topic.startsWith("order.shipment.")) {
    const shipment = idAt(data, ["shipment_id"], ["shipment", "id"], ["id"]);
    return distinct([...named("shipmentId", shipment), ...named("orderId", idAt(data, ["order_id"]))]);
  }
  if (!topic.startsWith("order.")) return [];
  const shipments = listAt(data, ["shipments"]).flatMap((one) => named("shipmentId", idAt(one, ["id"])));
  return distinct([...named("orderId", idAt(data, ["order_id"], ["order", "id"], ["id"])), ...shipments]);
}

function named(kind: Named["kind"], id: string | undefined): Named[] {
  return id === undefined ? [] : [{ kind, id }];
}
