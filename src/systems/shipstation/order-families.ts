import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { orderSchema, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import { addsUp } from "../../mappings/shipstation/sale-amounts.ts";
import type { OrderCopies } from "./order-copies.ts";

/** So often an order's part is split again, at most, before the chain is taken for broken. */
const mostSplits = 10;

/** An order with what it was split from. */
export interface OrderInFamily {
  order: ShipStationOrder;
  /** The key of the order that it was split from, at the begin of the chain. */
  rootKey?: string | undefined;
  /** All parts, where the order's own money does not add up. */
  family?: ShipStationOrder[] | undefined;
}

/** Finds the parts of split orders: no filter names them, but they keep the number of the order they come from (V2, 7.3). */
export class OrderFamilies {
  readonly #client: ShipStationClient;
  readonly #copies: OrderCopies;

  constructor(client: ShipStationClient, copies: OrderCopies) {
    this.#client = client;
    this.#copies = copies;
  }

  /** The orders with their families, and the other parts of those whose money stands on one part alone. */
  async of(orders: readonly ShipStationOrder[]): Promise<OrderInFamily[]> {
    const given = new Map<number, OrderInFamily>();
    const families = new Map<number, ShipStationOrder[]>();
    for (const order of orders) {
      if (given.has(order.orderId)) continue;
      const root = order.advancedOptions?.parentId ? await this.#root(order) : order;
      const rootKey = root === order ? undefined : root?.orderKey || undefined;
      if (!root || !isPart(order) || addsUp(order)) {
        given.set(order.orderId, { order, rootKey });
        continue;
      }
      const family = families.get(root.orderId) ?? (await this.#family(root));
      families.set(root.orderId, family);
      for (const part of family) {
        const partKey = part.orderId === root.orderId ? undefined : root.orderKey || undefined;
        given.set(part.orderId, { order: part, rootKey: partKey, family });
      }
      if (!given.has(order.orderId)) given.set(order.orderId, { order, rootKey });
    }
    return [...given.values()];
  }

  /** The order at the begin of the chain; undefined when ShipStation does not have it any more. */
  async #root(order: ShipStationOrder): Promise<ShipStationOrder | undefined> {
    let root: ShipStationOrder | undefined = order;
    for (let count = 0; count < mostSplits && root?.advancedOptions?.parentId; count++) {
      root = (await this.#copies.order(root.advancedOptions.parentId)).order;
    }
    return root;
  }

  /** The root with all that came from it, oldest first. */
  async #family(root: ShipStationOrder): Promise<ShipStationOrder[]> {
    const rows = new Map([[root.orderId, root]]);
    if (root.orderNumber) {
      for await (const { value } of this.#client.ordersByNumber(root.orderNumber)) {
        for (const row of value) {
          const { data } = orderSchema.safeParse(row);
          if (data) rows.set(data.orderId, data);
        }
      }
    }
    const family = new Set([root.orderId]);
    for (let size = 0; size < family.size; ) {
      size = family.size;
      for (const { orderId, advancedOptions } of rows.values()) {
        if (family.has(advancedOptions?.parentId ?? 0)) family.add(orderId);
      }
    }
    return [...rows.values()]
      .filter(({ orderId }) => family.has(orderId))
      .sort((left, right) => left.orderId - right.orderId);
  }
}

function isPart({ advancedOptions }: ShipStationOrder): boolean {
  return Boolean(advancedOptions?.parentId || advancedOptions?.mergedOrSplit);
}
