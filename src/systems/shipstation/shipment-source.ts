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
import type { Shipment } from "../../core/model.ts";
import type { ListRequest, Page, Ref, Source, SourceRecord } from "../../core/ports.ts";
import { earliestReading, instantOf } from "../../core/time.ts";
import {
  type ShipmentPayload,
  shipmentsFromShipStation,
  shipmentVersion,
} from "../../mappings/shipstation/shipment.ts";
import { labelList, ShipmentDetails } from "./enrich.ts";
import type { OrderCopies } from "./order-copies.ts";
import { Windows } from "./windows.ts";

/** What the settings say about reading shipments. */
export interface ShipmentSourceOptions {
  /** The stores that are read; absent: all. */
  stores?: readonly number[] | undefined;
  /** How many days the first run looks back. */
  lookBack: number;
}

/** ShipStation as the giver of shipments: labels, voids and fulfillments, each with its own window. */
export class ShipStationShipmentSource implements Source<Shipment> {
  readonly system = "shipstation";
  readonly reads = "changes";
  readonly #client: ShipStationClient;
  readonly #details: ShipmentDetails;
  readonly #options: ShipmentSourceOptions;

  constructor(client: ShipStationClient, orders: OrderCopies, options: ShipmentSourceOptions) {
    this.#client = client;
    this.#details = new ShipmentDetails(client, orders);
    this.#options = options;
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const windows = new Windows(request, this.#options.lookBack);
    const query = { includeShipmentItems: "true", ...this.#storeQuery, ...sorted };
    const createDate = {
      api: "v1",
      path: "/shipments",
      rows: "shipments",
      id: "shipmentId",
      time: "createDate",
    } as const;
    if (!this.#client.hasV1) {
      yield* this.#stream("labels", labelList({}), windows, request.now);
      return;
    }
    const shipments = { ...createDate, startParameter: "createDateStart", query };
    yield* this.#stream("shipments", shipments, windows, request.now);
    yield* this.#voids({ ...createDate, startParameter: "createDateStart", query }, windows, request.now);
    const fulfillments = {
      api: "v1",
      path: "/fulfillments",
      rows: "fulfillments",
      id: "fulfillmentId",
      time: "createDate",
      startParameter: "createDateStart",
      query: sorted,
    } as const;
    yield* this.#stream("fulfillments", fulfillments, windows, request.now);
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    const found = new Map<string, SourceRecord | "gone">();
    for (const ref of refs) {
      const [record] = await this.#named(refOf(ref));
      found.set(this.idOf(ref), record ?? "gone");
    }
    return found;
  }

  idOf(ref: Ref): string {
    return refOf(ref).id;
  }

  read({ payload }: SourceRecord): Shipment[] {
    return shipmentsFromShipStation(payload);
  }

  /** A list whose cursor moves with its rows. */
  async *#stream(name: string, listing: Listing, windows: Windows, now: Date): AsyncGenerator<Page> {
    const timeOf = timesOf(listing);
    for await (const { rows, unreadable } of this.#client.list(listing, windows.start(name), now)) {
      const inside = rows.filter((row) => windows.includes(timeOf(row)));
      const records = unreadable ? [unreadableRecord(name, unreadable)] : await this.#records(listing, inside, now);
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
        records: unreadable ? [unreadableRecord("voids", unreadable)] : await this.#records(listing, inside, now),
      };
    }
    windows.reach("voids", times);
    windows.finish("voids");
    yield { records: [], cursor: windows.cursor };
  }

  async #records(listing: Pick<Listing, "rows">, rows: readonly Row[], now: Date): Promise<SourceRecord[]> {
    const payloads = await this.#payloads(listing.rows, rows, now);
    return payloads.filter((payload) => this.#isRead(payload)).map(recordOf);
  }

  /** Rows that cannot be parsed become records that cannot be read: each fails alone. */
  async #payloads(kind: string, rows: readonly Row[], now: Date): Promise<ShipmentPayload[]> {
    if (kind === "shipments") {
      const [own, bad] = parsedRows(shipmentSchema, rows, (row) => `se-${row.shipmentId}`);
      const read = own.filter((row) => this.#isOfStore(row.advancedOptions?.storeId));
      return [...(await this.#details.shipments(read, now)), ...bad];
    }
    if (kind === "labels") {
      const [own, bad] = parsedRows(labelSchema, rows, (row) => String(row.label_id));
      return [...own.map((label): ShipmentPayload => ({ kind: "label", label })), ...bad];
    }
    const [own, bad] = parsedRows(fulfillmentSchema, rows, (row) => `f-${row.fulfillmentId}`);
    const payloads: ShipmentPayload[] = [];
    for (const row of own) payloads.push(await this.#details.fulfillment(row));
    return [...payloads, ...bad];
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

  get #storeQuery(): { storeId?: number } {
    const [only, ...others] = this.#options.stores ?? [];
    return only !== undefined && others.length === 0 ? { storeId: only } : {};
  }

  async #named(ref: ShipmentRef): Promise<SourceRecord[]> {
    const now = new Date(0);
    if (ref.id.startsWith("f-")) {
      const query = { fulfillmentId: ref.id.slice(2) };
      const rows = await this.#client.rows({ api: "v1", path: "/fulfillments", rows: "fulfillments", query });
      const own = rows.filter((row) => `f-${row.fulfillmentId}` === ref.id);
      return this.#records({ rows: "fulfillments" }, own, now);
    }
    if (!this.#client.hasV1) {
      const rows = ref.orderId ? await this.#details.labelsOfOrder(`se-${ref.orderId}`) : [];
      const own = rows.filter((row) => row.label_id === ref.id);
      return this.#records({ rows: "labels" }, own, now);
    }
    const by = ref.orderId ? { orderId: ref.orderId } : { trackingNumber: ref.trackingNumber };
    if (Object.values(by).every((value) => value === undefined)) return [];
    const query = { ...by, includeShipmentItems: "true" };
    const rows = await this.#client.rows({ api: "v1", path: "/shipments", rows: "shipments", query });
    const records = await this.#records({ rows: "shipments" }, rows, now);
    return records.filter(({ id }) => id === ref.id);
  }
}

const sorted = { sortBy: "CreateDate", sortDir: "ASC" } as const;

/** What names a shipment; no personal data. */
interface ShipmentRef {
  id: string;
  orderId?: number;
  trackingNumber?: string;
}

function refOf(ref: Ref): ShipmentRef {
  const { id, orderId, trackingNumber } = ref !== null && typeof ref === "object" && !Array.isArray(ref) ? ref : {};
  return {
    id: typeof id === "string" ? id : "",
    ...(typeof orderId === "number" ? { orderId } : {}),
    ...(typeof trackingNumber === "string" ? { trackingNumber } : {}),
  };
}

function recordOf(payload: ShipmentPayload): SourceRecord {
  const ref = namesOf(payload);
  return { id: ref.id, version: shipmentVersion(payload), ref: { ...ref }, payload };
}

function namesOf(payload: ShipmentPayload): ShipmentRef {
  switch (payload.kind) {
    case "shipment": {
      const { shipmentId, orderId, trackingNumber } = payload.shipment;
      const by = orderId ? { orderId } : trackingNumber ? { trackingNumber } : {};
      return { id: `se-${shipmentId}`, ...by };
    }
    case "fulfillment":
      return { id: `f-${payload.fulfillment.fulfillmentId}` };
    case "label": {
      const orderId = Number(payload.label.shipment_id?.replace(/^se-/, ""));
      return { id: payload.label.label_id, ...(Number.isInteger(orderId) && orderId > 0 ? { orderId } : {}) };
    }
    case "unreadable":
      return { id: payload.id };
  }
}

/** A row that ShipStation cannot give becomes a record that cannot be read, so that it is told and set aside. */
function unreadableRecord(stream: string, { position, message }: { position: string; message: string }): SourceRecord {
  return recordOf({ kind: "unreadable", id: `${stream}@${position}`, message });
}

function timesOf({ time, api }: Listing): (row: Row) => Date | undefined {
  return (row) => timeIn(row[time], api === "v1" ? pacific : "UTC");
}

function voidTime(row: Row): Date | undefined {
  return timeIn(row.voidDate, pacific);
}

function timeIn(value: unknown, zone: string): Date | undefined {
  return typeof value === "string" ? instantOf(value, zone) : undefined;
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
