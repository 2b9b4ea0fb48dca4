import type { StepResult } from "../core/delivery.ts";
import { MlcError, NotSentError } from "../core/errors.ts";

/** How the writes of a batch are sent. */
export interface GroupSending<P> {
  /** The system's id, and its name for people. */
  system: string;
  title: string;
  /** So many groups at once. */
  atOnce: number;
  /** What writes have in common that must go one after the other. */
  groupOf(payload: P): string;
  /** Sends one of a group; made anew for each. It answers with what concerns that write alone. */
  sender(): (payload: P) => Promise<StepResult>;
}

/** Sends the writes of several documents side by side, those of one in their order; after an error that stops the flow none. */
export async function sendInGroups<P>(given: readonly P[], how: GroupSending<P>): Promise<StepResult[]> {
  const results = new Map<P, StepResult>();
  const waiting = grouped(given, how.groupOf).values();
  let stop: MlcError | undefined;
  const work = async () => {
    for (const group of waiting) {
      const send = how.sender();
      for (const payload of group) {
        const result = stop ? notSent(stop, how) : await send(payload);
        if (result.outcome === "failed" && result.error instanceof MlcError && stops(result.error))
          stop ??= result.error;
        results.set(payload, result);
      }
    }
  };
  await Promise.all(Array.from({ length: how.atOnce }, work));
  return given.map((payload) => results.get(payload) ?? notSent(stop, how));
}

const stops = (error: MlcError) => !["setAside", "wait", "unknown"].includes(error.disposition);

function notSent(reason: MlcError | undefined, { system, title }: { system: string; title: string }): StepResult {
  const message = `${title} was not asked any more: ${reason?.message ?? "an earlier write stopped"}`;
  return { outcome: "failed", error: new NotSentError(message, { system, cause: reason }), calls: [] };
}

/** Items by their key, in their order. Pure. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
