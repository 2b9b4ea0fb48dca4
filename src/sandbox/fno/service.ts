/** The OData service under `/data/` (F&O, 2). */

import { type Literal, preferredPageSize } from "../odata/filter.ts";
import { type Books, etagOf, type Row } from "./books.ts";
import { type CustomFields, entitySets } from "./entities.ts";
import { errorResponse, Refusal, unknownAppResponse } from "./errors.ts";
import { metadataResponse } from "./metadata.ts";
import { compare } from "./odata-filter.ts";
import { type Address, addressOf, type Query, queryOf } from "./odata-query.ts";
import type { FnoSwitches } from "./switches.ts";
import { type EntitySet, emptyValue, type Values } from "./types.ts";
import type { Writes } from "./writes.ts";

/** What the service stands on. */
export interface ServiceParts {
  books: Books;
  writes: Writes;
  switches: FnoSwitches;
  customFields: CustomFields;
  legalEntities: readonly string[];
  defaultCompany: string;
  accepts(token: string): boolean;
  sleep(ms: number): Promise<void>;
}

type Wire = Record<string, unknown>;

/** Answers OData requests; every refusal of F&O is an answer, never a throw. */
export class ODataService {
  private readonly parts: ServiceParts;
  private readonly allSets: ReadonlyMap<string, EntitySet>;
  private isWarm = false;

  constructor(parts: ServiceParts) {
    this.parts = parts;
    this.allSets = entitySets(parts.customFields);
  }

  /** The next call is the first one again, as after an AOS restart. */
  cool(): void {
    this.isWarm = false;
  }

  async answer(request: Request): Promise<Response> {
    const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token === undefined || !this.parts.accepts(token)) return new Response(null, { status: 401 });
    if (!this.parts.switches.appIsKnown) return unknownAppResponse();
    if (!this.isWarm && this.parts.switches.firstCallDelayMs > 0)
      await this.parts.sleep(this.parts.switches.firstCallDelayMs);
    this.isWarm = true;
    try {
      return await this.route(request);
    } catch (error) {
      if (error instanceof Refusal) return errorResponse(error.status, error.message);
      throw error;
    }
  }

  private sets(): ReadonlyMap<string, EntitySet> {
    const { absentSets } = this.parts.switches;
    return new Map([...this.allSets].filter(([name]) => !absentSets.includes(name)));
  }

  private async route(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.slice("/data/".length);
    const sets = this.sets();
    if (path === "$metadata") return metadataResponse(sets, this.parts.switches.fillerSets);
    const address = addressOf(path);
    // Names of entity sets are case sensitive (F&O, 2.1).
    const set = sets.get(address.set);
    if (!set)
      throw new Refusal(404, `No HTTP resource was found that matches the request URI '${url.origin}${url.pathname}'.`);
    if (this.parts.switches.forbiddenSets.includes(set.name))
      throw new Refusal(403, `Access denied to entity '${set.type}'.`);
    if (!this.parts.switches.selectsInExpand && url.searchParams.get("$expand")?.includes("("))
      throw new Refusal(400, "The query specified in the URI is not valid. Options inside $expand are not supported.");
    const query = queryOf(url.searchParams, set, sets);
    switch (request.method) {
      case "GET":
        return address.key ? this.one(set, address.key, query, url) : this.list(set, query, request);
      case "POST":
        return this.create(set, await bodyOf(request), query, url);
      case "PATCH":
        this.parts.writes.patch(
          set,
          this.find(set, address, query),
          await bodyOf(request),
          request.headers.get("if-match"),
        );
        return new Response(null, { status: 204 });
      case "DELETE":
        this.parts.writes.remove(set, this.find(set, address, query), request.headers.get("if-match"));
        return new Response(null, { status: 204 });
      default:
        throw new Refusal(405, `The requested resource does not support http method '${request.method}'.`);
    }
  }

  /** Without `cross-company=true` only the default company is visible, by key too (F&O, 2.2). */
  private visible(set: EntitySet, query: Query): Row[] {
    const now = this.parts.books.clock.now().getTime();
    const rows = this.parts.books.rows(set.name).filter(({ visibleAt = 0 }) => visibleAt <= now);
    if (query.crossCompany || !("dataAreaId" in set.properties)) return rows;
    return rows.filter(({ values }) => values.dataAreaId === this.parts.defaultCompany);
  }

  private find(set: EntitySet, address: Address, query: Query): Row {
    const { key } = address;
    if (!key) throw new Refusal(405, `The key of '${set.name}' is missing.`);
    // The sheet names the attachment's key once with and once without the company (F&O, 2.1 and 4.1).
    const needed = set.name === "SalesOrderHeaderDocumentAttachmentsV2" ? ["DocumentId"] : set.key;
    const isComplete = needed.every((name) => name in key) && Object.keys(key).every((name) => set.key.includes(name));
    if (!isComplete)
      throw new Refusal(400, `The key of '${set.name}' has the fields ${set.key.join(", ")}; all are needed.`);
    const row = this.visible(set, query).find(({ values }) => matches(set, values, key));
    if (!row) throw new Refusal(404, `No resources were found when selecting for key of '${set.name}'.`);
    return row;
  }

  private one(set: EntitySet, key: Record<string, Literal>, query: Query, url: URL): Response {
    const row = this.find(set, { set: set.name, key }, query);
    return json(200, {
      "@odata.context": `${url.origin}/data/$metadata#${set.name}/$entity`,
      ...this.wire(set, row, query),
    });
  }

  private list(set: EntitySet, query: Query, request: Request): Response {
    const url = new URL(request.url);
    const { switches } = this.parts;
    const filter = url.searchParams.get("$filter") ?? "";
    if (switches.processingStatusFilter !== "works" && filter.includes("SalesOrderProcessingStatus"))
      throw new Refusal(
        switches.processingStatusFilter,
        "Invalid filter clause: SalesOrderProcessingStatus is not mapped.",
      );
    const rows = this.visible(set, query).filter(({ values }) => query.passes(values));
    const wanted = rows
      .sort((left, right) => query.order(left.values, right.values))
      .slice(query.skip, query.skip + query.top);
    const size = this.pageSize(request);
    const page = wanted.slice(query.offset, query.offset + size);
    const next = query.offset + size < wanted.length ? this.nextLink(url, query.offset + size) : undefined;
    return json(200, {
      "@odata.context": `${url.origin}/data/$metadata#${set.name}`,
      ...(query.count ? { "@odata.count": rows.length } : {}),
      value: page.map((row) => this.wire(set, row, query)),
      ...(next === undefined ? {} : { "@odata.nextLink": next }),
    });
  }

  private pageSize(request: Request): number {
    const { pageSize, honoursMaxPageSize } = this.parts.switches;
    const asked = preferredPageSize(request.headers);
    const wanted = honoursMaxPageSize && asked !== undefined ? Math.max(1, asked) : pageSize;
    return Math.min(wanted, pageSize, 10_000);
  }

  private nextLink(url: URL, offset: number): string {
    const next = new URL(url);
    next.searchParams.set("$skiptoken", String(offset));
    if (this.parts.switches.nextLinkHost !== undefined) next.host = this.parts.switches.nextLinkHost;
    return next.href;
  }

  private create(set: EntitySet, body: Wire, query: Query, url: URL): Response {
    const row = this.parts.writes.insert(set, body, this.parts.defaultCompany, this.parts.legalEntities);
    return json(this.parts.switches.createdStatus, {
      "@odata.context": `${url.origin}/data/$metadata#${set.name}/$entity`,
      ...this.wire(set, row, query),
    });
  }

  private wire(set: EntitySet, row: Row, query: Query): Wire {
    const wire = fields(set, row, query.select);
    for (const [name, select] of query.expand) {
      const target = this.allSets.get(set.navigation?.[name] ?? "");
      const order = this.parts.books.findOrder(String(row.values.dataAreaId), String(row.values.SalesOrderNumber));
      if (target) wire[name] = (order?.lines ?? []).map((line) => fields(target, line.row, select));
    }
    return wire;
  }
}

/** A row as JSON: its tag first, every property, the empty ones in their empty form (F&O, 2.4). */
function fields(set: EntitySet, row: Row, select: readonly string[] | undefined): Wire {
  const wire: Wire = { "@odata.etag": etagOf(row) };
  for (const [name, property] of Object.entries(set.properties))
    if (!select || select.includes(name)) wire[name] = row.values[name] ?? emptyValue(property);
  return wire;
}

function matches(set: EntitySet, values: Values, key: Record<string, Literal>): boolean {
  return Object.entries(key).every(([name, literal]) => {
    const property = set.properties[name];
    return property !== undefined && compare(values[name] ?? emptyValue(property), literal.value, property) === 0;
  });
}

async function bodyOf(request: Request): Promise<Wire> {
  const text = await request.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : text}`);
  }
  throw new Refusal(400, "The body must be a JSON object.");
}

function json(status: number, body: Wire): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; odata.metadata=minimal", "odata-version": "4.0" },
  });
}
