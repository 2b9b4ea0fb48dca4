import { ConfigError, ContractError } from "../errors.ts";
import type { HttpCall } from "./types.ts";

/** Where a client's calls go. */
export interface Base {
  system: string;
  url: URL;
  pageHosts: readonly string[];
}

/** Reads a client's base address; throws ConfigError. */
export function baseOf(address: string, system: string, pageHosts: readonly string[] = []): Base {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new ConfigError(`The address of ${system} is not a plain http(s) address.`, {
      system,
      hint: "Give scheme and host only, without user name and password.",
    });
  }
  return { system, url, pageHosts };
}

/** The full address of a call; throws ContractError when a link leads to another host. Pure. */
export function addressOf(base: Base, call: Pick<HttpCall, "path" | "query">): URL {
  const isAbsolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(call.path);
  const url = isAbsolute ? linked(base, call.path) : under(base, call.path);
  const query = queryText(call.query);
  if (query) url.search = url.search ? `${url.search}&${query}` : query;
  return url;
}

function under({ url }: Base, path: string): URL {
  return new URL(`${url.origin}${url.pathname.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`);
}

function linked(base: Base, link: string): URL {
  const target = URL.canParse(link) ? new URL(link) : undefined;
  if (target && (target.host === base.url.host || base.pageHosts.includes(target.host))) {
    return new URL(`${target.pathname}${target.search}`, base.url.origin);
  }
  throw new ContractError(`A link of ${base.system} leads to another host: ${target?.host ?? "unreadable"}.`, {
    system: base.system,
    calls: [],
    hint: "Set the address in the config to the one that the system gives its own links with, if that is yours.",
  });
}

/** Blanks become %20: not every server reads a plus as a blank. */
function queryText(query: HttpCall["query"]): string {
  if (!query) return "";
  if (query instanceof URLSearchParams) return query.toString().replaceAll("+", "%20");
  return Object.entries(query)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${encodeName(name)}=${encodeURIComponent(value)}`]))
    .join("&");
}

function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll("%24", "$");
}
