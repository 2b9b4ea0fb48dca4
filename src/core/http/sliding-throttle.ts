import { pause } from "./retry.ts";
import type { Throttle, ThrottleSettings } from "./throttle.ts";

/**
 * A budget of any span of `windowMs`, wherever it begins: a request waits until the one `limit` before it is that old. After
 * an answer that says for how long, all wait; one that says that less remains tells of others who use the same budget.
 */
export function slidingThrottle({ limit, windowMs, clock, read }: ThrottleSettings): Throttle {
  // A ring: the place of the next request holds the time of the one `limit` before it.
  const sentAt = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  const state = { next: 0, closedUntil: Number.NEGATIVE_INFINITY };
  let turn: Promise<unknown> = Promise.resolve();

  const now = () => clock.now().getTime();
  const left = () => limit - sentAt.filter((at) => at > now() - windowMs).length;
  const mark = (at: number) => {
    sentAt[state.next] = at;
    state.next = (state.next + 1) % limit;
  };
  const opensAt = () => Math.max((sentAt[state.next] ?? 0) + windowMs, state.closedUntil);
  const takeNow = async (signal: AbortSignal | undefined) => {
    for (let waitMs = opensAt() - now(); waitMs > 0; waitMs = opensAt() - now()) await pause(waitMs, clock, signal);
    mark(now());
    // There is one window without an end: whatever an answer says holds for all.
    return 0;
  };

  return {
    take(signal) {
      const taken = turn.then(() => takeNow(signal));
      turn = taken.catch(() => undefined);
      return taken;
    },
    learn(response) {
      const { remaining, resetMs } = read(response.headers, response.status) ?? {};
      // When they sent is not known, so it may have been now.
      if (remaining !== undefined) for (let others = left() - remaining; others > 0; others--) mark(now());
      if (resetMs === undefined || (response.status !== 429 && remaining !== 0)) return;
      state.closedUntil = Math.max(state.closedUntil, now() + resetMs);
    },
    budget() {
      const since = now() - windowMs;
      const recent = sentAt.filter((at) => at > since);
      const remaining = state.closedUntil > now() ? 0 : limit - recent.length;
      if (recent.length === 0 && remaining > 0) return { limit, remaining };
      const oldest = recent.length === 0 ? now() : Math.min(...recent);
      return { limit, remaining, resetAt: new Date(Math.max(oldest + windowMs, state.closedUntil)) };
    },
  };
}
