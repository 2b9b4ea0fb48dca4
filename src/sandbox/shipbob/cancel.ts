/** Cancelling shipments (ShipBob, 5.7). */

import type { Account } from "./account.ts";
import { release } from "./allocation.ts";
import { touch } from "./details.ts";
import type { ShipmentRow } from "./rows.ts";

/** One shipment's part of a cancellation's answer. */
export interface CancelResult {
  shipment_id: number;
  action: "Cancel";
  is_success: boolean;
  reason: string | null;
}

/** Cancels a shipment that is not picked yet; tells why when it cannot. */
export function cancelShipment(account: Account, shipment: ShipmentRow): CancelResult {
  const reason = obstacleOf(shipment);
  if (reason === null) {
    release(account, shipment);
    shipment.status = "Cancelled";
    shipment.details = [];
    touch(account, shipment);
    account.tell("order.shipment.cancelled", shipment);
  }
  return { shipment_id: shipment.id, action: "Cancel", is_success: reason === null, reason };
}

function obstacleOf({ status, details }: ShipmentRow): string | null {
  if (status === "Cancelled") return "Shipment is already cancelled.";
  if (status === "Completed" || status === "LabeledCreated" || status === "CleanSweeped")
    return `Shipment cannot be cancelled: it is ${status}.`;
  const isPicked = details.some(({ id }) => id >= 100 && id < 200);
  return isPicked ? "Shipment cannot be cancelled: it has been picked." : null;
}
