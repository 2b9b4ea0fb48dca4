import type { ShipBobCalls } from "../calls.ts";
import {
  type Channel,
  channel,
  type FulfillmentCenter,
  fulfillmentCenter,
  type Location,
  location,
  type ShippingMethod,
  shippingMethod,
} from "./schema.ts";

/** What an account at ShipBob has to choose from; all calls may be repeated. */
export class ShipBobAccount {
  readonly #calls: Pick<ShipBobCalls, "call" | "pages">;

  constructor(calls: Pick<ShipBobCalls, "call" | "pages">) {
    this.#calls = calls;
  }

  /** Every channel that the token may see. */
  channels(): Promise<Channel[]> {
    return all(
      this.#calls.pages({
        path: "/channel",
        query: { RecordsPerPage: 50 },
        item: channel,
        style: "next",
        idOf: ({ id }) => id,
        what: "read channels",
      }),
    );
  }

  /** Every shipping method, those that are not active among them. */
  shippingMethods(): Promise<ShippingMethod[]> {
    return all(
      this.#calls.pages({
        path: "/shipping-method",
        item: shippingMethod,
        style: "page",
        idOf: ({ id }) => id,
        what: "read shipping methods",
      }),
    );
  }

  /** Buildings that the account may use. */
  async locations(): Promise<Location[]> {
    const { body } = await this.#calls.call({
      method: "GET",
      path: "/location",
      query: { AccessGranted: true },
      repeatable: true,
      schema: location.array(),
      what: "read locations",
    });
    return body;
  }

  /** Centers that take goods in. */
  async fulfillmentCenters(): Promise<FulfillmentCenter[]> {
    const { body } = await this.#calls.call({
      method: "GET",
      path: "/fulfillment-center",
      repeatable: true,
      schema: fulfillmentCenter.array(),
      what: "read fulfillment centers",
    });
    return body;
  }
}

async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
