import type { LedgerEntry, SandboxClock } from "../kit.ts";
import { pacificStamps, readPacific, type Stamp } from "./pacific.ts";
import type { CarrierRow, StoreRow, TagRow, WarehouseRow } from "./reference.ts";
import type { FulfillmentRow, OrderRow, ProductRow, ShipmentRow } from "./rows.ts";
import type { ShipStationSwitches } from "./switches.ts";

/** What an account is set up with. */
export interface AccountSetup {
  clock: SandboxClock;
  switches: ShipStationSwitches;
  stores: readonly StoreRow[];
  warehouses: readonly WarehouseRow[];
  carriers: readonly CarrierRow[];
  tags: readonly TagRow[];
}

/** What happened, as subscribers are told it: orders of one import, labels of one batch. */
export interface Told {
  kind: "orders" | "labels" | "fulfillment" | "rejection";
  storeId: number;
  /** What the rows of it are listed by. */
  batch: string | number;
  orderId: number;
}

/** Statuses in which an order can be changed (ShipStation V1, 2.1). */
export const openStatuses: readonly string[] = [
  "awaiting_payment",
  "awaiting_shipment",
  "on_hold",
  "pending_fulfillment",
];

/** All that the simulated account holds. */
export class Account {
  readonly setup: AccountSetup;
  readonly orders: OrderRow[] = [];
  readonly shipments: ShipmentRow[] = [];
  readonly fulfillments: FulfillmentRow[] = [];
  readonly products: ProductRow[] = [];
  readonly ledger: LedgerEntry[] = [];
  /** Hear of what subscribers are told. */
  readonly listeners: ((told: Told) => void)[] = [];
  /** By order: the import that it came in; by label: its batch. */
  readonly importBatches = new Map<number, string>();
  readonly labelBatches = new Map<number, number>();
  #arrived: OrderRow[] = [];
  readonly #ordersByKey = new Map<string, OrderRow[]>();
  readonly #ordersById = new Map<number, OrderRow>();
  readonly #stamp = pacificStamps();
  readonly #lastIds = {
    order: 900_000,
    item: 60_000_000,
    shipment: 700_000,
    fulfillment: 500_000,
    product: 80_000,
    batch: 190_000_000,
  };

  constructor(setup: AccountSetup) {
    this.setup = setup;
  }

  get switches(): ShipStationSwitches {
    return this.setup.switches;
  }

  nextId(kind: "order" | "item" | "shipment" | "fulfillment" | "product" | "batch"): number {
    this.#lastIds[kind] += 1;
    return this.#lastIds[kind];
  }

  now(): Stamp {
    return this.#stamp(this.setup.clock.now());
  }

  today(): string {
    return this.now().pacific.slice(0, 10);
  }

  /** Reads a client's date into `Stamp.pacific`'s form. */
  read(text: string): string | undefined {
    return readPacific(text, this.switches.offsets, this.#stamp);
  }

  /** Takes in a new order; its id and key never change. */
  add(order: OrderRow): void {
    this.orders.push(order);
    this.#ordersById.set(order.orderId, order);
    const key = order.orderKey.toLowerCase();
    const sharing = this.#ordersByKey.get(key);
    if (sharing) sharing.push(order);
    else this.#ordersByKey.set(key, [order]);
  }

  /** The order with this id, deleted ones too. */
  everyOrder(orderId: number): OrderRow | undefined {
    return this.#ordersById.get(orderId);
  }

  /** The order with this id, unless it is deleted or merged away. */
  order(orderId: number): OrderRow | undefined {
    const order = this.everyOrder(orderId);
    return order?.active ? order : undefined;
  }

  /** Every order under a key, deleted ones too: several when a split order shares its key. */
  keyed(orderKey: string, storeId: number): OrderRow[] {
    const { orderKeyCase, orderKeyScope } = this.switches;
    return (this.#ordersByKey.get(orderKey.toLowerCase()) ?? []).filter(
      (order) =>
        (orderKeyCase !== "sensitive" || order.orderKey === orderKey) &&
        (orderKeyScope === "account" || order.advancedOptions.storeId === storeId),
    );
  }

  /** The store that takes orders without one: the first manual one (ShipStation V1, 2.1). */
  defaultStoreId(): number {
    const store = this.setup.stores.find(({ active, marketplaceId }) => active && marketplaceId === 0);
    if (!store) throw new Error("The simulated account has no active manual store.");
    return store.storeId;
  }

  /** Notes an order that is new, or is paid now: its import is told once it is over. */
  arrive(order: OrderRow): void {
    if (!["awaiting_payment", "cancelled"].includes(order.orderStatus)) this.#arrived.push(order);
  }

  /** Ends an import action: one batch a store, whatever came. */
  endImport(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const storeId of new Set(arrived.map(({ advancedOptions }) => advancedOptions.storeId))) {
      const orders = arrived.filter(({ advancedOptions }) => advancedOptions.storeId === storeId);
      const batch = `6e7f0000-0000-4000-8000-${String(this.nextId("batch")).padStart(12, "0")}`;
      for (const { orderId } of orders) this.importBatches.set(orderId, batch);
      this.tell({ kind: "orders", storeId, batch, orderId: orders[0]?.orderId ?? 0 });
    }
  }

  tell(told: Told): void {
    for (const listener of this.listeners) listener(told);
  }

  /** Moves `modifyDate`, as every change does. */
  touch(order: OrderRow): void {
    order.modifyDate = this.now();
  }

  /** Notes a write that came through the API. */
  record(action: string, order: OrderRow): void {
    this.ledger.push({ at: this.now().instant, action, key: order.orderKey, body: structuredClone(order) });
  }
}
