/** The vocabulary of Business Central's API: kinds of fields, encoded enums, entity sets (Business Central, 2). */

import { Refusal } from "./refusals.ts";

/** A value as it lies on the wire; an enum is held in its encoded form. */
export type Value = string | number | boolean;
/** The values of a row; what is absent reads as the kind's empty value. */
export type Values = Record<string, Value>;
/** A JSON object that came in or goes out. */
export type Wire = Record<string, unknown>;

/** A field of an entity. */
export interface Property {
  kind: "guid" | "code" | "text" | "decimal" | "integer" | "boolean" | "date" | "dateTime" | "enum" | "stream";
  maxLength?: number;
  /** The members of an enum, encoded; the first is the empty value. */
  members?: readonly string[];
  readOnly?: boolean;
}

/** Where a navigation property leads: the rows of `set` whose `to` has the value of our `from`. */
export interface Navigation {
  set: string;
  from: string;
  to: string;
  isMany: boolean;
}

/** An entity set as an API page publishes it. */
export interface EntitySet {
  name: string;
  type: string;
  /** The table that its rows are kept in. */
  table: string;
  properties: Readonly<Record<string, Property>>;
  navigation: Readonly<Record<string, Navigation>>;
  /** POST, PATCH and DELETE that the page takes. */
  verbs: readonly string[];
  /** Listed only under a filter on `id` or this field, as pages over temporary tables are (Business Central, 2.5). */
  parentField?: string;
  /** The bound actions, without `Microsoft.NAV.`. */
  actions?: readonly string[];
  /** The fields of rows under other names: by wire name, the name inside. */
  columns?: Readonly<Record<string, string>>;
}

/** The empty GUID, date and moment (Business Central, 2). */
export const emptyGuid = "00000000-0000-0000-0000-000000000000";
export const emptyDate = "0001-01-01";
const emptyMoment = "0001-01-01T00:00:00Z";

/** An enum's name as XML writes it: `In Review` is `In_x0020_Review`, blank is `_x0020_` (Business Central, 2). */
export function encoded(name: string): string {
  if (name === "") return "_x0020_";
  return name.replace(
    /[^A-Za-z0-9]/g,
    (sign) => `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`,
  );
}

/** What a property reads as when nothing was ever written to it. */
export function emptyValue(property: Property): Value {
  switch (property.kind) {
    case "guid":
      return emptyGuid;
    case "decimal":
    case "integer":
      return 0;
    case "boolean":
      return false;
    case "date":
      return emptyDate;
    case "dateTime":
      return emptyMoment;
    case "enum":
      return property.members?.[0] ?? "";
    default:
      return "";
  }
}

/** The property of a set under a name; throws a Refusal when there is none. */
export function propertyOf(set: EntitySet, name: string): Property {
  const property = Object.hasOwn(set.properties, name) ? set.properties[name] : undefined;
  if (property) return property;
  throw new Refusal(
    400,
    "BadRequest",
    `Could not find a property named '${name}' on type 'Microsoft.NAV.${set.type}'.`,
  );
}

export const guid: Property = { kind: "guid" };
export const decimal: Property = { kind: "decimal" };
export const integer: Property = { kind: "integer" };
export const boolean: Property = { kind: "boolean" };
export const date: Property = { kind: "date" };
export const dateTime: Property = { kind: "dateTime" };
/** An upper-cased string of at most so many characters. */
export const code = (maxLength: number): Property => ({ kind: "code", maxLength });
/** A string of at most so many characters. */
export const text = (maxLength: number): Property => ({ kind: "text", maxLength });
/** An enum by the names of its members, before encoding. */
export const oneOf = (...names: string[]): Property => ({ kind: "enum", members: names.map(encoded) });
/** The same kind, but refused in a write. */
export const readOnly = (property: Property): Property => ({ ...property, readOnly: true });
