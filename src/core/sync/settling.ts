import type { Document } from "../model.ts";
import { notThereYet } from "./restored.ts";
import { fail, plan, type Work } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { Sendings } from "./sendings.ts";
import type { Unit } from "./unit.ts";

/** Rounds after which a document that never settles is taken for a bug. */
const maxRounds = 40;

/** What is left of a unit's round. */
interface Round {
  number: number;
  /** Steps that are not back yet. */
  left: number;
}

/** Something that is done once all units before it are settled. */
interface Mark<D extends Document> {
  units: readonly Unit<D>[];
  ended(): void;
}

/**
 * Asks of each unit what is to do and has it done, until nothing is left or the unit is set aside. While batches are on their way
 * to the target, the units behind them are asked. Once an error has stopped it, nothing more is sent or marked as done.
 */
export class Settling<D extends Document> {
  readonly #run: FlowRun<D>;
  readonly #sendings: Sendings<D>;
  readonly #open = new Map<Unit<D>, Round>();
  readonly #reads: Work<D>[] = [];
  readonly #writes: Work<D>[] = [];
  readonly #marks: Mark<D>[] = [];

  constructor(run: FlowRun<D>) {
    this.#run = run;
    this.#sendings = new Sendings(run, (work) => this.#back(work));
  }

  /** Asks units and sends what makes whole batches; where these make none, nothing waits for more. */
  add(units: Iterable<Unit<D>>): Promise<void> {
    return this.#orStop(async () => {
      let isSending = false;
      for (const unit of units) {
        this.#ask(unit, 1);
        if (!this.#holds(this.#batch)) continue;
        await this.#send(this.#batch);
        isSending = true;
      }
      if (!isSending) await this.#end();
    });
  }

  /** Has something done when all that was added up to now is settled. */
  mark(ended: () => void): void {
    this.#marks.push({ units: [...this.#open.keys()], ended });
    this.#endMarks();
  }

  /** Settles all that was added, and has it on disk. */
  end(): Promise<void> {
    return this.#orStop(() => this.#end());
  }

  async #end(): Promise<void> {
    while (this.#open.size > 0) {
      await this.#send(1);
      await this.#sendings.end();
      this.#endMarks();
    }
    this.#run.context.observer.progress?.(this.#run.counts);
    await this.#run.flush();
  }

  get #batch(): number {
    return this.#run.context.flow.target.batch;
  }

  /** Whether so much has come together. */
  #holds(least: number): boolean {
    return this.#reads.length >= least || this.#writes.length >= least;
  }

  /** Sends what has come together, down to less than so much. */
  async #send(least: number): Promise<void> {
    while (this.#holds(least)) {
      if (this.#reads.length >= least) await this.#read(this.#reads.splice(0, this.#batch));
      else await this.#write(this.#writes.splice(0, this.#batch));
      this.#endMarks();
    }
  }

  /** The answers are in `seen` afterwards. */
  async #read(batch: readonly Work<D>[]): Promise<void> {
    const { signal, flow } = this.#run.context;
    signal.throwIfAborted();
    const { target } = flow;
    const results = await target.send(batch.map(({ step }) => step));
    for (const [index, { unit, step }] of batch.entries()) {
      const result = results[index];
      if (!result) throw new Error(`${target.system} gave no answer for ${step.name}`);
      if (result.outcome === "failed") fail(this.#run, unit, result.error, result.calls);
      else {
        unit.seen[step.name] = result.seen ?? null;
        unit.reads.add(step.name);
      }
    }
    this.#back(batch);
  }

  async #write(batch: readonly Work<D>[]): Promise<void> {
    const missing = new Set(await notThereYet(this.#run, batch));
    // What was found is settled at once, while its line can still say so.
    this.#back(batch.filter((work) => !missing.has(work)));
    if (missing.size > 0) await this.#sendings.add([...missing]);
    if (batch.every(({ step }) => step.repeatable)) return;
    // Of what may not be sent twice, what it came to is on disk before anything else is asked.
    await this.#sendings.end();
    await this.#run.flush();
  }

  /** Asks the units again of which all steps are back. */
  #back(batch: readonly Work<D>[]): void {
    for (const { unit } of batch) {
      const round = this.#open.get(unit);
      if (!round) continue;
      round.left -= 1;
      if (round.left === 0) this.#ask(unit, round.number + 1);
    }
    this.#run.context.observer.progress?.(this.#run.counts);
  }

  /** Reads go first and alone, so that a unit's steps are all of one kind. */
  #ask(unit: Unit<D>, number: number): void {
    const work = plan(this.#run, unit);
    if (work.length === 0) {
      this.#open.delete(unit);
      return;
    }
    if (number > maxRounds)
      throw new Error(`${unit.key} does not settle: ${work.map(({ step }) => step.name).join(", ")}`);
    this.#open.set(unit, { number, left: work.length });
    (work[0]?.step.action === "read" ? this.#reads : this.#writes).push(...work);
  }

  #endMarks(): void {
    for (let [mark] = this.#marks; mark?.units.every((unit) => !this.#open.has(unit)); [mark] = this.#marks) {
      this.#marks.shift();
      mark.ended();
    }
  }

  /** What stops the flow is thrown when all that is on its way has been taken in. */
  async #orStop(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.#sendings.end().catch(() => undefined);
      this.#open.clear();
      throw error;
    }
  }
}
