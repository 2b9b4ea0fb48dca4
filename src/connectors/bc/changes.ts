import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { queryParts, type ReadOptions } from "../odata/query.ts";
import { type OdataText, odata, odataAnd } from "../odata/text.ts";
import { type BcCalls, readRow } from "./calls.ts";
import { row } from "./schema.ts";

/** Clocks and long transactions: a row may be kept with a time before one that was read already (BC, 3.2). */
const overlapMs = 5 * 60_000;

/** A row of a poll: parsed as far as paging needs it. */
export interface BcRecord {
  id: string;
  /** Moves when the row changes. */
  etag: string;
  payload: unknown;
}

/** One page of a poll; the last one has the cursor that is safe after all of them. */
export interface BcPage {
  records: BcRecord[];
  calls: readonly Call[];
  /** `lastModifiedDateTime` of the newest row, or what was asked from; absent when there is neither. */
  cursor?: string;
}

/** What a poll asks for. */
export interface Poll {
  /** The cursor of the last one; absent: all rows. */
  since?: string | undefined;
  until?: Date | undefined;
  filter?: OdataText;
  expand?: string;
  select?: readonly string[];
}

const changed = row.extend({ lastModifiedDateTime: z.iso.datetime({ offset: true }) });

/**
 * Rows that changed since a cursor, less 5 minutes, in no order (BC, 3.2): a page has a cursor only when no other comes after it.
 * Deletions are invisible. May be repeated.
 */
export async function* changesSince(calls: BcCalls, set: string, poll: Poll): AsyncGenerator<BcPage> {
  const { since, until, expand, select } = poll;
  const clauses = [
    ...(since === undefined ? [] : [odata`lastModifiedDateTime gt ${new Date(Date.parse(since) - overlapMs)}`]),
    ...(until === undefined ? [] : [odata`lastModifiedDateTime lt ${until}`]),
    ...(poll.filter ? [poll.filter] : []),
  ];
  const options: ReadOptions = {
    ...(clauses.length > 0 ? { filter: odataAnd(clauses) } : {}),
    ...(select ? { select } : {}),
    ...(expand === undefined ? {} : { expand }),
  };
  const query = queryParts(options).join("&");
  const path = `${await calls.inCompany(set)}${query === "" ? "" : `?${query}`}`;
  let newest = since;
  for await (const { rows, calls: made, isLast } of calls.pages(path, { isPoll: true })) {
    const read = rows.map((value) => ({ value, head: readRow(value, changed, set) }));
    for (const { head } of read) newest = later(newest, head.lastModifiedDateTime);
    yield {
      records: read.map(({ value, head }) => ({ id: head.id, etag: head["@odata.etag"], payload: value })),
      calls: made,
      ...(isLast && newest !== undefined ? { cursor: newest } : {}),
    };
  }
}

function later(one: string | undefined, other: string): string {
  return one !== undefined && Date.parse(one) >= Date.parse(other) ? one : other;
}
