/** Reads the address of an OData request: entity set, key, query options (F&O, 2.1). */

import type { Literal, Test } from "../odata/filter.ts";
import { checkOptions, countOf, expansionsOf, type Ordering, orderingOf, selectionOf } from "../odata/options.ts";
import { Refusal } from "./errors.ts";
import { compare, filterOf, literalOf } from "./odata-filter.ts";
import { type EntitySet, emptyValue, namespace, type Values } from "./types.ts";

/** What a path under `/data/` names. */
export interface Address {
  set: string;
  key?: Record<string, Literal>;
}

/** The query options of a read. */
export interface Query {
  crossCompany: boolean;
  passes: Test<Values>;
  order: Ordering<Values>;
  select: readonly string[] | undefined;
  /** By navigation property, the fields selected inside it; undefined = all. */
  expand: ReadonlyMap<string, readonly string[] | undefined>;
  top: number;
  skip: number;
  count: boolean;
  /** Rows already answered on earlier pages. */
  offset: number;
}

/** Reads `Set` or `Set(key='…',other=1)`; the path is still percent-encoded. */
export function addressOf(path: string): Address {
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    throw new Refusal(400, `Malformed address '${path}'.`);
  }
  const match = /^(\$?\w+)(?:\((.*)\))?$/s.exec(text);
  if (!match?.[1]) throw new Refusal(404, `No HTTP resource was found that matches the request URI '${text}'.`);
  if (match[2] === undefined) return { set: match[1] };
  return { set: match[1], key: keyOf(match[2]) };
}

function keyOf(text: string): Record<string, Literal> {
  const part = /\s*(\w+)=('(?:[^']|'')*'|[^,']+)\s*(,|$)/y;
  const entries: [string, Literal][] = [];
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match?.[1] || match[2] === undefined)
      throw new Refusal(400, `Bad Request - Error in query syntax: '${text}'.`);
    entries.push([match[1], literalOf(match[2])]);
  }
  return Object.fromEntries(entries);
}

const known = ["$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$skiptoken"];

function checkProperty(name: string, set: EntitySet): string {
  if (!Object.hasOwn(set.properties, name))
    throw new Refusal(
      400,
      `The query specified in the URI is not valid. Could not find a property named '${name}' on type '${namespace}.${set.type}'.`,
    );
  return name;
}

const selectOf = (text: string, set: EntitySet) => selectionOf(text, (name) => checkProperty(name, set));

function expandOf(text: string | null, set: EntitySet, sets: ReadonlyMap<string, EntitySet>): Query["expand"] {
  return expansionsOf(text, {
    target(name, item) {
      const target = sets.get(set.navigation?.[name] ?? "");
      if (target) return target;
      // Only the first level can be expanded (F&O, 2.1).
      throw new Refusal(400, `The query specified in the URI is not valid. '${item}' cannot be expanded.`);
    },
    select: selectOf,
  });
}

function orderOf(text: string | null, set: EntitySet): Query["order"] {
  const by = (name: string): Ordering<Values> => {
    const property = set.properties[checkProperty(name, set)] ?? { type: "Edm.String" };
    const empty = emptyValue(property);
    return (left, right) => compare(left[name] ?? empty, right[name] ?? empty, property);
  };
  return orderingOf(
    text ?? set.key.join(","),
    by,
    (term) => new Refusal(400, `The query specified in the URI is not valid. Cannot order by '${term}'.`),
  );
}

/** Reads the query options for a set; throws a Refusal with status 400 for what F&O does not take. */
export function queryOf(parameters: URLSearchParams, set: EntitySet, sets: ReadonlyMap<string, EntitySet>): Query {
  checkOptions(parameters, known, (name) => new Refusal(400, `The query parameter '${name}' is not supported.`));
  const count = (name: string) =>
    countOf(parameters, name, (text) => new Refusal(400, `Invalid value '${text}' for ${name} query option found.`));
  const filter = parameters.get("$filter");
  const select = parameters.get("$select");
  return {
    crossCompany: parameters.get("cross-company")?.toLowerCase() === "true",
    passes: filter === null ? () => true : filterOf(filter, set),
    order: orderOf(parameters.get("$orderby"), set),
    select: select === null ? undefined : selectOf(select, set),
    expand: expandOf(parameters.get("$expand"), set, sets),
    top: count("$top") ?? Number.POSITIVE_INFINITY,
    skip: count("$skip") ?? 0,
    count: parameters.get("$count")?.toLowerCase() === "true",
    offset: count("$skiptoken") ?? 0,
  };
}
