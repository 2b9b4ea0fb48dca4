import type { Budget } from "./http/throttle.ts";
import type { Hash, Json } from "./json.ts";
import type {
  Bill,
  Charge,
  ChargeLine,
  CivilDate,
  Customer,
  Document,
  Order,
  OrderAtShipper,
  Product,
  Sale,
  Shipment,
  StockCount,
  StockLevel,
} from "./model.ts";

/** What names a record at its source, in the source's own JSON; no personal data. */
export type Ref = Json;

/** One record as its source gave it. */
export interface SourceRecord {
  /** With its legal entity: `usmf/SO-1001`. */
  id: string;
  /** ETags, modified time or canonical hash; moves when the record changes. */
  version: string;
  ref: Ref;
  payload: unknown;
}

/** Records of one read; the cursor is safe once these and all before are settled. */
export interface Page {
  records: SourceRecord[];
  cursor?: Json;
}

/** What a run asks of a source. */
export interface ListRequest {
  cursor?: Json;
  /** Read from here, back past the cursor too; such a run moves no cursor. */
  since?: Date;
  until?: Date;
  /** For a `watch` source: refs of the flow's own open deliveries. It asks for those of them that are due. */
  open?: readonly Ref[];
  /** For a `changes` source that follows: ids of the records in the flow's open deliveries. It asks for those that are due. */
  followed?: () => Iterable<string>;
  /** For a `watch` source: what the pair's orders flow did. */
  orders?: OrdersDone;
  /** End of the flow's last run that read to the end: a source that watches or follows tells by it what has fallen due. */
  lastRunAt?: Date;
  /** Everything is due. */
  ignoreSchedule?: boolean;
  /** For a `changes` source: the records that wait, at the versions at which they do. */
  waiting?: readonly Omit<SourceRecord, "payload">[];
  /** The run's own instant: for spans that reach to now and for first runs, never kept as a cursor. */
  now: Date;
}

/** What the orders flow of the same pair did, as its log and state have it. */
export interface OrdersDone {
  /**
   * The order deliveries that were written after a place in the log, each as it is now and once, and the place that is safe
   * after all of them. Without a place from the log's begin.
   */
  since(place: Json | undefined): Promise<{ orders: OrderDone[]; place: Json }>;
  /** Order deliveries by key, those filed long ago too. */
  load(keys: readonly string[]): Promise<OrderDone[]>;
}

/** One order delivery of the pair. */
export interface OrderDone {
  key: string;
  delivery: Delivery;
}

/** A system as the giver of one kind of document. */
export interface Source<D extends Document> {
  readonly system: string;
  /** changes: since a cursor · open: all that may still change · snapshot: values now · watch: open deliveries that are due. */
  readonly reads: "changes" | "open" | "snapshot" | "watch";
  /**
   * For a `changes` source that does not show every change: it looks again at what is in open deliveries, which are kept open
   * for so many days after they last changed.
   */
  readonly follows?: number;
  /** Promises no order; keeps one page in memory. */
  list(request: ListRequest): AsyncIterable<Page>;
  /** How many records a listing would have at most, where that costs little to know. */
  count?(request: ListRequest): Promise<number | undefined>;
  /**
   * Reads records by name, keyed by record id of the answer or of the ref asked for; `isAnew`: with what the source keeps
   * in memory, because a person mended something; `orders` is there for a `watch` source.
   */
  get(refs: readonly Ref[], isAnew?: boolean, orders?: OrdersDone): Promise<Map<string, SourceRecord | "gone">>;
  /** The record's id a ref names. Pure. */
  idOf(ref: Ref): string;
  /** Translates one record; throws MappingError. Pure. */
  read(record: SourceRecord): D[];
  /**
   * Hears at a run's end which of the records it gave are settled, never in a dry run, where the system wants to know that.
   * What it does then may be done twice, and is done by a later run where this one ends early.
   */
  settled?(records: readonly Pick<SourceRecord, "id" | "version">[]): Promise<void>;
}

/** A system that tells what people changed there in orders that mlc wrote. */
export interface EditSource {
  readonly system: string;
  list(request: ListRequest): AsyncIterable<Page>;
  read(record: SourceRecord): OrderAtShipper[];
}

/**
 * What is done, or written down, for a document.
 * read, create, update, cancel, post, delete go to the system; skip, notice and wait are only recorded.
 */
export type StepAction = "read" | "create" | "update" | "cancel" | "post" | "delete" | "skip" | "notice" | "wait";

/** One thing to do for a document. Steps that `next` returns together may go out together. */
export interface Step {
  /** Unique within the delivery for ever: `order`, `order-2`, `note:900001`. */
  name: string;
  action: StepAction;
  /** The name the write has at the target; unique there. */
  naturalKey: string;
  /** What is sent; its members are hashed one by one unless `owned` says which are ours. */
  payload: Json;
  /** The values mlc answers for, by field name; the rest of the payload was carried over from the target. */
  owned?: Record<string, Json>;
  /** The hash of each of these values, where the target has them at hand. */
  hashes?: Readonly<Record<string, Hash>>;
  /** The write that a read prepares, by name and values, so that a dry run can name what differs without reading. */
  prepares?: Pick<Step, "name" | "owned" | "hashes">;
  /** Members for `delivery.memo` that go with the step, however it comes to be done: sent, adopted or only recorded. */
  memo?: { [name: string]: Json };
  /** The write may be sent again without a second effect. */
  repeatable: boolean;
  /** What it was written to is gone at the target and was made anew: it is sent although its source is unchanged. */
  isOwed?: true;
  /** For wait: it is sure to come to an end by somebody else's hand, so that it never becomes a dead letter. */
  isEndless?: true;
  /** For skip, notice and wait: the reason; for a write: what a person should know (a field changed on both sides). */
  remark?: string;
  /** Overrides what the audit calls a success: `written`, `withdrawn`, `posted`. */
  outcome?: Outcome;
}

/** What the audit says of an entry. */
export type Outcome =
  | "created"
  | "updated"
  | "cancelled"
  | "posted"
  | "written"
  | "withdrawn"
  | "skipped"
  | "noticed"
  | "waiting"
  | "dead"
  | "unknown"
  | "resolved";

/** What mlc keeps of a step that is done. */
export interface StepState {
  at: string;
  naturalKey: string;
  fields: Readonly<Record<string, Hash>>;
  /** The target's id or number of the document. */
  target?: string;
  /** Nothing was sent: a skip or a notice. */
  recorded?: true;
}

/** What mlc knows of one document at the target; no personal data. */
export interface Delivery {
  /** Version of each source record that is settled, by record id. */
  versions: Record<string, string>;
  steps: Record<string, StepState>;
  /** The target's own notes: ids, hashes, tracking numbers. */
  memo: { [name: string]: Json };
  /** All is done and the source will change it no more. */
  closed: boolean;
  /** When it last changed. */
  at: string;
  /** The document's number, for people. */
  document: string;
  /** How to read its source record again. */
  ref: Ref;
}

/** One HTTP call, for the audit; the path has no query values. */
export interface Call {
  method: string;
  path: string;
  status: number;
  ms: number;
  attempt: number;
  requestId?: string;
}

/** What came of a step that was sent. `notSent` is proof that nothing happened there. */
export type StepResult = { calls: readonly Call[] } & (
  | { outcome: "done"; target?: string; memo?: { [name: string]: Json }; seen?: Json; remark?: string }
  | { outcome: "failed"; error: Error }
);

/** What a look-up says of a write whose answer was lost. */
export type Found =
  | { state: "present"; target: string; memo?: { [name: string]: Json }; remark?: string }
  | { state: "foreign"; message: string }
  | { state: "absent" }
  | { state: "unknown"; message: string };

/** A step to look up; after a crash the payload may be gone because the source record is. */
export type Lookup = Pick<Step, "name" | "action" | "naturalKey"> & {
  payload?: Json;
  /** Of an earlier run's write: the hashes of what was sent, which stay known without its payload. */
  hashes?: Readonly<Record<string, Hash>>;
  memo: { [name: string]: Json };
};

/** Where a document belongs at the target. */
export type Located =
  | { at: "found"; key: string; ref: Json; remark?: string }
  | { at: "notYet"; message: string; hint?: string }
  | { at: "notOurs" }
  | { at: "ambiguous"; candidates: string[]; message?: string };

/** Finds the pair's delivery of an order, or of a sale, that holds a natural key. */
export type KnownOrder = (order: OrderThere) => Promise<OrderDone | undefined>;

/** The flow's own deliveries, for a target that finds again what it wrote to before. */
export interface OwnDeliveries {
  /** The key of the delivery that has a step under a natural key. */
  holder(naturalKey: string): Promise<string | undefined>;
  /** Deliveries by key. */
  load(keys: readonly string[]): Promise<ReadonlyMap<string, Delivery>>;
  /** A person named the documents: what was settled before may be looked at once more. */
  isAsked?: boolean;
}

/** How an order is called at the shipper: by the key mlc gave it, or by the shipper's own id. */
export interface OrderThere {
  naturalKey?: string | undefined;
  id?: string | undefined;
}

/** A system as the taker of one kind of document. */
export interface Target<D extends Document> {
  readonly system: string;
  /** At most so many steps go to `send` at once. */
  readonly batch: number;
  /** How long a write may stay invisible to `find`; Infinity: absence is never proof. */
  readonly settleMs: number;
  /** What each create buys, in the singular, where it costs money: `label`. */
  readonly buys?: string;
  /** What deliveries are kept by. Pure. */
  key(document: D): string;
  /** The documents over there that these belong to; present where the target must be asked first. */
  locate?(documents: readonly D[], known: KnownOrder, own: OwnDeliveries): Promise<Map<D, Located>>;
  /**
   * What can be done now; [] = settled. `seen` holds what this run's reads returned, by step name; `seen.asked` what a person
   * asked for a document by name: `again`, or `void:` and a number at the target, `void:*` for all of it. Pure.
   */
  next(document: D, delivery: Delivery, seen: Record<string, Json>): Step[];
  /** One call or a batch; an answer for each step, in order. Throws what concerns the whole batch. */
  send(steps: readonly Step[]): Promise<StepResult[]>;
  /**
   * Deliveries of those named for whose waiting documents something has come since they were last tried: they are due at once.
   * Asked once a run, in few calls, with what waits and is not due.
   */
  arrived?(keys: readonly string[], own: OwnDeliveries): Promise<ReadonlySet<string>>;
  /** Looks up writes whose answers were lost, many at once, in order. */
  find(steps: readonly Lookup[], since: Date): Promise<Found[]>;
}

/** A system as the giver of products that can be asked what a SKU stands for. */
export interface ProductSource extends Source<Product> {
  /** What SKUs stand for, by SKU as it is asked for: a product's record, or something sold that is none; the others are nothing there. */
  bySku(skus: readonly string[]): Promise<Map<string, SourceRecord | "noProduct">>;
}

/** A SKU that open orders at the shipper have. */
export interface WantedSku {
  sku: string;
  /** Numbers of those orders, as they are listed. */
  orders: string[];
  /** The shipper has a product of it. */
  isThere: boolean;
}

/** A system as the taker of products, of which only the shipper itself can make new ones. */
export interface ProductTarget extends Target<Product> {
  /** What its open orders want, looked up once a run. */
  wanted(): Promise<WantedSku[]>;
  /** Those of the products that it has no product of. */
  missing(products: readonly Product[]): Promise<Product[]>;
  /** The file by which a person imports products there. Pure. */
  importFile(products: readonly Product[]): string;
}

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

/** A document kind moving one way in a pair. */
export interface Flow<D extends Document> {
  pair: string;
  name: string;
  source: Source<D>;
  target: Target<D>;
  edits?: EditSource;
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
}

/**
 * The subscriptions of an account that call mlc. Those with another address or of another account are not ours: they are
 * neither told nor touched.
 */
export interface WebhookSubscriptions {
  /** One that ends within this time is due to be renewed. */
  readonly renewWithinMs: number;
  /** What mlc wants to be told of, as far as the system can tell it. */
  topics(): Promise<string[]>;
  /** Those that call this address. */
  list(url: string): Promise<WebhookSubscription[]>;
  /** Makes and keeps the secret that proves calls, where mlc makes it and has none: subscriptions that are there want it then. */
  makeSecret?(): Promise<"made" | "kept">;
  /** Throws RejectedError when the receiver did not prove itself, UnknownOutcomeError when the answer was lost. */
  create(topic: string, url: string): Promise<WebhookSubscription>;
  /** May be repeated. Throws RejectedError when it is gone or the receiver did not prove itself. */
  renew(subscription: WebhookSubscription): Promise<WebhookSubscription>;
  /** May be repeated; one that is gone is well. */
  remove(subscription: WebhookSubscription): Promise<void>;
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
}
