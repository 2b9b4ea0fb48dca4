import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import { type Watched, watchFlows } from "../../src/flows/watch.ts";

const minute = 60_000;
const day = 86_400_000;
const start = Date.parse("2026-11-21T00:00:00Z");

/** A clock whose sleepers wake in the order of their times once nothing else is to do; a hand may set it. */
class QueuedClock implements Clock {
  #now = start;
  /** Runs on when the wall clock is set. */
  #passed = 0;
  readonly sleepers = new Set<{ at: number; wake: () => void }>();

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#passed + ms, wake: resolve };
      this.sleepers.add(sleeper);
      const cut = () => {
        if (this.sleepers.delete(sleeper)) reject(signal?.reason);
      };
      if (signal?.aborted) cut();
      signal?.addEventListener("abort", cut, { once: true });
    });
  }

  set(instant: number): void {
    this.#now = instant;
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#passed + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [first] = [...this.sleepers].sort((left, right) => left.at - right.at);
      if (!first || first.at > end) break;
      this.#now += first.at - this.#passed;
      this.#passed = first.at;
      this.sleepers.delete(first);
      first.wake();
    }
    this.#now += end - this.#passed;
    this.#passed = end;
  }
}

interface Flow extends Watched {
  takesMs?: number;
}

function watching(flows: Flow[], random: () => number = () => 0) {
  const clock = new QueuedClock();
  const stop = new AbortController();
  const runs: { name: string; at: number }[] = [];
  let running: string[] = [];
  let mostAtOnce = 0;
  const refused = new Set<string>();
  const state = { flows: flows as Flow[] | undefined };
  const elsewhere = new Map<string, number>();
  const ended = watchFlows<Flow>({
    flows: async () => state.flows,
    run: async ({ name, takesMs = 0 }) => {
      expect(running).not.toContain(name);
      runs.push({ name, at: (clock.now().getTime() - start) / minute });
      if (refused.delete(name)) return false;
      running.push(name);
      mostAtOnce = Math.max(mostAtOnce, running.length);
      if (takesMs > 0) await clock.sleep(takesMs);
      running = running.filter((other) => other !== name);
      return true;
    },
    ranAt: (name) => elsewhere.get(name),
    clock,
    signal: stop.signal,
    random,
  });
  const timesOf = (name: string) => runs.filter((run) => run.name === name).map(({ at }) => at);
  return { clock, stop, runs, ended, timesOf, state, refused, elsewhere, mostAtOnce: () => mostAtOnce };
}

describe("a watch", () => {
  it("runs each flow at once and then at its own cadence", async () => {
    const { clock, timesOf } = watching([
      { name: "orders", everyMs: 15 * minute },
      { name: "shipments", everyMs: 20 * minute },
    ]);
    await clock.pass(60 * minute);
    expect(timesOf("orders")).toEqual([0, 15, 30, 45, 60]);
    expect(timesOf("shipments")).toEqual([0, 20, 40, 60]);
  });

  it("lets a run come up to a tenth of its cadence later", async () => {
    const { clock, timesOf } = watching([{ name: "orders", everyMs: 10 * minute }], () => 0.5);
    await clock.pass(32 * minute);
    expect(timesOf("orders")).toEqual([0, 10.5, 21, 31.5]);
  });

  it("never runs one flow twice at once, and a slow one holds up no other", async () => {
    const { clock, timesOf, mostAtOnce } = watching([
      { name: "slow", everyMs: 10 * minute, takesMs: 25 * minute },
      { name: "quick", everyMs: 10 * minute, takesMs: minute },
    ]);
    await clock.pass(60 * minute);
    expect(timesOf("slow")).toEqual([0, 25, 50]);
    expect(timesOf("quick")).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(mostAtOnce()).toBe(2);
  });

  it("runs once after the machine slept or its clock was set forward", async () => {
    const { clock, timesOf } = watching([{ name: "orders", everyMs: 15 * minute }]);
    await clock.pass(minute);
    clock.set(start + 8 * 60 * minute);
    await clock.pass(14 * minute);
    expect(timesOf("orders")).toHaveLength(2);
  });

  it("waits no longer than the cadence when the clock was set back", async () => {
    const { clock, timesOf } = watching([{ name: "orders", everyMs: 15 * minute }]);
    await clock.pass(minute);
    clock.set(start - day);
    await clock.pass(18 * minute);
    expect(timesOf("orders")).toHaveLength(2);
  });

  it("counts a run that somebody else began, but none of before the clock was set back", async () => {
    const { clock, timesOf, elsewhere } = watching([{ name: "orders", everyMs: 15 * minute }]);
    await clock.pass(10 * minute);
    elsewhere.set("orders", clock.now().getTime());
    await clock.pass(14 * minute);
    expect(timesOf("orders")).toEqual([0]);
    await clock.pass(2 * minute);
    expect(timesOf("orders")).toEqual([0, 25]);
    elsewhere.set("orders", clock.now().getTime() + day);
    await clock.pass(15 * minute);
    expect(timesOf("orders")).toEqual([0, 25, 40]);
  });

  it("tries again after a minute when a run could not begin", async () => {
    const { clock, timesOf, refused } = watching([{ name: "orders", everyMs: 15 * minute }]);
    refused.add("orders");
    await clock.pass(16 * minute);
    expect(timesOf("orders")).toEqual([0, 1, 16]);
  });

  it("begins nothing while it is told so, and follows flows that come and go", async () => {
    const { clock, timesOf, state } = watching([{ name: "orders", everyMs: 15 * minute }]);
    await clock.pass(minute);
    state.flows = undefined;
    await clock.pass(30 * minute);
    state.flows = [{ name: "shipments", everyMs: 15 * minute }];
    await clock.pass(minute);
    expect(timesOf("orders")).toEqual([0]);
    expect(timesOf("shipments")).toHaveLength(1);
  });

  it("ends when it is told to, after what runs is done, and leaves no sleeper behind", async () => {
    const { clock, stop, ended, runs } = watching([{ name: "orders", everyMs: 15 * minute, takesMs: minute }]);
    await clock.pass(10_000);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    stop.abort();
    await clock.pass(30_000);
    expect(isOver).toBe(false);
    await clock.pass(30_000);
    expect(isOver).toBe(true);
    expect(runs).toHaveLength(1);
    expect(clock.sleepers.size).toBe(0);
  });

  it("runs for a simulated week without a run lost or a sleeper left", async () => {
    const { clock, stop, timesOf } = watching([
      { name: "orders", everyMs: 15 * minute, takesMs: 20_000 },
      { name: "shipments", everyMs: 15 * minute, takesMs: 40_000 },
    ]);
    await clock.pass(7 * day);
    expect(timesOf("orders")).toHaveLength(7 * 96 + 1);
    expect(clock.sleepers.size).toBeLessThanOrEqual(3);
    stop.abort();
  });
});
