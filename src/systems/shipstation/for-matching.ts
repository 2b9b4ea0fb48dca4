import { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { ShipStationSettings } from "../../connectors/shipstation/config.ts";
import type { System } from "../../core/system.ts";
import type { SystemContext } from "../context.ts";
import { accountOf, probeShipStation, shipStationChoices, withCarriage } from "./checks.ts";
import { type MatchedSourceOptions, ShipStationMatchedSource } from "./matched-source.ts";
import { OrderCopies } from "./order-copies.ts";
import { webhooksOf } from "./webhooks.ts";

/** What ShipStation needs to know of a pair whose ERP finds the orders of shipments by itself. */
export type MatchingPair = Omit<MatchedSourceOptions, "stores"> & {
  /** Another pair reads orders of the account's stores. */
  readsOrders?: boolean;
};

/** What V1 would tell is no need here: orders are read from V2 as well. */
const onlyV2 =
  "With a V2 key alone, the recipient and the day on which an order came to ShipStation stand for buyer and order date.";

/** ShipStation as the giver of shipments whose orders are the ERP's own. Throws ConfigError without keys. */
export function shipStationForMatching(
  settings: ShipStationSettings,
  pair: MatchingPair,
  context: Omit<SystemContext, "tokens" | "labels">,
) {
  const client = new ShipStationClient({ settings, ...context });
  const { clock } = context;
  const copies = new OrderCopies(client, clock);
  return {
    name: "shipstation",
    probe: async () => {
      const probe = await probeShipStation(client, settings, { storeByLegalEntity: {} });
      return client.hasV1 ? probe : { ...probe, warnings: [], notes: [onlyV2] };
    },
    account: () => accountOf(settings),
    budgets: () => client.budgets(),
    ...webhooksOf(client, context, { readsOrders: pair.readsOrders === true }),
    choices: async () => withCarriage(await shipStationChoices(client)),
    shipmentSource: () => new ShipStationMatchedSource(client, { copies, clock }, { ...pair, stores: settings.stores }),
  } satisfies System;
}
