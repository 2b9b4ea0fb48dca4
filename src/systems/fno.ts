import { entraAuth, scopeOf } from "../connectors/entra/auth.ts";
import type { ChargeSettings } from "../connectors/fno/charge-config.ts";
import { FnoClient } from "../connectors/fno/client.ts";
import type { FnoLabelSettings, FnoPairSettings, FnoSettings, FnoStockSettings } from "../connectors/fno/config.ts";
import { InventoryVisibility, visibilityScope } from "../connectors/fno/inventory-visibility.ts";
import type { StockSettings } from "../connectors/fno/stock-config.ts";
import { createHttp } from "../core/http/http.ts";
import { retryAfterMs } from "../core/http/retry-after.ts";
import type { Auth, Timer } from "../core/http/types.ts";
import type { Json } from "../core/json.ts";
import type { Charge, Order, Product, Shipment, StockCount } from "../core/model.ts";
import type { Source, Target } from "../core/ports.ts";
import type { Check, Choice, OfferedEvent, Probe, System } from "../core/system.ts";
import type { FnoProductOptions } from "../mappings/fno/products.ts";
import type { SystemContext } from "./context.ts";
import { FnoChargeTarget } from "./fno/charge-target.ts";
import { mappingChecks } from "./fno/checks.ts";
import { MasterData } from "./fno/master-data.ts";
import { FnoOrderSource } from "./fno/order-source.ts";
import { FnoProductSource } from "./fno/product-source.ts";
import { FnoShipmentTarget } from "./fno/shipment-target.ts";
import { freightChecks, visibilityCheck } from "./fno/stock-checks.ts";
import { FnoStockReader } from "./fno/stock-reader.ts";
import { FnoStockTarget } from "./fno/stock-target.ts";

/** What F&O is given from outside. */
export interface FnoContext extends Omit<SystemContext, "labels"> {
  timer?: Timer;
}

/** A pair's settings as far as F&O reads them: its own, and which orders the shipper's side claims. */
export type FnoPair = FnoPairSettings & {
  numberPattern?: string | undefined;
  /** What becomes of the scans that the shipper tells of. */
  scanHistory?: "note" | "none" | undefined;
  /** The pair buys labels: sizes, customs and invoices are read too. */
  forLabels?: FnoLabelSettings | undefined;
  /** The pair's shipper keeps the goods: quantities are read in the unit of stock. */
  forStock?: FnoStockSettings | undefined;
  /** What becomes of the stock that the shipper tells. */
  inventory?: StockSettings | undefined;
  /** What becomes of what the shipper charged. */
  charges?: ChargeSettings | undefined;
  /** The pair has a flow of products. */
  forProducts?: Pick<FnoProductOptions, "categories" | "inactiveStates" | "lengthUnit"> | undefined;
};

/** A 429 without a wait means about half a minute (F&O, 6). */
const throttledMs = 30_000;

/** An F&O environment with what it can do in a pair. */
export class FnoSystem implements System {
  readonly name = "fno";
  readonly #settings: FnoSettings;
  readonly #pair: FnoPair;
  readonly #client: FnoClient;
  readonly #masterData: MasterData;
  readonly #context: FnoContext;
  readonly productSource?: () => Source<Product>;

  constructor(settings: FnoSettings, pair: FnoPair, context: FnoContext) {
    this.#settings = settings;
    this.#pair = pair;
    this.#context = context;
    const { fetch, clock, signal, random, onCall, timer } = context;
    const http = createHttp({
      baseUrl: settings.host,
      fetch,
      clock,
      system: "fno",
      signal,
      auth: authOf(settings, context),
      deadlineMs: 60_000,
      retry: {
        attempts: 5,
        waitMs: (response) =>
          retryAfterMs(response.headers, clock.now()) ?? (response.status === 429 ? throttledMs : undefined),
        random,
      },
      ...(onCall ? { onCall } : {}),
      ...(timer ? { timer } : {}),
    });
    this.#client = new FnoClient({
      http,
      clock,
      host: settings.host,
      entities: pair.entities,
      headerFieldsEntity: pair.writeBack.headerFields.entity,
      forLabels: pair.forLabels,
      forStock: pair.forStock,
      inventory: pair.inventory,
      charges: pair.charges,
    });
    this.#masterData = new MasterData(this.#client, clock);
    const { forProducts } = pair;
    if (forProducts) this.productSource = () => this.#products(forProducts);
  }

  /** One cheap call: the companies there, compared with those of the settings. */
  async probe(): Promise<Probe> {
    const { clientId, tenantId, host, legalEntities } = this.#settings;
    const there = new Set((await this.#client.masterData.legalEntities()).map((entity) => entity.id));
    const missing = legalEntities.filter((id) => !there.has(id));
    return {
      identity: `app ${clientId} of tenant ${tenantId} at ${new URL(host).host}`,
      warnings: missing.map(
        (id) => `legal entity ${id} is not there, or the app's user may not see it; there are ${[...there].join(", ")}`,
      ),
    };
  }

  account(): Json {
    return { host: this.#settings.host, tenantId: this.#settings.tenantId };
  }

  /** Compares the sets and fields that the pair maps with the environment's `$metadata`, and looks at what its modes name. */
  async checks(): Promise<Check[]> {
    const { inventory } = this.#pair;
    const visibility = inventory?.mode === "inventoryVisibility" ? this.#visibility(inventory) : undefined;
    return [
      ...(await mappingChecks(this.#client, this.#pair)),
      ...(await freightChecks(this.#client, this.#pair, this.#settings.legalEntities)),
      ...(await visibilityCheck(visibility)),
    ];
  }

  /** Companies; modes of delivery and warehouses of the configured ones. */
  async choices(): Promise<Record<string, Choice[]>> {
    const { masterData } = this.#client;
    const deliveryModes = new Map<string, string>();
    const warehouses = new Map<string, string>();
    for (const id of this.#settings.legalEntities) {
      for (const mode of await masterData.deliveryModes(id)) deliveryModes.set(mode.id, mode.name);
      for (const warehouse of await masterData.warehouses(id)) warehouses.set(warehouse.id, warehouse.name);
    }
    const legalEntities = await masterData.legalEntities();
    return {
      legalEntities: legalEntities.map(({ id, name }) => choiceOf(id, name)),
      deliveryModes: [...deliveryModes].map(([id, name]) => choiceOf(id, name)),
      warehouses: [...warehouses].map(([id, name]) => choiceOf(id, name)),
    };
  }

  offeredEvents(): Promise<OfferedEvent[] | undefined> {
    return this.#client.masterData.businessEvents();
  }

  orderSource(): Source<Order> {
    return new FnoOrderSource({
      client: this.#client,
      legalEntities: this.#settings.legalEntities,
      settings: this.#pair,
      masterData: this.#masterData,
    });
  }

  stockReader(): FnoStockReader {
    const { legalEntities } = this.#settings;
    const { skuTemplate } = this.#pair.flows.orders;
    const [client, masterData] = [this.#client, this.#masterData];
    const options = { skuTemplate, categories: [], inactiveStates: [] };
    return new FnoStockReader({
      client,
      legalEntities,
      skuTemplate,
      products: (one) => new FnoProductSource({ client, legalEntities: [one], options, masterData }),
      now: () => this.#context.clock.now(),
    });
  }

  stockTarget(): Target<StockCount> | undefined {
    const settings = this.#pair.inventory;
    if (!settings || settings.mode === "none") return undefined;
    const visibility = settings.mode === "inventoryVisibility" ? this.#visibility(settings) : undefined;
    return new FnoStockTarget({ client: this.#client, reader: this.stockReader(), settings, visibility });
  }

  chargeTarget(): Target<Charge> | undefined {
    const settings = this.#pair.charges;
    return settings && settings.mode !== "none" ? new FnoChargeTarget(this.#client, settings) : undefined;
  }

  #visibility({ inventoryVisibility }: StockSettings): InventoryVisibility {
    const entra = authOf(this.#settings, this.#context, visibilityScope);
    return new InventoryVisibility({ ...this.#context, settings: inventoryVisibility, entra });
  }

  #products(settings: NonNullable<FnoPair["forProducts"]>): Source<Product> {
    const { weightUnit, flows } = this.#pair;
    return new FnoProductSource({
      client: this.#client,
      legalEntities: this.#settings.legalEntities,
      options: { ...settings, weightUnit, skuTemplate: flows.orders.skuTemplate },
      masterData: this.#masterData,
    });
  }

  shipmentTarget(): Target<Shipment> {
    const writeBack = { ...this.#pair.writeBack, scanHistory: this.#pair.scanHistory };
    return new FnoShipmentTarget(this.#client, writeBack, {
      legalEntities: this.#settings.legalEntities,
      keyTemplate: this.#pair.flows.orders.keyTemplate,
      numberPattern: this.#pair.numberPattern,
    });
  }
}

/** An F&O environment as a system of a pair. */
export function fnoSystem(settings: FnoSettings, pair: FnoPair, context: FnoContext): FnoSystem {
  return new FnoSystem(settings, pair, context);
}

function choiceOf(id: string, name: string): Choice {
  return { value: id, name: name === "" || name === id ? id : `${id} (${name})` };
}

function authOf(
  { authority, tenantId, clientId, host }: FnoSettings,
  context: FnoContext,
  scope = scopeOf(host),
): Auth {
  const { fetch, clock, tokens, signal, secrets, random, timer, onTokenCall } = context;
  const { clientSecret, certificate, privateKey } = secrets;
  return entraAuth({
    authority,
    tenantId,
    clientId,
    scope,
    system: "fno",
    fetch,
    clock,
    cache: tokens,
    signal,
    random,
    ...(clientSecret ? { secret: clientSecret } : {}),
    ...(certificate && privateKey ? { certificate: { cert: certificate, privateKey } } : {}),
    ...(timer ? { timer } : {}),
    ...(onTokenCall ? { onCall: onTokenCall } : {}),
  });
}
