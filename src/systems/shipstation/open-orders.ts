import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { orderSchema, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { WantedSku } from "../../core/ports.ts";
import { foldedSku } from "../../mappings/shipstation/product.ts";
import { isSeed } from "../../mappings/shipstation/seed.ts";
import { changedOrders } from "./order-copies.ts";

/** Statuses of orders that are still to be shipped from here (V1, 2.1). */
const openStatuses = ["awaiting_payment", "awaiting_shipment", "on_hold"] as const;

/** Which orders are looked at. */
export interface OpenOrderStores {
  /** The stores that are read; absent: all. */
  stores?: readonly number[] | undefined;
  /** Stores in which mlc makes orders itself: their customers and SKUs are another ERP's. */
  fedStores: readonly number[];
}

/** What a run needs of an open order. */
export type OpenOrder = Pick<
  ShipStationOrder,
  "orderId" | "orderNumber" | "orderKey" | "orderStatus" | "customerUsername" | "customerEmail" | "shipTo"
> & { skus: string[] };

/** The open orders of an account, listed once a run. */
export class OpenOrders {
  readonly #client: ShipStationClient;
  readonly #stores: OpenOrderStores;
  readonly #now: () => Date;
  #orders: Promise<OpenOrder[]> | undefined;

  constructor(client: ShipStationClient, stores: OpenOrderStores, now: () => Date) {
    this.#client = client;
    this.#stores = stores;
    this.#now = now;
  }

  /** All of them, by id. */
  all(): Promise<OpenOrder[]> {
    this.#orders ??= this.#list();
    return this.#orders;
  }

  async #list(): Promise<OpenOrder[]> {
    const { stores, fedStores } = this.#stores;
    const found = new Map<number, OpenOrder>();
    const read = stores?.filter((store) => !fedStores.includes(store));
    for (const storeId of read ?? [undefined]) {
      for (const orderStatus of openStatuses) {
        const listing = changedOrders({ storeId, orderStatus });
        for await (const { rows } of this.#client.list(listing, undefined, this.#now())) {
          for (const row of rows) {
            const { data } = orderSchema.safeParse(row);
            if (!data || isSeed(data) || fedStores.includes(data.advancedOptions?.storeId ?? 0)) continue;
            found.set(data.orderId, kept(data));
          }
        }
      }
    }
    return [...found.values()].sort((one, other) => one.orderId - other.orderId);
  }
}

/** The SKUs of orders with the numbers of those orders, whatever case a SKU is typed in. Pure. */
export function skusOf(orders: readonly OpenOrder[]): Omit<WantedSku, "isThere">[] {
  const wanted = new Map<string, Omit<WantedSku, "isThere">>();
  for (const { skus, orderNumber, orderId } of orders) {
    for (const sku of skus) {
      const one = wanted.get(foldedSku(sku)) ?? { sku, orders: [] };
      const number = orderNumber || String(orderId);
      if (!one.orders.includes(number)) one.orders.push(number);
      wanted.set(foldedSku(sku), one);
    }
  }
  return [...wanted.values()];
}

/** Without what a run has no use for: there may be thousands. A discount line has nothing to ship (V1, 2.1). */
function kept(order: ShipStationOrder): OpenOrder {
  const { orderId, orderNumber, orderKey, orderStatus, customerUsername, customerEmail, shipTo, items } = order;
  const goods = (items ?? []).filter(({ adjustment, sku }) => adjustment !== true && (sku ?? "").trim() !== "");
  const skus = goods.map(({ sku }) => (sku ?? "").trim());
  return { orderId, orderNumber, orderKey, orderStatus, customerUsername, customerEmail, shipTo, skus };
}
