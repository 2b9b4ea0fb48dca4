import type { Named } from "../../core/ports.ts";

/** What a notification names, at the end of its path (BC, 7.2). */
const rowPath = /(?:^|\/)companies\(([0-9a-f-]{36})\)\/(\w+)\(([0-9a-f-]{36})\)$/i;

/** So many rows are read one by one; more come in fewer calls by a listing. */
const mostRows = 30;

/** Whether a notification names a row of a set. Pure. */
export function isRowOf(set: string, { kind, id }: Named): boolean {
  return kind === "record" && rowPath.exec(id)?.[2]?.toLowerCase() === set.toLowerCase();
}

/** Ids of rows of a company that notifications name; undefined when a listing reads so many in fewer calls. Pure. */
export function rowIds(things: readonly Named[], company: string): string[] | undefined {
  const ids = things.flatMap(({ id }) => {
    const [, of = "", , row] = rowPath.exec(id) ?? [];
    return row !== undefined && of.toLowerCase() === company.toLowerCase() ? [row.toLowerCase()] : [];
  });
  const distinct = [...new Set(ids)];
  return distinct.length > mostRows ? undefined : distinct;
}
