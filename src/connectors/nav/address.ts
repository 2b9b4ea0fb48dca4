import { odata, odataName } from "../odata/text.ts";
import type { NavSettings } from "./config.ts";

/**
 * A page link as a path under the base URL: a gateway's own path differs from that of the server which its links name. A link to
 * another host stays as it is, and is refused where it is called. Pure.
 */
export function routed(link: string, { baseUrl, pageHosts }: Pick<NavSettings, "baseUrl" | "pageHosts">): string {
  const isWhole = /^[a-z][a-z0-9+.-]*:\/\//i.test(link);
  const url = isWhole || link.startsWith("/") ? URL.parse(link, baseUrl) : undefined;
  if (!url || ![new URL(baseUrl).host, ...pageHosts].includes(url.host)) return link;
  const rest = /\/ODataV4\/(.*)$/is.exec(url.pathname)?.[1];
  return rest === undefined ? link : `${rest}${url.search}`;
}

/** A path with the tenant, where the server has several (NAV, 1). Pure. */
export function withTenant(path: string, tenant: string | undefined): string {
  if (tenant === undefined || /[?&]tenant=/i.test(path)) return path;
  return `${path}${path.includes("?") ? "&" : "?"}tenant=${encodeURIComponent(tenant)}`;
}

/** A company's part of a path: an apostrophe inside is doubled and encoded (NAV, 1). Pure. */
export function companyPath(company: string, service: string): string {
  const quoted = odata`${company}`.text.slice(1, -1);
  return `Company('${encodeURIComponent(quoted).replaceAll("'", "%27")}')/${odataName(service)}`;
}
