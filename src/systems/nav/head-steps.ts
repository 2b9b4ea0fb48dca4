import { differing } from "../../connectors/nav/held.ts";
import type { PostedShipment, SalesOrder } from "../../connectors/nav/schema.ts";
import { trackingTexts } from "../../mappings/nav/tracking.ts";
import { agentFields } from "../../mappings/nav.ts";
import {
  doneStep,
  isOpenOrder,
  liveAt,
  obsoleteNumbers,
  type Part,
  type Resolved,
  type Seen,
  textsAt,
  writeStep,
} from "./context.ts";
import { isInFull } from "./line-steps.ts";
import type { HeadWrite } from "./payloads.ts";
import { stands } from "./places.ts";

type Head = { page: "order"; held: SalesOrder } | { page: "posted"; held: PostedShipment };

/** The record that a shipment stands on: the posted shipment it left with, else the order. */
function headOf({ look, facts }: Seen): Head | undefined {
  if (facts.posted === undefined) return look.order && { page: "order", held: look.order };
  const held = look.posted.find(({ No }) => No === facts.posted);
  return held && { page: "posted", held };
}

function headWrite({ look }: Seen, head: Head, changes: Record<string, string>): HeadWrite[] {
  const names = differing(changes, head.held);
  if (names.length === 0) return [];
  if (head.page === "posted") return [{ ...head, changes }];
  return [{ ...head, changes, posted: look.posted.map(({ No }) => No) }];
}

/** The numbers of all that stands where this shipment does, and the withdrawal of what travels no more wherever it stands. Pure. */
export function trackingSteps(context: Seen, part: Part): Resolved {
  const { look, number, facts, shipment } = context;
  const obsolete = obsoleteNumbers(context);
  const own = headOf(context);
  const heads: Head[] = [
    ...(look.order ? [{ page: "order" as const, held: look.order }] : []),
    ...look.posted.map((held) => ({ page: "posted" as const, held })),
  ];
  const writes = heads.flatMap((head) => {
    const isOwn = head.page === own?.page && head.held.No === own.held.No;
    const isMeant =
      (isOwn && !shipment.isVoided && !isCrowdedOut(context)) || stands(obsolete, head.held.Package_Tracking_No);
    if (!isMeant) return [];
    const { field } = textsAt(context, head.page === "posted" ? head.held.No : undefined);
    return headWrite(context, head, { Package_Tracking_No: field });
  });
  if (writes.length === 0 && isCrowdedOut(context)) {
    return { steps: [], waitsFor: "Package_Tracking_No (it has no room beside those of other parcels)" };
  }
  if (writes.length === 0) {
    const where = facts.posted ?? number;
    const remark = shipment.isVoided ? `its number does not stand on ${where}` : `${where} has its number already`;
    return { steps: [doneStep(context, part, remark)] };
  }
  const { field } = textsAt(context, facts.posted);
  const wanted = shipment.isVoided ? [] : facts.numbers.filter((one) => stands([one], field));
  const payload = { kind: "heads" as const, order: number, writes };
  return { steps: [writeStep(context, part, { payload, wanted, unwanted: obsolete })] };
}

/**
 * Whether the order's field is full of what other shipments are called: once these are posted it has room, and what is posted next is
 * to carry this one.
 */
function isCrowdedOut(context: Seen): boolean {
  const { facts, shipment } = context;
  if (shipment.isVoided || facts.posted !== undefined) return false;
  const fits = trackingTexts(facts.numbers).field !== "";
  return fits && !stands(facts.numbers, textsAt(context, undefined).field);
}

/** Agent and service of the last parcel; an order takes them while it is open, later the posted shipment does. Pure. */
export function agentSteps(context: Seen, part: Part): Resolved {
  const { pair, facts, number, shipment } = context;
  const head = headOf(context);
  const last = liveAt(context, facts.posted).at(-1);
  const changes = last && agentFields(pair.shippingAgents, last);
  if (!head || !changes) return { steps: [doneStep(context, part, "no other parcel says which agent it is")] };
  const [write] = headWrite(context, head, { ...changes });
  if (!write) return { steps: [doneStep(context, part, `${head.held.No} has agent and service already`)] };
  if (head.page === "order" && !isOpenOrder(context)) {
    if (shipment.isVoided) return { steps: [doneStep(context, part, `${number} is not open for another agent`)] };
    return { steps: [], waitsFor: `agent ${Object.values(changes).join("/")} (it is ${head.held.Status})` };
  }
  const wanted = Object.values(changes);
  const payload = { kind: "heads" as const, order: number, writes: [write] };
  return { steps: [writeStep(context, part, { payload, wanted })] };
}

/** The partner's own field: on the posted shipment once there is one, on the order once all of it is shipped. Pure. */
export function markSteps(context: Seen, part: Part): Resolved {
  const { pair, look, number } = context;
  const field = pair.shippedField;
  if (!field) return { steps: [] };
  const head = headOf(context);
  if (field.page === "postedSalesShipment" && head?.page !== "posted") return { steps: [], waitsFor: field.name };
  const marked = field.page === "salesOrder" ? look.order && { page: "order" as const, held: look.order } : head;
  if (!marked) return { steps: [doneStep(context, part, `${number} is posted, and ${field.name} is the order's`)] };
  if (marked.page === "order" && !isInFull(context)) {
    return { steps: [doneStep(context, part, `${number} is not shipped in full yet`)] };
  }
  const isMarked = differing({ [field.name]: field.value }, marked.held).length === 0;
  if (isMarked) return { steps: [doneStep(context, part, `${marked.held.No} has ${field.name} already`)] };
  const write = { ...marked, changes: {} };
  const payload = { kind: "mark" as const, order: number, write, field: field.name, value: field.value };
  return { steps: [writeStep(context, part, { payload, wanted: [field.name] })] };
}

/** The partner's own field once more as it was, where nothing that it spoke of travels any more. Pure. */
export function unmarkSteps(context: Seen, part: Part): Resolved {
  const { pair, look, number, all } = context;
  const field = pair.shippedField;
  if (!field) return { steps: [] };
  const isOfOrder = field.page === "salesOrder";
  const own = headOf(context);
  const marked = isOfOrder ? look.order && { page: "order" as const, held: look.order } : own;
  if (marked?.page !== (isOfOrder ? "order" : "posted")) {
    return { steps: [doneStep(context, part, `${field.name} of ${number} stands nowhere any more`)] };
  }
  const isShipped = isOfOrder
    ? all.some(([, { isVoid }]) => !isVoid) && isInFull(context)
    : liveAt(context, context.facts.posted).length > 0;
  if (isShipped) return { steps: [doneStep(context, part, `other parcels of ${marked.held.No} are under way`)] };
  if (differing({ [field.name]: field.value }, marked.held).length > 0) {
    return { steps: [doneStep(context, part, `${marked.held.No} does not say that it is shipped`)] };
  }
  const { otherwise = typeof field.value === "boolean" ? !field.value : "" } = field;
  const write = { ...marked, changes: {} };
  const payload = { kind: "mark" as const, order: number, write, field: field.name, value: otherwise };
  return { steps: [writeStep(context, part, { payload, unwanted: [field.name] })] };
}
