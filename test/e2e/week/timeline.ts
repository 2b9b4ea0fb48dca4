/** Simulated time in which things are due; whoever moves it on lets them happen. */
export class Timeline {
  readonly #clock: { now(): Date; advance(ms: number): void };
  /** The next one last. */
  readonly #due: { at: number; happen: () => void }[] = [];

  constructor(clock: { now(): Date; advance(ms: number): void }) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now().getTime();
  }

  /** Lets something happen at an instant, or with the next move when that is past. */
  at(instant: number, happen: () => void): void {
    let [low, high] = [0, this.#due.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#due[middle]?.at ?? 0) > instant) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, { at: instant, happen });
  }

  /** Moves on to an instant, and through all that is due until then; never back. */
  moveTo(instant: number): void {
    for (let next = this.#due.at(-1); next && next.at <= instant; next = this.#due.at(-1)) {
      this.#due.pop();
      this.#clock.advance(Math.max(0, next.at - this.now()));
      next.happen();
    }
    this.#clock.advance(Math.max(0, instant - this.now()));
  }
}
