import { authKind } from "../connectors/shipbob/auth.ts";
import { ShipBobClient } from "../connectors/shipbob/client.ts";
import type { ShipBobAccountSettings, ShipBobPairSettings } from "../connectors/shipbob/config.ts";
import type { System } from "../core/system.ts";
import type { ProductOptions } from "../mappings/shipbob/product.ts";
import type { SystemContext } from "./context.ts";
import { OwnSecret } from "./own-secret.ts";
import { ShipBobChargeSource, shipBobBills } from "./shipbob/charge-source.ts";
import { shipBobChecks } from "./shipbob/checks.ts";
import { KeptMethods, shipBobChoices } from "./shipbob/choices.ts";
import { ShipBobEditSource } from "./shipbob/edit-source.ts";
import { ShipBobOrderTarget } from "./shipbob/order-target.ts";
import { accountOf, type FlowsOn, probeShipBob } from "./shipbob/probe.ts";
import { ShipBobProductTarget } from "./shipbob/product-target.ts";
import { ShipBobShipmentSource } from "./shipbob/shipment-source.ts";
import { ShipBobStockSource, shipBobStock } from "./shipbob/stock-source.ts";
import { makeShipBobSecret, ShipBobWebhooks } from "./shipbob/webhooks.ts";

/** What ShipBob needs to know of the pair: its own settings, and what stands on the ERP's side. */
export interface ShipBobPair extends ShipBobPairSettings {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
  /** `flows.shipments.lookBack`, in days. */
  lookBack: number;
  /** `flows.charges.lookBack`, in days. */
  chargesLookBack: number;
  flows: FlowsOn;
  /** `flows.products.customsValue`. */
  customsValue: ProductOptions["customsValue"];
}

/** A ShipBob account with what it can do in a pair, over one client. Throws ConfigError for what is missing to sign in. */
export function shipBobSystem(
  settings: ShipBobAccountSettings,
  pair: ShipBobPair,
  context: Omit<SystemContext, "labels">,
) {
  const client = new ShipBobClient({ settings, ...context });
  const { account, billing, orders, products, shipments, stock } = client;
  const centres = pair.fulfillmentCenters;
  const { clock, secrets, readSecret, keepSecret } = context;
  const methods = new KeptMethods(account, clock);
  const now = () => clock.now();
  const own = { ...context, name: "webhookSecret", make: makeShipBobSecret };
  const webhooks = keepSecret && new ShipBobWebhooks(client.webhooks, new OwnSecret({ ...own, keepSecret }));
  const refreshToken = async () =>
    authKind(secrets) === "oauth" ? ((await readSecret?.("refreshToken")) ?? undefined) : undefined;
  return {
    name: "shipbob",
    probe: () => probeShipBob(client, settings, pair.flows),
    account: () => accountOf(settings),
    budgets: () => client.budgets(),
    keepFresh: () => client.keepFresh(),
    checks: async () => shipBobChecks({ account, settings, pair, now: now(), refreshToken: await refreshToken() }),
    choices: () => shipBobChoices(account),
    orderTarget: () => new ShipBobOrderTarget({ orders, shippingMethods: () => methods.read(), options: pair }),
    stock: () => shipBobStock(stock, centres),
    stockSource: () => new ShipBobStockSource(stock, centres, now),
    bills: (from, to) => shipBobBills({ billing, shipments, channelId: settings.channelId }, from, to),
    chargeSource: () =>
      new ShipBobChargeSource(
        { billing, shipments, channelId: settings.channelId },
        { lookBack: pair.chargesLookBack, now },
      ),
    shipmentSource: () => new ShipBobShipmentSource(client, { ...pair, now }),
    edits: () => new ShipBobEditSource(shipments),
    productTarget: () => new ShipBobProductTarget(products, { ...pair, version: settings.version }),
    ...(webhooks ? { webhooks: () => webhooks } : {}),
  } satisfies System;
}
