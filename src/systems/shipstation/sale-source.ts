import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { Listing } from "../../connectors/shipstation/listing.ts";
import { pacific, type Row, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Ref } from "../../core/delivery.ts";
import { ConfigError, ContractError, RejectedError } from "../../core/errors.ts";
import type { CivilDate, Sale } from "../../core/model.ts";
import type { ListRequest, NamedReader, Page, Source, SourceRecord } from "../../core/ports.ts";
import { instantOf } from "../../core/time.ts";
import { dayOf, lastDayOf, type SalePayload, saleFromShipStation } from "../../mappings/shipstation/sale.ts";
import { isSeed } from "../../mappings/shipstation/seed.ts";
import { ShipmentDetails } from "./enrich.ts";
import { changedOrders, madeOrders, type OrderCopies } from "./order-copies.ts";
import { OrderFamilies, type OrderInFamily } from "./order-families.ts";
import { OrderParcels } from "./order-parcels.ts";
import { fulfillmentList, shipmentList } from "./records.ts";
import { ordersIn, type SaleRef, saleRecord, saleRefOf, unreadableSale } from "./sale-records.ts";
import { toldReader } from "./told.ts";
import { Windows } from "./windows.ts";

/** What the settings say of one store's orders. */
export interface StoreRules {
  /** When its orders are booked: once something of them left, or on arrival. */
  bookOn: "shipped" | "new";
  currency: string;
}

/** What the settings say about reading sales. */
export interface SaleSourceOptions {
  /** The stores that are read; absent: all. */
  stores?: readonly number[] | undefined;
  /** Stores in which mlc makes orders itself: they are left out. */
  fedStores: readonly number[];
  /** How many days the first run looks back. */
  lookBack: number;
  /** What was before it is left to whoever booked it then: by ship date, or by order date where orders are booked on arrival. */
  startDate?: CivilDate | undefined;
  rulesOf(storeId: string | undefined): StoreRules;
}

/** Above so many, orders are read by a list rather than by name. */
const fewRefs = 5;
const mostMerged = 10_000;

/** ShipStation as the giver of sales: its stores' orders, each with all its parcels. */
export class ShipStationSaleSource implements Source<Sale> {
  readonly system = "shipstation";
  readonly reads = "changes";
  readonly #client: ShipStationClient;
  readonly #copies: OrderCopies;
  readonly #families: OrderFamilies;
  readonly #parcels: OrderParcels;
  readonly #options: SaleSourceOptions;
  readonly #now: () => Date;
  readonly #rules = new Map<string | undefined, StoreRules>();
  readonly named: NamedReader;
  /** Orders that others say were combined into them, whatever their own rows say later. */
  readonly #merged = new Set<number>();

  constructor(client: ShipStationClient, copies: OrderCopies, options: SaleSourceOptions, now: () => Date) {
    this.#client = client;
    this.#copies = copies;
    this.#options = options;
    this.#now = now;
    this.#families = new OrderFamilies(client, copies);
    this.#parcels = new OrderParcels(client, new ShipmentDetails(client, copies), this.#storeQuery);
    const kinds = client.hasV1 ? [changedOrders({}), shipmentList({}), fulfillmentList] : [];
    this.named = toldReader(client, { kinds, lookBack: options.lookBack }, (listing, rows) =>
      this.#toldRecords(listing, rows),
    );
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    if (!this.#client.hasV1) throw onlyV2();
    const windows = new Windows(request, this.#options.lookBack);
    const read = new Set<unknown>();
    const start = windows.start("orders");
    const changed = this.#client.list(changedOrders(this.#storeQuery), start, request.now);
    for await (const { rows, unreadable } of changed) {
      const inside = rows.filter((row) => windows.includes(modifiedAt(row)));
      for (const { orderId } of rows) read.add(orderId);
      const records = unreadable
        ? [unreadableSale(`orders@${unreadable.position}`, unreadable.message)]
        : await this.#records(inside);
      windows.reach("orders", inside.map(modifiedAt));
      yield { records, cursor: windows.cursor };
    }
    windows.finish("orders");
    yield { records: [], cursor: windows.cursor };
    yield* this.#withNewLabels(windows, { start, now: request.now, read });
  }

  /** Whether each label moves its order's `modifyDate` is not confirmed, so that those are read too that did not come by it. */
  async *#withNewLabels(
    windows: Windows,
    { start, now, read }: { start: Date; now: Date; read: Set<unknown> },
  ): AsyncGenerator<Page> {
    for await (const { rows } of this.#client.list(shipmentList(this.#storeQuery), start, now)) {
      const late = rows.flatMap(({ orderId, createDate, voided, isReturnLabel }) => {
        const isMeant = voided !== true && isReturnLabel !== true && windows.includes(timeIn(createDate));
        if (typeof orderId !== "number" || !isMeant || read.has(orderId)) return [];
        read.add(orderId);
        return [{ orderId }];
      });
      // What ShipStation cannot give was told by the list of orders.
      const { rows: orders } = await this.#named(late);
      if (orders.length > 0) yield { records: await this.#records(orders, { isLate: true }) };
    }
  }

  /** Of parcels the orders are read, since each is told with all that left of it. */
  async #toldRecords({ rows: kind }: Pick<Listing, "rows">, rows: readonly Row[]): Promise<SourceRecord[]> {
    if (kind === "orders") return this.#records(rows);
    const ids = new Set(rows.flatMap(({ orderId }) => (typeof orderId === "number" ? [orderId] : [])));
    const { rows: orders } = await this.#named([...ids].map((orderId) => ({ orderId })));
    return this.#records(orders, { isLate: true });
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    if (!this.#client.hasV1) throw onlyV2();
    const wanted = refs.map(saleRefOf);
    const found = new Map<string, SourceRecord | "gone">(refs.map((ref) => [this.idOf(ref), "gone"]));
    const { rows, bad } = wanted.length > fewRefs ? await this.#between(wanted) : await this.#named(wanted);
    for (const record of [...bad, ...(await this.#records(rows, { isNamed: true, isLate: true }))]) {
      if (found.has(record.id)) found.set(record.id, record);
    }
    return found;
  }

  idOf(ref: Ref): string {
    return String(saleRefOf(ref).orderId);
  }

  read({ payload }: SourceRecord): Sale[] {
    return [saleFromShipStation(payload, { currencyOf: (storeId) => this.#rulesOfStore(storeId).currency })];
  }

  /** What was asked for by name is given however it stands; else only what matters. */
  async #records(rows: readonly Row[], { isNamed = false, isLate = false } = {}): Promise<SourceRecord[]> {
    const { orders, bad } = ordersIn(rows);
    const own = orders.filter((order) => this.#isOfStore(order) && (isNamed || !this.#isTooEarly(order)));
    for (const order of own) {
      this.#copies.keep(order);
      for (const id of mergedInto(order)) this.#noteMerged(id);
    }
    const wanted: OrderInFamily[] = [...(await this.#families.of(own)), ...(await this.#mergedAway(own))];
    const parcels = await this.#parcels.of(wanted, this.#now(), isLate);
    const payloads = wanted.map(({ order, rootKey, family }) => ({
      kind: "order" as const,
      order,
      parcels: parcels.get(order.orderId) ?? [],
      ...(rootKey === undefined ? {} : { rootKey }),
      ...(family === undefined ? {} : { family }),
      ...(this.#merged.has(order.orderId) ? { isMerged: true } : {}),
    }));
    return [...bad, ...payloads.filter((payload) => isNamed || this.#isWanted(payload)).map(saleRecord)];
  }

  /** An open order matters once it has parcels, or had some; or where orders are booked on arrival. */
  #isWanted({ order, parcels }: SalePayload & { kind: "order" }): boolean {
    const { bookOn } = this.#rulesOf(order);
    const isOpen = order.orderStatus !== "shipped" && order.orderStatus !== "cancelled";
    if (isOpen && bookOn === "shipped" && parcels.length === 0) return false;
    return bookOn === "new" || !this.#isBefore(lastDayOf(order, parcels));
  }

  /** Where orders are booked on arrival, their date alone says whether they are left out: no parcel need be read. */
  #isTooEarly(order: ShipStationOrder): boolean {
    return this.#rulesOf(order).bookOn === "new" && this.#isBefore(dayOf(order.orderDate));
  }

  #isBefore(day: CivilDate | undefined): boolean {
    const { startDate } = this.#options;
    return startDate !== undefined && day !== undefined && day < startDate;
  }

  #rulesOf({ advancedOptions }: ShipStationOrder): StoreRules {
    return this.#rulesOfStore(advancedOptions?.storeId ? String(advancedOptions.storeId) : undefined);
  }

  /** Settings do not change while the source lives, and each of hundreds of orders asks. */
  #rulesOfStore(storeId: string | undefined): StoreRules {
    const rules = this.#rules.get(storeId) ?? this.#options.rulesOf(storeId);
    this.#rules.set(storeId, rules);
    return rules;
  }

  /** What does not say its store is not dropped. */
  #isOfStore(order: ShipStationOrder): boolean {
    const { stores, fedStores } = this.#options;
    const storeId = order.advancedOptions?.storeId;
    if (isSeed(order)) return false;
    return !storeId || ((!stores || stores.includes(storeId)) && !fedStores.includes(storeId));
  }

  get #storeQuery(): { storeId?: number } {
    const [only, ...others] = this.#options.stores ?? [];
    return only !== undefined && others.length === 0 ? { storeId: only } : {};
  }

  /** An order that was booked on arrival and is shown no more once it is combined into another one is no sale any more. */
  async #mergedAway(survivors: readonly ShipStationOrder[]): Promise<{ order: ShipStationOrder }[]> {
    const gone: { order: ShipStationOrder }[] = [];
    for (const survivor of survivors.filter((order) => this.#rulesOf(order).bookOn === "new")) {
      for (const orderId of mergedInto(survivor)) {
        if ((await this.#copies.order(orderId)).order) continue;
        const { shipTo, orderDate, advancedOptions } = survivor;
        const storeId = advancedOptions?.storeId;
        gone.push({ order: { orderId, orderStatus: "cancelled", orderDate, shipTo, advancedOptions: { storeId } } });
      }
    }
    return gone;
  }

  #noteMerged(orderId: number): void {
    if (this.#merged.size >= mostMerged) this.#merged.clear();
    this.#merged.add(orderId);
  }

  async #named(refs: readonly SaleRef[]): Promise<{ rows: Row[]; bad: SourceRecord[] }> {
    const rows: Row[] = [];
    const bad: SourceRecord[] = [];
    for (const { orderId } of refs) {
      try {
        const { value } = orderId > 0 ? await this.#client.order(orderId) : {};
        if (value) rows.push(value);
      } catch (error) {
        // One order that ShipStation cannot give, or not as documented, is no reason to stop the others.
        if (!(error instanceof RejectedError || error instanceof ContractError)) throw error;
        bad.push(unreadableSale(String(orderId), error.message));
      }
    }
    return { rows, bad };
  }

  /** Many are looked for in one list from the oldest on; those that do not say when they were made, one by one. */
  async #between(refs: readonly SaleRef[]): Promise<{ rows: Row[]; bad: SourceRecord[] }> {
    const times = refs.flatMap(({ at }) => (at === undefined ? [] : Date.parse(at)));
    const { rows, bad } = await this.#named(refs.filter(({ at }) => at === undefined));
    if (times.length === 0) return { rows, bad };
    const wanted = new Set<unknown>(refs.map(({ orderId }) => orderId));
    const listing = madeOrders(this.#storeQuery);
    let isTorn = false;
    for await (const page of this.#client.list(listing, new Date(Math.min(...times)), this.#now())) {
      isTorn ||= page.unreadable !== undefined;
      rows.push(...page.rows.filter(({ orderId }) => wanted.has(orderId)));
      const last = timeIn(page.rows.at(-1)?.createDate);
      // The hour that the Pacific clock shows twice is left behind for sure.
      if (last && last.getTime() > Math.max(...times) + 2 * 3_600_000) break;
    }
    if (!isTorn) return { rows, bad };
    // A row that ShipStation cannot give may be one of them, which is not gone.
    const missing = refs.filter((ref) => ref.at !== undefined && !rows.some(({ orderId }) => orderId === ref.orderId));
    const single = await this.#named(missing);
    return { rows: [...rows, ...single.rows], bad: [...bad, ...single.bad] };
  }
}

function mergedInto({ orderId, advancedOptions }: ShipStationOrder): number[] {
  return (advancedOptions?.mergedIds ?? []).filter((id) => id !== orderId);
}

function modifiedAt(row: Row): Date | undefined {
  return timeIn(row.modifyDate);
}

function timeIn(value: unknown): Date | undefined {
  return typeof value === "string" ? instantOf(value, pacific) : undefined;
}

function onlyV2(): ConfigError {
  return new ConfigError("ShipStation's V2 has no orders: with a V2 key alone there are no sales to read.", {
    system: "shipstation",
    field: "apiKey",
    hint: "Run `mlc connect shipstation` and enter the API key and secret of V1 too.",
  });
}
