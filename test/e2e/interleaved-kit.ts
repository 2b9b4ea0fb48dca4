import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/core/clock.ts";
import type { Named } from "../../src/core/ports.ts";
import type { Mlc } from "../../src/mlc.ts";
import { seededRandom } from "../../src/sandbox/kit.ts";
import type { EventFlow } from "../../src/webhooks/event-flows.ts";
import type { PendingRecord } from "../../src/webhooks/inbox/pending.ts";
import { noProgress, processWaiting } from "../../src/webhooks/processor.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";

/** A disk whose speed is memory's. */
export function quickDisk(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.chunkSize = 65_536;
  return disk;
}

/** A process that polls and works off events at once, as `sync --watch --listen` does. */
export class Process {
  /** What was begun and is not over. */
  readonly #open: Promise<unknown>[] = [];
  readonly #mlc: Mlc;
  readonly #clock: Clock;
  readonly #any: (below: number) => number;
  #waiting: PendingRecord[] = [];
  #working: Promise<void> | undefined;
  #seq = 0;
  /** How many runs read only what was named. */
  narrow = 0;

  constructor(mlc: Mlc, clock: Clock, any: (below: number) => number) {
    this.#mlc = mlc;
    this.#clock = clock;
    this.#any = any;
  }

  /** An event arrives; where one of its record waits, both fold. */
  event(route: PendingRecord["route"], topic: string, record: Named): void {
    const key = JSON.stringify([route, record]);
    this.#seq += 1;
    const { first = this.#seq } = this.#waiting.find((one) => one.key === key) ?? {};
    this.#waiting = this.#waiting.filter((one) => one.key !== key);
    this.#waiting.push({ key, route, topic, record, first, last: this.#seq, firstAt: "", lastAt: "" });
  }

  /** Begins to work off events, unless that is being done. */
  work(): void {
    if (this.#working) return;
    const { signal } = new AbortController();
    const inbox = {
      waiting: () => [...this.#waiting],
      settle: async (done: readonly PendingRecord[]) => this.#settle(done),
    };
    const given = {
      inbox,
      clock: this.#clock,
      signal,
      config: () => this.#mlc.config,
      run: (flow: EventFlow) => this.#run(flow),
      warn: (error: unknown) => {
        throw error;
      },
    };
    this.#working = processWaiting(given, noProgress()).finally(() => {
      this.#working = undefined;
    });
    this.#open.push(this.#working);
  }

  /** Begins a poll. */
  poll(flow: string): void {
    this.#open.push(this.#sync({ command: "sync", flows: [flow] }));
  }

  /** Some of what was begun goes on, or all of it to its end. */
  async goOn(): Promise<void> {
    if (this.#any(3) === 0) await this.end();
    else for (let turns = this.#any(12); turns > 0; turns -= 1) await turn();
  }

  async end(): Promise<void> {
    await Promise.all(this.#open.splice(0));
  }

  /** All events are worked off. */
  async drain(): Promise<void> {
    await this.end();
    while (this.#waiting.length > 0) {
      this.work();
      await this.end();
    }
  }

  #settle(done: readonly PendingRecord[]): void {
    const last = new Map(done.map(({ key, last }) => [key, last]));
    this.#waiting = this.#waiting.filter((one) => one.last > (last.get(one.key) ?? 0));
  }

  async #run({ pair, flow, ...more }: EventFlow): Promise<boolean | "narrow"> {
    const done = await this.#sync({ command: "listen", pair, flows: [flow], ...more });
    if (done?.narrow) this.narrow += 1;
    return done?.narrow ? "narrow" : true;
  }

  async #sync(request: Parameters<Mlc["sync"]>[0]) {
    const report = await this.#mlc.sync(request, {});
    const [done] = report?.flows ?? [];
    if (done?.error) throw new Error(done.error.message);
    return done;
  }
}

/** Whole numbers below a bound, the same for the same seed. */
export function numbers(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}

/** So many interleavings have one world: each with orders of its own. */
export const inOneWorld = 20;
const steps = 3;

/** The first seed of each world, for so many interleavings. */
export function seedsOf(count: number): number[] {
  return Array.from({ length: count / inOneWorld }, (_, world) => world * inOneWorld + 1);
}

/** Does any of these acts, some times, and each time lets some of what was begun go on. */
export async function anyOf(acts: readonly (() => void)[], process: Process, any: (below: number) => number) {
  for (let step = 0; step < steps; step += 1) {
    acts[any(acts.length)]?.();
    await process.goOn();
  }
}
