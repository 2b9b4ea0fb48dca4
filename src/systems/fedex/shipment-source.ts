import { z } from "zod";
import type { FedExClient } from "../../connectors/fedex/client.ts";
import type { Ref } from "../../core/delivery.ts";
import { MlcError } from "../../core/errors.ts";
import { hashOf } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import type {
  ListRequest,
  Named,
  NamedPage,
  NamedReader,
  OrderDone,
  OrdersDone,
  Page,
  Source,
  SourceRecord,
} from "../../core/ports.ts";
import { type OrderLabels, shipmentsFromFedEx, type TrackedLabel } from "../../mappings/fedex/shipments.ts";
import { type NumberResult, type Tracking, trackingOf } from "../../mappings/fedex/tracking.ts";
import { type LabelMemo, labelOf, labelStepsIn, labelsIn } from "./label-memo.ts";
import { numbersAtOnce, trackAll } from "./track-numbers.ts";
import { isDue, isOlder } from "./tracking-schedule.ts";

const refSchema = z.object({ order: z.string() });

/** FedEx learns of a label some minutes after it was bought, so it is not asked before (FedEx, 4.1). */
const freshMs = 5 * 60_000;
/** So many deliveries are loaded at once. */
const mostLoaded = 500;

/** An order with the labels bought for it. */
interface Bought {
  key: string;
  number: string;
  labels: { label: LabelMemo; isFresh: boolean }[];
}

/** FedEx as the giver of shipments: the labels mlc bought, one record for each order, followed until they have arrived. */
export class FedExShipmentSource implements Source<Shipment> {
  readonly system = "fedex";
  readonly reads = "watch";
  readonly #client: Pick<FedExClient, "trackNumbers">;
  readonly #maxDays: number;
  readonly #now: () => Date;
  readonly named: NamedReader = {
    has: ({ kind }) => kind === "trackingNumber",
    read: (things, request) => this.#named(things, request),
  };

  constructor(client: Pick<FedExClient, "trackNumbers">, maxDays: number, now: () => Date) {
    this.#client = client;
    this.#maxDays = maxDays;
    this.#now = now;
  }

  /** What the orders flow bought or voided since, then what is open and due. */
  async *list(request: ListRequest): AsyncGenerator<Page> {
    const { orders, cursor, since, open = [], now } = request;
    const done = await watched(orders).since(since ? undefined : cursor);
    const news = done.orders.flatMap((order) => boughtIn(order, request)).filter((order) => isAsked(order, request));
    let failure: MlcError | undefined;
    for (const slab of slabsOf(news)) {
      const page = await this.#page(slab, now, failure);
      failure ??= page.failure;
      yield { records: page.records };
    }
    yield { records: [], cursor: done.place };
    if (failure) throw failure;
    const told = new Set(news.map(({ key }) => key));
    const keys = open.map(keyOf).filter((key) => !told.has(key));
    for (let start = 0; start < keys.length; start += mostLoaded) {
      const loaded = await watched(orders).load(keys.slice(start, start + mostLoaded));
      const due = loaded
        .flatMap((order) => boughtIn(order, request))
        .filter((order) => isAsked(order, request) && this.#isDue(order, request));
      for (const slab of slabsOf(due)) yield { records: await this.#records(slab, now) };
    }
  }

  /** Only numbers of labels that mlc bought are asked for, whoever else's parcels FedEx tells of. */
  async *#named(things: readonly Named[], request: ListRequest): AsyncGenerator<NamedPage> {
    const { orders, open = [], now } = request;
    const found = await ordersOf(new Set(things.map(({ id }) => id)), watched(orders), open.map(keyOf));
    // A call about a label says that FedEx knows it, however new it is.
    const bought = found.flatMap((order) => boughtIn(order, { now, ignoreSchedule: true }));
    for (const slab of slabsOf(bought)) yield { records: await this.#records(slab, now) };
  }

  async get(refs: readonly Ref[], _isAnew?: boolean, orders?: OrdersDone): Promise<Map<string, SourceRecord | "gone">> {
    const found = new Map<string, SourceRecord | "gone">(refs.map((ref) => [keyOf(ref), "gone"]));
    const now = this.#now();
    const bought = (await watched(orders).load([...found.keys()])).flatMap((order) => boughtIn(order, { now }));
    for (const slab of slabsOf(bought))
      for (const record of await this.#records(slab, now)) found.set(record.id, record);
    return found;
  }

  idOf(ref: Ref): string {
    return keyOf(ref);
  }

  read({ payload }: SourceRecord): Shipment[] {
    return shipmentsFromFedEx(payload as OrderLabels);
  }

  #isDue({ labels }: Bought, { lastRunAt, ignoreSchedule, now }: ListRequest): boolean {
    if (ignoreSchedule) return true;
    const maxDays = this.#maxDays;
    const live = labels.filter(({ label, isFresh }) => label.state !== "void" && !isFresh);
    return live.some(({ label: { master, shipDate } }) =>
      isDue({ id: master, shippedOn: shipDate, maxDays }, lastRunAt, now),
    );
  }

  /** New labels are told although FedEx cannot be asked: their numbers are what people wait for. */
  async #page(slab: readonly Bought[], now: Date, failed: MlcError | undefined) {
    const untracked = () => slab.map((order) => this.#record(order, new Map(), now));
    if (failed) return { records: untracked(), failure: failed };
    try {
      return { records: await this.#records(slab, now) };
    } catch (error) {
      if (!(error instanceof MlcError) || !["stopFlow", "stopSystem"].includes(error.disposition)) throw error;
      return { records: untracked(), failure: error };
    }
  }

  async #records(slab: readonly Bought[], now: Date): Promise<SourceRecord[]> {
    const found = await trackAll(this.#client, slab.flatMap(askedNumbers));
    return slab.map((order) => this.#record(order, found, now));
  }

  #record({ key, number, labels }: Bought, found: ReadonlyMap<string, NumberResult>, now: Date): SourceRecord {
    const maxDays = this.#maxDays;
    const tracked = labels.map(({ label }) => trackedLabel(label, found, isOlder(label.shipDate, maxDays, now)));
    const payload: OrderLabels = { number, maxDays, labels: tracked };
    return { id: key, version: hashOf(tracked.map(essence)), ref: { order: key }, payload };
  }
}

function watched(orders: OrdersDone | undefined): OrdersDone {
  if (!orders) throw new Error("FedEx's shipments are read only beside the orders that they were bought for");
  return orders;
}

function keyOf(ref: Ref): string {
  return refSchema.parse(ref).order;
}

/** The orders that have pieces of these numbers: by the number that stands for all pieces, else among those that are followed. */
async function ordersOf(
  numbers: ReadonlySet<string>,
  orders: OrdersDone,
  followed: readonly string[],
): Promise<OrderDone[]> {
  const found = new Map<string, OrderDone>();
  const left = new Set<string>();
  for (const id of numbers) {
    const order = await orders.find({ id });
    if (order) found.set(order.key, order);
    else left.add(id);
  }
  for (let start = 0; left.size > 0 && start < followed.length; start += mostLoaded)
    for (const order of await orders.load(followed.slice(start, start + mostLoaded)))
      for (const { trackingNumber } of labelsIn(order.delivery).flatMap(({ pieces }) => pieces))
        if (left.delete(trackingNumber)) found.set(order.key, order);
  return [...found.values()];
}

/** Orders without a label are none of FedEx's. */
function boughtIn({ key, delivery }: OrderDone, request: Pick<ListRequest, "now" | "ignoreSchedule">): Bought[] {
  const { steps, document } = delivery;
  const { now, ignoreSchedule = false } = request;
  const labels = labelStepsIn(delivery).flatMap((step) => {
    const label = labelOf(delivery, step);
    const at = Date.parse(steps[step]?.at ?? "");
    return label ? [{ label, isFresh: !ignoreSchedule && now.getTime() - at < freshMs }] : [];
  });
  return labels.length === 0 ? [] : [{ key, number: document, labels }];
}

/** Whether a label was shipped in the span that a person asked for. */
function isAsked({ labels }: Bought, { since, until }: ListRequest): boolean {
  const from = since?.toISOString().slice(0, 10) ?? "";
  const to = until?.toISOString().slice(0, 10) ?? "9999";
  return labels.some(({ label }) => label.shipDate >= from && label.shipDate <= to);
}

/** All pieces of live labels: of one left out nothing would be known. */
function askedNumbers({ labels }: Bought): string[] {
  return labels.flatMap(({ label, isFresh }) =>
    label.state === "void" || isFresh ? [] : label.pieces.map((piece) => piece.trackingNumber),
  );
}

/** Orders in pages of as many numbers as are asked for at once. */
function* slabsOf(orders: readonly Bought[]): Generator<Bought[]> {
  let slab: Bought[] = [];
  let numbers = 0;
  for (const order of orders) {
    slab.push(order);
    numbers += askedNumbers(order).length;
    if (numbers < numbersAtOnce && slab.length < mostLoaded) continue;
    yield slab;
    slab = [];
    numbers = 0;
  }
  if (slab.length > 0) yield slab;
}

function trackedLabel(label: LabelMemo, found: ReadonlyMap<string, NumberResult>, isTooOld: boolean): TrackedLabel {
  const ours = { shippedOn: label.shipDate, reference: label.reference };
  const pieces = label.pieces.map(({ trackingNumber }) => {
    const result = found.get(trackingNumber);
    return { trackingNumber, ...(result ? { tracking: trackingOf(result, ours) } : {}) };
  });
  return { ...label, isTooOld, pieces };
}

/** What makes a record another one: neither FedEx's words, which it changes, nor that it knows nothing of a number yet. */
function essence({ pieces, ...label }: TrackedLabel) {
  return [label, pieces.map(({ trackingNumber, tracking }) => [trackingNumber, tracking && essenceOf(tracking)])];
}

function essenceOf({ status, deliveredAt, receivedBy, reasons, scans, error, notFound }: Tracking) {
  if (notFound) return undefined;
  return [status, deliveredAt, receivedBy, reasons, scans.map(({ id }) => id), error?.code];
}
