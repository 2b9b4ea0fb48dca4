/** So many calls in the last minute, by application (ShipBob, 12). */
export class SlidingWindow {
  readonly limit: number;
  readonly #taken = new Map<string, number[]>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Counts a call; false when the window is full. */
  take(application: string, now: Date): boolean {
    const recent = this.#recent(application, now);
    if (recent.length >= this.limit) return false;
    recent.push(now.getTime());
    return true;
  }

  remaining(application: string, now: Date): number {
    return this.limit - this.#recent(application, now).length;
  }

  /** Whole seconds until a call is free again, at least 1. */
  waitSeconds(application: string, now: Date): number {
    const [oldest = now.getTime()] = this.#recent(application, now);
    return Math.max(1, Math.ceil((oldest + windowMs - now.getTime()) / 1000));
  }

  #recent(application: string, now: Date): number[] {
    const recent = (this.#taken.get(application) ?? []).filter((at) => at > now.getTime() - windowMs);
    this.#taken.set(application, recent);
    return recent;
  }
}

const windowMs = 60_000;
