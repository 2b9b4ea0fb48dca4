import { ContractError, type MlcError, UnavailableError } from "../../core/errors.ts";
import type { Http } from "../../core/http/types.ts";
import { earliestReading, instantOf } from "../../core/time.ts";
import { messageOf, shipStationError } from "./errors.ts";
import { pacific, pagingSchema, type Row, rowsSchema } from "./schema.ts";

/** A list read in the order of a time of its rows. */
export interface Listing {
  api: "v1" | "v2";
  path: string;
  /** The member of the answer that holds the rows, and the one of a row that identifies it. */
  rows: string;
  id: string;
  /** The row's time that the list is sorted by, and the parameter that begins a window of it. */
  time: string;
  startParameter: string;
  query: Record<string, string | number | undefined>;
}

/** Rows of one answer that were not in the one before. */
export interface RowPage {
  rows: Row[];
  /** A row that ShipStation itself cannot give; the read goes on after it. */
  unreadable?: { position: string; message: string };
}

/** Asks for this many rows first, and for fewer while a page fails whole (V1, 8). */
const sizes = { v1: [500, 100, 20, 4, 1], v2: [100, 20, 4, 1] } as const;
/** A server that caps the page below what was asked still fills its cap (V1, 9). */
const leastCap = 100;
/** So many rows in a row that cannot be read are no bad rows but a list that is out of order. */
const mostUnreadable = 3;

/**
 * Reads a list from a start on. After a full page it asks again from the last row's time, because page numbers shift
 * when rows move; pages are counted only while that time stands still.
 */
export async function* readList(
  http: Http,
  listing: Listing,
  from: Date | undefined,
  now: Date,
): AsyncGenerator<RowPage> {
  const zone = listing.api === "v1" ? pacific : "UTC";
  let start = from && earliestReading(from, now, zone);
  let last = new Set<unknown>();
  let step = 0;
  const bad: NonNullable<RowPage["unreadable"]>[] = [];
  for (let page = 1; ; ) {
    const size = sizes[listing.api][step] ?? 1;
    const answer = await askPage(http, listing, { start, page, size });
    if ("refusal" in answer) {
      if (size > 1) {
        step += 1;
        page = 1;
        continue;
      }
      bad.push({ position: `${start ?? "begin"}#${page}`, message: answer.refusal.message });
      if (bad.length > mostUnreadable) throw new UnavailableError(answer.refusal.message, answer.refusal.context);
      page += 1;
      continue;
    }
    // Only an answer that comes after them proves that it was these rows, and not ShipStation as a whole.
    for (const unreadable of bad.splice(0)) yield { rows: [], unreadable };
    const { rows, more } = answer;
    const fresh = rows.filter((row) => !last.has(row[listing.id]));
    if (fresh.length > 0) yield { rows: fresh };
    if (!more) return;
    last = new Set(rows.map((row) => row[listing.id]));
    const next = nextStart(rows, listing.time, zone, now);
    if (next !== undefined && (start === undefined || next > start)) {
      start = next;
      page = 1;
      step = 0;
    } else page += 1;
  }
}

/** The least reading from the last row on: in the autumn hour a later row may read less than an earlier one. */
function nextStart(rows: readonly Row[], time: string, zone: string, now: Date): string | undefined {
  const text = rows.at(-1)?.[time];
  const instant = typeof text === "string" ? instantOf(text, zone) : undefined;
  return instant && earliestReading(instant, now, zone);
}

interface Ask {
  start: string | undefined;
  page: number;
  size: number;
}

async function askPage(
  http: Http,
  listing: Listing,
  { start, page, size }: Ask,
): Promise<{ rows: Row[]; more: boolean } | { refusal: MlcError }> {
  const isV1 = listing.api === "v1";
  const query = {
    ...listing.query,
    [listing.startParameter]: start === undefined || isV1 ? start : `${start}Z`,
    page,
    [isV1 ? "pageSize" : "page_size"]: size,
  };
  const answer = await http.call({ method: "GET", path: listing.path, query, repeatable: true });
  if (answer.status !== 200) {
    const error = shipStationError(answer, `list ${listing.rows}`);
    if (answer.status === 500 && messageOf(answer.body).message) return { refusal: error };
    throw error;
  }
  const paging = pagingSchema.safeParse(answer.body);
  const rows = rowsSchema.safeParse(paging.data?.[listing.rows]);
  if (!paging.success || !rows.success) {
    throw new ContractError(`ShipStation answered ${listing.path} without a list of ${listing.rows}.`, {
      system: "shipstation",
      calls: answer.calls,
    });
  }
  const found = rows.data ?? [];
  const { pages } = paging.data;
  // `pages: 0` comes with rows (V1, 3), so it is believed only when it says that there is more.
  const isFull = found.length >= (pages ? size : Math.min(size, leastCap));
  return { rows: found, more: found.length > 0 && (isFull || (pages ?? 0) > page) };
}
