/** Names that Windows has for the zones of fulfilment centres' clocks (Unicode CLDR, `windowsZones`). */
const windowsZones: Readonly<Record<string, string>> = {
  "Pacific Standard Time": "America/Los_Angeles",
  "US Mountain Standard Time": "America/Phoenix",
  "Mountain Standard Time": "America/Denver",
  "Central Standard Time": "America/Chicago",
  "Eastern Standard Time": "America/New_York",
  "US Eastern Standard Time": "America/Indiana/Indianapolis",
  "Atlantic Standard Time": "America/Halifax",
  "GMT Standard Time": "Europe/London",
  "W. Europe Standard Time": "Europe/Berlin",
  "Romance Standard Time": "Europe/Paris",
  "Central European Standard Time": "Europe/Warsaw",
  "AUS Eastern Standard Time": "Australia/Sydney",
  "E. Australia Standard Time": "Australia/Brisbane",
  UTC: "UTC",
};

/** The zone behind a name of Windows' or of the IANA's; undefined for what is neither. Pure. */
export function zoneOf(name: string): string | undefined {
  const text = name.trim();
  const known = windowsZones[text];
  if (known !== undefined || !text.includes("/")) return known;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
