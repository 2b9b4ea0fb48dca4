import type { Ref } from "./ports.ts";
import type { FlowState } from "./state/fold.ts";

/** A record that a person named, and what became of it last. */
export interface NamedRecord {
  key: string;
  document: string;
  ref: Ref;
  was: "dead" | "unknown" | "waiting" | "delivered";
}

/** Records of a flow that an id names: record id, delivery key, document number or the log id of an aside. What is set aside comes first. Pure. */
export function recordsNamed(state: FlowState, id: string): NamedRecord[] {
  const aside = Object.values(state.asides)
    .filter((one) => [one.record.id, one.key, one.document, one.id].includes(id))
    .map(({ key, document, record, outcome }): NamedRecord => ({ key, document, ref: record.ref, was: outcome }));
  if (aside.length > 0) return aside;
  return Object.entries(state.deliveries)
    .filter(([key, { document, versions }]) => key === id || document === id || Object.hasOwn(versions, id))
    .map(([key, { document, ref }]): NamedRecord => ({ key, document, ref, was: "delivered" }));
}

/** Everything that is set aside. Pure. */
export function recordsAside(state: FlowState): NamedRecord[] {
  return Object.values(state.asides).map(({ key, document, record, outcome }) => ({
    key,
    document,
    ref: record.ref,
    was: outcome,
  }));
}
