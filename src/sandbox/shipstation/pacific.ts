/** The clock on ShipStation V1's wall: Pacific time without an offset, both ways (ShipStation V1, 1.3). */

/** A moment in both clocks; `pacific` has always three fraction digits, so that its strings sort. */
export interface Stamp {
  /** UTC with `Z`, as V2 shows it. */
  readonly instant: string;
  /** `2026-03-02T14:05:09.123`, as V1 keeps, sorts and compares it. */
  readonly pacific: string;
}

/** Whether an offset or `Z` in a V1 date is obeyed, or cut off and the rest read as Pacific. */
export type Offsets = "ignored" | "honoured";

const clockText = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?(?:\.(\d{1,7}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** Returns a function that stamps a moment in both clocks, whatever the host's zone. */
export function pacificStamps(): (at: Date) => Stamp {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Los_Angeles",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const millis = at.toISOString().slice(20, 23);
    return {
      instant: at.toISOString(),
      pacific: `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}.${millis}`,
    };
  };
}

/** Reads a date or datetime that a client sent into the clock's own form; undefined when it is neither. */
export function readPacific(text: string, offsets: Offsets, stamp: (at: Date) => Stamp): string | undefined {
  const match = clockText.exec(text.trim());
  if (!match) return undefined;
  const [, day, minute = "00:00", second = "00", fraction = "", offset] = match;
  const clock = `${day}T${minute}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}`;
  const asUtc = new Date(`${clock}Z`);
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString() !== `${clock}Z`) return undefined;
  if (!offset || offsets === "ignored") return clock;
  return stamp(new Date(`${clock}${offset.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2")}`)).pacific;
}

/** Shows a clock reading with 0, 3 or 7 fraction digits, as V1's answers vary (ShipStation V1, 1.3). */
export function showPacific(clock: string, digits: number): string {
  const [whole = clock, fraction = ""] = clock.split(".");
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, "0").slice(0, digits)}`;
}
