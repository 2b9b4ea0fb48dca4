import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ConfigError, ContractError, type MlcError } from "../../core/errors.ts";
import type { Answer, Http, HttpCall } from "../../core/http/types.ts";
import { readMetadata } from "../odata/metadata.ts";
import { type OdataPage, readPages } from "../odata/pages.ts";
import { choices, queryParts, type ReadOptions } from "../odata/query.ts";
import { type Given, readRow as readOdataRow } from "../odata/rows.ts";
import { type OdataText, odata, odataAnd, odataName } from "../odata/text.ts";
import { companyPath, routed, withTenant } from "./address.ts";
import { authKind, type NavPairSettings, type NavSettings } from "./config.ts";
import { type About, navError } from "./errors.ts";
import {
  type Lack,
  lackError,
  lacks,
  type Published,
  publishedAs,
  readableFields,
  type ServiceName,
  serviceNames,
} from "./pages.ts";

/** Rows asked for by the values of one field: `or` joins only conditions on the same one (NAV, 4). */
export interface Chosen<T> {
  service: ServiceName;
  field: string;
  values: readonly string[];
  schema: z.ZodType<T>;
  /** What must hold besides. */
  also?: OdataText;
}

/** What the calls stand on. */
export interface CallsOptions {
  http: Http;
  settings: NavSettings;
  pair: NavPairSettings;
}

/** What a company's row is called by is not documented beyond the rule for names (NAV, 3.2). */
const companyRow = z.looseObject({ Name: z.string().min(1) });
const serviceRow = z.looseObject({ name: z.string().min(1) });
const serviceDocument = z.object({ "@odata.context": z.string().optional(), value: z.array(serviceRow) });

/** The calls of a company and its reads. */
export class NavCalls {
  readonly settings: NavSettings;
  readonly pair: NavPairSettings;
  readonly #http: Http;
  #published: Promise<Published> | undefined;
  #serverTime: Date | undefined;
  #linkHost: string | undefined;

  constructor({ http, settings, pair }: CallsOptions) {
    this.settings = settings;
    this.pair = pair;
    this.#http = {
      system: http.system,
      call: (call) => http.call(this.#addressed(call)),
      stream: (call) => http.stream(this.#addressed(call)),
    };
  }

  #addressed(call: HttpCall): HttpCall {
    return { ...call, path: withTenant(routed(call.path, this.settings), this.settings.tenant) };
  }

  /** The server's clock at the last answer that told. */
  get serverTime(): Date | undefined {
    return this.#serverTime;
  }

  /** The host that the server takes for its own, where its service document told: its page links name that. */
  get linkHost(): string | undefined {
    return this.#linkHost;
  }

  /** A path in the company: of a service, or of a record in it by its key. */
  path(service: ServiceName, key = ""): string {
    return `${companyPath(this.settings.company, publishedAs(service, this.pair))}${key}`;
  }

  /** Sends one call; throws unless it is answered with 2xx or what `accepts` takes. */
  async send(call: HttpCall, about: About, accepts: (answer: Answer) => boolean = () => false): Promise<Answer> {
    const answer = await this.#http.call(call);
    const date = Date.parse(answer.headers.get("date") ?? "");
    if (!Number.isNaN(date)) this.#serverTime = new Date(date);
    if ((answer.status >= 200 && answer.status < 300) || accepts(answer)) return answer;
    throw this.refusal(answer, about);
  }

  /** The error that a refusal is. */
  refusal(answer: Answer, about: About): MlcError {
    const { company, username, messages } = this.settings;
    return navError(answer, about, { kind: authKind(this.settings), company, username, messages });
  }

  /** The pages of a collection by the server's links, whole as they come. May be repeated. */
  pages(path: string, what: string): AsyncGenerator<OdataPage> {
    const about = { what: `read ${what}`, isWrite: false, repeatable: true };
    const http: Http = { ...this.#http, call: (call) => this.send(call, about) };
    return readPages(http, { method: "GET", path, repeatable: true }, (answer) => this.refusal(answer, about));
  }

  /** All rows behind a path, read by a schema. May be repeated. */
  async rows<T>(path: string, schema: z.ZodType<T>, what: string): Promise<Given<T[]>> {
    const all: T[] = [];
    const made: Call[] = [];
    for await (const { rows, calls } of this.pages(path, what)) {
      all.push(...rows.map((value) => readRow(value, schema, what)));
      made.push(...calls);
    }
    return { value: all, calls: made };
  }

  /** Rows of a service with those of its fields that mlc reads and that there are. May be repeated. */
  async read<T>(
    service: ServiceName,
    { schema, ...options }: ReadOptions & { schema: z.ZodType<T> },
  ): Promise<Given<T[]>> {
    const select = await this.fields(service);
    return this.rows(
      `${this.path(service)}?${queryParts({ select, ...options }).join("&")}`,
      schema,
      publishedAs(service, this.pair),
    );
  }

  /** Rows whose field has one of the values, many in one call. May be repeated. */
  async chosen<T>({ service, field, values, schema, also }: Chosen<T>): Promise<Given<T[]>> {
    const select = await this.fields(service);
    const clauses = [...new Set(values)].map((value) => odata`${odataName(field)} eq ${value}`);
    const pathOf = (any: OdataText) => {
      const filter = also ? odataAnd([also, any]) : any;
      return `${this.path(service)}?${queryParts({ filter, select }).join("&")}`;
    };
    const all: T[] = [];
    const made: Call[] = [];
    for (const path of choices(`${this.settings.baseUrl}/`, clauses, pathOf)) {
      const { value, calls } = await this.rows(path, schema, publishedAs(service, this.pair));
      all.push(...value);
      made.push(...calls);
    }
    return { value: all, calls: made };
  }

  /** The one record with these key fields, by a filter: a 404 would not say whether the record or its page is missing. May be repeated. */
  async one<T>(
    service: ServiceName,
    key: Readonly<Record<string, string | number>>,
    schema: z.ZodType<T>,
  ): Promise<Given<T> | undefined> {
    const filter = odataAnd(Object.entries(key).map(([name, value]) => odata`${odataName(name)} eq ${value}`));
    const { value, calls } = await this.read(service, { filter, schema });
    const [row] = value;
    return row === undefined ? undefined : { value: row, calls };
  }

  /** Those fields of a service that mlc reads and that there are. Throws ConfigError for what it cannot do without. */
  async fields(service: ServiceName): Promise<string[]> {
    const lack = await this.lacksOf(service);
    if (lack) throw lackError(lack);
    return readableFields(service, await this.published(), this.pair);
  }

  /** What a service lacks of what the pair wants; undefined when nothing. */
  async lacksOf(service: ServiceName): Promise<Lack | undefined> {
    return lacks(await this.published(), this.pair).find((one) => one.service === service);
  }

  /** Whether a service that is published has a field. */
  async has(service: ServiceName, field: string): Promise<boolean> {
    return (await this.published()).get(publishedAs(service, this.pair))?.has(field) ?? false;
  }

  /** What the server publishes of the pair's services, read once. */
  published(): Promise<Published> {
    this.#published ??= this.metadata(serviceNames.map((name) => publishedAs(name, this.pair))).catch(
      (error: unknown) => {
        this.#published = undefined;
        throw error;
      },
    );
    return this.#published;
  }

  /** Property names of those of the services that the server publishes, by the streamed `$metadata`. May be repeated. */
  async metadata(services: Iterable<string>): Promise<Map<string, Set<string>>> {
    const headers = { accept: "application/xml" };
    const call: HttpCall = { method: "GET", path: "$metadata", headers, repeatable: true };
    const { status, body, calls } = await this.#http.stream(call);
    if (status === 200) return readMetadata(body, services, "nav");
    await body.cancel();
    const answer: Answer = { status, headers: new Headers(), body: undefined, text: "", calls };
    if (status === 404) throw this.#noService(calls);
    // A streamed refusal has no headers, and only these tell what kind of authentication the server wants.
    if (status === 401) await this.services();
    throw this.refusal(answer, { what: "read $metadata", isWrite: false, repeatable: true });
  }

  /** The names of all published services, by the service document. May be repeated. */
  async services(): Promise<string[]> {
    const about = { what: "read the service document", isWrite: false, repeatable: true };
    const isAbsent = ({ status }: Answer) => status === 404;
    const answer = await this.send({ method: "GET", path: "", repeatable: true }, about, isAbsent);
    if (isAbsent(answer)) throw this.#noService(answer.calls);
    const document = serviceDocument.safeParse(answer.body);
    if (document.success) {
      this.#linkHost = URL.parse(document.data["@odata.context"] ?? "")?.host || undefined;
      return document.data.value.map(({ name }) => name);
    }
    throw new ContractError("Dynamics NAV answered without a list of its services.", {
      system: "nav",
      calls: answer.calls,
      hint: "Check baseUrl: it ends in /ODataV4.",
    });
  }

  #noService(calls: readonly Call[]): ConfigError {
    const message = `No OData V4 answers at ${this.settings.baseUrl}; Dynamics NAV 2016 speaks only V3, which mlc does not.`;
    const hint = "Check baseUrl, and that OData Services are on for the server instance of NAV 2017 or 2018.";
    return new ConfigError(message, { system: "nav", field: "baseUrl", calls, hint });
  }

  /** The names of all companies; undefined where the server does not tell them. May be repeated. */
  async companies(): Promise<string[] | undefined> {
    const about = { what: "list companies", isWrite: false, repeatable: true };
    const call: HttpCall = { method: "GET", path: "Company", repeatable: true };
    const { status, body } = await this.send(call, about, (answer) => answer.status === 404);
    if (status === 404) return undefined;
    return z
      .object({ value: z.array(companyRow) })
      .safeParse(body)
      .data?.value.map(({ Name }) => Name);
  }
}

/** A row by its schema; throws ContractError that names the field. */
export function readRow<T>(value: unknown, schema: z.ZodType<T>, what: string): T {
  return readOdataRow(value, schema, { system: "nav", name: "Dynamics NAV", what });
}

/** Numbers as they are and as NAV's `Code` fields keep them, in upper case. Pure. */
export function spellings(numbers: readonly string[]): string[] {
  return numbers.flatMap((number) => [number, number.toUpperCase()]);
}
