import type { Clock } from "../clock.ts";
import { pause } from "./retry.ts";
import { policy } from "./trail.ts";
import type { Policy } from "./types.ts";

/** What a vendor's headers say of the budget. */
export interface BudgetReading {
  /** Requests a window; where the account's differs from the configured one. */
  limit?: number;
  remaining?: number;
  /** Until the next window. */
  resetMs?: number;
}

/** What an account may still send. */
export interface Budget {
  limit: number;
  remaining: number;
  /** Absent while nothing was sent in this window. */
  resetAt?: Date;
}

/** The request budget of one account, shared by all its clients. */
export interface Throttle {
  /** Waits until a request may be sent and counts it; gives the window it was counted in. */
  take(signal?: AbortSignal): Promise<number>;
  /** Learns from an answer to a request of that window. */
  learn(response: Response, window: number): void;
  budget(): Budget;
}

/** What a budget is made of. */
export interface ThrottleSettings {
  limit: number;
  windowMs: number;
  clock: Clock;
  read(headers: Headers, status: number): BudgetReading | undefined;
}

/** A budget that bursts to what remains in the window and then waits for the next one. */
export function createThrottle(settings: ThrottleSettings): Throttle {
  const { clock, windowMs } = settings;
  const state = { limit: settings.limit, remaining: settings.limit, resetAt: 0, window: 0 };
  let turn: Promise<unknown> = Promise.resolve();

  const roll = () => {
    if (clock.now().getTime() < state.resetAt) return;
    Object.assign(state, {
      remaining: state.limit,
      resetAt: clock.now().getTime() + windowMs,
      window: state.window + 1,
    });
  };
  const takeNow = async (signal: AbortSignal | undefined) => {
    for (roll(); state.remaining < 1; roll()) await pause(state.resetAt - clock.now().getTime(), clock, signal);
    state.remaining--;
    return state.window;
  };

  return {
    take(signal) {
      // One waits, the others queue behind it: first come, first served, and one look at the clock.
      const taken = turn.then(() => takeNow(signal));
      turn = taken.catch(() => undefined);
      return taken;
    },
    learn(response, window) {
      if (window !== state.window) return;
      const reading = settings.read(response.headers, response.status) ?? {};
      const isRefused = response.status === 429;
      if (reading.limit !== undefined && reading.limit > 0) {
        state.remaining += reading.limit - state.limit;
        state.limit = reading.limit;
      }
      // Answers overtake each other, so the lowest count of a window is the right one.
      state.remaining = Math.max(0, isRefused ? 0 : Math.min(state.remaining, reading.remaining ?? state.limit));
      const resetMs = reading.resetMs ?? (isRefused ? windowMs : undefined);
      if (resetMs !== undefined && resetMs >= 0) state.resetAt = clock.now().getTime() + resetMs;
    },
    budget() {
      const isOver = clock.now().getTime() >= state.resetAt;
      return isOver
        ? { limit: state.limit, remaining: state.limit }
        : { limit: state.limit, remaining: state.remaining, resetAt: new Date(state.resetAt) };
    },
  };
}

/** Sends only what the account's budget holds. */
export function throttled(throttle: Throttle, signal: AbortSignal | undefined): Policy {
  return policy(async (request, _trail, next) => {
    const window = await throttle.take(signal);
    const response = await next(request);
    throttle.learn(response, window);
    return response;
  });
}
