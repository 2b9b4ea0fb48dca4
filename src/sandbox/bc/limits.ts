/** What one application may ask of Business Central online: 6,000 in 5 minutes, 5 at once, 95 in the queue (Business Central, 3.3). */

import type { SandboxClock } from "../kit.ts";
import type { BcSwitches } from "./switches.ts";

const windowMs = 5 * 60_000;
const queueMs = 8 * 60_000;

/** Whether a request may be processed. */
export type Admission = "admitted" | "throttled" | "waitedTooLong";

/** Counts requests and gives places; a request that was admitted must `leave`. */
export class Limits {
  /** The most that were processed at once, and that waited. */
  mostAtOnce = 0;
  mostWaiting = 0;
  private readonly clock: SandboxClock;
  private readonly switches: BcSwitches;
  /** When the requests of the last five minutes arrived, oldest first. */
  private arrivals: number[] = [];
  private running = 0;
  private readonly waiting: { since: number; begin(admission: Admission): void }[] = [];

  constructor(clock: SandboxClock, switches: BcSwitches) {
    this.clock = clock;
    this.switches = switches;
  }

  /** Admits a request at once or when a place is free. */
  async enter(): Promise<Admission> {
    const now = this.clock.now().getTime();
    const oldest = this.arrivals.findIndex((at) => at > now - windowMs);
    this.arrivals = oldest === -1 ? [] : oldest === 0 ? this.arrivals : this.arrivals.slice(oldest);
    if (this.arrivals.length >= this.switches.requestsPer5Minutes) return "throttled";
    if (this.running >= this.switches.atOnce && this.waiting.length >= this.switches.queue) return "throttled";
    this.arrivals.push(now);
    if (this.running < this.switches.atOnce) return this.begin();
    return new Promise((resolve) => {
      this.waiting.push({ since: now, begin: resolve });
      this.mostWaiting = Math.max(this.mostWaiting, this.waiting.length);
    });
  }

  /** Gives the place to the next one in the queue. */
  leave(): void {
    this.running -= 1;
    const now = this.clock.now().getTime();
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (now - next.since <= queueMs) {
        next.begin(this.begin());
        return;
      }
      next.begin("waitedTooLong");
    }
  }

  private begin(): Admission {
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    return "admitted";
  }
}
