import { type Context, Hono } from "hono";
import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";
import { Account } from "./shipstation/account.ts";
import { mergeOrders, splitOrder } from "./shipstation/combine.ts";
import {
  addOrder,
  type LineQuantity,
  type MarkShippedOptions,
  markShipped,
  type OrderRef,
  openOrderOf,
  orderOf,
  type PrintOptions,
  printLabel,
  voidFulfillment,
  voidLabel,
} from "./shipstation/person.ts";
import { addProduct } from "./shipstation/products.ts";
import {
  type CarrierRow,
  defaultCarriers,
  defaultStores,
  defaultTags,
  defaultWarehouses,
  type StoreRow,
  type TagRow,
  type WarehouseRow,
} from "./shipstation/reference.ts";
import { brokenV1, errorV2, throttledV2 } from "./shipstation/refusals.ts";
import type { FulfillmentRow, OrderRow, ProductRow, ShipmentRow } from "./shipstation/rows.ts";
import { defaultSwitches, type ShipStationSwitches } from "./shipstation/switches.ts";
import { shipStationV1, throttledV1 } from "./shipstation/v1.ts";
import { shipStationV2 } from "./shipstation/v2.ts";
import { Webhooks } from "./shipstation/webhooks.ts";
import { RateWindow } from "./shipstation/window.ts";

/** How to set up a simulated ShipStation account. */
export interface ShipStationOptions {
  clock: SandboxClock;
  apiKey: string;
  apiSecret: string;
  /** Without it V2 refuses every call. */
  apiKeyV2?: string;
  stores?: readonly StoreRow[];
  warehouses?: readonly WarehouseRow[];
  carriers?: readonly CarrierRow[];
  tags?: readonly TagRow[];
  switches?: Partial<ShipStationSwitches>;
  /** Calls a minute; 40 and 200 when left out. */
  limitV1?: number;
  limitV2?: number;
}

/** A simulated ShipStation account: V1 at the root, V2 under `/v2`, and a person's actions as methods. */
export class ShipStationSandbox implements SimulatedVendor {
  readonly requests: string[] = [];
  faults: FaultPlan | undefined;
  /** Settable while it runs. */
  readonly switches: ShipStationSwitches;
  /** Ids of orders, shipments and fulfillments that make every page with them a 500 (ShipStation V1, 3). */
  readonly badRecords = new Set<number>();
  /** Subscriptions, and the posts that wait for them. */
  readonly webhooks: Webhooks;
  readonly #account: Account;
  readonly #app = new Hono();
  readonly #windowV1: RateWindow;
  readonly #windowV2: RateWindow;

  constructor(options: ShipStationOptions) {
    this.switches = { ...defaultSwitches, ...options.switches };
    this.#account = new Account({
      clock: options.clock,
      switches: this.switches,
      stores: options.stores ?? defaultStores,
      warehouses: options.warehouses ?? defaultWarehouses,
      carriers: options.carriers ?? defaultCarriers,
      tags: options.tags ?? defaultTags,
    });
    this.#windowV1 = new RateWindow(options.limitV1 ?? 40);
    this.#windowV2 = new RateWindow(options.limitV2 ?? 200);
    const account = this.#account;
    const webhooks = new Webhooks(account);
    this.webhooks = webhooks;
    const authorization = `Basic ${Buffer.from(`${options.apiKey}:${options.apiSecret}`).toString("base64")}`;
    // What a person does there has no place in ShipStation's API.
    this.#app.post("/sandbox/ship/:orderNumber", (c) => this.#shipped(c));
    this.#app.get("/jwks", (c) => c.json(webhooks.keySet()));
    this.#app.route("/v2", shipStationV2({ account, apiKey: options.apiKeyV2, window: this.#windowV2, webhooks }));
    this.#app.route(
      "/",
      shipStationV1({ account, authorization, window: this.#windowV1, badRecords: this.badRecords, webhooks }),
    );
  }

  get orders(): readonly OrderRow[] {
    return this.#account.orders;
  }

  get shipments(): readonly ShipmentRow[] {
    return this.#account.shipments;
  }

  get fulfillments(): readonly FulfillmentRow[] {
    return this.#account.fulfillments;
  }

  get products(): readonly ProductRow[] {
    return this.#account.products;
  }

  /** Every write that came through V1: `create`, `update`, `cancel`, or the name of the call. */
  get ledger(): LedgerEntry[] {
    return this.#account.ledger;
  }

  fetch(request: Request, env?: SocketEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}`);
    const { clock } = this.#account.setup;
    const refusals = pathname.startsWith("/v2/")
      ? {
          throttled: () => throttledV2(this.#windowV2.look(clock.now()).resetSeconds),
          serverError: () => errorV2(500, "system", "unspecified", "An error has occurred."),
        }
      : { throttled: () => throttledV1(this.#account, this.#windowV1), serverError: brokenV1 };
    return answerWithFault(this.faults?.(request), env, { clock, ...refusals }, async () => this.#app.fetch(request));
  }

  /** Buys a label; the order is shipped once no line is left open. */
  print(order: OrderRef, options: PrintOptions = {}): ShipmentRow {
    return printLabel(this.#account, order, options);
  }

  #shipped(c: Context): Response {
    const number = c.req.param("orderNumber") ?? "";
    const order = this.orders.find(({ active, orderNumber }) => active && orderNumber === number);
    try {
      return c.text(`${this.print(order?.orderId ?? number).trackingNumbers.join("\n")}\n`);
    } catch (error) {
      return c.text(`${error instanceof Error ? error.message : String(error)}\n`, 404);
    }
  }

  /** Buys a second label before the first is voided: it has no items (ShipStation V1, 4.3). */
  reprint(shipmentId: number, options: PrintOptions = {}): ShipmentRow {
    const first = this.shipments.find((row) => row.shipmentId === shipmentId);
    if (!first) throw new Error(`The simulated ShipStation has no shipment ${shipmentId}.`);
    const { carrierCode, serviceCode } = first;
    return this.print(first.orderId, { carrierCode, serviceCode, ...options, withoutItems: true });
  }

  /** Voids a label; its order awaits shipment again. */
  void(shipmentId: number): ShipmentRow {
    return voidLabel(this.#account, shipmentId);
  }

  /** Marks an order as shipped: a fulfillment without a label. */
  markShipped(order: OrderRef, options: MarkShippedOptions = {}): FulfillmentRow {
    return markShipped(this.#account, order, options);
  }

  /** Takes back that an order was marked as shipped. */
  voidFulfillment(fulfillmentId: number): FulfillmentRow {
    return voidFulfillment(this.#account, fulfillmentId);
  }

  /** Changes an order in any status, as rules and people do. */
  edit(order: OrderRef, patch: Partial<Omit<OrderRow, "orderId">>): OrderRow {
    const row = orderOf(this.#account, order);
    const wasUnpaid = row.orderStatus === "awaiting_payment";
    Object.assign(row, patch);
    if (wasUnpaid) this.#account.arrive(row);
    this.#account.endImport();
    this.#account.touch(row);
    return row;
  }

  /** Holds an order, until a date or for good. */
  hold(order: OrderRef, holdUntilDate: string | null = null): OrderRow {
    return this.edit(openOrderOf(this.#account, order).orderId, { orderStatus: "on_hold", holdUntilDate });
  }

  /** Takes an order off hold. */
  release(order: OrderRef): OrderRow {
    const { orderId } = openOrderOf(this.#account, order);
    return this.edit(orderId, { orderStatus: "awaiting_shipment", holdUntilDate: null });
  }

  /** Cancels an order that is still open. */
  cancel(order: OrderRef): OrderRow {
    return this.edit(openOrderOf(this.#account, order).orderId, { orderStatus: "cancelled" });
  }

  /** Moves lines to a new order, which it returns. */
  split(order: OrderRef, lines: readonly LineQuantity[]): OrderRow {
    return splitOrder(this.#account, order, lines);
  }

  /** Combines orders into the first one, which it returns. */
  merge(into: OrderRef, others: readonly OrderRef[]): OrderRow {
    return mergeOrders(this.#account, into, others);
  }

  /** A product that a person enters or imports, in V1's fields. */
  addProduct(product: Readonly<Record<string, unknown>> & { sku: string }): ProductRow {
    return addProduct(this.#account, product);
  }

  /** An order that came from a connected store (the web shop unless `storeId` says another), in the wire's form. */
  addOrder(order: Readonly<Record<string, unknown>> = {}, storeId?: number): OrderRow {
    return addOrder(this.#account, order, storeId);
  }
}
