/** NAV's `Code` fields are kept in upper case and trimmed. */
const codes = /^(External_Document_No|No|\w*_Code)$/;

/** The names of the wanted fields that a row does not hold, in NAV's own sense of equal. Pure. */
export function differing(wanted: Readonly<Record<string, unknown>>, row: object): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => !isSame(name, Reflect.get(row, name), value))
    .map(([name]) => name);
}

function isSame(name: string, held: unknown, value: unknown): boolean {
  if (value === undefined) return true;
  // An option or a boolean of a partner's own may be shown as text.
  if (typeof value === "boolean" && typeof held === "string") return held.toLowerCase() === String(value);
  // What is not on the page, or empty, is empty: a date then has a day of its own (NAV, 3.2).
  const is = held === null || held === undefined || held === "0001-01-01" ? "" : held;
  const want = value === "0001-01-01" ? "" : value;
  if (typeof is !== "string" || typeof want !== "string") return is === want;
  return codes.test(name) ? is.trim().toUpperCase() === want.trim().toUpperCase() : is.trim() === want.trim();
}
