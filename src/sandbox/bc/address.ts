/** Reads the address of a request (Business Central, 1.1). */

import { notFound, Refusal, unauthorized } from "./refusals.ts";

/** What an address names. */
export interface Address {
  /** `v2.0`, `publisher/group/version` of a custom API, `microsoft/runtime/beta`, or `ODataV4`. */
  api: string;
  /** Id, or name for OData services; undefined at the root of an API. */
  company: string | undefined;
  /** The rest, cut at slashes: `salesOrders`, `salesOrders(id)`, `Microsoft.NAV.post`. */
  segments: Segment[];
}

/** One part of a path. */
export interface Segment {
  name: string;
  /** What stands in the parentheses. */
  key: string | undefined;
}

/** Which tenant and environment an address must name. */
export interface Place {
  tenantId: string;
  environment: string;
  environmentCase: "ignored" | "kept";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, "BadRequest_InvalidRequestUrl", `Bad Request - malformed address '${text}'.`);
  }
}

/** Cuts at slashes, but for those inside quotes. */
function segmentsOf(path: string): Segment[] {
  const parts = path.match(/(?:'(?:[^']|'')*'|[^/'])+/g) ?? [];
  return parts.map((part) => {
    const match = /^([$\w.-]+)(?:\((.*)\))?$/s.exec(part);
    if (!match?.[1]) throw new Refusal(400, "BadRequest_InvalidRequestUrl", `Bad Request - '${part}' is no segment.`);
    return { name: match[1], key: match[2] };
  });
}

/** The path after host version, tenant and environment; throws when they are others. */
function insideOf(path: string, { tenantId, environment, environmentCase }: Place): string {
  const [, version, ...rest] = path.split("/");
  if (version !== "v2.0") throw notFound(version ?? "");
  const tenant = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(rest[0] ?? "") ? rest.shift() : undefined;
  if (tenant !== undefined && tenant.toLowerCase() !== tenantId.toLowerCase()) throw unauthorized();
  const [named = "", ...inside] = rest;
  const isSame =
    environmentCase === "ignored" ? named.toLowerCase() === environment.toLowerCase() : named === environment;
  if (!isSame) throw notFound(named);
  return inside.join("/");
}

/** Reads the path of a request; `?company=` names the company where the path does not. */
export function addressOf(url: URL, place: Place): Address {
  const inside = decoded(insideOf(url.pathname, place));
  const company = url.searchParams.get("company") ?? undefined;
  const service = /^ODataV4\/(.*)$/.exec(inside)?.[1];
  if (service !== undefined) return located("ODataV4", segmentsOf(service), "Company", company);
  const standard = /^api\/(v2\.0)(?:\/(.*))?$/.exec(inside);
  const custom = /^api\/([^/]+\/[^/]+\/[^/]+)(?:\/(.*))?$/.exec(inside);
  const [, api, rest = ""] = standard ?? custom ?? [];
  if (api === undefined) throw notFound(inside);
  return located(api, segmentsOf(rest), "companies", company);
}

function located(api: string, segments: Segment[], word: string, fallback: string | undefined): Address {
  const [first] = segments;
  const isLed = first?.name === word && first.key !== undefined && segments.length > 1;
  return {
    api,
    company: isLed ? first?.key?.replace(/^'(.*)'$/s, "$1").replaceAll("''", "'") : fallback,
    segments: isLed ? segments.slice(1) : segments,
  };
}
