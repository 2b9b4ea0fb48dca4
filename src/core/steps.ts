import type { Delivery, Step } from "./delivery.ts";
import { type Hash, hashOf, hashOfText, type Json } from "./json.ts";

/** What a step's fields are told apart by. */
type Fields = Pick<Step, "owned" | "payload" | "hashes">;

/** The values mlc answers for in a step, by field name. Pure. */
export function ownedValues(step: Pick<Step, "owned" | "payload">): Record<string, Json> {
  if (step.owned) return step.owned;
  const { payload } = step;
  return payload !== null && typeof payload === "object" && !Array.isArray(payload) ? payload : { value: payload };
}

/** The hash of each value mlc answers for. Pure. */
export function fieldHashes(step: Fields): Readonly<Record<string, Hash>> {
  return (
    step.hashes ?? Object.fromEntries(Object.entries(ownedValues(step)).map(([name, value]) => [name, hashOf(value)]))
  );
}

/** The short hash of what a step sends, as it is sent. Pure. */
export function payloadHash({ payload, text = JSON.stringify(payload) }: Pick<Step, "payload" | "text">): Hash {
  return hashOfText(text);
}

/** The step with its hashes at hand: intent and result both tell them. Pure. */
export function withHashes(step: Step): Step {
  return step.hashes ? step : { ...step, hashes: fieldHashes(step) };
}

/** Names of the fields that differ from what was last sent under the step's name, sorted; all when it never was. Pure. */
export function changedFields(step: Pick<Step, "name"> & Fields, delivery: Delivery): string[] {
  const now = fieldHashes(step);
  const sent = delivery.steps[step.name]?.fields ?? {};
  const changed = Object.keys(now).filter((name) => now[name] !== sent[name]);
  const gone = Object.keys(sent).filter((name) => !Object.hasOwn(now, name));
  return [...changed, ...gone].sort();
}

/** Whether a step of this name is done and nothing in it has changed since. Pure. */
export function isDone(step: Pick<Step, "name"> & Fields, delivery: Delivery): boolean {
  return delivery.steps[step.name] !== undefined && changedFields(step, delivery).length === 0;
}

/** The steps that are not done as they are now. Pure. */
export function notDone(steps: readonly Step[], delivery: Delivery): Step[] {
  return steps.filter((step) => !isDone(step, delivery));
}

/** A step that is only written down; told again when one of its values changes. Pure. */
export function recorded(
  action: "skip" | "notice",
  name: string,
  naturalKey: string,
  owned: Record<string, Json>,
  remark: string,
): Step {
  return { name, action, naturalKey, payload: owned, owned, repeatable: true, remark };
}
