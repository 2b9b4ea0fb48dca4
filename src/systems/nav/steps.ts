import type { Step } from "../../core/delivery.ts";
import { type Json, plainJson } from "../../core/json.ts";
import { isDone, notDone, recorded } from "../../core/steps.ts";
import { agentFields } from "../../mappings/nav.ts";
import { commentPart, commentSteps, dateSteps, voidCommentPart, voidCommentSteps } from "./comment-steps.ts";
import {
  type Context,
  contextOf,
  doneStep,
  type Given,
  memoOf,
  obsoleteNumbers,
  type Part,
  type Resolved,
  type Seen,
  seenBy,
  stepNameOf,
} from "./context.ts";
import { agentSteps, markSteps, trackingSteps, unmarkSteps } from "./head-steps.ts";
import { lineSteps, unknownGoods } from "./line-steps.ts";
import { look as looked } from "./look.ts";
import { ownerSteps, placeIn } from "./order-names.ts";
import { naturalKeyOf } from "./payloads.ts";
import { stands } from "./places.ts";
import { postedInVain } from "./posted.ts";

/** What is still to be written for a shipment; `seen.located` says onto which order. Pure. */
export function navSteps(given: Omit<Given, "key" | "number">, seen: Record<string, Json>, company: string): Step[] {
  const { shipment, delivery } = given;
  const place = placeIn(seen.located, company);
  const context = contextOf({ ...given, key: place.key, number: place.number });
  const told = [...ownerSteps(shipment, place, delivery), ...notDone(remarkSteps(context), delivery)];
  const why = leftOut(context);
  if (why) return [...told, ...notDone([why], delivery)];
  if (isKnownVoid(context) && seen.asked === undefined) return told;
  const parts = openParts(context);
  if (parts.length === 0) return told;
  // What the partner's function posted is looked at once more.
  const lookName = delivery.steps[stepNameOf(context, "post")] === undefined ? "look" : "lookAgain";
  const answer = seen[lookName];
  if (answer === undefined) return [...told, lookStep(context, parts, lookName)];
  return [...told, ...stepsBy(seenBy(context, looked.parse(answer)), parts)];
}

function leftOut({ shipment, facts, key }: Context): Step | undefined {
  const { id, isReturn, isVoided } = shipment;
  const skip = (name: string, remark: string) => recorded("skip", `${name}:${id}`, key, { [name]: true }, remark);
  if (isReturn) return skip("return", "a return label is not written to the sales order");
  if (facts.numbers.length === 0 && !isVoided) return skip("noNumber", "it has no tracking number");
  return undefined;
}

function remarkSteps({ shipment: { id, remarks = [] }, key }: Context): Step[] {
  if (remarks.length === 0) return [];
  return [recorded("notice", `remarks:${id}`, key, { remarks }, remarks.join("; "))];
}

/** What of a shipment is not told as it is now; said without looking, so that nothing is asked for what is done. */
function openParts(context: Context): Part[] {
  const { delivery, shipment } = context;
  const parts = [...(shipment.isVoided ? voidParts(context) : liveParts(context)), ...commentPart(context)];
  const isOpen = (part: Part) => !isDone({ ...part, name: stepNameOf(context, part.name), payload: null }, delivery);
  return parts.filter(isOpen);
}

function liveParts({ facts, pair, number, shipment }: Context): Part[] {
  const { numbers, shipDate, goods } = facts;
  const agent = agentFields(pair.shippingAgents, shipment);
  const { shippedField, posting } = pair;
  return [
    { name: "tracking", owned: { order: number, numbers } },
    ...(agent ? [{ name: "agent", owned: { ...agent } }] : []),
    ...(shipDate === undefined || pair.shipDate.length === 0 ? [] : [{ name: "date", owned: { shipDate } }]),
    { name: "lines", owned: { goods: goods ? goods.map(({ sku, quantity }) => ({ sku, quantity })) : null, numbers } },
    ...(shippedField ? [{ name: "mark", owned: { [shippedField.name]: shippedField.value } }] : []),
    ...(posting.action === undefined ? [] : [{ name: "post", owned: { action: posting.action } }]),
  ];
}

function voidParts(context: Context): Part[] {
  const { all, delivery, pair } = context;
  const isLeft = all.some(([, { isVoid }]) => !isVoid);
  const owned = { void: true };
  return [
    { name: "tracking", owned },
    ...(isLeft ? [{ name: "agent", owned }] : []),
    { name: "lines", owned },
    ...(pair.shippedField && delivery.steps[stepNameOf(context, "mark")] ? [{ name: "mark", owned }] : []),
    ...voidCommentPart(context),
  ];
}

function lookStep(context: Context, parts: readonly Part[], name: string): Step {
  const { key, number } = context;
  const [first] = parts;
  return {
    name,
    action: "read",
    naturalKey: key,
    payload: { kind: "look", order: number },
    ...(first ? { prepares: { name: stepNameOf(context, first.name), owned: first.owned } } : {}),
    repeatable: true,
  };
}

function stepsBy(context: Seen, parts: readonly Part[]): Step[] {
  const { shipment, look, number, before, delivery } = context;
  if (!look.order && look.posted.length === 0) return nowhere(context, parts);
  if (shipment.isVoided && !before.has(shipment.id) && !isAnywhere(context)) {
    return notDone([doneStep(context, { name: "void", owned: { void: true } }, neverWritten)], delivery).map(forget);
  }
  const wanted = parts.filter(({ name }) => name !== "post" && name !== "comment");
  // Only the look says beside what other numbers it stands, and so whether the field has room for it.
  const resolved = [...wanted.map((part) => resolve(context, part)), commentSteps(context)];
  const steps = resolved.flatMap((one) => one.steps);
  const waits = resolved.flatMap(({ waitsFor }) => waitsFor ?? []);
  const post = parts.find(({ name }) => name === "post");
  // It is posted once all stands on the order that is to be on the posted shipment.
  const isReady = steps.every(({ action }) => action === "skip" || action === "notice");
  if (post && isReady) steps.push(...postSteps(context, post));
  const isLast = steps.every(({ action }) => action === "skip" || action === "notice");
  // The engine would go on waiting for what the steps before bring.
  if (waits.length === 0 || !isLast) return [...agentRemark(context), ...steps];
  const remark = `${number} waits for its posted shipment: ${waits.join(", ")}`;
  // Whoever released the order posts it, one day.
  return [
    ...agentRemark(context),
    ...postedInVain(context),
    ...steps,
    { ...waitStep(context, remark), isEndless: true },
  ];
}

/** Voided before it was written, which was found already. */
function isKnownVoid({ shipment, before, delivery }: Context): boolean {
  return shipment.isVoided && !before.has(shipment.id) && delivery.steps[`void:${shipment.id}`] !== undefined;
}

const neverWritten = "voided before it was written to the sales order";

/** Nothing of it stands in NAV, so nothing is to be remembered either. */
function forget({ memo: _, ...step }: Step): Step {
  return step;
}

function isAnywhere(context: Seen): boolean {
  const { look } = context;
  const fields = [look.order, ...look.posted].map((row) => row?.Package_Tracking_No ?? "");
  return fields.some((field) => stands(obsoleteNumbers(context), field));
}

function resolve(context: Seen, part: Part): Resolved {
  switch (part.name) {
    case "tracking":
      return trackingSteps(context, part);
    case "agent":
      return agentSteps(context, part);
    case "date":
      return dateSteps(context, part);
    case "lines":
      return lineSteps(context, part);
    case "mark":
      return context.shipment.isVoided ? unmarkSteps(context, part) : markSteps(context, part);
    case "voidComment":
      return voidCommentSteps(context, part);
    default:
      return commentSteps(context);
  }
}

/** An order that is neither there nor posted: deleted, or its posted shipment is not to be seen. */
function nowhere(context: Seen, parts: readonly Part[]): Step[] {
  const { number, shipment, delivery } = context;
  if (!shipment.isVoided) return [waitStep(context, `${number} is neither an order nor a posted shipment any more`)];
  const remark = `nothing of ${number} is there any more`;
  return notDone(
    parts.map((part) => doneStep(context, part, remark)),
    delivery,
  );
}

function waitStep(context: Seen, remark: string): Step {
  const name = stepNameOf(context, "wait");
  return { name, action: "wait", naturalKey: context.key, payload: null, repeatable: true, remark };
}

function agentRemark({ shipment, pair, key, delivery }: Seen): Step[] {
  const { carrier, service, isVoided } = shipment;
  if (isVoided || agentFields(pair.shippingAgents, shipment)) return [];
  const name = [carrier, ...(service === undefined ? [] : [service])].join("/");
  const remark = `shippingAgents has no row for ${name}: agent and service are left as they are`;
  return notDone([recorded("skip", `noAgent:${name}`, key, { carrier: name }, remark)], delivery);
}

function postSteps(context: Seen, part: Part): Step[] {
  const { look, facts, number, key, shipment, pair } = context;
  const { action } = pair.posting;
  if (facts.posted !== undefined || !look.order || action === undefined) {
    return [doneStep(context, part, `${number} is posted already`)];
  }
  const unknown = unknownGoods(context);
  if (unknown !== undefined)
    return [doneStep(context, part, `${number} is left to a person to post: ${unknown}`, "notice")];
  const name = stepNameOf(context, "post");
  const { shipDate, numbers } = facts;
  return [
    {
      name,
      action: "post",
      naturalKey: naturalKeyOf(name, { key, place: "order", wanted: numbers, unwanted: [] }),
      payload: {
        kind: "post",
        order: number,
        held: plainJson(look.order),
        action,
        externalId: shipment.id,
        ...(shipDate === undefined ? {} : { shipDate }),
      },
      owned: part.owned,
      memo: memoOf(context),
      repeatable: false,
    },
  ];
}
