import type { Delivery, Step } from "./delivery.ts";
import type { Json } from "./json.ts";
import type { Order } from "./model.ts";
import type { Part } from "./parts.ts";
import { isDone, recorded } from "./steps.ts";

/** The skip of a stopped order; one that was never sent may need a person instead. Throws MappingError. Pure. */
export function stoppedStep(order: Order, delivery: Delivery): Step {
  if (order.unsendable && !wasSent(delivery)) throw order.unsendable;
  const reason = order.reason ?? "processing stopped";
  return recorded("skip", "stopped", order.id, { reason }, reason);
}

/** What was left out of an order on purpose. Pure. */
export function leftOutNotice({ id, leftOut }: Order, parts: readonly Part[]): Step[] {
  if (leftOut.length === 0) return [];
  // An order that never had anything to ship is skipped as a whole.
  const action = parts.length === 0 ? "skip" : "notice";
  return [recorded(action, "leftOut", id, { lines: leftOut }, `left out: ${leftOut.join("; ")}`)];
}

/** The steps without what was told already: once, and again when it changes. Pure. */
export function notTold(steps: readonly Step[], delivery: Delivery): Step[] {
  const isTold = ({ name, action }: Step) => action === "notice" || name === "leftOut";
  return steps.filter((step) => !isTold(step) || !isDone(step, delivery));
}

/** What is remembered of the parts, with the generations they have come to. Pure. */
export function withGenerations(memo: Json, parts: readonly Part[]): Json {
  if (memo === null || typeof memo !== "object" || Array.isArray(memo)) return memo;
  return Object.fromEntries(
    Object.entries(memo).map(([hash, entry]) => {
      if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return [hash, entry];
      const generation = parts.find(({ number }) => number === entry.number)?.generation ?? entry.generation;
      return [hash, { ...entry, ...(generation === undefined ? {} : { generation }) }];
    }),
  );
}

function wasSent({ steps }: Delivery): boolean {
  return Object.values(steps).some(({ recorded: isOnlyRecorded }) => !isOnlyRecorded);
}
