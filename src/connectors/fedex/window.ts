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

function daysAfter(date: CivilDate, days: number): CivilDate {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
