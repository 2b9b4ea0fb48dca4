import type { Clock } from "../../core/clock.ts";
import type { Http } from "../../core/http/types.ts";
import { readMetadata } from "../odata/metadata.ts";
import { FnoCalls } from "./calls.ts";
import type { ChargeSettings } from "./charge-config.ts";
import { FnoCharges, orderLineSet } from "./charges.ts";
import type { FnoLabelSettings, FnoStockSettings } from "./config.ts";
import { FnoMasterData } from "./master-data.ts";
import { FnoOrders } from "./orders.ts";
import { FnoProducts } from "./products.ts";
import { countingSets, FnoStock } from "./stock.ts";
import type { StockSettings } from "./stock-config.ts";
import { FnoWriteBack } from "./write-back.ts";

/** What a client stands on. */
export interface FnoClientOptions {
  http: Http;
  clock: Clock;
  /** Scheme and host of the environment. */
  host: string;
  entities: { headers: string; lines: string };
  /** The set that carries the customer's own header fields, where it is not the one that is read. */
  headerFieldsEntity?: string | undefined;
  /** What labels need is read only where this is given. */
  forLabels?: FnoLabelSettings | undefined;
  /** What becomes of stock; without it no set of stock can be written to. */
  inventory?: StockSettings | undefined;
  /** What becomes of charges, likewise. */
  charges?: ChargeSettings | undefined;
  /** The unit that stock is kept in is read only where this is given. */
  forStock?: FnoStockSettings | undefined;
}

/** An F&O environment over OData. */
export class FnoClient {
  readonly orders: FnoOrders;
  readonly masterData: FnoMasterData;
  readonly products: FnoProducts;
  readonly writeBack: FnoWriteBack;
  readonly stock: FnoStock;
  readonly charges: FnoCharges;
  readonly #calls: FnoCalls;

  constructor(options: FnoClientOptions) {
    const { http, clock, host, entities, headerFieldsEntity, forLabels, forStock, inventory, charges } = options;
    const headerSets = [entities.headers, ...(headerFieldsEntity === undefined ? [] : [headerFieldsEntity])];
    this.#calls = new FnoCalls({
      http,
      clock,
      host,
      writable: [...headerSets, ...stockSets(inventory), ...chargeSets(charges)],
    });
    this.orders = new FnoOrders(this.#calls, entities, forLabels?.invoiceField);
    this.stock = new FnoStock(this.#calls);
    this.charges = new FnoCharges(this.#calls, () => this.orders.headerSet());
    const more = { forLabels: forLabels !== undefined, forStock: forStock !== undefined };
    this.masterData = new FnoMasterData(this.#calls, more);
    this.products = new FnoProducts(this.#calls);
    this.writeBack = new FnoWriteBack(this.#calls, () => this.orders.headerSet());
  }

  /** Property names of those of the sets that the environment publishes; reads the whole `$metadata` as a stream. */
  async metadata(sets: Iterable<string>): Promise<Map<string, Set<string>>> {
    return readMetadata(await this.#calls.metadata(), sets, "fno");
  }
}

function stockSets(inventory: StockSettings | undefined): readonly string[] {
  if (inventory?.mode === "countingJournal") return countingSets;
  return inventory?.mode === "customEntity" && inventory.customEntity.entity !== undefined
    ? [inventory.customEntity.entity]
    : [];
}

function chargeSets(charges: ChargeSettings | undefined): readonly string[] {
  if (charges?.mode === "orderLine") return [orderLineSet];
  return charges?.mode === "customEntity" && charges.customEntity.entity !== undefined
    ? [charges.customEntity.entity]
    : [];
}
