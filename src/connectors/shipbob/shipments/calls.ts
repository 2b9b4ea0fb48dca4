import { z } from "zod";
import { ContractError } from "../../../core/errors.ts";
import type { ShipBobCalls } from "../calls.ts";
import { isNotFound } from "../errors.ts";
import { type Shipment, shipment } from "../orders/schema.ts";
import {
  type OrderRow,
  orderRow,
  type TimelineEvent,
  type TrackedShipment,
  timelineEvent,
  trackedShipment,
  uploadResults,
} from "./schema.ts";

/** So many shipments are tracked by one call (5.5). */
export const mostTracked = 25;
/** So many orders are named in one address. */
const mostNamed = 100;
/** So many shipments are flagged by one call. */
const mostFlagged = 100;

/** The span of updates that orders are asked for. */
export interface Updated {
  since: Date;
  until?: Date | undefined;
}

/** A shipment whose flag was refused. */
export interface Unflagged {
  id: number;
  reason: string;
}

/** ShipBob's calls for what became of orders; all may be repeated. */
export class ShipBobShipments {
  readonly #calls: Pick<ShipBobCalls, "call" | "pages">;

  constructor(calls: Pick<ShipBobCalls, "call" | "pages">) {
    this.#calls = calls;
  }

  /** Orders with their shipments by when they were last updated; never by `HasTracking`, which was seen to answer 500 (1). */
  ordersUpdated({ since, until }: Updated): AsyncIterable<OrderRow[]> {
    return this.#orders({
      query: { LastUpdateStartDate: since.toISOString(), LastUpdateEndDate: until?.toISOString() },
    });
  }

  /** The same of every channel that the token sees. */
  ordersOfAllChannels({ since, until }: Updated): AsyncIterable<OrderRow[]> {
    const query = { LastUpdateStartDate: since.toISOString(), LastUpdateEndDate: until?.toISOString() };
    return this.#orders({ query, inChannel: false });
  }

  /** Orders by ShipBob's ids; those it has no more are left out. */
  async ordersById(ids: readonly string[]): Promise<OrderRow[]> {
    const rows: OrderRow[] = [];
    for (const some of inPieces([...new Set(ids)], mostNamed)) {
      // The commas must stay as they are (5.3).
      for await (const page of this.#orders({ rawQuery: `IDs=${some.join(",")}` })) rows.push(...page);
    }
    return rows;
  }

  #orders(by: {
    query?: Record<string, string | undefined>;
    rawQuery?: string;
    inChannel?: boolean;
  }): AsyncIterable<OrderRow[]> {
    return this.#calls.pages({
      path: "/order",
      inChannel: true,
      ...by,
      item: orderRow,
      style: "page",
      idOf: ({ id }) => id,
      what: "list orders",
    });
  }

  /** One shipment by ShipBob's id; undefined where it has it no more. */
  async shipment(id: string): Promise<Shipment | undefined> {
    try {
      const path = `/shipment/${encodeURIComponent(id)}`;
      const what = `read shipment ${id}`;
      return (
        await this.#calls.call({ method: "GET", path, inChannel: true, repeatable: true, schema: shipment, what })
      ).body;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** What carriers say of at most `mostTracked` shipments; one that has its whole call refused is found by halves and left out. */
  async tracking(ids: readonly number[]): Promise<TrackedShipment[]> {
    const [only, ...others] = ids;
    if (only === undefined) return [];
    try {
      const { body } = await this.#calls.call({
        method: "GET",
        path: "/shipments-tracking",
        // A list with commas is refused (5.5).
        rawQuery: ids.map((id) => `ShipmentIds=${id}`).join("&"),
        repeatable: true,
        schema: z.array(trackedShipment),
        what: "track shipments",
      });
      return body;
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (others.length === 0) return [];
      const middle = Math.ceil(ids.length / 2);
      return [...(await this.tracking(ids.slice(0, middle))), ...(await this.tracking(ids.slice(middle)))];
    }
  }

  /** What happened to a shipment; undefined where ShipBob has no timeline, as was seen of whole days (5.5). */
  async timeline(id: number): Promise<TimelineEvent[] | undefined> {
    try {
      const { body } = await this.#calls.call({
        method: "GET",
        path: `/shipment/${id}/timeline`,
        inChannel: true,
        repeatable: true,
        schema: z.array(timelineEvent),
        what: `read the timeline of shipment ${id}`,
      });
      return body;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Flags shipments as having their tracking written; returns those whose flag was refused. */
  async flagUploaded(ids: readonly number[]): Promise<Unflagged[]> {
    const refused: Unflagged[] = [];
    for (const some of inPieces(ids, mostFlagged)) {
      const { body } = await this.#calls.call({
        method: "POST",
        path: "/shipment:batchUpdateTrackingUpload",
        json: { is_tracking_uploaded: true, shipment_ids: some },
        repeatable: true,
        schema: uploadResults,
        what: "flag shipments as uploaded",
      });
      for (const { shipmentId, isSuccess, error } of body.results ?? []) {
        const reason = [error?.code, error?.message].filter(Boolean).join(": ") || "no reason given";
        if (!isSuccess) refused.push({ id: shipmentId, reason });
      }
    }
    return refused;
  }
}

/** Read and not understood: a shipment in it is none, or has no carrier yet. */
function isRefused(error: unknown): boolean {
  return isNotFound(error) || (error instanceof ContractError && error.context.calls?.at(-1)?.status === 400);
}

function* inPieces<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
