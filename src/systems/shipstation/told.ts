import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import type { Row } from "../../connectors/shipstation/schema.ts";
import { ContractError, RejectedError } from "../../core/errors.ts";
import { labelList } from "./enrich.ts";
import { fulfillmentList, shipmentList } from "./records.ts";

/**
 * The shipments in lists that ShipStation's calls point to (V1, 6; V2, 7.4): a batch of labels, whole. Of an address only path
 * and query are used. A list that is refused holds nothing up, since what is in it comes by the windows too.
 */
export async function* toldRows(
  client: ShipStationClient,
  addresses: readonly string[],
  now: Date,
): AsyncGenerator<{ listing: Listing; rows: Row[] }> {
  for (const address of addresses) {
    const { pathname, searchParams } = new URL(address);
    const kinds = client.hasV1 ? [shipmentList({}), fulfillmentList] : [labelList({})];
    const listing = kinds.find(({ path }) => path === pathname);
    if (!listing) continue;
    const query = { ...Object.fromEntries(searchParams), ...listing.query };
    try {
      for await (const { rows } of client.list({ ...listing, query }, undefined, now)) yield { listing, rows };
    } catch (error) {
      if (!(error instanceof ContractError) && !(error instanceof RejectedError)) throw error;
    }
  }
}
