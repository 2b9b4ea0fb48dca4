/** How simulated OData vendors read query options other than `$filter`; the refusals are each vendor's own. */

/** Throws what `refuse` makes at the first `$` option that is not known. */
export function checkOptions(
  parameters: URLSearchParams,
  known: readonly string[],
  refuse: (name: string) => Error,
): void {
  for (const name of parameters.keys()) if (name.startsWith("$") && !known.includes(name)) throw refuse(name);
}

/** The names of a `$select`, each looked at by `check`; undefined for `*`. */
export function selectionOf(text: string, check: (name: string) => void): readonly string[] | undefined {
  if (text === "*") return undefined;
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) check(name);
  return names;
}

/** What a vendor says of an item of `$expand`. */
export interface Expanding<Target> {
  /** Where a navigation property leads; throws when there is none. */
  target(name: string, item: string): Target;
  select(text: string, target: Target): readonly string[] | undefined;
}

/** By navigation property of an `$expand`, the fields selected inside it; undefined: all. */
export function expansionsOf<Target>(
  text: string | null,
  { target, select }: Expanding<Target>,
): Map<string, readonly string[] | undefined> {
  const expand = new Map<string, readonly string[] | undefined>();
  for (const item of text === null || text === "" ? [] : text.split(/,(?![^(]*\))/)) {
    const match = /^\s*(\w+)(?:\(\s*\$select=([^;()]*)\))?\s*$/.exec(item);
    const found = target(match?.[1] ?? "", item);
    expand.set(match?.[1] ?? "", match?.[2] === undefined ? undefined : select(match[2], found));
  }
  return expand;
}

/** Compares two rows: negative when the left one comes first. */
export type Ordering<Row> = (left: Row, right: Row) => number;

/** The ordering of an `$orderby`; `by` gives that of one field, `refuse` is made at a term that cannot be read. */
export function orderingOf<Row>(
  text: string,
  by: (name: string) => Ordering<Row>,
  refuse: (term: string) => Error,
): Ordering<Row> {
  const terms = text.split(",").map((term) => {
    const [name = "", direction = "asc", more] = term.trim().split(/\s+/);
    if (more !== undefined || !["asc", "desc"].includes(direction)) throw refuse(term);
    return { compare: by(name), sign: direction === "desc" ? -1 : 1 };
  });
  return (left, right) => {
    for (const { compare, sign } of terms) {
      const order = compare(left, right);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}

/** A whole number such as `$top`, or undefined. */
export function countOf(
  parameters: URLSearchParams,
  name: string,
  refuse: (text: string) => Error,
): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw refuse(text);
  return Number(text);
}
