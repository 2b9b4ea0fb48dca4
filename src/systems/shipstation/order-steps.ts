import { orderSchema, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import { type Hash, hashOf, type Json } from "../../core/json.ts";
import type { Order } from "../../core/model.ts";
import { leftOutNotice, notTold, stoppedStep, withGenerations } from "../../core/order-steps.ts";
import {
  fillTemplate,
  type groupLines,
  keySuffix,
  livingPart,
  type Part,
  partSuffix,
  partsOf,
} from "../../core/parts.ts";
import { changedFields, fieldHashes, isDone, recorded } from "../../core/steps.ts";
import { mergedOrder, newOrder } from "../../mappings/shipstation/merge.ts";
import { isOpen, type OrderOptions, orderValues, valuesOf, weightsOf } from "../../mappings/shipstation.ts";

/** What the settings say about writing orders. */
export interface OrderTargetOptions extends OrderOptions {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
  storeByLegalEntity: Readonly<Record<string, number>>;
  storeId?: number | undefined;
}

/** Filled in by ShipStation where we say nothing, so their difference tells nothing. */
const notCompared = ["items.weight", "shipTo.residential"];

type Values = Record<string, Json>;

/** What the ERP answers for in a part of an order, with the hash of each value. */
export interface PartValues {
  owned: Values;
  hashes: Readonly<Record<string, Hash>>;
}

/** The values of a part under a key. Throws MappingError. Pure. */
export function partValues(order: Order, part: Part, key: string, options: OrderOptions): PartValues {
  const owned = orderValues(order, part, key, options);
  return { owned, hashes: fieldHashes({ owned, payload: null }) };
}

/** The options, and where lines in groups and values come from. */
type StepOptions = OrderTargetOptions & { groups?: typeof groupLines; values?: typeof partValues };

/** Everything about one part of an order that its steps need. */
interface PartCase {
  order: Order;
  part: Part;
  /** `order`, `order-2`. */
  name: string;
  key: string;
  memo: { parts: Json };
  delivery: Delivery;
  seen: Record<string, Json>;
  options: StepOptions;
}

/** What is still to do for an order at ShipStation. Throws MappingError. Pure. */
export function orderSteps(order: Order, delivery: Delivery, seen: Record<string, Json>, options: StepOptions): Step[] {
  if (order.status === "closed") return [];
  if (order.status === "stopped") return [stoppedStep(order, delivery)];
  const { parts, memo } = partsOf(order, delivery, options.groups?.(order));
  const cases = parts.map((part) => partCase({ order, part, delivery, seen, options }));
  const isAsRemembered = cases.every(({ part }, at) => part === parts[at]);
  const generations = isAsRemembered
    ? memo
    : withGenerations(
        memo,
        cases.map(({ part }) => part),
      );
  const steps = cases.flatMap((one) => {
    const withMemo = { ...one, memo: { parts: generations } };
    return order.status === "cancelled" || one.part.lines.length === 0 ? cancelSteps(withMemo) : writeSteps(withMemo);
  });
  return notTold([...leftOutNotice(order, parts), ...steps], delivery);
}

function partCase(given: Pick<PartCase, "order" | "part" | "delivery" | "seen" | "options">): PartCase {
  const { order, delivery, options } = given;
  const head = fillTemplate(options.keyTemplate, { legalEntity: order.legalEntity, orderNumber: order.number });
  const name = `order${partSuffix(given.part)}`;
  // A document that is proven cancelled stays so; the part lives on in the next generation.
  const part = livingPart(order, given.part, (suffix) => isCancelled(delivery, name, head + suffix));
  return { ...given, part, name, key: head + keySuffix(part), memo: { parts: null } };
}

const cancelled = hashOf("cancelled");

/** Cancelled by us, or found cancelled when we came to do it. */
function isCancelled(delivery: Delivery, name: string, key: string): boolean {
  return [name, `cancel:${name}`].some((step) => {
    const state = delivery.steps[step];
    return state?.naturalKey === key && state.fields.orderStatus === cancelled;
  });
}

function writeSteps(one: PartCase): Step[] {
  const { order, part, name, key, memo, delivery, seen, options } = one;
  const { owned, hashes } = (options.values ?? partValues)(order, part, key, options);
  const write = { name, naturalKey: key, owned, hashes, memo, repeatable: true };
  if (delivery.steps[name]?.naturalKey !== key) {
    const storeId = options.storeByLegalEntity[order.legalEntity] ?? options.storeId;
    return [{ ...write, action: "create", payload: newOrder(owned, storeId) }];
  }
  if (changedFields({ ...write, payload: null }, delivery).length === 0) return [];
  const refused = recorded("skip", `locked:${name}`, key, { reason: "locked", wanted: hashOf(owned) }, "locked");
  if (isDone(refused, delivery)) return [];
  const held = heldOrder(seen[`read:${name}`]);
  if (held === "unread") return [{ ...readStep(one), prepares: { name, owned, hashes } }];
  if (!held) return [{ ...refused, remark: "locked: the order is not in ShipStation any more" }];
  if (!isOpen(held)) return [{ ...refused, remark: `locked: the order is ${held.orderStatus} in ShipStation` }];
  return [{ ...write, action: "update", ...replacement(held, owned, delivery.steps[name]?.fields ?? {}) }];
}

/** The payload that replaces a held order, and the fields that people changed and we overwrite. */
function replacement(
  held: ShipStationOrder,
  owned: Values,
  sent: Readonly<Record<string, string>>,
): Pick<Step, "payload"> & { remark?: string } {
  const there = valuesOf(held);
  const names = Object.keys(owned).filter((name) => !isKept(name, owned, sent));
  const values = Object.fromEntries(names.map((name) => [name, owned[name] ?? null]));
  const dropped = Object.keys(sent).filter(
    (name) => !(name in owned) && name in there && hashOf(there[name]) === sent[name],
  );
  const overwritten = names.filter((name) => {
    if (notCompared.includes(name) || (sent[name] === undefined && there[name] === undefined)) return false;
    const hash = hashOf(there[name] ?? null);
    return hash !== sent[name] && hash !== hashOf(owned[name]);
  });
  // Service and package of another carrier fit no more.
  const isOtherCarrier = owned.carrierCode !== undefined && owned.carrierCode !== held.carrierCode;
  const unfit = isOtherCarrier ? ["serviceCode", "packageCode"].filter((name) => !(name in owned)) : [];
  return {
    payload: mergedOrder(held, values, [...dropped, ...unfit]),
    ...(overwritten.length === 0
      ? {}
      : { remark: `overwrites what was changed in ShipStation: ${overwritten.join(", ")}` }),
  };
}

/** A hold, a payment, a note in the custom field stay as they are there while the ERP's own value does not move. */
function isKept(name: string, owned: Values, sent: Readonly<Record<string, string>>): boolean {
  const isUnmoved = sent[name] === hashOf(owned[name]);
  if (name === "orderStatus") return isUnmoved || sent[name] === undefined;
  return name === "advancedOptions.customField1" && isUnmoved;
}

function cancelSteps(one: PartCase): Step[] {
  const { name, memo, delivery, seen } = one;
  const state = delivery.steps[name];
  if (!state) return [];
  const key = state.naturalKey;
  const end = `cancel:${name}`;
  if (isCancelled(delivery, name, key) || delivery.steps[end]?.naturalKey === key) return [];
  const held = heldOrder(seen[`read:${name}`]);
  if (held === "unread") return [readStep({ ...one, key })];
  if (!held || held.orderStatus === "cancelled") {
    const remark = held ? "cancelled in ShipStation already" : "not in ShipStation any more";
    return [recorded("skip", end, key, { orderStatus: "cancelled" }, remark)];
  }
  const why = one.order.status === "cancelled" ? "cancelled in the ERP" : "no line is left in this part";
  if (!isOpen(held)) {
    const remark = `${why}, but ${held.orderStatus} in ShipStation: it cannot be cancelled there`;
    return [recorded("notice", end, key, { orderStatus: held.orderStatus ?? null }, remark)];
  }
  const there = valuesOf(held);
  const kept = Object.keys(state.fields).filter((field) => field in there);
  const weights = "items.weight" in state.fields ? { "items.weight": weightsOf(held) } : {};
  const owned = {
    ...Object.fromEntries(kept.map((field) => [field, there[field] ?? null])),
    ...weights,
    orderStatus: "cancelled",
  };
  const payload = mergedOrder(held, { orderStatus: "cancelled" }, []);
  return [{ name, action: "cancel", naturalKey: key, payload, owned, memo, repeatable: true, remark: why }];
}

function readStep({ order, part, name, key, delivery }: PartCase): Step {
  const orderId = delivery.memo[`orderId:${name}`] ?? null;
  const payload = { orderId, orderNumber: order.number + partSuffix(part), orderKey: key };
  return { name: `read:${name}`, action: "read", naturalKey: key, payload, repeatable: true };
}

/** What a read step brought: an order, undefined when there is none, or that nothing was read yet. */
function heldOrder(seen: Json | undefined): ShipStationOrder | undefined | "unread" {
  if (seen === undefined) return "unread";
  return orderSchema.safeParse(seen).data;
}
