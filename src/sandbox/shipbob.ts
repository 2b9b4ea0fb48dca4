import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";
import { Account } from "./shipbob/account.ts";
import { billingRoutes } from "./shipbob/billing.ts";
import type { TransactionRow } from "./shipbob/charges.ts";
import { Desk } from "./shipbob/desk.ts";
import { Gateway } from "./shipbob/gateway.ts";
import { Grants, type OAuthApplication } from "./shipbob/grants.ts";
import { SlidingWindow } from "./shipbob/limits.ts";
import { type Decision, OAuthHost } from "./shipbob/oauth.ts";
import { orderRoutes } from "./shipbob/orders.ts";
import { productRoutes } from "./shipbob/products.ts";
import {
  allScopes,
  type ChannelRow,
  defaultChannels,
  defaultLocations,
  defaultMethods,
  type LocationRow,
  type MethodRow,
} from "./shipbob/reference.ts";
import { referenceRoutes } from "./shipbob/reference-routes.ts";
import { brokenDatabase, throttled } from "./shipbob/refusals.ts";
import type { OrderRow, ProductRow, ShipmentRow } from "./shipbob/rows.ts";
import { shipmentRoutes } from "./shipbob/shipments.ts";
import { stockRoutes } from "./shipbob/stock.ts";
import { defaultSwitches, type ShipBobSwitches } from "./shipbob/switches.ts";
import { trackingRoutes } from "./shipbob/tracking.ts";
import { webhookRoutes } from "./shipbob/webhook-routes.ts";
import { Webhooks } from "./shipbob/webhooks.ts";

const areas = [orderRoutes, shipmentRoutes, trackingRoutes, referenceRoutes, productRoutes, stockRoutes, billingRoutes];

/** How to set up a simulated ShipBob account. */
export interface ShipBobOptions {
  clock: SandboxClock;
  /** The personal access token. */
  token: string;
  /** Scopes of that token; all when left out. */
  scopes?: readonly string[];
  /** Applications that may ask for access by OAuth. */
  applications?: readonly OAuthApplication[];
  /** `iss` of the tokens. */
  issuer?: string;
  /** 1 hour and 30 days when left out. */
  accessSeconds?: number;
  refreshSeconds?: number;
  channels?: readonly ChannelRow[];
  locations?: readonly LocationRow[];
  methods?: readonly MethodRow[];
  /** Calls of an application in a minute; 150 when left out. */
  limit?: number;
  switches?: Partial<ShipBobSwitches>;
}

/** A simulated ShipBob: the API under its versions, OAuth under `/connect`, and what its people do as methods. */
export class ShipBobSandbox implements SimulatedVendor {
  readonly requests: string[] = [];
  faults: FaultPlan | undefined;
  /** Settable while it runs. */
  readonly switches: ShipBobSwitches;
  /** Tokens: those of people are settable, those of OAuth can be revoked. */
  readonly grants: Grants;
  /** What people and carriers do. */
  readonly desk: Desk;
  /** Subscriptions, and the delivery of what they wait for. */
  readonly webhooks: Webhooks;
  readonly #account: Account;
  readonly #oauth: OAuthHost;
  readonly #gateway: Gateway;

  constructor(options: ShipBobOptions) {
    const { clock, channels, locations, methods } = options;
    this.switches = { ...defaultSwitches, ...options.switches };
    const account = new Account({
      clock,
      switches: this.switches,
      channels: channels ?? defaultChannels,
      locations: locations ?? defaultLocations,
      methods: methods ?? defaultMethods,
    });
    this.#account = account;
    this.desk = new Desk(account);
    this.grants = new Grants({
      clock,
      switches: this.switches,
      issuer: options.issuer ?? "https://auth.shipbob.com",
      accessSeconds: options.accessSeconds ?? 3600,
      refreshSeconds: options.refreshSeconds ?? 30 * 86_400,
    });
    this.grants.personal.set(options.token, options.scopes ?? allScopes);
    this.#oauth = new OAuthHost({
      grants: this.grants,
      switches: this.switches,
      applications: options.applications ?? [],
      connected: (app, name) => this.#connected(app, name),
    });
    this.webhooks = new Webhooks(account);
    const routes = [...areas.flatMap((routesOf) => routesOf(account)), ...webhookRoutes(account, this.webhooks)];
    const window = new SlidingWindow(options.limit ?? 150);
    this.#gateway = new Gateway({ account, grants: this.grants, window, routes });
  }

  get orders(): readonly OrderRow[] {
    return this.#account.orders;
  }

  get shipments(): readonly ShipmentRow[] {
    return this.#account.shipments;
  }

  get products(): readonly ProductRow[] {
    return this.#account.products;
  }

  /** Every channel, those that OAuth made among them. */
  get channels(): readonly ChannelRow[] {
    return this.#account.channels;
  }

  /** Every shipping method, mappings that an unknown name made among them. */
  get methods(): readonly MethodRow[] {
    return this.#account.methods;
  }

  /** Every charge and credit, those that do not show yet among them. */
  get transactions(): readonly TransactionRow[] {
    return this.#account.transactions;
  }

  /** Every write that came through the API, as `POST /order` and so on, under the reference or the SKU. */
  get ledger(): LedgerEntry[] {
    return this.#account.ledger;
  }

  /** What a person does at the authorization page; undefined shows them the page. Settable while it runs. */
  get decision(): Decision | undefined {
    return this.#oauth.decision;
  }

  set decision(decision: Decision | undefined) {
    this.#oauth.decision = decision;
  }

  fetch(request: Request, env?: SocketEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}`);
    const answers = {
      clock: this.#account.setup.clock,
      throttled: () => throttled(20),
      serverError: brokenDatabase,
    };
    return answerWithFault(this.faults?.(request), env, answers, async () => {
      if (pathname.startsWith("/sandbox/")) return this.#acted(request.method, pathname);
      return pathname.startsWith("/connect/") ? this.#oauth.answer(request) : this.#gateway.answer(request);
    });
  }

  /** The orders under a reference that are not cancelled: each would be sent. */
  liveOrdersOf(reference: string): OrderRow[] {
    return this.orders.filter(
      ({ reference_id, shipments }) =>
        reference_id === reference && shipments.some(({ status }) => status !== "Cancelled"),
    );
  }

  #connected(app: OAuthApplication, name: string): void {
    const { channels } = this.#account;
    if (channels.some((channel) => channel.application === app.name && channel.name === name)) return;
    channels.push({ id: this.#account.nextId("channel"), name, application: app.name });
  }

  /** What a person does there has no place in ShipBob's API: `POST /sandbox/ship/<order number>` and the like, and `/sandbox/settle`. */
  #acted(method: string, pathname: string): Response {
    const [, , act = "", ref = ""] = pathname.split("/").map(decodeURIComponent);
    const { desk } = this;
    if (method === "POST" && act === "settle") {
      const { id, amount } = desk.settle();
      return new Response(`invoice ${id}: ${amount.toFixed(2)} USD\n`);
    }
    const acts = new Map([
      ["ship", () => desk.ship(ref)],
      ["relabel", () => desk.relabel(ref)],
      ["deliver", () => desk.deliver(ref)],
      ["hold", () => desk.hold(ref)],
      ["exception", () => desk.exception(ref)],
      ["resolve", () => desk.resolve(ref)],
      ["cancel", () => desk.cancel(ref)],
    ]);
    const run = method === "POST" ? acts.get(act) : undefined;
    if (!run)
      return new Response(`There is ${[...acts.keys()].join(", ")} of an order number, and settle of all.\n`, {
        status: 404,
      });
    try {
      const { status, tracking } = run();
      return new Response(`${tracking?.number ?? status}\n`);
    } catch (error) {
      return new Response(`${error instanceof Error ? error.message : String(error)}\n`, { status: 404 });
    }
  }
}
