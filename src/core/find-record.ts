import type { Delivery, Ref } from "./delivery.ts";
import type { FlowState } from "./state/fold.ts";
import type { LogLine } from "./state/lines.ts";

/** A record that a person named, and what became of it last. */
export interface NamedRecord {
  /** The source record's id. */
  id: string;
  key: string;
  document: string;
  ref: Ref;
  was: "dead" | "unknown" | "waiting" | "delivered" | "skipped" | "dropped";
  /** Why it was set aside. */
  why?: string;
}

/** Everything that is set aside. Pure. */
export function recordsAside(state: FlowState): NamedRecord[] {
  return Object.values(state.asides).map(({ key, document, record, outcome, error }) => ({
    id: record.id,
    key,
    document,
    ref: record.ref,
    was: outcome,
    why: error.message,
  }));
}

/** Records of a flow that an id names: record id, delivery key, document number or the log id of an aside. What is set aside comes first. Pure. */
export function recordsNamed(
  state: FlowState,
  id: string,
  filed: ReadonlyMap<string, Delivery> = new Map(),
): NamedRecord[] {
  const aside = recordsAside(state).filter(
    (one) => [one.id, one.key, one.document].includes(id) || state.asides[one.id]?.id === id,
  );
  if (aside.length > 0) return aside;
  return [...state.deliveries.entries(), ...filed]
    .filter(([key, { document, versions }]) => key === id || document === id || Object.hasOwn(versions, id))
    .map(([key, delivery]) => deliveredAs(key, delivery, id));
}

function deliveredAs(key: string, { document, ref, steps, versions }: Delivery, named: string): NamedRecord {
  const isSkipped = Object.values(steps).every(({ recorded }) => recorded);
  const id = Object.hasOwn(versions, named) ? named : (Object.keys(versions).at(-1) ?? key);
  return { id, key, document, ref, was: isSkipped ? "skipped" : "delivered" };
}

/** Records that an id names in a flow's log, as they stand at its end. */
export async function recordsInLog(lines: AsyncIterable<LogLine>, id: string): Promise<NamedRecord[]> {
  const last = new Map<string, NamedRecord>();
  const named = new Set<string>();
  for await (const line of lines) {
    if (line.kind === "resolved") {
      const before = last.get(line.record);
      if (before && line.dropped !== undefined) last.set(line.record, { ...before, was: "dropped" });
    }
    if (line.kind !== "result" && line.kind !== "aside") continue;
    if (line.outcome === undefined) continue;
    const { key, document, record, outcome } = line;
    const was = outcome === "dead" || outcome === "unknown" || outcome === "waiting" ? outcome : deliveredOr(outcome);
    last.set(record.id, { id: record.id, key, document, ref: record.ref, was });
    if ([line.id, key, document, record.id].includes(id)) named.add(record.id);
  }
  return [...last.values()].filter((record) => named.has(record.id));
}

function deliveredOr(outcome: string): "skipped" | "delivered" {
  return outcome === "skipped" ? "skipped" : "delivered";
}
