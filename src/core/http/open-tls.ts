import { ConfigError } from "../errors.ts";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether the surroundings tell Node to believe every certificate. Pure. */
export function isTlsOpen(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.NODE_TLS_REJECT_UNAUTHORIZED === "0";
}

/** The hosts of all addresses in a system's parsed settings that are not this machine's own. Pure. */
export function hostsBeyondLoopback(settings: unknown): string[] {
  if (typeof settings === "string") {
    const url = /^https?:\/\//i.test(settings) && URL.canParse(settings) ? new URL(settings) : undefined;
    return url && !loopback.has(url.hostname) ? [url.host] : [];
  }
  if (typeof settings !== "object" || settings === null) return [];
  return [...new Set(Object.values(settings).flatMap(hostsBeyondLoopback))];
}

/** Throws ConfigError when credentials would go to a host that nobody has proven to be the right one. Pure. */
export function refuseOpenTls(env: Readonly<Record<string, string | undefined>>, settings: unknown): void {
  const [host] = isTlsOpen(env) ? hostsBeyondLoopback(settings) : [];
  if (host === undefined) return;
  throw new ConfigError(`NODE_TLS_REJECT_UNAUTHORIZED=0 would send the credentials to whoever answers for ${host}`, {
    field: "NODE_TLS_REJECT_UNAUTHORIZED",
    hint: "Unset it; let NODE_EXTRA_CA_CERTS name the certificate of your own authority instead.",
  });
}
