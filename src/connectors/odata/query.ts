import { type OdataText, odataOr } from "./text.ts";

/** Longest address sent; many servers refuse 2,048 and more (F&O, 2.1). */
const maxAddress = 1_950;

/** The options of a read. */
export interface ReadOptions {
  filter?: OdataText | undefined;
  select?: readonly string[];
  expand?: string;
  orderBy?: readonly string[];
  top?: number;
  /** Asks how many rows there are in all. */
  count?: true;
}

/** Percent-encodes but for what an OData address may hold bare. */
const encoded = (text: string) => encodeURIComponent(text).replace(/%(2C|24|3D)/g, (code) => decodeURIComponent(code));

/** The options as parts of a query, each with its name. Pure. */
export function queryParts({ filter, select, expand, orderBy, top, count }: ReadOptions): string[] {
  const options: [string, string | undefined][] = [
    ["$filter", filter?.text],
    ["$select", select?.join(",")],
    ["$expand", expand],
    ["$orderby", orderBy?.join(",")],
    ["$top", top?.toString()],
    ["$count", count?.toString()],
  ];
  return options.flatMap(([name, text]) => (text === undefined ? [] : [`${name}=${encoded(text)}`]));
}

/** Whether an address is short enough to be sent. Pure. */
export function isShort(host: string, path: string): boolean {
  return new URL(path, host).href.length <= maxAddress;
}

/** Joins clauses with `or`, as many as an address holds at a time: no server has `in` by itself (F&O, 2.1). Pure. */
export function* choices(
  host: string,
  clauses: readonly OdataText[],
  pathOf: (filter: OdataText) => string,
): Generator<string> {
  let path: string | undefined;
  let start = 0;
  for (let end = 1; end <= clauses.length; end += 1) {
    const longer = pathOf(odataOr(clauses.slice(start, end)));
    if (path !== undefined && !isShort(host, longer)) {
      yield path;
      start = end - 1;
      path = pathOf(odataOr(clauses.slice(start, end)));
    } else path = longer;
  }
  if (path !== undefined) yield path;
}
