/** ShipBob's instants: seven fractional digits and an offset (ShipBob, 9); as texts they sort by time. */

/** Makes stamps of a clock's readings, each later than the one before it within the same millisecond. */
export function stamps(): (now: Date) => string {
  let last = "";
  let within = 0;
  return (now) => {
    const milliseconds = now.toISOString().slice(0, -1);
    within = milliseconds === last ? within + 1 : 1;
    last = milliseconds;
    return `${milliseconds}${String(within).padStart(4, "0")}+00:00`;
  };
}

/** A client's instant in the form of a stamp; undefined when it is none. */
export function readStamp(text: string): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?)?\s?(Z|[+-]\d\d:?\d\d)?$/i.exec(
    text.trim(),
  );
  if (!parts) return undefined;
  const [, date, time = "00:00:00", fraction = "", zone = "Z"] = parts;
  const at = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(at)) return undefined;
  return `${new Date(at).toISOString().slice(0, 19)}.${fraction.padEnd(7, "0").slice(0, 7)}+00:00`;
}

/** A stamp of an instant so many milliseconds before or after. */
export function shifted(stamp: string, byMs: number): string {
  const moved = new Date(Date.parse(`${stamp.slice(0, 23)}Z`) + byMs).toISOString().slice(0, -1);
  return `${moved}${stamp.slice(23, 27)}+00:00`;
}
