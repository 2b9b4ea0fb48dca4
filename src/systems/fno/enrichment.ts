import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type { Customer, RawOrderRecord, ReleasedProduct } from "../../connectors/fno/schema.ts";

/** An order as it was read, with nothing looked up yet. */
export interface RawOrder {
  id: string;
  number: string;
  header: unknown;
  lines: readonly unknown[];
}

const headerNames = z.object({
  OrderingCustomerAccountNumber: z.string().nullish(),
  InvoiceCustomerAccountNumber: z.string().nullish(),
  SalesOrderProcessingStatus: z.string().nullish(),
});
const lineNames = z.object({ ItemNumber: z.string().nullish(), InventoryLotId: z.string().nullish() });

/** What was looked up in a run: one value or none for each key, so that no key is asked for twice. */
class Kept<T> {
  readonly #values = new Map<string, T | undefined>();

  async fill(keys: readonly string[], load: (missing: string[]) => Promise<T[]>, keyOf: (value: T) => string) {
    const missing = [...new Set(keys)].filter((key) => key !== "" && !this.#values.has(key));
    if (missing.length === 0) return;
    for (const key of missing) this.#values.set(key, undefined);
    for (const value of await load(missing)) this.#values.set(keyOf(value), value);
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }
}

/** Reads once a run what orders need from other sets: customers, products, units, countries, and what remains. */
export class Enrichment {
  readonly #client: FnoClient;
  readonly #customers = new Map<string, Kept<Customer>>();
  readonly #products = new Map<string, Kept<ReleasedProduct>>();
  #codes: Promise<[Map<string, string>, string | undefined]> | undefined;

  constructor(client: FnoClient) {
    this.#client = client;
  }

  /** The mapping's input for each order of a page, four kinds of look-up at a time at most. */
  async payloads(legalEntity: string, orders: readonly RawOrder[]): Promise<RawOrderRecord[]> {
    if (orders.length === 0) return [];
    const names = orders.map(namesOf);
    const customers = keptOf(this.#customers, legalEntity);
    const products = keptOf(this.#products, legalEntity);
    const partly = orders.filter((_, index) => names[index]?.isPartly).map((order) => order.number);
    const { masterData, orders: orderSets } = this.#client;
    this.#codes ??= Promise.all([masterData.countryCodes(), masterData.massUnit()]);
    const [[countries, massUnit], remaining] = await Promise.all([
      this.#codes,
      partly.length === 0 ? undefined : orderSets.remainingLines(legalEntity, partly),
      customers.fill(
        names.flatMap((name) => [name.ordering, name.invoice]),
        (missing) => masterData.customers(legalEntity, missing),
        (customer) => customer.CustomerAccount,
      ),
    ]);
    await products.fill(
      names.flatMap((name) => name.items),
      (missing) => masterData.releasedProducts(legalEntity, missing),
      (product) => product.ItemNumber,
    );
    return orders.map(({ header, lines }, index) => {
      const { ordering = "", invoice = "", items = [], lots = [], isPartly = false } = names[index] ?? {};
      const [orderingCustomer, invoiceCustomer] = [customers.get(ordering), customers.get(invoice)];
      return {
        header,
        lines,
        ...(orderingCustomer ? { orderingCustomer } : {}),
        ...(invoiceCustomer ? { invoiceCustomer } : {}),
        products: subset(items, (item) => products.get(item)),
        ...(massUnit === undefined ? {} : { massUnit }),
        countries,
        ...(isPartly && remaining ? { remaining: subset(lots, (lot) => remaining.get(lot)) } : {}),
      };
    });
  }
}

function keptOf<T>(byCompany: Map<string, Kept<T>>, legalEntity: string): Kept<T> {
  const kept = byCompany.get(legalEntity) ?? new Kept<T>();
  byCompany.set(legalEntity, kept);
  return kept;
}

function namesOf({ header, lines }: RawOrder) {
  const names = headerNames.safeParse(header).data;
  const rows = lines.map((line) => lineNames.safeParse(line).data);
  return {
    ordering: names?.OrderingCustomerAccountNumber ?? "",
    invoice: names?.InvoiceCustomerAccountNumber ?? "",
    isPartly: names?.SalesOrderProcessingStatus === "PartiallyDelivered",
    items: rows.flatMap((row) => row?.ItemNumber ?? []),
    lots: rows.flatMap((row) => row?.InventoryLotId ?? []),
  };
}

function subset<T>(keys: readonly string[], get: (key: string) => T | undefined): Map<string, T> {
  return new Map(
    keys.flatMap((key): [string, T][] => {
      const value = get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
