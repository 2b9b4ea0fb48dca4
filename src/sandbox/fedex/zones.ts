/** The zones that scans happen in: their offsets change along the route (FedEx, 4.1). */

const states: readonly (readonly [zone: string, codes: string])[] = [
  ["America/New_York", "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH ON PA QC RI SC VA VT WV"],
  ["America/Chicago", "AL AR IA IL KS LA MB MN MO MS ND NE OK SD TN TX WI"],
  ["America/Denver", "AB CO ID MT NM UT WY"],
  ["America/Phoenix", "AZ"],
  ["America/Los_Angeles", "BC CA NV OR WA"],
  ["America/Anchorage", "AK"],
  ["Pacific/Honolulu", "HI"],
];

const countries: Readonly<Record<string, string>> = {
  AT: "Europe/Vienna",
  CH: "Europe/Zurich",
  CA: "America/Toronto",
  DE: "Europe/Berlin",
  DK: "Europe/Copenhagen",
  FR: "Europe/Paris",
  GB: "Europe/London",
  JP: "Asia/Tokyo",
  PL: "Europe/Warsaw",
  US: "America/Chicago",
};

/** The zone of an address, as well as it can be told. */
export function zoneOf(place: { stateOrProvinceCode?: string | undefined; countryCode: string }): string {
  const state = place.stateOrProvinceCode;
  const found =
    state !== undefined && ["US", "CA"].includes(place.countryCode)
      ? states.find(([, codes]) => codes.split(" ").includes(state))
      : undefined;
  return found?.[0] ?? countries[place.countryCode] ?? "UTC";
}

/** An instant on the clock of a zone, with that zone's offset: `2026-11-21T10:05:09-06:00`. */
export function localTime(at: Date, timeZone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "longOffset",
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const offset = parts.timeZoneName === "GMT" ? "+00:00" : parts.timeZoneName?.slice(3);
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${offset}`;
}

/** The civil date of an instant in a zone. */
export function dateIn(at: Date, timeZone: string): string {
  return localTime(at, timeZone).slice(0, 10);
}

/** A civil date some days later, or earlier when negative. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whether a text is a day of the calendar as `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}
