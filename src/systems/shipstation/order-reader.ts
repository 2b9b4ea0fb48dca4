import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import { orderSchema, pacific, type Row, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { SourceRecord } from "../../core/ports.ts";
import { instantOf } from "../../core/time.ts";
import { type SaidOrder, saidInV1 } from "../../mappings/shipstation/order-then.ts";
import type { ShipmentPayload } from "../../mappings/shipstation/shipment.ts";
import { type ChangedOrder, changedOrders, type OrderCopies } from "./order-copies.ts";
import { parcelPlan } from "./parcel-plan.ts";
import { fulfillmentList, shipmentList } from "./records.ts";
import type { ShipStationShipmentSource } from "./shipment-source.ts";

/** The hour that the Pacific clock shows twice, and what a label may be made before its order changes. */
const slackMs = 70 * 60_000;

/** Reads the orders of shipments, and the shipments of orders that changed; V1 and V2 each have their own way. */
export interface OrderReader {
  /** The list of orders by when they changed. */
  readonly changed: Listing;
  /** What the orders of shipments say, the own one first, then those that were combined with it. */
  said(payloads: readonly ShipmentPayload[]): Promise<Map<ShipmentPayload, SaidOrder[]>>;
  /** The shipments of those of some changed orders that may have left and were not seen in this run, by V1's order id. */
  parcels(rows: readonly Row[], seen: ReadonlySet<number>, now: Date): Promise<SourceRecord[]>;
}

/** Makes the records of rows of a list. */
export type RecordsOf = ShipStationShipmentSource["records"];

/** Orders as V1 has them. */
export class V1OrderReader implements OrderReader {
  readonly changed: Listing;
  readonly #client: ShipStationClient;
  readonly #copies: OrderCopies;
  readonly #recordsOf: RecordsOf;
  readonly #storeQuery: Listing["query"];

  constructor(
    client: ShipStationClient,
    copies: OrderCopies,
    { recordsOf, storeQuery }: { recordsOf: RecordsOf; storeQuery: Listing["query"] },
  ) {
    this.#client = client;
    this.#copies = copies;
    this.#recordsOf = recordsOf;
    this.#storeQuery = storeQuery;
    this.changed = changedOrders(storeQuery);
  }

  async said(payloads: readonly ShipmentPayload[]): Promise<Map<ShipmentPayload, SaidOrder[]>> {
    const wanted = new Map(payloads.map((payload) => [payload, orderOf(payload)]));
    const orders = await this.#copies.many([...wanted.values()].flatMap((one) => one ?? []));
    const said = new Map<ShipmentPayload, SaidOrder[]>();
    for (const [payload, one] of wanted) {
      const order = orders.get(one?.orderId ?? 0);
      if (order) said.set(payload, await this.#withKin(order));
    }
    return said;
  }

  async #withKin(order: ShipStationOrder): Promise<SaidOrder[]> {
    const { parentId, mergedIds } = order.advancedOptions ?? {};
    const parent = parentId ? (await this.#copies.order(parentId)).order : undefined;
    const all = [saidInV1(order, parent)];
    for (const id of mergedIds ?? []) {
      const { order: merged } = id === order.orderId ? {} : await this.#copies.order(id);
      if (merged) all.push(saidInV1(merged, undefined));
    }
    return all;
  }

  async parcels(rows: readonly Row[], seen: ReadonlySet<number>, now: Date): Promise<SourceRecord[]> {
    const changed = rows.flatMap((row) => orderSchema.safeParse(row).data ?? []);
    for (const order of changed) this.#copies.keep(order);
    const left = changed.filter(
      ({ orderId, createDate, modifyDate }) =>
        !seen.has(orderId) && mayHaveLeft(timeOf(createDate), timeOf(modifyDate)),
    );
    const { alone, listed } = parcelPlan(left);
    const records = listed ? await this.#listed(listed, now) : [];
    for (const { orderId } of alone) {
      for (const { api, path, rows: kind, query } of [shipmentList({ orderId }), fulfillmentList]) {
        const own = await this.#client.rows({ api, path, rows: kind, query: { ...query, orderId } });
        records.push(...(await this.#recordsOf({ rows: kind }, own, now)));
      }
    }
    return records;
  }

  async #listed(
    { orders, from, to }: { orders: readonly ShipStationOrder[]; from: Date; to: Date },
    now: Date,
  ): Promise<SourceRecord[]> {
    const ids = new Set<unknown>(orders.map(({ orderId }) => orderId));
    const records: SourceRecord[] = [];
    for (const listing of [shipmentList(this.#storeQuery), fulfillmentList]) {
      for await (const { rows } of this.#client.list(listing, new Date(from.getTime() - slackMs), now)) {
        const own = rows.filter(({ orderId }) => ids.has(orderId));
        records.push(...(await this.#recordsOf(listing, own, now)));
        const last = timeOf(rows.at(-1)?.createDate);
        if (last && last.getTime() > to.getTime() + slackMs) break;
      }
    }
    return records;
  }
}

/** What an import and its rules do to an order takes no longer. */
const importMs = 2 * 60_000;

/**
 * Whether a shipment of a changed order may have been told, whatever its status: an order of which a part has left is open still, and
 * one whose label is void, or that is marked as shipped no more, is so again. One that just came has told of nothing. Pure.
 */
export function mayHaveLeft(createdAt: Date | undefined, changedAt: Date | undefined): boolean {
  return !createdAt || !changedAt || changedAt.getTime() - createdAt.getTime() > importMs;
}

/** The order that a shipment's row names, which its making or voiding changed. */
function orderOf(payload: ShipmentPayload): ChangedOrder | undefined {
  if (payload.kind !== "shipment" && payload.kind !== "fulfillment") return undefined;
  const { orderId, createDate, voidDate } = payload.kind === "shipment" ? payload.shipment : payload.fulfillment;
  return orderId ? { orderId, changedAt: timeOf(voidDate || createDate) } : undefined;
}

function timeOf(value: unknown): Date | undefined {
  return typeof value === "string" ? instantOf(value, pacific) : undefined;
}
