/** The API pages of a company: lists, single records, and what is done to them (Business Central, 2 to 4). */

import { preferredPageSize } from "../odata/filter.ts";
import type { Address, Segment } from "./address.ts";
import { type Row, valuesAt } from "./books.ts";
import type { Company } from "./company.ts";
import { checkPermission, companyOf, type Environment, setsOf } from "./environment.ts";
import { keyLiteral, type Query, queryOf } from "./query.ts";
import { notAllowed, notFound, Refusal, ruled } from "./refusals.ts";
import type { EntitySet, Values, Wire } from "./types.ts";
import { rowsBehind, type Showing, show } from "./wire.ts";
import { checkTag } from "./writes.ts";

/** A request whose body was read. */
export interface Incoming {
  method: string;
  url: URL;
  headers: Headers;
  content: Uint8Array;
}

/** What is answered. */
export interface Outgoing {
  status: number;
  body?: Wire | Uint8Array | string;
}

interface Target {
  environment: Environment;
  company: Company;
  set: EntitySet;
  sets: ReadonlyMap<string, EntitySet>;
  showing: Showing;
  incoming: Incoming;
  /** What the address says of the rows: the parent of a navigation. */
  scope: { field: string; value: string } | undefined;
}

/** The JSON object of a body. */
export function bodyOf({ content }: Pick<Incoming, "content">): Wire {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(content));
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    // Told below, in the vendor's words.
  }
  throw new Refusal(400, "BadRequest", "The body is no JSON object.");
}

/** Answers a request for the pages of a company. */
export function answerPage(environment: Environment, address: Address, incoming: Incoming): Outgoing {
  if (address.company === undefined) throw notFound(address.segments[0]?.name ?? "");
  const company = companyOf(environment, address.company);
  const sets = setsOf(environment, address.api);
  const [first, ...rest] = address.segments;
  const set = first && sets.get(first.name);
  if (!first || !set) throw notFound(first?.name ?? "");
  checkPermission(environment, set.name);
  const base = incoming.url.href.replace(/\/companies\([^)]*\).*$/, `/companies(${company.id})`);
  const isReplica = incoming.headers.get("data-access-intent")?.toLowerCase() === "readonly";
  const now = environment.clock.now().getTime();
  const asOf = isReplica && environment.switches.replicaLagMs > 0 ? now - environment.switches.replicaLagMs : now;
  const showing = { books: company.books, sets, base, asOf };
  return company.books.request(() =>
    follow({ environment, company, set, sets, showing, incoming, scope: undefined }, first, rest),
  );
}

function follow(target: Target, segment: Segment, rest: readonly Segment[]): Outgoing {
  const { set, sets, incoming } = target;
  if (segment.key === undefined) return atSet(target);
  const row = rowOf(target, segment.key);
  const [next, ...more] = rest;
  if (!next) return atRow(target, row);
  if (next.name.startsWith("Microsoft.NAV.")) return atAction(target, row, next.name.slice("Microsoft.NAV.".length));
  if (set.properties[next.name]?.kind === "stream") return atStream(target, row);
  const navigation = Object.hasOwn(set.navigation, next.name) ? set.navigation[next.name] : undefined;
  const inner = navigation && sets.get(navigation.set);
  if (!navigation || !inner) throw notFound(next.name);
  const value = String(row.values[navigation.from] ?? "");
  const led = { ...target, set: inner, scope: { field: navigation.to, value } };
  if (navigation.isMany) return follow(led, next, more);
  if (incoming.method !== "GET") throw notAllowed(`${incoming.method} ${next.name}`);
  return atRow(led, rowOf(led, value));
}

/** The row of a key: an id, or the number on an OData service. */
function rowOf({ company, set, scope }: Target, key: string): Row {
  const number = /(?:^|,)No='([^']*)'/.exec(key)?.[1];
  const found =
    number !== undefined && "No" in set.properties
      ? company.books.find(set.table, "number", number)
      : company.books.byId(set.table, keyLiteral(key).value);
  if (!found || (scope && String(found.values[scope.field]) !== scope.value)) throw notFound(`${set.name}(${key})`);
  return found;
}

function atSet(target: Target): Outgoing {
  const { environment, company, set, sets, incoming, scope } = target;
  if (incoming.method === "GET") return list(target);
  if (incoming.method !== "POST") throw notAllowed(`${incoming.method} ${set.name}`);
  const given: Wire = scope ? { [scope.field]: scope.value } : {};
  const lineSet = sets.get(set.name === "salesOrders" ? "salesOrderLines" : "salesInvoiceLines");
  const row = environment.writes.insert(
    { company, set, lineSet: isDocument(set) ? lineSet : undefined },
    bodyOf(incoming),
    given,
  );
  return { status: 201, body: single(target, row, row.values) };
}

const isDocument = ({ name }: EntitySet) => name === "salesOrders" || name === "salesInvoices";

function single(target: Target, row: Row, values: Values): Wire {
  const { showing, set, incoming, sets } = target;
  const query = queryOf(incoming.url.searchParams, set, sets);
  return {
    "@odata.context": `${showing.base}/$metadata#${set.name}/$entity`,
    ...show(showing, set, [row, values], query),
  };
}

function atRow(target: Target, row: Row): Outgoing {
  const { environment, company, set, incoming } = target;
  const { method, headers } = incoming;
  if (method === "GET") {
    const values = valuesAt(row, target.showing.asOf);
    if (!values) throw notFound(set.name);
    return { status: 200, body: single(target, row, values) };
  }
  if ((method !== "PATCH" && method !== "DELETE") || !set.verbs.includes(method))
    throw notAllowed(`${method} ${set.name}`);
  checkTag(company, row, headers.get("if-match"));
  if (method === "DELETE") {
    environment.writes.remove({ company, set }, row);
    return { status: 204 };
  }
  environment.writes.patch({ company, set }, row, bodyOf(incoming));
  return { status: 200, body: single(target, row, row.values) };
}

function atAction({ environment, company, set, incoming }: Target, row: Row, action: string): Outgoing {
  if (incoming.method !== "POST") throw notAllowed(`${incoming.method} ${action}`);
  environment.writes.act({ company, set }, row, action);
  return { status: 204 };
}

function atStream({ environment, company, set, incoming }: Target, row: Row): Outgoing {
  if (incoming.method === "GET") return { status: 200, body: row.content ?? new Uint8Array() };
  if (incoming.method !== "PATCH") throw notAllowed(`${incoming.method} ${set.name}`);
  checkTag(company, row, incoming.headers.get("if-match"));
  environment.writes.upload({ company, set }, row, incoming.content);
  return { status: 204 };
}

function candidates({ company, set, scope, showing }: Target, query: Query): [Row, Values][] {
  if (scope) return rowsBehind(showing, set, scope.field, scope.value);
  const filter = query.filter ?? "";
  if (set.parentField !== undefined && !new RegExp(`\\b(id|${set.parentField}) eq `).test(filter))
    throw ruled("You must specify an Id or a Document Id to get the lines.");
  return company.books.rows(set.table).flatMap((row) => {
    const values = valuesAt(row, showing.asOf);
    return values ? [[row, values] as [Row, Values]] : [];
  });
}

const ceiling = 20_000;

function list(target: Target): Outgoing {
  const { set, sets, showing, incoming } = target;
  const { url, headers } = incoming;
  const query = queryOf(url.searchParams, set, sets);
  const size = preferredPageSize(headers) ?? ceiling;
  if (size > ceiling) throw new Refusal(413, "BadRequest", `The page size ${size} is larger than ${ceiling}.`);
  const rows = candidates(target, query).filter(([, values]) => query.passes(values));
  const { order } = query;
  if (order) rows.sort(([, left], [, right]) => order(left, right));
  else rows.sort(([left], [right]) => left.seq - right.seq);
  const wanted = rows.slice(query.skip, query.skip + query.top);
  const { token = 0 } = query;
  const begin = order ? token : wanted.findIndex(([row]) => row.seq > token);
  const page = begin === -1 ? [] : wanted.slice(begin, begin + Math.max(1, size));
  const isMore = begin !== -1 && begin + page.length < wanted.length;
  const next = new URL(url);
  next.searchParams.set("$skiptoken", String(order ? begin + page.length : page.at(-1)?.[0].seq));
  return {
    status: 200,
    body: {
      "@odata.context": `${showing.base}/$metadata#${set.name}`,
      ...(query.count ? { "@odata.count": rows.length } : {}),
      value: page.map((entry) => show(showing, set, entry, query)),
      ...(isMore ? { "@odata.nextLink": next.href } : {}),
    },
  };
}
