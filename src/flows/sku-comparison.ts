import { z } from "zod";
import type { Delivery, Found, Lookup, Ref, Step, StepResult } from "../core/delivery.ts";
import { NotYetError } from "../core/errors.ts";
import { holdsUpOrders, ordersText } from "../core/held-up.ts";
import { hashOf } from "../core/json.ts";
import type { Document, Product } from "../core/model.ts";
import type {
  ListRequest,
  NamedPage,
  NamedReader,
  Page,
  ProductSource,
  ProductTarget,
  Source,
  SourceRecord,
  Target,
  WantedSku,
} from "../core/ports.ts";

/** A SKU of open orders at the shipper that the ERP has no item of; without orders it is settled. */
export interface SkuGap extends Document {
  missingSku: string;
  orders: string[];
  /** What it is kept by. */
  id: string;
}

/** What goes through a products flow. */
export type Goods = Product | SkuGap;

const gapRef = z.strictObject({ missingSku: z.string() });
const gapPayload = z.strictObject({ missingSku: z.string(), id: z.string(), orders: z.array(z.string()) });
const productPayload = z.strictObject({ product: z.unknown(), wantedBy: z.array(z.string()).optional() });

/**
 * A source and a target of products with a look, once a run, at the SKUs that open orders at the shipper have: one that the
 * ERP does not know waits as a record of its own, and a product that the shipper does not have yet says which orders have it.
 */
export function comparingSkus(
  source: ProductSource,
  target: ProductTarget,
): { source: Source<Goods>; target: ComparingTarget } {
  return { source: new ComparingSource(source, target), target: new ComparingTarget(target) };
}

/** What is missing on either side. */
interface Comparison {
  /** In no item of the ERP, by record id. */
  gaps: ReadonlyMap<string, WantedSku>;
  /** In an item of the ERP and in no product of the shipper: orders by the item's record id, and the items as they were read. */
  wantedBy: ReadonlyMap<string, readonly string[]>;
  records: readonly SourceRecord[];
  /** Record ids of items that are in open orders and in a product of the shipper. */
  complete: ReadonlySet<string>;
}

class ComparingSource implements Source<Goods> {
  readonly system: string;
  readonly reads: Source<Goods>["reads"];
  readonly #source: ProductSource;
  readonly #target: ProductTarget;
  #comparison: Promise<Comparison> | undefined;
  readonly named?: NamedReader;

  constructor(source: ProductSource, target: ProductTarget) {
    this.system = source.system;
    this.reads = source.reads;
    const { named } = source;
    if (named)
      this.named = {
        has: (thing) => named.has(thing),
        read: (things, request) => this.#compared(named.read(things, request), request),
      };
    this.#source = source;
    this.#target = target;
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const comparison = await this.#compare();
    const again = withFound(comparison, request.waiting);
    for await (const page of this.#source.list(request))
      yield { ...page, records: page.records.map((record) => again(wanted(record, comparison))) };
    const missing = [...comparison.gaps].map(([id, gap]) => gapRecord(id, gap));
    yield { records: [...missing, ...comparison.records, ...(await this.#noMore(request, comparison)).map(again)] };
  }

  async *#compared(pages: AsyncIterable<NamedPage>, { waiting }: ListRequest): AsyncGenerator<NamedPage> {
    const comparison = await this.#compare();
    const again = withFound(comparison, waiting);
    for await (const page of pages)
      yield { ...page, records: page.records.map((record) => again(wanted(record, comparison))) };
  }

  async get(refs: readonly Ref[], isAnew = false): Promise<Map<string, SourceRecord | "gone">> {
    if (isAnew) this.#comparison = undefined;
    const comparison = await this.#compare();
    const found = new Map<string, SourceRecord | "gone">();
    for (const ref of refs) {
      const { data: gap } = gapRef.safeParse(ref);
      if (!gap) continue;
      const { sku, orders } = comparison.gaps.get(gapId(gap.missingSku)) ?? { sku: gap.missingSku, orders: [] };
      found.set(gapId(sku), gapRecord(gapId(sku), { sku, orders }));
    }
    const others = refs.filter((ref) => !gapRef.safeParse(ref).success);
    const records = others.length === 0 ? [] : await this.#source.get(others, isAnew);
    for (const [id, record] of records)
      found.set(id, record === "gone" ? goneRecord(id, refFor(this.#source, others, id)) : wanted(record, comparison));
    return found;
  }

  idOf(ref: Ref): string {
    const { data: gap } = gapRef.safeParse(ref);
    return gap ? gapId(gap.missingSku) : this.#source.idOf(ref);
  }

  read(record: SourceRecord): Goods[] {
    const { data: gap } = gapPayload.safeParse(record.payload);
    if (gap) return [{ ...gap, number: gap.missingSku, final: false, personal: [] }];
    const { product, wantedBy } = productPayload.parse(record.payload);
    const products = this.#source.read({ ...record, payload: product });
    return wantedBy ? products.map((one) => ({ ...one, wantedBy })) : products;
  }

  /** Once a run: sources and targets are made anew for each. */
  #compare(): Promise<Comparison> {
    this.#comparison ??= this.#look();
    return this.#comparison;
  }

  async #look(): Promise<Comparison> {
    const skus = await this.#target.wanted();
    const held = skus.length === 0 ? new Map() : await this.#source.bySku(skus.map(({ sku }) => sku));
    const records: SourceRecord[] = [];
    const [gaps, wantedBy] = [new Map<string, WantedSku>(), new Map<string, readonly string[]>()];
    const complete = new Set<string>();
    for (const one of skus) {
      const record: SourceRecord | "noProduct" | undefined = held.get(one.sku);
      if (record === undefined) gaps.set(gapId(one.sku), one);
      else if (record === "noProduct") continue;
      else if (one.isThere) complete.add(record.id);
      else {
        wantedBy.set(record.id, one.orders);
        records.push(wanted(record, { wantedBy }));
      }
    }
    return { gaps, wantedBy, records, complete };
  }

  /** What waits as this comparison does not tell it any more, as it is now; a product that is there is looked at before it is due. */
  async #noMore({ waiting = [] }: ListRequest, { gaps, wantedBy, complete }: Comparison): Promise<SourceRecord[]> {
    const old = waiting.filter(({ id, version }) =>
      isGapId(id) ? !gaps.has(id) : complete.has(id) || (version.includes(wantedMark) && !wantedBy.has(id)),
    );
    const records = old.length === 0 ? [] : [...(await this.get(old.map(({ ref }) => ref))).values()];
    return records.flatMap((record) => (record === "gone" ? [] : record));
  }
}

/** The target, and what becomes of a SKU that the ERP has no item of: it waits for one. */
export class ComparingTarget implements Target<Goods> {
  readonly system: string;
  readonly batch: number;
  readonly settleMs: number;
  readonly #target: ProductTarget;

  constructor(target: ProductTarget) {
    this.system = target.system;
    this.batch = target.batch;
    this.settleMs = target.settleMs;
    this.#target = target;
  }

  key(document: Goods): string {
    return isGap(document) ? document.id : this.#target.key(document);
  }

  next(document: Goods, delivery: Delivery, seen: Parameters<ProductTarget["next"]>[2]): Step[] {
    if (!isGap(document)) return this.#target.next(document, delivery, seen);
    if (document.orders.length === 0) return [];
    throw notKnown(document, this.system);
  }

  send(steps: readonly Step[]): Promise<StepResult[]> {
    return this.#target.send(steps);
  }

  find(steps: readonly Lookup[], since: Date): Promise<Found[]> {
    return this.#target.find(steps, since);
  }
}

function isGap(document: Goods): document is SkuGap {
  return "missingSku" in document;
}

function notKnown({ missingSku, orders }: SkuGap, shipper: string): NotYetError {
  const have = orders.length === 1 ? "has" : "have";
  return new NotYetError(`The ERP has no item ${missingSku}, and ${ordersText(orders)} at ${shipper} ${have} it.`, {
    document: missingSku,
    code: holdsUpOrders,
    hint: "Add the item in the ERP, or correct the SKU of the orders.",
  });
}

const gapHead = "sku/";

function gapId(sku: string): string {
  return `${gapHead}${sku.trim().toUpperCase()}`;
}

function isGapId(id: string): boolean {
  return id.startsWith(gapHead);
}

/** The orders are part of the version, so that what waits is told anew when they change. */
function gapRecord(id: string, { sku, orders }: Pick<WantedSku, "sku" | "orders">): SourceRecord {
  return { id, version: hashOf(orders), ref: { missingSku: sku }, payload: { missingSku: sku, id, orders } };
}

/** A record that is gone waits for nothing any more. */
function goneRecord(id: string, ref: Ref): SourceRecord {
  return { id, version: "gone", ref, payload: { missingSku: id, id, orders: [] } };
}

function refFor(source: ProductSource, refs: readonly Ref[], id: string): Ref {
  return refs.find((ref) => source.idOf(ref) === id) ?? null;
}

const wantedMark = " wanted by ";
const foundMark = " found";

/** Gives a record that waits for a product a version of its own once that is there, or it would rest until it is due. */
function withFound(
  { complete }: Pick<Comparison, "complete">,
  waiting: ListRequest["waiting"] = [],
): (record: SourceRecord) => SourceRecord {
  const versions = new Map(waiting.map(({ id, version }) => [id, version]));
  return (record) => {
    const isResting = complete.has(record.id) && versions.get(record.id) === record.version;
    return isResting ? { ...record, version: `${record.version}${foundMark}` } : record;
  };
}

/** A product's record; which orders have it is part of its version where the shipper has no product of it. */
function wanted(record: SourceRecord, { wantedBy }: Pick<Comparison, "wantedBy">): SourceRecord {
  const orders = wantedBy.get(record.id);
  const { payload: product, version } = record;
  if (!orders) return { ...record, payload: { product } };
  return { ...record, version: `${version}${wantedMark}${hashOf(orders)}`, payload: { product, wantedBy: orders } };
}
