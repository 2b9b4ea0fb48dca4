import type { Delivery } from "../core/delivery.ts";
import type { BoughtLabel } from "../core/labels.ts";
import type { ProfileState } from "../core/profile-state.ts";
import { pairKinds, systemKinds } from "../systems/index.ts";

/** A label that a pair's orders flow bought. */
export interface PairLabel {
  pair: string;
  /** The order's delivery key. */
  key: string;
  document: string;
  boughtAt: string;
  label: BoughtLabel;
}

/** Which labels are wanted. */
export interface LabelQuery {
  pairs: readonly string[];
  /** When they were bought. */
  since?: Date;
  until?: Date;
  /** Order, number of a shipment or piece, or reference. */
  about?: string;
}

/** Deliveries that are looked at together. */
const atOnce = 500;

/** Whether a pair buys labels for its orders. Pure. */
export function buysLabels(pair: string): boolean {
  return readerOf(pair) !== undefined;
}

/** The labels that pairs have bought, oldest first; they are found by the log, so those in removed months are not. */
export async function labelsOf(state: ProfileState, query: LabelQuery): Promise<PairLabel[]> {
  const labels: PairLabel[] = [];
  for (const pair of query.pairs) labels.push(...(await labelsOfPair(state, pair, query)));
  return labels.sort((left, right) => (left.boughtAt < right.boughtAt ? -1 : left.boughtAt > right.boughtAt ? 1 : 0));
}

async function labelsOfPair(state: ProfileState, pair: string, query: LabelQuery): Promise<PairLabel[]> {
  const read = readerOf(pair);
  if (!read) return [];
  const keys = [...(await writtenKeys(state, pair, query))];
  const store = await state.open(pair, "orders", "read");
  const labels: PairLabel[] = [];
  try {
    for (let start = 0; start < keys.length; start += atOnce) {
      for (const [key, delivery] of await store.load(keys.slice(start, start + atOnce)))
        for (const label of read(delivery)) labels.push(pairLabel({ pair, key, delivery, label }));
    }
  } finally {
    await store.close();
  }
  return labels.filter((label) => isWanted(label, query));
}

function readerOf(pair: string) {
  return systemKinds[pairKinds[pair]?.shipper ?? ""]?.labels;
}

/** Keys of the deliveries that something was written for, or that a line of the log names. */
async function writtenKeys(
  state: ProfileState,
  pair: string,
  { since, until, about }: LabelQuery,
): Promise<Set<string>> {
  const keys = new Set<string>();
  const containing = about === undefined ? undefined : [JSON.stringify(about)];
  for await (const line of state.log(pair, "orders", { since, until, kinds: ["result"], containing })) {
    if (line.kind === "result" && line.outcome !== undefined && !line.recorded) keys.add(line.key);
  }
  return keys;
}

function pairLabel(given: { pair: string; key: string; delivery: Delivery; label: BoughtLabel }): PairLabel {
  const { pair, key, delivery, label } = given;
  const times = Object.values(delivery.steps).flatMap(({ naturalKey, at }) =>
    naturalKey === label.reference ? [at] : [],
  );
  return { pair, key, document: delivery.document, boughtAt: times.sort()[0] ?? delivery.at, label };
}

function isWanted({ key, document, boughtAt, label }: PairLabel, { since, until, about }: LabelQuery): boolean {
  if (since && boughtAt < since.toISOString()) return false;
  if (until && boughtAt >= until.toISOString()) return false;
  return about === undefined || isOrder({ key, document }, about) || isNumber(label, about);
}

/** Whether an id names the order of a label. Pure. */
export function isOrder({ key, document }: Pick<PairLabel, "key" | "document">, id: string): boolean {
  return key === id || document === id;
}

/** Whether an id names the label itself: its number, a piece's, or its reference. Pure. */
export function isNumber({ master, reference, pieces }: BoughtLabel, id: string): boolean {
  return master === id || reference === id || pieces.some(({ trackingNumber }) => trackingNumber === id);
}
