import type { NavPairSettings } from "../../connectors/nav/config.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import { hashOf, type Json, plainJson } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import { recorded } from "../../core/steps.ts";
import type { ShippedFacts } from "../../mappings/nav/facts.ts";
import { trackingTexts } from "../../mappings/nav/tracking.ts";
import { type StatusTexts, statusOf } from "../../mappings/nav.ts";
import type { Look } from "./look.ts";
import { naturalKeyOf, type Payload } from "./payloads.ts";
import { memoNameOf, placed, type Shipped, shippedBefore, shippedNow } from "./places.ts";

/** What the steps of one shipment are made from. */
export interface Context {
  shipment: Shipment;
  delivery: Delivery;
  pair: NavPairSettings;
  statuses: StatusTexts;
  /** The order's delivery key and its number in NAV. */
  key: string;
  number: string;
  before: ReadonlyMap<string, ShippedFacts>;
  /** All shipments of the order by ship date, this one as it is now. */
  all: readonly Shipped[];
  facts: ShippedFacts;
}

/** The same once the order was looked at. */
export interface Seen extends Context {
  look: Look;
}

/** One thing that is told of a shipment: what of it counts, wherever it is written. */
export interface Part {
  name: string;
  owned: Record<string, Json>;
}

/** Steps of a part, and what it has to wait for. */
export interface Resolved {
  steps: Step[];
  waitsFor?: string;
}

/** What a context is made from. */
export type Given = Pick<Context, "shipment" | "delivery" | "pair" | "statuses" | "key" | "number">;

/** The context of a shipment before its order is looked at. Pure. */
export function contextOf(given: Given): Context {
  const before = shippedBefore(given.delivery);
  const all = shippedNow(given.shipment, before);
  return { ...given, before, all, facts: factsIn(all, given.shipment.id) };
}

/** The context with what the look says of it. Pure. */
export function seenBy(context: Context, look: Look): Seen {
  const all = placed(context.all, look, context.before);
  return { ...context, look, all, facts: factsIn(all, context.shipment.id) };
}

function factsIn(all: readonly Shipped[], id: string): ShippedFacts {
  const found = all.find(([one]) => one === id);
  if (!found) throw new Error(`shipment ${id} is not among those of its order`);
  return found[1];
}

/** The live shipments of a place: of a posted shipment, or of the order as far as it is not posted. Pure. */
export function liveAt({ all }: Pick<Context, "all">, posted: string | undefined): ShippedFacts[] {
  return all.flatMap(([, facts]) => (facts.posted === posted && !facts.isVoid ? [facts] : []));
}

/** What the field of a place is to hold, and what goes beside it. Pure. */
export function textsAt(context: Pick<Context, "all">, posted: string | undefined) {
  return trackingTexts(liveAt(context, posted).flatMap(({ numbers }) => numbers));
}

/** Numbers of the shipment that nothing travels under: of a void label, or of one that was replaced. Pure. */
export function obsoleteNumbers({ shipment, before, facts, all }: Context): string[] {
  const ours = [...(before.get(shipment.id)?.numbers ?? []), ...facts.numbers];
  const live = new Set(all.flatMap(([, one]) => (one.isVoid ? [] : one.numbers)));
  return [...new Set(ours)].filter((number) => !live.has(number));
}

/** Whether it is an order that takes agent, service and line dates. Throws MappingError. Pure. */
export function isOpenOrder({ look, statuses, facts }: Seen): boolean {
  return facts.posted === undefined && look.order !== undefined && statusOf(look.order, statuses) === "open";
}

/** What goes into the memo with every write: each shipment whose facts are news. Pure. */
export function memoOf({ all, before, shipment }: Context): { [name: string]: Json } {
  const news = all.filter(
    ([id, facts]) => id === shipment.id || hashOf(plainJson(facts)) !== hashOf(plainJson(before.get(id) ?? null)),
  );
  return Object.fromEntries(news.map(([id, facts]) => [memoNameOf(id), plainJson(facts)]));
}

/** The name of a part's step. Pure. */
export function stepNameOf({ shipment }: Pick<Context, "shipment">, part: string): string {
  return `${part}:${shipment.id}`;
}

/** Where a shipment stands, in the words of a natural key. Pure. */
export function placeName({ facts }: Pick<Context, "facts">): string {
  return facts.posted ?? "order";
}

/** A write of a part. Pure. */
export function writeStep(
  context: Context,
  { name, owned }: Part,
  more: { payload: Payload; wanted?: string[]; unwanted?: string[]; memo?: { [name: string]: Json }; remark?: string },
): Step {
  const step = stepNameOf(context, name);
  const { payload, wanted = [], unwanted = [], memo = {}, remark } = more;
  const place = placeName(context);
  return {
    name: step,
    action: "update",
    naturalKey: naturalKeyOf(step, { key: context.key, place, wanted, unwanted }),
    payload: plainJson(payload),
    owned,
    memo: { ...memoOf(context), ...memo },
    // Sent again it changes nothing; but only the intent of one that may not be repeated keeps what is to be remembered.
    repeatable: false,
    outcome: context.shipment.isVoided ? "withdrawn" : "written",
    ...(remark === undefined ? {} : { remark }),
  };
}

/** A part that needs no write, with why. Pure. */
export function doneStep(context: Context, { name, owned }: Part, remark: string, action: "skip" | "notice" = "skip") {
  const step = stepNameOf(context, name);
  const place = placeName(context);
  const naturalKey = naturalKeyOf(step, { key: context.key, place, wanted: [], unwanted: [] });
  return { ...recorded(action, step, naturalKey, owned, remark), memo: memoOf(context) };
}
