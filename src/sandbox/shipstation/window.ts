/** What a request finds of the limit. */
export interface Allowance {
  allowed: boolean;
  remaining: number;
  /** Whole seconds until the next window, at least 1. */
  resetSeconds: number;
}

/** A vendor's limit of calls in a window of one minute, which opens with the first call. */
export class RateWindow {
  readonly limit: number;
  #opened = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Counts a call, or refuses it. */
  take(now: Date): Allowance {
    const allowed = this.look(now).remaining > 0;
    if (allowed) this.#used += 1;
    return { ...this.look(now), allowed };
  }

  /** What is left, without counting a call. */
  look(now: Date): Allowance {
    if (now.getTime() >= this.#opened + 60_000) {
      this.#opened = now.getTime();
      this.#used = 0;
    }
    const remaining = this.limit - this.#used;
    const resetSeconds = Math.max(1, Math.ceil((this.#opened + 60_000 - now.getTime()) / 1000));
    return { allowed: remaining > 0, remaining, resetSeconds };
  }
}
