import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { orderSchema, type Row, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";

/** A copy of the poll is as good as a read for so long. */
const freshMs = 60_000;
const mostCopies = 5000;
/** A label may be made so long before its order changes. */
const slackMs = 10 * 60_000;

/** Orders asked for one by one; above so many, by a list. */
const fewOrders = 5;
const mostFacts = 100_000;

/** What never changes of an order but by splitting and combining. */
export interface OrderFacts {
  orderKey?: string | undefined;
  storeId?: number | undefined;
  parentId?: number | undefined;
  mergedIds?: readonly number[] | undefined;
}

/** An order, and the last that is known of when it changed. */
export interface ChangedOrder {
  orderId: number;
  changedAt: Date | undefined;
}

/** Orders that were read lately, shared by the ports of one account, so that none is asked for twice. */
export class OrderCopies {
  readonly #client: ShipStationClient;
  readonly #clock: Clock;
  readonly #copies = new Map<number, { order: ShipStationOrder | undefined; at: number }>();
  readonly #facts = new Map<number, OrderFacts | undefined>();

  constructor(client: ShipStationClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Keeps an order as it was just read. */
  keep(order: ShipStationOrder): void {
    this.#put(order.orderId, order);
  }

  /** What is about to be written is no copy any more. */
  forget(orderId: number): void {
    this.#copies.delete(orderId);
  }

  /** An order by its id; undefined when there is none. */
  async order(orderId: number): Promise<{ order: ShipStationOrder | undefined; calls: readonly Call[] }> {
    const copy = this.#fresh(orderId);
    if (copy) return { order: copy.order, calls: [] };
    const { value, calls } = await this.#client.order(orderId);
    this.#put(orderId, value);
    return { order: value, calls };
  }

  /** An order's facts, however long ago they were read; undefined when there is no such order. */
  async facts(orderId: number): Promise<OrderFacts | undefined> {
    if (!this.#facts.has(orderId)) await this.order(orderId);
    return this.#facts.get(orderId);
  }

  /** Reads the facts of many orders, each changed at its time or later, in a list rather than one by one. */
  async learn(orders: readonly ChangedOrder[]): Promise<void> {
    await this.#listed(orders.filter(({ orderId }) => !this.#facts.has(orderId)));
  }

  /** Those of many orders that there are, as they are now; each changed at its time or later. */
  async many(orders: readonly ChangedOrder[]): Promise<Map<number, ShipStationOrder>> {
    const found = await this.#listed(orders.filter(({ orderId }) => !this.#fresh(orderId)));
    for (const orderId of new Set(orders.map((one) => one.orderId))) {
      const { order } = found.has(orderId) ? { order: found.get(orderId) } : await this.order(orderId);
      if (order) found.set(orderId, order);
    }
    return found;
  }

  /** Keeps what a list from the oldest change on has, until it has all that is wanted; a few are not worth a list. */
  async #listed(wanted: readonly ChangedOrder[]): Promise<Map<number, ShipStationOrder>> {
    const found = new Map<number, ShipStationOrder>();
    const times = wanted.flatMap(({ changedAt }) => changedAt?.getTime() ?? []);
    const open = new Set(wanted.map(({ orderId }) => orderId));
    if (open.size <= fewOrders || times.length === 0) return found;
    const from = new Date(Math.min(...times) - slackMs);
    for await (const { rows } of this.#client.list(changedOrders({}), from, this.#clock.now())) {
      for (const row of rows) {
        const { data } = orderSchema.safeParse(row);
        if (!data) continue;
        this.keep(data);
        if (open.delete(data.orderId)) found.set(data.orderId, data);
      }
      if (open.size === 0) break;
    }
    return found;
  }

  #fresh(orderId: number): { order: ShipStationOrder | undefined } | undefined {
    const copy = this.#copies.get(orderId);
    return copy && this.#clock.now().getTime() - copy.at < freshMs ? copy : undefined;
  }

  /** The order of a number and exact key: the number's search is by beginning (V1, 3). */
  async orderByKey(
    orderNumber: string,
    orderKey: string,
  ): Promise<{ order: ShipStationOrder | undefined; calls: readonly Call[] }> {
    const calls: Call[] = [];
    const found: ShipStationOrder[] = [];
    for await (const page of this.#client.ordersByNumber(orderNumber)) {
      calls.push(...page.calls);
      found.push(...page.value.flatMap((row) => ofKey(row, orderKey)));
    }
    const order = chosen(found);
    if (order) this.keep(order);
    return { order, calls };
  }

  #put(orderId: number, order: ShipStationOrder | undefined): void {
    const at = this.#clock.now().getTime();
    // A watch runs for months: what is not fresh any more only fills the memory.
    for (const [id, copy] of this.#copies) {
      if (at - copy.at < freshMs) break;
      this.#copies.delete(id);
    }
    if (this.#copies.size >= mostCopies) this.#copies.clear();
    this.#copies.delete(orderId);
    this.#copies.set(orderId, { order, at });
    if (this.#facts.size >= mostFacts) this.#facts.clear();
    this.#facts.set(orderId, order && factsOf(order));
  }
}

function factsOf({ orderKey, advancedOptions }: ShipStationOrder): OrderFacts {
  const { storeId, parentId, mergedIds } = advancedOptions ?? {};
  return {
    orderKey: orderKey || undefined,
    storeId: storeId || undefined,
    parentId: parentId || undefined,
    mergedIds: mergedIds ?? undefined,
  };
}

/** The list of orders by when they changed (V1, 3). */
export function changedOrders(query: Record<string, string | number | undefined>) {
  return {
    api: "v1",
    path: "/orders",
    rows: "orders",
    id: "orderId",
    time: "modifyDate",
    startParameter: "modifyDateStart",
    query: { ...query, sortBy: "ModifyDate", sortDir: "ASC" },
  } as const;
}

/** The list of orders by when they were made (V1, 3). */
export function madeOrders(query: Record<string, string | number | undefined>) {
  return {
    ...changedOrders(query),
    time: "createDate",
    startParameter: "createDateStart",
    query: { ...query, sortBy: "CreateDate", sortDir: "ASC" },
  } as const;
}

function ofKey(row: Row, orderKey: string): ShipStationOrder[] {
  if (row.orderKey !== orderKey) return [];
  const parsed = orderSchema.safeParse(row);
  return parsed.success ? [parsed.data] : [];
}

/** Of the parts of a split order, which may share a key, the one the others came from. Pure. */
export function chosen(orders: readonly ShipStationOrder[]): ShipStationOrder | undefined {
  return orders.find((order) => !order.advancedOptions?.parentId) ?? orders[0];
}
