import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { orderSchema, pacific, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Call, Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { NotSentError, RejectedError, UnknownOutcomeError } from "../../core/errors.ts";
import { CanonicalText, canonicalJson, type Hash, type Json } from "../../core/json.ts";
import type { Order, OrderLine } from "../../core/model.ts";
import { groupLines } from "../../core/parts.ts";
import type { Target } from "../../core/ports.ts";
import { Readings } from "../../core/time.ts";
import { isOpen, orderValues, valuesOf } from "../../mappings/shipstation.ts";
import { changedOrders, chosen, type OrderCopies } from "./order-copies.ts";
import { type OrderTargetOptions, orderSteps, type PartValues, type partValues } from "./order-steps.ts";

/** Above so many lost answers one read of what changed since is cheaper than a search for each. */
const mostSearches = 5;
/** The clocks here and there may differ by so much. */
const clockSkewMs = 2 * 3_600_000;
const longestReadBackMs = 7 * 86_400_000;

/** ShipStation as the taker of orders; `orderKey` makes every write an upsert (V1, 2.1). */
export class ShipStationOrderTarget implements Target<Order> {
  readonly system = "shipstation";
  readonly batch = 100;
  readonly atOnce = 3;
  readonly settleMs = 0;
  readonly #client: ShipStationClient;
  readonly #copies: OrderCopies;
  readonly #stepOptions: Parameters<typeof orderSteps>[3];
  readonly #now: () => Date;
  /** `next` is asked again after each round, and the values stay the same: by a part's first line. */
  readonly #values = new WeakMap<OrderLine, { key: string; values: PartValues }>();
  readonly #groups = new WeakMap<Order, ReturnType<typeof groupLines>>();
  readonly #canonical = new CanonicalText();

  constructor(client: ShipStationClient, copies: OrderCopies, options: OrderTargetOptions, now: () => Date) {
    this.#client = client;
    this.#copies = copies;
    this.#stepOptions = {
      ...options,
      readings: new Readings(pacific),
      groups: (order) => this.#grouped(order),
      values: (...given) => this.#remembered(...given),
    };
    this.#now = now;
  }

  key(order: Order): string {
    return order.id;
  }

  next(order: Order, delivery: Delivery, seen: Record<string, Json>): Step[] {
    return orderSteps(order, delivery, seen, this.#stepOptions);
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const [first] = steps;
    if (!first) return [];
    if (first.action === "read") return this.#readAll(steps);
    for (const step of steps) {
      const orderId = membersOf(step.payload).orderId;
      if (typeof orderId === "number") this.#copies.forget(orderId);
    }
    return steps.length === 1 ? [await this.#writeOne(first)] : this.#writeMany(steps);
  }

  async find(steps: readonly Lookup[], since: Date): Promise<Found[]> {
    const isRecent = this.#now().getTime() - since.getTime() < longestReadBackMs;
    const lookUp = steps.length > mostSearches && isRecent ? await this.#changedSince(since) : this.#searched();
    const found: Found[] = [];
    for (const step of steps) found.push(conclusion(step, await lookUp(step)));
    return found;
  }

  #grouped(order: Order): ReturnType<typeof groupLines> {
    const groups = this.#groups.get(order) ?? groupLines(order);
    this.#groups.set(order, groups);
    return groups;
  }

  #remembered(...[order, part, key, options]: Parameters<typeof partValues>): PartValues {
    const [line] = part.lines;
    const known = line && this.#values.get(line);
    if (known?.key === key) return known.values;
    const owned = orderValues(order, part, key, options);
    const hashes: Record<string, Hash> = {};
    for (const name in owned) hashes[name] = this.#canonical.hashOf(owned[name]);
    const values = { owned, hashes };
    if (line) this.#values.set(line, { key, values });
    return values;
  }

  async #readAll(steps: readonly Step[]): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) {
      const { order, calls } = await this.#read(step.payload);
      results.push({ outcome: "done", calls, seen: order ? plain(order) : null });
    }
    return results;
  }

  async #read(payload: Json): Promise<{ order: ShipStationOrder | undefined; calls: readonly Call[] }> {
    const { orderId, orderNumber, orderKey } = membersOf(payload);
    if (typeof orderId === "number") {
      const byId = await this.#copies.order(orderId);
      if (byId.order?.orderKey === orderKey) return byId;
    }
    return this.#copies.orderByKey(String(orderNumber), String(orderKey));
  }

  async #writeOne(step: Step): Promise<StepResult> {
    try {
      const { value, calls } = await this.#client.createOrder(step.payload);
      return done(step, value.orderId, calls);
    } catch (error) {
      if (!(error instanceof RejectedError) || step.action === "create") throw error;
      return { outcome: "failed", calls: error.context.calls ?? [], error: mayBeLocked(error) };
    }
  }

  async #writeMany(steps: readonly Step[]): Promise<StepResult[]> {
    const { value: rows, calls } = await this.#client.createOrders(
      steps.map(({ payload, text = JSON.stringify(payload) }) => text),
    );
    return steps.map((step, index): StepResult => {
      const inOrder = rows[index]?.orderKey === step.naturalKey ? rows[index] : undefined;
      const row = inOrder ?? rows.find(({ orderKey }) => orderKey === step.naturalKey);
      if (!row) {
        const message = `ShipStation's answer says nothing about order ${step.naturalKey}.`;
        return { outcome: "failed", calls, error: new UnknownOutcomeError(message, { system: "shipstation", calls }) };
      }
      if (row.success) return done(step, row.orderId, calls);
      return { outcome: "failed", calls, error: rowError(step, row.errorMessage ?? "no reason given", calls) };
    });
  }

  /** Looks an order up by its number and exact key. */
  #searched(): (step: Lookup) => Promise<ShipStationOrder | undefined> {
    return async ({ name, naturalKey, payload, memo }) => {
      const orderId = memo[`orderId:${name}`];
      if (typeof orderId === "number") {
        const { value } = await this.#client.order(orderId);
        if (value?.orderKey === naturalKey) return value;
      }
      const { orderNumber } = membersOf(payload ?? null);
      const number = typeof orderNumber === "string" ? orderNumber : this.#numberOf(naturalKey);
      return (await this.#copies.orderByKey(number, naturalKey)).order;
    };
  }

  /** Looks orders up in what changed there since shortly before they were sent. */
  async #changedSince(since: Date): Promise<(step: Lookup) => Promise<ShipStationOrder | undefined>> {
    const from = new Date(since.getTime() - clockSkewMs);
    const byKey = new Map<string, ShipStationOrder[]>();
    for await (const { rows } of this.#client.list(changedOrders({}), from, this.#now())) {
      for (const row of rows) {
        const parsed = orderSchema.safeParse(row);
        const key = parsed.data?.orderKey;
        if (parsed.data && key) byKey.set(key, [...(byKey.get(key) ?? []), parsed.data]);
      }
    }
    return async ({ naturalKey }) => chosen(byKey.get(naturalKey) ?? []);
  }

  /** The order number in a key that the template made; the search is by beginning, so less is enough. */
  #numberOf(naturalKey: string): string {
    const [before = "", after = ""] = this.#stepOptions.keyTemplate.split("{orderNumber}");
    const head = new RegExp(`^${escaped(before).replace("\\{legalEntity\\}", "[^-/]+")}`).exec(naturalKey)?.[0] ?? "";
    const rest = naturalKey.slice(head.length).replace(/-g\d+$/, "");
    return after !== "" && rest.endsWith(after) ? rest.slice(0, -after.length) : rest;
  }
}

function done(step: Step, orderId: number | null | undefined, calls: readonly Call[]): StepResult {
  const { name } = step;
  if (typeof orderId !== "number") return { outcome: "done", calls };
  return { outcome: "done", calls, target: String(orderId), memo: { [`orderId:${name}`]: orderId } };
}

function rowError(step: Step, reason: string, calls: readonly Call[]): Error {
  const context = { system: "shipstation", document: step.naturalKey, calls };
  const message = `ShipStation refused order ${step.naturalKey}: ${reason}`;
  if (/too many requests/i.test(reason)) return new NotSentError(message, context);
  const refused = new RejectedError(message, {
    ...context,
    hint: "Correct the order in the ERP, then run `mlc replay`.",
  });
  if (step.action !== "create") return mayBeLocked(refused);
  // Such a reason may pass, so the order is looked up and tried again before it is given up.
  const mayPass = /time-?\s?out|timed out|deadlock/i.test(reason);
  return mayPass ? new UnknownOutcomeError(message, { ...context, cause: refused }) : refused;
}

/** Somebody may have shipped the order since it was read: it is looked at again before the refusal is believed. */
function mayBeLocked(refused: RejectedError): UnknownOutcomeError {
  const { calls, ...about } = refused.context;
  return new UnknownOutcomeError(refused.message, { ...about, ...(calls ? { calls } : {}), cause: refused });
}

/** What a look-up proves: a create must agree with what was sent, an update must show it. */
function conclusion(step: Lookup, held: ShipStationOrder | undefined): Found {
  if (!held) return { state: "absent" };
  const present: Found = {
    state: "present",
    target: String(held.orderId),
    memo: { [`orderId:${step.name}`]: held.orderId },
  };
  if (step.action === "cancel") return held.orderStatus === "cancelled" ? present : { state: "absent" };
  if (step.action === "update") return step.payload && showsUpdate(held, step.payload) ? present : { state: "absent" };
  const difference = step.payload === undefined ? undefined : disagreement(held, step.payload);
  return difference === undefined ? present : { state: "foreign", message: difference };
}

/** What was shipped or cancelled since keeps the values that were sent, all but its status. */
function showsUpdate(held: ShipStationOrder, payload: Json): boolean {
  const [there, sent] = [valuesOf(held), valuesOf(asOrder(payload, held.orderId))];
  const compared = Object.keys(sent).filter((name) => name !== "orderStatus" || isOpen(held));
  return compared.every((name) => canonicalJson(there[name]) === canonicalJson(sent[name]));
}

/** Recipient, lines or amounts that are not ours; values of people are not told. */
function disagreement(held: ShipStationOrder, payload: Json): string | undefined {
  const [there, sent] = [held, asOrder(payload, held.orderId)];
  const recipient = ({ shipTo }: ShipStationOrder) => (shipTo?.name ?? "").trim().toLowerCase();
  if (recipient(there) !== recipient(sent)) return "it goes to another recipient";
  if (there.advancedOptions?.mergedOrSplit) return undefined;
  const cents = (price: number | null | undefined) => Math.round((price ?? 0) * 100);
  const lines = ({ items }: ShipStationOrder) =>
    (items ?? []).map(({ sku, quantity, unitPrice }) => canonicalJson([sku, quantity, cents(unitPrice)])).sort();
  return canonicalJson(lines(there)) === canonicalJson(lines(sent)) ? undefined : "its lines or amounts differ";
}

function asOrder(payload: Json, orderId: number): ShipStationOrder {
  return orderSchema.parse({ ...membersOf(payload), orderId });
}

function membersOf(value: Json): { [name: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function plain(order: ShipStationOrder): Json {
  return JSON.parse(JSON.stringify(order));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
