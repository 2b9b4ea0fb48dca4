import { join } from "node:path";
import { type ListenGiven, runListen } from "../../src/commands/support/listen-run.ts";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { openMlc } from "../../src/mlc.ts";
import { newestEvents } from "../../src/webhooks/inbox/reader.ts";
import type { Bench, Ended } from "./fixture.ts";

/** A receiver in a process of its own. */
export interface ReceiverProcess {
  /** Where it listens. */
  url: string;
  /** Resolves once stderr or stdout has told a part. */
  hears(part: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

/** Starts a receiver, by the machine's clock, and waits until it listens. */
export async function startReceiver(
  bench: Pick<Bench, "run">,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ReceiverProcess> {
  let kill: ReceiverProcess["kill"] = () => {};
  let told = "";
  const waiting: { part: RegExp; resolve: () => void }[] = [];
  const hear = (text: string) => {
    told += text;
    for (const { part, resolve } of waiting) if (part.test(told)) resolve();
  };
  const heard = (part: RegExp) =>
    new Promise<void>((resolve) => (part.test(told) ? resolve() : waiting.push({ part, resolve })));
  const ended = bench.run([...args, "--port", "0"], {
    env: { MLC_TEST_NOW: "", ...env },
    started: (child) => {
      kill = (signal) => child.kill(signal);
      child.stderr?.on("data", hear);
      child.stdout?.on("data", hear);
    },
  });
  const early = ended.then(({ stderr }) => Promise.reject(new Error(`It ended too early: ${stderr}`)));
  early.catch(() => {});
  const hears = (part: RegExp) => Promise.race([heard(part), early]);
  await hears(/Listening on http\S+\/webhooks/);
  return { url: /Listening on (http\S+)\/webhooks/.exec(told)?.[1] ?? "", hears, kill: (one) => kill(one), ended };
}

/** The events of a profile's inbox that are not done with. */
export async function undone({ home }: Pick<Bench, "home">): Promise<string[]> {
  const dir = join(home, "default", "inbox");
  const events = await newestEvents(machineDisk(process.platform), dir, { limit: 10_000 });
  return events.filter(({ isDone }) => !isDone).map(({ id, topic }) => `${topic} ${id}`);
}

/**
 * Has a receiver in this process work off all that waits, at the vendors' time: what a killed one left stands on the disk.
 * Throws when it is not done in half a minute.
 */
export async function workOff({ home, env, clock }: Pick<Bench, "home" | "env" | "clock">): Promise<void> {
  const ahead = clock.now().getTime() - Date.now();
  const own: Clock = { now: () => new Date(Date.now() + ahead), sleep: systemClock.sleep };
  const stop = new AbortController();
  const open = () =>
    openMlc({
      ...{ profile: "default", env, platform: process.platform, homedir: home, version: "0.0.0" },
      ...{ signal: stop.signal, isTty: false, clock: own },
    });
  const given: ListenGiven = {
    port: 0,
    host: "127.0.0.1",
    trustsProxy: false,
    isQuiet: true,
    access: () => {},
    stamp: (at) => at,
    say: () => {},
  };
  const receiving = runListen(open, given);
  const until = Date.now() + 30_000;
  let left = await undone({ home });
  while (left.length > 0 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = await undone({ home });
  }
  stop.abort();
  await receiving;
  if (left.length > 0) throw new Error(`Not worked off: ${left.join(", ")}`);
}
