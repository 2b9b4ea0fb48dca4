import type { SandboxClock } from "../../sandbox/kit.ts";
import { shipBobSettingsOfSeed } from "../../sandbox/seed/shipbob.ts";
import { ShipBobSandbox } from "../../sandbox/shipbob.ts";

/** What the simulated ShipBob accepts: a personal access token, and an application that asks for access by OAuth. */
export const sandboxShipBob = {
  accessToken: "sandbox-access-token",
  clientId: "sandbox-application",
  clientSecret: "sandbox-application-secret",
  /** As `connect` asks for it to be registered. */
  redirectUri: "http://127.0.0.1:53682/callback",
} as const;

/** Makes an account without goods; its charges show at once, since nobody waits hours for them here. */
export function makeShipBob(clock: SandboxClock): ShipBobSandbox {
  const { accessToken, clientId, clientSecret, redirectUri } = sandboxShipBob;
  const application = { clientId, clientSecret, name: "mlc", redirectUris: [redirectUri] };
  const switches = { billingLagMs: 0, stockLagMs: 0 };
  return new ShipBobSandbox({ clock, token: accessToken, applications: [application], switches });
}

/** Settings of `connect shipbob` that lead to it: by the token, or by a sign-in whose channel is there only afterwards. */
export function shipBobSettings(url: string) {
  const { channelId } = shipBobSettingsOfSeed;
  return {
    shipbob: { apiUrl: url, channelId },
    shipBobByOAuth: { apiUrl: url, authUrl: url, clientId: sandboxShipBob.clientId },
  };
}
