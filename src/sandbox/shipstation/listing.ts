import type { ModelState } from "./order-input.ts";
import type { ShipStationSwitches } from "./switches.ts";

/** A query whose names are read in any case, as the .NET backend does (ShipStation V1, 1). */
export class Query {
  readonly #values: Map<string, string>;

  constructor(url: string) {
    this.#values = new Map(
      [...new URL(url).searchParams].filter(([, value]) => value !== "").map(([name, value]) => [fold(name), value]),
    );
  }

  get(name: string): string | undefined {
    return this.#values.get(fold(name));
  }

  isTrue(name: string): boolean {
    return fold(this.get(name) ?? "") === "true";
  }

  /** A whole number from 1; `fallback` for anything else. */
  count(name: string, fallback: number): number {
    const count = Number(this.get(name));
    return Number.isInteger(count) && count > 0 ? count : fallback;
  }
}

/** A query that V1 answers with a 400. */
export class BadQuery extends Error {
  readonly modelState: ModelState;

  constructor(field: string, value: string) {
    super(`The value '${value}' is not valid for ${field}.`);
    this.modelState = { [field]: [this.message] };
  }
}

/** One filter: keeps a row or not. */
export type Keep<Row> = (row: Row) => boolean;

/** Keeps rows whose value equals the parameter exactly, or all without it. */
export function equal<Row>(query: Query, name: string, fieldOf: (row: Row) => string | number | null): Keep<Row> {
  const wanted = query.get(name);
  return (row) => wanted === undefined || fold(String(fieldOf(row))) === fold(wanted);
}

/** Keeps rows one of whose texts contains the parameter, or all without it. */
export function contains<Row>(query: Query, name: string, textsOf: (row: Row) => (string | null)[]): Keep<Row> {
  const wanted = query.get(name);
  return (row) => wanted === undefined || textsOf(row).some((text) => fold(text ?? "").includes(fold(wanted)));
}

/** Keeps rows whose text begins with the parameter, as V1's order numbers are searched (ShipStation V1, 3). */
export function startsWith<Row>(query: Query, name: string, textOf: (row: Row) => string): Keep<Row> {
  const wanted = query.get(name);
  return (row) => wanted === undefined || fold(textOf(row)).startsWith(fold(wanted));
}

/** Keeps rows between `<name>Start` and `<name>End`, both included, on the Pacific clock. */
export function within<Row>(
  query: Query,
  name: string,
  read: (text: string) => string | undefined,
  clockOf: (row: Row) => string | null,
): Keep<Row> {
  const bound = (field: string) => {
    const text = query.get(field);
    if (text === undefined) return undefined;
    const clock = read(text);
    if (clock === undefined) throw new BadQuery(field, text);
    return clock;
  };
  const [start, end] = [bound(`${name}Start`), bound(`${name}End`)];
  return (row) => {
    if (start === undefined && end === undefined) return true;
    const clock = clockOf(row);
    return clock !== null && (start === undefined || clock >= start) && (end === undefined || clock <= end);
  };
}

/** The columns a list sorts by, as clock readings or texts that sort; rows of equal value stay in order of id. */
export type Columns<Row> = Record<string, (row: Row) => string | null>;

/** A V1 page: the rows, and the counts as the switches show them. */
export interface V1Page<Row> {
  rows: Row[];
  counts: { total?: number; page?: number; pages?: number };
}

/** Filters, sorts (by `usual` where the query does not say) and cuts the page that a V1 query asks for. */
export function pageOf<Row>(
  query: Query,
  all: readonly Row[],
  { keeps, columns, usual }: { keeps: Keep<Row>[]; columns: Columns<Row>; usual?: string },
  switches: ShipStationSwitches,
): V1Page<Row> {
  const rows = all.filter((row) => keeps.every((keep) => keep(row)));
  const sortBy = fold(query.get("sortBy") ?? usual ?? "");
  const column = Object.entries(columns).find(([name]) => fold(name) === sortBy)?.[1];
  if (column) rows.sort((a, b) => compare(column(a) ?? "", column(b) ?? ""));
  if (fold(query.get("sortDir") ?? "") === "desc") rows.reverse();
  const page = query.count("page", 1);
  const size = Math.min(500, query.count("pageSize", switches.defaultPageSize));
  const pages = switches.pages === "zero" ? 0 : Math.ceil(rows.length / size);
  return {
    rows: rows.slice((page - 1) * size, page * size),
    counts: switches.totals === "missing" ? {} : { total: rows.length, page, pages },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function fold(text: string): string {
  return text.toLowerCase();
}
