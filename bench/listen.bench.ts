import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import { type Bench, type Figure, inDirectory, median, runNode } from "./kit.ts";
import { fromFno } from "./listen-calls.ts";
import type { Answered } from "./listen-load.ts";
import type { Kind, ServerFacts } from "./listen-process.ts";

const rate = 4_000;
const seconds = 60;
const held = 1_000_000;

/** A server under load. */
interface Loaded extends Answered {
  /** Resident, each second. */
  rssMb: number[];
  /** Of the server's process, a call. */
  cpuUs: number;
}

/** Calls that are verified and kept, at a fixed rate, against a server that does neither; then as many as it takes. */
export const bench: Bench = {
  name: "listen",
  run: (runs) =>
    inDirectory(async (dir) => {
      const mlc: Loaded[] = [];
      const hono: Loaded[] = [];
      for (let round = 0; round < runs; round += 1) {
        mlc.push(await load("mlc", join(dir, String(round)), { rate, seconds }));
        hono.push(await load("hono", dir, { rate, seconds: 20 }));
      }
      return [...figures(mlc, hono), await highest(dir), ...(await reopened(join(dir, "million")))];
    }),
};

/** Loads a server that ran warm for five seconds at a quarter of the rate: it is to run for months. */
async function load(kind: Kind, dir: string, asked: { rate: number; seconds: number }): Promise<Loaded> {
  const server = await serve(kind, dir);
  const { port } = await server.facts();
  const { rate, seconds } = asked;
  const warm = { rate: rate / 4, seconds: 5 };
  await calls(port, { ...warm, from: 0 });
  const begun = await server.facts();
  const rssMb: number[] = [];
  const looking = setInterval(async () => rssMb.push((await server.facts()).rssMb), 1000);
  const answered = await calls(port, { rate, seconds, from: warm.rate * warm.seconds });
  clearInterval(looking);
  const ended = await server.facts();
  await server.close();
  if (answered.failed > 0) throw new Error(`${answered.failed} calls were not answered 200`);
  const cpuUs = ((ended.cpuMs - begun.cpuMs) * 1000) / (rate * seconds);
  return { ...answered, rssMb, cpuUs };
}

async function calls(port: number, asked: { rate: number; seconds: number; from: number }): Promise<Answered> {
  const script = join(import.meta.dirname, "listen-load.js");
  const { stdout } = await runNode([script, ...[port, asked.rate, asked.seconds, asked.from].map(String)]);
  return JSON.parse(stdout) as Answered;
}

interface Server {
  facts(): Promise<ServerFacts>;
  close(): Promise<void>;
}

async function serve(kind: Kind, dir: string): Promise<Server> {
  // Its log goes to a file, as to a journal.
  const log = openSync(join(dir, "..", `${kind}.log`), "w");
  const child: ChildProcess = fork(join(import.meta.dirname, "listen-process.js"), [kind, dir], {
    stdio: ["ignore", log, "inherit", "ipc"],
  });
  await once(child, "message");
  return {
    facts: async () => {
      const told = once(child, "message");
      child.send("facts");
      const [facts] = await told;
      return facts as ServerFacts;
    },
    close: async () => {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}

function figures(mlc: readonly Loaded[], hono: readonly Loaded[]): Figure[] {
  const of = (runs: readonly Loaded[], value: (run: Loaded) => number) => median(runs.map(value));
  const what = `listen, ${rate.toLocaleString("en")} events/s for ${seconds} s`;
  const p99 = of(mlc, (run) => run.p99);
  const growth = of(mlc, ({ rssMb }) => median(rssMb.slice(-10)) - median(rssMb.slice(5, 15)));
  const bare = (value: number) => ({ what: "bare Hono", value });
  return [
    { what: `${what}: p50 of the answer`, unit: "ms", value: of(mlc, (run) => run.p50) },
    {
      ...{ what: `${what}: p99 of the answer`, unit: "ms", value: p99, target: "< 40 ms", isMet: p99 < 40 },
      ...{ baseline: bare(of(hono, (run) => run.p99)), ratio: p99 / of(hono, (run) => run.p99) },
    },
    {
      ...{ what: `${what}: CPU of the receiver an event`, unit: "µs", value: of(mlc, (run) => run.cpuUs) },
      ...{ baseline: bare(of(hono, (run) => run.cpuUs)) },
    },
    { what: `${what}: resident in the last ten`, unit: "MB", value: of(mlc, ({ rssMb }) => median(rssMb.slice(-10))) },
    {
      ...{ what: `${what}: growth since 5 to 15 s`, unit: "MB", value: growth },
      ...{ target: "≤ 10 MB", isMet: growth <= 10 },
    },
  ];
}

/** The last of growing rates that a fresh receiver holds for ten seconds with 99 of 100 answers within 40 ms. */
async function highest(dir: string): Promise<Figure> {
  let value = 0;
  for (let next = rate; next <= 20_000; next += 1_000) {
    const { p99 } = await load("mlc", join(dir, `at-${next}`), { rate: next, seconds: 10 });
    if (p99 >= 40) break;
    value = next;
  }
  return { what: "listen, highest rate held for 10 s with p99 < 40 ms", unit: "events/s", value };
}

/** An inbox at its limit is opened, and puts off what comes. */
async function reopened(dir: string): Promise<Figure[]> {
  await runNode([join(import.meta.dirname, "listen-process.js"), "fill", dir, String(held)]);
  const server = await serve("idle", dir);
  const { openMs, rssMb, port } = await server.facts();
  const { path, body } = fromFno(held);
  const headers = { "content-type": "application/json" };
  const { status } = await fetch(`http://127.0.0.1:${port}/webhooks/${path}`, { method: "POST", headers, body });
  await server.close();
  const what = `inbox of ${held.toLocaleString("en")} events that wait, one more: ${status}`;
  return [
    { what: `${what}: open`, unit: "ms", value: openMs },
    { what: `${what}: resident after it`, unit: "MB", value: rssMb },
  ];
}
