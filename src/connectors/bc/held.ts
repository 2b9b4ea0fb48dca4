/** BC's `Code` fields among those that mlc writes: stored in upper case and trimmed (BC, 2). */
const codes =
  /^(externalDocumentNumber|number|customerNumber|lineObjectNumber|salesperson|country|postalCode|\w*(Code|Country|PostCode))$|_Code$/;

/** The names of the wanted fields that a row does not hold, in BC's own sense of equal. Pure. */
export function changesIn(wanted: Readonly<Record<string, unknown>>, row: object): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => !isSame(name, Reflect.get(row, name), value))
    .map(([name]) => name);
}

function isSame(name: string, held: unknown, value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof held !== "string" || typeof value !== "string") return held === value;
  return codes.test(name) ? held.trim().toUpperCase() === value.trim().toUpperCase() : held === value;
}
