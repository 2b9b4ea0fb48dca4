import type { Delivery, Step } from "../delivery.ts";
import { warehousesIn, warehousesOf } from "../parts.ts";
import type { FlowState } from "../state/fold.ts";
import type { FlowStore } from "../state/store.ts";

/** A document by its delivery key. */
export interface Keyed {
  key: string;
  document: object;
}

/** Which of these documents another pair has delivered or is about to: that pair's name, by delivery key. */
export type HeldElsewhere = (documents: readonly Keyed[]) => Promise<ReadonlyMap<string, string>>;

/** Another pair's flow of the same kind of documents from the same source. */
export interface Rival {
  pair: string;
  store: Pick<FlowStore, "state" | "load">;
}

/** Looks documents up in the states of other pairs, which nobody writes to meanwhile. */
export function heldBy(rivals: readonly Rival[]): HeldElsewhere {
  const intended = rivals.map(({ store }) => intendedMemos(store.state));
  return async (documents) => {
    const held = new Map<string, string>();
    for (const [index, { pair, store }] of rivals.entries()) {
      const deliveries = await store.load(documents.map(({ key }) => key));
      for (const { key, document } of documents) {
        const delivery = deliveries.get(key);
        const memos = [...(isWritten(delivery) ? [delivery?.memo ?? {}] : []), ...(intended[index]?.get(key) ?? [])];
        if (!held.has(key) && memos.some((memo) => isShared(document, memo))) held.set(key, pair);
      }
    }
    return held;
  };
}

/**
 * Whether goods of a document may be among what a memo tells of: an order that two pairs share by warehouse is sent by
 * each as far as it takes it, and only what leaves from the same warehouse would leave twice.
 */
function isShared(document: object, memo: Delivery["memo"]): boolean {
  const [wanted, sent] = [warehousesOf(document), warehousesIn(memo)];
  return wanted === undefined || sent === undefined || wanted.some((warehouse) => sent.includes(warehouse));
}

/** Whether something was sent for a delivery, ever: what was taken back may have left the house all the same. Pure. */
export function isWritten(delivery: Delivery | undefined): boolean {
  return Object.values(delivery?.steps ?? {}).some((step) => !step.recorded);
}

/** Looks up which orders another pair made itself at the shipper, by the key that it gave them. */
export function madeBy(rivals: readonly { pair: string; store: Pick<FlowStore, "holder"> }[]): HeldElsewhere {
  return async (documents) => {
    const held = new Map<string, string>();
    for (const { pair, store } of rivals) {
      for (const { key, document } of documents) {
        const orderKey = "orderKey" in document ? document.orderKey : undefined;
        if (typeof orderKey === "string" && (await store.holder(orderKey)) !== undefined) held.set(key, pair);
      }
    }
    return held;
  };
}

/** What is recorded of a document that another pair has. Pure. */
export function heldStep(key: string, pair: string, flow: string): Step {
  const remark =
    flow === "sales"
      ? `${pair} made this order there, so that its ERP has it already`
      : `${pair} has delivered it or is about to: one order, one shipper`;
  return {
    name: "otherPair",
    action: "skip",
    naturalKey: key,
    payload: { pair },
    repeatable: true,
    remark,
  };
}

/** What writes that may be under way remember, by the key of their document. Pure. */
export function intendedMemos({ intents }: FlowState): ReadonlyMap<string, Delivery["memo"][]> {
  const memos = new Map<string, Delivery["memo"][]>();
  for (const { key, memo = {} } of Object.values(intents)) memos.set(key, [...(memos.get(key) ?? []), memo]);
  return memos;
}
