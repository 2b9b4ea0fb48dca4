/** Values as they come and go: captions of options, lengths, dates (Dynamics NAV, 3.2, 3.3 and 9). */

import { bad, Refusal } from "./refusals.ts";
import type { NavSwitches } from "./switches.ts";
import {
  type EntitySet,
  emptyDate,
  held,
  type Property,
  propertyOf,
  type Value,
  type Values,
  type Wire,
} from "./types.ts";

type Language = Pick<NavSwitches, "captions" | "blankOption">;

/** An option as the service language writes it. */
export function captionOf(member: string, { captions, blankOption }: Language): string {
  if (member === "") return blankOption;
  return (Object.hasOwn(captions, member) ? captions[member] : undefined) ?? member;
}

/** The member that a caption stands for; throws a Refusal when there is none. */
export function memberOf(name: string, caption: string, { members = [] }: Property, language: Language): string {
  const isBlank = caption.trim() === "" || caption === "_x0020_";
  const found = members.find((member) =>
    member === "" ? isBlank : captionOf(member, language).toLowerCase() === caption.toLowerCase(),
  );
  if (found !== undefined) return found;
  throw bad(
    `Your entry of '${caption}' is not an acceptable value for '${name}'. The field can have as one of the following values: '${members.map((member) => captionOf(member, language)).join(",")}'.`,
  );
}

/** A column as JSON: V3 writes decimals as text and dates with a time (Dynamics NAV, 1). */
export function shown(values: Values, name: string, property: Property, language: Language & { isV3: boolean }): Value {
  const value = held(values, name, property);
  if (property.kind === "option") return captionOf(String(value), language);
  if (!language.isV3) return value;
  if (property.kind === "decimal") return String(value);
  return property.kind === "date" ? `${value}T00:00:00` : value;
}

const dayShape = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:T00:00:00Z?)?$/;

const misread = (name: string, given: unknown, wanted: string): Refusal =>
  bad(`Cannot convert the value '${JSON.stringify(given)}' of '${name}' to '${wanted}'.`);

function textIn({ kind, maxLength = Number.POSITIVE_INFINITY }: Property, given: string): string {
  const value = kind === "code" ? given.trim().toUpperCase() : given;
  if (value.length > maxLength)
    throw new Refusal(
      400,
      `The length of the string is ${value.length}, but it must be less than or equal to ${maxLength} characters. Value: ${value}`,
      "Application_StringExceededLength",
    );
  return value;
}

function stringIn(name: string, property: Property, given: unknown, language: Language): string {
  if (typeof given !== "string") throw misread(name, given, "Edm.String");
  if (property.kind === "option") return memberOf(name, given, property, language);
  if (property.kind !== "date") return textIn(property, given);
  const day = given === "" ? emptyDate : dayShape.exec(given)?.[1];
  if (day === undefined) throw misread(name, given, "Edm.Date");
  return day;
}

function valueIn(name: string, property: Property, given: unknown, language: Language & { isV3: boolean }): Value {
  if (property.kind === "boolean") {
    if (typeof given !== "boolean") throw misread(name, given, "Edm.Boolean");
    return given;
  }
  if (property.kind !== "decimal" && property.kind !== "integer") return stringIn(name, property, given, language);
  const number = language.isV3 && typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  const isFit =
    typeof number === "number" && (property.kind === "decimal" ? Number.isFinite(number) : Number.isInteger(number));
  if (!isFit) throw misread(name, given, property.kind === "decimal" ? "Edm.Decimal" : "Edm.Int32");
  return number;
}

/** The columns of a body in the order they came; refuses unknown and read-only ones and lines inside (Dynamics NAV, 4). */
export function checkedValues(set: EntitySet, body: Wire, language: Language & { isV3: boolean }): Values {
  const values: Values = {};
  for (const [name, given] of Object.entries(body)) {
    if (name.includes("@") || name === "ETag") continue;
    if (name === set.lines?.name) throw bad(`Deep insert is not supported: ${name}.`);
    const property = propertyOf(set, name);
    if (property.kind === "flowFilter") continue;
    if (property.readOnly) throw bad(`The property '${name}' on type 'NAV.${set.name}' is read-only.`);
    values[name] = valueIn(name, property, given, language);
  }
  return values;
}
