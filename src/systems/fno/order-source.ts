import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type { FnoLabelSettings, FnoPairSettings, FnoStockSettings } from "../../connectors/fno/config.ts";
import type { OrderRequest } from "../../connectors/fno/orders.ts";
import type { RawOrderRecord } from "../../connectors/fno/schema.ts";
import type { Ref } from "../../core/delivery.ts";
import { CanonicalText, canonicalJson, hashOfText } from "../../core/json.ts";
import type { Order } from "../../core/model.ts";
import type { ListRequest, Named, NamedPage, NamedReader, Page, Source, SourceRecord } from "../../core/ports.ts";
import { isNamed } from "../../core/warehouse.ts";
import { orderId, ordersFromFno, outsideOf } from "../../mappings/fno/orders.ts";
import { payloadsOf } from "./enrichment.ts";
import type { MasterData } from "./master-data.ts";
import { type RawOrder, rawOrder } from "./raw-order.ts";

const orderRef = z.object({ legalEntity: z.string(), number: z.string() });
type OrderRef = z.infer<typeof orderRef>;

/** What tells whether an order is listed, beside its names. */
const listedHeader = z.object({ SalesOrderStatus: z.string(), OrderCreationDateTime: z.string() });

type OrderSettings = FnoPairSettings & {
  forLabels?: FnoLabelSettings | undefined;
  forStock?: FnoStockSettings | undefined;
};

/** F&O as the giver of orders: all open ones that are released to ship; no order says when it changed (F&O, 3.4). */
export class FnoOrderSource implements Source<Order> {
  readonly system = "fno";
  readonly reads = "open";
  readonly #client: FnoClient;
  readonly #legalEntities: readonly string[];
  readonly #settings: OrderSettings;
  readonly #masterData: MasterData;
  readonly #readOptions: Parameters<typeof ordersFromFno>[1];
  readonly #canonical = new CanonicalText();
  readonly named: NamedReader = {
    has: ({ kind }) => kind === "orderNumber",
    read: (things) => this.#named(things),
  };

  constructor(given: {
    client: FnoClient;
    legalEntities: readonly string[];
    settings: OrderSettings;
    masterData: MasterData;
  }) {
    this.#client = given.client;
    this.#legalEntities = given.legalEntities;
    this.#settings = given.settings;
    this.#masterData = given.masterData;
    this.#readOptions = readOptions(given.settings);
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    this.#masterData.begin();
    for (const legalEntity of this.#legalEntities) {
      for await (const { rows } of this.#client.orders.salesOrders(this.#chosen(request, legalEntity))) {
        const orders = rows.map((row) => this.#rawOrder(row)).filter((order) => this.#isWanted(order));
        const records = await this.#records(legalEntity, orders);
        yield { records: records.filter(({ payload }) => this.#isReleased(payload)) };
      }
    }
  }

  /** One that a listing leaves out is told apart: it may have been cancelled, but it may never have been meant for this pair. */
  async *#named(things: readonly Named[]): AsyncGenerator<NamedPage> {
    this.#masterData.begin();
    for (const legalEntity of this.#legalEntities) {
      const isHere = (one: Named) => (one.legalEntity ?? legalEntity).toLowerCase() === legalEntity.toLowerCase();
      // An event names one order: `eq` would take a star for all (F&O, 2.1).
      const numbers = things.filter((one) => isHere(one) && !one.id.includes("*")).map(({ id }) => id);
      if (numbers.length === 0) continue;
      const { rows } = await this.#client.orders.salesOrdersByNumber(legalEntity, [...new Set(numbers)]);
      const orders = rows.map((row) => this.#rawOrder(row)).filter(({ number }) => numbers.includes(number));
      const open = new Set(orders.filter((order) => this.#isWanted(order) && this.#isOpen(order)).map(({ id }) => id));
      const all = await this.#records(legalEntity, orders);
      const isListed = ({ id, payload }: OrderSourceRecord) => open.has(id) && this.#isReleased(payload);
      yield { records: all.filter(isListed), unlisted: all.filter((record) => !isListed(record)) };
    }
  }

  async count(request: ListRequest): Promise<number | undefined> {
    let all = 0;
    for (const legalEntity of this.#legalEntities) {
      const there = await this.#client.orders.count(this.#chosen(request, legalEntity));
      if (there === undefined) return undefined;
      all += there;
    }
    return all;
  }

  #chosen({ since, until }: ListRequest, legalEntity: string): OrderRequest {
    const { startDate, eligible, filter } = this.#settings.flows.orders;
    const begin = startDate === undefined ? undefined : new Date(`${startDate}T00:00:00Z`);
    const createdFrom = [begin, since].flatMap((date) => date ?? []).sort((left, right) => +right - +left)[0];
    return { legalEntity, eligible, createdFrom, createdUntil: until, ...filter };
  }

  async get(refs: readonly Ref[], isAnew = false): Promise<Map<string, SourceRecord | "gone">> {
    if (isAnew) this.#masterData.forget();
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
    return ordersFromFno(payload, this.#readOptions);
  }

  #rawOrder(row: unknown): RawOrder {
    return rawOrder(row, this.#client.orders.linesName, this.#canonical);
  }

  /** What the server could not filter, or was not asked to. */
  #isWanted({ names }: RawOrder): boolean {
    const { eligible, filter } = this.#settings.flows.orders;
    if (!eligible.some((status) => status === names.processing)) return false;
    const codes = { DeliveryModeCode: names.deliveryMode, SalesOrderPoolId: names.pool };
    if (outsideOf(codes, filter) !== undefined) return false;
    const { legalEntity, warehouses } = names;
    const isTaken = (warehouse: string) => filter.warehouses.some((name) => isNamed(name, { legalEntity, warehouse }));
    return filter.warehouses.length === 0 || warehouses.some(isTaken);
  }

  /** What a listing asks the server for, of an order that was read by its number. */
  #isOpen({ header }: RawOrder): boolean {
    const { startDate } = this.#settings.flows.orders;
    const { data } = listedHeader.safeParse(header);
    if (data?.SalesOrderStatus !== "Backorder") return false;
    return startDate === undefined || Date.parse(data.OrderCreationDateTime) >= Date.parse(startDate);
  }

  /** One that is not is none of the open ones yet; one that was sent before is read by its number. */
  #isReleased({ releaseStatus }: RawOrderRecord): boolean {
    return releaseStatus === undefined || (this.#settings.forStock?.releaseStatus.includes(releaseStatus) ?? true);
  }

  async #records(legalEntity: string, orders: readonly RawOrder[]): Promise<OrderSourceRecord[]> {
    const { forLabels, forStock } = this.#settings;
    const from = { client: this.#client, masterData: this.#masterData, forLabels, forStock };
    const payloads = await payloadsOf(from, legalEntity, orders);
    return orders.flatMap((order, index) => {
      const payload = payloads[index];
      if (!payload) return [];
      const remaining = payload.remaining === undefined ? null : Object.fromEntries(payload.remaining);
      return [
        {
          id: order.id,
          version: hashOfText(`[${[order.text, canonicalJson(remaining), ...moreIn(payload)].join(",")}]`),
          ref: { legalEntity, number: order.number },
          payload,
        },
      ];
    });
  }
}

function readOptions({ flows, weightUnit, forLabels, forStock }: OrderSettings) {
  const { releaseStatus = [] } = forStock ?? {};
  const more = { lengthUnit: forLabels?.lengthUnit, isInStockUnits: forStock !== undefined, releaseStatus };
  return { ...flows.orders, ...more, weightUnit };
}

type OrderSourceRecord = SourceRecord & { payload: RawOrderRecord };

/** As JSON where there is some, so that a pair without it keeps the versions that it has stored. */
function moreIn({ invoice, stock, releaseStatus }: RawOrderRecord): string[] {
  const parts = [invoice, stock && Object.fromEntries(stock), releaseStatus];
  return parts.flatMap((part) => (part === undefined ? [] : [canonicalJson(part)]));
}

function idOf({ legalEntity, number }: OrderRef): string {
  return orderId(legalEntity, number);
}
