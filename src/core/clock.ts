import { setTimeout as delay } from "node:timers/promises";

/** The only source of time and waiting; tests pass one that jumps. */
export interface Clock {
  now(): Date;
  /** Waits, or rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal ? { signal } : undefined);
    } catch (error) {
      // Node rejects with an AbortError of its own and keeps the reason to itself.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** A clock that stands at an instant and jumps forward when somebody sleeps. */
export function jumpingClock(start: Date): Clock & { advance(ms: number): void } {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
    },
    advance: (ms) => {
      now += ms;
    },
  };
}
