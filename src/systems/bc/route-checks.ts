import type { BcClient } from "../../connectors/bc/client.ts";
import { isNoAddress } from "../../connectors/bc/errors.ts";
import type { BcRules } from "../../connectors/bc/rules.ts";
import { page42Fields } from "../../connectors/bc/tracking.ts";
import { ContractError } from "../../core/errors.ts";
import type { Check } from "../../core/system.ts";
import { installHint, publishedFields } from "./published.ts";

/** Which routes for tracking are possible in this company, and whether the agents that are written exist (BC, 5). */
export async function routeChecks(client: BcClient, rules: readonly BcRules[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const one of rules) {
    for (const route of one.tracking.routes) {
      if (route === "customApi") checks.push(await customApiCheck(client, one));
      if (route === "page42") checks.push(await page42Check(client, one));
      if (route === "comment") checks.push(commentCheck);
    }
    checks.push(...(await agentChecks(client, one)));
  }
  // Stores share what they do not set themselves.
  return [...new Map(checks.map((check) => [JSON.stringify(check), check])).values()];
}

const commentCheck: Check = {
  name: "tracking.routes comment",
  state: "ok",
  message: "drafts and orders that are not released take comment lines; others take none",
};

async function customApiCheck(client: BcClient, { tracking, shippingAgents }: BcRules): Promise<Check> {
  const name = "tracking.customApi";
  const { path = "", fields } = tracking.customApi;
  const published = await publishedFields(client, path);
  if (!published) {
    const message = `Business Central publishes no page ${path}`;
    return { name, state: "failed", message, fix: installHint("tracking.customApi.path") };
  }
  const { number, orderNumber, externalDocumentNumber, packageTrackingNo } = fields;
  const agents =
    Object.keys(shippingAgents).length === 0 ? [] : [fields.shippingAgentCode, fields.shippingAgentServiceCode];
  const missing = (names: readonly string[]) => names.filter((one) => !published.has(one));
  const fix = "Correct tracking.customApi.fields, or add the fields to the page.";
  const needed = missing(["id", externalDocumentNumber, packageTrackingNo, ...agents]);
  if (needed.length > 0) return { name, state: "failed", message: `${path} has no ${needed.join(", ")}`, fix };
  const finders = missing([number, orderNumber]);
  if (finders.length === 0) return { name, state: "ok", message: `${path} has the fields of tracking` };
  const message = `${path} has no ${finders.join(", ")}: documents whose external number was changed are not found there`;
  return { name, state: "warning", message, fix };
}

async function page42Check(client: BcClient, { tracking, booking }: BcRules): Promise<Check> {
  const name = "tracking.page42";
  const { service } = tracking.page42;
  if (booking === "invoice") {
    const message = "page 42 has orders only, and booking is invoice";
    return { name, state: "warning", message, fix: "Take page42 out of tracking.routes, or set booking to order." };
  }
  const found = await client.tracking.page42Fields(service);
  if (!found) {
    const fix = `Publish page 42 as ${service} under Web Services in Business Central, or take page42 out of tracking.routes.`;
    return { name, state: "failed", message: `no service ${service} is published`, fix };
  }
  if (found.value.size === 0)
    return { name, state: "ok", message: `${service} is published; no order is there to show its fields` };
  const missing = Object.values(page42Fields).filter((field) => !found.value.has(field));
  if (missing.length === 0) return { name, state: "ok", message: `${service} has the fields of tracking` };
  const fix = `Publish page 42, and no other page, as ${service} under Web Services in Business Central.`;
  return { name, state: "failed", message: `${service} has no ${missing.join(", ")}`, fix };
}

/** Codes can be checked only where agents can be read: API v2.0 has no set of them (BC, 2.8). */
async function agentChecks(client: BcClient, { tracking, shippingAgents }: BcRules): Promise<Check[]> {
  const { agentsService, agentsPath } = tracking;
  const rows = Object.entries(shippingAgents);
  const from =
    agentsPath !== undefined
      ? { path: agentsPath }
      : agentsService !== undefined
        ? { service: agentsService }
        : undefined;
  if (!from || rows.length === 0) return [];
  const setting = agentsPath === undefined ? "tracking.agentsService" : "tracking.agentsPath";
  const codes = await agentCodes(client, from);
  if (!codes) {
    const message = `Business Central publishes no ${agentsPath ?? agentsService}, so that shipping agents cannot be checked`;
    return [{ name: setting, state: "failed", message, fix: installHint(setting) }];
  }
  const missing = rows.filter(([, { agent }]) => !codes.includes(agent));
  if (missing.length === 0)
    return [{ name: "shippingAgents", state: "ok", message: `${rows.length} rows name agents of the company` }];
  return missing.map(([row, { agent }]) => ({
    name: `shippingAgents.${row}`,
    state: "failed",
    message: `the company has no shipping agent ${agent}; there are ${codes.join(", ") || "none"}`,
    fix: `Set shippingAgents.${row} to a code of the page Shipping Agents.`,
  }));
}

async function agentCodes(
  client: BcClient,
  from: { service: string } | { path: string },
): Promise<string[] | undefined> {
  try {
    return (await client.tracking.shippingAgents(from)).value.map(({ code }) => code.toUpperCase());
  } catch (error) {
    if (error instanceof ContractError && isNoAddress(error)) return undefined;
    throw error;
  }
}
