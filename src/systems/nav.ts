import type { z } from "zod";
import { NavClient } from "../connectors/nav/client.ts";
import { authKind, type NavPairSettings, navSettings } from "../connectors/nav/config.ts";
import type { Choice, Probe, System } from "../core/system.ts";
import type { SystemContext } from "./context.ts";
import { agentCodesIfAny } from "./nav/agents.ts";
import { navChecks } from "./nav/checks.ts";
import { NavShipmentTarget } from "./nav/shipment-target.ts";

/** The settings that a server can be asked with: a person chooses among the companies that it tells. */
export const navServer = navSettings.partial({ company: true });
type NavServer = z.infer<typeof navServer>;

/** What NAV is given from outside. */
export type NavContext = Omit<SystemContext, "labels">;

/** A company in Dynamics NAV with what it can do in a pair. Throws ConfigError without a secret. */
export function navSystem(settings: NavServer, pair: NavPairSettings, context: NavContext) {
  const { company = "", tenant = null } = settings;
  const access = { settings: { ...settings, company }, ...context };
  const client = new NavClient(access, pair);
  return {
    name: "nav",
    probe: () => (company === "" ? probeServer(client, settings) : probeCompany(client, settings)),
    account: () => ({ system: "nav", baseUrl: new URL(settings.baseUrl).href, tenant, company }),
    choices: () => choicesOf(client, company !== ""),
    checks: () => navChecks(client, access.settings, pair),
    shipmentTarget: () => new NavShipmentTarget(client, pair, () => context.clock.now()),
  } satisfies System;
}

/** Names the companies that there are, while none is chosen. */
async function probeServer(client: NavClient, settings: NavServer): Promise<Probe> {
  await client.services();
  const names = (await client.companies())?.join(", ");
  const there = names === undefined ? "the server does not tell which there are" : `there are ${names || "none"}`;
  return { identity: whereWeAre(settings), warnings: [`no company is chosen; ${there}`] };
}

/** Compares what the server publishes with what mlc cannot do without. */
async function probeCompany(client: NavClient, settings: NavServer): Promise<Probe> {
  const { lacks, hasLineTracking, serverTime } = await client.look();
  const version = hasLineTracking ? ", North American version" : "";
  return {
    identity: `company ${settings.company} at ${whereWeAre(settings)}${version}`,
    warnings: lacks.filter(({ isNeeded }) => isNeeded).map(({ message, fix }) => `${message}: ${decapitalised(fix)}`),
    ...(serverTime ? { serverTime } : {}),
  };
}

function whereWeAre(settings: NavServer): string {
  const { host, pathname } = new URL(settings.baseUrl);
  const tenant = settings.tenant === undefined ? "" : ` (tenant ${settings.tenant})`;
  const who =
    authKind(settings) === "basic" ? `user ${settings.username}` : `client ${settings.clientId} of the gateway`;
  return `${host}${pathname.replace(/\/ODataV4$/i, "")}${tenant}, as ${who}`;
}

function decapitalised(sentence: string): string {
  return `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, "");
}

/** Fields that may hold the shop's number of an order, by their names. */
const mayHoldNumber = /^No$|_No$|External|Reference/;
const holdsOther = /Contact|Customer|Phone|Tracking|Quote|Campaign/;

async function choicesOf(client: NavClient, hasCompany: boolean): Promise<Record<string, Choice[]>> {
  const services = await client.namesFor(["salesOrder", "postedSalesShipment"]);
  const fields = ((await client.fieldsOf("salesOrder")) ?? []).filter(
    (name) => mayHoldNumber.test(name) && !holdsOther.test(name),
  );
  const { agents = [], services: ofAgents = [] } = hasCompany ? await agentCodesIfAny(client) : {};
  return {
    companies: ((await client.companies()) ?? []).map(same),
    salesOrderServices: (services.get("salesOrder") ?? []).map(same),
    postedShipmentServices: (services.get("postedSalesShipment") ?? []).map(same),
    externalFields: fields.sort(byUse).map(same),
    agents: agents.map(same),
    agentServices: ofAgents.map(same),
  };
}

/** NAV's own field for such a number first. */
function byUse(left: string, right: string): number {
  const rank = (name: string) => (name === "External_Document_No" ? "0" : name);
  return rank(left) < rank(right) ? -1 : 1;
}

function same(value: string): Choice {
  return { value, name: value };
}
