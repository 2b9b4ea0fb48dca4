import { ShipStationClient } from "../connectors/shipstation/client.ts";
import type { ShipStationPairSettings, ShipStationSettings } from "../connectors/shipstation/config.ts";
import type { System } from "../core/system.ts";
import type { SystemContext } from "./context.ts";
import { accountOf, probeShipStation, shipStationChecks, shipStationChoices } from "./shipstation/checks.ts";
import { ShipStationEditSource } from "./shipstation/edit-source.ts";
import { OrderCopies } from "./shipstation/order-copies.ts";
import { ShipStationOrderTarget } from "./shipstation/order-target.ts";
import { ShipStationShipmentSource } from "./shipstation/shipment-source.ts";
import { webhooksOf } from "./shipstation/webhooks.ts";

/** What ShipStation needs to know of the pair: its own settings, and two that stand on the ERP's side. */
export interface ShipStationPair extends ShipStationPairSettings {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
  /** `flows.shipments.lookBack`, in days. */
  lookBack: number;
  /** Another pair reads orders of the account's stores. */
  readsOrders?: boolean;
}

/** ShipStation's ports and checks over one client, so that its flows share one budget. Throws ConfigError without keys. */
export function shipStationSystem(
  settings: ShipStationSettings,
  pair: ShipStationPair,
  context: Omit<SystemContext, "tokens" | "labels">,
) {
  const client = new ShipStationClient({ settings, ...context });
  const copies = new OrderCopies(client, context.clock);
  const { stores, storeId } = settings;
  const { lookBack } = pair;
  const now = () => context.clock.now();
  return {
    name: "shipstation",
    probe: () => probeShipStation(client, settings, pair),
    account: () => accountOf(settings),
    budgets: () => client.budgets(),
    checks: () => shipStationChecks(client, pair),
    choices: () => shipStationChoices(client),
    orderTarget: () => new ShipStationOrderTarget(client, copies, { ...pair, storeId }, now),
    shipmentSource: () => new ShipStationShipmentSource(client, copies, { stores, lookBack }),
    ...webhooksOf(client, context, { readsOrders: pair.readsOrders === true }),
    // Orders are V1's alone.
    ...(client.hasV1 ? { edits: () => new ShipStationEditSource(client, copies, { ...pair, stores }) } : {}),
  } satisfies System;
}
