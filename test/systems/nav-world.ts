import { navPairSettings } from "../../src/connectors/nav/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { parseSettings } from "../../src/core/config.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { NavGateway, NavSandbox, type NavSwitches } from "../../src/sandbox/nav.ts";
import { type NavContext, navServer, navSystem } from "../../src/systems/nav.ts";

export const company = "CRONUS USA, Inc.";
export const navUrl = "https://nav.contoso.example:7048/DynamicsNAV110/ODataV4";
export const gatewayUrl = "https://gateway.contoso.example/DynamicsNAV110/ODataV4";
export const tokenUrl = "https://gateway.contoso.example/oauth2/token";
export const scope = "api://nav/.default";

const basic = { baseUrl: navUrl, company, username: "SYNC" };
const oauth = { baseUrl: gatewayUrl, company, tokenUrl, scope, clientId: "mlc" };

/** A simulated NAV with two companies and agents, a gateway before it, and what a system is built with that asks them. */
export function navWorld(switches: Partial<NavSwitches> = {}, innerOrigin?: string) {
  const clock = jumpingClock(new Date("2026-11-21T09:00:00Z"));
  const companies = [company, "O'Hara & Søn"];
  const nav = new NavSandbox({ clock, companies, users: [{ name: "SYNC", accessKey: "right" }], switches });
  const user = { name: "SYNC", password: "right" };
  const inner = innerOrigin === undefined ? {} : { innerOrigin };
  const gateway = new NavGateway({ clock, nav, clientId: "mlc", clientSecret: "right", scope, user, ...inner });
  const desk = nav.desk();
  desk.addCustomer({ No: "C00120", Name: "Maria Keller" });
  desk.addItem({ No: "SKU-100", Description: "Mug", Unit_Price: 19.95 });
  desk.addAgent("FEDEX", ["GROUND"]);
  const number = desk.addOrder({ Sell_to_Customer_No: "C00120", External_Document_No: "SS-884213" }, [
    { No: "SKU-100", Quantity: 2 },
  ]);
  desk.release(number);
  const context = (secrets: Record<string, string> = { password: "right", clientSecret: "right" }): NavContext => ({
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
    clock,
    fetch: async (input) => {
      const request = new Request(input);
      return new URL(request.url).host.startsWith("gateway.") ? gateway.fetch(request) : nav.fetch(request);
    },
    signal: new AbortController().signal,
    tokens: memoryTokenCache(),
    random: () => 0,
  });
  const system = (settings: object = {}, pair: object = {}, way: object = basic) =>
    navSystem(
      parseSettings(navServer, { ...way, ...settings }, "nav"),
      parseSettings(navPairSettings, pair, "nav-shipstation"),
      context(),
    );
  return { clock, nav, gateway, desk, context, system, oauth };
}
