import { join } from "node:path";
import { type Bench, comparison, type Figure, inDirectory, median, runNode } from "./kit.ts";
import { seedProfile } from "./seeded-profile.ts";
import type { Taken } from "./store-process.ts";

const pasts = [0, 100_000, 1_000_000];
const open = 5_000;

type Run = Taken & { peakMb: number };

/** The store of a flow behind nothing, a hundred thousand and a million finished deliveries; a process each run. */
export const bench: Bench = {
  name: "store",
  run: (runs) =>
    inDirectory(async (home) => {
      const homes = pasts.map((past) => ({ past, home: join(home, String(past)), runs: [] as Run[] }));
      for (const { past, home } of homes) await seedProfile(home, { past, open, entries: past + open + 3 });
      // In turn, so that a machine that slows down slows all of them; the first round warms the files.
      for (let round = 0; round <= runs; round += 1)
        for (const one of homes) {
          const run = await runOnce(one.home, one.past, round);
          if (round > 0) one.runs.push(run);
        }
      const none = homes[0]?.runs ?? [];
      return homes.flatMap(({ past, runs }) => figures(past, runs, none));
    }),
};

async function runOnce(home: string, past: number, round: number): Promise<Run> {
  const script = join(import.meta.dirname, "store-process.js");
  const { stdout, usage } = await runNode([script, ...[home, past, open, round].map(String)], { withUsage: true });
  return { ...(JSON.parse(stdout) as Taken), peakMb: (usage?.peakBytes ?? Number.NaN) / 2 ** 20 };
}

const ofRun = ({ open, compare, batch, save }: Run) => open + compare + batch + save;

function figures(past: number, runs: readonly Run[], none: readonly Run[]): Figure[] {
  const at = `store at ${past.toLocaleString("en")} past deliveries`;
  const row = (what: string, name: keyof Run): Figure => ({
    what: `${at}: ${what}`,
    value: median(runs.map((run) => run[name])),
    unit: name === "peakMb" ? "MB" : "ms",
  });
  const rows = [
    row(`open, with ${open.toLocaleString("en")} open ones`, "open"),
    row("look up all open ones and 100 new ones", "compare"),
    row("a batch of 100: intents, results", "batch"),
    row("save", "save"),
    row("peak memory of the process", "peakMb"),
  ];
  if (past === 0) return rows;
  const baseline = { what: "at 0", values: none.map(ofRun) };
  return [
    ...rows,
    row("look up 100 that were filed long ago", "edits"),
    comparison({ what: `${at}: all of a run but these`, unit: "ms", values: runs.map(ofRun), baseline, most: 1.2 }),
  ];
}
