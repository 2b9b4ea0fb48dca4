import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import type { Row } from "../../connectors/shipstation/schema.ts";
import { ContractError, RejectedError } from "../../core/errors.ts";
import type { Named, NamedPage, NamedReader, SourceRecord } from "../../core/ports.ts";

/** What a source does with rows of one of its lists, wherever they come from. */
type RecordsOf = (listing: Listing, rows: readonly Row[], now: Date) => Promise<SourceRecord[]>;

/** So many lists are read one by one: each costs a call or more, and the windows cost few. */
const mostLists = 12;

/**
 * Reads the lists that ShipStation's calls point to (V1, 6; V2, 7.4), each whole, where they are of a kind that the source
 * reads. Of an address only path and query are used.
 */
export function toldReader(client: ShipStationClient, kinds: readonly Listing[], recordsOf: RecordsOf): NamedReader {
  return {
    has: (thing) => toldListing(thing, kinds) !== undefined,
    async *read(things: readonly Named[], { now }): AsyncGenerator<NamedPage> {
      const listings = things.flatMap((thing) => toldListing(thing, kinds) ?? []);
      if (listings.length > mostLists) yield { records: [], isIncomplete: true };
      else
        for (const listing of listings)
          for await (const rows of toldRows(client, listing, now))
            yield rows ? { records: await recordsOf(listing, rows, now) } : { records: [], isIncomplete: true };
    },
  };
}

function toldListing({ kind, id }: Named, kinds: readonly Listing[]): Listing | undefined {
  if (kind !== "resourceUrl" || !URL.canParse(id)) return undefined;
  const { pathname, searchParams } = new URL(id);
  const listing = kinds.find(({ path }) => path === pathname);
  return listing && { ...listing, query: { ...Object.fromEntries(searchParams), ...listing.query } };
}

/** Rows of a list; undefined in place of what only the windows have, since ShipStation refuses the list or cannot give a row. */
async function* toldRows(client: ShipStationClient, listing: Listing, now: Date): AsyncGenerator<Row[] | undefined> {
  try {
    for await (const { rows, unreadable } of client.list(listing, undefined, now)) yield unreadable ? undefined : rows;
  } catch (error) {
    if (!(error instanceof ContractError) && !(error instanceof RejectedError)) throw error;
    yield undefined;
  }
}
