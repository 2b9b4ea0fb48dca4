import { FedExClient } from "../connectors/fedex/client.ts";
import { addressesIn, type FedExPairSettings, type FedExSettings, shipFromOf } from "../connectors/fedex/config.ts";
import { todayAtShipper } from "../connectors/fedex/window.ts";
import type { CivilDate } from "../core/model.ts";
import { programOf } from "../core/program.ts";
import type { Probe, System } from "../core/system.ts";
import type { SystemContext } from "./context.ts";
import { fedexChecks } from "./fedex/checks.ts";
import { fedexChoices } from "./fedex/choices.ts";
import { FedExOrderTarget } from "./fedex/order-target.ts";
import { FedExShipmentSource } from "./fedex/shipment-source.ts";

/** What FedEx needs to know of the pair: its own settings, and two that stand on the ERP's side. */
export interface FedExPair extends FedExPairSettings {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
  /** `flows.orders.filter.warehouses`. */
  warehouses: readonly string[];
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
    loadBudgets: () => client.loadBudgets(),
    choices: async () => ({ ...fedexChoices }),
    checks: async () => fedexChecks(settings, pair.warehouses),
    orderTarget: () => orderTargetOf(client, { settings, pair, context }),
  } satisfies System;
}

function orderTargetOf(
  client: FedExClient,
  given: { settings: FedExSettings; pair: FedExPair; context: SystemContext },
): FedExOrderTarget {
  const { settings, pair, context } = given;
  const now = () => context.clock.now();
  const { shipFrom: _, ...account } = settings;
  return new FedExOrderTarget({
    client,
    labels: context.labels,
    options: {
      ...account,
      ...pair,
      shipFrom: (legalEntity, warehouse) => shipFromOf(settings, legalEntity, warehouse),
      today: (from) => dayAt(from, now()),
    },
    printCommand: pair.printCommand,
    run: programOf("printCommand"),
    now,
    dayOf: (instant) => earliestDay(settings, instant),
  });
}

function dayAt({ country, state }: { country: string; state?: string | undefined }, instant: Date): CivilDate {
  return todayAtShipper(instant, { country, ...(state === undefined ? {} : { state }) });
}

/** A day that has begun at each of the account's warehouses. */
function earliestDay(settings: FedExSettings, instant: Date): CivilDate {
  const days = addressesIn(settings).map((address) => dayAt(address, instant));
  return days.sort()[0] ?? dayAt({ country: "" }, instant);
}

/** Asks for a token of each project. */
async function probeFedEx(client: FedExClient, { accountNumber, apiUrl }: FedExSettings): Promise<Probe> {
  await Promise.all([client.checkShipKey(), client.checkTrackKey()]);
  return {
    identity: `account ${accountNumber} at ${new URL(apiUrl).host}; tokens for Ship and Track given`,
    warnings: [],
    notes: [
      "Before labels are bought for real parcels, FedEx must have validated yours, once for each project with Ship.",
    ],
  };
}
