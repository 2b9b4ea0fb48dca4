import type { Budget } from "../../core/http/throttle.ts";
import { ShipBobAccount } from "./account/calls.ts";
import { ShipBobBilling } from "./billing/calls.ts";
import { ShipBobCalls } from "./calls.ts";
import type { ShipBobAccess } from "./http.ts";
import { ShipBobOrders } from "./orders/calls.ts";
import { ShipBobProducts } from "./products/calls.ts";
import { ShipBobShipments } from "./shipments/calls.ts";
import { ShipBobStock } from "./stock/calls.ts";
import { ShipBobHooks } from "./webhooks/calls.ts";

/** An account at ShipBob: its areas over one connection, so that all share one budget and one sign-in. */
export class ShipBobClient {
  readonly account: ShipBobAccount;
  readonly orders: ShipBobOrders;
  readonly shipments: ShipBobShipments;
  readonly products: ShipBobProducts;
  readonly stock: ShipBobStock;
  readonly billing: ShipBobBilling;
  readonly webhooks: ShipBobHooks;
  readonly #calls: ShipBobCalls;

  /** Throws ConfigError for what is missing to sign in. */
  constructor(access: ShipBobAccess) {
    const calls = new ShipBobCalls(access);
    this.#calls = calls;
    this.account = new ShipBobAccount(calls);
    this.orders = new ShipBobOrders(calls);
    this.shipments = new ShipBobShipments(calls);
    this.products = new ShipBobProducts(calls);
    this.stock = new ShipBobStock(calls);
    this.billing = new ShipBobBilling(calls);
    this.webhooks = new ShipBobHooks(calls);
  }

  /** What may still be asked this minute. */
  budgets(): Record<string, Budget> {
    return { api: this.#calls.budget() };
  }

  /** ShipBob's clock as its last answer told it. */
  get serverTime(): Date | undefined {
    return this.#calls.serverTime;
  }

  /** Replaces a refresh token that is old, where the account was joined by OAuth. Throws AuthError. */
  keepFresh(): Promise<void> {
    return this.#calls.keepFresh();
  }
}
