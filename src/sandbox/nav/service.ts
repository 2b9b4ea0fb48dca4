/** The web services of a server instance: access, endpoints, roots (Dynamics NAV, 1 and 2). */

import { type AccessParts, refusedAccess } from "./access.ts";
import { type Segment, segmentsOf } from "./address.ts";
import { type CustomFields, entitySets } from "./catalogue.ts";
import { functions } from "./codeunit.ts";
import type { Company, Database } from "./company.ts";
import { metadataOf } from "./metadata.ts";
import { answerPage, type Incoming, type Outgoing } from "./pages.ts";
import type { Speech } from "./query.ts";
import { bad, errorBodyV3, errorBodyV4, notAllowed, notFound, Refusal } from "./refusals.ts";
import { answerSoap, soapFault } from "./soap.ts";
import type { NavSwitches } from "./switches.ts";
import type { Wire } from "./types.ts";
import { atomOf } from "./wire.ts";

/** What the service stands on. */
export interface ServiceParts {
  database: Database;
  switches: NavSwitches;
  /** The name of the server instance. */
  instance: string;
  access: AccessParts;
  customFields: CustomFields;
  sleep(ms: number): Promise<void>;
}

/** Answers requests; every refusal of NAV is an answer, never a throw. */
export class Service {
  private readonly parts: ServiceParts;
  private open = 0;

  constructor(parts: ServiceParts) {
    this.parts = parts;
  }

  async answer(request: Request): Promise<Response> {
    const { switches, instance, access, sleep } = this.parts;
    if (switches.isStopped) return new Response("The service is unavailable.", { status: 503 });
    const url = new URL(request.url);
    const [, name = "", endpoint = "", ...rest] = url.pathname.split("/");
    if (name.toLowerCase() !== instance.toLowerCase()) return new Response(null, { status: 404 });
    if (switches.maxConnections > 0 && this.open >= switches.maxConnections) return this.throttled();
    this.open += 1;
    try {
      const refused = refusedAccess(access, request.headers, switches);
      if (refused) return refused;
      const incoming = { method: request.method, url, headers: request.headers, text: await request.text() };
      if (switches.processingMs > 0) await sleep(switches.processingMs);
      return this.endpoint(endpoint, rest.join("/"), incoming);
    } finally {
      this.open -= 1;
    }
  }

  /** A 429 of the connection limit. */
  throttled(): Response {
    return this.refused(new Refusal(429, "Too many requests."), { isV3: false });
  }

  /** A 500 in NAV's shape. */
  broken(): Response {
    return this.refused(new Refusal(500, "An internal server error occurred.", "Internal_ServerError"), {
      isV3: false,
    });
  }

  private endpoint(endpoint: string, path: string, incoming: Incoming): Response {
    const { switches } = this.parts;
    const isSoap = endpoint === "WS" && switches.codeunit === "soap";
    const isV3 = endpoint === "OData";
    const isV4 = endpoint === "ODataV4" && switches.version !== 2016;
    if (!isSoap && !isV3 && !isV4) return new Response(null, { status: 404 });
    const speech: Speech = { ...switches, isV3 };
    try {
      if (switches.tenant !== undefined && incoming.url.searchParams.get("tenant") !== switches.tenant)
        throw bad("The tenant is missing or unknown.");
      const segments = segmentsOf(path);
      if (isSoap) return this.soap(segments, incoming);
      if (segments[0]?.name === "$metadata") return this.metadata(isV3);
      return this.shaped(this.route(segments, speech, incoming), speech, incoming);
    } catch (error) {
      if (error instanceof Refusal) return this.refused(error, speech);
      throw error;
    }
  }

  private metadata(isV3: boolean): Response {
    const { switches, customFields } = this.parts;
    const hasActions = switches.codeunit === "actions" && switches.version === 2018;
    const text = metadataOf(entitySets(switches, customFields), { isV3, actions: hasActions ? functions : [] });
    return new Response(text, { headers: { "content-type": "application/xml" } });
  }

  private route(segments: readonly Segment[], speech: Speech, incoming: Incoming): Outgoing {
    const [first, ...rest] = segments;
    const root = `${incoming.url.origin}${incoming.url.pathname.split("/").slice(0, 3).join("/")}`;
    if (!first) return this.serviceDocument(root, incoming);
    if (first.name === "Company" && first.key === undefined) return this.companies(root, incoming);
    const named =
      first.name === "Company" ? (/^(?:Name=)?'((?:[^']|'')*)'$/.exec(first.key ?? "")?.[1] ?? "") : undefined;
    const company = this.company(named?.replaceAll("''", "'") ?? incoming.url.searchParams.get("company") ?? undefined);
    const [segment, ...more] = named === undefined ? segments : rest;
    if (!segment) return this.serviceDocument(root, incoming);
    const set = entitySets(speech, this.parts.customFields).get(segment.name);
    if (!set) throw notFound(segment.name);
    const base = `${root}/$metadata#Company('${encodeURIComponent(company.name)}')`;
    return answerPage({ database: this.parts.database, company, set, speech, incoming, base }, segment, more);
  }

  /** Without a name the server's default company, which is the first. */
  private company(name: string | undefined): Company {
    const { companies } = this.parts.database;
    const found = name === undefined ? companies[0] : companies.find((company) => company.name === name);
    if (!found) throw notFound("Company");
    return found;
  }

  private serviceDocument(root: string, { method }: Incoming): Outgoing {
    if (method !== "GET") throw notAllowed(method);
    const names = ["Company", ...entitySets(this.parts.switches, this.parts.customFields).keys()];
    const value = names.map((name) => ({ name, kind: "EntitySet", url: name }));
    return { status: 200, body: { "@odata.context": `${root}/$metadata`, value }, records: value };
  }

  private companies(root: string, { method }: Incoming): Outgoing {
    if (method !== "GET") throw notAllowed(`${method} Company`);
    const value = this.parts.database.companies.map(({ name }) => ({ Name: name }));
    return { status: 200, body: { "@odata.context": `${root}/$metadata#Company`, value }, records: value };
  }

  private soap(segments: readonly Segment[], { method, text }: Incoming): Response {
    const [company, kind, unit] = segments.map(({ name, key }) => (key === undefined ? name : `${name}(${key})`));
    const { companies, ledger } = this.parts.database;
    const found = companies.find(({ name }) => name === company);
    if (!found || kind !== "Codeunit" || unit === undefined || method !== "POST")
      return soapFault(`Service "${kind}/${unit}" was not found!`);
    return answerSoap(found, text, ({ entry }) => {
      ledger.push({ ...entry, at: found.clock.now().toISOString() });
    });
  }

  /** V3 speaks Atom unless it is asked for JSON (Dynamics NAV, 1). */
  private shaped({ status, body, records = [] }: Outgoing, { isV3 }: Speech, { url, headers }: Incoming): Response {
    if (body === undefined) return new Response(null, { status });
    const isJson = url.searchParams.get("$format") === "json" || headers.get("accept")?.includes("application/json");
    if (isV3 && !isJson)
      return new Response(atomOf(records, url.pathname.split("/").at(-1) ?? ""), {
        status,
        headers: { "content-type": "application/atom+xml" },
      });
    return json(status, isV3 ? renamed(body) : body, isV3);
  }

  private refused({ status, code, message }: Refusal, { isV3 }: Pick<Speech, "isV3">): Response {
    const { errorBody } = this.parts.switches;
    if (isV3 || errorBody === "v3") return json(status, errorBodyV3("", message), true);
    return json(status, errorBodyV4(errorBody === "bare" ? "" : code, message), false);
  }
}

/** What V4 calls `@odata.context` V3 calls `odata.metadata`. */
function renamed(body: Wire): Wire {
  const { "@odata.context": context, ...rest } = body;
  return context === undefined ? body : { "odata.metadata": context, ...rest };
}

function json(status: number, body: unknown, isV3: boolean): Response {
  const headers = isV3
    ? { "content-type": "application/json", dataserviceversion: "3.0;" }
    : { "content-type": "application/json; odata.metadata=minimal", "odata-version": "4.0" };
  return new Response(JSON.stringify(body), { status, headers });
}
