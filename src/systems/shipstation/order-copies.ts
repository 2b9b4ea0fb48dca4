import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { orderSchema, type Row, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/ports.ts";

/** A copy of the poll is as good as a read for so long. */
const freshMs = 60_000;
const mostCopies = 5000;

/** Orders that were read lately, shared by the ports of one account, so that none is asked for twice. */
export class OrderCopies {
  readonly #client: ShipStationClient;
  readonly #clock: Clock;
  readonly #copies = new Map<number, { order: ShipStationOrder | undefined; at: number }>();

  constructor(client: ShipStationClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Keeps an order as it was just read. */
  keep(order: ShipStationOrder): void {
    this.#put(order.orderId, order);
  }

  /** An order if it was read lately, however old the copy is. */
  peek(orderId: number): ShipStationOrder | undefined {
    return this.#copies.get(orderId)?.order;
  }

  /** What is about to be written is no copy any more. */
  forget(orderId: number): void {
    this.#copies.delete(orderId);
  }

  /** An order by its id; undefined when there is none. `mayBeOld` is for what never changes: key, store, parent. */
  async order(
    orderId: number,
    mayBeOld = false,
  ): Promise<{ order: ShipStationOrder | undefined; calls: readonly Call[] }> {
    const copy = this.#copies.get(orderId);
    if (copy && (mayBeOld || this.#clock.now().getTime() - copy.at < freshMs)) return { order: copy.order, calls: [] };
    const { value, calls } = await this.#client.order(orderId);
    this.#put(orderId, value);
    return { order: value, calls };
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
    if (this.#copies.size >= mostCopies) this.#copies.clear();
    this.#copies.set(orderId, { order, at: this.#clock.now().getTime() });
  }
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
