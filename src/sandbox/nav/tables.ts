/** The tables of one company, with undo: a refused request leaves nothing behind. */

import type { Value, Values } from "./types.ts";

/** A stored record. */
export interface Row {
  /** Rises with every insert. */
  readonly seq: number;
  readonly table: string;
  readonly key: readonly string[];
  version: number;
  readonly values: Values;
}

/** The tag of a row: moves with each change of its own (Dynamics NAV, 4). */
export function etagOf({ seq, version }: Row): string {
  return `W/"'${Buffer.from(`20;${seq};${version};`).toString("base64")}'"`;
}

const keyText = (values: readonly unknown[]) => values.join("\u0000");

/** The tables of one company. */
export class Tables {
  private last = 0;
  /** By the number that a series begins after, the last number given. */
  private readonly series = new Map<number, number>();
  private readonly tables = new Map<string, Map<string, Row>>();
  /** By table and document, its lines. */
  private readonly lines = new Map<string, Set<Row>>();
  /** How to take back what the open request did, oldest first; undefined outside of one. */
  private undo: (() => void)[] | undefined;

  /** Runs a request; a throw takes back all it did. */
  request<T>(work: () => T): T {
    if (this.undo) return work();
    this.undo = [];
    try {
      return work();
    } catch (error) {
      for (const back of this.undo.reverse()) back();
      throw error;
    } finally {
      this.undo = undefined;
    }
  }

  rows(table: string): Row[] {
    return [...(this.tables.get(table)?.values() ?? [])];
  }

  find(table: string, ...key: readonly Value[]): Row | undefined {
    return this.tables.get(table)?.get(keyText(key));
  }

  /** The lines of a document, in their order. */
  linesOf(table: string, document: unknown): Row[] {
    const rows = [...(this.lines.get(`${table}/${document}`) ?? [])];
    return rows.sort((left, right) => Number(left.values.Line_No) - Number(right.values.Line_No));
  }

  insert(table: string, key: readonly string[], values: Values): Row {
    this.last += 1;
    const row: Row = { seq: this.last, table, key, version: 1, values: { ...values } };
    this.keep(row);
    this.undo?.push(() => this.drop(row));
    return row;
  }

  change(row: Row, patch: Values): void {
    const before = { ...row.values };
    const { version } = row;
    Object.assign(row.values, patch);
    row.version += 1;
    this.undo?.push(() => {
      for (const name of Object.keys(row.values)) if (!(name in before)) delete row.values[name];
      Object.assign(row.values, before);
      row.version = version;
    });
  }

  remove(row: Row): void {
    this.drop(row);
    this.undo?.push(() => this.keep(row));
  }

  /** The next number of the series that begins after `first`. */
  nextNumber(first: number): string {
    const before = this.series.get(first) ?? first;
    this.series.set(first, before + 1);
    this.undo?.push(() => this.series.set(first, before));
    return String(before + 1);
  }

  private keep(row: Row): void {
    const rows = this.tables.get(row.table) ?? new Map<string, Row>();
    this.tables.set(row.table, rows.set(keyOf(row), row));
    if (!("Document_No" in row.values)) return;
    const document = `${row.table}/${row.values.Document_No}`;
    this.lines.set(document, (this.lines.get(document) ?? new Set()).add(row));
  }

  private drop(row: Row): void {
    this.tables.get(row.table)?.delete(keyOf(row));
    this.lines.get(`${row.table}/${row.values.Document_No}`)?.delete(row);
  }
}

const keyOf = ({ key, values }: Row) => keyText(key.map((name) => values[name] ?? ""));
