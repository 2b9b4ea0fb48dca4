import { ShipStationClient } from "../connectors/shipstation/client.ts";
import type { ShipStationPairSettings, ShipStationSettings } from "../connectors/shipstation/config.ts";
import type { Budget } from "../core/http/throttle.ts";
import type { Json } from "../core/json.ts";
import type { Order, Shipment } from "../core/model.ts";
import type { EditSource, Probe, Source, Target } from "../core/ports.ts";
import type { SystemContext } from "./context.ts";
import { ShipStationEditSource } from "./shipstation/edit-source.ts";
import { OrderCopies } from "./shipstation/order-copies.ts";
import { ShipStationOrderTarget } from "./shipstation/order-target.ts";
import { ShipStationShipmentSource } from "./shipstation/shipment-source.ts";

/** What ShipStation needs to know of the pair: its own settings, and two that stand on the ERP's side. */
export interface ShipStationPair extends ShipStationPairSettings {
  /** `flows.orders.keyTemplate`. */
  keyTemplate: string;
  /** `flows.shipments.lookBack`, in days. */
  lookBack: number;
}

/** A row of a choice list. */
export interface Choice {
  value: string;
  name: string;
}

/** ShipStation as one side of a pair. */
export interface ShipStationSystem {
  readonly name: "shipstation";
  probe(): Promise<Probe>;
  orderTarget(): Target<Order>;
  shipmentSource(): Source<Shipment>;
  edits(): EditSource;
  /** What state is bound to; no secrets. */
  account(): Json;
  /** What the APIs may still be asked in this minute. */
  budgets(): Record<string, Budget>;
  choices(): Promise<{ stores: Choice[]; warehouses: Choice[]; services: Choice[] }>;
}

/** ShipStation's ports and checks over one client, so that its flows share one budget. Throws ConfigError without keys. */
export function shipStationSystem(
  settings: ShipStationSettings,
  pair: ShipStationPair,
  context: SystemContext,
): ShipStationSystem {
  const client = new ShipStationClient({ settings, ...context });
  const copies = new OrderCopies(client, context.clock);
  const { stores, storeId } = settings;
  const { lookBack } = pair;
  return {
    name: "shipstation",
    probe: () => probe(client, settings, pair),
    orderTarget: () => new ShipStationOrderTarget(client, copies, { ...pair, storeId }, () => context.clock.now()),
    shipmentSource: () => new ShipStationShipmentSource(client, copies, { stores, lookBack }),
    edits: () => new ShipStationEditSource(client, copies, { ...pair, stores }),
    account: () => ({
      system: "shipstation",
      host: new URL(settings.apiUrl).host,
      storeId: storeId ?? null,
      stores: stores ?? null,
    }),
    budgets: () => client.budgets(),
    choices: () => choices(client),
  };
}

async function probe(client: ShipStationClient, settings: ShipStationSettings, pair: ShipStationPair): Promise<Probe> {
  const host = new URL(settings.apiUrl).host;
  if (client.hasV2) await client.checkV2();
  if (!client.hasV1) {
    const warnings = ["No API key and secret for V1: orders cannot be written, and shipments carry no order number."];
    return { identity: `${new URL(settings.apiUrlV2).host}, V2 only`, warnings };
  }
  const { value: stores, serverTime } = await client.stores();
  const names = stores.map(({ storeName, storeId }) => storeName || String(storeId));
  const used = [settings.storeId ?? [], settings.stores ?? [], ...Object.values(pair.storeByLegalEntity)].flat();
  const missing = [...new Set(used)].filter((id) => !stores.some(({ storeId }) => storeId === id));
  const created = new Set([settings.storeId, ...Object.values(pair.storeByLegalEntity)]);
  const unfit = stores.filter((store) => created.has(store.storeId) && (store.active === false || store.marketplaceId));
  const warnings = [
    ...missing.map((id) => `The account has no store ${id}.`),
    ...unfit.map(({ storeId }) => `Store ${storeId} is no active manual store, so orders may not be created in it.`),
  ];
  return { identity: `${host}: ${names.join(", ") || "no stores"}`, warnings, ...(serverTime ? { serverTime } : {}) };
}

async function choices(client: ShipStationClient) {
  const { value: stores } = await client.stores();
  const { value: warehouses } = await client.warehouses();
  const { value: carriers } = await client.carriers();
  const services: Choice[] = [];
  for (const carrier of carriers) {
    const { value: rows } = await client.services(carrier.code);
    services.push(
      ...rows.map(({ code, name }) => ({
        value: `${carrier.code}/${code}`,
        name: `${carrier.name ?? carrier.code}: ${name ?? code}`,
      })),
    );
  }
  return {
    stores: stores.map(({ storeId, storeName }) => ({ value: String(storeId), name: storeName ?? String(storeId) })),
    warehouses: warehouses.map(({ warehouseId, warehouseName }) => ({
      value: String(warehouseId),
      name: warehouseName ?? String(warehouseId),
    })),
    services,
  };
}
