import type { Clock } from "../../core/clock.ts";
import { NotSentError } from "../../core/errors.ts";
import { type Budget, createThrottle, type Throttle } from "../../core/http/throttle.ts";
import type { TokenCache } from "../../core/http/token-cache.ts";

/** The span of a project's budget, and how long a first 429 is waited out (1.3). */
export const windowMs = 10_000;
const perWindow = 1_400;
const perDay = 100_000;

/** When FedEx's daily quotas begin anew: the next 00:00 GMT. Pure. */
export function nextReset(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

/** A project's budget, and whether its day is used up. */
export interface ProjectThrottle extends Throttle {
  readonly isUsedUp: boolean;
}

/**
 * The 1,400 requests of 10 seconds. The two kinds of 429 differ only in their text, so one that comes after a window was
 * waited out is the daily quota (1.3): from then on `take` throws NotSentError until 00:00 GMT.
 */
export function projectThrottle(clock: Clock, count?: DailyCount): ProjectThrottle {
  const inner = createThrottle({ limit: perWindow, windowMs, clock, read: () => undefined });
  let refusedIn: number | undefined;
  let usedUpUntil = 0;
  const isUsedUp = () => clock.now().getTime() < usedUpUntil;
  return {
    get isUsedUp() {
      return isUsedUp();
    },
    async take(signal) {
      if (isUsedUp()) throw usedUp(new Date(usedUpUntil));
      const window = await inner.take(signal);
      // Others learned it while this one queued.
      if (isUsedUp()) throw usedUp(new Date(usedUpUntil));
      await count?.add();
      return window;
    },
    learn(response, window) {
      inner.learn(response, window);
      if (response.status !== 429) {
        // An answer of the same window was on its way already and proves nothing.
        if (refusedIn !== undefined && window > refusedIn) refusedIn = undefined;
      } else if (refusedIn !== undefined && window > refusedIn) {
        usedUpUntil = nextReset(clock.now()).getTime();
      } else refusedIn ??= window;
    },
    budget: () => inner.budget(),
  };
}

function usedUp(until: Date): NotSentError {
  const at = until.toISOString();
  const hint = `Run it again after ${at}, or ask FedEx for a larger quota.`;
  const message = `FedEx's daily quota is used up; it begins anew at 00:00 GMT (${at}). Nothing more is sent until then.`;
  return new NotSentError(message, { system: "fedex", code: "429", hint });
}

/** Requests of a GMT day, counted across processes. */
export interface DailyCount {
  /** Counts one; throws NotSentError when the day is used up. */
  add(): Promise<void>;
  /** Learns what other processes counted. */
  load(): Promise<void>;
  /** As far as it was learnt or counted here. */
  budget(): Budget;
}

/** Track's 100,000 requests a day (1.3), kept beside the tokens, which every process of the profile shares. */
export function dailyCount(clock: Clock, cache: TokenCache, name: string): DailyCount {
  let held = { used: 0, resetAt: 0 };
  const load = async () => {
    const resetAt = nextReset(clock.now()).getTime();
    if (held.resetAt !== resetAt) held = { used: 0, resetAt };
    const kept = await cache.get(name);
    const isOfToday = kept !== undefined && Date.parse(kept.expiresAt) === resetAt;
    if (isOfToday) held.used = Math.max(held.used, Number(kept.token) || 0);
  };
  return {
    load,
    add: () =>
      cache.exclusive(name, async () => {
        await load();
        const resetAt = new Date(held.resetAt);
        if (held.used >= perDay) throw usedUp(resetAt);
        held.used += 1;
        await cache.put(name, { token: String(held.used), expiresAt: resetAt.toISOString() });
      }),
    budget() {
      const isOver = clock.now().getTime() >= held.resetAt;
      return isOver
        ? { limit: perDay, remaining: perDay }
        : { limit: perDay, remaining: Math.max(0, perDay - held.used), resetAt: new Date(held.resetAt) };
    },
  };
}
