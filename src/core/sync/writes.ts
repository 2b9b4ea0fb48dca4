import type { Document } from "../model.ts";
import { notThereYet } from "./restored.ts";
import { fail, plan, type Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { Sendings } from "./sendings.ts";
import type { Unit } from "./unit.ts";

function* inBatches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** The units of a batch, each once. */
function unitsOf<D extends Document>(work: readonly Work<D>[]): Unit<D>[] {
  return [...new Set(work.map(({ unit }) => unit))];
}

/** Sends read steps; their answers are in `seen` afterwards. Returns what is to do next. */
export async function sendReads<D extends Document>(run: FlowRun<D>, reads: readonly Work<D>[]): Promise<Work<D>[]> {
  const { target } = run.context.flow;
  for (const batch of inBatches(reads, target.batch)) {
    const results = await target.send(batch.map(({ step }) => step));
    for (const [index, { unit, step }] of batch.entries()) {
      const result = results[index];
      if (!result) throw new Error(`${target.system} gave no answer for ${step.name}`);
      if (result.outcome === "failed") fail(run, unit, result.error, result.calls);
      else {
        unit.seen[step.name] = result.seen ?? null;
        unit.reads.add(step.name);
      }
    }
  }
  return unitsOf(reads).flatMap((unit) => plan(run, unit));
}

/**
 * Sends write steps in batches, intents first; the last ones may be on their way afterwards. What is given back waits for them,
 * and says what is to do next.
 */
export async function sendWrites<D extends Document>(
  run: FlowRun<D>,
  given: readonly Work<D>[],
): Promise<() => Promise<Work<D>[]>> {
  const writes = await notThereYet(run, given);
  // What was found is settled at once, while its line can still say so.
  const open = new Set(unitsOf(writes));
  const following = unitsOf(given).flatMap((unit) => (open.has(unit) ? [] : plan(run, unit)));
  const outstanding = new Map<Unit<D>, number>();
  for (const { unit } of writes) outstanding.set(unit, (outstanding.get(unit) ?? 0) + 1);
  const sendings = new Sendings(run, (batch) => {
    for (const { unit } of batch) outstanding.set(unit, (outstanding.get(unit) ?? 1) - 1);
    for (const unit of unitsOf(batch)) if (outstanding.get(unit) === 0) following.push(...plan(run, unit));
  });
  for (const batch of inBatches(writes, run.context.flow.target.batch)) await sendings.add(batch);
  return async () => {
    await sendings.end();
    return following;
  };
}
