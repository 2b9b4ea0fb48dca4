/** Status details of shipments and lines of their timeline, by ShipBob's ids (ShipBob, 5.4 and 5.5). */

import type { Account } from "./account.ts";
import type { ShipmentRow, StatusDetailRow } from "./rows.ts";

/** Names of status details. */
export const detailNames = {
  100: "Picked",
  101: "Packed",
  102: "Labeled",
  200: "Processing",
  201: "InTransit",
  202: "OutForDelivery",
  203: "Delivered",
  204: "DeliveryException",
  300: "Bundle",
  301: "MergedItem",
  302: "InactiveSku",
  303: "OutOfStock",
  304: "UnknownSku",
  305: "InternalTransferInProgress",
  306: "BinTransferInProgress",
  307: "InventoryInNonPickableLocation",
  308: "InventoryPartiallyCommitted",
  400: "PaymentDeclined",
  401: "InvalidAddress",
  402: "ReserveDateNotMet",
  404: "MissingTarriffInformation",
} as const;

/** The name of a status detail. */
export type DetailName = (typeof detailNames)[keyof typeof detailNames];

/** Why a shipment is an exception. */
export type ExceptionName = Extract<
  DetailName,
  | "Bundle"
  | "MergedItem"
  | "InactiveSku"
  | "OutOfStock"
  | "UnknownSku"
  | "InternalTransferInProgress"
  | "BinTransferInProgress"
  | "InventoryInNonPickableLocation"
  | "InventoryPartiallyCommitted"
>;

/** Why a shipment is on hold. */
export type HoldName = Extract<
  DetailName,
  "PaymentDeclined" | "InvalidAddress" | "ReserveDateNotMet" | "MissingTarriffInformation"
>;

/** A status detail by its name; `Processing` is the one of completed shipments. */
export function detail(name: DetailName, more: Partial<StatusDetailRow> = {}): StatusDetailRow {
  const [id] = Object.entries(detailNames).find(([, known]) => known === name) ?? [0];
  return {
    id: Number(id),
    name,
    description: name,
    inventory_id: null,
    exception_fulfillment_center_id: null,
    extra_information: null,
    ...more,
  };
}

/** Names of lines of the timeline. */
export const eventNames = {
  601: "OrderCreated",
  602: "OrderPicked",
  603: "OrderPacked",
  604: "LabelCreated",
  605: "LabelValidated",
  607: "OrderInTransit",
  608: "OrderOutForDelivery",
  609: "OrderDelivered",
  611: "DeliveryAttemptFailed",
  612: "OrderShipped",
  613: "InventoryAllocated",
} as const;

/** Adds a line to a shipment's timeline, which leaves `last_update_at` as it was. */
export function addEvent(account: Account, shipment: ShipmentRow, id: keyof typeof eventNames): void {
  const name = eventNames[id];
  shipment.timeline.push({ id, name, text: name.replace(/(?<=[a-z])(?=[A-Z])/g, " "), at: account.now() });
}

/** Moves a shipment's `last_update_at`. */
export function touch(account: Account, shipment: ShipmentRow): void {
  shipment.updated = account.now();
}
