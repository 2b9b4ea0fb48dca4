import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { ConfigError, ContractError, type MlcError } from "../../core/errors.ts";
import type { Answer, Http, HttpCall } from "../../core/http/types.ts";
import { readPages } from "../odata/pages.ts";
import { choices, type ReadOptions } from "../odata/query.ts";
import { type OdataText, odata, odataName } from "../odata/text.ts";
import { type About, fnoError, isConflict } from "./errors.ts";
import { readPath } from "./query.ts";

/** How long the first answer after a restart of F&O may take (F&O, 6). */
const firstCallMs = 120_000;
const conflictWaitsMs = [500, 1_500, 4_000];

/**
 * The entity sets that mlc can write to: the order's own header, its notes, its packing slip's tracking rows. Finance
 * stays in the ERP: no other set can be named in a write but those of the settings.
 */
export const writableSets = [
  "SalesOrderHeadersV2",
  "SalesOrderHeadersV3",
  "SalesOrderHeadersV4",
  "SalesOrderHeaderDocumentAttachmentsV2",
  "PackingSlipTrackingInformation",
] as const;

/** Rows of a set with the calls that fetched them. */
export interface Rows<T> {
  rows: T[];
  calls: Call[];
}

/** Names another error for an answer other than 200, where the caller knows what to do about it. */
export type Refusal = (answer: Answer) => MlcError | undefined;

/** How a collection is read. */
export interface PageOptions {
  refused?: Refusal;
  /** Rows of a page; 300 when left out: three batches for the shipper, and little enough to hold two of them. */
  pageSize?: number;
}

/** Rows asked for by the values of one field. */
export interface Choice<T> {
  set: string;
  field: string;
  values: readonly string[];
  options: ReadOptions;
  row: z.ZodType<T>;
}

/** A write: the set, and what stands after its name. */
export interface Write {
  method: "POST" | "PATCH" | "DELETE";
  set: string;
  /** `(dataAreaId='usmf',…)`, empty for a POST. */
  key?: string;
  json?: unknown;
  about: Pick<About, "what" | "document" | "hint">;
}

/** What the calls stand on. */
export interface CallsOptions {
  http: Http;
  clock: Clock;
  host: string;
  /** Sets that the settings name, writable beside `writableSets`. */
  writable: readonly string[];
}

/** F&O's calls: reads by page, writes to a fixed list of sets. */
export class FnoCalls {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #writable: ReadonlySet<string>;
  #isWarm = false;

  /** Scheme and host of the environment. */
  readonly host: string;

  constructor({ http, clock, host, writable }: CallsOptions) {
    this.host = host;
    this.#http = {
      system: http.system,
      call: (call) => this.#patient(call, http),
      stream: (call) => http.stream(call),
    };
    this.#clock = clock;
    this.#writable = new Set([...writableSets, ...writable]);
  }

  async #patient(call: HttpCall, http: Http): Promise<Answer> {
    const answer = await http.call(this.#isWarm ? call : { timeoutMs: firstCallMs, ...call });
    this.#isWarm = true;
    return answer;
  }

  /** The pages of a collection; `refused` may name another error for an answer other than 200. */
  pages(path: string, { refused, pageSize = 300 }: PageOptions = {}): AsyncGenerator<Rows<unknown>> {
    const headers = { prefer: `odata.maxpagesize=${pageSize}` };
    const call: HttpCall = { method: "GET", path, headers, repeatable: true };
    const about = { what: `read ${path.split("?")[0]?.slice("/data/".length)}`, isWrite: false, repeatable: true };
    return readPages(this.#http, call, (answer) => refused?.(answer) ?? fnoError(answer, about));
  }

  /** All rows behind some addresses, read by a schema; undefined when the environment does not publish the set. */
  async rows<T>(
    paths: Iterable<string>,
    schema: z.ZodType<T>,
    options: PageOptions = {},
  ): Promise<Rows<T> | undefined> {
    const all: Rows<T> = { rows: [], calls: [] };
    const refused = (answer: Answer) => absent(answer) ?? options.refused?.(answer);
    for (const path of paths) {
      try {
        for await (const { rows, calls } of this.pages(path, { ...options, refused })) {
          all.rows.push(...rows.map((row) => readRow(path, row, schema)));
          all.calls.push(...calls);
        }
      } catch (error) {
        if (error instanceof AbsentSet) return undefined;
        throw error;
      }
    }
    return all;
  }

  /** Rows of a company whose field has one of the values, many in one call; undefined when the set is not published. */
  chosen<T>(legalEntity: string, choice: Choice<T>): Promise<Rows<T> | undefined> {
    const { field, values, set, options, row } = choice;
    const clauses = [...new Set(values)].map((value) => odata`${odataName(field)} eq ${value}`);
    const pathOf = (any: OdataText) =>
      readPath(set, { ...options, filter: odata`dataAreaId eq ${legalEntity} and ${any}` });
    return this.rows(choices(this.host, clauses, pathOf), row);
  }

  /** How many rows a read that asks for their number has in all; undefined when F&O does not tell. */
  async count(path: string): Promise<number | undefined> {
    const answer = await this.#http.call({ method: "GET", path, repeatable: true });
    return answer.status === 200 ? countSchema.safeParse(answer.body).data?.["@odata.count"] : undefined;
  }

  /** One record by key; undefined when it is not there. */
  async one(
    path: string,
    about: Pick<About, "what" | "document">,
  ): Promise<{ body: unknown; calls: Call[] } | undefined> {
    const answer = await this.#http.call({ method: "GET", path, repeatable: true });
    if (answer.status === 200) return answer;
    if (answer.status === 404) return undefined;
    throw fnoError(answer, { ...about, isWrite: false, repeatable: true });
  }

  /** Sends a write, again while another process is at the record; answers every status it may be decided on by `accepts`. */
  async write(write: Write, accepts: (answer: Answer) => boolean = () => false): Promise<Answer> {
    const { method, set, key = "", json, about } = write;
    if (!this.#writable.has(set)) throw new ConfigError(`mlc does not write to ${set}`, { system: "fno", field: set });
    const repeatable = method !== "POST";
    const call: HttpCall = { method, path: `/data/${set}${key}?cross-company=true`, json, repeatable };
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#http.call(call);
      const waitMs = isConflict(answer) ? conflictWaitsMs[tries] : undefined;
      if (waitMs !== undefined) await this.#clock.sleep(waitMs);
      else if ((answer.status >= 200 && answer.status < 300) || accepts(answer)) return answer;
      else throw fnoError(answer, { ...about, isWrite: true, repeatable });
    }
  }

  /** The `$metadata` document, piece by piece. */
  async metadata(): Promise<ReadableStream<Uint8Array>> {
    const { status, body } = await this.#http.stream({
      method: "GET",
      path: "/data/$metadata",
      headers: { accept: "application/xml" },
      repeatable: true,
      timeoutMs: firstCallMs,
    });
    if (status === 200) return body;
    await body.cancel();
    const answer: Answer = { status, headers: new Headers(), body: undefined, text: "", calls: [] };
    throw fnoError(answer, { what: "read $metadata", isWrite: false, repeatable: true });
  }
}

const countSchema = z.object({ "@odata.count": z.number() });

class AbsentSet extends ContractError {}

const absent = (answer: Answer): MlcError | undefined =>
  answer.status === 404 ? new AbsentSet("F&O does not publish this entity set", { system: "fno" }) : undefined;

function readRow<T>(path: string, row: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const set = path.split("?")[0]?.slice("/data/".length);
  const [issue] = parsed.error.issues;
  throw new ContractError(
    `F&O sent a row of ${set} whose ${issue?.path.join(".")} is not readable: ${issue?.message}`,
    {
      system: "fno",
      field: String(issue?.path[0] ?? ""),
    },
  );
}
