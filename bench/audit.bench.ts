import { readdir, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { jumpingClock } from "../src/core/clock.ts";
import { type Bench, type Figure, inDirectory, inTurn, median, runMlc } from "./kit.ts";
import { seedProfile } from "./seeded-profile.ts";

const lines = 1_000_000;
const month = ["--since", "2026-03-01", "--until", "2026-03-31"];
const mostMb = 120;

const commands = {
  month: ["audit", "--json", ...month],
  dead: ["audit", "--json", "--status", "dead"],
  verify: ["audit", "verify", "--json"],
} as const;

/** The trail over a million lines: a month of it, one outcome, the proof of the chain. */
export const bench: Bench = {
  name: "audit",
  run: (runs) =>
    inDirectory(async (home) => {
      const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
      const { dead } = await seedProfile(home, { past: 475_000, open: 5_000, entries: lines, clock });
      const env = { MLC_HOME: home, MLC_ZONE: "UTC" };
      const directory = join(home, "default", "state", "fno-shipstation.orders");
      const inMonth = await lineCount(join(directory, "log-2026-03.jsonl"));
      const time = (name: keyof typeof commands) => async () => (await runMlc(commands[name], { env })).ms;
      const taken = await inTurn(runs, { month: time("month"), dead: time("dead"), verify: time("verify") });
      const peak = await peakMb(env, dead);
      await refuseCutTail(directory, env);
      const of = `of ${lines.toLocaleString("en")} lines`;
      return [
        rate(`one month ${of}: its own lines, of which ${await shown(env)} are printed`, inMonth, taken.month),
        rate(`one month ${of}: all lines, though other months are never opened`, lines, taken.month, 1_000_000),
        rate(`\`--status dead\` ${of}`, lines, taken.dead, 400_000),
        rate(`\`audit verify\` ${of}; a cut tail is told`, lines, taken.verify, 250_000),
        { what: "peak memory of these", value: peak, unit: "MB", target: `≤ ${mostMb} MB`, isMet: peak <= mostMb },
      ];
    }),
};

function rate(what: string, count: number, ms: readonly number[], least?: number): Figure {
  const value = median(ms.map((one) => (count / one) * 1_000));
  const figure = { what: `\`mlc audit\`, whole process: ${what}`, value, unit: "lines/s" };
  if (least === undefined) return figure;
  return { ...figure, target: `≥ ${least.toLocaleString("en")}`, isMet: value >= least };
}

/** How many entries the month prints. */
async function shown(env: Record<string, string>): Promise<string> {
  const { stdout } = await runMlc(commands.month, { env });
  return (stdout.split("\n").length - 1).toLocaleString("en");
}

/** The highest peak of the commands, whose answers are looked at too. */
async function peakMb(env: Record<string, string>, dead: number): Promise<number> {
  const [month, deadLetters, verify] = [
    await runMlc(commands.month, { env, withUsage: true }),
    await runMlc(commands.dead, { env, withUsage: true }),
    await runMlc(commands.verify, { env, withUsage: true }),
  ];
  const found = deadLetters.stdout.split("\n").length - 1;
  if (found !== dead) throw new Error(`audit --status dead printed ${found} of ${dead}`);
  const { flows } = JSON.parse(verify.stdout) as { flows: { lines: number; ok: boolean }[] };
  if (flows[0]?.lines !== lines || !flows[0].ok) throw new Error(`audit verify said ${verify.stdout}`);
  return Math.max(...[month, deadLetters, verify].map(({ usage }) => (usage?.peakBytes ?? Number.NaN) / 2 ** 20));
}

/** Cuts the last line off and looks whether that is told; the log is not whole afterwards. */
async function refuseCutTail(directory: string, env: Record<string, string>): Promise<void> {
  const name = (await readdir(directory))
    .filter((file) => file.startsWith("log-"))
    .sort()
    .at(-1);
  const path = join(directory, name ?? "");
  const bytes = await readFile(path);
  await truncate(path, bytes.lastIndexOf(10, bytes.length - 2) + 1);
  const { stdout } = await runMlc(commands.verify, { env, expected: [7] });
  if (!stdout.includes("its end is cut off")) throw new Error(`a cut tail was not told: ${stdout}`);
  if ((await stat(path)).size === bytes.length) throw new Error("nothing was cut off");
}

async function lineCount(path: string): Promise<number> {
  const bytes = await readFile(path);
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
