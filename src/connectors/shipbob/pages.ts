import type { z } from "zod";
import { ContractError } from "../../core/errors.ts";
import type { Answer } from "../../core/http/types.ts";

/** Values of a query; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A list to be read page by page. */
export interface PageRequest<T> {
  /** After the version: `/order`. */
  path: string;
  query?: Query;
  /** Already as it must stand on the wire: `SKU=any:A,B`. */
  rawQuery?: string;
  /** The body of a list that is asked for by POST. */
  post?: unknown;
  /** Narrows the list to the channel. */
  inChannel?: boolean;
  item: z.ZodType<T>;
  /** `page`: by number, a bare array; `next`: by the cursor or link in the answer. */
  style: "page" | "next";
  idOf(item: T): string | number;
  /** Rows of a full page: a list that turns back after one is not whole, and refused. Absent: it ends there. */
  fullPage?: number;
  /** For errors: `read orders`. */
  what?: string;
}

/** What a list is read with. */
export interface Asking {
  /** Sends the list's request with that query. */
  ask(query: string): Promise<Answer>;
  /** Scheme and host that a link may name. */
  apiUrl: string;
  /** For errors. */
  what: string;
}

/** Names of the query that the reader itself sets. */
const pageName = "Page";
const limitName = "Limit";
const cursorName = "Cursor";
const mostRows = 250;
/** A filter may leave a page or two empty; more is a list that does not end. */
const mostEmpty = 20;

/** All items of a list, each once, a page at a time; ends where a page brings nothing new. Throws ContractError. */
export async function* readPages<T>(asking: Asking, request: PageRequest<T>): AsyncGenerator<T[]> {
  const own = queryText(request.query, request.rawQuery);
  const limit = Number(request.query?.[limitName] ?? mostRows);
  const seen = new Set<string | number>();
  const asked = new Set<string>();
  let empty = 0;
  const first = request.style === "page" ? numbered(own, 1, limit) : own;
  for (let page = 1, query: string | undefined = first; query !== undefined && !asked.has(query); page++) {
    asked.add(query);
    const answer = await asking.ask(query);
    const { rows, next } = pageIn(answer, asking);
    const fresh = itemsIn(rows, request, { answer, asking }).filter((item) => {
      const id = request.idOf(item);
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    });
    if (fresh.length > 0) yield fresh;
    else if (rows.length > 0) {
      if (rows.length === request.fullPage) throw inCircle({ answer, asking });
      return;
    } else if (++empty > mostEmpty) throw broken("pages without rows that do not end", { answer, asking });
    if (request.style === "next") query = nextQuery(next, own, asking);
    else query = isLast(answer, { rows: rows.length, page, limit }) ? undefined : numbered(own, page + 1, limit);
  }
}

interface Context {
  answer: Answer;
  asking: Asking;
}

/** Of the headers only the number of pages is the same everywhere (11). */
function isLast({ headers }: Answer, { rows, page, limit }: { rows: number; page: number; limit: number }): boolean {
  return rows === 0 || (rows < limit && !(Number(headers.get("total-pages")) > page));
}

/** A bare array, or rows with what leads on (11). */
function pageIn(answer: Answer, asking: Asking): { rows: unknown[]; next?: unknown } {
  const { body } = answer;
  if (Array.isArray(body)) return { rows: body };
  const members: Record<string, unknown> =
    body !== null && typeof body === "object" ? Object.fromEntries(Object.entries(body)) : {};
  const rows = members.items ?? members.data;
  if (Array.isArray(rows)) return { rows, next: members.next };
  throw broken("something that is not a page", { answer, asking });
}

function itemsIn<T>(rows: readonly unknown[], { item }: PageRequest<T>, context: Context): T[] {
  return rows.map((row) => {
    const read = item.safeParse(row);
    if (read.success) return read.data;
    const at = read.error.issues[0]?.path.join(".");
    throw broken(`a row that is not in the documented shape${at ? ` (${at})` : ""}`, context);
  });
}

/**
 * The query of the page that `next` leads to: a bare cursor, a path with or without the version, or an address of the same
 * host (11). Only its query is used, so that no link leads elsewhere; what it leaves out of ours is added.
 */
function nextQuery(next: unknown, own: string, asking: Asking): string | undefined {
  if (next === null || next === undefined || next === "") return undefined;
  if (typeof next !== "string" && typeof next !== "number") throw strayLink("is unreadable", asking);
  const query = linkQuery(String(next), asking) ?? `${cursorName}=${encodeURIComponent(next)}`;
  const named = new Set(namesIn(query));
  return [query, ...partsOf(own).filter((part) => !named.has(nameOf(part)))].join("&");
}

/** A cursor may hold a slash, but no question mark. */
function linkQuery(next: string, asking: Asking): string | undefined {
  const isAddress = /^([a-z][a-z0-9+.-]*:)?\/\//i.test(next);
  if (!next.includes("?") && !/^[a-z][a-z0-9+.-]*:\/\//i.test(next)) return undefined;
  const base = new URL(asking.apiUrl);
  const target = URL.canParse(next, asking.apiUrl) ? new URL(next, base) : undefined;
  if (!target) throw strayLink("is unreadable", asking);
  if (isAddress && target.host !== base.host) throw strayLink(`leads to another host: ${target.host}`, asking);
  const query = target.search.slice(1);
  if (query === "") throw strayLink("has no cursor", asking);
  return query;
}

function numbered(own: string, page: number, limit: number): string {
  const named = new Set([pageName, limitName].map((name) => name.toLowerCase()));
  const rest = partsOf(own).filter((part) => !named.has(nameOf(part)));
  return [...rest, `${pageName}=${page}`, `${limitName}=${limit}`].join("&");
}

/** A query as it stands on the wire, what is raw already as it is. Pure. */
export function queryText(query: Query = {}, raw = ""): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return [...parts, ...(raw === "" ? [] : [raw])].join("&");
}

const partsOf = (query: string) => query.split("&").filter((part) => part !== "");
const nameOf = (part: string) => decodeURIComponent(part.split("=")[0] ?? "").toLowerCase();
const namesIn = (query: string) => partsOf(query).map(nameOf);

function strayLink(what: string, { what: asked }: Asking): ContractError {
  const hint = "Set apiUrl to ShipBob's own address, https://api.shipbob.com.";
  return new ContractError(`The link to ShipBob's next page ${what} (${asked}).`, {
    system: "shipbob",
    calls: [],
    hint,
  });
}

function broken(what: string, { answer, asking }: Context): ContractError {
  return new ContractError(`ShipBob sent ${what} when asked to ${asking.what}.`, {
    system: "shipbob",
    code: String(answer.status),
    calls: answer.calls,
  });
}

function inCircle({ answer, asking }: Context): ContractError {
  return new ContractError(`ShipBob's pages go in a circle when it is asked to ${asking.what}: it keeps rows back.`, {
    system: "shipbob",
    code: String(answer.status),
    calls: answer.calls,
    hint: "Try again later; if that does not help, tell ShipBob: the cursor of that list leads to its own page.",
  });
}

/** All items of a list together. */
export async function allOf<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
