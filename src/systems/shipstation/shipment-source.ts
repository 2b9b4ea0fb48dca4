import type { z } from "zod";
import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import {
  fulfillmentSchema,
  labelSchema,
  pacific,
  type Row,
  shipmentSchema,
} from "../../connectors/shipstation/schema.ts";
import type { Ref } from "../../core/delivery.ts";
import type { Shipment } from "../../core/model.ts";
import type { ListRequest, NamedReader, Page, Source, SourceRecord } from "../../core/ports.ts";
import { earliestReading } from "../../core/time.ts";
import { type ShipmentPayload, shipmentsFromShipStation } from "../../mappings/shipstation/shipment.ts";
import { type KnownFacts, labelList, ShipmentDetails } from "./enrich.ts";
import type { OrderCopies } from "./order-copies.ts";
import { fulfillmentList, recordOf, refOf, type ShipmentRef, shipmentList, unreadableRecord } from "./records.ts";
import { timesOf, voidedAt, voidTime } from "./row-times.ts";
import { toldReader } from "./told.ts";
import { Windows } from "./windows.ts";

/** What the settings say about reading shipments. */
export interface ShipmentSourceOptions {
  /** The stores that are read; absent: all. */
  stores?: readonly number[] | undefined;
  /** How many days the first run looks back. */
  lookBack: number;
  /** Whether a combined order is one sale, whatever went into it; else a label belongs to each of the orders in it. */
  isOneSale?: true;
}

const dayMs = 24 * 3_600_000;
/** Above so many, records are read by a list rather than by name. */
const fewRefs = 5;

/** ShipStation as the giver of shipments: labels, voids and fulfillments, each with its own window. */
export class ShipStationShipmentSource implements Source<Shipment> {
  readonly system = "shipstation";
  readonly reads = "changes";
  readonly #client: ShipStationClient;
  readonly #details: ShipmentDetails;
  readonly #options: ShipmentSourceOptions;
  readonly named: NamedReader;

  constructor(client: ShipStationClient, orders: OrderCopies, options: ShipmentSourceOptions) {
    this.#client = client;
    this.#details = new ShipmentDetails(client, orders);
    this.#options = options;
    const recordsOf = (listing: Listing, rows: readonly Row[], now: Date) => this.records(listing, rows, now);
    this.named = toldReader(client, { kinds: toldShipments(client), lookBack: options.lookBack }, recordsOf);
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const windows = new Windows(request, this.#options.lookBack);
    const { now } = request;
    if (!this.#client.hasV1) {
      yield* this.#stream("labels", labelList({}), windows, now);
      yield* this.#voidedLabels(windows, now);
      return;
    }
    const shipments = shipmentList(this.storeQuery);
    yield* this.#stream("shipments", shipments, windows, now);
    yield* this.#voids(shipments, windows, now);
    yield* this.#stream("fulfillments", fulfillmentList, windows, now);
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    const found = new Map<string, SourceRecord | "gone">(refs.map((ref) => [this.idOf(ref), "gone"]));
    for (const [prefix, listing] of [
      ["se-", this.#client.hasV1 ? shipmentList({}) : labelList({})],
      ["f-", fulfillmentList],
    ] as const) {
      const wanted = refs.map(refOf).filter(({ id }) => id.startsWith(prefix));
      for (const record of await this.#wanted(wanted, listing)) found.set(record.id, record);
    }
    return found;
  }

  idOf(ref: Ref): string {
    return refOf(ref).id;
  }

  read({ payload }: SourceRecord): Shipment[] {
    const shipments = shipmentsFromShipStation(payload);
    return this.#options.isOneSale ? shipments.slice(0, 1) : shipments;
  }

  /** A list whose cursor moves with its rows. */
  async *#stream(name: string, listing: Listing, windows: Windows, now: Date): AsyncGenerator<Page> {
    const timeOf = timesOf(listing);
    // Only V1's labels can be asked for by when they were voided (V1, 4.1).
    const start = windows.start(name, name === "shipments");
    for await (const { rows, unreadable } of this.#client.list(listing, start, now)) {
      const inside = rows.filter((row) => windows.includes(timeOf(row)));
      const records = unreadable ? [unreadableRecord(name, unreadable)] : await this.records(listing, inside, now);
      windows.reach(name, inside.map(timeOf));
      yield { records, cursor: windows.cursor };
    }
    windows.finish(name);
    yield { records: [], cursor: windows.cursor };
  }

  /** There is no order by void date, so its window begins the query and its cursor moves at the end (V1, 4.1). */
  async *#voids(listing: Listing, windows: Windows, now: Date): AsyncGenerator<Page> {
    const times: (Date | undefined)[] = [];
    const voidDateStart = earliestReading(windows.start("voids"), now, pacific);
    const voided = { ...listing, query: { ...listing.query, voidDateStart } };
    for await (const { rows, unreadable } of this.#client.list(voided, undefined, now)) {
      const inside = rows.filter((row) => windows.includes(voidTime(row)));
      times.push(...inside.map(voidTime));
      yield {
        records: unreadable ? [unreadableRecord("voids", unreadable)] : await this.records(listing, inside, now),
      };
    }
    windows.reach("voids", times);
    windows.finish("voids");
    yield { records: [], cursor: windows.cursor };
  }

  /**
   * V2 has no list by when labels were voided (V2, 7.3): of the few that are void, as far back as labels are looked for, those are
   * read that became so since.
   */
  async *#voidedLabels(windows: Windows, now: Date): AsyncGenerator<Page> {
    const from = windows.start("voids").getTime();
    const times: (Date | undefined)[] = [];
    const voided = labelList({ label_status: "voided" });
    const oldest = new Date(Math.min(from, now.getTime() - this.#options.lookBack * dayMs));
    for await (const { rows, unreadable } of this.#client.list(voided, oldest, now)) {
      const inside = rows.filter(
        (row) => windows.includes(voidedAt(row)) && (voidedAt(row)?.getTime() ?? from) >= from,
      );
      times.push(...inside.map(voidedAt));
      yield {
        records: unreadable ? [unreadableRecord("voids", unreadable)] : await this.records(voided, inside, now),
      };
    }
    windows.reach("voids", times);
    windows.finish("voids");
    yield { records: [], cursor: windows.cursor };
  }

  /** Records of a page's rows; of the wanted ones only, when some are. */
  async records(
    listing: Pick<Listing, "rows">,
    rows: readonly Row[],
    now: Date,
    wanted?: readonly ShipmentRef[],
  ): Promise<SourceRecord[]> {
    const payloads = await this.#payloads(listing.rows, rows, now, wanted);
    return payloads.filter((payload) => this.#isRead(payload)).map(recordOf);
  }

  /** Rows that cannot be parsed become records that cannot be read: each fails alone. */
  async #payloads(
    kind: string,
    rows: readonly Row[],
    now: Date,
    wanted?: readonly ShipmentRef[],
  ): Promise<ShipmentPayload[]> {
    const known: KnownFacts = new Map((wanted ?? []).flatMap(({ id, facts }) => (facts ? [[id, facts]] : [])));
    const ids = wanted && new Set(wanted.map(({ id }) => id));
    if (kind === "shipments") {
      const [page, bad] = parsedRows(shipmentSchema, rows, (row) => `se-${row.shipmentId}`);
      const read = page.filter(
        (row) => this.#isOfStore(row.advancedOptions?.storeId) && (ids?.has(`se-${row.shipmentId}`) ?? true),
      );
      return [...(await this.#details.shipments(read, { page, known, now })), ...bad];
    }
    if (kind === "labels") {
      const [own, bad] = parsedRows(labelSchema, rows, (row) => String(row.label_id));
      return [...own.map((label): ShipmentPayload => ({ kind: "label", label })), ...bad];
    }
    const [own, bad] = parsedRows(fulfillmentSchema, rows, (row) => `f-${row.fulfillmentId}`);
    const read = own.filter((row) => ids?.has(`f-${row.fulfillmentId}`) ?? true);
    return [...(await this.#details.fulfillments(read, known)), ...bad];
  }

  #isRead(payload: ShipmentPayload): boolean {
    if (payload.kind === "shipment") {
      return this.#isOfStore(payload.shipment.advancedOptions?.storeId ?? payload.order?.storeId);
    }
    return payload.kind !== "fulfillment" || this.#isOfStore(payload.order?.storeId);
  }

  /** What does not say its store is not dropped. */
  #isOfStore(storeId: number | null | undefined): boolean {
    const { stores } = this.#options;
    return !stores || !storeId || stores.includes(storeId);
  }

  /** What a list of V1's is asked for one store with. */
  get storeQuery(): { storeId?: number } {
    const [only, ...others] = this.#options.stores ?? [];
    return only !== undefined && others.length === 0 ? { storeId: only } : {};
  }

  /** Many are looked for in one list from the oldest on, few one by one. */
  async #wanted(refs: readonly ShipmentRef[], listing: Listing): Promise<SourceRecord[]> {
    const times = refs.flatMap(({ at }) => at ?? []).sort();
    const [oldest] = times;
    const newest = times.at(-1);
    const canList = listing.api === "v2" || this.#client.hasV1;
    if (refs.length > fewRefs && oldest !== undefined && newest !== undefined && canList) {
      const listed = await this.#between(listing, [new Date(oldest), new Date(newest)], refs);
      const ids = new Set(refs.map(({ id }) => id));
      return listed.filter(({ id }) => ids.has(id));
    }
    const records: SourceRecord[] = [];
    for (const ref of refs) records.push(...(await this.#named(ref)));
    return records;
  }

  async #between(
    listing: Listing,
    [oldest, newest]: [Date, Date],
    refs: readonly ShipmentRef[],
  ): Promise<SourceRecord[]> {
    const timeOf = timesOf(listing);
    const records: SourceRecord[] = [];
    for await (const { rows } of this.#client.list(listing, oldest, newest)) {
      records.push(...(await this.records(listing, rows, newest, refs)));
      const last = rows.at(-1);
      const reached = last && timeOf(last);
      // The hour that the Pacific clock shows twice is left behind for sure.
      if (reached && reached.getTime() > newest.getTime() + 2 * 3_600_000) break;
    }
    return records;
  }

  async #named(ref: ShipmentRef): Promise<SourceRecord[]> {
    const now = new Date(0);
    if (ref.id.startsWith("f-")) {
      if (!this.#client.hasV1) return [];
      const query = { fulfillmentId: ref.id.slice(2) };
      const rows = await this.#client.rows({ api: "v1", path: "/fulfillments", rows: "fulfillments", query });
      return this.records({ rows: "fulfillments" }, rows, now, [ref]);
    }
    if (!this.#client.hasV1) {
      const rows = ref.orderId ? await this.#details.labelsOfOrder(`se-${ref.orderId}`) : [];
      const own = rows.filter((row) => row.label_id === ref.id);
      return this.records({ rows: "labels" }, own, now);
    }
    const by = ref.orderId ? { orderId: ref.orderId } : { trackingNumber: ref.trackingNumber };
    if (Object.values(by).every((value) => value === undefined)) return [];
    const query = { ...by, includeShipmentItems: "true" };
    const rows = await this.#client.rows({ api: "v1", path: "/shipments", rows: "shipments", query });
    const records = await this.records({ rows: "shipments" }, rows, now, [ref]);
    return records.filter(({ id }) => id === ref.id);
  }
}

/** The lists of shipments that calls point to. Pure. */
export function toldShipments({ hasV1 }: Pick<ShipStationClient, "hasV1">): Listing[] {
  return hasV1 ? [shipmentList({}), fulfillmentList] : [labelList({})];
}

function parsedRows<T extends z.ZodType>(
  schema: T,
  rows: readonly Row[],
  idOf: (row: Row) => string,
): [z.infer<T>[], ShipmentPayload[]] {
  const good: z.infer<T>[] = [];
  const bad: ShipmentPayload[] = [];
  for (const row of rows) {
    const { data, error } = schema.safeParse(row);
    if (!error) good.push(data);
    else
      bad.push({
        kind: "unreadable",
        id: idOf(row),
        message: `${error.issues[0]?.path.join(".")} is not as documented`,
      });
  }
  return [good, bad];
}
