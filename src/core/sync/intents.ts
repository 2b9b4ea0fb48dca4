import { RejectedError } from "../errors.ts";
import type { Document } from "../model.ts";
import { fieldHashes, payloadHash } from "../steps.ts";
import { fail, type Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { resultLine } from "./unit.ts";

/** The part of a batch that may be sent, with its intents on disk. */
export async function withIntents<D extends Document>(run: FlowRun<D>, given: readonly Work<D>[]): Promise<Work<D>[]> {
  const batch = await withoutCollisions(
    run,
    given.filter(({ unit }) => !unit.isOver),
  );
  if (batch.length > 0) await logIntents(run, batch);
  return batch;
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
    const step = { ...work.step, text: JSON.stringify(work.step.payload) };
    const { unit } = work;
    work.step = step;
    work.payload = payloadHash(step);
    run.log({
      kind: "intent",
      ...run.base,
      key: unit.key,
      document: unit.document.number,
      record: unit.record,
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
