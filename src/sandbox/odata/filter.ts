/** The grammar of `$filter` that simulated OData vendors share; what a comparison means is each vendor's own. */

/** A literal as written in a filter or a key. */
export interface Literal {
  kind: "string" | "number" | "date" | "day" | "guid" | "enum" | "boolean" | "null";
  /** A boolean is the word itself. */
  value: string | number | null;
  /** The enum's name, and the same with its namespace, for an enum literal. */
  enumName?: string;
  typeName?: string;
}

/** Whether a row passes. */
export type Test<Row> = (row: Row) => boolean;

/** What vendors differ in. */
export interface Dialect<Row> {
  invalid(detail: string): Error;
  comparison(name: string, operator: string, literal: Literal): Test<Row>;
  /** A function of a field and a literal; where it is missing every function is refused. */
  call?(name: string, field: string, literal: Literal): Test<Row>;
  /** A function that gives a value to compare, `tolower(Name) eq 'x'`; where it is missing that is refused. */
  derived?(
    name: string,
    call: { field: string; literal: Literal | undefined; operator: string; right: Literal },
  ): Test<Row>;
  /** Functions whose literal comes before the field, `substringof('x',Name)`. */
  literalFirst?: readonly string[];
  /** `field in (…)`; where it is missing it is refused. */
  within?(field: string, literals: readonly Literal[]): Test<Row>;
  /** Told the fields on all sides of an `or`; may throw. */
  alternatives?(fields: ReadonlySet<string>): void;
}

const tokenPattern =
  /\s*(?:(?<paren>[()])|(?<comma>,)|(?<typeName>[A-Za-z_.]+\.(?<enumName>\w+))'(?<member>(?:[^']|'')*)'|'(?<text>(?:[^']|'')*)'|(?<date>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})|(?<day>\d{4}-\d\d-\d\d)(?![\w-])|(?<number>-?\d+(?:\.\d+)?)(?![\w-])|(?<word>[A-Za-z_@][\w./]*))/y;

type Token = { kind: "paren" | "comma" | "word"; text: string } | { kind: "literal"; literal: Literal; text: string };

const unquoted = (text: string) => text.replaceAll("''", "'");

function literalIn(groups: Record<string, string | undefined>): Literal | undefined {
  const { typeName, enumName, member, text, date, guid, day, number, word } = groups;
  if (typeName !== undefined && enumName !== undefined)
    return { kind: "enum", value: unquoted(member ?? ""), enumName, typeName };
  if (text !== undefined) return { kind: "string", value: unquoted(text) };
  if (date) return { kind: "date", value: date };
  if (guid) return { kind: "guid", value: guid };
  if (day) return { kind: "day", value: day };
  if (number) return { kind: "number", value: Number(number) };
  if (word === "true" || word === "false") return { kind: "boolean", value: word };
  return word === "null" ? { kind: "null", value: null } : undefined;
}

/** Cuts text into tokens; throws what `invalid` makes at what it cannot read. */
function tokensOf(text: string, invalid: (detail: string) => Error): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(tokenPattern.source, "y");
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match?.groups) throw invalid(`syntax error at position ${at} in '${text}'.`);
    const literal = literalIn(match.groups);
    const kind = match.groups.paren ? "paren" : match.groups.comma ? "comma" : "word";
    const read = match[0].trim();
    found.push(literal ? { kind: "literal", literal, text: read } : { kind, text: read });
  }
  return found;
}

/** Reads one literal, as in a key: `'O''Brien'`, `2026-11-20T12:00:00Z`, a GUID, a number. */
export function readLiteral(text: string, invalid: (detail: string) => Error): Literal {
  const [token, more] = tokensOf(text, invalid);
  if (token?.kind !== "literal" || more) throw invalid(`'${text}' is no literal.`);
  return token.literal;
}

interface Node<Row> {
  test: Test<Row>;
  fields: ReadonlySet<string>;
}

class FilterParser<Row> {
  private readonly tokens: Token[];
  private readonly dialect: Dialect<Row>;
  private at = 0;

  constructor(text: string, dialect: Dialect<Row>) {
    this.dialect = dialect;
    this.tokens = tokensOf(text, dialect.invalid);
  }

  parse(): Test<Row> {
    const { test } = this.or();
    const rest = this.tokens[this.at];
    if (rest) throw this.dialect.invalid(`'${rest.text}' is not supported or not expected here.`);
    return test;
  }

  private take(kind: "paren" | "comma" | "word", text: string): boolean {
    const token = this.tokens[this.at];
    const hit = token?.kind === kind && token.text === text;
    if (hit) this.at += 1;
    return hit;
  }

  private expect(kind: "paren" | "comma", text: string): void {
    if (!this.take(kind, text)) throw this.dialect.invalid(`'${text}' is missing.`);
  }

  private or(): Node<Row> {
    const parts = [this.and()];
    while (this.take("word", "or")) parts.push(this.and());
    const fields = new Set(parts.flatMap((part) => [...part.fields]));
    if (parts.length > 1) this.dialect.alternatives?.(fields);
    return { test: (row) => parts.some(({ test }) => test(row)), fields };
  }

  private and(): Node<Row> {
    const parts = [this.unary()];
    while (this.take("word", "and")) parts.push(this.unary());
    const fields = new Set(parts.flatMap((part) => [...part.fields]));
    return { test: (row) => parts.every(({ test }) => test(row)), fields };
  }

  private unary(): Node<Row> {
    if (this.take("word", "not")) {
      const { test, fields } = this.unary();
      return { test: (row) => !test(row), fields };
    }
    if (!this.take("paren", "(")) return this.term();
    const inner = this.or();
    this.expect("paren", ")");
    return inner;
  }

  private term(): Node<Row> {
    const name = this.tokens[this.at];
    if (name?.kind !== "word")
      throw this.dialect.invalid(`a property name was expected, found '${name?.text ?? "the end"}'.`);
    this.at += 1;
    if (this.take("paren", "(")) return this.call(name.text);
    if (this.take("word", "in")) return this.within(name.text);
    const [operator, right] = this.tokens.slice(this.at, this.at + 2);
    if (operator?.kind !== "word") throw this.dialect.invalid(`an operator was expected after '${name.text}'.`);
    if (right?.kind !== "literal")
      throw this.dialect.invalid(`operator '${operator.text}' is not supported or has no value.`);
    this.at += 2;
    return {
      test: this.dialect.comparison(name.text, operator.text, right.literal),
      fields: new Set([name.text]),
    };
  }

  private call(name: string): Node<Row> {
    if (!this.dialect.call) throw this.dialect.invalid(`function '${name}' is not supported.`);
    const before = this.dialect.literalFirst?.includes(name) ? this.literal() : undefined;
    if (before) this.expect("comma", ",");
    const field = this.tokens[this.at];
    if (field?.kind !== "word") throw this.dialect.invalid(`function '${name}' begins with a property name.`);
    this.at += 1;
    const literal = before ?? (this.take("comma", ",") ? this.literal() : undefined);
    this.expect("paren", ")");
    const operator = this.tokens[this.at];
    if (this.dialect.derived && operator?.kind === "word" && verdictOf(operator.text)) {
      this.at += 1;
      const call = { field: field.text, literal, operator: operator.text, right: this.literal() };
      return { test: this.dialect.derived(name, call), fields: new Set([field.text]) };
    }
    if (!literal) throw this.dialect.invalid("',' is missing.");
    return { test: this.dialect.call(name, field.text, literal), fields: new Set([field.text]) };
  }

  private within(field: string): Node<Row> {
    if (!this.dialect.within) throw this.dialect.invalid("operator 'in' is not supported.");
    this.expect("paren", "(");
    const literals = [this.literal()];
    while (this.take("comma", ",")) literals.push(this.literal());
    this.expect("paren", ")");
    return { test: this.dialect.within(field, literals), fields: new Set([field]) };
  }

  private literal(): Literal {
    const token = this.tokens[this.at];
    if (token?.kind !== "literal")
      throw this.dialect.invalid(`a value was expected, found '${token?.text ?? "the end"}'.`);
    this.at += 1;
    return token.literal;
  }
}

/** Parses `$filter` in a vendor's dialect; throws what its `invalid` makes. */
export function readFilter<Row>(text: string, dialect: Dialect<Row>): Test<Row> {
  return new FilterParser(text, dialect).parse();
}

const verdicts: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

/** What a comparison operator says of an order of two values, or undefined when there is no such operator. */
export function verdictOf(operator: string): ((order: number) => boolean) | undefined {
  return Object.hasOwn(verdicts, operator) ? verdicts[operator] : undefined;
}

/** The page size that `Prefer: odata.maxpagesize` asks for, or undefined. */
export function preferredPageSize(headers: Headers): number | undefined {
  const asked = /odata\.maxpagesize=(\d+)/i.exec(headers.get("prefer") ?? "")?.[1];
  return asked === undefined ? undefined : Number(asked);
}
