/** Calls about shipments (ShipBob, 5.4 to 5.7). */

import { z } from "zod";
import type { Account } from "./account.ts";
import { cancelShipment } from "./cancel.ts";
import { json, read } from "./order-input.ts";
import { checkOwn, isIn, orderOf } from "./orders.ts";
import { empty, fields, plain } from "./refusals.ts";
import { type Call, numberOf, type Route } from "./routes.ts";
import type { EventRow, ShipmentRow } from "./rows.ts";
import { showShipment } from "./show.ts";

/** Shipments: read, followed, flagged, cancelled. */
export function shipmentRoutes(account: Account): Route[] {
  const read = { method: "GET", scope: "orders_read", channel: "optional" } as const;
  const write = { method: "POST", scope: "orders_write" } as const;
  const show = (call: Call, index = 0) => Response.json(showShipment(account, shipmentOf(account, call, index)));
  return [
    { ...read, path: "/shipment/{id}", handle: (call) => show(call) },
    { ...read, path: "/order/{id}/shipment", handle: (call) => ofOrder(account, call) },
    { ...read, path: "/order/{id}/shipment/{id}", handle: (call) => show(call, 1) },
    ...["/shipment/{id}", "/order/{id}/shipment/{id}"].flatMap((path, index): Route[] => [
      { ...read, path: `${path}/timeline`, handle: (call) => timeline(account, call, index) },
      { ...read, path: `${path}/logs`, handle: (call) => logs(shipmentOf(account, call, index).timeline) },
      { ...write, path: `${path}:cancel`, handle: (call) => cancel(account, call, index) },
    ]),
    {
      ...write,
      path: "/shipment:batchCancel",
      channel: "required",
      handle: (call) => cancelMany(account, call),
    },
    { ...write, path: "/shipment:batchUpdateTrackingUpload", handle: (call) => flag(account, call) },
  ];
}

function shipmentOf(account: Account, call: Call, index: number): ShipmentRow {
  const shipment = account.shipment(numberOf(call, index));
  const order = shipment && account.order(shipment.orderId);
  if (!shipment || !order || !isIn(order, call)) throw empty(404);
  if (index === 1 && order.id !== numberOf(call)) throw empty(404);
  return shipment;
}

function ofOrder(account: Account, call: Call): Response {
  return Response.json(orderOf(account, call).shipments.map((shipment) => showShipment(account, shipment)));
}

function timeline(account: Account, call: Call, index: number): Response {
  const { timeline } = shipmentOf(account, call, index);
  if (account.switches.timeline === "absent") throw empty(404);
  return logs(timeline);
}

function logs(events: readonly EventRow[]): Response {
  return Response.json(
    events.map(({ id, name, text, at }) => ({
      log_type_id: id,
      log_type_name: name,
      log_type_text: text,
      metadata: null,
      timestamp: at,
    })),
  );
}

function cancel(account: Account, call: Call, index: number): Response {
  const shipment = shipmentOf(account, call, index);
  const order = account.order(shipment.orderId);
  if (order) checkOwn(account, order, call);
  const { is_success, reason } = cancelShipment(account, shipment);
  if (!is_success) throw fields(422, { "": [reason ?? ""] });
  account.record("POST /shipment/{id}:cancel", shipment.referenceId, { shipment_id: shipment.id });
  return Response.json(showShipment(account, shipment));
}

const many = z.object({ shipment_ids: z.array(z.int()).min(1) });

function cancelMany(account: Account, call: Call): Response {
  const { shipment_ids } = read(many, json(call.text));
  const results = shipment_ids.map((id) => {
    const shipment = account.shipment(id);
    const order = shipment && account.order(shipment.orderId);
    if (!shipment || !order || !isIn(order, call))
      return { shipment_id: id, action: "Cancel", is_success: false, reason: "Shipment not found." };
    return cancelShipment(account, shipment);
  });
  account.record("POST /shipment:batchCancel", shipment_ids.join(","), { shipment_ids });
  return Response.json({ results });
}

const flags = z.object({ is_tracking_uploaded: z.boolean(), shipment_ids: z.array(z.int()).min(1) });

/** Answers 200 even when items fail, in camelCase (5.6). */
function flag(account: Account, call: Call): Response {
  const parsed = flags.safeParse(json(call.text));
  if (!parsed.success) throw plain(400, "The request is invalid.");
  const { is_tracking_uploaded, shipment_ids } = parsed.data;
  const results = shipment_ids.map((shipmentId) => {
    const shipment = account.shipment(shipmentId);
    if (!shipment)
      return { shipmentId, isSuccess: false, error: { code: "NOT_FOUND", message: `No shipment ${shipmentId}.` } };
    shipment.isTrackingUploaded = is_tracking_uploaded;
    return { shipmentId, isSuccess: true, error: null };
  });
  account.record("POST /shipment:batchUpdateTrackingUpload", shipment_ids.join(","), parsed.data);
  const failed = results.filter(({ isSuccess }) => !isSuccess).length;
  const summary = { total: results.length, successful: results.length - failed, failed };
  return Response.json({ results, summary });
}
