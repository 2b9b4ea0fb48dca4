import type { Delivery } from "./delivery.ts";
import { hashOf, type Json } from "./json.ts";
import type { Address, Order, OrderLine } from "./model.ts";

/** What leaves one warehouse for one address: one document at the shipper. */
export interface Part {
  /** From 1; remembered for the life of the order. */
  number: number;
  /** From 1; rises when the earlier document of this part is proven cancelled or void. */
  generation: number;
  warehouse: string;
  /** Undefined when the part was left without lines. */
  shipTo: Address | undefined;
  lines: OrderLine[];
}

/** What is remembered of a part, in `memo.parts` by the hash of warehouse and ship-to. */
interface PartMemo {
  number: number;
  generation: number;
  warehouse: string;
}

/** The warehouses that a document's lines leave from; undefined where it has none to tell by. Pure. */
export function warehousesOf(document: object): string[] | undefined {
  return isOrder(document) ? document.lines.map(({ warehouse }) => warehouse) : undefined;
}

function isOrder(document: object): document is Pick<Order, "lines"> {
  return "lines" in document && Array.isArray(document.lines);
}

/** The warehouses of the parts that a delivery's memo remembers; undefined where it remembers none. Pure. */
export function warehousesIn(memo: Delivery["memo"]): string[] | undefined {
  const parts = [...remembered({ memo }).values()];
  return parts.length === 0 ? undefined : parts.map(({ warehouse }) => warehouse);
}

function remembered(delivery: Pick<Delivery, "memo">): Map<string, PartMemo> {
  const parts = new Map<string, PartMemo>();
  const memo = delivery.memo.parts;
  if (memo === null || typeof memo !== "object" || Array.isArray(memo)) return parts;
  for (const [key, part] of Object.entries(memo)) {
    if (part === null || typeof part !== "object" || Array.isArray(part)) continue;
    const { number, generation, warehouse } = part;
    if (typeof number !== "number" || typeof generation !== "number" || typeof warehouse !== "string") continue;
    parts.set(key, { number, generation, warehouse });
  }
  return parts;
}

/** An order's lines by where they go: by the hash of warehouse and ship-to. Pure. */
export function groupLines(order: Order): ReadonlyMap<string, OrderLine[]> {
  const groups = new Map<string, OrderLine[]>();
  // Most lines of an order go the same way as the one before.
  let last: (Pick<OrderLine, "warehouse" | "shipTo"> & { group: OrderLine[] }) | undefined;
  for (const line of order.lines) {
    const { warehouse, shipTo } = line;
    if (last && warehouse === last.warehouse && shipTo === last.shipTo) {
      last.group.push(line);
      continue;
    }
    const key = hashOf([warehouse, shipTo]);
    const group = groups.get(key) ?? [];
    group.push(line);
    groups.set(key, group);
    last = { warehouse, shipTo, group };
  }
  return groups;
}

/** The lowest number left empty in the same warehouse, so that goods that left under it do not leave again; else in any. */
function takeVacant(vacant: [string, PartMemo][], warehouse: string): PartMemo | undefined {
  const index = vacant.findIndex(([, part]) => part.warehouse === warehouse);
  return vacant.splice(Math.max(0, index), 1)[0]?.[1];
}

/**
 * Splits an order by (warehouse, ship-to) and keeps each part's number: a known part keeps its own, a part whose
 * address or warehouse changed takes one that was left empty, a new one the next number. Parts that were
 * left empty come last, without lines. `memo` is to be stored as `memo.parts` with the first write. Pure.
 */
export function partsOf(
  order: Order,
  delivery: Delivery,
  groups: ReturnType<typeof groupLines> = groupLines(order),
): { parts: Part[]; memo: Json } {
  const known = remembered(delivery);
  const vacant = [...known]
    .filter(([key]) => !groups.has(key))
    .sort(([, left], [, right]) => left.number - right.number);
  let highest = Math.max(0, ...[...known.values()].map((part) => part.number));
  const memo: Record<string, Json> = Object.create(null);
  const parts: Part[] = [];
  for (const [key, lines] of groups) {
    const [first] = lines;
    if (!first) continue;
    const previous = known.get(key) ?? takeVacant(vacant, first.warehouse);
    if (!previous) highest += 1;
    const number = previous?.number ?? highest;
    const generation = previous?.generation ?? 1;
    memo[key] = { number, generation, warehouse: first.warehouse };
    parts.push({ number, generation, warehouse: first.warehouse, shipTo: first.shipTo, lines });
  }
  for (const [key, part] of vacant) {
    memo[key] = { ...part };
    parts.push({ ...part, shipTo: undefined, lines: [] });
  }
  return { parts: parts.sort((left, right) => left.number - right.number), memo };
}

/** What a part adds to its order's key or number: nothing for the first, else `-2`, `-3`. Pure. */
export function partSuffix(part: Pick<Part, "number">): string {
  return part.number === 1 ? "" : `-${part.number}`;
}

/** What part and generation add to an idempotency key: `-2-g2`. Pure. */
export function keySuffix(part: Pick<Part, "number" | "generation">): string {
  return partSuffix(part) + (part.generation === 1 ? "" : `-g${part.generation}`);
}

/** A part in the generation that is still to come or at work: one that is over stays so, and the part lives on in the next. Pure. */
export function livingPart(order: Order, part: Part, isOver: (suffix: string) => boolean): Part {
  let living = part;
  if (order.status === "open" && part.lines.length > 0)
    while (isOver(keySuffix(living))) living = { ...living, generation: living.generation + 1 };
  return living;
}

/** The settings' few templates, each as text and name in turn. */
const templates = new Map<string, readonly string[]>();

/** Fills a template such as `{legalEntity}-{orderNumber}`. Pure. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const pieces = templates.get(template) ?? template.split(/\{(\w+)\}/);
  templates.set(template, pieces);
  return pieces.map((piece, at) => (at % 2 === 0 ? piece : (values[piece] ?? `{${piece}}`))).join("");
}
