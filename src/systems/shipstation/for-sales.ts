import { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { ShipStationSettings } from "../../connectors/shipstation/config.ts";
import type { CivilDate } from "../../core/model.ts";
import type { System } from "../../core/system.ts";
import type { SystemContext } from "../context.ts";
import { accountOf, probeShipStation, shipStationChoices, withCarriage } from "./checks.ts";
import { ShipStationCustomerTarget } from "./customer-target.ts";
import { OpenOrders } from "./open-orders.ts";
import { OrderCopies } from "./order-copies.ts";
import { type ProductTargetOptions, ShipStationProductTarget } from "./product-target.ts";
import { ShipStationSaleSource, type StoreRules } from "./sale-source.ts";
import { SeedOrders } from "./seed-orders.ts";
import { ShipStationShipmentSource } from "./shipment-source.ts";
import { webhooksOf } from "./webhooks.ts";

/** What ShipStation needs to know of a pair whose orders come from its stores. */
export interface SalesPair {
  flows: {
    sales: { lookBack: number; startDate?: CivilDate | undefined };
    shipments: { lookBack: number };
    products: ProductTargetOptions;
  };
  /** Stores in which mlc makes orders itself: they are left out. */
  fedStores: readonly number[];
  /** How a store's orders are booked, as far as reading them goes. */
  rulesOf(storeId: string | undefined): StoreRules;
}

/** ShipStation as the giver of orders: ports over one client, so that its flows share one budget. Throws ConfigError without keys. */
export function shipStationForSales(
  settings: ShipStationSettings,
  pair: SalesPair,
  context: Omit<SystemContext, "tokens" | "labels">,
) {
  const client = new ShipStationClient({ settings, ...context });
  const copies = new OrderCopies(client, context.clock);
  const { stores } = settings;
  const { flows, fedStores, rulesOf } = pair;
  const { lookBack, startDate } = flows.sales;
  const now = () => context.clock.now();
  const openOrders = () => new OpenOrders(client, { stores, fedStores }, now);
  return {
    name: "shipstation",
    probe: () => probeShipStation(client, settings, { storeByLegalEntity: {} }),
    account: () => accountOf(settings),
    budgets: () => client.budgets(),
    ...webhooksOf(client, context, { readsOrders: true }),
    choices: async () => withCarriage(await shipStationChoices(client)),
    saleSource: () =>
      new ShipStationSaleSource(client, copies, { stores, fedStores, lookBack, startDate, rulesOf }, now),
    shipmentSource: () =>
      new ShipStationShipmentSource(client, copies, { stores, lookBack: flows.shipments.lookBack, isOneSale: true }),
    // Products and orders are V1's alone.
    ...(client.hasV1
      ? {
          productTarget: () => {
            const seeds = new SeedOrders(client, settings.storeId, now);
            return new ShipStationProductTarget(client, { openOrders: openOrders(), seeds }, flows.products);
          },
          customerTarget: () => new ShipStationCustomerTarget(client, openOrders(), copies),
        }
      : {}),
  } satisfies System;
}
