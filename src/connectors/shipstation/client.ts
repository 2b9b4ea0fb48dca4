import type { z } from "zod";
import { ConfigError, RejectedError } from "../../core/errors.ts";
import type { Budget } from "../../core/http/throttle.ts";
import type { Answer, HttpCall } from "../../core/http/types.ts";
import type { Json } from "../../core/json.ts";
import { contract, type Given, given, written } from "./answers.ts";
import { brokenWrite, shipStationError } from "./errors.ts";
import { type Api, type ShipStationAccess, v1Api, v2Api } from "./http.ts";
import { type Listing, type RowPage, readList } from "./listing.ts";
import {
  bulkAnswerSchema,
  codeSchema,
  doneSchema,
  orderSchema,
  pagingSchema,
  productSchema,
  type Row,
  rowsSchema,
  type ShipStationOrder,
  type ShipStationProduct,
  storeSchema,
  warehouseSchema,
} from "./schema.ts";
import { ShipStationHooks } from "./webhooks.ts";

export type { Given } from "./answers.ts";

/** An account at ShipStation; one method a call, in ShipStation's words. */
export class ShipStationClient {
  readonly #v1: Api | undefined;
  readonly #v2: Api | undefined;
  /** The subscriptions by which it calls mlc. */
  readonly webhooks: ShipStationHooks;

  constructor(access: ShipStationAccess) {
    this.#v1 = v1Api(access);
    this.#v2 = v2Api(access);
    if (!this.#v1 && !this.#v2) throw missing("apiKey and apiSecret, or apiKeyV2");
    this.webhooks = new ShipStationHooks({ v1: () => this.#v1Http, v2: () => this.#v2Http });
  }

  get hasV1(): boolean {
    return this.#v1 !== undefined;
  }

  get hasV2(): boolean {
    return this.#v2 !== undefined;
  }

  /** What both APIs may still be asked this minute. */
  budgets(): Record<string, Budget> {
    return {
      ...(this.#v1 ? { v1: this.#v1.throttle.budget() } : {}),
      ...(this.#v2 ? { v2: this.#v2.throttle.budget() } : {}),
    };
  }

  /** One order; undefined when there is none of this id. May be repeated. */
  async order(orderId: number): Promise<Given<ShipStationOrder | undefined>> {
    const answer = await this.#v1Http.call({ method: "GET", path: `/orders/${orderId}`, repeatable: true });
    if (answer.status === 404) return { value: undefined, calls: answer.calls };
    return given(answer, orderSchema, `read order ${orderId}`);
  }

  /** Orders whose number begins with the text, page by page: compare the whole number (V1, 3). May be repeated. */
  ordersByNumber(orderNumber: string): AsyncGenerator<Given<Row[]>> {
    return this.#pages("/orders", "orders", { query: { orderNumber }, what: `look up order ${orderNumber}` });
  }

  /**
   * Products, inactive ones too, page by page; with a SKU those that it finds: compare the whole SKU (V1, 9). New ones come last
   * in the order of their making, so that pages do not shift. May be repeated.
   */
  products(sku?: string): AsyncGenerator<Given<Row[]>> {
    const query = { sku, showInactive: "true", sortBy: "CreateDate", sortDir: "ASC" };
    return this.#pages("/products", "products", { query, what: "list products" });
  }

  /** One product; undefined when there is none of this id. May be repeated. */
  async product(productId: number): Promise<Given<ShipStationProduct | undefined>> {
    const answer = await this.#v1Http.call({ method: "GET", path: `/products/${productId}`, repeatable: true });
    if (answer.status === 404) return { value: undefined, calls: answer.calls };
    return given(answer, productSchema, `read product ${productId}`);
  }

  /** Replaces a product whole: what the body leaves out is blank afterwards (V1, 5.1). May be repeated. */
  async replaceProduct(productId: number, product: Json): Promise<Given<z.infer<typeof doneSchema>>> {
    const call = { method: "PUT", path: `/products/${productId}`, json: product, repeatable: true } as const;
    const what = `write product ${productId}`;
    const { value, calls } = given(await this.#v1Http.call(call), doneSchema, what);
    if (value.success !== false) return { value, calls };
    const reason = value.message || "no reason given";
    throw new RejectedError(`ShipStation refused to ${what}: ${reason}`, { system: "shipstation", calls });
  }

  /** Creates or replaces one order. An answer that was lost is looked up, not sent again blindly. */
  async createOrder(order: Json): Promise<Given<ShipStationOrder>> {
    const answer = await this.#write("/orders/createorder", { json: order });
    const broken = brokenWrite(answer, "write an order", 1);
    if (broken) throw broken;
    return written(answer, orderSchema, "write an order");
  }

  /** Creates or replaces up to 100 orders, each given as JSON; a result for each, whatever the HTTP status says (V1, 9). */
  async createOrders(orders: readonly string[]): Promise<Given<z.infer<typeof bulkAnswerSchema>["results"]>> {
    const content = { type: "application/json", bytes: Buffer.from(`[${orders.join(",")}]`) };
    const answer = await this.#write("/orders/createorders", { content });
    const rows = bulkAnswerSchema.safeParse(answer.body);
    if (rows.success) return { value: rows.data.results, calls: answer.calls };
    const broken = brokenWrite(answer, "write orders", orders.length);
    if (broken) throw broken;
    const { value, calls } = written(answer, bulkAnswerSchema, "write orders");
    return { value: value.results, calls };
  }

  /** Rows of a list in the order of their time. */
  list(listing: Listing, from: Date | undefined, now: Date): AsyncGenerator<RowPage> {
    return readList(listing.api === "v1" ? this.#v1Http : this.#v2Http, listing, from, now);
  }

  /** The first rows of a list that is short by its filter. */
  async rows(listing: Pick<Listing, "api" | "path" | "rows" | "query">): Promise<Row[]> {
    const http = listing.api === "v1" ? this.#v1Http : this.#v2Http;
    const query = {
      ...listing.query,
      ...(listing.api === "v1" ? { page: 1, pageSize: 500 } : { page: 1, page_size: 100 }),
    };
    const answer = await http.call({ method: "GET", path: listing.path, query, repeatable: true });
    if (answer.status !== 200) throw shipStationError(answer, `list ${listing.rows}`);
    const body = answer.body !== null && typeof answer.body === "object" ? Object.entries(answer.body) : [];
    const rows = rowsSchema.safeParse(Object.fromEntries(body)[listing.rows]);
    if (rows.success) return rows.data ?? [];
    throw contract(`a list of ${listing.rows}`, answer);
  }

  async stores(): Promise<Given<z.infer<typeof storeSchema>[]>> {
    return this.#array("/stores", storeSchema, "list stores");
  }

  async warehouses(): Promise<Given<z.infer<typeof warehouseSchema>[]>> {
    return this.#array("/warehouses", warehouseSchema, "list warehouses");
  }

  async carriers(): Promise<Given<z.infer<typeof codeSchema>[]>> {
    return this.#array("/carriers", codeSchema, "list carriers");
  }

  async services(carrierCode: string): Promise<Given<z.infer<typeof codeSchema>[]>> {
    return this.#array("/carriers/listservices", codeSchema, "list services", { carrierCode });
  }

  /** Proves the V2 key with the smallest read. */
  async checkV2(): Promise<void> {
    const query = { page: 1, page_size: 1 };
    const answer = await this.#v2Http.call({ method: "GET", path: "/v2/labels", query, repeatable: true });
    if (answer.status !== 200) throw shipStationError(answer, "list labels (V2)");
  }

  /** All pages of a list by number: for lists whose order stands still. */
  async *#pages(
    path: string,
    name: string,
    { query, what }: { query: NonNullable<HttpCall["query"]>; what: string },
  ): AsyncGenerator<Given<Row[]>> {
    const pageSize = 500;
    for (let page = 1; ; page++) {
      const answer = await this.#v1Http.call({
        method: "GET",
        path,
        query: { ...query, page, pageSize },
        repeatable: true,
      });
      const { value, ...rest } = given(answer, pagingSchema, what);
      const parsed = rowsSchema.safeParse(value[name]);
      if (!parsed.success) throw contract(what, answer);
      const rows = parsed.data ?? [];
      yield { value: rows, ...rest };
      if (rows.length === 0 || (rows.length < pageSize && page >= (value.pages ?? 0))) return;
    }
  }

  get #v1Http() {
    if (!this.#v1) throw missing("apiKey and apiSecret");
    return this.#v1.http;
  }

  get #v2Http() {
    if (!this.#v2) throw missing("apiKeyV2");
    return this.#v2.http;
  }

  #write(path: string, body: Pick<HttpCall, "json" | "content">): Promise<Answer> {
    return this.#v1Http.call({ method: "POST", path, ...body, repeatable: false });
  }

  async #array<T extends z.ZodType>(
    path: string,
    row: T,
    what: string,
    query: HttpCall["query"] = {},
  ): Promise<Given<z.infer<T>[]>> {
    const answer = await this.#v1Http.call({ method: "GET", path, query, repeatable: true });
    return given(answer, row.array(), what);
  }
}

function missing(names: string): ConfigError {
  return new ConfigError(`ShipStation needs ${names} for this.`, {
    system: "shipstation",
    hint: "Run `mlc connect shipstation` and enter the missing keys.",
  });
}
