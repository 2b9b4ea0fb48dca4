import { differing } from "../../connectors/nav/held.ts";
import type { LineChanges } from "../../connectors/nav/orders.ts";
import type { SalesOrderLine } from "../../connectors/nav/schema.ts";
import { recorded } from "../../core/steps.ts";
import { numbersIn, type ShippedFacts } from "../../mappings/nav/facts.ts";
import type { Goods } from "../../mappings/nav/lines.ts";
import { trackingTexts } from "../../mappings/nav/tracking.ts";
import {
  doneStep,
  isOpenOrder,
  liveAt,
  obsoleteNumbers,
  type Part,
  type Resolved,
  type Seen,
  stepNameOf,
  writeStep,
} from "./context.ts";
import { outstanding, stands, without } from "./places.ts";

/** What a line is to hold of the shipments that stand on the order. */
interface LineParts {
  quantity: number;
  numbers: string[];
  shipDate?: string;
}

interface Spread {
  byLine: Map<number, LineParts>;
  left: Goods[];
}

/** Why quantities are left alone: what is in a shipment is not known, or not on the order. Pure. */
export function unknownGoods(context: Seen): string | undefined {
  const live = liveAt(context, undefined);
  if (live.some(({ goods }) => goods === undefined)) return "the shipper does not say what is in it";
  const { left } = spread(context, live);
  if (left.length > 0) return `it has no line, or no room, for ${saidOf(left)}`;
  return undefined;
}

/** Whether nothing of the order is left to ship. Pure. */
export function isInFull(context: Seen): boolean {
  const live = liveAt(context, undefined);
  if (live.some(({ goods }) => goods === undefined)) return true;
  const { byLine } = spread(context, live);
  return outstanding(context.look.lines).every(
    ({ Line_No, Quantity }) => (byLine.get(Line_No)?.quantity ?? 0) >= Quantity,
  );
}

const saidOf = (goods: readonly Goods[]) => goods.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(", ");

/** Spreads what stands on the order over what of it is not posted yet, oldest shipment first. */
function spread({ look }: Seen, live: readonly ShippedFacts[]): Spread {
  const byLine = new Map<number, LineParts>();
  const left: Goods[] = [];
  let lines = outstanding(look.lines);
  for (const { goods = [], numbers, shipDate } of live) {
    const taken = without(lines, goods);
    for (const { line, quantity } of taken.parts) {
      const before = byLine.get(line.Line_No);
      byLine.set(line.Line_No, {
        quantity: (before?.quantity ?? 0) + quantity,
        numbers: [...(before?.numbers ?? []), ...numbers],
        ...(shipDate === undefined ? {} : { shipDate }),
      });
    }
    left.push(...taken.left);
    lines = taken.lines;
  }
  return { byLine, left };
}

/** What left of each line: its quantity, its numbers where lines have them, its day while the order is open. Pure. */
export function lineSteps(context: Seen, part: Part): Resolved {
  const { look, facts, number, delivery, key } = context;
  if (facts.posted !== undefined || !look.order) {
    const stale = staleLines(context);
    if (stale.length > 0) {
      return { steps: [writeStep(context, part, { payload: { kind: "lines", order: number, lines: stale } })] };
    }
    return { steps: [doneStep(context, part, `${facts.posted ?? number} is posted: its lines stay as they are`)] };
  }
  const live = liveAt(context, undefined);
  if (live.some(({ goods }) => goods === undefined)) {
    const remark = `the shipper does not say what is in it: the lines of ${number} are left as they are`;
    return { steps: [doneStep(context, part, remark, "notice")] };
  }
  const { byLine, left } = spread(context, live);
  const name = stepNameOf(context, "noLine");
  const owned = { goods: left.map(({ sku, quantity }) => ({ sku, quantity })) };
  const remark = `${number} has no line, or no room, for ${saidOf(left)}`;
  const isNews = left.length > 0 && delivery.steps[name] === undefined;
  const notice = isNews ? [recorded("notice", name, key, owned, remark)] : [];
  const lines = wantedLines(context, byLine);
  if (!movesDates(context, live) && lines.every(({ held, changes }) => differing({ ...changes }, held).length === 0)) {
    return { steps: [...notice, doneStep(context, part, `the lines of ${number} say so already`)] };
  }
  const payload = { kind: "lines" as const, order: number, lines };
  return { steps: [...notice, writeStep(context, part, { payload })] };
}

/** Lines of an order that is posted in parts, which still hold a number that nothing travels under any more. */
function staleLines(context: Seen) {
  const { look } = context;
  if (!look.order || !look.has.lineTracking) return [];
  const obsolete = obsoleteNumbers(context);
  return look.lines.flatMap((held) => {
    const field = held.Package_Tracking_No ?? "";
    if (!stands(obsolete, field)) return [];
    const numbers = numbersIn(field).filter((number) => !obsolete.includes(number));
    return [{ held, changes: { Package_Tracking_No: trackingTexts(numbers).field } }];
  });
}

/** A header's new day moves that of its lines, those of earlier parcels too. */
function movesDates(context: Seen, live: readonly ShippedFacts[]): boolean {
  const shipDate = live.at(-1)?.shipDate;
  const isToChange = shipDate !== undefined && context.look.order?.Shipment_Date !== shipDate;
  return isToChange && context.pair.shipDate.includes("header") && isOpenOrder(context);
}

function wantedLines(context: Seen, byLine: ReadonlyMap<number, LineParts>) {
  const types = typesOfGoods(context, byLine);
  return context.look.lines.flatMap((held) => {
    const changes = types.has(held.Type) ? wantedOf(context, held, byLine.get(held.Line_No)) : {};
    return Object.keys(changes).length === 0 ? [] : [{ held, changes }];
  });
}

/** Freight and text lines are not shipped in parcels, so that only lines like those that are get a quantity of none. */
function typesOfGoods({ look, all }: Seen, byLine: ReadonlyMap<number, LineParts>): Set<string> {
  const goods = all.flatMap(([, facts]) => facts.goods ?? []);
  const known = without(look.lines, goods).parts.map(({ line }) => line.Line_No);
  const numbers = new Set([...known, ...byLine.keys()]);
  return new Set(look.lines.flatMap(({ Line_No, Type }) => (numbers.has(Line_No) ? [Type] : [])));
}

function wantedOf(context: Seen, held: SalesOrderLine, parts: LineParts | undefined): LineChanges {
  const { look, pair } = context;
  if (held.No === "" || held.Quantity <= 0) return {};
  const hasRoom = held.Quantity > held.Quantity_Shipped;
  const isDated = parts?.shipDate !== undefined && pair.shipDate.length > 0 && isOpenOrder(context);
  const tracking = look.has.lineTracking ? trackingOf(context, held, parts) : undefined;
  return {
    ...(hasRoom ? { Qty_to_Ship: parts?.quantity ?? 0 } : {}),
    ...(tracking === undefined ? {} : { Package_Tracking_No: tracking }),
    ...(isDated && parts?.shipDate !== undefined ? { Shipment_Date: parts.shipDate } : {}),
  };
}

/** A line that nothing of ours is on keeps its number, unless nothing travels under that any more. */
function trackingOf(context: Seen, { Package_Tracking_No }: SalesOrderLine, parts: LineParts | undefined) {
  if (parts) return trackingTexts(parts.numbers).field;
  return stands(obsoleteNumbers(context), Package_Tracking_No ?? "") ? "" : undefined;
}
