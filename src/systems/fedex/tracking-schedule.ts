import { createHash } from "node:crypto";
import type { CivilDate } from "../../core/model.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How often a parcel is asked for, by the days since it was shipped: at every run, later at certain times only. */
const paces: readonly { untilDay: number; everyMs: number }[] = [
  { untilDay: 0, everyMs: 4 * hourMs },
  { untilDay: 5, everyMs: 0 },
  { untilDay: 20, everyMs: 4 * hourMs },
];
const lastEveryMs = dayMs;
/** The last run is told by its end, and what fell due while it ran is still due. */
const runMs = 2 * 60_000;

/** A parcel that is followed. */
export interface Followed {
  id: string;
  shippedOn: CivilDate;
  /** It is followed no more once it is older; the first run after that takes its leave of it. */
  maxDays: number;
}

/**
 * Whether a parcel is to be asked for now. Each has times of its own, by its id, so that not all come at once; what fell
 * due since the last run is due. Pure.
 */
export function isDue({ id, shippedOn, maxDays }: Followed, lastRunAt: Date | undefined, now: Date): boolean {
  if (lastRunAt === undefined) return true;
  const before = new Date(lastRunAt.getTime() - runMs);
  if (isOlder(shippedOn, maxDays, before)) return false;
  const everyMs = paceOf(ageInDays(shippedOn, now));
  if (everyMs === 0 || isOlder(shippedOn, maxDays, now)) return true;
  const offset = createHash("sha256").update(id).digest().readUInt32BE() % everyMs;
  const times = (at: Date) => Math.floor((at.getTime() - offset) / everyMs);
  return times(now) > times(before);
}

/** Whether so many days have passed since a day. Pure. */
export function isOlder(shippedOn: CivilDate, days: number, now: Date): boolean {
  return ageInDays(shippedOn, now) > days;
}

function paceOf(age: number): number {
  return paces.find(({ untilDay }) => age < untilDay)?.everyMs ?? lastEveryMs;
}

function ageInDays(shippedOn: CivilDate, now: Date): number {
  return (now.getTime() - Date.parse(`${shippedOn}T00:00:00Z`)) / dayMs;
}
