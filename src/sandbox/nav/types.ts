/** The vocabulary of published pages: kinds of fields, pages, keys (Dynamics NAV, 3 and 4). */

import { bad } from "./refusals.ts";

/** A value as it is kept; an option is its English member, whatever the service language. */
export type Value = string | number | boolean;
/** The values of a record; what is absent reads as the kind's empty value. */
export type Values = Record<string, Value>;
/** A JSON object that came in or goes out. */
export type Wire = Record<string, unknown>;

/** The pages that can be published. */
export type PageName =
  | "salesOrder"
  | "postedSalesShipment"
  | "postedSalesInvoice"
  | "itemCard"
  | "customerCard"
  | "shippingAgents"
  | "shippingAgentServices"
  | "salesComments";

/** A column of a page. */
export interface Property {
  kind: "code" | "text" | "decimal" | "integer" | "boolean" | "date" | "option" | "flowFilter";
  maxLength?: number;
  /** The members of an option; the first is the empty value. */
  members?: readonly string[];
  readOnly?: boolean;
}

/** A page, or the lines part of one. */
export interface Page {
  /** Of a lines part, the name of its page and of the part: `salesOrder.SalesLines`. */
  name: string;
  /** The number of the page object. */
  id: number;
  table: string;
  /** What the table is called in refusals. */
  title: string;
  /** The primary key, by column. */
  key: readonly string[];
  properties: Readonly<Record<string, Property>>;
  /** POST, PATCH and DELETE that the page takes. */
  verbs: readonly string[];
}

/** A page with its lines part, whose entity set is called after both. */
export interface CardPage extends Page {
  name: PageName;
  part?: { name: string; page: Page };
}

/** A page under the name that it is published by. */
export interface EntitySet {
  name: string;
  page: Page;
  /** The entity set of the lines. */
  lines?: EntitySet;
}

/** The empty date (Dynamics NAV, 3.2). */
export const emptyDate = "0001-01-01";

/** What a column reads as when nothing was ever written to it. */
export function emptyValue({ kind, members }: Property): Value {
  switch (kind) {
    case "decimal":
    case "integer":
      return 0;
    case "boolean":
      return false;
    case "date":
      return emptyDate;
    case "option":
      return members?.[0] ?? "";
    default:
      return "";
  }
}

/** What a record holds in a column. */
export const held = (values: Values, name: string, property: Property): Value => values[name] ?? emptyValue(property);

/** Whether a record holds a value already; what was never written counts as empty. */
export function isHeld(values: Values, name: string, value: Value): boolean {
  const before = values[name];
  return before === undefined ? ["", 0, false, emptyDate].includes(value) : before === value;
}

/** The column of an entity set under a name; throws a Refusal when there is none. */
export function propertyOf({ name: type, page }: EntitySet, name: string): Property {
  const property = Object.hasOwn(page.properties, name) ? page.properties[name] : undefined;
  if (property) return property;
  throw bad(`Could not find a property named '${name}' on type 'NAV.${type}'.`);
}

export const decimal: Property = { kind: "decimal" };
export const integer: Property = { kind: "integer" };
export const boolean: Property = { kind: "boolean" };
export const date: Property = { kind: "date" };
/** A filter that is published as a column (Dynamics NAV, 4.4). */
export const flowFilter: Property = { kind: "flowFilter" };
/** An upper-cased string of at most so many characters. */
export const code = (maxLength: number): Property => ({ kind: "code", maxLength });
/** A string of at most so many characters. */
export const text = (maxLength: number): Property => ({ kind: "text", maxLength });
/** An option by its members in English. */
export const oneOf = (...members: string[]): Property => ({ kind: "option", members });
/** The same kind, but refused in a write. */
export const readOnly = (property: Property): Property => ({ ...property, readOnly: true });
