import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type { FnoLabelSettings, FnoStockSettings } from "../../connectors/fno/config.ts";
import type { RawOrderRecord } from "../../connectors/fno/schema.ts";
import { isSameUnit } from "../../mappings/fno/stock.ts";
import type { MasterData } from "./master-data.ts";
import type { RawOrder } from "./raw-order.ts";

/** Where an order's other values come from. */
export interface LookUps {
  client: FnoClient;
  masterData: MasterData;
  /** What labels need is looked up only where this is given. */
  forLabels: FnoLabelSettings | undefined;
  /** The unit of stock and the release status too. */
  forStock: FnoStockSettings | undefined;
}

/** The mapping's input for each order of a page: what it needs from other sets, five kinds of look-up at a time at most. */
export async function payloadsOf(
  from: LookUps,
  legalEntity: string,
  orders: readonly RawOrder[],
): Promise<RawOrderRecord[]> {
  if (orders.length === 0) return [];
  const { client, masterData, forLabels } = from;
  const [customers, products] = [masterData.customers(legalEntity), masterData.products(legalEntity)];
  const partly = orders.filter(isPartly).map((order) => order.number);
  const [{ countries, massUnit, lengthUnit }, remaining, invoices] = await Promise.all([
    masterData.codes(),
    partly.length === 0 ? undefined : client.orders.remainingLines(legalEntity, partly),
    invoicesOf(from, legalEntity, orders),
    customers.fill(orders.flatMap(({ names }) => [names.ordering, names.invoice])),
  ]);
  await products.fill(orders.flatMap(({ names }) => names.items));
  const stock = await stockOf(from, legalEntity, orders);
  const released = await releasesOf(from, legalEntity, orders);
  return orders.map((order) => {
    const { ordering, invoice, items, lots, countryKeys } = order.names;
    const [orderingCustomer, invoiceCustomer] = [customers.get(ordering), customers.get(invoice)];
    const ofOrder = subset(items, products);
    const keys = [orderingCustomer, invoiceCustomer].flatMap((one) => one?.AddressCountryRegionId ?? []);
    for (const product of ofOrder.values()) keys.push(product.OriginCountryRegionId ?? "");
    const customerInvoice = invoices.get(order.number);
    return {
      header: order.header,
      lines: order.lines,
      ...(orderingCustomer ? { orderingCustomer } : {}),
      ...(invoiceCustomer ? { invoiceCustomer } : {}),
      products: ofOrder,
      ...(massUnit === undefined ? {} : { massUnit }),
      ...(lengthUnit === undefined || !forLabels ? {} : { lengthUnit }),
      ...(customerInvoice === undefined ? {} : { invoice: customerInvoice }),
      countries: subset([...countryKeys, ...keys], countries),
      ...(isPartly(order) && remaining ? { remaining: subset(lots, remaining) } : {}),
      ...(stock?.orders.has(order.number) ? { stock: subset(lots, stock.lines) } : {}),
      ...(released ? { releaseStatus: released.get(order.number) ?? "" } : {}),
    };
  });
}

const header = z.record(z.string(), z.unknown());

/** Customer invoices by order number: from the customer's own field where one is configured, else the newest posted ones. */
async function invoicesOf(
  { client, forLabels }: LookUps,
  legalEntity: string,
  orders: readonly RawOrder[],
): Promise<ReadonlyMap<string, string>> {
  if (!forLabels) return new Map();
  const { invoiceField } = forLabels;
  const numbers = orders.map((order) => order.number);
  if (invoiceField === undefined) return client.orders.newestInvoices(legalEntity, numbers);
  const values = orders.map((order): [string, unknown] => [order.number, header.parse(order.header)[invoiceField]]);
  return new Map(
    values.flatMap(([number, value]): [string, string][] =>
      typeof value === "string" && value.trim() !== "" ? [[number, value.trim()]] : [],
    ),
  );
}

/** What remains of lines in the unit of stock, asked for only the orders that have lines sold in another. */
async function stockOf(
  { client, masterData, forStock }: LookUps,
  legalEntity: string,
  orders: readonly RawOrder[],
): Promise<{ orders: ReadonlySet<string>; lines: ReadonlyMap<string, number> } | undefined> {
  if (!forStock) return undefined;
  const products = masterData.products(legalEntity);
  const isOther = ({ names }: RawOrder) =>
    names.items.some((item, index) => !isSameUnit(names.units[index], products.get(item)?.InventoryUnitSymbol));
  const numbers = orders.filter(isOther).map((order) => order.number);
  if (numbers.length === 0) return undefined;
  const lines = await client.orders.remainingStock(legalEntity, numbers);
  return lines && { orders: new Set(numbers), lines };
}

/** Release statuses by order number; undefined where the pair does not ask for them. */
async function releasesOf(
  { client, forStock }: LookUps,
  legalEntity: string,
  orders: readonly RawOrder[],
): Promise<ReadonlyMap<string, string> | undefined> {
  if (!forStock || forStock.releaseStatus.length === 0) return undefined;
  return client.orders.releaseStatuses(
    legalEntity,
    orders.map((order) => order.number),
  );
}

function isPartly({ names }: RawOrder): boolean {
  return names.processing === "PartiallyDelivered";
}

function subset<T>(keys: readonly string[], all: { get(key: string): T | undefined }): Map<string, T> {
  const found = new Map<string, T>();
  for (const key of keys) {
    const value = all.get(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}
