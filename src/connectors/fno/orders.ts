import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ConfigError, UnavailableError } from "../../core/errors.ts";
import type { Answer } from "../../core/http/types.ts";
import { isShort, type ReadOptions } from "../odata/query.ts";
import { type OdataText, odata, odataAnd, odataEnum, odataOr } from "../odata/text.ts";
import type { FnoCalls, Rows } from "./calls.ts";
import { fieldsOf } from "./fields.ts";
import { readPath } from "./query.ts";
import * as schema from "./schema.ts";

const namespace = "Microsoft.Dynamics.DataEntities";
const newestHeaders = "SalesOrderHeadersV3";

/** Which orders of a company are listed. */
export interface OrderRequest {
  legalEntity: string;
  /** Processing statuses; a server that cannot filter by them answers all open orders. */
  eligible: readonly string[];
  createdFrom?: Date | undefined;
  createdUntil?: Date | undefined;
  deliveryModes: readonly string[];
  pools: readonly string[];
}

/** F&O's sales orders, read only. */
export class FnoOrders {
  readonly #calls: FnoCalls;
  readonly #entities: { headers: string; lines: string };
  readonly #more: readonly string[];
  #headers: Promise<string> | undefined;
  #filtersProcessing = true;
  #selectsInExpand = true;

  /** `field` is one of the customer's own that is read with each header. */
  constructor(calls: FnoCalls, entities: { headers: string; lines: string }, field?: string) {
    this.#calls = calls;
    this.#entities = entities;
    this.#more = field === undefined ? [] : [field];
  }

  /** The set of order headers this environment has: V3, else V2 (F&O, 3.1). */
  headerSet(): Promise<string> {
    this.#headers ??= this.#findHeaderSet().catch((error: unknown) => {
      this.#headers = undefined;
      throw error;
    });
    return this.#headers;
  }

  async #findHeaderSet(): Promise<string> {
    const { headers } = this.#entities;
    const sets = headers === newestHeaders ? [headers, "SalesOrderHeadersV2"] : [headers];
    for (const set of sets) if (await this.#isPublished(set)) return set;
    throw new ConfigError(`F&O publishes no ${sets.join(" or ")}`, {
      system: "fno",
      field: "entities.headers",
      hint: "Set entities.headers to a set of sales order headers that the environment publishes.",
    });
  }

  /** Tries a set with one row of it, and learns whether it takes `$select` inside `$expand`, which no document promises (F&O, 2.1). */
  async #isPublished(set: string): Promise<boolean> {
    const probe = { select: ["SalesOrderNumber"], top: 1 };
    const expand = this.#expand(["InventoryLotId"]);
    // What else may be wrong with it shows in the plain read.
    const refused = (answer: Answer) => (answer.status === 400 ? new OptionRefused("$expand") : undefined);
    try {
      return (await this.#calls.rows([readPath(set, { ...probe, expand })], z.unknown(), { refused })) !== undefined;
    } catch (error) {
      if (!(error instanceof OptionRefused)) throw error;
      this.#selectsInExpand = false;
      return (await this.#calls.rows([readPath(set, probe)], z.unknown())) !== undefined;
    }
  }

  #expand(fields: readonly string[]): string {
    const { lines } = this.#entities;
    return this.#selectsInExpand ? `${lines}($select=${fields.join(",")})` : lines;
  }

  async #orderOptions(filter: OdataText): Promise<[set: string, options: ReadOptions]> {
    const set = await this.headerSet();
    const expand = this.#expand(fieldsOf(schema.salesOrderLine));
    const select = [...new Set([...fieldsOf(schema.salesOrderHeader), ...this.#more])];
    return [set, { filter, select, expand, orderBy: ["dataAreaId", "SalesOrderNumber"] }];
  }

  /** The navigation property that holds an order's lines. */
  get linesName(): string {
    return this.#entities.lines;
  }

  /** Open orders of a company with their lines, by number. */
  async *salesOrders(request: OrderRequest): AsyncGenerator<{ rows: unknown[]; calls: Call[] }> {
    let path = this.#filtersProcessing ? await this.#ordersPath(request, request.eligible) : undefined;
    if (path !== undefined && isShort(this.#calls.host, path)) {
      let isFirst = true;
      // Some versions cannot filter by the processing status (F&O, 3.4).
      const refused = (answer: Answer) =>
        isFirst && (answer.status === 400 || answer.status === 500) ? new OptionRefused("$filter") : undefined;
      try {
        for await (const page of this.#calls.pages(path, { refused })) {
          isFirst = false;
          yield page;
        }
        return;
      } catch (error) {
        if (!(error instanceof OptionRefused)) throw error;
        this.#filtersProcessing = false;
      }
    }
    path = await this.#ordersPath(request, []);
    yield* this.#calls.pages(path);
  }

  /** How many orders `salesOrders` would give, or more where the server cannot filter; undefined when it does not tell. */
  async count(request: OrderRequest): Promise<number | undefined> {
    const statuses = this.#filtersProcessing ? request.eligible : [];
    const number = { select: ["SalesOrderNumber"], top: 1, count: true } as const;
    return this.#calls.count(await this.#ordersPath(request, statuses, number));
  }

  /** `instead` takes the place of the options that read orders whole. */
  async #ordersPath(request: OrderRequest, statuses: readonly string[], instead?: ReadOptions): Promise<string> {
    const { legalEntity, createdFrom, createdUntil, deliveryModes, pools } = request;
    const backorder = odataEnum(`${namespace}.SalesStatus`, "Backorder");
    const type = `${namespace}.SalesOrderProcessingStatus`;
    const needed = [
      odata`dataAreaId eq ${legalEntity}`,
      odata`SalesOrderStatus eq ${backorder}`,
      ...anyOf(statuses.map((status) => odata`SalesOrderProcessingStatus eq ${odataEnum(type, status)}`)),
      ...(createdFrom ? [odata`OrderCreationDateTime ge ${createdFrom}`] : []),
      ...(createdUntil ? [odata`OrderCreationDateTime lt ${createdUntil}`] : []),
    ];
    const narrowing = [
      ...anyOf(deliveryModes.map((mode) => odata`DeliveryModeCode eq ${mode}`)),
      ...anyOf(pools.map((pool) => odata`SalesOrderPoolId eq ${pool}`)),
    ];
    const pathOf = async (filter: OdataText) => {
      const [set, options] = await this.#orderOptions(filter);
      return readPath(set, instead ? { ...instead, filter } : options);
    };
    const narrow = await pathOf(odataAnd([...needed, ...narrowing]));
    return isShort(this.#calls.host, narrow) ? narrow : pathOf(odataAnd(needed));
  }

  /** Orders of a company by number, whatever their status; those that are not there are left out. */
  async salesOrdersByNumber(legalEntity: string, numbers: readonly string[]): Promise<Rows<unknown>> {
    const [set, options] = await this.#orderOptions(odata`dataAreaId eq ${legalEntity}`);
    const choice = { set, field: "SalesOrderNumber", values: numbers, options, row: z.unknown() };
    return (await this.#calls.chosen(legalEntity, choice)) ?? { rows: [], calls: [] };
  }

  /** Which of these numbers a company has; exactly as asked, for `eq` knows wildcards and no case (F&O, 2.1). */
  async orderNumbers(legalEntity: string, numbers: readonly string[]): Promise<Set<string>> {
    const set = await this.headerSet();
    const row = schema.orderName;
    const values = numbers.filter((number) => !number.includes("*"));
    const choice = { set, field: "SalesOrderNumber", values, options: { select: fieldsOf(row) }, row };
    const found = await this.#calls.chosen(legalEntity, choice);
    return new Set(found?.rows.map((one) => one.SalesOrderNumber));
  }

  /** What remains of orders' lines, by lot id; undefined when the set is not published. */
  async remainingLines(legalEntity: string, numbers: readonly string[]): Promise<Map<string, number> | undefined> {
    const row = schema.remainingLine;
    const options = { select: fieldsOf(row) };
    const choice = { set: "SalesLineBiEntities", field: "SalesId", values: numbers, options, row };
    const found = await this.#calls.chosen(legalEntity, choice);
    return found && new Map(found.rows.map((line) => [line.InventTransId, line.RemainSalesPhysical]));
  }

  /** The same in the unit that stock is kept in. */
  async remainingStock(legalEntity: string, numbers: readonly string[]): Promise<Map<string, number> | undefined> {
    const row = schema.remainingStock;
    const options = { select: fieldsOf(row) };
    const choice = { set: "SalesLineBiEntities", field: "SalesId", values: numbers, options, row };
    const found = await this.#calls.chosen(legalEntity, choice);
    return found && new Map(found.rows.map((line) => [line.InventTransId, line.RemainInventPhysical]));
  }

  /** How far orders are released to the warehouse, by number. Throws ConfigError when the set is not published. */
  async releaseStatuses(legalEntity: string, numbers: readonly string[]): Promise<Map<string, string>> {
    const row = schema.releasedOrder;
    const set = "SalesTableBiEntities";
    const choice = { set, field: "SalesId", values: numbers, options: { select: fieldsOf(row) }, row };
    const found = await this.#calls.chosen(legalEntity, choice);
    if (found) return new Map(found.rows.map((order) => [order.SalesId, order.ReleaseStatus]));
    throw new ConfigError(`F&O publishes no ${set}, so that nobody can tell which orders are released`, {
      system: "fno",
      field: "releaseStatus",
      hint: `Publish the entity set ${set} in F&O, or take releaseStatus out of the pair's settings.`,
    });
  }

  /** The newest customer invoice of each order that has one, by day, then by number; none when the set is not published. */
  async newestInvoices(legalEntity: string, numbers: readonly string[]): Promise<Map<string, string>> {
    const row = schema.salesInvoice;
    const options = { select: fieldsOf(row) };
    const choice = { set: "SalesInvoiceHeadersV2", field: "SalesOrderNumber", values: numbers, options, row };
    const rows = (await this.#calls.chosen(legalEntity, choice))?.rows ?? [];
    const oldestFirst = rows.sort(
      (left, right) =>
        Date.parse(left.InvoiceDate) - Date.parse(right.InvoiceDate) ||
        left.InvoiceNumber.localeCompare(right.InvoiceNumber, "en", { numeric: true }),
    );
    return new Map(oldestFirst.map((invoice) => [invoice.SalesOrderNumber, invoice.InvoiceNumber]));
  }
}

class OptionRefused extends UnavailableError {}

const anyOf = (clauses: readonly OdataText[]) => (clauses.length === 0 ? [] : [odataOr(clauses)]);
