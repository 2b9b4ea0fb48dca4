import { FedExClient } from "../connectors/fedex/client.ts";
import type { FedExPairSettings, FedExSettings } from "../connectors/fedex/config.ts";
import type { Probe, System } from "../core/ports.ts";
import type { SystemContext } from "./context.ts";
import { FedExShipmentSource } from "./fedex/shipment-source.ts";

/** What FedEx needs to know of the pair: its own settings, and one that stands on the ERP's side. */
export interface FedExPair extends FedExPairSettings {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
}

/** A FedEx account's ports and checks over one client. Throws ConfigError without keys. */
export function fedexSystem(settings: FedExSettings, pair: FedExPair, context: SystemContext) {
  const client = new FedExClient({ settings, ...context });
  const { apiUrl, accountNumber } = settings;
  return {
    name: "fedex",
    probe: () => probeFedEx(client, settings),
    account: () => ({ system: "fedex", host: new URL(apiUrl).host, accountNumber }),
    budgets: () => client.budgets(),
    shipmentSource: () => new FedExShipmentSource(client, pair.tracking.maxDays, () => context.clock.now()),
  } satisfies System;
}

/** Asks for a token of each project. */
async function probeFedEx(client: FedExClient, { accountNumber, apiUrl }: FedExSettings): Promise<Probe> {
  await Promise.all([client.checkShipKey(), client.checkTrackKey()]);
  return {
    identity: `account ${accountNumber} at ${new URL(apiUrl).host}, keys for Ship and Track`,
    warnings: ["Production use of Ship needs FedEx's validation of your labels, once for each project."],
  };
}
