import type { Document } from "../model.ts";
import { type Answer, answerTo, takeAnswer } from "./answers.ts";
import { closeIntent, withIntents } from "./intents.ts";
import type { Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";

/** A batch on its way to the target. */
interface Sending<D extends Document> {
  batch: readonly Work<D>[];
  /** Those of it that were sent. */
  sent: readonly Work<D>[];
  answer: Promise<Answer>;
}

/**
 * Batches on their way, as many at once as the target takes. Meanwhile the next one is made ready, and those that came back are
 * taken in.
 */
export class Sendings<D extends Document> {
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
