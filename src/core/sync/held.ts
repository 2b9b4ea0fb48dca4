import type { Delivery, Step } from "../ports.ts";
import type { FlowState } from "../state/fold.ts";
import type { FlowStore } from "../state/store.ts";

/** Which of these documents another pair has delivered or is about to: that pair's name, by delivery key. */
export type HeldElsewhere = (keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Another pair's flow of the same kind of documents from the same source. */
export interface Rival {
  pair: string;
  store: Pick<FlowStore, "state" | "load">;
}

/** Looks documents up in the states of other pairs, which nobody writes to meanwhile. */
export function heldBy(rivals: readonly Rival[]): HeldElsewhere {
  const intended = rivals.map(({ store }) => intendedKeys(store.state));
  return async (keys) => {
    const held = new Map<string, string>();
    for (const [index, { pair, store }] of rivals.entries()) {
      const deliveries = await store.load(keys);
      for (const key of keys) {
        if (held.has(key)) continue;
        if (isWritten(deliveries.get(key)) || intended[index]?.has(key)) held.set(key, pair);
      }
    }
    return held;
  };
}

/** Whether something was sent for a delivery, ever: what was taken back may have left the house all the same. Pure. */
export function isWritten(delivery: Delivery | undefined): boolean {
  return Object.values(delivery?.steps ?? {}).some((step) => !step.recorded);
}

/** What is recorded of a document that another pair has. Pure. */
export function heldStep(key: string, pair: string): Step {
  return {
    name: "otherPair",
    action: "skip",
    naturalKey: key,
    payload: { pair },
    repeatable: true,
    remark: `${pair} has delivered it or is about to: one order, one shipper`,
  };
}

/** Keys of documents that a write may be under way for. Pure. */
export function intendedKeys({ intents }: FlowState): Set<string> {
  return new Set(Object.values(intents).map(({ key }) => key));
}
