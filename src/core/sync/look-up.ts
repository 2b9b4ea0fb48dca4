import type { Found, Lookup, Step } from "../delivery.ts";
import { NotYetError, RejectedError, UnavailableError, UnknownOutcomeError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Document } from "../model.ts";
import type { OpenIntent } from "../state/fold.ts";
import { payloadHash } from "../steps.ts";
import { closeIntent } from "./intents.ts";
import { fail, logResult, type Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { remaining, type Unit } from "./unit.ts";

/** Sends after which a step that stays unclear stops the flow. */
const maxUnclear = 3;

/** What `find` is asked of a step. Pure. */
export function lookupOf({ unit, step }: Work<Document>, payload: Json | undefined): Lookup {
  const { name, action, naturalKey } = step;
  return { name, action, naturalKey, memo: unit.delivery.memo, ...(payload === undefined ? {} : { payload }) };
}

/**
 * Looks up writes whose answer was lost a moment ago. One that is still not there after some tries stops the flow, but for
 * one whose error is caused by a refusal: the look-up proves that the system is well, so it is this record's fault.
 */
export async function lookUpUnclear<D extends Document>(
  run: FlowRun<D>,
  work: readonly Work<D>[],
  errors: readonly UnknownOutcomeError[],
): Promise<void> {
  await run.flush();
  const since = new Date(run.context.clock.now().getTime() - 3_600_000);
  const founds = await run.context.flow.target.find(
    work.map((one) => lookupOf(one, one.step.payload)),
    since,
  );
  for (const [index, one] of work.entries()) {
    const tries = (one.unit.unclear.get(one.step.name) ?? 0) + 1;
    one.unit.unclear.set(one.step.name, tries);
    const error = errors[index];
    if (founds[index]?.state === "absent" && tries >= maxUnclear) {
      if (error?.cause instanceof RejectedError) {
        closeIntent(run, one);
        fail(run, one.unit, error.cause, error.context.calls);
        continue;
      }
      throw new UnavailableError(
        `${run.context.flow.target.system}: the answer was lost ${tries} times, last ${error?.message}`,
        { cause: error },
      );
    }
    if (founds[index]?.state === "absent") forgetReads(one.unit);
    take(run, one, founds[index], 0);
  }
}

/** What was read before a write that did not happen may not hold any more. */
function forgetReads<D extends Document>({ seen, reads }: Unit<D>): void {
  for (const name of reads) delete seen[name];
  reads.clear();
}

/** A write of an earlier run whose outcome is not known. */
interface OpenWork extends Work<Document> {
  intent: OpenIntent;
}

/** Looks up what earlier runs sent without learning the outcome, before `next` is asked. */
export async function recover<D extends Document>(run: FlowRun<D>, units: readonly Unit<D>[]): Promise<void> {
  const intents = openIntents(run);
  const open = units.flatMap((unit) =>
    (intents.get(unit.key) ?? []).map((intent) => ({ unit, intent, step: stepOf(run, unit, intent) })),
  );
  await conclude(run, open);
}

/** The same for a document whose source record is gone. */
export async function recoverGone<D extends Document>(run: FlowRun<D>, unit: Unit<Document>): Promise<void> {
  await conclude(
    run,
    (openIntents(run).get(unit.key) ?? []).map((intent) => ({ unit, intent, step: bareStep(intent) })),
  );
}

async function conclude<D extends Document>(run: FlowRun<D>, open: readonly OpenWork[]): Promise<void> {
  if (open.length === 0 || run.dryRun) return;
  const since = new Date(Math.min(...open.map(({ intent }) => Date.parse(intent.at))));
  const lookups = open.map((work) => ({
    ...lookupOf(work, payloadHash(work.step) === work.intent.payload ? work.step.payload : undefined),
    hashes: work.intent.hashes,
  }));
  const founds = await run.context.flow.target.find(lookups, since);
  const now = run.context.clock.now().getTime();
  for (const [index, work] of open.entries()) {
    if (!work.unit.isOver) take(run, work, founds[index], now - Date.parse(work.intent.at), work.intent);
  }
  await run.flush();
}

/** Open intents, by the delivery's key. */
function openIntents<D extends Document>(run: FlowRun<D>): Map<string, OpenIntent[]> {
  const byKey = new Map<string, OpenIntent[]>();
  for (const intent of Object.values(run.context.store.state.intents))
    byKey.set(intent.key, [...(byKey.get(intent.key) ?? []), intent]);
  return byKey;
}

/** The step as `next` would do it now, else what is left of it in the intent. */
function stepOf<D extends Document>(run: FlowRun<D>, unit: Unit<D>, intent: OpenIntent): Step {
  try {
    const now = remaining(run, unit).find((step) => step.name === intent.step && step.naturalKey === intent.naturalKey);
    return now ?? bareStep(intent);
  } catch {
    // The record cannot be translated any more; the look-up needs only the natural key, and `next` will say why it fails.
    return bareStep(intent);
  }
}

function bareStep({ step, action, naturalKey, repeatable }: OpenIntent): Step {
  return { name: step, action, naturalKey, payload: null, repeatable };
}

/** Draws the conclusion from what a look-up found. `ageMs` is how long ago the write was sent. */
function take<D extends Document>(
  run: FlowRun<D>,
  work: Work<D>,
  found: Found | undefined,
  ageMs: number,
  intent?: OpenIntent,
): void {
  const { unit, step } = work;
  const { system, settleMs } = run.context.flow.target;
  const about = { system, document: unit.document.number };
  if (!found) throw new Error(`${system} gave no answer for ${step.name}`);
  switch (found.state) {
    case "present":
      logResult(run, unit, step, {
        calls: [],
        target: found.target,
        remark: found.remark ?? "found there after its answer was lost",
        ...(found.memo || intent?.memo ? { memo: { ...intent?.memo, ...found.memo } } : {}),
        ...(intent === undefined ? {} : { hashes: intent.hashes }),
      });
      return;
    case "foreign":
      closeIntent(run, work);
      fail(run, unit, foreign(run, work, found.message));
      return;
    case "absent":
      if (ageMs >= settleMs || step.repeatable) closeIntent(run, work);
      else if (settleMs === Number.POSITIVE_INFINITY || run.context.options.ending)
        endUnknown(run, work, "nothing was found there, which proves nothing", intent);
      else
        fail(
          run,
          unit,
          new NotYetError(
            `${system} ${unit.document.number}: ${step.naturalKey} was sent, its answer was lost, and it may not be visible yet`,
            about,
          ),
        );
      return;
    case "unknown":
      endUnknown(run, work, found.message, intent);
  }
}

/** The error of a document that has our number and is not what we sent. */
export function foreign<D extends Document>(
  run: FlowRun<D>,
  { unit, step }: Work<Document>,
  message: string,
): RejectedError {
  const { system } = run.context.flow.target;
  const { number } = unit.document;
  return new RejectedError(
    `${system} ${number}: a document with our number ${step.naturalKey} is not ours: ${message}`,
    { system, document: number },
  );
}

/** What nobody can tell stays unknown, unless a person said how it ends. */
export function endUnknown<D extends Document>(
  run: FlowRun<D>,
  work: Work<Document>,
  reason: string,
  intent?: OpenIntent,
): void {
  const { unit, step } = work;
  const { ending, yes } = run.context.options;
  const { system } = run.context.flow.target;
  if (ending === "createAnyway" || (intent?.unsent && yes && !ending)) closeIntent(run, work);
  else if (ending) logResult(run, unit, step, { calls: [], target: ending.adopt, remark: "adopted by a person" });
  else fail(run, unit, unknownOutcome());

  function unknownOutcome(): UnknownOutcomeError {
    return new UnknownOutcomeError(
      `${system} ${unit.document.number}: ${step.naturalKey} may have been taken: ${reason}`,
      {
        system,
        document: unit.document.number,
        hint: "Look in the target system, then run `mlc replay <id>` with --adopt <number>, --create-anyway or --drop.",
      },
    );
  }
}

/**
 * A replayed delivery: what stands there is sent again where that is an update, what is proven gone is made again, and
 * what was only recorded is thought over.
 */
export async function reopen<D extends Document>(run: FlowRun<D>, unit: Unit<D>): Promise<void> {
  const { target } = run.context.flow;
  const remote = Object.entries(unit.delivery.steps).filter(([, state]) => !state.recorded);
  const lookups = remote.map(
    ([name, state]): Lookup => ({ name, action: "create", naturalKey: state.naturalKey, memo: unit.delivery.memo }),
  );
  const founds = lookups.length === 0 ? [] : await target.find(lookups, new Date(0));
  const settledBefore = run.context.clock.now().getTime() - target.settleMs;
  const standing = remote.filter(
    ([, state], index) => founds[index]?.state !== "absent" || Date.parse(state.at) > settledBefore,
  );
  const bare = Object.fromEntries(standing.map(([name, state]) => [name, { ...state, fields: {} }]));
  const again = remaining(run, { ...unit, delivery: { ...unit.delivery, steps: bare } });
  const isMadeAnew = (name: string) => again.some((step) => step.name === name && step.action === "create");
  const steps = Object.fromEntries(
    standing.map(([name, state]) => [name, !isMadeAnew(name) ? { ...state, fields: {} } : state]),
  );
  unit.delivery = { ...unit.delivery, steps };
}
