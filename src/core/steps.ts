import { type Hash, hashOf, type Json } from "./json.ts";
import type { Delivery, Step } from "./ports.ts";

/** The values mlc answers for in a step, by field name. Pure. */
export function ownedValues(step: Pick<Step, "owned" | "payload">): Record<string, Json> {
  if (step.owned) return step.owned;
  const { payload } = step;
  return payload !== null && typeof payload === "object" && !Array.isArray(payload) ? payload : { value: payload };
}

/** The hash of each value mlc answers for. Pure. */
export function fieldHashes(step: Pick<Step, "owned" | "payload">): Record<string, Hash> {
  return Object.fromEntries(Object.entries(ownedValues(step)).map(([name, value]) => [name, hashOf(value)]));
}

/** Names of the fields that differ from what was last sent under the step's name, sorted; all when it never was. Pure. */
export function changedFields(step: Pick<Step, "name" | "owned" | "payload">, delivery: Delivery): string[] {
  const now = fieldHashes(step);
  const sent = delivery.steps[step.name]?.fields ?? {};
  const names = new Set([...Object.keys(now), ...Object.keys(sent)]);
  return [...names].filter((name) => now[name] !== sent[name]).sort();
}

/** Whether a step of this name is done and nothing in it has changed since. Pure. */
export function isDone(step: Pick<Step, "name" | "owned" | "payload">, delivery: Delivery): boolean {
  return delivery.steps[step.name] !== undefined && changedFields(step, delivery).length === 0;
}

/** The steps that are not done as they are now. Pure. */
export function notDone(steps: readonly Step[], delivery: Delivery): Step[] {
  return steps.filter((step) => !isDone(step, delivery));
}
