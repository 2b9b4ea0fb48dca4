/** One company of the environment, and the ways to find what its documents lead to. */

import type { Books, Row } from "./books.ts";
import { noRecord, Refusal } from "./refusals.ts";
import { emptyGuid, type Value } from "./types.ts";

/** What a person planned for the posting of one document. */
export interface PlannedRefusal {
  code: string;
  message: string;
  /** How often it still happens. */
  times: number;
}

/** A company and what its people set up. */
export interface Company {
  readonly id: string;
  readonly name: string;
  readonly books: Books;
  /** ISO code of the local currency. */
  readonly localCurrency: string;
  readonly createdAt: string;
  /** The allowed posting period, both days included; undefined: any. */
  allowedPosting: { from: string; to: string } | undefined;
  /** By number or id of a document. */
  readonly refusals: Map<string, PlannedRefusal>;
  /** Actions that wait in the job queue. */
  readonly jobs: { set: string; id: string; action: string }[];
}

/** The row that an id field names; undefined for the empty id, a Refusal when there is none. */
export function byId(company: Company, table: string, field: string, id: Value): Row | undefined {
  if (id === emptyGuid || id === "") return undefined;
  const row = company.books.byId(table, id);
  if (!row) throw noRecord(`The "${field}" does not match to a record of ${table}: ${id}.`);
  return row;
}

/** The row that a code field names; undefined for a blank, a Refusal when there is none. */
export function byCode(
  company: Company,
  { table, key = "code", field }: { table: string; key?: string; field: string },
  value: Value,
): Row | undefined {
  if (value === "") return undefined;
  const row = company.books.find(table, key, value);
  if (!row)
    throw new Refusal(
      400,
      "Internal_InvalidTableRelation",
      `The field ${field} contains a value (${value}) that cannot be found in the related table (${table}).`,
    );
  return row;
}
