import type { Timeline } from "./timeline.ts";

const hour = 3_600_000;
/** When work begins, in UTC. */
const opensAt = 15;

/** What people plan to do, and chance, by a seed. */
export class Diary {
  readonly #time: Timeline;
  readonly #random: () => number;
  #isClosed = false;

  constructor(time: Timeline, random: () => number) {
    this.#time = time;
    this.#random = random;
  }

  now(): number {
    return this.#time.now();
  }

  /** Nothing that is still planned happens. */
  close(): void {
    this.#isClosed = true;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  /** A whole number from the first to below the second. */
  between(from: number, to: number): number {
    return Math.floor(from + this.#random() * (to - from));
  }

  among<T>(items: readonly T[]): T {
    const item = items[this.between(0, items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  }

  at(instant: number, happen: () => void): void {
    this.#time.at(instant, () => {
      if (!this.#isClosed) happen();
    });
  }

  /** Some time between the two from now on; what falls into the night, in the morning. */
  later(from: number, to: number, happen: () => void): void {
    const at = this.now() + this.between(from, to);
    const timeOfDay = (at % (24 * hour)) / hour;
    this.at(at + Math.max(0, opensAt - timeOfDay) * hour, happen);
  }
}
