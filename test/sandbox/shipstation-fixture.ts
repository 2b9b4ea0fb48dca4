import { type ShipStationOptions, ShipStationSandbox } from "../../src/sandbox/shipstation.ts";

/** A clock that a test moves. */
export class TestClock {
  time: Date;

  constructor(time: string) {
    this.time = new Date(time);
  }

  now(): Date {
    return this.time;
  }

  pass(seconds: number): void {
    this.time = new Date(this.time.getTime() + seconds * 1000);
  }
}

const basic = `Basic ${Buffer.from("key:secret").toString("base64")}`;

/** A sandbox with its clock and short ways to call it. */
export function account(options: Partial<ShipStationOptions> = {}, time = "2026-03-02T22:05:09.123Z") {
  const clock = new TestClock(time);
  const sandbox = new ShipStationSandbox({
    clock,
    apiKey: "key",
    apiSecret: "secret",
    apiKeyV2: "key2",
    limitV1: 1000,
    ...options,
  });
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    sandbox.fetch(
      new Request(`http://ss.local${path}`, {
        method,
        headers: { authorization: basic, "api-key": "key2", "content-type": "application/json", ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
  const json = async (method: string, path: string, body?: unknown) => (await call(method, path, body)).json();
  return {
    clock,
    sandbox,
    call,
    json,
    get: (path: string) => json("GET", path),
    create: (order: unknown) => call("POST", "/orders/createorder", order),
    createMany: (orders: unknown) => call("POST", "/orders/createorders", orders),
  };
}

/** A line of a whole order. */
export const line = (lineItemKey: string, quantity = 2, more: object = {}) => ({
  lineItemKey,
  sku: `SKU-${lineItemKey}`,
  name: `Item ${lineItemKey}`,
  quantity,
  unitPrice: 10.5,
  ...more,
});

/** A whole order under a key. */
export const order = (orderKey: string, more: object = {}) => ({
  orderNumber: orderKey,
  orderKey,
  orderDate: "2026-03-02T08:15:00",
  orderStatus: "awaiting_shipment",
  billTo: { name: "Acme Retail" },
  shipTo: { name: "Dana Reyes", street1: "10 Pine St", city: "Reno", state: "NV", postalCode: "89501", country: "US" },
  items: [line("1"), line("2", 1)],
  ...more,
});
