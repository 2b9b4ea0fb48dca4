import { z } from "zod";
import { type Order, order as orderSchema, type Shipment as Row } from "../../connectors/shipbob/orders/schema.ts";
import type { ShipBobShipments, Unflagged } from "../../connectors/shipbob/shipments/calls.ts";
import type { Ref } from "../../core/delivery.ts";
import { MlcError, RejectedError } from "../../core/errors.ts";
import { hashOf } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import type { ListRequest, Named, NamedPage, NamedReader, Page, Source, SourceRecord } from "../../core/ports.ts";
import { instantText } from "../../core/time.ts";
import { followedDays, hasLeft, type OrderNews, shipmentsFromShipBob } from "../../mappings/shipbob/shipment.ts";
import { isNamed, namedOrders } from "./named-orders.ts";
import { isDaily, UpdateCursor } from "./polling.ts";
import { type NewsClient, ShipmentNewsReader } from "./shipment-news.ts";

const refSchema = z.object({ order: z.string() });

/** So many orders are looked at again together. */
const mostAtOnce = 100;

/** What the settings say about reading shipments. */
export interface ShipmentSourceOptions {
  /** How many days the first run looks back. */
  lookBack: number;
  /** Shipments whose tracking was written are flagged there. */
  markTrackingUploaded: boolean;
  now(): Date;
}

/** ShipBob as the giver of shipments: one record for each of its orders, followed until all in it have arrived and cost. */
export class ShipBobShipmentSource implements Source<Shipment> {
  readonly system = "shipbob";
  readonly reads = "changes";
  /** Two days longer than a shipment is followed, so that its end is still told. */
  readonly follows = followedDays + 2;
  readonly #client: ShipBobShipments;
  readonly #options: ShipmentSourceOptions;
  readonly #news: ShipmentNewsReader;
  /** Ids of shipments that are to be flagged once their record is settled, by the record's id and version. */
  readonly #unflagged = new Map<string, number[]>();
  readonly named: NamedReader = { has: isNamed, read: (things, { now }) => this.#named(things, now) };

  constructor(client: NewsClient, options: ShipmentSourceOptions) {
    this.#client = client.shipments;
    this.#options = options;
    this.#news = new ShipmentNewsReader(client);
  }

  /** What was updated, then what is followed and due. */
  async *list(request: ListRequest): AsyncGenerator<Page> {
    const { since, until, now } = request;
    const cursor = new UpdateCursor(request.cursor);
    const told = new Set<string>();
    // Asked before the list: what is updated later is in the next run's.
    const serverTime = await this.#news.begin();
    const updated = { since: cursor.start(request, this.#options.lookBack), until };
    for await (const rows of this.#client.ordersUpdated(updated)) {
      for (const { id } of rows) told.add(String(id));
      if (!serverTime) cursor.reach(rows.flatMap(updatesIn));
      yield { records: await this.#records(rows, now) };
    }
    cursor.reach([serverTime?.toISOString()]);
    // No order of the list is promised, so that its cursor is safe only at its end.
    if (cursor.json !== undefined) yield { records: [], cursor: cursor.json };
    if (!since && !until) yield* this.#followed(request, told);
    // Numbers are what people wait for: they are told although their carriers could not be asked.
    if (this.#news.failure) throw this.#news.failure;
  }

  async *#followed({ followed, now, ...schedule }: ListRequest, told: ReadonlySet<string>): AsyncGenerator<Page> {
    const { lastRunAt, ignoreSchedule = false } = schedule;
    const due = [...(followed?.() ?? [])].filter(
      (id) => !told.has(id) && (ignoreSchedule || isDaily(id, lastRunAt, now)),
    );
    for (let start = 0; start < due.length; start += mostAtOnce) {
      const rows = await this.#client.ordersById(due.slice(start, start + mostAtOnce));
      yield { records: await this.#records(rows, now) };
    }
  }

  /** The list has any order of the channel that changed, and a call says that these did. */
  async *#named(things: readonly Named[], now: Date): AsyncGenerator<NamedPage> {
    await this.#news.begin();
    const rows = await namedOrders(this.#client, things);
    for (let start = 0; start < rows.length; start += mostAtOnce)
      yield { records: await this.#records(rows.slice(start, start + mostAtOnce), now) };
    if (this.#news.failure) throw this.#news.failure;
  }

  async get(refs: readonly Ref[], isAnew = false): Promise<Map<string, SourceRecord | "gone">> {
    if (isAnew) await this.#news.begin();
    const found = new Map<string, SourceRecord | "gone">(refs.map((ref) => [this.idOf(ref), "gone"]));
    const rows = await this.#client.ordersById([...found.keys()]);
    for (const record of await this.#records(rows, this.#options.now())) found.set(record.id, record);
    return found;
  }

  idOf(ref: Ref): string {
    return refSchema.parse(ref).order;
  }

  read({ payload }: SourceRecord): Shipment[] {
    return shipmentsFromShipBob(payload as OrderNews);
  }

  /** Flags what left in settled records: once their numbers stand in the ERP, and as often as ShipBob does not have the flag. */
  async settled(records: readonly Pick<SourceRecord, "id" | "version">[]): Promise<void> {
    const ids = new Set(records.flatMap((record) => this.#unflagged.get(nameOf(record)) ?? []));
    this.#unflagged.clear();
    const refused = await this.#client.flagUploaded([...ids]);
    if (refused.length > 0) throw refusedError(refused);
  }

  async #records(rows: readonly { id: number }[], now: Date): Promise<SourceRecord[]> {
    const read = rows.map((row) => ({ row, order: orderSchema.safeParse(row).data }));
    const about = await this.#news.read(
      read.flatMap(({ order }) => order?.shipments ?? []),
      now,
    );
    return read.map(({ row, order }) => {
      const id = String(row.id);
      const payload: OrderNews = { row, asOf: now, ...about };
      const record = { id, version: versionOf(payload), ref: { order: id }, payload };
      if (this.#options.markTrackingUploaded) this.#note(record, order);
      return record;
    });
  }

  #note(record: SourceRecord, order: Order | undefined): void {
    const ids = (order?.shipments ?? []).filter((row) => hasLeft(row) && !row.is_tracking_uploaded).map(({ id }) => id);
    if (ids.length > 0) this.#unflagged.set(nameOf(record), ids);
  }
}

/** Instants of ShipBob's in an order; one that cannot be read has none, and is told by its record. */
function updatesIn(row: unknown): (string | undefined)[] {
  const { created_date, shipments } = orderSchema.safeParse(row).data ?? { created_date: "" };
  const own = (shipments ?? []).flatMap((one: Row) => [one.created_date, one.last_update_at]);
  return [created_date, ...own].map((text) => instantText(text, "UTC"));
}

/** Changes exactly when something that is passed on changes. */
function versionOf(payload: OrderNews): string {
  try {
    return hashOf(shipmentsFromShipBob(payload).map(({ personal: _, ...shipment }) => shipment));
  } catch (error) {
    if (!(error instanceof MlcError)) throw error;
    return hashOf(payload.row);
  }
}

function nameOf({ id, version }: Pick<SourceRecord, "id" | "version">): string {
  return `${id}@${version}`;
}

function refusedError(refused: readonly Unflagged[]): RejectedError {
  const told = refused.map(({ id, reason }) => `${id} (${reason})`).join(", ");
  return new RejectedError(`ShipBob did not take the tracking flag of shipments ${told}`, {
    system: "shipbob",
    field: "is_tracking_uploaded",
    hint: "Set markTrackingUploaded to false if the flag belongs to another integration.",
  });
}
