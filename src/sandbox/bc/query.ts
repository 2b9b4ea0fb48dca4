/** Reads query options: the `$filter` operators and the others that the sheet lists (Business Central, 3.1). */

import { type Dialect, type Literal, readFilter, readLiteral, type Test, verdictOf } from "../odata/filter.ts";
import { Refusal } from "./refusals.ts";
import { type EntitySet, emptyValue, type Property, propertyOf, type Value, type Values } from "./types.ts";

const invalid = (detail: string): Refusal => new Refusal(400, "BadRequest", `Invalid filter clause: ${detail}`);

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
  order: ((left: Values, right: Values) => number) | undefined;
  select: readonly string[] | undefined;
  /** By navigation property, the fields selected inside it; undefined: all. */
  expand: ReadonlyMap<string, readonly string[] | undefined>;
  top: number;
  skip: number;
  count: boolean;
  /** Where the page begins: a row's `seq`, or how many rows were before it when they are ordered. */
  token: number | undefined;
}

function selectOf(text: string, set: EntitySet): readonly string[] | undefined {
  if (text === "*") return undefined;
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) propertyOf(set, name);
  return names;
}

function expandOf(text: string, set: EntitySet, sets: ReadonlyMap<string, EntitySet>): Query["expand"] {
  const expand = new Map<string, readonly string[] | undefined>();
  for (const item of text === "" ? [] : text.split(/,(?![^(]*\))/)) {
    const match = /^\s*(\w+)(?:\(\s*\$select=([^;()]*)\))?\s*$/.exec(item);
    const name = match?.[1] ?? "";
    const target = Object.hasOwn(set.navigation, name) ? sets.get(set.navigation[name]?.set ?? "") : undefined;
    if (!target)
      throw new Refusal(
        400,
        "BadRequest",
        `Could not find a property named '${item}' on type 'Microsoft.NAV.${set.type}'.`,
      );
    expand.set(name, match?.[2] === undefined ? undefined : selectOf(match[2], target));
  }
  return expand;
}

function orderOf(text: string, set: EntitySet): NonNullable<Query["order"]> {
  const terms = text.split(",").map((term) => {
    const [name = "", direction = "asc", more] = term.trim().split(/\s+/);
    if (more !== undefined || !["asc", "desc"].includes(direction))
      throw new Refusal(400, "BadRequest", `Syntax error in $orderby '${term}'.`);
    return { name, property: propertyOf(set, name), sign: direction === "desc" ? -1 : 1 };
  });
  return (left, right) => {
    for (const { name, property, sign } of terms) {
      const order = compare(held(set, left, name), held(set, right, name), property);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}

function countOf(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw new Refusal(400, "BadRequest", `Invalid value '${text}' for ${name}.`);
  return Number(text);
}

const known = ["filter", "select", "expand", "orderby", "top", "skip", "count", "skiptoken", "schemaversion"];

/** Reads the query options of a set; throws a Refusal for what Business Central does not take. */
export function queryOf(parameters: URLSearchParams, set: EntitySet, sets: ReadonlyMap<string, EntitySet>): Query {
  for (const name of parameters.keys())
    if (name.startsWith("$") && !known.includes(name.slice(1)))
      throw new Refusal(400, "BadRequest", `The query option '${name}' is not supported.`);
  const [filter, select, order] = ["$filter", "$select", "$orderby"].map((name) => parameters.get(name) ?? undefined);
  return {
    filter,
    passes: filter === undefined ? () => true : filterOf(filter, set, parameters.get("$schemaversion")),
    order: order === undefined ? undefined : orderOf(order, set),
    select: select === undefined ? undefined : selectOf(select, set),
    expand: expandOf(parameters.get("$expand") ?? "", set, sets),
    top: countOf(parameters, "$top") ?? Number.POSITIVE_INFINITY,
    skip: countOf(parameters, "$skip") ?? 0,
    count: parameters.get("$count")?.toLowerCase() === "true",
    token: countOf(parameters, "$skiptoken"),
  };
}
