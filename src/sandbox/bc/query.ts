/** Reads query options: the `$filter` operators and the others that the sheet lists (Business Central, 3.1). */

import { type Dialect, type Literal, readFilter, readLiteral, type Test, verdictOf } from "../odata/filter.ts";
import { checkOptions, countOf, expansionsOf, type Ordering, orderingOf, selectionOf } from "../odata/options.ts";
import { Refusal } from "./refusals.ts";
import { type EntitySet, emptyValue, type Property, propertyOf, type Value, type Values } from "./types.ts";

const bad = (message: string): Refusal => new Refusal(400, "BadRequest", message);
const invalid = (detail: string): Refusal => bad(`Invalid filter clause: ${detail}`);

/** Reads one literal, as in a key. */
export function keyLiteral(text: string): Literal {
  return readLiteral(
    text,
    () => new Refusal(400, "BadRequest_InvalidRequestUrl", `Bad Request - '${text}' is no key.`),
  );
}

const literalKinds: Readonly<Record<Property["kind"], Literal["kind"]>> = {
  guid: "guid",
  code: "string",
  text: "string",
  decimal: "number",
  integer: "number",
  boolean: "boolean",
  date: "day",
  dateTime: "date",
  enum: "string",
  stream: "null",
};

/** A literal as the value of a property; throws when it is of another kind. */
function wantedValue(name: string, property: Property, literal: Literal): Value {
  if (literal.kind !== literalKinds[property.kind])
    throw invalid(
      `A binary operator with incompatible types was detected. Found '${property.kind}' (${name}) and '${literal.kind}'.`,
    );
  if (property.kind === "boolean") return literal.value === "true";
  const value = literal.value ?? "";
  if (property.kind === "enum" && !property.members?.includes(String(value)))
    throw invalid(`The string '${value}' is not a valid enumeration type constant (${name}).`);
  if (property.kind === "code") return String(value).toUpperCase();
  return property.kind === "guid" ? String(value).toLowerCase() : value;
}

function compare(left: Value, right: Value, { kind }: Property): number {
  if (kind === "dateTime") return Date.parse(String(left)) - Date.parse(String(right));
  return left < right ? -1 : left > right ? 1 : 0;
}

const held = (set: EntitySet, values: Values, name: string): Value =>
  values[set.columns?.[name] ?? name] ?? emptyValue(propertyOf(set, name));

const functions: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
  contains: (value, part) => value.includes(part),
};

function dialectOf(set: EntitySet, schemaVersion: string | null): Dialect<Values> {
  const comparison = (name: string, operator: string, literal: Literal): Test<Values> => {
    const property = propertyOf(set, name);
    const verdict = verdictOf(operator);
    if (!verdict) throw invalid(`operator '${operator}' is not supported.`);
    const value = wantedValue(name, property, literal);
    return (values) => verdict(compare(held(set, values, name), value, property));
  };
  return {
    invalid,
    comparison,
    call(name, field, literal) {
      const test = Object.hasOwn(functions, name) ? functions[name] : undefined;
      const value = wantedValue(field, propertyOf(set, field), literal);
      if (!test || typeof value !== "string") throw invalid(`function '${name}' is not supported here.`);
      return (values) => test(String(held(set, values, field)), value);
    },
    within(field, literals) {
      if (schemaVersion !== "2.1") throw invalid("operator 'in' needs $schemaversion=2.1.");
      const tests = literals.map((literal) => comparison(field, "eq", literal));
      return (values) => tests.some((test) => test(values));
    },
    alternatives(fields) {
      if (fields.size > 1)
        throw invalid(
          `OR is supported between conditions on the same field only, not on ${[...fields].join(" and ")}.`,
        );
    },
  };
}

/** Lambdas are ignored (Business Central, 3.1): a condition of its own that every row passes. */
const lambda = /\w+\/(?:any|all)\([^()]*(?:\([^()]*\)[^()]*)*\)/g;

function filterOf(text: string, set: EntitySet, schemaVersion: string | null): Test<Values> {
  return readFilter(
    text.replaceAll(lambda, "id ne 00000000-0000-0000-0000-000000000000"),
    dialectOf(set, schemaVersion),
  );
}

/** What a read asks for. */
export interface Query {
  filter: string | undefined;
  passes: Test<Values>;
  order: Ordering<Values> | undefined;
  select: readonly string[] | undefined;
  /** By navigation property, the fields selected inside it; undefined: all. */
  expand: ReadonlyMap<string, readonly string[] | undefined>;
  top: number;
  skip: number;
  count: boolean;
  /** Where the page begins: a row's `seq`, or how many rows were before it when they are ordered. */
  token: number | undefined;
}

const selectOf = (text: string, set: EntitySet) => selectionOf(text, (name) => propertyOf(set, name));

function expandOf(text: string | null, set: EntitySet, sets: ReadonlyMap<string, EntitySet>): Query["expand"] {
  return expansionsOf(text, {
    target(name, item) {
      const target = Object.hasOwn(set.navigation, name) ? sets.get(set.navigation[name]?.set ?? "") : undefined;
      if (target) return target;
      throw bad(`Could not find a property named '${item}' on type 'Microsoft.NAV.${set.type}'.`);
    },
    select: selectOf,
  });
}

function orderOf(text: string, set: EntitySet): Ordering<Values> {
  const by = (name: string): Ordering<Values> => {
    const property = propertyOf(set, name);
    return (left, right) => compare(held(set, left, name), held(set, right, name), property);
  };
  return orderingOf(text, by, (term) => bad(`Syntax error in $orderby '${term}'.`));
}

const known = "$filter $select $expand $orderby $top $skip $count $skiptoken $schemaversion".split(" ");

/** Reads the query options of a set; throws a Refusal for what Business Central does not take. */
export function queryOf(parameters: URLSearchParams, set: EntitySet, sets: ReadonlyMap<string, EntitySet>): Query {
  checkOptions(parameters, known, (name) => bad(`The query option '${name}' is not supported.`));
  const count = (name: string) => countOf(parameters, name, (text) => bad(`Invalid value '${text}' for ${name}.`));
  const [filter, select, order] = ["$filter", "$select", "$orderby"].map((name) => parameters.get(name) ?? undefined);
  return {
    filter,
    passes: filter === undefined ? () => true : filterOf(filter, set, parameters.get("$schemaversion")),
    order: order === undefined ? undefined : orderOf(order, set),
    select: select === undefined ? undefined : selectOf(select, set),
    expand: expandOf(parameters.get("$expand"), set, sets),
    top: count("$top") ?? Number.POSITIVE_INFINITY,
    skip: count("$skip") ?? 0,
    count: parameters.get("$count")?.toLowerCase() === "true",
    token: count("$skiptoken"),
  };
}
