import type { Clock } from "../core/clock.ts";

/** A flow under watch. */
export interface Watched {
  name: string;
  everyMs: number;
}

/** What a watch needs. */
export interface WatchOptions<T extends Watched> {
  /** The flows as the config has them now; undefined while none may begin. `isStill` when none is running. */
  flows(isStill: boolean): Promise<readonly T[] | undefined>;
  /** Runs a flow once; false when it could not begin and is to be tried again soon. Never rejects. */
  run(flow: T): Promise<boolean>;
  /** When somebody else last began a whole run of a flow, which counts as one of its cadence. */
  ranAt?(name: string): number | undefined;
  clock: Clock;
  signal: AbortSignal;
  /** From 0 to 1. */
  random(): number;
}

/** The part of a flow's cadence by which a run may come later, so that many machines do not call at once. */
const jitter = 0.1;
/** How often the clock is looked at, since a machine may sleep and its clock be set while nothing is due. */
const lookMs = 5_000;
const againMs = 60_000;

/**
 * Runs each flow at its own cadence until the signal, then waits for those that run. Flows go side by side, one flow never
 * twice at once. After a sleep of the machine, or a clock set forward, each flow runs once; after a clock set back none
 * waits longer than its cadence.
 */
export async function watchFlows<T extends Watched>(options: WatchOptions<T>): Promise<void> {
  const { clock, signal } = options;
  const due = new Map<string, number>();
  const running = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    const flows = await options.flows(running.size === 0);
    for (const flow of flows ?? []) {
      if (running.has(flow.name) || signal.aborted) continue;
      const now = clock.now().getTime();
      const ranAt = options.ranAt?.(flow.name);
      // In the future it is of before the clock was set back.
      const next = ranAt === undefined || ranAt > now ? now : ranAt + flow.everyMs;
      const at = Math.min(Math.max(due.get(flow.name) ?? now, next), now + flow.everyMs * (1 + jitter));
      due.set(flow.name, at);
      if (at > now) continue;
      due.set(flow.name, now + flow.everyMs * (1 + jitter * options.random()));
      const ended = options.run(flow).then((hasRun) => {
        running.delete(flow.name);
        const soon = clock.now().getTime() + againMs;
        if (!hasRun) due.set(flow.name, Math.min(soon, due.get(flow.name) ?? soon));
      });
      running.set(flow.name, ended);
    }
    const next = (flows ?? []).filter(({ name }) => !running.has(name)).map(({ name }) => due.get(name) ?? 0);
    await pauseUntil(clock, Math.min(...next), [...running.values()], signal);
  }
  await Promise.all(running.values());
}

/** Waits until an instant, until one of the runs ends or until the signal, but never long without a look at the clock. */
async function pauseUntil(
  clock: Clock,
  until: number,
  runs: readonly Promise<void>[],
  signal: AbortSignal,
): Promise<void> {
  const wake = new AbortController();
  const stop = () => wake.abort();
  signal.addEventListener("abort", stop);
  const ms = Math.max(0, Math.min(until - clock.now().getTime(), lookMs));
  const slept = clock.sleep(ms, wake.signal).catch(() => undefined);
  await Promise.race([slept, ...runs]);
  signal.removeEventListener("abort", stop);
  wake.abort();
  await slept;
}
