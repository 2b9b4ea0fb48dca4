import { type Settings, valueAt, withValue } from "../../core/config.ts";
import type { Choice } from "../../core/system.ts";
import { filterPath, overlapping } from "../../flows/overlap.ts";
import type { Bench } from "./connect.ts";
import type { Lists } from "./connect-picks.ts";
import type { Prompts } from "./prompts.ts";

/** What pairs can be told apart by, as far as the ERP lists it. */
const kinds = [
  { by: "warehouses", label: "warehouse" },
  { by: "deliveryModes", label: "delivery mode" },
] as const;
const later = "";

/** Asks what a pair takes where another one may take the same orders, and offers to have that one leave it. */
export async function askFilter(
  bench: Bench,
  prompts: Prompts,
  { name, lists }: { name: string; lists: Lists },
  answered: Settings,
): Promise<Settings> {
  let settings = answered;
  for (const other of overlapping(bench, name, settings)) {
    prompts.say(
      `${other} may take the same orders as ${name}. One order goes to one shipper: what one has delivered the other leaves alone.`,
    );
    const offered = kinds.filter(({ by }) => (lists[by]?.length ?? 0) > 1);
    const by = await prompts.one({
      message: "What tells their orders apart?",
      choices: [
        ...offered.map((kind) => ({ value: kind.by, name: `the ${kind.label}` })),
        { value: later, name: `nothing yet (later: ${filterPath.join(".")} of both)` },
      ],
    });
    if (by !== later) settings = await divide(bench, prompts, { name, other, by, choices: lists[by] ?? [] }, settings);
  }
  return settings;
}

/** Has one pair take some values, and the other one those that are left. */
async function divide(
  bench: Bench,
  prompts: Prompts,
  { name, other, by, choices }: { name: string; other: string; by: string; choices: readonly Choice[] },
  settings: Settings,
): Promise<Settings> {
  const path = [...filterPath, by];
  const theirs = bench.settingsOf(other) ?? {};
  const taken = listAt(theirs, path);
  const free = choices.filter(({ value }) => !taken.includes(value));
  const chosen = await prompts.many({
    message: `${name} takes`,
    choices: free,
    chosen: listAt(settings, path),
  });
  const left = choices.map(({ value }) => value).filter((value) => !chosen.includes(value));
  if (taken.length === 0 && left.length > 0) {
    const isAgreed = await prompts.yes(`Shall ${other} take the others only: ${left.join(", ")}?`, true);
    if (isAgreed) await bench.save({ name: other, settings: withValue(theirs, path, left), secrets: {} });
  }
  return withValue(settings, path, chosen);
}

function listAt(settings: Settings, path: readonly string[]): string[] {
  return [valueAt(settings, path) ?? []].flat().map(String);
}
