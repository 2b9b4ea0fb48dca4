import { z } from "zod";
import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { pacific, type Row } from "../../connectors/shipstation/schema.ts";
import type { Clock } from "../../core/clock.ts";
import type { Ref } from "../../core/delivery.ts";
import type { CivilDate, Shipment } from "../../core/model.ts";
import type { ListRequest, NamedReader, Page, Source, SourceRecord } from "../../core/ports.ts";
import { instantOf } from "../../core/time.ts";
import { type SaidOrder, saidOrder, versionWith, withOrder } from "../../mappings/shipstation/order-then.ts";
import { type ShipmentPayload, shipmentPayload } from "../../mappings/shipstation/shipment.ts";
import type { OrderCopies } from "./order-copies.ts";
import { type OrderReader, V1OrderReader } from "./order-reader.ts";
import { V2OrderReader } from "./order-reader-v2.ts";
import { unreadableRecord } from "./records.ts";
import { type ShipmentSourceOptions, ShipStationShipmentSource, toldShipments } from "./shipment-source.ts";
import { toldReader } from "./told.ts";
import { Windows } from "./windows.ts";

/** What the settings say about reading shipments whose orders the ERP finds by itself. */
export interface MatchedSourceOptions extends ShipmentSourceOptions {
  /** Stores in which mlc makes orders itself: those are in another ERP. */
  fedStores: readonly number[];
  /** What left before it is left alone. */
  startDate?: CivilDate | undefined;
}

/** A shipment's record with what its orders say; people's values are in memory only. */
const payloadSchema = z.object({ parcel: z.unknown(), orders: z.array(saidOrder) });

/** ShipStation as the giver of shipments for an ERP that made no order there: each with what its order says. */
export class ShipStationMatchedSource implements Source<Shipment> {
  readonly system = "shipstation";
  readonly reads = "changes";
  readonly #client: ShipStationClient;
  readonly #shipments: ShipStationShipmentSource;
  readonly #orders: OrderReader;
  readonly #options: MatchedSourceOptions;
  readonly named: NamedReader;

  constructor(
    client: ShipStationClient,
    { copies, clock }: { copies: OrderCopies; clock: Clock },
    options: MatchedSourceOptions,
  ) {
    this.#client = client;
    this.#options = options;
    this.#shipments = new ShipStationShipmentSource(client, copies, options);
    const recordsOf = this.#shipments.records.bind(this.#shipments);
    this.named = toldReader(
      client,
      { kinds: toldShipments(client), lookBack: options.lookBack },
      async (listing, rows, now) => this.#listed(await recordsOf(listing, rows, now)),
    );
    this.#orders = client.hasV1
      ? new V1OrderReader(client, copies, { recordsOf, storeQuery: this.#shipments.storeQuery })
      : new V2OrderReader(client, recordsOf, clock);
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const seen = new Set<number>();
    let { cursor } = request;
    for await (const page of this.#shipments.list(request)) {
      for (const record of page.records) if (!isVoid(record)) noteOrder(seen, record.ref);
      cursor = page.cursor ?? cursor;
      yield { ...page, records: await this.#listed(page.records) };
    }
    yield* this.#edited({ ...request, ...(cursor === undefined ? {} : { cursor }) }, seen);
  }

  /** Orders that were changed since something of them left: no list of shipments shows that again. */
  async *#edited(request: ListRequest, seen: ReadonlySet<number>): AsyncGenerator<Page> {
    const windows = new Windows(request, this.#options.lookBack);
    const { now } = request;
    const { changed } = this.#orders;
    const timeOf = (row: Row) => instantIn(row[changed.time], changed.api === "v1" ? pacific : "UTC");
    for await (const { rows, unreadable } of this.#client.list(changed, windows.start("orders"), now)) {
      const inside = rows.filter((row) => windows.includes(timeOf(row)));
      const records = unreadable
        ? [unreadableRecord("orders", unreadable)]
        : await this.#orders.parcels(inside, seen, now);
      windows.reach("orders", inside.map(timeOf));
      yield { records: await this.#listed(records), cursor: windows.cursor };
    }
    windows.finish("orders");
    yield { records: [], cursor: windows.cursor };
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    const found = await this.#shipments.get(refs);
    const records = [...found.values()].filter((one) => one !== "gone");
    for (const record of await this.#withOrders(records)) found.set(record.id, record);
    return found;
  }

  idOf(ref: Ref): string {
    return this.#shipments.idOf(ref);
  }

  read(record: SourceRecord): Shipment[] {
    const { parcel, orders } = payloadSchema.parse(record.payload);
    return this.#shipments.read({ ...record, payload: parcel }).map((shipment) => withOrder(shipment, orders));
  }

  async #withOrders(records: readonly SourceRecord[], isWanted: IsWanted = () => true): Promise<SourceRecord[]> {
    const parsed = records.map((record) => ({ record, parcel: shipmentPayload.parse(record.payload) }));
    const said = await this.#orders.said(parsed.map(({ parcel }) => parcel));
    return parsed.flatMap(({ record, parcel }) => {
      const orders = said.get(parcel) ?? [];
      if (!isWanted(parcel, orders)) return [];
      return { ...record, version: versionWith(record.version, orders), payload: { parcel, orders } };
    });
  }

  #listed(records: readonly SourceRecord[]): Promise<SourceRecord[]> {
    const { stores, fedStores, startDate } = this.#options;
    return this.#withOrders(records, (parcel, [order]) => {
      const { storeId, shipDate } = placeOf(parcel);
      const store = storeId ?? (order?.storeId === undefined ? undefined : Number(order.storeId));
      if (store !== undefined && (fedStores.includes(store) || stores?.includes(store) === false)) return false;
      return startDate === undefined || !shipDate || shipDate.slice(0, 10) >= startDate;
    });
  }
}

type IsWanted = (parcel: ShipmentPayload, orders: readonly SaidOrder[]) => boolean;

/** The store and the day that a row itself names. */
function placeOf(parcel: ShipmentPayload): { storeId?: number | undefined; shipDate?: string | null | undefined } {
  switch (parcel.kind) {
    case "shipment": {
      const { advancedOptions, shipDate } = parcel.shipment;
      return { storeId: (advancedOptions?.storeId ?? parcel.order?.storeId) || undefined, shipDate };
    }
    case "fulfillment":
      return { storeId: parcel.order?.storeId || undefined, shipDate: parcel.fulfillment.shipDate };
    case "label":
      return { shipDate: parcel.label.ship_date };
    case "unreadable":
      return {};
  }
}

/** A void label says nothing of the others of its order, which may inherit what was in it (V1, 4.3). */
function isVoid({ payload }: SourceRecord): boolean {
  const parcel = shipmentPayload.parse(payload);
  if (parcel.kind === "unreadable") return false;
  const { voided } =
    parcel.kind === "label" ? parcel.label : parcel.kind === "shipment" ? parcel.shipment : parcel.fulfillment;
  return voided === true;
}

function noteOrder(seen: Set<number>, ref: Ref): void {
  const { orderId } = ref !== null && typeof ref === "object" && !Array.isArray(ref) ? ref : {};
  if (typeof orderId === "number") seen.add(orderId);
}

function instantIn(value: unknown, zone: string): Date | undefined {
  return typeof value === "string" ? instantOf(value, zone) : undefined;
}
