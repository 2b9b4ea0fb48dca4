import { z } from "zod";
import type { Delivery, Step } from "../../core/delivery.ts";
import { hashOf, type Json } from "../../core/json.ts";
import type { Order } from "../../core/model.ts";
import { leftOutNotice, notTold, stoppedStep, withGenerations } from "../../core/order-steps.ts";
import { keySuffix, partsOf } from "../../core/parts.ts";
import { isDone, recorded } from "../../core/steps.ts";
import { orderBody, ownedValues } from "../../mappings/shipbob/order.ts";
import type { ShippingMethods } from "../../mappings/shipbob/shipping-method.ts";
import { type HeldOrder, heldOrder, isCancelledThere, whyIndivisible, whyKept } from "./held-order.ts";
import {
  cancelled,
  cancelStep,
  changedStep,
  changeNotice,
  editedFields,
  isCancelled,
  isStale,
  type OrderStepOptions,
  type PartCase,
  partCase,
  takenBack,
  wasKept,
} from "./part-case.ts";

/** The read that brings the account's shipping methods. */
export const methodsRead = "read:methods";

const methodsSchema = z.object({ active: z.array(z.string()), default: z.string().optional() });

/** What is still to do for an order at ShipBob: one order there for each part. Throws MappingError. Pure. */
export function orderSteps(
  order: Order,
  delivery: Delivery,
  seen: Record<string, Json>,
  options: OrderStepOptions,
): Step[] {
  // Delivered or invoiced: the goods have left, or leave while the books are ahead of them.
  if (order.status === "closed") return [];
  if (order.status === "stopped") return [stoppedStep(order, delivery)];
  const { parts, memo } = partsOf(order, delivery);
  const cases = parts.map((part) => partCase({ order, part, delivery, seen, options }));
  const reached = cases.map(({ part }) => part);
  const withMemo = { parts: withGenerations(memo, reached) };
  const steps = cases.flatMap((given) => {
    const one = { ...given, memo: withMemo };
    if (order.status === "cancelled" || one.part.lines.length === 0) return cancelSteps(one);
    const stale = seen.asked === "again" ? undefined : cases.find((other) => other !== given && isStale(other));
    if (!stale) return writeSteps(one);
    return delivery.steps[one.name] ? besideSteps(one, stale) : heldBackSteps(one, stale);
  });
  return notTold([...leftOutNotice(order, parts), ...once(steps)], delivery);
}

/** Parts that want the same read share it. */
function once(steps: readonly Step[]): Step[] {
  return steps.filter(({ name }, at) => steps.findIndex((step) => step.name === name) === at);
}

function takenBackNotice({ name, key }: PartCase): Step {
  const remark = "wanted again in the ERP: it is as ShipBob has it";
  return recorded("notice", cancelStep(name), key, takenBack, remark);
}

function writeSteps(one: PartCase): Step[] {
  const { name, key, delivery, seen } = one;
  const sent = delivery.steps[name];
  if (sent?.naturalKey !== key) return createSteps(one);
  const edited = editedFields(one);
  if (edited.length > 0) return editSteps(one, edited);
  if (seen.asked === "again") return againSteps(one);
  const wasTold = delivery.steps[changedStep(name)]?.naturalKey === key;
  const told = wasTold ? [changeNotice(one, "changed back in the ERP to what was sent")] : [];
  return wasKept(delivery, name, key) ? [takenBackNotice(one), ...told] : told;
}

/** A new part waits while another is cancelled or made anew, and for a person where that stays: its goods would leave twice. */
function heldBackSteps({ name, key }: PartCase, stale: PartCase): Step[] {
  const { delivery, options, order, part } = stale;
  const wanted = hashOf(ownedValues(order, part, options));
  const sentKey = delivery.steps[stale.name]?.naturalKey ?? stale.key;
  const isTold =
    wasKept(delivery, stale.name, sentKey) ||
    delivery.steps[changedStep(stale.name)]?.fields.wanted === hashOf(wanted) ||
    (options.onChange === "report" && part.lines.length > 0);
  const remark = `not sent: its goods may be in ShipBob's order ${sentKey}, which stays as it was; \`mlc replay\` sends it`;
  return isTold ? [recorded("notice", `held:${name}`, key, { beside: sentKey }, remark)] : [];
}

/**
 * A part that was sent, while another that was sent has other goods by now. It is not replaced before that one is cancelled: goods
 * that went from one to the other would leave twice.
 */
function besideSteps(one: PartCase, stale: PartCase): Step[] {
  const { name, key, delivery, options } = one;
  const edited = isStale(one) && delivery.steps[name]?.naturalKey === key ? editedFields(one) : [];
  if (edited.length === 0 || options.onChange === "report") return writeSteps(one);
  const staleKey = delivery.steps[stale.name]?.naturalKey ?? stale.key;
  const isDecided = stale.part.lines.length > 0 || wasKept(delivery, stale.name, staleKey);
  const why = `its goods may be in ShipBob's order ${staleKey}, so that it stays; what a person cancels there \`mlc replay\` makes anew`;
  return isDecided ? [changeNotice(one, `changed in the ERP after it was sent: ${edited.join(", ")}; ${why}`)] : [];
}

function createSteps(one: PartCase): Step[] {
  const { order, part, name, key, memo, options } = one;
  const owned = ownedValues(order, part, options);
  const methods = methodsIn(one);
  if (!methods) return [methodsStep(one, owned)];
  const payload = { ...orderBody(order, part, { reference: key, methods }, options) };
  return [{ name, action: "create", naturalKey: key, payload, owned, memo, repeatable: false }];
}

function methodsStep({ name, key }: PartCase, owned: Record<string, Json>): Step {
  const prepares = { name, owned };
  return { name: methodsRead, action: "read", naturalKey: key, payload: null, prepares, repeatable: true };
}

function methodsIn({ seen }: PartCase): ShippingMethods | undefined {
  if (seen[methodsRead] === undefined) return undefined;
  const { active, default: usual } = methodsSchema.parse(seen[methodsRead]);
  return { active, ...(usual === undefined ? {} : { default: usual }) };
}

/** ShipBob has no call that changes an order (5.7): an edit is told, or the order is cancelled there and made anew. */
function editSteps(one: PartCase, edited: readonly string[]): Step[] {
  const { order, part, name, key, delivery, seen, options } = one;
  const change = `changed in the ERP after it was sent: ${edited.join(", ")}`;
  const told = (why: string) => changeNotice(one, `${change}${why}`);
  if (options.onChange === "report") return [told("; ShipBob's order stays as it was sent")];
  if (isDone(told(""), delivery)) return [];
  const methods = methodsIn(one);
  if (!methods) return [methodsStep(one, ownedValues(order, part, options))];
  // What cannot be made anew must not be cancelled.
  const next = { ...part, generation: part.generation + 1 };
  const head = key.slice(0, key.length - keySuffix(part).length);
  orderBody(order, part, { reference: head + keySuffix(next), methods }, options);
  const held = heldIn(seen, name);
  if (held === "unread") return [readStep(one)];
  if (!held) return [told("; the order is not at ShipBob any more")];
  if (isCancelledThere(held)) return [told("; the order was cancelled at ShipBob, `mlc replay` makes a new one")];
  const kept = whyIndivisible(held);
  if (kept !== undefined) return [told(`; ShipBob's order could not be replaced: ${kept}`)];
  return [cancelling(one, held, change)];
}

/** A person asked for it: what was cancelled at ShipBob is made anew. */
function againSteps(one: PartCase): Step[] {
  const { order, part, name, key, seen, options } = one;
  const held = heldIn(seen, name);
  if (held === "unread") return [readStep(one)];
  if (!held || !isCancelledThere(held)) return [];
  const proven = recorded("skip", cancelStep(name), key, cancelled, "cancelled at ShipBob");
  // What is only recorded ends the round; with a read there is another one, in the next generation.
  return [proven, methodsStep(one, ownedValues(order, part, options))];
}

function cancelSteps(given: PartCase): Step[] {
  const { order, name, delivery, seen } = given;
  const state = delivery.steps[name];
  if (!state) return [];
  const one = { ...given, key: state.naturalKey };
  const { key } = one;
  const end = cancelStep(name);
  if (isCancelled(delivery, name, key) || wasKept(delivery, name, key)) return [];
  const held = heldIn(seen, name);
  if (held === "unread") return [readStep(one)];
  if (!held) return [recorded("skip", end, key, { status: "absent" }, "not at ShipBob any more")];
  if (isCancelledThere(held)) return [recorded("skip", end, key, cancelled, "cancelled at ShipBob already")];
  const why = order.status === "cancelled" ? "cancelled in the ERP" : "no line is left in this part";
  const kept = whyKept(held);
  if (kept !== undefined) {
    const remark = `${why}, but ShipBob's order stays: ${kept}`;
    return [recorded("notice", end, key, { status: held.status }, remark)];
  }
  return [cancelling(one, held, why)];
}

/** What was sent stays known beside the status, for it is still what stands there. */
function cancelling({ name, key, memo, delivery }: PartCase, { id }: HeldOrder, why: string): Step {
  return {
    name,
    action: "cancel",
    naturalKey: key,
    payload: { orderId: id },
    owned: cancelled,
    hashes: { ...delivery.steps[name]?.fields, cancelled: hashOf(true) },
    memo,
    repeatable: true,
    remark: why,
  };
}

function readStep({ name, key, delivery }: PartCase): Step {
  const orderId = delivery.memo[`orderId:${name}`] ?? null;
  return { name: `read:${name}`, action: "read", naturalKey: key, payload: { orderId }, repeatable: true };
}

/** What a read brought: an order, undefined when there is none, or that nothing was read yet. */
function heldIn(seen: Record<string, Json>, name: string): HeldOrder | undefined | "unread" {
  const read = seen[`read:${name}`];
  return read === undefined ? "unread" : heldOrder(read);
}
