/** Reads addresses: company, entity set, key (Dynamics NAV, 1). */

import { type Literal, readLiteral } from "../odata/filter.ts";
import { bad } from "./refusals.ts";

/** A part of a path, decoded: `SalesOrder('Order','101042')`. */
export interface Segment {
  name: string;
  /** What stands between the parentheses. */
  key?: string;
}

/** Reads the path behind an endpoint, still percent-encoded. */
export function segmentsOf(path: string): Segment[] {
  return path
    .split("/")
    .filter((part) => part !== "")
    .map((part) => {
      let text: string;
      try {
        text = decodeURIComponent(part);
      } catch {
        throw bad(`Bad Request - Error in query syntax: '${part}'.`);
      }
      const match = /^([^(]+)(?:\((.*)\))?$/s.exec(text);
      if (!match?.[1]) throw bad(`Bad Request - Error in query syntax: '${text}'.`);
      return { name: match[1], ...(match[2] === undefined ? {} : { key: match[2] }) };
    });
}

/** The parts of a key, named or in their order: `Document_Type='Order',No='1001'` or `'Order','1001'`. */
export function keyParts(text: string, names: readonly string[]): Literal[] {
  const part = /\s*(?:(\w+)=)?('(?:[^']|'')*'|[^,'=]+)\s*(,|$)/y;
  const invalid = () => bad(`Bad Request - Error in query syntax: '${text}'.`);
  const found: { name: string | undefined; literal: Literal }[] = [];
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match || match[2] === undefined) throw invalid();
    found.push({ name: match[1], literal: readLiteral(match[2], invalid) });
  }
  if (found.length !== names.length) throw invalid();
  return names.map((name, index) => {
    const named = found.find((one) => one.name === name) ?? found[index];
    if (!named || (named.name !== undefined && named.name !== name)) throw invalid();
    return named.literal;
  });
}
