import type { Delivery, Step } from "../../core/delivery.ts";
import { hashOf, type Json } from "../../core/json.ts";
import type { Order } from "../../core/model.ts";
import { fillTemplate, keySuffix, livingPart, type Part, partSuffix } from "../../core/parts.ts";
import { fieldHashes, recorded } from "../../core/steps.ts";
import { type OrderOptions, ownedValues } from "../../mappings/shipbob/order.ts";

/** What the settings say about writing orders. */
export interface OrderStepOptions extends OrderOptions {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
  /** What becomes of an edit of an order that was sent. */
  onChange: "report" | "replace";
}

/** Everything about one part of an order that its steps need. */
export interface PartCase {
  order: Order;
  /** In the generation that it has come to. */
  part: Part;
  /** `order`, `order-2`. */
  name: string;
  key: string;
  memo: { parts: Json };
  delivery: Delivery;
  seen: Record<string, Json>;
  options: OrderStepOptions;
}

/** A part with what its steps need, in the generation that it has come to. Pure. */
export function partCase(given: Pick<PartCase, "order" | "part" | "delivery" | "seen" | "options">): PartCase {
  const { order, delivery, options } = given;
  const head = fillTemplate(options.keyTemplate, { legalEntity: order.legalEntity, orderNumber: order.number });
  const name = `order${partSuffix(given.part)}`;
  // A cancelled order may keep its reference for ever (5.7), so that the part lives on in the next generation.
  const part = livingPart(order, given.part, (suffix) => isCancelled(delivery, name, head + suffix));
  return { ...given, part, name, key: head + keySuffix(part), memo: { parts: null } };
}

/** The step that tells of a part's end. Pure. */
export const cancelStep = (name: string) => `cancel:${name}`;
/** What is known of an order that is cancelled there; by its name people are told, too. */
export const cancelled = { cancelled: true };

/** What is known of a cancel in the ERP that came to nothing there and was taken back: another one is a new one. */
export const takenBack = { takenBack: true };

/** A cancel was told of and is not done. */
export function wasKept({ steps }: Delivery, name: string, key: string): boolean {
  const state = steps[cancelStep(name)];
  return state?.naturalKey === key && state.fields.takenBack !== hashOf(true);
}

/** Proven: cancelled by us, or seen cancelled when we came to do it. */
export function isCancelled({ steps }: Delivery, name: string, key: string): boolean {
  return [name, cancelStep(name)].some((step) => {
    const state = steps[step];
    return state?.naturalKey === key && state.fields.cancelled === hashOf(true);
  });
}

/** What stands at ShipBob has other goods than the part has by now: some may be those of a part that is new. */
export function isStale(one: PartCase): boolean {
  const { name, key, part, delivery } = one;
  const sent = delivery.steps[name];
  if (!sent || isCancelled(delivery, name, sent.naturalKey)) return false;
  if (part.lines.length === 0) return true;
  return sent.naturalKey === key && editedFields(one).some((field) => field === "products" || field === "warehouse");
}

/** Values that were never told, of an order that was adopted or is replayed, differ in nothing. */
export function editedFields({ order, part, name, delivery, options }: PartCase): string[] {
  const now = fieldHashes({ owned: ownedValues(order, part, options), payload: null });
  const sent = delivery.steps[name]?.fields ?? {};
  return Object.keys(now)
    .filter((field) => sent[field] !== undefined && sent[field] !== now[field])
    .sort();
}

/** The step that tells of an edit. Pure. */
export const changedStep = (name: string) => `changed:${name}`;

/** Told once for each state of the order in the ERP. */
export function changeNotice({ order, part, name, key, options }: PartCase, remark: string): Step {
  const wanted = hashOf(ownedValues(order, part, options));
  return recorded("notice", changedStep(name), key, { wanted }, remark);
}
