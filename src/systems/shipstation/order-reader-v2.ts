import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import {
  orderV2Schema,
  type Row,
  type ShipStationLabel,
  type ShipStationOrderV2,
} from "../../connectors/shipstation/schema.ts";
import type { Clock } from "../../core/clock.ts";
import type { SourceRecord } from "../../core/ports.ts";
import { instantOf } from "../../core/time.ts";
import { type SaidOrder, saidInV2 } from "../../mappings/shipstation/order-then.ts";
import type { ShipmentPayload } from "../../mappings/shipstation/shipment.ts";
import { labelList } from "./enrich.ts";
import { mayHaveLeft, type OrderReader, type RecordsOf } from "./order-reader.ts";

/** So few are asked for one by one. */
const few = 5;
/** A label may be made so long before its order changes. */
const slackMs = 10 * 60_000;

/** Orders as V2 has them, where there is no V1 key: they are its shipments, and V1's shipments its labels (V2, 7.2). */
export class V2OrderReader implements OrderReader {
  readonly changed: Listing = {
    api: "v2",
    path: "/v2/shipments",
    rows: "shipments",
    id: "shipment_id",
    time: "modified_at",
    startParameter: "modified_at_start",
    query: { sort_by: "modified_at", sort_dir: "asc" },
  };
  readonly #client: ShipStationClient;
  readonly #recordsOf: RecordsOf;
  readonly #clock: Clock;

  constructor(client: ShipStationClient, recordsOf: RecordsOf, clock: Clock) {
    this.#client = client;
    this.#recordsOf = recordsOf;
    this.#clock = clock;
  }

  async said(payloads: readonly ShipmentPayload[]): Promise<Map<ShipmentPayload, SaidOrder[]>> {
    const labels = payloads.flatMap((payload) => (payload.kind === "label" ? [payload.label] : []));
    const orders = await this.#ordersOf(labels.filter(({ shipment_id }) => shipment_id));
    const said = new Map<ShipmentPayload, SaidOrder[]>();
    for (const payload of payloads) {
      const order = payload.kind === "label" ? orders.get(payload.label.shipment_id ?? "") : undefined;
      if (order) said.set(payload, [saidInV2(order)]);
    }
    return said;
  }

  /** By their keys where these are known and few, since an order cannot be asked for by its id (V2, 7.3); else in a list. */
  async #ordersOf(labels: readonly ShipStationLabel[]): Promise<Map<string, ShipStationOrderV2>> {
    const found = new Map<string, ShipStationOrderV2>();
    const open = new Map(labels.map((label) => [label.shipment_id ?? "", label]));
    const take = (rows: readonly Row[]) => {
      for (const order of ordersIn(rows)) if (open.delete(order.shipment_id)) found.set(order.shipment_id, order);
    };
    if (open.size <= few) {
      for (const { external_shipment_id: key } of [...open.values()]) {
        if (!key || key.startsWith("SEAuto-")) continue;
        const query = { external_shipment_id: key };
        take(await this.#client.rows({ api: "v2", path: "/v2/shipments", rows: "shipments", query }));
      }
    }
    const times = [...open.values()].flatMap((label) => timeOf(label.voided_at ?? label.created_at)?.getTime() ?? []);
    if (times.length === 0) return found;
    const from = new Date(Math.min(...times) - slackMs);
    for await (const { rows } of this.#client.list(this.changed, from, this.#clock.now())) {
      take(rows);
      if (open.size === 0) break;
    }
    return found;
  }

  async parcels(rows: readonly Row[], seen: ReadonlySet<number>, now: Date): Promise<SourceRecord[]> {
    const left = ordersIn(rows).filter(
      ({ shipment_id, created_at, modified_at }) =>
        !seen.has(Number(shipment_id.replace(/^se-/, ""))) && mayHaveLeft(timeOf(created_at), timeOf(modified_at)),
    );
    const labels: Row[] = [];
    const ids = new Set<unknown>(left.map(({ shipment_id }) => shipment_id));
    const times = left.flatMap(({ created_at }) => timeOf(created_at)?.getTime() ?? []);
    if (ids.size <= few || times.length === 0) {
      for (const id of ids) {
        const query = { shipment_id: String(id) };
        labels.push(...(await this.#client.rows({ api: "v2", path: "/v2/labels", rows: "labels", query })));
      }
    } else {
      for await (const page of this.#client.list(labelList({}), new Date(Math.min(...times) - slackMs), now))
        labels.push(...page.rows.filter(({ shipment_id }) => ids.has(shipment_id)));
    }
    return this.#recordsOf({ rows: "labels" }, labels, now);
  }
}

function ordersIn(rows: readonly Row[]): ShipStationOrderV2[] {
  return rows.flatMap((row) => orderV2Schema.safeParse(row).data ?? []);
}

function timeOf(value: unknown): Date | undefined {
  return typeof value === "string" ? instantOf(value, "UTC") : undefined;
}
