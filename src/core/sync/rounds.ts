import type { Call, Step } from "../delivery.ts";
import { MlcError, NotYetError } from "../errors.ts";
import type { Hash } from "../json.ts";
import type { Document } from "../model.ts";
import { withResult } from "../state/fold.ts";
import { changedFields, fieldHashes, withHashes } from "../steps.ts";
import { type FlowRun, versionOf } from "./run.ts";
import { isRecorded, remaining, resultLine, setAside, successOf, takeBack, type Unit } from "./unit.ts";

/** A step with the unit it belongs to. */
export interface Work<D extends Document> {
  unit: Unit<D>;
  step: Step;
  /** Of the payload, once the intent has told it. */
  payload?: Hash;
}

/** What is to do now for a unit; settles it when that is nothing. */
export function plan<D extends Document>(run: FlowRun<D>, unit: Unit<D>): Work<D>[] {
  if (unit.isOver) return [];
  try {
    const steps = remaining(run, unit);
    const remote = steps.filter((step) => !isRecorded(step));
    if (remote.length > 0 && isDrift(run, unit) && !remote.some(({ isOwed }) => isOwed))
      return driftOf(run, unit, remote);
    for (const step of steps) if (isRecorded(step)) record(run, unit, step);
    if (remote.length === 0) finish(run, unit);
    else if (!admit(run, unit)) leave(run, unit);
    else return workOf(run, unit, remote);
  } catch (error) {
    fail(run, unit, error);
  }
  return [];
}

/** Reads go first and alone: what they return may change what is to be written. */
function workOf<D extends Document>(run: FlowRun<D>, unit: Unit<D>, steps: readonly Step[]): Work<D>[] {
  const reads = steps.filter((step) => step.action === "read");
  if (run.dryRun && reads.length === 0) tell(run, unit, steps);
  else return (reads.length > 0 ? reads : steps).map((step) => ({ unit, step: withHashes(step) }));
  return [];
}

/** Ends a unit by an error that concerns it alone; throws every other one. */
export function fail<D extends Document>(
  run: FlowRun<D>,
  unit: Unit<D>,
  error: unknown,
  calls: readonly Call[] = [],
): void {
  const disposition = error instanceof MlcError ? error.disposition : "setAside";
  const outcome = ({ setAside: "dead", unknown: "unknown", wait: "waiting" } as const)[disposition as "setAside"];
  if (outcome === undefined) throw error;
  unit.isOver = true;
  const { number, personal } = unit.document;
  unit.outcomes.add(setAside(run, { ...unit, document: number, personal }, outcome, error, calls));
}

/** Settled before at this very version, and yet there is something to do: mapping, tables or products changed. */
function isDrift<D extends Document>(run: FlowRun<D>, unit: Unit<D>): boolean {
  const { options, store } = run.context;
  // What a replay of it left waiting is owed.
  const isAside = store.state.asides[unit.record.id] !== undefined;
  return unit.wasSettled && !isAside && !unit.isForced && !options.resend && unit.outcomes.size === 0;
}

function driftOf<D extends Document>(run: FlowRun<D>, unit: Unit<D>, steps: readonly Step[]): Work<D>[] {
  unit.isOver = true;
  run.counts.drift += 1;
  if (run.dryRun) announce(run, unit, steps, true);
  return [];
}

function announce<D extends Document>(run: FlowRun<D>, unit: Unit<D>, steps: readonly Step[], isDrift = false): void {
  const { observer } = run.context;
  if (!observer.planned) return;
  for (const step of steps) {
    const { key, document, delivery } = unit;
    const fields = changedFields(step.prepares ? { payload: null, ...step.prepares } : step, delivery);
    const planned = { key, document: document.number, step, fields };
    observer.planned(isDrift ? { ...planned, isDrift } : planned);
  }
}

/** A dry run's end of a unit: says what would be sent and counts it as if it were. */
function tell<D extends Document>(run: FlowRun<D>, unit: Unit<D>, steps: readonly Step[]): void {
  announce(run, unit, steps);
  for (const step of steps) unit.outcomes.add(successOf(step));
  unit.isOver = true;
  count(run, unit);
}

/** Writes down a step that goes nowhere. */
function record<D extends Document>(run: FlowRun<D>, unit: Unit<D>, step: Step): void {
  if (step.action === "wait") {
    unit.waiting = new NotYetError(step.remark ?? "what it depends on is not there yet", {
      document: unit.document.number,
      ...(step.isEndless ? { isEndless: true } : {}),
    });
    return;
  }
  logResult(run, unit, step, { calls: [] });
}

/** Logs a step as done and moves the unit's delivery accordingly. */
export function logResult<D extends Document>(
  run: FlowRun<D>,
  unit: Unit<Document>,
  step: Step,
  more: Parameters<typeof resultLine>[3],
): void {
  const outcome = successOf(step);
  const memo = step.memo || more.memo ? { memo: { ...step.memo, ...more.memo } } : {};
  const line = resultLine(run, unit, step, { outcome, ...more, ...memo });
  const at = run.context.clock.now().toISOString();
  unit.delivery = withResult(unit.delivery, { ...line, at }, fieldHashes(step));
  unit.outcomes.add(outcome);
  unit.lastLine = line;
  run.log(line);
}

function admit<D extends Document>(run: FlowRun<D>, unit: Unit<D>): boolean {
  if (unit.isAdmitted) return true;
  if (run.left <= 0) return false;
  run.left -= 1;
  unit.isAdmitted = true;
  return true;
}

/** Not under this run's limit, and so its record is not settled by what else is in it. */
function leave<D extends Document>(run: FlowRun<D>, unit: Unit<D>): void {
  unit.isOver = true;
  run.unsettled.add(versionOf(unit.record));
}

/** Nothing is left to do: the record is settled at its version, or waits for what a step waits for. */
function finish<D extends Document>(run: FlowRun<D>, unit: Unit<D>): void {
  unit.isOver = true;
  // What waits is counted as that, and beside it only as what was done all the same.
  if (!unit.waiting || unit.outcomes.size > 0) count(run, unit);
  if (unit.waiting) {
    const { number, personal } = unit.document;
    setAside(run, { ...unit, document: number, personal }, "waiting", unit.waiting);
    return;
  }
  if (!unit.isLast) return;
  takeBack(run, unit, "settled");
  // What is left undone of it would be taken for drift.
  if (run.unsettled.has(versionOf(unit.record))) return;
  const { key, record, delivery, lastLine } = unit;
  if (run.context.flow.source.settled) run.settled.push({ id: record.id, version: record.version });
  const closes = isOver(run, unit);
  if (lastLine) {
    lastLine.settled = true;
    if (closes) lastLine.closed = true;
  } else if (!unit.wasSettled || (closes && !delivery.closed)) {
    if (Object.keys(delivery.steps).length === 0) return;
    run.log({
      kind: "seen",
      ...run.base,
      versions: [{ key, record: record.id, version: record.version }],
      closed: closes ? [key] : [],
    });
  }
}

/** Whether the delivery can be filed; one of several records that are followed is not over with one of them, and is filed by age. */
function isOver<D extends Document>(run: FlowRun<D>, { document, delivery, record }: Unit<D>): boolean {
  const isFollowed = run.context.flow.source.follows !== undefined;
  return document.final && (!isFollowed || Object.keys(delivery.versions).every((id) => id === record.id));
}

/** Counts a document once, by the most that happened to it. */
function count<D extends Document>(run: FlowRun<D>, unit: Unit<D>): void {
  const has = (...outcomes: Parameters<typeof unit.outcomes.has>) =>
    outcomes.some((outcome) => unit.outcomes.has(outcome));
  const { counts } = run;
  if (has("cancelled") || has("withdrawn")) counts.cancelled += 1;
  else if (has("created") || ((has("written") || has("posted")) && !unit.wasKnown)) counts.created += 1;
  else if (has("updated") || has("written") || has("posted")) counts.updated += 1;
  else if (has("skipped")) counts.skipped += 1;
  else counts.unchanged += 1;
}
