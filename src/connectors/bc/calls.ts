import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ConfigError, ContractError, type MlcError } from "../../core/errors.ts";
import type { Answer, Http, HttpCall } from "../../core/http/types.ts";
import { rolesIn } from "../entra/roles.ts";
import { type OdataPage, readPages } from "../odata/pages.ts";
import { choices, queryParts, type ReadOptions } from "../odata/query.ts";
import { type Given, readRow as readOdataRow } from "../odata/rows.ts";
import { type OdataText, odata, odataName } from "../odata/text.ts";
import type { BcSettings } from "./config.ts";
import { type Company, company } from "./environment.ts";
import { type About, bcError, saidBy } from "./errors.ts";
import type { BcConnection } from "./http.ts";

export type { Given };

/** How a collection is read. */
export interface PageOptions {
  /**
   * A poll, which may be answered by a copy that lags behind. Never a read that comes before a write: it would not see what was
   * written a moment ago (BC, 3.1).
   */
  isPoll?: boolean;
  pageSize?: number;
  /** Values of people that the filter names. */
  personal?: readonly string[];
}

/** Rows asked for by the values of one field: `or` joins only conditions on the same one (BC, 3.1). */
export interface Chosen<T> {
  set: string;
  field: string;
  values: readonly string[];
  schema: z.ZodType<T>;
  options?: ReadOptions;
  /** The values are people's, so that no error shows them. */
  isPersonal?: boolean;
}

/** Keeps error texts in one language, whatever the app's user has set (BC, 3.1). */
const english = { "accept-language": "en-US" };

/** The calls of an environment and its reads. */
export class BcCalls {
  readonly #connection: BcConnection;
  readonly #settings: BcSettings;
  #company: Promise<Company> | undefined;
  #serverTime: Date | undefined;

  constructor(connection: BcConnection, settings: BcSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** The server's clock when the companies were listed, where it told. */
  get serverTime(): Date | undefined {
    return this.#serverTime;
  }

  /** The environment's part of every path (BC, 1.1). */
  get root(): string {
    const { tenantId, environment } = this.#settings;
    return `/v2.0/${encodeURIComponent(tenantId)}/${encodeURIComponent(environment)}`;
  }

  /** A path of API v2.0 outside of any company. */
  api(path: string): string {
    return `${this.root}/api/v2.0/${path}`;
  }

  /** A path in the company: of API v2.0, or of a custom one by its `publisher/group/version`. */
  async inCompany(path: string, route = "v2.0"): Promise<string> {
    return `${this.root}/api/${route}/companies(${(await this.company()).id})/${path}`;
  }

  /** The company of the settings as it is there, looked up once. Throws ConfigError when there is none. */
  company(): Promise<Company> {
    this.#company ??= this.#findCompany().catch((error: unknown) => {
      this.#company = undefined;
      throw error;
    });
    return this.#company;
  }

  /** All companies of the environment. May be repeated. */
  async companies(): Promise<Company[]> {
    const about = { what: "list companies", isWrite: false, repeatable: true };
    const answer = await this.send({ method: "GET", path: this.api("companies"), repeatable: true }, about, isMissing);
    const date = Date.parse(answer.headers.get("date") ?? "");
    this.#serverTime = Number.isNaN(date) ? undefined : new Date(date);
    if (answer.status === 200) return this.#rowsOf(answer, company, "companies");
    const { environment, tenantId } = this.#settings;
    throw new ConfigError(`Tenant ${tenantId} has no Business Central environment ${environment} that answers.`, {
      system: "bc",
      field: "environment",
      hint: "Enter the environment's name as the admin centre shows it: `mlc connect bc`.",
      calls: answer.calls,
    });
  }

  async #findCompany(): Promise<Company> {
    const all = await this.companies();
    const wanted = this.#settings.company;
    const is = (text: string) => text.toLowerCase() === wanted.toLowerCase();
    const found =
      all.find(({ id }) => is(id)) ??
      all.find(({ name }) => name === wanted) ??
      all.find(({ name }) => is(name)) ??
      all.find(({ displayName }) => is(displayName));
    if (found) return found;
    const names = all.map(({ name }) => name).join(", ");
    throw new ConfigError(
      `Business Central's environment ${this.#settings.environment} has no company ${wanted}; there are ${names || "none"}`,
      { system: "bc", field: "company", hint: "Run `mlc connect bc` and choose one of the companies that are there." },
    );
  }

  /** Sends one call; throws unless it is answered with 2xx or what `accepts` takes. */
  async send(call: HttpCall, about: About, accepts: (answer: Answer) => boolean = () => false): Promise<Answer> {
    const answer = await this.#connection.http.call({ ...call, headers: { ...english, ...call.headers } });
    if ((answer.status >= 200 && answer.status < 300) || accepts(answer)) return answer;
    throw await this.refusal(answer, about);
  }

  /** The error that a refusal is; a refused token is read for the reason. */
  async refusal(answer: Answer, about: About): Promise<MlcError> {
    const { environment, clientId, company: wanted } = this.#settings;
    const isAccess = answer.status === 401 || answer.status === 403;
    const { authorization = "" } = isAccess ? await this.#connection.auth.headers() : {};
    return bcError(answer, about, { environment, clientId, company: wanted, roles: rolesIn(authorization) });
  }

  /** The pages of a collection by whole links, as they come (BC, 3.1). May be repeated. */
  pages(path: string, { isPoll = false, pageSize = 500, personal = [] }: PageOptions = {}): AsyncGenerator<OdataPage> {
    const headers = {
      prefer: `odata.maxpagesize=${pageSize}`,
      ...(isPoll ? { "data-access-intent": "ReadOnly" } : {}),
    };
    const about = { what: `read ${setOf(path)}`, isWrite: false, repeatable: true, personal };
    const { http: whole } = this.#connection;
    const http: Http = { system: "bc", call: (call) => this.send(call, about), stream: (call) => whole.stream(call) };
    const refused = (answer: Answer) => bcError(answer, about, { ...this.#settings });
    return readPages(http, { method: "GET", path, headers, repeatable: true }, refused);
  }

  /** All rows behind a path, read by a schema. May be repeated. */
  async rows<T>(path: string, schema: z.ZodType<T>, options: PageOptions = {}): Promise<Given<T[]>> {
    const all: T[] = [];
    const made: Call[] = [];
    for await (const { rows, calls } of this.pages(path, options)) {
      all.push(...rows.map((value) => readRow(value, schema, setOf(path))));
      made.push(...calls);
    }
    return { value: all, calls: made };
  }

  /** Rows of the company whose field has one of the values, many in one call. May be repeated. */
  async chosen<T>({ set, field, values, schema, options = {}, isPersonal = false }: Chosen<T>): Promise<Given<T[]>> {
    const clauses = [...new Set(values)].map((value) => odata`${odataName(field)} eq ${value}`);
    const start = await this.inCompany(set);
    const all: T[] = [];
    const made: Call[] = [];
    const pathOf = (filter: OdataText) => `${start}?${queryParts({ ...options, filter }).join("&")}`;
    for (const path of choices(this.#settings.apiUrl, clauses, pathOf)) {
      const { value, calls } = await this.rows(path, schema, isPersonal ? { personal: values } : {});
      all.push(...value);
      made.push(...calls);
    }
    return { value: all, calls: made };
  }

  /** One record; undefined when it is not there: deleted, or posted and so gone from its set (BC, 0). May be repeated. */
  async one<T>(path: string, schema: z.ZodType<T>, about: Pick<About, "what" | "document">) {
    const answer = await this.send(
      { method: "GET", path, repeatable: true },
      { ...about, isWrite: false, repeatable: true },
      isMissing,
    );
    if (isMissing(answer)) return undefined;
    return { value: readRow(answer.body, schema, about.what), calls: answer.calls };
  }

  #rowsOf<T>(answer: Answer, schema: z.ZodType<T>, what: string): T[] {
    const page = z.object({ value: z.array(z.unknown()) }).safeParse(answer.body);
    if (page.success) return page.data.value.map((value) => readRow(value, schema, what));
    throw new ContractError(`Business Central answered without a list of ${what}.`, {
      system: "bc",
      calls: answer.calls,
    });
  }

  /** The `$metadata` document of API v2.0 or of a custom API, piece by piece. */
  async metadata(route = "v2.0"): Promise<ReadableStream<Uint8Array>> {
    const headers = { ...english, accept: "application/xml" };
    const path = `${this.root}/api/${route}/$metadata`;
    const { status, body, calls } = await this.#connection.http.stream({
      method: "GET",
      path,
      headers,
      repeatable: true,
    });
    if (status === 200) return body;
    await body.cancel();
    const answer: Answer = { status, headers: new Headers(), body: undefined, text: "", calls };
    throw await this.refusal(answer, { what: "read $metadata", isWrite: false, repeatable: true });
  }
}

/** Whether a record is not there; a company that is not there is another matter. */
function isMissing({ status, body }: Pick<Answer, "status" | "body">): boolean {
  return status === 404 && saidBy(body).code !== "Internal_CompanyNotFound";
}

/** The set that a path reads: what comes after the company. */
function setOf(path: string): string {
  return path.split("?")[0]?.split("/").at(-1) ?? path;
}

/** A row by its schema; throws ContractError naming the field. */
export function readRow<T>(value: unknown, schema: z.ZodType<T>, what: string): T {
  return readOdataRow(value, schema, { system: "bc", name: "Business Central", what });
}
