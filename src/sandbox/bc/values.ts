/** Checks the fields of a body as the API pages do (Business Central, 2 and 4.6). */

import { Refusal } from "./refusals.ts";
import { type EntitySet, type Property, propertyOf, type Value, type Values, type Wire } from "./types.ts";

const guidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const shapes = {
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  dateTime: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
} as const;

const misread = (name: string, given: unknown, wanted: string): Refusal =>
  new Refusal(400, "BadRequest", `Cannot convert the value '${JSON.stringify(given)}' of '${name}' to '${wanted}'.`);

function textIn(name: string, property: Property, given: string): string {
  const { kind, maxLength = Number.POSITIVE_INFINITY } = property;
  const value = kind === "code" ? given.trim().toUpperCase() : given;
  if (value.length > maxLength)
    throw new Refusal(
      400,
      "Application_StringExceededLength",
      `The length of the string is ${value.length}, but it must be less than or equal to ${maxLength} characters. Value: ${value} (${name})`,
    );
  return value;
}

function stringIn(name: string, property: Property, given: unknown): string {
  if (typeof given !== "string") throw misread(name, given, "Edm.String");
  switch (property.kind) {
    case "guid":
      if (!guidShape.test(given))
        throw new Refusal(400, "Application_InvalidGUID", `Invalid GUID '${given}' (${name}).`);
      return given.toLowerCase();
    case "date":
    case "dateTime":
      if (!shapes[property.kind].test(given))
        throw new Refusal(
          400,
          "Application_EvaluateException",
          `The value "${given}" can't be evaluated into type Date (${name}).`,
        );
      return given;
    case "enum":
      if (!property.members?.includes(given)) throw misread(name, given, `Microsoft.NAV.${name}`);
      return given;
    default:
      return textIn(name, property, given);
  }
}

/** One field as it is kept; throws a Refusal when it is of the wrong kind or too long. */
function valueIn(name: string, property: Property, given: unknown): Value {
  if (property.kind === "boolean") {
    if (typeof given !== "boolean") throw misread(name, given, "Edm.Boolean");
    return given;
  }
  if (property.kind !== "decimal" && property.kind !== "integer") return stringIn(name, property, given);
  const isFit = typeof given === "number" && (property.kind === "decimal" || Number.isInteger(given));
  if (!isFit) throw misread(name, given, property.kind === "decimal" ? "Edm.Decimal" : "Edm.Int32");
  return given;
}

/** The fields of a body under their inner names, in the order they came; refuses unknown and read-only ones. */
export function checkedValues(set: EntitySet, body: Wire, allowed: readonly string[] = []): Values {
  const values: Values = {};
  for (const [name, given] of Object.entries(body)) {
    if (name.startsWith("@")) continue;
    const property = propertyOf(set, name);
    if ((property.readOnly && !allowed.includes(name)) || property.kind === "stream")
      throw new Refusal(400, "BadRequest_InvalidOperation", `The property '${name}' is read-only.`);
    values[set.columns?.[name] ?? name] = valueIn(name, property, given);
  }
  return values;
}
