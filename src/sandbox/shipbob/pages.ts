/** Lists with cursors; the next page may be named in three ways (ShipBob, 11). */

import { fields } from "./refusals.ts";
import type { Call } from "./routes.ts";
import type { ShipBobSwitches } from "./switches.ts";

/** Which page of what. */
export interface Paging {
  call: Call;
  /** After the version. */
  path: string;
  size: number;
  form: ShipBobSwitches["next"];
  /** What the cursor is called; it is told of `Cursor` alone. */
  parameter?: string;
  /** How many rows of a page come again with the next one. */
  repeats?: number;
}

/** A page of a list. */
export interface CursorPage<T> {
  first: string | null;
  items: T[];
  last: string | null;
  next: string | null;
  prev: string | null;
}

/** The page that the call's cursor leads to. */
export function cursorPage<T>(rows: readonly T[], paging: Paging): CursorPage<T> {
  const { call, size, parameter = "Cursor", repeats = 0 } = paging;
  const cursor = call.query.text(parameter);
  const from = cursor === undefined ? 0 : read(cursor, parameter);
  const to = from + size;
  const named = (at: number) => name(at, paging);
  return {
    first: rows.length > 0 ? named(0) : null,
    items: rows.slice(from, to),
    last: rows.length > 0 ? named(Math.floor((rows.length - 1) / size) * size) : null,
    next: to < rows.length ? named(Math.max(from + 1, to - repeats)) : null,
    prev: from > 0 ? named(Math.max(0, from - size)) : null,
  };
}

/** Opaque to clients. */
function write(at: number): string {
  return Buffer.from(`at:${at}`).toString("base64url");
}

function read(cursor: string, parameter: string): number {
  const at = /^at:(\d+)$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (at === undefined) throw fields(400, { [parameter]: ["The cursor is not valid."] });
  return Number(at);
}

function name(at: number, { call, path, form, size, parameter = "Cursor" }: Paging): string {
  const cursor = write(at);
  if (form === "cursor") return cursor;
  const relative = `${path}?${call.query.withCursor(parameter, cursor, size)}`;
  return form === "path" ? relative : `${call.origin}/${call.version}${relative}`;
}
