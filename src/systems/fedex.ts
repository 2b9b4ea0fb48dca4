import { FedExClient } from "../connectors/fedex/client.ts";
import type { FedExPairSettings, FedExSettings } from "../connectors/fedex/config.ts";
import type { Probe, System } from "../core/ports.ts";
import type { SystemContext } from "./context.ts";
import { fedexChoices } from "./fedex/choices.ts";

/** What FedEx needs to know of the pair: its own settings, and one that stands on the ERP's side. */
export interface FedExPair extends FedExPairSettings {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
}

/** A FedEx account's ports and checks over one client. Throws ConfigError without keys. */
export function fedexSystem(settings: FedExSettings, _pair: FedExPair, context: SystemContext) {
  const client = new FedExClient({ settings, ...context });
  const { apiUrl, accountNumber } = settings;
  return {
    name: "fedex",
    probe: () => probeFedEx(client, settings),
    account: () => ({ system: "fedex", host: new URL(apiUrl).host, accountNumber }),
    budgets: () => client.budgets(),
    loadBudgets: () => client.loadBudgets(),
    choices: async () => ({ ...fedexChoices }),
  } satisfies System;
}

/** Asks for a token of each project. */
async function probeFedEx(client: FedExClient, { accountNumber, apiUrl }: FedExSettings): Promise<Probe> {
  await Promise.all([client.checkShipKey(), client.checkTrackKey()]);
  return {
    identity: `account ${accountNumber} at ${new URL(apiUrl).host}; tokens for Ship and Track given`,
    warnings: [
      "Before labels are bought for real parcels, FedEx must have validated yours, once for each project with Ship.",
    ],
  };
}
