import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";
import { Account } from "./shipbob/account.ts";
import type { ExceptionName, HoldName } from "./shipbob/details.ts";
import { Gateway } from "./shipbob/gateway.ts";
import { Grants, type OAuthApplication } from "./shipbob/grants.ts";
import { SlidingWindow } from "./shipbob/limits.ts";
import { type Decision, OAuthHost } from "./shipbob/oauth.ts";
import { orderRoutes } from "./shipbob/orders.ts";
import * as person from "./shipbob/person.ts";
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
import { defaultSwitches, type ShipBobSwitches } from "./shipbob/switches.ts";
import { trackingRoutes } from "./shipbob/tracking.ts";

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
  readonly grants: Grants;
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
    const routes = [orderRoutes, shipmentRoutes, trackingRoutes, referenceRoutes].flatMap((make) => make(account));
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

  /** Picks a shipment, after which it cannot be cancelled. */
  pick(ref: person.ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.pick(this.#account, shipment));
  }

  pack(ref: person.ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.pack(this.#account, shipment));
  }

  /** Prints the label, which gives the tracking number. */
  label(ref: person.ShipmentRef, options: person.LabelOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.label(this.#account, shipment, options));
  }

  /** Voids the label and prints another: the number changes on the same shipment. */
  relabel(ref: person.ShipmentRef, options: person.LabelOptions = {}): ShipmentRow {
    return this.label(ref, options);
  }

  /** Hands it to the carrier. */
  complete(ref: person.ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.complete(this.#account, shipment));
  }

  /** All of it at once: picked, packed, labelled, handed over. */
  ship(ref: person.ShipmentRef, options: person.LabelOptions = {}): ShipmentRow {
    const { id } = this.pick(ref);
    this.pack(id);
    this.label(id, options);
    return this.complete(id);
  }

  transit(ref: person.ShipmentRef, options: person.ScanOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.transit(this.#account, shipment, options));
  }

  deliver(ref: person.ShipmentRef, options: person.ScanOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.deliver(this.#account, shipment, options));
  }

  /** The carrier could not deliver it. */
  failDelivery(ref: person.ShipmentRef, options: person.ScanOptions = {}): ShipmentRow {
    return this.#act(ref, (shipment) => person.failDelivery(this.#account, shipment, options));
  }

  /** A stock problem inside the warehouse. */
  exception(ref: person.ShipmentRef, reason: ExceptionName = "OutOfStock"): ShipmentRow {
    return this.#act(ref, (shipment) => person.raise(this.#account, shipment, reason));
  }

  hold(ref: person.ShipmentRef, reason: HoldName = "InvalidAddress", messages: readonly string[] = []): ShipmentRow {
    return this.#act(ref, (shipment) => person.hold(this.#account, shipment, reason, messages));
  }

  /** Ends an exception, a hold or a review. */
  resolve(ref: person.ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.resolve(this.#account, shipment));
  }

  /** Moves some goods to a new shipment, which it returns. */
  split(ref: person.ShipmentRef, parts: readonly person.SplitPart[], locationId?: number): ShipmentRow {
    return person.split(this.#account, person.shipmentOf(this.#account, ref), { parts, locationId });
  }

  /** Cancels a shipment in the dashboard. */
  cancel(ref: person.ShipmentRef): ShipmentRow {
    return this.#act(ref, (shipment) => person.cancel(this.#account, shipment));
  }

  #act(ref: person.ShipmentRef, act: (shipment: ShipmentRow) => void): ShipmentRow {
    const shipment = person.shipmentOf(this.#account, ref);
    act(shipment);
    return shipment;
  }

  #connected(app: OAuthApplication, name: string): void {
    const { channels } = this.#account;
    if (channels.some((channel) => channel.application === app.name && channel.name === name)) return;
    channels.push({ id: this.#account.nextId("channel"), name, application: app.name });
  }

  /** What a person does there has no place in ShipBob's API: `POST /sandbox/ship/<order number>`. */
  #acted(method: string, pathname: string): Response {
    const [, , act, ref = ""] = pathname.split("/").map(decodeURIComponent);
    const acts = { ship: () => this.ship(ref), deliver: () => this.deliver(ref) };
    if (method !== "POST" || (act !== "ship" && act !== "deliver")) return new Response(null, { status: 404 });
    try {
      return new Response(`${acts[act]().tracking?.number ?? ""}\n`);
    } catch (error) {
      return new Response(`${error instanceof Error ? error.message : String(error)}\n`, { status: 404 });
    }
  }
}
