import { join } from "node:path";
import { systemClock } from "../src/core/clock.ts";
import { noFailpoint } from "../src/core/failpoint.ts";
import { machineDisk } from "../src/core/state/disk.ts";
import { openFlowStore } from "../src/core/state/flow-store.ts";
import { openMlc } from "../src/mlc.ts";
import { type Bench, comparison, type Figure, inDirectory, inTurn, median, runMlc } from "./kit.ts";
import { serveSandbox } from "./sandbox.ts";
import { seededName, seedState } from "./state-seed.ts";

const past = 1_000_000;
const [open, added, edits] = [5_000, 2_000, 100];
const at = `at ${past.toLocaleString("en-US")} past deliveries`;
const of = { pair: "fno-shipstation", flow: "orders" } as const;

/** A run with a million past deliveries in its state, against the same with none. */
export const bench: Bench = {
  name: "past",
  run: async (runs) => {
    // Each has vendors of its own: what the one has sent would be there already for the other.
    const [ofOld, ofYoung] = [await serveSandbox({ orders: open }), await serveSandbox({ orders: open })];
    try {
      return await inDirectory((old) =>
        inDirectory(async (young) => {
          const [oldEnv, youngEnv] = [await ofOld.connect(old), await ofYoung.connect(young)];
          await seedPast(old);
          const sync = async (env: Record<string, string>) =>
            (await runMlc(["sync", "orders", "--json"], { env, expected: [0] })).ms;
          const both = { old: () => sync(oldEnv), young: () => sync(youngEnv) };
          await inTurn(1, both);
          const unchanged = await inTurn(runs, both);
          const news: { old: number[]; young: number[] } = { old: [], young: [] };
          for (let round = 0; round < runs; round += 1) {
            for (const sandbox of [ofOld, ofYoung]) await sandbox.addOrders(added);
            const took = await inTurn(1, both);
            news.old.push(...took.old);
            news.young.push(...took.young);
          }
          return [
            figure(`${open.toLocaleString("en-US")} open unchanged orders`, unchanged, 1.2),
            figure(`${added.toLocaleString("en-US")} new orders`, news, 1.3),
            await editing(old, runs),
          ];
        }),
      );
    } finally {
      await ofOld.close();
      await ofYoung.close();
    }
  },
};

function figure(what: string, { old, young }: { old: number[]; young: number[] }, most: number): Figure {
  const baseline = { what: "at none", values: young };
  return comparison({ what: `${what} ${at}, whole process`, unit: "ms", values: old, baseline, most });
}

async function seedPast(home: string): Promise<void> {
  const macKey = await macKeyOf(home);
  const dir = join(home, "default", "state");
  const disk = machineDisk(process.platform);
  await seedState({ ...of, disk, dir, macKey, past, open: 0, entries: past + 3, clock: systemClock });
}

async function macKeyOf(home: string): Promise<Uint8Array> {
  const mlc = await openMlc({
    profile: "default",
    env: { MLC_HOME: home },
    platform: process.platform,
    homedir: home,
    version: "0.0.0",
    signal: new AbortController().signal,
    isTty: false,
  });
  return mlc.secrets.macKey();
}

/** Long-closed deliveries from all over the years: opened, loaded, changed, kept. */
async function editing(home: string, runs: number): Promise<Figure> {
  const macKey = await macKeyOf(home);
  const values: number[] = [];
  for (let round = 0; round < runs; round += 1) {
    const names = Array.from({ length: edits }, (_, index) =>
      seededName("past", Math.floor((index * past) / edits) + round),
    );
    const began = performance.now();
    const store = await openFlowStore({
      ...of,
      disk: machineDisk(process.platform),
      dir: join(home, "default", "state"),
      macKey,
      clock: systemClock,
      ulid: () => "01M7Z6WT0QAF5PVX24QPF302GP",
      failpoint: noFailpoint,
    });
    const loaded = await store.load(names.map(({ key }) => key));
    if (loaded.size !== edits) throw new Error(`${loaded.size} of ${edits} deliveries were found`);
    await store.append(
      names.map(({ key, number, legalEntity, naturalKey }) => ({
        kind: "result",
        run: "01M7Z6WT0QAF5PVX24QPF302GP",
        ...of,
        key,
        document: number,
        record: { id: key, version: `edited-${round}`, ref: { legalEntity, number } },
        step: "order",
        action: "update",
        naturalKey,
        outcome: "updated",
        calls: [],
        fields: ["shipTo"],
        settled: true,
      })),
    );
    await store.save();
    await store.close();
    values.push(performance.now() - began);
  }
  const value = median(values);
  return {
    what: `${edits} edits of long-closed orders ${at}: state read, changed, kept`,
    value,
    unit: "ms",
    target: "≤ 1,000 ms",
    isMet: value <= 1_000,
  };
}
