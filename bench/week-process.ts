// A process of its own, so that its memory is mlc's alone: mlc under watch in time that its parent simulates.
import { machineDisk } from "../src/core/state/disk.ts";
import { Mlc, openMlc } from "../src/mlc.ts";
import { seededRandom } from "../src/sandbox/kit.ts";
import { countingDisk, type DiskUse, openHandles } from "../test/e2e/week/machine.ts";
import { clockOf, type Outside, type RunTold, untilCalm, watchThrough } from "../test/e2e/week/watch.ts";

/** What the process begins with. */
export interface WeekStart {
  home: string;
  now: number;
  end: number;
  /** Where days end. */
  measureAt: number[];
  seed: number;
}

/** What it asks its parent, with the time as it is here; each is answered by one `WeekAnswer`. */
export type WeekQuestion = { now: number } & (
  | { ask: "fetch"; url: string; method: string; headers: [string, string][]; body: string | undefined }
  | { ask: "closeUp" }
);

/** The time as it is then, and the answer of a vendor or what broke instead. */
export interface WeekAnswer {
  now: number;
  response?: { status: number; headers: [string, string][]; body: string };
  error?: { message: string; code: string };
}

/** What it tells without being asked. */
export type WeekTold = { ran: RunTold; use: DiskUse } | { day: MachineUse };

/** What mlc holds of the machine when a day is over. */
export interface MachineUse {
  heapBytes: number;
  residentBytes: number;
  handles: number;
}

const start = JSON.parse(process.argv[2] ?? "{}") as WeekStart;
const use: DiskUse = { bytes: 0, syncs: 0 };
const waiting = new Map<number, (answer: WeekAnswer) => void>();
let [now, asked, isDone] = [start.now, 0, false];

process.on("message", ({ id, answer }: { id: number; answer: WeekAnswer }) => {
  now = Math.max(now, answer.now);
  waiting.get(id)?.(answer);
  waiting.delete(id);
});
process.on("disconnect", () => process.exit(isDone ? 0 : 1));

function ask(question: WeekQuestion): Promise<WeekAnswer> {
  asked += 1;
  const id = asked;
  process.send?.({ id, question });
  return new Promise((resolve) => waiting.set(id, resolve));
}

function tell(told: WeekTold): void {
  process.send?.({ told });
}

/** Leaves a request to the vendors in the parent. */
const overParent: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { url, method } = request;
  const body = request.body === null ? undefined : await request.text();
  const { response, error } = await ask({ now, ask: "fetch", url, method, headers: [...request.headers], body });
  if (error) throw new TypeError(error.message, { cause: Object.assign(new Error(error.code), { code: error.code }) });
  return new Response(response?.body || null, { status: response?.status ?? 500, headers: response?.headers ?? [] });
};

function machineUse(): MachineUse {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, residentBytes: rss, handles: openHandles() };
}

const outside: Outside = {
  now: () => now,
  // What happens outside until then does so before the next call is answered.
  moveTo: async (instant) => {
    now = Math.max(now, instant);
  },
};

async function boot(signal: AbortSignal): Promise<Mlc> {
  const surroundings = {
    profile: "default",
    env: { MLC_HOME: start.home },
    platform: process.platform,
    homedir: start.home,
    version: "0.0.0",
    signal,
    isTty: false,
    fetch: overParent,
    clock: clockOf(outside),
  };
  const { clock, dir, config, secrets } = await openMlc(surroundings);
  const disk = countingDisk(machineDisk(process.platform), use);
  return new Mlc(surroundings, { clock, disk, dir, config, secrets });
}

const stop = new AbortController();
const mlc = await boot(new AbortController().signal);
const days = start.measureAt.filter((at) => at > start.now);
await watchThrough({
  mlc,
  outside,
  signal: stop.signal,
  random: seededRandom(start.seed),
  ran: (ran) => {
    tell({ ran, use });
    if (now >= (days[0] ?? Number.POSITIVE_INFINITY)) {
      days.shift();
      tell({ day: machineUse() });
    }
    if (now >= start.end) stop.abort();
  },
});
await ask({ now, ask: "closeUp" });
await untilCalm(mlc, outside, (ran) => tell({ ran, use }));
isDone = true;
process.disconnect();
