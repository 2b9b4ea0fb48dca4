import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type { FnoPairSettings } from "../../connectors/fno/config.ts";
import { ContractError } from "../../core/errors.ts";
import { canonicalJson, hashOf } from "../../core/json.ts";
import type { Order } from "../../core/model.ts";
import type { ListRequest, Page, Ref, Source, SourceRecord } from "../../core/ports.ts";
import { orderId, ordersFromFno, outsideOf } from "../../mappings/fno/orders.ts";
import { Enrichment, type RawOrder } from "./enrichment.ts";

const orderRef = z.object({ legalEntity: z.string(), number: z.string() });
type OrderRef = z.infer<typeof orderRef>;

/** What paging and filtering need of a row; the rest is the mapping's affair, so that a bad record fails alone. */
const listed = z.object({
  dataAreaId: z.string(),
  SalesOrderNumber: z.string(),
  SalesOrderProcessingStatus: z.string().nullish(),
  DeliveryModeCode: z.string().nullish(),
  SalesOrderPoolId: z.string().nullish(),
  DefaultShippingWarehouseId: z.string().nullish(),
});
const listedLine = z.object({ ShippingWarehouseId: z.string().nullish() });

/** F&O as the giver of orders: all open ones that are released to ship; no order says when it changed (F&O, 3.4). */
export class FnoOrderSource implements Source<Order> {
  readonly system = "fno";
  readonly reads = "open";
  readonly #client: FnoClient;
  readonly #legalEntities: readonly string[];
  readonly #settings: FnoPairSettings;
  readonly #enrichment: Enrichment;

  constructor(client: FnoClient, legalEntities: readonly string[], settings: FnoPairSettings) {
    this.#client = client;
    this.#legalEntities = legalEntities;
    this.#settings = settings;
    this.#enrichment = new Enrichment(client);
  }

  async *list({ since, until }: ListRequest): AsyncGenerator<Page> {
    const { startDate, eligible, filter } = this.#settings.flows.orders;
    const begin = startDate === undefined ? undefined : new Date(`${startDate}T00:00:00Z`);
    const createdFrom = [begin, since].flatMap((date) => date ?? []).sort((left, right) => +right - +left)[0];
    for (const legalEntity of this.#legalEntities) {
      const request = { legalEntity, eligible, createdFrom, createdUntil: until, ...filter };
      for await (const { rows } of this.#client.orders.salesOrders(request)) {
        const orders = rows.map((row) => this.#rawOrder(row)).filter((order) => this.#isWanted(order));
        yield { records: await this.#records(legalEntity, orders) };
      }
    }
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    const wanted = refs.map((ref) => orderRef.parse(ref));
    const found = new Map<string, SourceRecord | "gone">(wanted.map((ref) => [idOf(ref), "gone"]));
    for (const legalEntity of new Set(wanted.map((ref) => ref.legalEntity))) {
      const numbers = wanted.filter((ref) => ref.legalEntity === legalEntity).map((ref) => ref.number);
      const { rows } = await this.#client.orders.salesOrdersByNumber(legalEntity, numbers);
      // `eq` knows wildcards and no case, so more may come than was asked for (F&O, 2.1).
      const orders = rows.map((row) => this.#rawOrder(row)).filter((order) => found.has(order.id));
      for (const record of await this.#records(legalEntity, orders)) found.set(record.id, record);
    }
    return found;
  }

  idOf(ref: Ref): string {
    return idOf(orderRef.parse(ref));
  }

  read({ payload }: SourceRecord): Order[] {
    const { orders } = this.#settings.flows;
    return ordersFromFno(payload, { ...orders, weightUnit: this.#settings.weightUnit });
  }

  #rawOrder(row: unknown): RawOrder {
    const parsed = listed.safeParse(row);
    const { [this.#client.orders.linesName]: lines, ...header } = z.record(z.string(), z.unknown()).parse(row);
    if (!parsed.success || !Array.isArray(lines)) {
      const what = parsed.success ? `${this.#client.orders.linesName}` : parsed.error.issues[0]?.path.join(".");
      throw new ContractError(`F&O sent a sales order without ${what}`, {
        system: "fno",
        hint: "Check entities.headers and entities.lines.",
      });
    }
    const { dataAreaId, SalesOrderNumber } = parsed.data;
    return { id: orderId(dataAreaId, SalesOrderNumber), number: SalesOrderNumber, header, lines: sortedLines(lines) };
  }

  /** What the server could not filter, or was not asked to. */
  #isWanted({ header, lines }: RawOrder): boolean {
    const { eligible, filter } = this.#settings.flows.orders;
    const row = listed.parse(header);
    if (!eligible.some((status) => status === row.SalesOrderProcessingStatus)) return false;
    const { DeliveryModeCode, SalesOrderPoolId } = row;
    const codes = { DeliveryModeCode: DeliveryModeCode ?? "", SalesOrderPoolId: SalesOrderPoolId ?? "" };
    if (outsideOf(codes, filter) !== undefined) return false;
    if (filter.warehouses.length === 0) return true;
    const warehouses = lines.map((line) => listedLine.safeParse(line).data?.ShippingWarehouseId);
    return warehouses.some((id) => filter.warehouses.includes(id || (row.DefaultShippingWarehouseId ?? "")));
  }

  async #records(legalEntity: string, orders: readonly RawOrder[]): Promise<SourceRecord[]> {
    const payloads = await this.#enrichment.payloads(legalEntity, orders);
    return orders.map((order, index) => {
      const payload = payloads[index];
      const remaining = payload?.remaining === undefined ? null : Object.fromEntries(payload.remaining);
      return {
        id: order.id,
        version: hashOf([order.header, order.lines, remaining]),
        ref: { legalEntity, number: order.number },
        payload,
      };
    });
  }
}

function idOf({ legalEntity, number }: OrderRef): string {
  return orderId(legalEntity, number);
}

/** By their tags and values, so that the order in which the server answers them does not count as a change. */
function sortedLines(lines: readonly unknown[]): unknown[] {
  return lines
    .map((line) => ({ line, text: canonicalJson(line) }))
    .sort((left, right) => (left.text < right.text ? -1 : 1))
    .map(({ line }) => line);
}
