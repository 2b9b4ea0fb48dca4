import { fromZonedTime } from "date-fns-tz/fromZonedTime";
import { toZonedTime } from "date-fns-tz/toZonedTime";
import type { CivilDate, Instant } from "./model.ts";

// date-fns-tz is only right while the host's own zone has no transitions: bin sets TZ=UTC before anything else.

const minute = 60_000;
const halfHour = 30 * minute;
/** No zone sets its clock back by more than this. */
const longestFallBack = 3 * 60 * minute;

/** What a clock in the zone shows at an instant, to the second: `2026-03-02T14:05:09`. Pure. */
export function readingAt(instant: Date, zone: string): string {
  return toZonedTime(instant, zone).toISOString().slice(0, 19);
}

const quarter = 15 * minute;
const mostQuarters = 10_000;

/** The readings of one zone's clock at many instants: it is asked once for each quarter of an hour, within which no clock is changed. */
export class Readings {
  readonly #zone: string;
  /** How far the clock is ahead, by the quarter. */
  readonly #aheadMs = new Map<number, number>();

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** What `readingAt` gives. */
  at(instant: Date): string {
    const time = instant.getTime();
    const begin = Math.floor(time / quarter) * quarter;
    const known = this.#aheadMs.get(begin);
    const aheadMs = known ?? Date.parse(`${readingAt(new Date(begin), this.#zone)}Z`) - begin;
    if (known === undefined) {
      if (this.#aheadMs.size >= mostQuarters) this.#aheadMs.clear();
      this.#aheadMs.set(begin, aheadMs);
    }
    return new Date(time + aheadMs).toISOString().slice(0, 19);
  }
}

/** The calendar day in the zone at an instant. Pure. */
export function dayAt(instant: Date, zone: string): CivilDate {
  return readingAt(instant, zone).slice(0, 10);
}

/**
 * The instant at which a clock in the zone shows a reading; text with `Z` or an offset keeps its own.
 * A reading that comes twice is taken as the earlier instant, so that a window begun there misses nothing.
 * Undefined when the text is no date. Pure.
 */
export function instantOf(reading: string, zone: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(reading.trim());
  if (!match) return undefined;
  const [, day, clock = "00:00:00", fraction = "", offset] = match;
  const text = `${day}T${clock.length === 5 ? `${clock}:00` : clock}${fraction.slice(0, 4)}`;
  const instant = offset ? new Date(text + offset) : fromZonedTime(text, zone);
  if (Number.isNaN(instant.getTime())) return undefined;
  return offset ? instant : earlierOfTwo(instant, zone);
}

function earlierOfTwo(instant: Date, zone: string): Date {
  const reading = readingAt(instant, zone);
  for (let back = longestFallBack; back > 0; back -= halfHour) {
    const earlier = new Date(instant.getTime() - back);
    if (readingAt(earlier, zone) === reading) return earlier;
  }
  return instant;
}

/** `instantOf` as ISO text with `Z`. Pure. */
export function instantText(reading: string, zone: string): Instant | undefined {
  return instantOf(reading, zone)?.toISOString();
}

/** The least reading a clock in the zone shows between two instants: the start of a window that misses nothing. Pure. */
export function earliestReading(from: Date, to: Date, zone: string): string {
  let least = readingAt(from, zone);
  const end = Math.min(to.getTime(), from.getTime() + longestFallBack);
  for (let at = Math.ceil(from.getTime() / halfHour) * halfHour; at <= end; at += halfHour) {
    const reading = readingAt(new Date(at), zone);
    if (reading < least) least = reading;
  }
  return least;
}
