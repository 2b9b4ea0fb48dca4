const proxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/** The set proxy variables, which fetch of Node 20 does not heed; names only, since values may hold passwords. Pure. */
export function ignoredProxies(env: Readonly<Record<string, string | undefined>>): string[] {
  return proxyVariables.filter((name) => env[name]);
}
