import type { Clock } from "../../../src/core/clock.ts";
import type { SyncReport } from "../../../src/core/report.ts";
import { watchFlows } from "../../../src/flows/watch.ts";
import type { Mlc } from "../../../src/mlc.ts";

/** The simulated world as the machine that mlc runs on meets it. */
export interface Outside {
  now(): number;
  moveTo(instant: number): Promise<void>;
}

/** What of a run the comparison of the ledgers needs. */
export interface RunTold {
  flow: string;
  startedAt: number;
  endedAt: number;
  /** Absent when it ended well. */
  error?: string;
}

/** Simulated time as a run meets it: whoever waits moves it on. */
export function clockOf(outside: Outside): Clock {
  return {
    now: () => new Date(outside.now()),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await outside.moveTo(outside.now() + ms);
    },
  };
}

const minute = 60_000;

const flows = ["orders", "shipments"].map((name) => ({ name, everyMs: 15 * minute }));

/** What a watch over simulated time needs. */
export interface SimulatedWatch {
  mlc: Mlc;
  outside: Outside;
  signal: AbortSignal;
  random(): number;
  /** One flow after the other, so that only the waits between retries are not by the seed. */
  isInTurn?: boolean;
  /** `isStill` when no other flow is at work. */
  ran(told: RunTold, isStill: boolean): void;
}

/** Runs both flows every quarter of an hour until the signal; time passes while none runs, and by what a run waits for. */
export async function watchThrough(watch: SimulatedWatch): Promise<void> {
  const { mlc, outside, signal, random, isInTurn = false, ran } = watch;
  let running = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const runOnce = async ({ name }: { name: string }) => {
    const startedAt = outside.now();
    const tell = (error?: string) =>
      ran({ flow: name, startedAt, endedAt: outside.now(), ...(error === undefined ? {} : { error }) }, running === 1);
    try {
      const report = await mlc.sync({ command: "sync", pair: "fno-shipstation", flows: [name] });
      tell(errorIn(report));
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
    } finally {
      running -= 1;
    }
    return true;
  };
  const run = (flow: { name: string }) => {
    running += 1;
    const ended = isInTurn ? turn.then(() => runOnce(flow)) : runOnce(flow);
    turn = ended;
    return ended;
  };
  const sleep: Clock["sleep"] = (ms, wake) =>
    running === 0 ? outside.moveTo(outside.now() + ms) : aborted(wake ?? signal);
  await watchFlows({
    flows: async () => flows,
    run,
    clock: { now: () => new Date(outside.now()), sleep },
    signal,
    random,
  });
}

/** Runs both flows until they find nothing to do, and what waits is due. */
export async function untilCalm(mlc: Mlc, outside: Outside, ran: (told: RunTold) => void): Promise<void> {
  for (let run = 0; run < 40; run += 1) {
    const startedAt = outside.now() + minute;
    await outside.moveTo(startedAt);
    const report = await mlc.sync({ command: "sync", ignoreSchedule: true });
    const flows = report?.flows ?? [];
    for (const { flow, error } of flows)
      ran({ flow, startedAt, endedAt: outside.now(), ...(error ? { error: error.message } : {}) });
    const done = flows.map(({ created, updated, cancelled, error }) => created + updated + cancelled + (error ? 1 : 0));
    if (run > 2 && done.every((count) => count === 0)) return;
  }
  throw new Error("the flows never became calm");
}

function errorIn(report: SyncReport | undefined): string | undefined {
  const error = report?.flows[0]?.error;
  return report ? error && `${error.kind}: ${error.message}` : "another run held the lock";
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
