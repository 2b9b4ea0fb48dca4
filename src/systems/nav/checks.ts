import type { NavClient, Sight } from "../../connectors/nav/client.ts";
import type { NavPairSettings, NavSettings } from "../../connectors/nav/config.ts";
import { publishedAs, type ServiceName, serviceNames, wantedFields } from "../../connectors/nav/pages.ts";
import type { Check } from "../../core/system.ts";
import { agentCodes, unknownAgent } from "./agents.ts";

/** What is done without a page that is only useful. */
const without: Readonly<Partial<Record<ServiceName, string>>> = {
  postedSalesShipmentLines: "the posted shipment of an order that was posted in parts is told by its number alone",
  shippingAgents: "shipping agents cannot be checked",
  shippingAgentServices: "services of shipping agents cannot be checked",
  salesComments: "texts that have no field go to text lines of open orders, or to the audit",
};

/** Looks whether this company has what the settings of the pair name. */
export async function navChecks(client: NavClient, settings: NavSettings, pair: NavPairSettings): Promise<Check[]> {
  const sight = await client.look();
  return [
    ...fieldChecks(sight, pair),
    ...captionChecks(sight, settings),
    localisationCheck(sight),
    await datesCheck(client),
    ...hostChecks(sight, settings),
    ...(await agentChecks(client, pair)),
  ];
}

function fieldChecks({ lacks }: Sight, pair: NavPairSettings): Check[] {
  return serviceNames.map((service): Check => {
    const name = `NAV ${publishedAs(service, pair)}`;
    const lack = lacks.find((one) => one.service === service);
    if (!lack) return { name, state: "ok", message: `it has ${wantedFields(service, pair).join(", ")}` };
    const { message, fix, isNeeded } = lack;
    const isWanted = isNeeded || (service === "salesComments" && pair.comments.route === "sheet");
    if (isWanted) return { name, state: "failed", message, fix };
    const state = service === "salesComments" ? "ok" : "warning";
    return { name, state, message: `${message}: ${without[service]}`, fix };
  });
}

/** Option texts are in the language of the service, and an order's status decides what it takes (NAV, 3.3). */
function captionChecks({ captions }: Sight, { options }: NavSettings): Check[] {
  if (!captions) return [];
  const name = "NAV option texts";
  const { documentType, statuses } = captions;
  if (documentType === undefined)
    return [{ name, state: "ok", message: "no order is there whose option texts could be read back" }];
  const known = Object.values(options).map((text) => text.trim().toLowerCase());
  const strange = statuses.filter((text) => !known.includes(text.toLowerCase()));
  const message = `an order's type reads ${documentType}, its status ${statuses.join(", ")}`;
  if (strange.length === 0) return [{ name, state: "ok", message }];
  return [
    {
      name,
      state: "failed",
      message: `${message}; ${strange.join(", ")} is none of ${Object.values(options).join(", ")}`,
      fix: "Set nav.options.open, .released, .pendingApproval and .pendingPrepayment to what the service's language calls them.",
    },
  ];
}

function localisationCheck({ hasLineTracking }: Sight): Check {
  const message = hasLineTracking
    ? "North American version: each line has a tracking number of its own"
    : "lines have no tracking number: one field of 30 characters an order, further numbers in a comment";
  return { name: "NAV localisation", state: "ok", message };
}

/** The day of its posting says nothing of when an order was entered. */
async function datesCheck({ shipments }: NavClient): Promise<Check> {
  const isDated = await shipments.hasOrderDate();
  const message = isDated
    ? "page 130 shows Order_Date: orders that are posted in full are found by customer and date too"
    : "page 130 shows no Order_Date: an order that is posted in full is found by the shop's number alone";
  return { name: "NAV order dates", state: "ok", message };
}

/** A gateway that leaves the inner server's name in page links, which are followed to known hosts only. */
function hostChecks({ linkHost }: Sight, { baseUrl, pageHosts }: NavSettings): Check[] {
  if (linkHost === undefined) return [];
  const name = "nav.pageHosts";
  if ([new URL(baseUrl).host, ...pageHosts].includes(linkHost))
    return [{ name, state: "ok", message: `page links name ${linkHost}` }];
  const message = `the server's links name ${linkHost}, so that a list of several pages would be refused`;
  return [{ name, state: "failed", message, fix: `Run \`mlc config set nav.pageHosts=${linkHost}\`.` }];
}

const setTo = (row: string) => `Run \`mlc config set nav-shipstation.${row}\` with one that is there.`;

async function agentChecks(client: NavClient, { shippingAgents }: NavPairSettings): Promise<Check[]> {
  const rows = Object.entries(shippingAgents);
  const codes = rows.length === 0 ? {} : await agentCodes(client);
  if (!codes.agents) return [];
  const failed = rows.flatMap(([row, { agent, service }]): Check[] => {
    const unknown = unknownAgent({ agent, service }, codes);
    const name = `shippingAgents.${row}`;
    if (!unknown) return [];
    const { isAgent, message } = unknown;
    return [{ name, state: "failed", message, fix: setTo(`${name}=${isAgent ? "<agent>" : agent}/<service>`) }];
  });
  if (failed.length > 0) return failed;
  return [{ name: "shippingAgents", state: "ok", message: "every row names an agent of the company" }];
}
