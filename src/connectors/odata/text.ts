/** A piece of OData text that is quoted already and so may stand in another. */
export class OdataText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What may stand in OData text as a value. */
export type OdataValue = string | number | boolean | null | Date | OdataText;

/** OData text whose values are quoted: strings in doubled quotes, dates as UTC instants, the rest bare. Pure. */
export function odata(parts: TemplateStringsArray, ...values: OdataValue[]): OdataText {
  return new OdataText(String.raw({ raw: parts }, ...values.map(literal)));
}

/** An enum's member in the form a filter wants it. Pure. */
export function odataEnum(type: string, member: string): OdataText {
  return new OdataText(`${odataName(type)}'${odataName(member)}'`);
}

/** The name of a set, field or type that comes from the config; throws RangeError on anything else. Pure. */
export function odataName(name: string): OdataText {
  if (!/^[\p{L}_][\p{L}\p{N}_]*([./][\p{L}_][\p{L}\p{N}_]*)*$/u.test(name)) {
    throw new RangeError(`Not an OData name: ${name}`);
  }
  return new OdataText(name);
}

/** A calendar day, bare as a filter on a date wants it. Pure. */
export function odataDate(date: string): OdataText {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new RangeError(`Not a date: ${date}`);
  return new OdataText(date);
}

/** A GUID, bare. Pure. */
export function odataGuid(id: string): OdataText {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new RangeError(`Not a GUID: ${id}`);
  return new OdataText(id);
}

/** Clauses in parentheses, any of which may hold; at least one must be given. Pure. */
export function odataOr(clauses: readonly OdataText[]): OdataText {
  if (clauses.length === 0) throw new RangeError("An empty choice would match everything.");
  return new OdataText(`(${clauses.join(" or ")})`);
}

/** Clauses that must all hold. Pure. */
export function odataAnd(clauses: readonly OdataText[]): OdataText {
  return new OdataText(clauses.join(" and "));
}

/** A key for a path, `(dataAreaId='usmf',Number='SO%2F1')`; blanks are significant and stay. Pure. */
export function odataKey(fields: Readonly<Record<string, OdataValue>>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `${odataName(name)}=${encodeURIComponent(literal(value))}`,
  );
  return `(${parts.join(",")})`;
}

function literal(value: OdataValue): string {
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`Not a number for OData: ${value}`);
  return String(value);
}
