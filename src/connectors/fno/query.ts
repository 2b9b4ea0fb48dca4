import { queryParts, type ReadOptions } from "../odata/query.ts";

/** Path and query of a read over all companies (F&O, 2.2). Pure. */
export function readPath(set: string, options: ReadOptions): string {
  return `/data/${set}?${["cross-company=true", ...queryParts(options)].join("&")}`;
}
