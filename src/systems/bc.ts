import type { z } from "zod";
import { BcClient, neededSets } from "../connectors/bc/client.ts";
import { type BcPairSettings, bcSettings } from "../connectors/bc/config.ts";
import type { Company } from "../connectors/bc/environment.ts";
import type { Choice, Probe, System } from "../core/system.ts";
import { bcChecks } from "./bc/checks.ts";
import { BcCustomerSource } from "./bc/customer-source.ts";
import { BcProductSource } from "./bc/product-source.ts";
import { BcSaleTarget } from "./bc/sale-target.ts";
import { BcShipmentTarget, type ShipperStores } from "./bc/shipment-target.ts";
import { BcWebhooks } from "./bc/webhooks.ts";
import { ItemWeights } from "./bc/weights.ts";
import type { SystemContext } from "./context.ts";
import { OwnSecret } from "./own-secret.ts";

/** The settings that an environment can be asked with: a person chooses among the companies that it tells. */
export const bcEnvironment = bcSettings.partial({ company: true });
type BcEnvironment = z.infer<typeof bcEnvironment>;

/** What Business Central needs to know of the pair. */
export interface BcPair extends BcPairSettings {
  /** The shipper's stores, where they are known: a shipment of one that is not booked here is not waited for. */
  stores?: ShipperStores;
}

/** What Business Central is given from outside. */
export type BcContext = Omit<SystemContext, "labels">;

/** A company in Business Central with what it can do in a pair. Throws ConfigError without a secret. */
export function bcSystem(settings: BcEnvironment, pair: BcPair, context: BcContext) {
  const { company = "", tenantId, environment } = settings;
  const client = new BcClient({ settings: { ...settings, company }, ...context });
  const { keepSecret } = context;
  const webhooks =
    keepSecret &&
    new BcWebhooks(client.subscriptions, new OwnSecret({ ...context, name: "webhookSecret", keepSecret }));
  return {
    name: "bc",
    probe: () => (company === "" ? probeEnvironment(client, settings) : probeCompany(client, settings)),
    // Whatever a company is called, its id stays; copies of an environment have the same ids.
    account: async () => ({ tenantId, environment, companyId: (await client.company()).id }),
    budgets: () => ({ "v2.0": client.budget() }),
    productSource: () => new BcProductSource(client, pair.flows.products, new ItemWeights(client, pair.weight)),
    customerSource: () => new BcCustomerSource(client, pair.flows.customers),
    choices: async () => ({ companies: (await client.companies()).map(choiceOf) }),
    checks: () => bcChecks(client, pair),
    shipmentTarget: () => new BcShipmentTarget(client, pair, pair.stores),
    saleTarget: () => new BcSaleTarget(client, pair, context.clock),
    ...(webhooks ? { webhooks: () => webhooks } : {}),
  } satisfies System;
}

/** Names the companies that there are, while none is chosen. */
async function probeEnvironment(client: BcClient, settings: BcEnvironment): Promise<Probe> {
  const names = (await client.companies()).map(({ name }) => name).join(", ");
  return { identity: whereWeAre(settings), warnings: [`no company is chosen; there are ${names || "none"}`] };
}

/** Looks at the sets that mlc needs. Throws AuthError when the app may read none of them, which is then the reason. */
async function probeCompany(client: BcClient, settings: BcEnvironment): Promise<Probe> {
  const { company, hidden, serverTime } = await client.look();
  const [refused] = hidden;
  if (refused && hidden.length === neededSets.length) throw refused.error;
  const sets = hidden.map(({ set }) => set).join(", ");
  return {
    identity: `company ${company.name} in ${whereWeAre(settings)}`,
    warnings: refused
      ? [`no permission for ${sets}: add permission sets to the app's card in Microsoft Entra applications`]
      : [],
    ...(serverTime ? { serverTime } : {}),
  };
}

function whereWeAre({ clientId, tenantId, environment }: BcEnvironment): string {
  return `environment ${environment} of tenant ${tenantId}, as app ${clientId}`;
}

function choiceOf({ id, name, displayName }: Company): Choice {
  return { value: id, name: displayName === "" || displayName === name ? name : `${displayName} (${name})` };
}
