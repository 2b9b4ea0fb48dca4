import type { FnoClient } from "../../connectors/fno/client.ts";
import type { RawOrderRecord } from "../../connectors/fno/schema.ts";
import type { MasterData } from "./master-data.ts";
import type { RawOrder } from "./raw-order.ts";

/** The mapping's input for each order of a page: what it needs from other sets, four kinds of look-up at a time at most. */
export async function payloadsOf(
  client: FnoClient,
  masterData: MasterData,
  legalEntity: string,
  orders: readonly RawOrder[],
): Promise<RawOrderRecord[]> {
  if (orders.length === 0) return [];
  const [customers, products] = [masterData.customers(legalEntity), masterData.products(legalEntity)];
  const partly = orders.filter(isPartly).map((order) => order.number);
  const [{ countries, massUnit }, remaining] = await Promise.all([
    masterData.codes(),
    partly.length === 0 ? undefined : client.orders.remainingLines(legalEntity, partly),
    customers.fill(orders.flatMap(({ names }) => [names.ordering, names.invoice])),
  ]);
  await products.fill(orders.flatMap(({ names }) => names.items));
  return orders.map((order) => {
    const { ordering, invoice, items, lots, countryKeys } = order.names;
    const [orderingCustomer, invoiceCustomer] = [customers.get(ordering), customers.get(invoice)];
    const ofCustomers = [orderingCustomer, invoiceCustomer].flatMap((one) => one?.AddressCountryRegionId ?? []);
    return {
      header: order.header,
      lines: order.lines,
      ...(orderingCustomer ? { orderingCustomer } : {}),
      ...(invoiceCustomer ? { invoiceCustomer } : {}),
      products: subset(items, products),
      ...(massUnit === undefined ? {} : { massUnit }),
      countries: subset([...countryKeys, ...ofCustomers], countries),
      ...(isPartly(order) && remaining ? { remaining: subset(lots, remaining) } : {}),
    };
  });
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
