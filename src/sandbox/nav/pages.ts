/** Published pages: lists, single records, and what is done to them (Dynamics NAV, 4). */

import { keyParts, type Segment } from "./address.ts";
import { runFunction } from "./codeunit.ts";
import { byKey, type Query, queryOf, type Speech, wantedValue } from "./query.ts";
import { bad, notAllowed, notFound, Refusal } from "./refusals.ts";
import type { Row } from "./tables.ts";
import { type EntitySet, propertyOf, type Values, type Wire } from "./types.ts";
import { checkedValues } from "./values.ts";
import { linesOf, show } from "./wire.ts";
import { checkTag, insert, type Place, patch, remove } from "./writes.ts";

/** A request whose body was read. */
export interface Incoming {
  method: string;
  url: URL;
  headers: Headers;
  text: string;
}

/** What is answered: records, a list of them, or nothing. */
export interface Outgoing {
  status: number;
  body?: Wire;
  /** The records of the body, for those who want no JSON. */
  records?: readonly Wire[];
}

/** An entity set of a company that somebody asks for. */
export interface Target extends Place {
  speech: Speech;
  incoming: Incoming;
  /** The address up to the company, for links. */
  base: string;
}

/** The JSON object of a body; nothing at all counts as an empty one. */
export function bodyOf({ text }: Pick<Incoming, "text">): Wire {
  try {
    const body: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    // Told below, in the vendor's words.
  }
  throw bad("The body is no JSON object.");
}

/** Answers a request for a page. */
export function answerPage(target: Target, segment: Segment, rest: readonly Segment[]): Outgoing {
  checkPermission(target);
  return target.company.tables.request(() => {
    if (segment.key === undefined) return atSet(target);
    const [next, more] = rest;
    if (more) throw notFound(more.name);
    if (next?.name.startsWith("NAV.")) return atFunction(target, segment.key, next.name.slice("NAV.".length));
    const row = rowOf(target, segment.key);
    if (!next) return atRow(target, row);
    const { lines } = target.set;
    if (!lines || next.name !== lines.name || target.incoming.method !== "GET") throw notFound(next.name);
    return list({ ...target, set: lines }, linesOf(target.company, lines, row));
  });
}

function checkPermission({ company, set, incoming }: Target): void {
  const { permissions, forbiddenStatus } = company.switches;
  const isRead = incoming.method === "GET";
  if (permissions === "all" || (permissions === "readOnly" && isRead)) return;
  throw new Refusal(
    forbiddenStatus,
    `You do not have the following permissions on TableData ${set.page.title}: ${isRead ? "Read" : "Modify"}`,
    "Internal_PermissionDenied",
  );
}

function rowOf({ company, set, speech }: Target, key: string): Row {
  const names = set.page.key;
  const values = keyParts(key, names).map((literal, index) => {
    const name = names[index] ?? "";
    return wantedValue(name, propertyOf(set, name), literal, speech);
  });
  const found = company.tables.find(set.page.table, ...values);
  if (!found) throw notFound(`${set.name}(${key})`);
  return found;
}

function atSet(target: Target): Outgoing {
  const { company, set, speech, incoming } = target;
  if (incoming.method === "GET") return list(target, company.tables.rows(set.page.table));
  if (incoming.method !== "POST" || !set.page.verbs.includes("POST"))
    throw notAllowed(`${incoming.method} ${set.name}`);
  return single(target, 201, insert(target, checkedValues(set, bodyOf(incoming), speech)));
}

function atRow(target: Target, row: Row): Outgoing {
  const { set, speech, incoming, company } = target;
  const { method, headers } = incoming;
  if (method === "GET") return single(target, 200, row);
  const verb = speech.isV3 && (method === "MERGE" || method === "PUT") ? "PATCH" : method;
  if ((verb !== "PATCH" && verb !== "DELETE") || !set.page.verbs.includes(verb))
    throw notAllowed(`${method} ${set.name}`);
  checkTag(target, row, headers.get("if-match"));
  if (verb === "DELETE") {
    remove(target, row);
    return { status: 204 };
  }
  patch(target, row, checkedValues(set, bodyOf(incoming), speech));
  return speech.isV3 || company.switches.patchStatus === 204 ? { status: 204 } : single(target, 200, row);
}

/** A function of the partner's codeunit, bound to the sales order (Dynamics NAV, 3.1). */
function atFunction(target: Target, key: string, name: string): Outgoing {
  const { company, set, speech, incoming } = target;
  const isPublished = speech.codeunit === "actions" && speech.version === 2018 && !speech.isV3;
  if (!isPublished || set.page.name !== "salesOrder") throw notFound(`NAV.${name}`);
  if (incoming.method !== "POST") throw notAllowed(`${incoming.method} NAV.${name}`);
  const [, number] = keyParts(key, set.page.key);
  const done = runFunction(company, name, { ...bodyOf(incoming), orderNo: String(number?.value ?? "") });
  target.database.ledger.push({ ...done.entry, at: company.clock.now().toISOString() });
  return { status: 200, body: { value: JSON.stringify(done.answer) } };
}

function single(target: Target, status: number, row: Row): Outgoing {
  const { set, speech, incoming, base, company } = target;
  const body = show({ company, speech }, set, row, queryOf(incoming.url.searchParams, set, speech));
  const context = `${base}/${set.name}${speech.isV3 ? "/@Element" : "/$entity"}`;
  return { status, body: { [speech.isV3 ? "odata.metadata" : "@odata.context"]: context, ...body }, records: [body] };
}

/** Where a page of an ordered list begins is a count, of any other the key it goes on behind. */
function beginOf(set: EntitySet, rows: readonly Row[], { order, token }: Query): number {
  if (token === undefined) return 0;
  if (order) return Number(token);
  const last = lastKey(set, token);
  const compare = byKey(set);
  const begin = rows.findIndex(({ values }) => compare(values, last) > 0);
  return begin === -1 ? rows.length : begin;
}

function lastKey({ page }: EntitySet, token: string): Values {
  try {
    const parts: unknown = JSON.parse(token);
    if (Array.isArray(parts)) return Object.fromEntries(page.key.map((name, index) => [name, parts[index]]));
  } catch {
    // Told below, in the vendor's words.
  }
  throw bad(`Invalid value '${token}' for $skiptoken.`);
}

function list(target: Target, candidates: readonly Row[]): Outgoing {
  const { company, set, speech, incoming, base } = target;
  const query = queryOf(incoming.url.searchParams, set, speech);
  const order = query.order ?? byKey(set);
  const rows = candidates
    .filter(({ values }) => query.passes(values))
    .sort((left, right) => order(left.values, right.values));
  const begin = beginOf(set, rows, query) + query.skip;
  const size = Math.max(1, speech.maxPageSize);
  const page = rows.slice(begin, begin + Math.min(size, query.top));
  const isMore = query.top > page.length && begin + page.length < rows.length;
  const value = page.map((row) => show({ company, speech }, set, row, query));
  const [context, link] = speech.isV3 ? ["odata.metadata", "odata.nextLink"] : ["@odata.context", "@odata.nextLink"];
  const next = isMore ? { [link]: nextLink(target, query, page, begin) } : {};
  return { status: 200, body: { [context]: `${base}/${set.name}`, value, ...next }, records: value };
}

function nextLink({ set, speech, incoming }: Target, query: Query, page: readonly Row[], begin: number): string {
  const next = new URL(incoming.url);
  const last = page.at(-1)?.values ?? {};
  const token = query.order ? String(begin + page.length) : JSON.stringify(set.page.key.map((name) => last[name]));
  next.searchParams.set("$skiptoken", token);
  next.searchParams.delete("$skip");
  if (Number.isFinite(query.top)) next.searchParams.set("$top", String(query.top - page.length));
  if (speech.nextLinkHost !== undefined) next.host = speech.nextLinkHost;
  return next.href;
}
