/** The tables of one company, with undo: a refused request leaves nothing behind. */

import { createHash } from "node:crypto";
import type { SandboxClock } from "../kit.ts";
import type { BcSwitches } from "./switches.ts";
import { emptyGuid, type Values } from "./types.ts";

/** A stored record. */
export interface Row {
  /** Rises with every insert of the whole sandbox. */
  readonly seq: number;
  readonly table: string;
  readonly createdAt: number;
  version: number;
  readonly values: Values;
  /** What it held until when, oldest first; kept only while a read replica lags. */
  readonly past: { until: number; values: Values }[];
  content?: Uint8Array;
}

/** What happened to a record, for webhooks. */
export interface Change {
  table: string;
  id: string;
  changeType: "created" | "updated" | "deleted";
}

/** Who numbers and watches: shared by all companies of an environment. */
export interface BooksSetup {
  clock: SandboxClock;
  switches: BcSwitches;
  changed(change: Change): void;
}

/** Makes ids, the same on every run. */
export class Ids {
  private last = 0;
  private readonly seed: string;

  constructor(seed: string) {
    this.seed = seed;
  }

  next(): number {
    this.last += 1;
    return this.last;
  }

  guid(): string {
    const hex = createHash("sha256").update(`${this.seed}/${this.next()}`).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

/** The tag of a row: moves with each change of its own. */
export function etagOf(row: Row): string {
  return `W/"${Buffer.from(`20;${row.seq};${row.version};0;'`).toString("base64")}"`;
}

/** The tables of one company. */
export class Books {
  readonly setup: BooksSetup;
  readonly ids: Ids;
  /** By series, the last number given. */
  private readonly series = new Map<string, number>();
  private readonly tables = new Map<string, Map<string, Row>>();
  /** By table and document, its lines. */
  private readonly lines = new Map<string, Set<Row>>();
  /** How to take back what the open request did, oldest first; undefined outside of one. */
  private undo: (() => void)[] | undefined;
  private changes: Change[] = [];

  constructor(setup: BooksSetup, ids: Ids) {
    this.setup = setup;
    this.ids = ids;
  }

  now(): string {
    return this.setup.clock.now().toISOString();
  }

  today(): string {
    return this.now().slice(0, 10);
  }

  /** Runs a request; a throw takes back all that was not committed. */
  request<T>(work: () => T): T {
    if (this.undo) return work();
    this.undo = [];
    try {
      const done = work();
      this.commit();
      return done;
    } catch (error) {
      for (const back of this.undo.reverse()) back();
      this.changes = [];
      throw error;
    } finally {
      this.undo = undefined;
    }
  }

  /** What was done so far stays, as posting and some customisations make it. */
  commit(): void {
    if (this.undo) this.undo = [];
    for (const change of this.changes) this.setup.changed(change);
    this.changes = [];
  }

  /** Remembers how to take back something that is not in a table. */
  onUndo(back: () => void): void {
    this.undo?.push(back);
  }

  rows(table: string): Row[] {
    return [...(this.tables.get(table)?.values() ?? [])];
  }

  byId(table: string, id: unknown): Row | undefined {
    return this.tables.get(table)?.get(String(id).toLowerCase());
  }

  find(table: string, field: string, value: unknown): Row | undefined {
    for (const row of this.tables.get(table)?.values() ?? []) if (row.values[field] === value) return row;
    return undefined;
  }

  /** The lines of a document, in their order. */
  linesOf(table: string, documentId: unknown): Row[] {
    const rows = [...(this.lines.get(`${table}/${documentId}`) ?? [])];
    return rows.sort((left, right) => Number(left.values.sequence) - Number(right.values.sequence));
  }

  insert(table: string, values: Values): Row {
    const { clock } = this.setup;
    const given = values.id ?? emptyGuid;
    const id = given === emptyGuid ? this.ids.guid() : String(given).toLowerCase();
    const row: Row = {
      seq: this.ids.next(),
      table,
      createdAt: clock.now().getTime(),
      version: 1,
      values: { ...values, id, lastModifiedDateTime: this.now() },
      past: [],
    };
    this.keep(row);
    this.undo?.push(() => this.drop(row));
    this.tell(row, "created");
    return row;
  }

  count(table: string): number {
    return this.tables.get(table)?.size ?? 0;
  }

  /** Changes a row; `isSilent` where what moves is computed and its record stays as it is: no new tag, no new moment. */
  change(row: Row, patch: Values, isSilent = false): void {
    const before = { ...row.values };
    const { version } = row;
    if (this.setup.switches.replicaLagMs > 0)
      row.past.push({ until: this.setup.clock.now().getTime(), values: before });
    Object.assign(row.values, patch, isSilent ? {} : { lastModifiedDateTime: this.now() });
    if (!isSilent) row.version += 1;
    this.undo?.push(() => {
      for (const name of Object.keys(row.values)) if (!(name in before)) delete row.values[name];
      Object.assign(row.values, before);
      row.version = version;
    });
    if (!isSilent) this.tell(row, "updated");
  }

  remove(row: Row): void {
    this.drop(row);
    this.undo?.push(() => this.keep(row));
    this.tell(row, "deleted");
  }

  /** The next number of a series such as `S-ORD` that begins after `first`. */
  nextNumber(prefix: string, first: number): string {
    const before = this.series.get(prefix) ?? first;
    this.series.set(prefix, before + 1);
    this.undo?.push(() => this.series.set(prefix, before));
    return `${prefix}${before + 1}`;
  }

  private keep(row: Row): void {
    const rows = this.tables.get(row.table) ?? new Map<string, Row>();
    this.tables.set(row.table, rows.set(String(row.values.id), row));
    if (!("documentId" in row.values)) return;
    const key = `${row.table}/${row.values.documentId}`;
    this.lines.set(key, (this.lines.get(key) ?? new Set()).add(row));
  }

  private drop(row: Row): void {
    this.tables.get(row.table)?.delete(String(row.values.id));
    this.lines.get(`${row.table}/${row.values.documentId}`)?.delete(row);
  }

  private tell(row: Row, changeType: Change["changeType"]): void {
    this.changes.push({ table: row.table, id: String(row.values.id), changeType });
    if (!this.undo) this.commit();
  }
}

/** What a row held at a time, or undefined when it was not there yet. */
export function valuesAt(row: Row, time: number): Values | undefined {
  if (row.createdAt > time) return undefined;
  return row.past.find(({ until }) => until > time)?.values ?? row.values;
}
