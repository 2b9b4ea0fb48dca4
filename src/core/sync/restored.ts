import type { Found } from "../delivery.ts";
import { NotYetError } from "../errors.ts";
import type { Document } from "../model.ts";
import type { Restored } from "../state/fold.ts";
import { logIntents, withoutCollisions } from "./intents.ts";
import { endUnknown, foreign, lookupOf } from "./look-up.ts";
import { fail, logResult, type Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";

type Present = Found & { state: "present" };

/**
 * The writes to send. After a restore the target is asked for each of them first, for a run that the backup knows nothing
 * of may have sent it: what is there is adopted, what is not ours or cannot be told is set aside.
 */
export async function notThereYet<D extends Document>(
  run: FlowRun<D>,
  writes: readonly Work<D>[],
): Promise<readonly Work<D>[]> {
  const doubtful = new Map<Work<D>, Restored>();
  for (const work of writes) {
    const restored = restoreOf(run, work);
    if (restored) doubtful.set(work, restored);
  }
  if (doubtful.size === 0) return writes;
  const asked = await withoutCollisions(run, [...doubtful.keys()]);
  const since = new Date(Math.min(...[...doubtful.values()].map((restored) => Date.parse(restored.since))));
  const founds = await run.context.flow.target.find(
    asked.map((work) => lookupOf(work, work.step.payload)),
    since,
  );
  const there = new Map<Work<D>, Present>();
  const untold: Work<D>[] = [];
  const missing = new Set<Work<D>>();
  for (const [index, work] of asked.entries()) {
    const found = founds[index] ?? { state: "absent" };
    if (found.state === "present") there.set(work, found);
    else if (found.state === "foreign") fail(run, work.unit, foreign(run, work, found.message));
    else if (isUntold(run, work, found)) untold.push(work);
    else if (isYoung(run, work, doubtful.get(work))) fail(run, work.unit, young(run, work));
    else missing.add(work);
  }
  await leaveUnknown(run, untold);
  await adopt(run, there, since);
  return writes.filter((work) => !work.unit.isOver && (!doubtful.has(work) || missing.has(work)));
}

/** Records that could not be taken up while the flow read past its restore stay in doubt when it has. */
function restoreOf<D extends Document>(run: FlowRun<D>, { unit }: Work<D>): Restored | undefined {
  const { restored, asides } = run.context.store.state;
  return restored ?? asides[unit.record.id]?.restored;
}

/** A write that would stand there twice. */
function isMaking({ step }: Work<Document>): boolean {
  return step.action === "create" || step.action === "post";
}

function isUntold<D extends Document>(run: FlowRun<D>, work: Work<D>, found: Found): boolean {
  const { yes, ending } = run.context.options;
  if (!isMaking(work) || yes || ending === "createAnyway") return false;
  return found.state === "unknown" || run.context.flow.target.settleMs === Number.POSITIVE_INFINITY;
}

/** The last write before the restore may not be visible yet. */
function isYoung<D extends Document>(run: FlowRun<D>, work: Work<D>, restored: Restored | undefined): boolean {
  const { settleMs } = run.context.flow.target;
  const ageMs = run.context.clock.now().getTime() - Date.parse(restored?.at ?? "");
  return isMaking(work) && settleMs !== Number.POSITIVE_INFINITY && ageMs < settleMs;
}

function young<D extends Document>(run: FlowRun<D>, { unit, step }: Work<D>): NotYetError {
  const { system } = run.context.flow.target;
  const { number } = unit.document;
  const message = `${system} ${number}: ${step.naturalKey} may have been sent before the restore and not be visible yet`;
  return new NotYetError(message, { system, document: number });
}

/** Logs writes as done that are there already; where a document's values are not today's, they are still to be sent. */
async function adopt<D extends Document>(
  run: FlowRun<D>,
  there: ReadonlyMap<Work<D>, Present>,
  since: Date,
): Promise<void> {
  const made = [...there].filter(([{ step }]) => step.action === "create");
  const lookups = made.map(([work, { memo }]) => {
    const lookup = lookupOf(work, work.step.payload);
    return { ...lookup, action: "update" as const, memo: { ...lookup.memo, ...memo } };
  });
  const shown = lookups.length === 0 ? [] : await run.context.flow.target.find(lookups, since);
  const differing = new Set(made.flatMap(([work], index) => (shown[index]?.state === "present" ? [] : [work])));
  for (const [work, { target, memo }] of there) {
    logResult(run, work.unit, work.step, {
      calls: [],
      target,
      remark: "found there after a restore",
      ...(memo === undefined ? {} : { memo }),
      ...(differing.has(work) ? { hashes: {} } : {}),
    });
  }
}

/** Only a person can tell whether these were sent. */
async function leaveUnknown<D extends Document>(run: FlowRun<D>, untold: readonly Work<D>[]): Promise<void> {
  if (untold.length === 0) return;
  await logIntents(run, untold, true);
  const { system } = run.context.flow.target;
  const reason = `the restored backup knows nothing of it, and ${system} cannot tell`;
  for (const work of untold) if (!work.unit.isOver) endUnknown(run, work, reason);
}
