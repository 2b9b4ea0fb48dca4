import { bcPairSettings } from "../../src/connectors/bc/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { parseSettings } from "../../src/core/config.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { BusinessCentralSandbox } from "../../src/sandbox/bc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import type { BcContext } from "../../src/systems/bc.ts";

export const tenantId = "5a11d000-0000-4000-8000-00000000cafe";
export const clientId = "5a11d000-0000-4000-8000-0000000000c1";

export const stockPair = parseSettings(bcPairSettings, {}, "bc-shipstation");

/** A simulated environment with two companies, and what a system is built with that asks it. */
export function bcWorld() {
  const clock = jumpingClock(new Date("2026-11-21T09:00:00Z"));
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret: "right" });
  const companies = [{ name: "CRONUS USA, Inc." }, { name: "My Company" }];
  const accepts = (token: string) => entra.accepts(token);
  const { state, call } = receiver();
  const bc = new BusinessCentralSandbox({ clock, tenantId, companies, accepts, fetch: call });
  const kept = new Map<string, string>();
  const context = (secrets: Readonly<Record<string, Secret>> = { clientSecret: new Secret("right") }): BcContext => ({
    secrets,
    clock,
    fetch: async (input) => {
      const request = new Request(input);
      return new URL(request.url).host.startsWith("login.") ? entra.fetch(request) : bc.fetch(request);
    },
    signal: new AbortController().signal,
    tokens: memoryTokenCache(),
    keepSecret: async (name, value) => void kept.set(name, value),
    random: () => 0,
  });
  const ids = companies.map(({ name }) => bc.desk(name).company.id);
  return { bc, clock, entra, context, ids, kept, receiver: state };
}

/** What BC calls: it gives the validation token back while `isThere`. */
function receiver() {
  const state = { isThere: true, shaken: 0 };
  const call: typeof fetch = async (input, init) => {
    if (!state.isThere) throw new TypeError("fetch failed");
    state.shaken += 1;
    return new Response(new URL(new Request(input, init).url).searchParams.get("validationToken"));
  };
  return { state, call };
}
