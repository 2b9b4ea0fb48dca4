import { shipStationSettings } from "../../src/connectors/shipstation/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Sale } from "../../src/core/model.ts";
import type { ListRequest, Source } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import { type ShipStationOptions, ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { type SalesPair, shipStationForSales } from "../../src/systems/shipstation/for-sales.ts";
import type { StoreRules } from "../../src/systems/shipstation/sale-source.ts";
import { pagesOf } from "./shipstation-fixture.ts";

/** The web shop of the simulated account, and its first manual store. */
export const shop = 771200;
export const manual = 771100;

export const v1Keys = { apiKey: "key", apiSecret: "secret" };

/** A simulated account whose stores' orders are sales, with its clock and what it was asked. */
export function salesWorld(
  given: {
    sandbox?: Partial<ShipStationOptions>;
    settings?: Record<string, unknown>;
    pair?: Partial<SalesPair> & { startDate?: string };
    rules?: Partial<StoreRules>;
    secrets?: Record<string, string>;
    start?: string;
  } = {},
) {
  const clock = jumpingClock(new Date(given.start ?? "2026-03-02T22:05:09Z"));
  const sandbox = new ShipStationSandbox({
    clock,
    apiKey: "key",
    apiSecret: "secret",
    apiKeyV2: "key2",
    limitV1: 10_000,
    ...given.sandbox,
  });
  const requests: URL[] = [];
  const { startDate, ...pair } = given.pair ?? {};
  const system = (secrets: Record<string, string> = given.secrets ?? v1Keys) =>
    shipStationForSales(
      shipStationSettings.parse(given.settings ?? {}),
      {
        flows: {
          sales: { lookBack: 30, startDate },
          shipments: { lookBack: 30 },
          products: { fields: [], seed: false },
        },
        fedStores: [],
        rulesOf: () => ({ bookOn: "shipped", currency: "USD", ...given.rules }),
        ...pair,
      },
      {
        clock,
        signal: new AbortController().signal,
        onCall: () => {},
        random: () => 0.5,
        secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
        fetch: async (input, init) => {
          const request = new Request(input, init);
          requests.push(new URL(request.url));
          return sandbox.fetch(request);
        },
      },
    );
  return { clock, sandbox, requests, source: (secrets?: Record<string, string>) => system(secrets).saleSource() };
}

/** Two mugs and a spoon, with tax of their own, shipping and a discount: 47.64 in all. */
export function order(number: number, more: Record<string, unknown> = {}) {
  return {
    orderNumber: `WEB-${number}`,
    orderKey: `shop-${number}`,
    customerUsername: "dana77",
    customerEmail: "dana@example.com",
    items: [
      { lineItemKey: "A", sku: "MUG", name: "Mug", quantity: 2, unitPrice: 19.95, taxAmount: 1.65 },
      { lineItemKey: "B", sku: "SPOON", name: "Spoon", quantity: 1, unitPrice: 4.5, taxAmount: 0.37 },
      { lineItemKey: "D", name: "SPRING", quantity: 1, unitPrice: -5, adjustment: true },
    ],
    taxAmount: 4.24,
    shippingAmount: 4,
    ...more,
  };
}

/** All sales of a listing, each once, by number. */
export async function salesOf(source: Source<Sale>, request: ListRequest): Promise<Map<string, Sale>> {
  const { records } = await pagesOf(source.list(request));
  const byId = new Map(records.map((record) => [record.id, record]));
  return new Map([...byId.values()].flatMap((record) => source.read(record)).map((sale) => [sale.number, sale]));
}

/** The only sale of a listing. */
export async function saleOf(source: Source<Sale>, request: ListRequest): Promise<Sale> {
  const [sale, ...more] = (await salesOf(source, request)).values();
  if (!sale || more.length > 0) throw new Error(`${more.length + (sale ? 1 : 0)} sales instead of one`);
  return sale;
}
