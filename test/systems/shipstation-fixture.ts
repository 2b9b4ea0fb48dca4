import { shipStationPairSettings, shipStationSettings } from "../../src/connectors/shipstation/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Delivery, Step } from "../../src/core/delivery.ts";
import type { Json } from "../../src/core/json.ts";
import type { Address, Order, OrderLine, Shipment } from "../../src/core/model.ts";
import type { Page, Source, SourceRecord } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import { fieldHashes } from "../../src/core/steps.ts";
import { type ShipStationOptions, ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import type { OrderTargetOptions } from "../../src/systems/shipstation/order-steps.ts";
import { shipStationSystem } from "../../src/systems/shipstation.ts";

/** An address in Reno. */
export const reno: Address = {
  name: "Dana Reyes",
  company: "Acme Retail",
  street: ["10 Pine St"],
  city: "Reno",
  state: "NV",
  postalCode: "89501",
  country: "US",
  phone: "7755550100",
};

/** One line of two whiteboards. */
export function line(more: Partial<OrderLine> = {}): OrderLine {
  return {
    key: "L1",
    sku: "1996-S",
    name: "Atlanta whiteboard",
    quantity: 2,
    unitPrice: "310.50",
    warehouse: "WH1",
    shipTo: reno,
    ...more,
  };
}

/** A confirmed order of one line. */
export function order(more: Partial<Order> = {}): Order {
  return {
    id: "usmf/SO-1001",
    number: "SO-1001",
    final: false,
    personal: [],
    legalEntity: "usmf",
    status: "open",
    customerAccount: "US-001",
    customerName: "Acme Retail",
    billTo: reno,
    orderedAt: "2026-03-02T16:15:00Z",
    currency: "USD",
    lines: [line()],
    leftOut: [],
    ...more,
  };
}

/** Options of the order target as a stock set-up has them. */
export const options: OrderTargetOptions = {
  keyTemplate: "{legalEntity}-{orderNumber}",
  storeByLegalEntity: {},
  warehouses: {},
  deliveryModes: {},
  orderStatus: "awaiting_shipment",
};

/** A delivery nothing was done for yet. */
export function delivery(more: Partial<Delivery> = {}): Delivery {
  return { versions: {}, steps: {}, memo: {}, closed: false, at: "", document: "SO-1001", ref: null, ...more };
}

/** What is kept once steps are done. */
export function withDone(before: Delivery, steps: readonly Step[], memo: { [name: string]: Json } = {}): Delivery {
  const done = steps.map((step) => [
    step.name,
    {
      at: "",
      naturalKey: step.naturalKey,
      fields: fieldHashes(step),
      ...(step.action === "skip" || step.action === "notice" ? { recorded: true as const } : {}),
    },
  ]);
  const memos = Object.assign({}, before.memo, ...steps.map((step) => step.memo ?? {}), memo);
  return { ...before, steps: { ...before.steps, ...Object.fromEntries(done) }, memo: memos };
}

/** Our side and a simulated account, on one clock that jumps. */
export function account(
  given: {
    sandbox?: Partial<ShipStationOptions>;
    settings?: Record<string, unknown>;
    pair?: Record<string, unknown>;
    secrets?: Record<string, string>;
    start?: string;
    /** Answers instead of the sandbox. */
    answer?: (request: Request) => Response | Promise<Response>;
  } = {},
) {
  const clock = jumpingClock(new Date(given.start ?? "2026-03-02T22:05:09Z"));
  const sandbox = new ShipStationSandbox({
    clock,
    apiKey: "key",
    apiSecret: "secret",
    apiKeyV2: "key2",
    ...given.sandbox,
  });
  const requests: URL[] = [];
  const system = (secrets = given.secrets ?? { apiKey: "key", apiSecret: "secret" }) =>
    shipStationSystem(
      shipStationSettings.parse(given.settings ?? {}),
      { ...shipStationPairSettings.parse(given.pair ?? {}), keyTemplate: options.keyTemplate, lookBack: 30 },
      {
        clock,
        signal: new AbortController().signal,
        onCall: () => {},
        random: () => 0.5,
        secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
        fetch: async (input, init) => {
          const request = new Request(input, init);
          requests.push(new URL(request.url));
          return given.answer ? given.answer(request) : sandbox.fetch(request);
        },
      },
    );
  return { clock, sandbox, requests, system };
}

/** All pages of a source. */
export async function pagesOf(pages: AsyncIterable<Page>): Promise<{ records: SourceRecord[]; cursor: Json }> {
  const records: SourceRecord[] = [];
  let cursor: Json = null;
  for await (const page of pages) {
    records.push(...page.records);
    cursor = page.cursor ?? cursor;
  }
  return { records, cursor };
}

/** The neutral shipments of all pages, without repetitions. */
export async function shipmentsOf(source: Source<Shipment>, pages: AsyncIterable<Page>): Promise<Shipment[]> {
  const { records } = await pagesOf(pages);
  const byId = new Map(records.map((record) => [record.id, record]));
  return [...byId.values()].flatMap((record) => source.read(record));
}
