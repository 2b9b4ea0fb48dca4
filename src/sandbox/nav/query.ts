/** Reads query options: `$filter` and the others that the sheet lists (Dynamics NAV, 4). */

import { type Dialect, type Literal, readFilter, type Test, verdictOf } from "../odata/filter.ts";
import { checkOptions, countOf, expansionsOf, type Ordering, orderingOf, selectionOf } from "../odata/options.ts";
import { bad, type Refusal } from "./refusals.ts";
import type { NavSwitches } from "./switches.ts";
import { type EntitySet, held, type Property, propertyOf, type Value, type Values } from "./types.ts";
import { memberOf } from "./values.ts";

/** What a page is asked in. */
export type Speech = NavSwitches & { isV3: boolean };

/** What a read asks for. */
export interface Query {
  passes: Test<Values>;
  order: Ordering<Values> | undefined;
  select: readonly string[] | undefined;
  /** By navigation property, the columns selected inside it; undefined: all. */
  expand: ReadonlyMap<string, readonly string[] | undefined>;
  top: number;
  skip: number;
  /** Where the page begins. */
  token: string | undefined;
  /** What is compared with flow filters, by column. */
  flowFilters: ReadonlyMap<string, string>;
}

const invalid = (detail: string): Refusal => bad(`Invalid filter clause: ${detail}`);

const literalKinds: Readonly<Record<Property["kind"], Literal["kind"]>> = {
  code: "string",
  text: "string",
  decimal: "number",
  integer: "number",
  boolean: "boolean",
  date: "day",
  option: "string",
  flowFilter: "string",
};

/** A literal as the value of a column; throws when it is of another kind. */
export function wantedValue(name: string, property: Property, literal: Literal, speech: Speech): Value {
  if (literal.kind !== literalKinds[property.kind])
    throw invalid(
      `A binary operator with incompatible types was detected. Found '${property.kind}' (${name}) and '${literal.kind}'.`,
    );
  if (property.kind === "boolean") return literal.value === "true";
  const value = literal.value ?? "";
  if (property.kind === "option") return memberOf(name, String(value), property, speech);
  return property.kind === "code" ? String(value).toUpperCase() : value;
}

const compare = (left: Value, right: Value): number => (left < right ? -1 : left > right ? 1 : 0);

const verdicts: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
  contains: (value, part) => value.includes(part),
  substringof: (value, part) => value.includes(part),
};

const derivations: Readonly<Record<string, (value: string, part: string) => Value>> = {
  tolower: (value) => value.toLowerCase(),
  toupper: (value) => value.toUpperCase(),
  trim: (value) => value.trim(),
  indexof: (value, part) => value.indexOf(part),
};

const named = <T>(table: Readonly<Record<string, T>>, name: string): T => {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!found) throw invalid(`function '${name}' is not supported.`);
  return found;
};

function dialectOf(set: EntitySet, speech: Speech, flowFilters: Map<string, string>): Dialect<Values> {
  return {
    invalid,
    literalFirst: ["substringof"],
    comparison(name, operator, literal) {
      const property = propertyOf(set, name);
      const verdict = verdictOf(operator);
      if (!verdict) throw invalid(`operator '${operator}' is not supported.`);
      const value = wantedValue(name, property, literal, speech);
      if (property.kind === "flowFilter") {
        flowFilters.set(name, String(value).toUpperCase());
        return () => true;
      }
      return (values) => verdict(compare(held(values, name, property), value));
    },
    call(name, field, literal) {
      const property = propertyOf(set, field);
      const isKnown = name === "contains" ? !speech.isV3 && speech.contains : name !== "substringof" || speech.isV3;
      const verdict = named(isKnown ? verdicts : {}, name);
      if (typeof literal.value !== "string") throw invalid(`function '${name}' takes a text.`);
      const { value } = literal;
      return (values) => verdict(String(held(values, field, property)), value);
    },
    derived(name, { field, literal, operator, right }) {
      const property = propertyOf(set, field);
      const verdict = verdictOf(operator);
      const derive = named(derivations, name);
      if (!verdict || right.value === null) throw invalid(`operator '${operator}' is not supported.`);
      const value = right.value;
      const part = String(literal?.value ?? "");
      return (values) => verdict(compare(derive(String(held(values, field, property)), part), value));
    },
    alternatives(fields) {
      if (fields.size > 1)
        throw invalid(
          `OR is supported between conditions on the same field only, not on ${[...fields].join(" and ")}.`,
        );
    },
  };
}

/** V3's `datetime'2026-11-20T00:00:00'` as the plain date of V4; texts are left alone. */
const plainDates = (filter: string): string =>
  filter.replace(
    /datetime'(\d{4}-\d\d-\d\d)(?:T[\d:.]*)?'|'(?:[^']|'')*'/g,
    (all, day: string | undefined) => day ?? all,
  );

const selectOf = (text: string, set: EntitySet) =>
  selectionOf(text, (name) => {
    // V3 selects what it expands by the name of the navigation.
    if (name !== set.lines?.name) propertyOf(set, name);
  });

function expandOf(text: string | null, set: EntitySet): Query["expand"] {
  return expansionsOf(text, {
    target(name, item) {
      if (set.lines?.name === name) return set.lines;
      throw bad(`Could not find a property named '${item}' on type 'NAV.${set.name}'.`);
    },
    select: selectOf,
  });
}

function orderOf(text: string, set: EntitySet): Ordering<Values> {
  const by = (name: string): Ordering<Values> => {
    const property = propertyOf(set, name);
    return (left, right) => compare(held(left, name, property), held(right, name, property));
  };
  return orderingOf(text, by, (term) => bad(`Syntax error in $orderby '${term}'.`));
}

/** Orders rows by the primary key of their page. */
export function byKey({ page }: EntitySet): Ordering<Values> {
  return (left, right) => {
    for (const name of page.key) {
      const order = compare(left[name] ?? "", right[name] ?? "");
      if (order !== 0) return order;
    }
    return 0;
  };
}

const known = "$filter $select $expand $orderby $top $skip $skiptoken $format".split(" ");

/** Reads the query options of a set; throws a Refusal for what NAV does not take. */
export function queryOf(parameters: URLSearchParams, set: EntitySet, speech: Speech): Query {
  checkOptions(parameters, known, (name) => bad(`The query option '${name}' is not supported.`));
  const count = (name: string) => countOf(parameters, name, (text) => bad(`Invalid value '${text}' for ${name}.`));
  const [filter, select, order] = ["$filter", "$select", "$orderby"].map((name) => parameters.get(name) ?? undefined);
  const flowFilters = new Map<string, string>();
  const text = filter !== undefined && speech.isV3 ? plainDates(filter) : filter;
  return {
    passes: text === undefined ? () => true : readFilter(text, dialectOf(set, speech, flowFilters)),
    order: order === undefined ? undefined : orderOf(order, set),
    select: select === undefined ? undefined : selectOf(select, set),
    expand: expandOf(parameters.get("$expand"), set),
    top: count("$top") ?? Number.POSITIVE_INFINITY,
    skip: count("$skip") ?? 0,
    token: parameters.get("$skiptoken") ?? undefined,
    flowFilters,
  };
}
