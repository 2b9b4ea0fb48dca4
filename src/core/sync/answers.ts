import type { StepResult } from "../delivery.ts";
import { MlcError, NotSentError, RejectedError, UnknownOutcomeError } from "../errors.ts";
import type { Document } from "../model.ts";
import { closeIntent, withIntents } from "./intents.ts";
import { lookUpUnclear } from "./look-up.ts";
import { fail, logResult, type Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";

/** What the target said of a batch as a whole; it never rejects, since it is waited for later. */
export type Answer = { results: readonly StepResult[] } | { error: unknown };

/** Sends a batch. */
export async function answerTo<D extends Document>(run: FlowRun<D>, batch: readonly Work<D>[]): Promise<Answer> {
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

/** Records what came of a batch. One refused whole is halved until the bad record stands alone. Throws what stops the flow. */
export async function takeAnswer<D extends Document>(
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
