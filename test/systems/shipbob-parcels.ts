import { ShipBobClient } from "../../src/connectors/shipbob/client.ts";
import type { Shipment } from "../../src/core/model.ts";
import type { ListRequest, SourceRecord } from "../../src/core/ports.ts";
import { ShipBobShipmentSource, type ShipmentSourceOptions } from "../../src/systems/shipbob/shipment-source.ts";
import { accessTo } from "../connectors/shipbob-kit.ts";
import { fakeFetch } from "../core/http/kit.ts";
import { orderRow, shipmentRow } from "../mappings/shipbob-parcel.ts";

type Members = Record<string, unknown>;
const hour = 3_600_000;

/** A little ShipBob of orders that are shown by their last update, and a source that reads them as the engine would. */
export function parcels(options: Partial<ShipmentSourceOptions> = {}) {
  const orders = new Map<number, { row: Members; updatedAt: string }>();
  const tracking = new Map<number, Members>();
  /** What a path answers instead. */
  const instead = new Map<string, (query: URLSearchParams) => Response | undefined>();
  const shows = { clock: true };
  const flagged: number[][] = [];

  const answer = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const path = pathname.replace("/2026-01", "");
    const query = new URLSearchParams(search);
    const refusal = [...instead].find(([begin]) => path.startsWith(begin))?.[1](query);
    if (refusal) return refusal;
    if (path === "/order") return Response.json(rowsFor(query));
    if (path === "/shipments-tracking") {
      const ids = query.getAll("ShipmentIds").map(Number);
      return Response.json(ids.flatMap((id) => tracking.get(id) ?? []));
    }
    const headers: Record<string, string> = shows.clock ? { date: now().toUTCString() } : {};
    if (path === "/location")
      return Response.json([{ id: 8, name: "Cicero (IL)", timezone: "Central Standard Time" }], { headers });
    if (path.endsWith("/timeline")) return new Response("", { status: 404 });
    if (path === "/shipment:batchUpdateTrackingUpload")
      return flag((await request.json()) as { shipment_ids: number[] });
    throw new Error(`no ${path}`);
  };
  const rowsFor = (query: URLSearchParams) => {
    if (query.get("Page") !== "1") return [];
    const ids = query.get("IDs")?.split(",").map(Number);
    const [start = "", end = "9"] = [query.get("LastUpdateStartDate") ?? "", query.get("LastUpdateEndDate") ?? "9"];
    return [...orders].flatMap(([id, { row, updatedAt }]) =>
      (ids ? ids.includes(id) : updatedAt >= start && updatedAt <= end) ? [row] : [],
    );
  };
  const flag = (body: { shipment_ids: number[] }) => {
    flagged.push(body.shipment_ids);
    return Response.json({ results: body.shipment_ids.map((shipmentId) => ({ shipmentId, isSuccess: true })) });
  };

  const { fetch, requests } = fakeFetch(answer);
  const { access, clock } = accessTo(fetch);
  const now = () => clock.now();
  const client = new ShipBobClient(access);
  const settings = { lookBack: 30, markTrackingUploaded: false, now, ...options };
  let source = new ShipBobShipmentSource(client, settings);
  let cursor: ListRequest["cursor"];
  let lastRunAt: Date | undefined;
  const followed = new Set<string>();
  const versions = new Map<string, string>();

  return {
    clock,
    client,
    requests,
    instead,
    shows,
    tracking,
    flagged,
    versions,
    get source() {
      return source;
    },
    get cursor() {
      return cursor;
    },
    /** Puts an order with its shipments, updated now or without a trace. */
    put: (shipments: Members[], { silent = false, ...change }: Members & { silent?: boolean } = {}) => {
      const row = orderRow(shipments, change);
      const id = Number(row.id);
      const at = now().toISOString();
      const before = orders.get(id)?.updatedAt ?? at;
      orders.set(id, { row, updatedAt: silent ? before : at });
    },
    parcel: (change: Members = {}) => {
      const at = now().toISOString();
      return shipmentRow({ created_date: at, last_update_at: at, actual_fulfillment_date: at, ...change });
    },
    asked: (path: string) =>
      requests
        .map(({ url }) => decodeURIComponent(url))
        .filter((url) => new URL(url).pathname.startsWith(`/2026-01${path}`)),
    /** The process begins anew. */
    restart: () => {
      source = new ShipBobShipmentSource(client, settings);
    },
    /** A run that settles all it is given, then so much time. */
    run: async ({
      after = hour / 4,
      settles = true,
      ...more
    }: Partial<ListRequest> & { after?: number; settles?: boolean } = {}) => {
      const records = new Map<string, SourceRecord>();
      let failure: unknown;
      const request = {
        now: now(),
        followed: () => followed,
        ...(cursor === undefined ? {} : { cursor }),
        ...(lastRunAt === undefined ? {} : { lastRunAt }),
        ...more,
      };
      try {
        for await (const page of source.list(request)) {
          for (const record of page.records) records.set(record.id, record);
          if (page.cursor !== undefined && !more.since) cursor = page.cursor;
        }
        lastRunAt = now();
      } catch (error) {
        failure = error;
      }
      const shipments: Record<string, Shipment[]> = {};
      for (const [id, record] of records) {
        const read = source.read(record);
        shipments[id] = read;
        versions.set(id, record.version);
        if (read.every(({ final }) => final)) followed.delete(id);
        else followed.add(id);
      }
      if (settles) await source.settled([...records.values()]).catch((error: unknown) => (failure = error));
      clock.advance(after);
      return { shipments, records, failure };
    },
  };
}
