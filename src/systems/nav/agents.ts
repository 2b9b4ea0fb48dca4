import type { NavClient } from "../../connectors/nav/client.ts";
import { MlcError } from "../../core/errors.ts";

/** Codes of a company's agents, and of their services as `AGENT/SERVICE`; absent where its page is not published. */
export interface AgentCodes {
  agents?: readonly string[] | undefined;
  services?: readonly string[] | undefined;
}

/** Reads the codes in capitals, as NAV compares them; the services only where there are agents to be read. */
export async function agentCodes({ shipments }: NavClient): Promise<AgentCodes> {
  const agents = await shipments.agents();
  const services = agents && (await shipments.agentServices());
  return {
    agents: agents?.value.map(({ Code }) => Code.toUpperCase()),
    services: services?.value.map((one) => `${one.Shipping_Agent_Code}/${one.Code}`.toUpperCase()),
  };
}

/** The same to choose from: a user without a right to these pages is no reason to offer nothing else. */
export function agentCodesIfAny(client: NavClient): Promise<AgentCodes> {
  return agentCodes(client).catch((error: unknown): AgentCodes => {
    if (error instanceof MlcError && error.disposition !== "stopRun") return {};
    throw error;
  });
}

/** What of an agent and its service the company does not have; undefined when it has them, or does not tell. Pure. */
export function unknownAgent(
  { agent, service }: { agent: string; service?: string | undefined },
  { agents, services }: AgentCodes,
): { isAgent: boolean; message: string } | undefined {
  if (!agents) return undefined;
  const code = agent.toUpperCase();
  if (!agents.includes(code)) {
    return { isAgent: true, message: `the company has no shipping agent ${code}; there are ${listed(agents)}` };
  }
  const pair = `${code}/${service?.toUpperCase()}`;
  if (service === undefined || !services || services.includes(pair)) return undefined;
  const own = services.filter((one) => one.startsWith(`${code}/`));
  return { isAgent: false, message: `the agent ${code} has no service ${service}; there are ${listed(own)}` };
}

const listed = (codes: readonly string[]) => codes.join(", ") || "none";
