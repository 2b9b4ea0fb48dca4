/** The limits of the API: a window of ten seconds a project, and quotas that end at midnight GMT (FedEx, 1.3). */

/** Which of the two kinds of 429 a call meets. */
export type Throttle = "burst" | "daily";

const windowMs = 10_000;

/** A project's window of ten seconds, which opens with the first call. */
export class ProjectWindow {
  readonly #limit: number;
  #opened = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a call; false when the window is used up. */
  take(now: Date): boolean {
    if (now.getTime() >= this.#opened + windowMs) {
      this.#opened = now.getTime();
      this.#used = 0;
    }
    if (this.#used >= this.#limit) return false;
    this.#used += 1;
    return true;
  }
}

/** A quota of calls a day, which begins anew at 00:00 GMT. */
export class DailyQuota {
  /** Settable while it runs. */
  limit: number;
  #day = "";
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many calls were counted on this day. */
  used(now: Date): number {
    return this.#dayOf(now) === this.#day ? this.#used : 0;
  }

  /** Counts a call; false when the day's quota is used up. */
  take(now: Date): boolean {
    if (this.used(now) >= this.limit) return false;
    this.#used = this.used(now) + 1;
    this.#day = this.#dayOf(now);
    return true;
  }

  #dayOf(now: Date): string {
    return now.toISOString().slice(0, 10);
  }
}
