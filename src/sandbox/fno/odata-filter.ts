/** The subset of `$filter` that F&O documents: eq ne gt ge lt le and or not, parentheses, wildcards (F&O, 2.1). */

import { Refusal } from "./errors.ts";
import { type EntitySet, emptyValue, enums, namespace, type Property, type Value, type Values } from "./types.ts";

/** Whether a row passes. */
export type Predicate = (values: Values) => boolean;

/** A literal as written in a filter or a key. */
export interface Literal {
  kind: "string" | "number" | "date" | "guid" | "enum" | "null";
  value: Value;
  /** The enum's name, for an enum literal. */
  enumName?: string;
}

const tokenPattern =
  /\s*(?:(?<paren>[()])|(?<enumType>[A-Za-z_.]+\.(?<enumName>\w+))'(?<member>(?:[^']|'')*)'|'(?<text>(?:[^']|'')*)'|(?<date>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})|(?<number>-?\d+(?:\.\d+)?)(?![\w-])|(?<word>[A-Za-z_@][\w./]*))/y;

type Token = { kind: "paren" | "word"; text: string } | { kind: "literal"; literal: Literal; text: string };

const invalid = (detail: string): Refusal => new Refusal(400, `Invalid filter clause: ${detail}`);

function tokenOf(groups: Record<string, string | undefined>, text: string): Token {
  const literal = (kind: Literal["kind"], value: Value, enumName?: string): Token => ({
    kind: "literal",
    text,
    literal: { kind, value, ...(enumName === undefined ? {} : { enumName }) },
  });
  if (groups.paren) return { kind: "paren", text: groups.paren };
  if (groups.enumType !== undefined) {
    if (groups.enumType !== `${namespace}.${groups.enumName}`) throw invalid(`unknown type '${groups.enumType}'.`);
    return literal("enum", groups.member ?? "", groups.enumName);
  }
  if (groups.text !== undefined) return literal("string", groups.text.replaceAll("''", "'"));
  if (groups.date) return literal("date", groups.date);
  if (groups.guid) return literal("guid", groups.guid);
  if (groups.number) return literal("number", Number(groups.number));
  if (groups.word === "null") return literal("null", null);
  return { kind: "word", text: groups.word ?? "" };
}

/** Cuts text into tokens; throws a Refusal at what it cannot read. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(tokenPattern.source, "y");
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match?.groups) throw invalid(`syntax error at position ${at} in '${text}'.`);
    found.push(tokenOf(match.groups, match[0].trim()));
  }
  return found;
}

/** Reads one literal, as in a key: `'O''Brien'`, `2026-11-20T12:00:00Z`, a GUID, a number. */
export function literalOf(text: string): Literal {
  const [token, more] = tokens(text);
  if (token?.kind !== "literal" || more) throw new Refusal(400, `Invalid literal '${text}'.`);
  return token.literal;
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

function comparison(name: string, property: Property, operator: string, literal: Literal): Predicate {
  checkType(name, property, operator, literal);
  const held = (values: Values): Value => values[name] ?? emptyValue(property);
  if (operator === "eq" && literal.kind === "string" && String(literal.value).includes("*")) {
    const matcher = wildcard(String(literal.value));
    return (values) => matcher.test(String(held(values)));
  }
  const passes: Readonly<Record<string, (order: number) => boolean>> = {
    eq: (order) => order === 0,
    ne: (order) => order !== 0,
    gt: (order) => order > 0,
    ge: (order) => order >= 0,
    lt: (order) => order < 0,
    le: (order) => order <= 0,
  };
  const pass = passes[operator];
  if (!pass) throw invalid(`operator '${operator}' is not supported.`);
  return (values) => pass(compare(held(values), literal.value, property));
}

class FilterParser {
  private readonly tokens: Token[];
  private readonly set: EntitySet;
  private at = 0;

  constructor(text: string, set: EntitySet) {
    this.tokens = tokens(text);
    this.set = set;
  }

  parse(): Predicate {
    const predicate = this.or();
    const rest = this.tokens[this.at];
    if (rest) throw invalid(`'${rest.text}' is not supported or not expected here.`);
    return predicate;
  }

  private take(kind: "paren" | "word", text: string): boolean {
    const token = this.tokens[this.at];
    const hit = token?.kind === kind && token.text === text;
    if (hit) this.at += 1;
    return hit;
  }

  private or(): Predicate {
    const parts = [this.and()];
    while (this.take("word", "or")) parts.push(this.and());
    return (values) => parts.some((part) => part(values));
  }

  private and(): Predicate {
    const parts = [this.unary()];
    while (this.take("word", "and")) parts.push(this.unary());
    return (values) => parts.every((part) => part(values));
  }

  private unary(): Predicate {
    if (this.take("word", "not")) {
      const inner = this.unary();
      return (values) => !inner(values);
    }
    if (!this.take("paren", "(")) return this.comparison();
    const inner = this.or();
    if (!this.take("paren", ")")) throw invalid("')' is missing.");
    return inner;
  }

  private comparison(): Predicate {
    const [name, operator, right] = this.tokens.slice(this.at, this.at + 3);
    if (name?.kind !== "word") throw invalid(`a property name was expected, found '${name?.text ?? "the end"}'.`);
    if (operator?.kind === "paren") throw invalid(`function '${name.text}' is not supported.`);
    const property = Object.hasOwn(this.set.properties, name.text) ? this.set.properties[name.text] : undefined;
    if (!property)
      throw invalid(`Could not find a property named '${name.text}' on type '${namespace}.${this.set.type}'.`);
    if (operator?.kind !== "word") throw invalid(`an operator was expected after '${name.text}'.`);
    if (right?.kind !== "literal") throw invalid(`operator '${operator.text}' is not supported or has no value.`);
    this.at += 3;
    return comparison(name.text, property, operator.text, right.literal);
  }
}

/** Parses `$filter` for a set; throws a Refusal with status 400 for what F&O does not take. */
export function filterOf(text: string, set: EntitySet): Predicate {
  return new FilterParser(text, set).parse();
}
