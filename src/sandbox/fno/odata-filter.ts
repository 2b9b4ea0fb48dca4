/** The subset of `$filter` that F&O documents: eq ne gt ge lt le and or not, parentheses, wildcards (F&O, 2.1). */

import { type Dialect, type Literal, readFilter, readLiteral, type Test, verdictOf } from "../odata/filter.ts";
import { Refusal } from "./errors.ts";
import { type EntitySet, emptyValue, enums, namespace, type Property, type Value, type Values } from "./types.ts";

const invalid = (detail: string): Refusal => new Refusal(400, `Invalid filter clause: ${detail}`);

/** Reads one literal, as in a key: `'O''Brien'`, `2026-11-20T12:00:00Z`, a GUID, a number. */
export function literalOf(text: string): Literal {
  return readLiteral(text, invalid);
}

const fits: Readonly<Record<string, Literal["kind"]>> = {
  "Edm.String": "string",
  "Edm.Guid": "guid",
  "Edm.Decimal": "number",
  "Edm.Int32": "number",
  "Edm.Int64": "number",
  "Edm.DateTimeOffset": "date",
};

function checkType(name: string, property: Property, operator: string, literal: Literal): void {
  if (literal.kind === "null") return;
  if (literal.kind === "enum" && literal.typeName !== `${namespace}.${literal.enumName}`)
    throw invalid(`unknown type '${literal.typeName}'.`);
  const wanted = fits[property.type] ?? "enum";
  const sameEnum = wanted !== "enum" || literal.enumName === property.type;
  if (literal.kind !== wanted || !sameEnum)
    throw invalid(
      `A binary operator with incompatible types was detected. Found operand types '${wanted === "enum" ? `${namespace}.${property.type}` : property.type}' (${name}) and '${literal.kind}' for operator kind '${operator}'.`,
    );
  if (wanted !== "enum") return;
  if (operator !== "eq" && operator !== "ne") throw invalid(`operator '${operator}' is not allowed on enum '${name}'.`);
  if (!enums[property.type]?.includes(String(literal.value)))
    throw invalid(`'${literal.value}' is not a member of enum '${property.type}'.`);
}

/** Orders two values as the database does: numbers by size, dates by instant, text without regard to case. */
export function compare(left: Value, right: Value, property: Property): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (property.type === "Edm.DateTimeOffset") return Date.parse(String(left)) - Date.parse(String(right));
  const [a, b] = [String(left).toLowerCase(), String(right).toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The test that a `*` in the text of an `eq` stands for (F&O, 2.1). */
function wildcard(pattern: string): RegExp {
  const escaped = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "is");
}

function comparison(name: string, property: Property, operator: string, literal: Literal): Test<Values> {
  checkType(name, property, operator, literal);
  const held = (values: Values): Value => values[name] ?? emptyValue(property);
  if (operator === "eq" && literal.kind === "string" && String(literal.value).includes("*")) {
    const matcher = wildcard(String(literal.value));
    return (values) => matcher.test(String(held(values)));
  }
  const pass = verdictOf(operator);
  if (!pass) throw invalid(`operator '${operator}' is not supported.`);
  return (values) => pass(compare(held(values), literal.value, property));
}

/** Parses `$filter` for a set; throws a Refusal with status 400 for what F&O does not take. */
export function filterOf(text: string, set: EntitySet): Test<Values> {
  const dialect: Dialect<Values> = {
    invalid,
    comparison(name, operator, literal) {
      const property = Object.hasOwn(set.properties, name) ? set.properties[name] : undefined;
      if (!property) throw invalid(`Could not find a property named '${name}' on type '${namespace}.${set.type}'.`);
      return comparison(name, property, operator, literal);
    },
  };
  return readFilter(text, dialect);
}
