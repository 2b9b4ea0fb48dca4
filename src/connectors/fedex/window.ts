import type { CivilDate } from "../../core/model.ts";
import { dayAt } from "../../core/time.ts";

/** The farthest west that clocks go in a country or state: a day that has begun there has begun in all of it. */
const westernmost = {
  US: "America/Los_Angeles",
  CA: "America/Vancouver",
  MX: "America/Tijuana",
  PR: "America/Puerto_Rico",
} as const;
const westernStates = { AK: "America/Adak", HI: "Pacific/Honolulu" } as const;

/**
 * Today where parcels leave from, or the day before: never a day that has not begun there, since a window that ends in the
 * future is refused (4.3). Countries without a zone here take the last one on Earth. Pure.
 */
export function todayAtShipper(now: Date, { country, state }: { country: string; state?: string }): CivilDate {
  const states: Readonly<Record<string, string>> = country === "US" ? westernStates : {};
  const countries: Readonly<Record<string, string>> = westernmost;
  const zone = states[state ?? ""] ?? countries[country] ?? "Etc/GMT+12";
  return dayAt(now, zone);
}

/** The window in which a shipment's reference is looked up: from the day before it left until today, 30 days at most. Pure. */
export function referenceWindow(shipDate: CivilDate, today: CivilDate): { from: CivilDate; to: CivilDate } {
  const from = daysAfter(shipDate, -1);
  const latest = daysAfter(from, 30);
  // A post-dated label cannot be in any window that is allowed; the day itself is the nearest (4.3).
  if (from > today) return { from: today, to: today };
  return { from, to: latest < today ? latest : today };
}

/** So many windows are asked for at most: what FedEx did not show by then it will not show. */
const mostWindows = 3;

/** The windows in which a shipment is looked up that left on one of the days since; oldest first. Pure. */
export function referenceWindows(since: CivilDate, today: CivilDate): { from: CivilDate; to: CivilDate }[] {
  const earliest = daysAfter(today, -30 * (mostWindows - 1));
  const windows = [referenceWindow(since > earliest ? since : earliest, today)];
  for (let last = windows[0]; last && last.to < today; last = windows.at(-1))
    windows.push(referenceWindow(daysAfter(last.to, 1), today));
  return windows;
}

function daysAfter(date: CivilDate, days: number): CivilDate {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
