import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import { pacific, type Row } from "../../connectors/shipstation/schema.ts";
import { ContractError, RejectedError } from "../../core/errors.ts";
import type { Named, NamedPage, NamedReader, SourceRecord } from "../../core/ports.ts";
import { instantOf } from "../../core/time.ts";

/** What a source does with rows of one of its lists, wherever they come from. */
type RecordsOf = (listing: Listing, rows: readonly Row[], now: Date) => Promise<SourceRecord[]>;

/** Which lists may be told, and how far back their rows count. */
export interface ToldOptions {
  kinds: readonly Listing[];
  /** Days that the first run looks back. */
  lookBack: number;
}

/** So many lists are read one by one: each costs a call or more, and the windows cost few. */
const mostLists = 12;
const dayMs = 86_400_000;

/** What a list is of one batch or record by (V1, 6; V2, 7.4); any other may be of all that was ever there. */
const ofFew = /^(import_?batch|batch|order|shipment|fulfillment)_?(id|number)?$/i;

/**
 * Reads the lists that ShipStation's calls point to (V1, 6; V2, 7.4), each whole, where they are of a kind that the source
 * reads. Of an address only path and query are used. V1's calls are proved by a token in an address alone, so rows of before the
 * first run's look are left out: whoever has it must not have years of orders booked.
 */
export function toldReader(
  client: Pick<ShipStationClient, "list">,
  { kinds, lookBack }: ToldOptions,
  recordsOf: RecordsOf,
): NamedReader {
  return {
    has: (thing) => toldListing(thing, kinds) !== undefined,
    async *read(things: readonly Named[], { now }): AsyncGenerator<NamedPage> {
      // A day more than that, for what its zone leaves open.
      const oldest = new Date(now.getTime() - (lookBack + 1) * dayMs);
      const listings = things.flatMap((thing) => toldListing(thing, kinds) ?? []);
      if (listings.length > mostLists) yield { records: [], isIncomplete: true };
      else
        for (const listing of listings)
          for await (const rows of toldRows(client, listing, now)) {
            const recent = rows?.filter((row) => !isBefore(row[listing.time], oldest, listing));
            yield recent ? { records: await recordsOf(listing, recent, now) } : { records: [], isIncomplete: true };
          }
    },
  };
}

function toldListing({ kind, id }: Named, kinds: readonly Listing[]): Listing | undefined {
  if (kind !== "resourceUrl" || !URL.canParse(id)) return undefined;
  const { pathname, searchParams } = new URL(id);
  const listing = kinds.find(({ path }) => path === pathname);
  if (![...searchParams].some(([name, value]) => ofFew.test(name) && value !== "")) return undefined;
  return listing && { ...listing, query: { ...Object.fromEntries(searchParams), ...listing.query } };
}

/** A row without a time is not dropped. */
function isBefore(time: unknown, oldest: Date, { api }: Listing): boolean {
  const at = typeof time === "string" ? instantOf(time, api === "v1" ? pacific : "UTC") : undefined;
  return at !== undefined && at < oldest;
}

/** Rows of a list; undefined in place of what only the windows have, since ShipStation refuses the list or cannot give a row. */
async function* toldRows(
  client: Pick<ShipStationClient, "list">,
  listing: Listing,
  now: Date,
): AsyncGenerator<Row[] | undefined> {
  try {
    for await (const { rows, unreadable } of client.list(listing, undefined, now)) yield unreadable ? undefined : rows;
  } catch (error) {
    if (!(error instanceof ContractError) && !(error instanceof RejectedError)) throw error;
    yield undefined;
  }
}
