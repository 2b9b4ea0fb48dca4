import type { Shipment as Row } from "../../connectors/shipbob/orders/schema.ts";
import type { TimelineEvent, TrackedShipment } from "../../connectors/shipbob/shipments/schema.ts";
import type { Instant, Scan } from "../../core/model.ts";
import { instantText } from "../../core/time.ts";
import { type DeliveryStatus, shipBobStatusOf } from "../codes.ts";

/** What is known of a shipment beside its own row. */
export interface ShipmentNews {
  tracked?: TrackedShipment | undefined;
  timeline?: readonly TimelineEvent[] | undefined;
  /** Its carrier could not be asked this time, or is asked no more. */
  isUntracked?: true;
}

/** How far a shipment that left has come. */
export interface Progress {
  status?: DeliveryStatus;
  deliveredAt?: Instant;
  scans: Scan[];
  /** ShipBob's words for where it is, where mlc knows none of them. */
  unknown?: string;
  /** What its carrier says of its trouble. */
  trouble?: string;
}

/** Ids of the timeline's events (5.5). */
const event = { labelled: 604, delivered: 609, shipped: 612 };

/** The order of status details that stand side by side: the most certain first (5.4). */
const detailIds: readonly [number, DeliveryStatus][] = [
  [203, "delivered"],
  [204, "exception"],
  [202, "out for delivery"],
  [201, "in transit"],
  [200, "label created"],
];

/** Where ShipBob says a shipment that left is: by its own delivery date, its carrier, its status details, its status. Pure. */
export function progressOf(row: Row, { tracked: given, timeline = [] }: ShipmentNews): Progress {
  const number = row.tracking?.tracking_number ?? "";
  // Of a label that was made again the carrier's news may still be of the old one (5.6).
  const tracked = given && isOf(given, number) ? given : undefined;
  const told = tracked && statusIn(tracked);
  const detail = detailIds.find(([id]) => row.status_details?.some((one) => one.id === id))?.[1];
  const isDelivered = row.delivery_date !== "" || told === "delivered" || detail === "delivered";
  const status = isDelivered ? "delivered" : (told ?? detail ?? statusOf(row));
  const deliveredAt = isDelivered ? deliveryTime(row, tracked, timeline) : undefined;
  const isTrouble = status === "exception" || status === "on hold" || status === "returning";
  const trouble = tracked && isTrouble ? wordsOf(tracked) : undefined;
  return {
    status,
    scans: scansIn(tracked, number),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(tracked && told === undefined && tracked.status !== "" ? { unknown: tracked.status } : {}),
    ...(trouble ? { trouble } : {}),
  };
}

/** When a shipment left by its timeline: shipped, else labelled. Pure. */
export function leftAt(timeline: readonly TimelineEvent[]): string {
  return timeAt(timeline, event.shipped) || timeAt(timeline, event.labelled);
}

/** `Completed` says that it left the warehouse, and not that it was delivered (1). */
function statusOf({ status }: Row): DeliveryStatus {
  return status === "Completed" ? "picked up" : "label created";
}

function isOf({ carrier_tracking_number }: TrackedShipment, number: string): boolean {
  return carrier_tracking_number === "" || carrier_tracking_number === number;
}

function statusIn({ status, substatus }: TrackedShipment): DeliveryStatus | undefined {
  const told = shipBobStatusOf(status);
  const isOut = told === "in transit" && shipBobStatusOf(substatus) === "out for delivery";
  return isOut ? "out for delivery" : told;
}

function deliveryTime(
  row: Row,
  tracked: TrackedShipment | undefined,
  timeline: readonly TimelineEvent[],
): string | undefined {
  const isLast = tracked && shipBobStatusOf(tracked.status) === "delivered";
  const scan = tracked?.history?.find(({ status }) => shipBobStatusOf(status) === "delivered");
  const found =
    row.delivery_date || scan?.timestamp || timeAt(timeline, event.delivered) || (isLast ? tracked.last_updated : "");
  return instantText(found, "UTC");
}

function timeAt(timeline: readonly TimelineEvent[], id: number): string {
  return timeline.findLast(({ log_type_id }) => log_type_id === id)?.timestamp ?? "";
}

function scansIn(tracked: TrackedShipment | undefined, trackingNumber: string): Scan[] {
  const scans = (tracked?.history ?? []).map((one): Scan => {
    const at = instantText(one.timestamp, "UTC") ?? one.timestamp;
    const text = one.message || one.carrier_message || one.status;
    const id = `${trackingNumber} ${at} ${text}`;
    return { id, trackingNumber, at, text, ...(one.location === "" ? {} : { place: one.location }) };
  });
  return scans.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}

function wordsOf({ status, message, carrier_message }: TrackedShipment): string {
  return [...new Set([status, message, carrier_message])].filter((text) => text !== "").join(": ");
}
