import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A measurement that `npm run bench -- <name>` repeats. */
export interface Bench {
  name: string;
  /** Measures at least `runs` times; a quick one may do more. */
  run(runs: number): Promise<Figure[]>;
}

/** One row of the table. */
export interface Figure {
  what: string;
  /** The median. */
  value: number;
  /** Also of the baseline: `ms`, `MB`, `calls`. */
  unit: string;
  baseline?: { what: string; value: number };
  /** To the baseline; the median over pairs of runs made in turn. */
  ratio?: number;
  /** As the table shows it: `≤ 2.2 ×`. */
  target?: string;
  isMet?: boolean;
}

/** The repository, seen from the compiled benches. */
export const root = join(import.meta.dirname, "..");

/** The value in the middle; of an even number the mean of both in the middle. Pure. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return (low + high) / 2;
}

/** Runs measurements in turn, one round after the other, so that a machine that slows down slows all of them. */
export async function inTurn<Name extends string>(
  runs: number,
  measures: Readonly<Record<Name, (round: number) => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(measures) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round < runs; round += 1) for (const name of names) taken[name].push(await measures[name](round));
  return taken;
}

/** What a row compares: runs of the one and of the other, made in turn. */
export interface Compared {
  what: string;
  unit: string;
  values: readonly number[];
  baseline: { what: string; values: readonly number[] };
  /** The highest ratio that is good enough. */
  most: number;
}

/** A row about a ratio that has to stay below a target. Pure. */
export function comparison({ what, unit, values, baseline, most }: Compared): Figure {
  const ratio = median(values.map((value, index) => value / (baseline.values[index] ?? Number.NaN)));
  return {
    what,
    unit,
    value: median(values),
    baseline: { what: baseline.what, value: median(baseline.values) },
    ratio,
    target: `≤ ${most} ×`,
    isMet: ratio <= most,
  };
}

/** How a process of Node went. */
export interface Ran {
  stdout: string;
  stderr: string;
  /** From just before it was started until it was gone. */
  ms: number;
  /** Told by the process itself as it ended; absent when it was not asked or was killed. */
  usage?: Usage;
}

/** What a process needed. */
export interface Usage {
  /** Its own peak, resident. */
  peakBytes: number;
  cpuMs: number;
  /** How often it had a file or directory written through to the disk. */
  syncs: number;
}

/** What surrounds a process; beside `env` it has what the bench was started with, but no settings of mlc. */
export interface NodeOptions {
  env?: Readonly<Record<string, string>>;
  stdin?: string;
  /** Loads `usage.ts` into it, which takes a few milliseconds. */
  withUsage?: boolean;
  /** Exit codes that are no failure; default only 0. */
  expected?: readonly number[];
}

/** Runs `node <args>` and measures it. Throws when it ends otherwise than expected. */
export async function runNode(args: readonly string[], options: NodeOptions = {}): Promise<Ran> {
  const { env = {}, stdin = "", withUsage = false, expected = [0] } = options;
  const preload = withUsage ? ["--import", join(import.meta.dirname, "usage.js")] : [];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...preload, ...args], {
    cwd: root,
    env: { ...surroundings(), ...env },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const [stdout = [], stderr = [], told = []] = child.stdio.slice(1).map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  });
  child.stdin?.on("error", () => {}).end(stdin);
  const exited = new Promise<number>((resolve) => child.on("exit", () => resolve(performance.now())));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const ms = (await exited) - startedAt;
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
  if (!expected.includes(code ?? -1)) throw new Error(`${args.join(" ")} ended with ${code}: ${text(stderr)}`);
  const usage = told.length > 0 ? { usage: JSON.parse(text(told)) as Usage } : {};
  return { stdout: text(stdout), stderr: text(stderr), ms, ...usage };
}

function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MLC_")));
}

/** Runs the built `mlc` and measures the whole process. */
export function runMlc(args: readonly string[], options: NodeOptions = {}): Promise<Ran> {
  return runNode([join(root, "bin", "run.js"), ...args], options);
}

/** Does something with a directory of its own, which is gone afterwards. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "mlc-bench-"));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
