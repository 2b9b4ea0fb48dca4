// What a run of a flow asks of its store, in a process of its own; tells its milliseconds on stdout.
import { openProfile } from "./seeded-profile.ts";
import { intentOf, resultOf, seededName } from "./state-seed.ts";

/** Milliseconds of each thing. */
export interface Taken {
  open: number;
  compare: number;
  batch: number;
  save: number;
  edits: number;
}

const [home = "", past = "0", open = "0", round = "0"] = process.argv.slice(2);
const flow = { pair: "fno-shipstation", flow: "orders" } as const;
const mlc = await openProfile(home);
await mlc.secrets.macKey();
const opening = await timed(() => mlc.state.open(flow.pair, flow.flow, "write"));
const store = opening.value;
const known = Array.from({ length: Number(open) }, (_, index) => seededName("open", index).key);
const fresh = Array.from({ length: 100 }, (_, index) => seededName("new", Number(round) * 100 + index));
const compare = await timed(async () => {
  await mustFind(known, known.length);
  const names = fresh.map(({ key }) => key);
  await mustFind(names, 0);
  for (const { naturalKey } of fresh) await store.holder(naturalKey);
});
const writes = fresh.map((name, index) => ({
  ...flow,
  name,
  id: 5_000_000 + Number(round) * 100 + index,
  isPast: false,
}));
const batch = await timed(async () => {
  await store.append(writes.map(intentOf));
  await store.append(writes.map(resultOf));
});
const save = await timed(() => store.save());
const old = Array.from({ length: Math.min(100, Number(past)) }, (_, index) =>
  Math.floor((Number(past) * (index + 0.5)) / 100),
);
const edits = await timed(() =>
  mustFind(
    old.map((index) => seededName("past", index).key),
    old.length,
  ),
);
await store.close();
const taken: Taken = { open: opening.ms, compare: compare.ms, batch: batch.ms, save: save.ms, edits: edits.ms };
process.stdout.write(JSON.stringify(taken));

async function mustFind(keys: readonly string[], count: number): Promise<void> {
  const { size } = await store.load(keys);
  if (size !== count) throw new Error(`${size} deliveries were found, not ${count}`);
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const began = performance.now();
  const value = await work();
  return { ms: performance.now() - began, value };
}
