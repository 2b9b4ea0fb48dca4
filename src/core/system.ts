import type { Budget } from "./http/throttle.ts";
import type { Json } from "./json.ts";
import type {
  Bill,
  Charge,
  ChargeLine,
  CivilDate,
  Customer,
  Order,
  Product,
  Sale,
  Shipment,
  StockCount,
  StockLevel,
} from "./model.ts";
import type { EditSource, OrderThere, ProductSource, ProductTarget, Source, Target } from "./ports.ts";

/** What a shipper holds now, at all of its locations. */
export interface StockThere {
  locations: {
    /** The location's id there. */
    id: string;
    name: string;
    /** The ERP's warehouse that it is; absent where the settings name none. */
    warehouse?: string;
    levels: StockLevel[];
  }[];
  /** SKUs that hold no stock of their own, since they are made up of others. */
  bundles: string[];
}

/** What the ERP holds of one thing in one warehouse. */
export interface StockHere {
  onHand: number;
  available: number;
}

/** An ERP that tells its stock. */
export interface StockReader {
  /** By SKU. Throws ConfigError for a warehouse that is not there. */
  stockIn(warehouse: string): Promise<ReadonlyMap<string, StockHere>>;
  /** The SKUs of all items that may lie in a warehouse. Throws ConfigError likewise. */
  skusFor(warehouse: string): Promise<ReadonlySet<string>>;
}

/** What a shipper billed, and what it will. */
export interface Bills {
  /** Invoices of these days, both included. */
  bills: Bill[];
  /** Charged in these days and on no invoice yet. */
  open: ChargeLine[];
  /** The orders of the shipments among them, by the shipper's id of the shipment. */
  orders: ReadonlyMap<string, OrderThere>;
}

/** What a cheap authenticated call says of a system. */
export interface Probe {
  /** Who we are there. */
  identity: string;
  warnings: string[];
  /** What holds for any account there and is good to know; no fault of this one. */
  notes?: string[];
  /** The server's clock, when it tells. */
  serverTime?: Date;
}

/** One thing doctor looked at. */
export interface Check {
  name: string;
  state: "ok" | "warning" | "failed";
  message: string;
  /** One imperative sentence, when it is not ok. */
  fix?: string;
}

/** A value that connect offers to choose from. */
export interface Choice {
  value: string;
  name: string;
}

/** One subscription by which a system calls mlc when something changed. */
export interface WebhookSubscription {
  /** Its id over there. */
  id: string;
  /** What it tells of, in the system's own words: `salesOrders`, `ORDER_NOTIFY`. */
  topic: string;
  /** The address that is called. */
  url: string;
  /** When it ends unless it is renewed; absent where it lasts. */
  endsAt?: Date;
  /** Since when it is there, where the system says it. */
  createdAt?: Date;
  /** It proves nothing any more: it is switched off, or carries a secret of before. Another takes its place. */
  isStale?: true;
  /** It carries a secret of before, and is given the one of now when it is renewed. */
  isOutdated?: true;
}

/**
 * The subscriptions of an account that call mlc. Those with another address or of another account are not ours: they are
 * neither told nor touched.
 */
export interface WebhookSubscriptions {
  /** Where mlc's receiver takes these calls, under its public address: `/webhooks/bc`. */
  readonly path: string;
  /** To make or renew one has the system call the address at once, and a bad answer may end it. */
  readonly hasHandshake: boolean;
  /** One that ends within this time is due to be renewed. */
  readonly renewWithinMs: number;
  /** What mlc wants to be told of, as far as the system can tell it. */
  topics(): Promise<string[]>;
  /** Those that call this address, stale ones too; a secret that stands in their addresses is left out. */
  list(url: string): Promise<WebhookSubscription[]>;
  /** The name of the secret that proves calls, while there is none and mlc would make it. */
  missingSecret?(): Promise<string | undefined>;
  /**
   * Makes and keeps the secret that proves calls, where mlc makes it and has none, or wants another in its place: subscriptions
   * that are there want it then.
   */
  makeSecret?(isAnew?: boolean): Promise<"made" | "kept">;
  /** Throws RejectedError when the receiver did not prove itself, UnknownOutcomeError when the answer was lost. */
  create(topic: string, url: string): Promise<WebhookSubscription>;
  /** May be repeated. Throws RejectedError when it is gone or the receiver did not prove itself. */
  renew(subscription: WebhookSubscription): Promise<WebhookSubscription>;
  /** May be repeated; one that is gone is well. */
  remove(subscription: WebhookSubscription): Promise<void>;
}

/** An event that an account can be set up to send. */
export interface OfferedEvent {
  id: string;
  name: string;
  /** The part of the system that it comes from. */
  module: string;
}

/** One account at one vendor. A port that is absent is a thing the system cannot do. */
export interface System {
  readonly name: string;
  probe(): Promise<Probe>;
  /** Names the account without secrets; state is bound to it. Asks the system where only that knows. */
  account(): Json | Promise<Json>;
  /** What its APIs may still be asked in this window, by API. */
  budgets?(): Record<string, Budget>;
  /** Learns what other processes have asked its APIs, where these share a count. */
  loadBudgets?(): Promise<void>;
  /** Replaces what proves who we are and would end by itself, where it is old; called when a run begins. */
  keepFresh?(): Promise<void>;
  /** Looks at what the settings of the pair want from this account. */
  checks?(): Promise<Check[]>;
  /** What the account has to choose from, by kind: `stores`, `legalEntities`. */
  choices?(): Promise<Record<string, Choice[]>>;
  orderSource?(): Source<Order>;
  orderTarget?(): Target<Order>;
  shipmentSource?(): Source<Shipment>;
  shipmentTarget?(): Target<Shipment>;
  edits?(): EditSource;
  saleSource?(): Source<Sale>;
  saleTarget?(): Target<Sale>;
  productSource?(): Source<Product> | ProductSource;
  productTarget?(): Target<Product> | ProductTarget;
  customerSource?(): Source<Customer>;
  customerTarget?(): Target<Customer>;
  /** What it holds now, and the same as documents. */
  stock?(): Promise<StockThere>;
  stockSource?(): Source<StockCount>;
  stockReader?(): StockReader;
  /** Absent where the settings have nothing written. */
  stockTarget?(): Target<StockCount> | undefined;
  /** What it charged; absent where it bills nothing. */
  bills?(from: CivilDate, to: CivilDate): Promise<Bills>;
  chargeSource?(): Source<Charge>;
  /** Absent where the settings have nothing written. */
  chargeTarget?(): Target<Charge> | undefined;
  webhooks?(): WebhookSubscriptions;
  /** The events that a person can have it send; undefined where it does not tell. */
  offeredEvents?(): Promise<OfferedEvent[] | undefined>;
}
