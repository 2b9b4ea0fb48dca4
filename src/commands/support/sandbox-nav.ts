import { type SandboxClock, seededRandom } from "../../sandbox/kit.ts";
import { NavGateway, NavSandbox } from "../../sandbox/nav.ts";
import { seedNav } from "../../sandbox/seed/nav.ts";

/** What the simulated Dynamics NAV and the gateway before it accept. */
export const sandboxNav = {
  company: "CRONUS USA, Inc.",
  username: "SYNC",
  accessKey: "sandbox-nav-access-key",
  clientId: "sandbox-gateway-client",
  clientSecret: "sandbox-gateway-secret",
  scope: "api://sandbox-nav/.default",
} as const;

/** Makes a NAV 2018 and a gateway that forwards to it. */
export function makeNav(clock: SandboxClock, seeded: boolean): { nav: NavSandbox; navGateway: NavGateway } {
  const { company, username, accessKey, clientId, clientSecret, scope } = sandboxNav;
  const nav = new NavSandbox({ clock, companies: [company], users: [{ name: username, accessKey }] });
  if (seeded) seedNav(nav.desk(), seededRandom(1));
  const user = { name: username, password: accessKey };
  return { nav, navGateway: new NavGateway({ clock, nav, clientId, clientSecret, scope, user }) };
}

/** Settings of `connect nav` that lead to them: straight with Basic, or through the gateway with OAuth. */
export function navSettings(navUrl: string, gatewayUrl: string, path: string) {
  const { company, username, clientId, scope } = sandboxNav;
  return {
    nav: { baseUrl: `${navUrl}${path}`, company, auth: "basic", username },
    navGateway: {
      baseUrl: `${gatewayUrl}${path}`,
      company,
      auth: "oauth",
      tokenUrl: `${gatewayUrl}/oauth2/token`,
      scope,
      clientId,
    },
  };
}
