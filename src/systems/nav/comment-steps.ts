import type { NavPairSettings } from "../../connectors/nav/config.ts";
import type { Json } from "../../core/json.ts";
import { commentTexts } from "../../mappings/nav/tracking.ts";
import {
  type Context,
  doneStep,
  isOpenOrder,
  liveAt,
  type Part,
  type Resolved,
  type Seen,
  textsAt,
  writeStep,
} from "./context.ts";
import type { CommentPlace, DateRoute } from "./payloads.ts";

/** Numbers that comments of the order tell, under this name in its memo. */
const toldName = "told";

/** The name under which the memo says that a comment tells of a shipment. Pure. */
export function commentedName(shipmentId: string): string {
  return `commented:${shipmentId}`;
}

function toldIn({ delivery }: Pick<Context, "delivery">): string[] {
  const told = delivery.memo[toldName];
  return Array.isArray(told) ? told.filter((number) => typeof number === "string") : [];
}

/** Numbers that the field has no room for and no comment tells. */
function untold(context: Context): string[] {
  const told = toldIn(context);
  return textsAt(context, context.facts.posted).rest.filter((number) => !told.includes(number));
}

/** The comment for what has no room in the field. Pure. */
export function commentPart(context: Context): Part[] {
  const numbers = untold(context);
  return numbers.length === 0 ? [] : [{ name: "comment", owned: { numbers } }];
}

/** The comment that says that what an earlier one tells is void: that one is never removed. Pure. */
export function voidCommentPart(context: Context): Part[] {
  const { facts, delivery, shipment } = context;
  const told = toldIn(context);
  const isDated = delivery.memo[commentedName(shipment.id)] !== undefined;
  const numbers = facts.numbers.filter((number) => isDated || told.includes(number));
  return numbers.length === 0 ? [] : [{ name: "voidComment", owned: { numbers } }];
}

/** Where a comment goes: with the order until it is posted, which takes its comments along. */
function placeOf(context: Seen): CommentPlace {
  const { look, facts, pair, number } = context;
  const { route } = pair.comments;
  const documentType = look.order?.Document_Type ?? "";
  const isPosted = facts.posted !== undefined || !look.order;
  const on = isPosted
    ? { kind: "shipment" as const, number: facts.posted ?? look.posted.at(-1)?.No ?? number }
    : { kind: "order" as const, number };
  const takesLine = !isPosted && isOpenOrder(context);
  if (route !== "line" && route !== "audit" && look.has.commentSheet) return { ...on, route: "sheet", documentType };
  return { ...on, route: route !== "sheet" && route !== "audit" && takesLine ? "line" : "audit", documentType };
}

/** A line's description is Text[50] (NAV, 4.2). */
const longestLine = 50;

function longestIn({ route }: CommentPlace, { comments }: NavPairSettings): number {
  return route === "line" ? Math.min(longestLine, comments.maxLength) : comments.maxLength;
}

/** Writes a comment, or says in the audit what no comment can take. */
function commentBy(context: Seen, part: Part, { head, told }: { head: string; told: boolean }): Resolved {
  const { pair, number, facts } = context;
  const { numbers } = part.owned;
  const list = Array.isArray(numbers) ? numbers.map(String) : [];
  const place = placeOf(context);
  const memo: { [name: string]: Json } = told ? { [toldName]: [...toldIn(context), ...list] } : {};
  if (place.route === "audit") {
    const remark = `${place.number} takes no comment, so it is told here alone: ${head}: ${list.join(", ")}`;
    const step = doneStep(context, part, remark, "notice");
    return { steps: [{ ...step, memo: { ...step.memo, ...memo } }] };
  }
  const texts = commentTexts(head, list, longestIn(place, pair));
  const { shipDate } = facts;
  const comment = { place, texts, ...(shipDate === undefined ? {} : { date: shipDate }) };
  const payload = { kind: "comment" as const, order: number, comment };
  return { steps: [writeStep(context, part, { payload, wanted: texts, memo })] };
}

/** The numbers that the field has no room for, as a comment. Pure. */
export function commentSteps(context: Seen): Resolved {
  const numbers = untold(context);
  // What stands on a posted shipment needs no room on the order.
  if (numbers.length === 0) return { steps: [] };
  return commentBy(context, { name: "comment", owned: { numbers } }, { head: "Tracking numbers", told: true });
}

/** That a label is void, as a comment. Pure. */
export function voidCommentSteps(context: Seen, part: Part): Resolved {
  return commentBy(context, part, { head: "VOID", told: false });
}

/** The day it left: in the order's header where NAV takes it, with the posting, or as a comment. Pure. */
export function dateSteps(context: Seen, part: Part): Resolved {
  const { look, facts, number, shipment } = context;
  const { shipDate = "" } = facts;
  const posted = look.posted.find(({ No }) => No === facts.posted);
  const held = posted ?? look.order;
  const dates = [held?.Shipment_Date, posted?.Posting_Date];
  // Of several shipments the last one gives the header its day.
  const isLast = liveAt(context, facts.posted).at(-1)?.shipDate === shipDate;
  if (dates.includes(shipDate)) return { steps: [doneStep(context, part, `${held?.No} says so already`)] };
  const routes = dateRoutes(context, { shipDate, isLast, isPosted: posted !== undefined });
  if (routes.length === 0) {
    return { steps: [doneStep(context, part, `${held?.No ?? number} takes no ship date: ${shipDate}`, "notice")] };
  }
  const payload = { kind: "date" as const, order: number, shipment: shipment.id, shipDate, routes };
  return { steps: [writeStep(context, part, { payload, wanted: [shipDate] })] };
}

function dateRoutes(
  context: Seen,
  { shipDate, isLast, isPosted }: { shipDate: string; isLast: boolean; isPosted: boolean },
): DateRoute[] {
  const { look, pair, facts } = context;
  const place = placeOf(context);
  const texts = commentTexts(`Ship date ${shipDate}`, facts.numbers, longestIn(place, pair));
  const takesHeader = !isPosted && isLast && look.has.shipmentDate;
  const routes: Record<DateRoute["by"], DateRoute[]> = {
    header: takesHeader && look.order ? [{ by: "header", held: look.order }] : [],
    posting: !isPosted && pair.posting.action !== undefined ? [{ by: "posting" }] : [],
    comment: place.route === "audit" ? [] : [{ by: "comment", comment: { place, texts, date: shipDate } }],
  };
  return pair.shipDate.flatMap((by) => routes[by]);
}
