import type { ShipFromAddress } from "../../connectors/fedex/schema.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import { RejectedError } from "../../core/errors.ts";
import { hashOf, type Json } from "../../core/json.ts";
import type { CivilDate, Order } from "../../core/model.ts";
import { leftOutNotice, notTold, stoppedStep, withGenerations } from "../../core/order-steps.ts";
import { fillTemplate, keySuffix, livingPart, type Part, partsOf } from "../../core/parts.ts";
import { fieldHashes, recorded } from "../../core/steps.ts";
import { type ShipmentOptions, serviceOf, shipmentRequest } from "../../mappings/fedex.ts";
import { type LabelMemo, labelOf, labelStep, labelStepsIn, memoOf, voidStep } from "./label-memo.ts";
import { referenceOf } from "./reference.ts";

/** What the settings say about buying labels. */
export interface OrderStepOptions extends Omit<ShipmentOptions, "reference" | "shipDate" | "shipFrom"> {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
  /** An order without a customer invoice waits for it. */
  requireInvoice: boolean;
  /** Shipments of one package are checked by FedEx before they are bought. */
  validate: boolean;
  shipFrom(legalEntity: string, warehouse: string): ShipFromAddress | undefined;
  /** The day at the shipper. */
  today(from: ShipFromAddress): CivilDate;
}

/** Everything about one part of an order that its steps need. */
interface PartCase {
  order: Order;
  /** In the generation that it has come to. */
  part: Part;
  /** `label`, `label-2`, `label-2-g2`. */
  name: string;
  reference: string;
  label: LabelMemo | undefined;
  memo: { parts: Json };
  delivery: Delivery;
  seen: Record<string, Json>;
  options: OrderStepOptions;
}

/** Who had a label voided; a person's void ends the part until that person asks for another label. */
const voidedBy = (step: string) => `voidedBy:${step}`;

/**
 * What is still to do for an order at FedEx: one label for each part, and no other one while that is live. What a person
 * asked to void is voided first, whatever became of the order. Throws MappingError and RejectedError. Pure.
 */
export function orderSteps(
  order: Order,
  delivery: Delivery,
  seen: Record<string, Json>,
  options: OrderStepOptions,
): Step[] {
  const asked = askedVoids(delivery, seen.asked, options);
  if (asked.length > 0) return asked;
  if (order.status === "closed") return [];
  if (order.status === "stopped") return [stoppedStep(order, delivery)];
  const { parts, memo } = partsOf(order, delivery);
  const cases = parts.map((part) => partCase({ order, part, delivery, seen, options }));
  const reached = {
    parts: withGenerations(
      memo,
      cases.map((one) => one.part),
    ),
  };
  const steps = cases.flatMap((one) => partSteps({ ...one, memo: reached }));
  const isDoing = steps.some(({ action }) => !["skip", "notice", "wait"].includes(action));
  // The other parts go their way before a person is called for one.
  const lost = isDoing ? undefined : cases.map(lostLabel).find((error) => error !== undefined);
  if (lost) throw lost;
  return notTold([...leftOutNotice(order, parts), ...steps], delivery);
}

/** The cancels a person asked for: `void:*` of every label, `void:<number>` of the one with that number. */
function askedVoids(delivery: Delivery, asked: Json | undefined, { accountNumber }: OrderStepOptions): Step[] {
  const number = typeof asked === "string" && asked.startsWith("void:") ? asked.slice("void:".length) : undefined;
  if (number === undefined) return [];
  return labelStepsIn(delivery).flatMap((name) => {
    const label = labelOf(delivery, name);
    if (!label || label.state === "void" || !(number === "*" || hasNumber(label, number))) return [];
    return [cancelStep({ name, label, accountNumber, by: "person", why: "voided by a person" })];
  });
}

function hasNumber({ master, pieces }: LabelMemo, number: string): boolean {
  return master === number || pieces.some(({ trackingNumber }) => trackingNumber === number);
}

function partCase(given: Pick<PartCase, "order" | "part" | "delivery" | "seen" | "options">): PartCase {
  const { order, delivery, seen, options } = given;
  const { legalEntity, number: orderNumber } = order;
  const key = fillTemplate(options.keyTemplate, { legalEntity, orderNumber });
  const part = livingPart(order, given.part, (suffix) => isReplaceable(delivery, labelStep(suffix), seen.asked));
  const suffix = keySuffix(part);
  const name = labelStep(suffix);
  const reference = referenceOf(key, suffix);
  return { ...given, part, name, reference, label: labelOf(delivery, name), memo: { parts: null } };
}

/** What was voided because the ERP wanted it so is bought again when the ERP wants that; the rest only when a person does. */
function isReplaceable(delivery: Delivery, name: string, asked: Json | undefined): boolean {
  if (labelOf(delivery, name)?.state !== "void") return false;
  return delivery.memo[voidedBy(name)] === "erp" || asked === "again";
}

function partSteps(one: PartCase): Step[] {
  const { order, part, name, label, delivery, options } = one;
  if (order.status === "cancelled" || part.lines.length === 0) {
    if (!label || label.state === "void") return [];
    const why = order.status === "cancelled" ? "cancelled in the ERP" : "no line is left in this part";
    return [cancelStep({ name, label, accountNumber: options.accountNumber, by: "erp", why })];
  }
  if (!label) return buySteps(one);
  if (label.state === "live") return lockedSteps(one);
  if (label.state !== "void" || delivery.memo[voidedBy(name)] !== "person") return [];
  const remark = `label ${label.master} was voided by a person; \`mlc replay ${order.id}\` buys a new one`;
  return [recorded("skip", `voided:${name}`, label.reference, { reason: "voided by a person" }, remark)];
}

/** That a part's shipment stands at FedEx without a label, or was cancelled there by somebody else. */
function lostLabel({ order, part, name, label, delivery }: PartCase): RejectedError | undefined {
  if (!label || order.status !== "open" || part.lines.length === 0) return undefined;
  const about = { system: "fedex", document: order.number };
  const shipment = `FedEx has shipment ${label.master} of order ${order.number} (reference ${label.reference})`;
  if (label.state === "noLabel") {
    const hint = `Run \`mlc labels void ${order.id}\`, then \`mlc replay ${order.id}\`, which buys a new label.`;
    return new RejectedError(`${shipment}, but its label was lost and cannot be fetched again.`, { ...about, hint });
  }
  if (label.state === "live" || delivery.memo[voidedBy(name)] !== undefined) return undefined;
  const hint = `Run \`mlc replay ${order.id}\` to buy a new label.`;
  return new RejectedError(`${shipment} as cancelled, and mlc did not cancel it.`, { ...about, hint });
}

function buySteps(one: PartCase): Step[] {
  const { order, part, name, reference, memo, seen, options } = one;
  if (options.requireInvoice && order.invoice === undefined) {
    const remark = "waits for its customer invoice (requireInvoice)";
    return [{ ...recorded("skip", `wait:${name}`, reference, { reason: "no invoice" }, remark), action: "wait" }];
  }
  const { accountNumber } = options;
  const shipFrom = options.shipFrom(order.legalEntity, part.warehouse);
  const shipDate = shipFrom ? options.today(shipFrom) : "";
  const { body, remarks } = shipmentRequest(order, part, { ...options, accountNumber, reference, shipFrom, shipDate });
  const owned = ownedOf(one);
  const check = `validate:${name}`;
  const isSingle = body.requestedShipment.totalPackageCount === undefined;
  if (options.validate && isSingle && seen[check] === undefined) {
    const prepares = { name, owned };
    return [{ name: check, action: "read", naturalKey: reference, payload: body, prepares, repeatable: true }];
  }
  const remark = remarks.join("; ");
  return [
    {
      name,
      action: "create",
      naturalKey: reference,
      payload: body,
      owned,
      memo,
      repeatable: false,
      ...(remark === "" ? {} : { remark }),
    },
  ];
}

/**
 * What matters for a printed label, in the ERP's words; weights, ship date and references may change without a new one.
 * Every name is always there, so that one that comes or goes is a difference.
 */
function ownedOf({ order, part: { lines, shipTo }, options }: PartCase): Record<string, Json> {
  const { serviceType, packagingType } = serviceOf(order, options);
  return {
    name: shipTo?.name ?? null,
    company: shipTo?.company ?? null,
    street: shipTo?.street ?? null,
    city: shipTo?.city ?? null,
    state: shipTo?.state ?? null,
    postalCode: shipTo?.postalCode ?? null,
    country: shipTo?.country ?? null,
    phone: shipTo?.phone ?? null,
    lines: lines.map(({ key, sku, quantity }) => [key, sku, quantity]),
    serviceType,
    packagingType,
  };
}

/** A label cannot be changed. Values that were never told, of one that was adopted or is replayed, differ in nothing. */
function lockedSteps(one: PartCase): Step[] {
  const { order, name, reference, label, delivery } = one;
  const owned = ownedOf(one);
  const now = fieldHashes({ owned, payload: null });
  const sent = delivery.steps[name]?.fields ?? {};
  const changed = Object.keys(now).filter((field) => sent[field] !== undefined && sent[field] !== now[field]);
  if (changed.length === 0) return [];
  const fields = changed.sort().join(", ");
  const remark =
    `locked: ${fields} changed after label ${label?.master} was bought; ` +
    `void it with \`mlc labels void ${order.id}\`, then \`mlc replay ${order.id}\` buys a new one`;
  return [recorded("skip", `locked:${name}`, reference, { reason: "locked", wanted: hashOf(owned) }, remark)];
}

function cancelStep(given: {
  name: string;
  label: LabelMemo;
  accountNumber: string;
  by: "person" | "erp";
  why: string;
}): Step {
  const { name, label, accountNumber, by, why } = given;
  return {
    name: voidStep(name),
    action: "cancel",
    naturalKey: label.reference,
    payload: { accountNumber, trackingNumber: label.master },
    memo: voidMemo(name, label, by),
    repeatable: true,
    remark: why,
  };
}

/** What the memo says of a label once it is void. Pure. */
export function voidMemo(name: string, label: LabelMemo, by: "person" | "erp"): { [name: string]: Json } {
  return { ...memoOf(name, { ...label, state: "void" }), [voidedBy(name)]: by };
}
