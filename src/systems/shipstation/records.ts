import { z } from "zod";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import { pacific } from "../../connectors/shipstation/schema.ts";
import type { Ref } from "../../core/delivery.ts";
import type { SourceRecord } from "../../core/ports.ts";
import { instantText } from "../../core/time.ts";
import {
  combinedOrders,
  orderFacts,
  type ShipmentPayload,
  shipmentVersion,
} from "../../mappings/shipstation/shipment.ts";

const factsSchema = z.object({ order: orderFacts.optional(), combined: combinedOrders.optional() });
type ShipmentFacts = z.infer<typeof factsSchema>;

/** What names a shipment; no personal data. */
export interface ShipmentRef {
  id: string;
  orderId?: number;
  trackingNumber?: string;
  /** When it was made, so that many are found in one list. */
  at?: string;
  /** What its orders told of themselves, so that they are not asked again. */
  facts?: ShipmentFacts;
}

/** A ref as it was kept. Pure. */
export function refOf(ref: Ref): ShipmentRef {
  const { id, orderId, trackingNumber, at, facts } =
    ref !== null && typeof ref === "object" && !Array.isArray(ref) ? ref : {};
  return {
    id: typeof id === "string" ? id : "",
    ...(typeof orderId === "number" ? { orderId } : {}),
    ...(typeof trackingNumber === "string" ? { trackingNumber } : {}),
    ...(typeof at === "string" ? { at } : {}),
    ...(facts === undefined ? {} : { facts: factsSchema.parse(facts) }),
  };
}

/** A payload as a record. Pure. */
export function recordOf(payload: ShipmentPayload): SourceRecord {
  const ref = namesOf(payload);
  return { id: ref.id, version: shipmentVersion(payload), ref: z.json().parse(ref), payload };
}

function namesOf(payload: ShipmentPayload): ShipmentRef {
  switch (payload.kind) {
    case "shipment": {
      const { shipmentId, orderId, trackingNumber, createDate } = payload.shipment;
      const by = orderId ? { orderId } : trackingNumber ? { trackingNumber } : {};
      return { id: `se-${shipmentId}`, ...by, ...madeAt(createDate), ...factsIn(payload) };
    }
    case "fulfillment":
      return {
        id: `f-${payload.fulfillment.fulfillmentId}`,
        ...madeAt(payload.fulfillment.createDate),
        ...factsIn(payload),
      };
    case "label": {
      const { label_id, shipment_id, created_at } = payload.label;
      const orderId = Number(shipment_id?.replace(/^se-/, ""));
      const by = Number.isInteger(orderId) && orderId > 0 ? { orderId } : {};
      return { id: label_id, ...by, ...madeAt(created_at) };
    }
    case "unreadable":
      return { id: payload.id };
  }
}

/** A row that ShipStation cannot give becomes a record that cannot be read, so that it is told and set aside. */
export function unreadableRecord(
  stream: string,
  { position, message }: { position: string; message: string },
): SourceRecord {
  return recordOf({ kind: "unreadable", id: `${stream}@${position}`, message });
}

function factsIn({ order, combined }: ShipmentFacts): { facts?: ShipmentFacts } {
  if (!order && !combined) return {};
  return { facts: { ...(order ? { order } : {}), ...(combined ? { combined } : {}) } };
}

function madeAt(createDate: string | null | undefined): { at?: string } {
  const at = createDate ? instantText(createDate, pacific) : undefined;
  return at === undefined ? {} : { at };
}

const sorted = { sortBy: "CreateDate", sortDir: "ASC" } as const;
const byCreateDate = { api: "v1", time: "createDate", startParameter: "createDateStart" } as const;

/** The list of labels with their lines (V1, 4.1). */
export function shipmentList(query: Listing["query"]): Listing {
  const all = { includeShipmentItems: "true", ...query, ...sorted };
  return { ...byCreateDate, path: "/shipments", rows: "shipments", id: "shipmentId", query: all };
}

/** The list of orders that were marked as shipped or shipped by a third party (V1, 4.2). */
export const fulfillmentList: Listing = {
  ...byCreateDate,
  path: "/fulfillments",
  rows: "fulfillments",
  id: "fulfillmentId",
  query: sorted,
};
