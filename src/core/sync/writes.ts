import { MlcError, NotSentError, RejectedError, UnknownOutcomeError } from "../errors.ts";
import type { Document } from "../model.ts";
import type { StepResult } from "../ports.ts";
import { fieldHashes, payloadHash } from "../steps.ts";
import { lookUpUnclear } from "./look-up.ts";
import { notThereYet } from "./restored.ts";
import { fail, logResult, plan, type Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { nameOf, resultLine, type Unit } from "./unit.ts";

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

/** A batch on its way to the target. */
interface Sending<D extends Document> {
  batch: readonly Work<D>[];
  /** Those of it that were sent. */
  sent: readonly Work<D>[];
  answer: Promise<Answer>;
}

/** What the target said of a batch as a whole; it never rejects, since it is waited for later. */
type Answer = { results: readonly StepResult[] } | { error: unknown };

/**
 * Batches on their way, as many at once as the target takes. Meanwhile the next one is made ready, and those that came back are
 * taken in.
 */
class Sendings<D extends Document> {
  readonly #run: FlowRun<D>;
  readonly #over: (batch: readonly Work<D>[]) => void;
  readonly #underway: Sending<D>[] = [];

  constructor(run: FlowRun<D>, over: (batch: readonly Work<D>[]) => void) {
    this.#run = run;
    this.#over = over;
  }

  /** Sends a batch, once there is room for it; what stops the flow is thrown when all that was on its way is taken in. */
  async add(batch: readonly Work<D>[]): Promise<void> {
    const run = this.#run;
    const { signal, flow } = run.context;
    if (signal.aborted || !this.#underway.every((before) => mayGoAhead(before, batch))) await this.end();
    signal.throwIfAborted();
    const ready = await withIntents(run, batch).catch((error: unknown) => this.#stop(error));
    const isFull = this.#underway.length >= (flow.target.atOnce ?? 1);
    if (isFull && (!(await this.#isWell()) || signal.aborted)) await this.#endBefore(ready);
    const before = isFull ? this.#underway.shift() : undefined;
    this.#underway.push({ batch, sent: ready, answer: answerTo(run, ready) });
    if (before) await this.#take(before).catch((error: unknown) => this.#stop(error));
  }

  /** Takes in all that is on its way. Throws the first error. */
  async end(): Promise<void> {
    const errors: unknown[] = [];
    for (let next = this.#underway.shift(); next; next = this.#underway.shift())
      await this.#take(next).catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }

  async #isWell(): Promise<boolean> {
    const answer = await this.#underway[0]?.answer;
    return answer !== undefined && isAllDone(answer);
  }

  /** What stops the flow stops what was about to go. */
  async #endBefore(ready: readonly Work<D>[]): Promise<void> {
    try {
      await this.end();
      this.#run.context.signal.throwIfAborted();
    } catch (error) {
      for (const work of ready) closeIntent(this.#run, work);
      throw error;
    }
  }

  async #stop(error: unknown): Promise<never> {
    await this.end().catch(() => undefined);
    throw error;
  }

  async #take({ batch, sent, answer }: Sending<D>): Promise<void> {
    await takeAnswer(this.#run, sent, await answer);
    this.#over(batch);
  }
}

/**
 * Whether intents of a batch may be written before the one in front of it has come back: only of what may be sent again, or a
 * crash in between would leave what nobody can tell of, and not of a document that stands in both.
 */
function mayGoAhead<D extends Document>({ batch }: Sending<D>, next: readonly Work<D>[]): boolean {
  const units = new Set(batch.map(({ unit }) => unit));
  return next.every(({ unit, step }) => step.repeatable && !units.has(unit));
}

function isAllDone(answer: Answer): boolean {
  return "results" in answer && answer.results.every(({ outcome }) => outcome === "done");
}

/** The part of a batch that may be sent, with its intents on disk. */
async function withIntents<D extends Document>(run: FlowRun<D>, given: readonly Work<D>[]): Promise<Work<D>[]> {
  const batch = await withoutCollisions(
    run,
    given.filter(({ unit }) => !unit.isOver),
  );
  if (batch.length > 0) await logIntents(run, batch);
  return batch;
}

async function answerTo<D extends Document>(run: FlowRun<D>, batch: readonly Work<D>[]): Promise<Answer> {
  const { flow, failpoint } = run.context;
  try {
    if (batch.length === 0) return { results: [] };
    failpoint("send.before");
    const results = await flow.target.send(batch.map(({ step }) => step));
    failpoint("send.after");
    return { results };
  } catch (error) {
    return { error };
  }
}

/** A batch refused whole is halved until the bad record stands alone. */
async function takeAnswer<D extends Document>(
  run: FlowRun<D>,
  batch: readonly Work<D>[],
  answer: Answer,
): Promise<void> {
  if (batch.length === 0) return;
  if ("error" in answer) await onWholeBatch(run, batch, answer.error);
  else await takeResults(run, batch, answer.results);
}

async function sendAlone<D extends Document>(run: FlowRun<D>, given: readonly Work<D>[]): Promise<void> {
  const batch = await withIntents(run, given);
  await takeAnswer(run, batch, await answerTo(run, batch));
}

/** The writes whose natural key no other document holds; the others are set aside. */
export async function withoutCollisions<D extends Document>(
  run: FlowRun<D>,
  batch: readonly Work<D>[],
): Promise<Work<D>[]> {
  const free: Work<D>[] = [];
  /** Documents of this very batch, which the store does not know yet, by natural key. */
  const ahead = new Map<string, string>();
  for (const work of batch) {
    const { unit, step } = work;
    const { naturalKey } = step;
    const isMade = step.action === "create";
    const holder = isMade ? (ahead.get(naturalKey) ?? (await run.context.store.holder(naturalKey))) : undefined;
    if (holder === undefined || holder === unit.key) free.push(work);
    else fail(run, unit, collision(run, work, holder));
    if (isMade && holder === undefined) ahead.set(naturalKey, unit.key);
  }
  return free;
}

function collision<D extends Document>(run: FlowRun<D>, { unit, step }: Work<D>, holder: string): RejectedError {
  const { system } = run.context.flow.target;
  return new RejectedError(
    `${system} ${unit.document.number}: the key ${step.naturalKey} is already held by ${holder}`,
    {
      system,
      document: unit.document.number,
      hint: `Rename one of the two documents, or set another key template before the first order is sent.`,
    },
  );
}

/** Writes down what is about to be sent, or what an earlier run may have sent. */
export async function logIntents<D extends Document>(
  run: FlowRun<D>,
  batch: readonly Work<D>[],
  unsent?: true,
): Promise<void> {
  await run.context.assertHeld();
  for (const work of batch) {
    const { unit, step } = work;
    work.payload = payloadHash(step);
    run.log({
      kind: "intent",
      ...run.base,
      key: unit.key,
      document: unit.document.number,
      record: nameOf(unit.record),
      step: step.name,
      action: step.action,
      naturalKey: step.naturalKey,
      repeatable: step.repeatable,
      ...(unsent ? { unsent } : {}),
      payload: work.payload,
      hashes: fieldHashes(step),
      ...(step.memo === undefined || step.repeatable ? {} : { memo: step.memo }),
    });
  }
  run.context.failpoint("intent.before");
  await run.flush();
  run.context.failpoint("intent.after");
}

/** Nothing happened at the target: the intent is over. */
export function closeIntent<D extends Document>(run: FlowRun<D>, { unit, step, payload }: Work<Document>): void {
  run.log(resultLine(run, unit, step, { calls: [], ...(payload === undefined ? {} : { payload }) }));
}

async function onWholeBatch<D extends Document>(
  run: FlowRun<D>,
  batch: readonly Work<D>[],
  error: unknown,
): Promise<void> {
  const calls = error instanceof MlcError ? (error.context.calls ?? []) : [];
  if (error instanceof RejectedError && batch.length > 1) {
    for (const work of batch) closeIntent(run, work);
    const middle = Math.ceil(batch.length / 2);
    await sendAlone(run, batch.slice(0, middle));
    await sendAlone(run, batch.slice(middle));
    return;
  }
  if (error instanceof UnknownOutcomeError) {
    return lookUpUnclear(
      run,
      batch,
      batch.map(() => error),
    );
  }
  const { disposition } = error instanceof MlcError ? error : { disposition: "stopRun" };
  if (disposition === "setAside" || disposition === "wait") {
    for (const work of batch) refuse(run, work, error, calls);
    return;
  }
  if (provesNothingHappened(error)) for (const work of batch) closeIntent(run, work);
  await run.flush();
  throw error;
}

/** A refused credential or a request that never left; an interruption or an outage may have come after the write. */
function provesNothingHappened(error: unknown): boolean {
  return error instanceof NotSentError || (error instanceof MlcError && error.disposition === "stopSystem");
}

function refuse<D extends Document>(run: FlowRun<D>, work: Work<D>, error: unknown, calls: StepResult["calls"]): void {
  closeIntent(run, work);
  if (!work.unit.isOver) fail(run, work.unit, error, calls);
}

async function takeResults<D extends Document>(
  run: FlowRun<D>,
  batch: readonly Work<D>[],
  results: readonly StepResult[],
): Promise<void> {
  const unclear: Work<D>[] = [];
  const lost: UnknownOutcomeError[] = [];
  let stop: unknown;
  run.context.failpoint("result.before");
  for (const [index, work] of batch.entries()) {
    const result = results[index];
    if (!result) throw new Error(`${run.context.flow.target.system} gave no answer for ${work.step.name}`);
    if (result.outcome === "done") takeDone(run, work, result);
    else if (result.error instanceof UnknownOutcomeError) {
      unclear.push(work);
      lost.push(result.error);
    } else {
      const error = takeFailure(run, work, result);
      // What was not asked any more says nothing; the error that stopped it does.
      if (stop === undefined || stop instanceof NotSentError) stop = error ?? stop;
    }
  }
  if (unclear.length > 0) await lookUpUnclear(run, unclear, lost);
  if (stop !== undefined) {
    await run.flush();
    throw stop;
  }
}

function takeDone<D extends Document>(
  run: FlowRun<D>,
  { unit, step, payload }: Work<D>,
  result: StepResult & { outcome: "done" },
): void {
  const { calls, target, memo, remark, seen } = result;
  if (seen !== undefined) unit.seen[step.name] = seen;
  logResult(run, unit, step, {
    calls,
    ...(payload === undefined ? {} : { payload }),
    ...(target === undefined ? {} : { target }),
    ...(memo === undefined ? {} : { memo }),
    ...(remark === undefined ? {} : { remark }),
  });
}

/** Returns the error when it has to stop the flow after the batch is on record. */
function takeFailure<D extends Document>(
  run: FlowRun<D>,
  work: Work<D>,
  result: StepResult & { outcome: "failed" },
): unknown {
  const { error, calls } = result;
  const disposition = error instanceof MlcError ? error.disposition : "setAside";
  if (disposition === "setAside" || disposition === "wait") {
    refuse(run, work, error, calls);
    return undefined;
  }
  if (provesNothingHappened(error)) closeIntent(run, work);
  work.unit.isOver = true;
  return error;
}
