import type { Delivery, Found, Lookup, Ref, Step, StepResult } from "./delivery.ts";
import type { Json } from "./json.ts";
import type { Document, OrderAtShipper, Product } from "./model.ts";

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

/** What a system's call named, in the system's own ids; `changes`: anything of a kind, so that only a listing finds it. */
export interface Named {
  kind: "orderNumber" | "orderId" | "shipmentId" | "trackingNumber" | "resourceUrl" | "chargeId" | "record" | "changes";
  id: string;
  legalEntity?: string;
}

/** What was read by names that a system called. */
export interface NamedPage {
  /** As a listing would give them now. */
  records: SourceRecord[];
  /** What no listing would give: it counts only where the flow has it already. */
  unlisted?: SourceRecord[];
  /** Not all that was named could be read so: the rest is found by a listing only. */
  isIncomplete?: true;
}

/** Reads what a system named when it called, without a listing. */
export interface NamedReader {
  /** Whether it can be read by itself. Pure. */
  has(thing: Named): boolean;
  /** Reads things that it has; what is not there is left out. */
  read(things: readonly Named[], request: ListRequest): AsyncIterable<NamedPage>;
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
  /** The order delivery, not filed yet, that has this id at the shipper. */
  find(order: Pick<OrderThere, "id">): Promise<OrderDone | undefined>;
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
  /** Present where what calls name can be read by itself: exactly what a listing would give of it, and what the flow may have. */
  readonly named?: NamedReader;
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
  /** Present where what calls name can be read by itself. */
  readonly named?: NamedReader;
  list(request: ListRequest): AsyncIterable<Page>;
  read(record: SourceRecord): OrderAtShipper[];
}

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
  /** How many batches may be on their way at once; 1 where it is not said. */
  readonly atOnce?: number;
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

/** A document kind moving one way in a pair. */
export interface Flow<D extends Document> {
  pair: string;
  name: string;
  source: Source<D>;
  target: Target<D>;
  edits?: EditSource;
}
