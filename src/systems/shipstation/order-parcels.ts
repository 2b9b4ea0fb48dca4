import type { z } from "zod";
import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import {
  fulfillmentSchema,
  pacific,
  type Row,
  type ShipStationFulfillment,
  type ShipStationOrder,
  type ShipStationShipment,
  shipmentSchema,
} from "../../connectors/shipstation/schema.ts";
import { instantOf } from "../../core/time.ts";
import type { ShipmentPayload } from "../../mappings/shipstation/shipment.ts";
import type { ShipmentDetails } from "./enrich.ts";
import { type ParcelPlan, parcelPlan } from "./parcel-plan.ts";
import { fulfillmentList, shipmentList } from "./records.ts";

/** The hour that the Pacific clock shows twice, and what a label may be made before its order changes. */
const slackMs = 70 * 60_000;
/** V2's labels of so few orders are asked for one by one. */
const fewOrders = 5;

/** An order whose parcels are wanted. */
export interface ParcelOrder {
  order: ShipStationOrder;
  /** The key of the order that it was split from. */
  rootKey?: string | undefined;
}

/** Rows as they were read, and what ShipStation could not give or not as documented. */
interface Found {
  shipments: ShipStationShipment[];
  fulfillments: ShipStationFulfillment[];
  bad: { orderId: number; payload: ShipmentPayload }[];
}

/** Reads the labels and fulfillments of many orders in few calls. */
export class OrderParcels {
  readonly #client: ShipStationClient;
  readonly #details: ShipmentDetails;
  readonly #storeQuery: Listing["query"];

  constructor(client: ShipStationClient, details: ShipmentDetails, storeQuery: Listing["query"]) {
    this.#client = client;
    this.#details = details;
    this.#storeQuery = storeQuery;
  }

  /**
   * The parcels of each order by its id, oldest first; no entry where there are none. `isLate`: they may have parcels that
   * were made long after their last change.
   */
  async of(wanted: readonly ParcelOrder[], now: Date, isLate = false): Promise<Map<number, ShipmentPayload[]>> {
    const orders = wanted.map(({ order }) => order);
    const byId = new Map(wanted.map((one) => [one.order.orderId, one]));
    const { alone, listed } = parcelPlan(orders, isLate ? now : undefined);
    const all = listed && (await this.#listed(listed, now));
    const parcels = new Map<number, ShipmentPayload[]>();
    if (all) this.#take(parcels, await this.#payloads(all, byId, now));
    // Whose a row is that ShipStation cannot give, only its orders by themselves can tell.
    const single = listed && !all ? orders : alone;
    for (let at = 0; at < single.length; at += fewOrders) {
      const found = await this.#single(single.slice(at, at + fewOrders), now);
      this.#take(parcels, await this.#payloads(found, byId, now));
    }
    return parcels;
  }

  /** Undefined when there is a row that ShipStation cannot give. */
  async #listed({ orders, from, to }: NonNullable<ParcelPlan["listed"]>, now: Date): Promise<Found | undefined> {
    const ids = new Set<unknown>(orders.map(({ orderId }) => orderId));
    const found: Found = { shipments: [], fulfillments: [], bad: [] };
    const start = new Date(from.getTime() - slackMs);
    for (const listing of [shipmentList(this.#storeQuery), fulfillmentList]) {
      for await (const { rows, unreadable } of this.#client.list(listing, start, now)) {
        if (unreadable) return undefined;
        sortIn(
          found,
          listing,
          rows.filter((row) => ids.has(row.orderId)),
        );
        const last = timeOf(rows.at(-1)?.createDate);
        // What was made later has moved its order too, or names it, so that the order comes again.
        if (last !== undefined && last > to.getTime() + slackMs) break;
      }
    }
    return found;
  }

  async #single(orders: readonly ShipStationOrder[], now: Date): Promise<Found> {
    const found: Found = { shipments: [], fulfillments: [], bad: [] };
    for (const { orderId } of orders) {
      const fulfillments = { ...fulfillmentList, query: { ...fulfillmentList.query, orderId } };
      for (const listing of [shipmentList({ orderId }), fulfillments]) {
        for await (const { rows, unreadable } of this.#client.list(listing, undefined, now)) {
          sortIn(found, listing, rows);
          if (unreadable) found.bad.push(badParcel(orderId, `${listing.rows} of ${orderId}`, unreadable.message));
        }
      }
    }
    return found;
  }

  async #payloads(
    { shipments, fulfillments, bad }: Found,
    byId: ReadonlyMap<number, ParcelOrder>,
    now: Date,
  ): Promise<Found["bad"]> {
    const known = new Map([
      ...shipments.map(({ shipmentId, orderId }) => [`se-${shipmentId}`, factsOf(byId.get(orderId ?? 0))] as const),
      ...fulfillments.map(
        ({ fulfillmentId, orderId }) => [`f-${fulfillmentId}`, factsOf(byId.get(orderId ?? 0))] as const,
      ),
    ]);
    const labels = await this.#details.shipments(shipments, { page: shipments, known, now, isWhole: true });
    const marked = await this.#details.fulfillments(fulfillments, known);
    return [
      ...labels.map((payload) => ({ orderId: payload.shipment.orderId ?? 0, payload })),
      ...marked.map((payload) => ({ orderId: payload.fulfillment.orderId ?? 0, payload })),
      ...bad,
    ];
  }

  #take(parcels: Map<number, ShipmentPayload[]>, found: Found["bad"]): void {
    for (const { orderId, payload } of found) {
      parcels.set(orderId, [...(parcels.get(orderId) ?? []), payload].sort(byAge));
    }
  }
}

/** What a shipment's row does not say of its order. */
function factsOf(one: ParcelOrder | undefined) {
  const orderKey = one?.rootKey ?? (one?.order.orderKey || undefined);
  const storeId = one?.order.advancedOptions?.storeId || undefined;
  return { order: { ...(orderKey ? { orderKey } : {}), ...(storeId ? { storeId } : {}) } };
}

function sortIn(found: Found, { rows: kind }: Pick<Listing, "rows">, rows: readonly Row[]): void {
  for (const row of rows) {
    if (kind === "shipments") put(found, found.shipments, shipmentSchema, row);
    else put(found, found.fulfillments, fulfillmentSchema, row);
  }
}

/** A row that is not as documented is a parcel that cannot be read: its order fails, and no other. */
function put<T extends z.ZodType>(found: Found, good: z.infer<T>[], schema: T, row: Row): void {
  const { data, error } = schema.safeParse(row);
  if (!error) good.push(data);
  else {
    const id = String(row.shipmentId ?? row.fulfillmentId);
    const message = `${error.issues[0]?.path.join(".")} of parcel ${id} is not as documented`;
    found.bad.push(badParcel(Number(row.orderId), id, message));
  }
}

function badParcel(orderId: number, id: string, message: string): Found["bad"][number] {
  return { orderId, payload: { kind: "unreadable", id, message } };
}

function byAge(left: ShipmentPayload, right: ShipmentPayload): number {
  return (madeAt(left) ?? 0) - (madeAt(right) ?? 0);
}

function madeAt(payload: ShipmentPayload): number | undefined {
  if (payload.kind === "shipment") return timeOf(payload.shipment.createDate);
  return payload.kind === "fulfillment" ? timeOf(payload.fulfillment.createDate) : undefined;
}

function timeOf(reading: unknown): number | undefined {
  return typeof reading === "string" ? instantOf(reading, pacific)?.getTime() : undefined;
}
