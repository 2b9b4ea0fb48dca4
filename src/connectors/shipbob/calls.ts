import type { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ConfigError, ContractError, UnknownOutcomeError } from "../../core/errors.ts";
import type { Budget, Throttle } from "../../core/http/throttle.ts";
import type { Answer, Http, HttpCall } from "../../core/http/types.ts";
import { authKind } from "./auth.ts";
import { type About, redirected, shipBobError } from "./errors.ts";
import { type ShipBobAccess, shipBobConnection } from "./http.ts";
import { type PageRequest, type Query, queryText, readPages } from "./pages.ts";

/** One request as a method of an area names it. */
export interface ShipBobRequest<T> {
  method: HttpCall["method"];
  /** After the version: `/order`. */
  path: string;
  query?: Query;
  /** Already as it must stand on the wire: `SKU=any:A,B`. */
  rawQuery?: string;
  json?: unknown;
  /** Sends the header that names the channel. */
  inChannel?: boolean;
  /** Sending it twice has no second effect. */
  repeatable: boolean;
  schema: z.ZodType<T>;
  /** For errors: `create the order`; default: `answer POST /order`. */
  what?: string;
  /** The document's number, for errors. */
  document?: string;
  /** Values of people in the request, which no error shows. */
  personal?: readonly string[];
  /** Secrets in the request, which nothing of the answer shows. */
  hidden?: readonly string[];
}

/** What a call gave, and the calls it took. */
export interface Given<T> {
  body: T;
  calls: readonly Call[];
}

type Asked = Omit<ShipBobRequest<unknown>, "schema">;

/** The calls to one account at ShipBob: version, channel, errors, budget and pages are settled here. */
export class ShipBobCalls {
  readonly #access: ShipBobAccess;
  readonly #http: Http;
  readonly #throttle: Throttle;
  /** Replaces a refresh token that is old, where the account was joined by OAuth. Throws AuthError. */
  readonly keepFresh: () => Promise<void>;
  #serverTime: Date | undefined;

  constructor(access: ShipBobAccess) {
    this.#access = access;
    const { http, throttle, keepFresh } = shipBobConnection(access);
    this.keepFresh = keepFresh;
    this.#http = http;
    this.#throttle = throttle;
  }

  /** ShipBob's clock as its last answer told it. */
  get serverTime(): Date | undefined {
    return this.#serverTime;
  }

  /** What may still be asked this minute. */
  budget(): Budget {
    return this.#throttle.budget();
  }

  /**
   * Throws AuthError, RejectedError (a write that was understood and refused: 400, 404, 409, 422), UnknownOutcomeError,
   * UnavailableError, ContractError (reads that are refused; `isNotFound` tells a 404), InterruptedError.
   */
  async call<T>(request: ShipBobRequest<T>): Promise<Given<T>> {
    const answer = await this.#answer(request);
    const { calls } = answer;
    const read = request.schema.safeParse(answer.body);
    if (!read.success) throw unreadable(answer, this.#about(request), read.error.issues[0]?.path.join("."));
    return { body: read.data, calls };
  }

  /** The items of a list, each once, page by page. Throws as `call` does. */
  pages<T>(request: PageRequest<T>): AsyncIterable<T[]> {
    const { path, post, inChannel = false } = request;
    const asked: Asked = {
      method: post === undefined ? "GET" : "POST",
      path,
      inChannel,
      repeatable: true,
      ...(post === undefined ? {} : { json: post }),
      ...(request.what === undefined ? {} : { what: request.what }),
    };
    const ask = (rawQuery: string) => this.#answer({ ...asked, rawQuery });
    return readPages({ ask, apiUrl: this.#access.settings.apiUrl, what: this.#about(asked).what }, request);
  }

  async #answer(request: Asked): Promise<Answer> {
    const { method, path, query, rawQuery, json, inChannel, repeatable, hidden } = request;
    const { version } = this.#access.settings;
    const text = queryText(query, rawQuery);
    const answer = await this.#http
      .call({
        method,
        path: `/${version}${path}${text === "" ? "" : `?${text}`}`,
        repeatable,
        ...(json === undefined ? {} : { json }),
        ...(hidden ? { hidden } : {}),
        ...(inChannel ? { headers: { shipbob_channel_id: this.#channel() } } : {}),
      })
      .catch((error: unknown) => {
        throw redirected(error, this.#about(request));
      });
    const date = Date.parse(answer.headers.get("date") ?? "");
    if (!Number.isNaN(date)) this.#serverTime = new Date(date);
    if (answer.status < 200 || answer.status > 299) throw shipBobError(answer, this.#about(request));
    return answer;
  }

  #channel(): string {
    const { channelId } = this.#access.settings;
    if (channelId !== undefined) return String(channelId);
    const hint = "Run `mlc connect shipbob` and choose the channel.";
    throw new ConfigError("ShipBob needs channelId for this.", { system: "shipbob", field: "channelId", hint });
  }

  #about({ method, path, repeatable, what, document, personal }: Asked): About {
    return {
      what: what ?? `answer ${method} ${path}`,
      path,
      // A list that is asked for by POST says so in its name.
      isWrite: method !== "GET" && !/:query$/.test(path),
      repeatable,
      kind: authKind(this.#access.secrets),
      ...(document === undefined ? {} : { document }),
      ...(personal === undefined ? {} : { personal }),
    };
  }
}

/** An unreadable success of a write leaves open what was taken. */
function unreadable(answer: Answer, { what, isWrite, repeatable, document }: About, at = ""): Error {
  const message = `ShipBob's answer is not in the documented shape (${what}${at === "" ? "" : `: ${at}`}).`;
  const context = {
    system: "shipbob",
    code: String(answer.status),
    calls: answer.calls,
    ...(document === undefined ? {} : { document }),
  };
  return isWrite && !repeatable ? new UnknownOutcomeError(message, context) : new ContractError(message, context);
}
