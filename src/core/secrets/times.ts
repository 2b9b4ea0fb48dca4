import { z } from "zod";
import type { Secret } from "../secret.ts";

/** The entry that says when each of the others was set. */
export const timesName = "times";

const schema = z.record(z.string(), z.string());

/** When entries were set, as far as the store knows. Pure. */
export function timesOf(secrets: Readonly<Record<string, Secret>>): Record<string, string> {
  try {
    return schema.parse(JSON.parse(secrets[timesName]?.reveal() ?? "{}"));
  } catch {
    // It is for people alone: damaged, it is worth as much as none.
    return {};
  }
}

/** The entry of the times after entries were written: one that has its value already keeps its time. Pure. */
export function timesAfter(
  before: Readonly<Record<string, Secret>>,
  entries: Readonly<Record<string, string | null>>,
  now: Date,
): string {
  const times = timesOf(before);
  for (const [name, value] of Object.entries(entries)) {
    if (name === timesName) continue;
    if (value === null) delete times[name];
    else if (before[name]?.reveal() !== value) times[name] = now.toISOString();
  }
  return JSON.stringify(times);
}
