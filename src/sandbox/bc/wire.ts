/** Rows as JSON. */

import { type Books, etagOf, type Row, valuesAt } from "./books.ts";
import type { Query } from "./query.ts";
import { type EntitySet, emptyValue, type Values, type Wire } from "./types.ts";

/** How rows are shown. */
export interface Showing {
  books: Books;
  sets: ReadonlyMap<string, EntitySet>;
  /** The address of the company, for links to streams. */
  base: string;
  /** Reads see what was there at this time. */
  asOf: number;
}

/** A row with its tag first and every property, the empty ones in their empty form. */
export function fieldsOf(
  set: EntitySet,
  row: Row,
  values: Values,
  select: readonly string[] | undefined,
  base = "",
): Wire {
  const wire: Wire = { "@odata.etag": etagOf(row) };
  for (const [name, property] of Object.entries(set.properties)) {
    if (select && !select.includes(name)) continue;
    if (property.kind === "stream") {
      const link = `${base}/${set.name}(${values.id})/${name}`;
      wire[`${name}@odata.mediaEditLink`] = link;
      wire[`${name}@odata.mediaReadLink`] = link;
    } else wire[name] = values[set.columns?.[name] ?? name] ?? emptyValue(property);
  }
  return wire;
}

/** The rows that a navigation property of a row leads to. */
export function rowsBehind({ books, asOf }: Showing, target: EntitySet, to: string, value: unknown): [Row, Values][] {
  const rows =
    to === "id"
      ? [books.byId(target.table, value)]
      : to === "documentId"
        ? books.linesOf(target.table, value)
        : books.rows(target.table).filter(({ values }) => values[to] === value);
  return rows.flatMap((row) => {
    const values = row && valuesAt(row, asOf);
    return row && values ? [[row, values] as [Row, Values]] : [];
  });
}

/** A row as a query wants it, with what it expands. */
export function show(showing: Showing, set: EntitySet, [row, values]: [Row, Values], query: Query): Wire {
  const wire = fieldsOf(set, row, values, query.select, showing.base);
  for (const [name, select] of query.expand) {
    const navigation = set.navigation[name];
    const target = showing.sets.get(navigation?.set ?? "");
    if (!navigation || !target) continue;
    const found = rowsBehind(showing, target, navigation.to, values[navigation.from]).map(([one, held]) =>
      fieldsOf(target, one, held, select, showing.base),
    );
    wire[name] = navigation.isMany ? found : (found[0] ?? null);
  }
  return wire;
}
