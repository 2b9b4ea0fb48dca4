/** Subscriptions of V1 and V2, and what is sent to them (ShipStation V1, 6; V2, 7.4). */

import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Account, Told } from "./account.ts";

/** Someone who wants to be told. */
export interface HookRow {
  id: number;
  api: "v1" | "v2";
  /** `ORDER_NOTIFY`, `label_created_v2`. */
  event: string;
  url: string;
  /** Null: of all stores. */
  storeId: number | null;
  name: string | null;
  active: boolean;
  /** Scheme and host by which the subscriber knows this account. */
  origin: string;
}

/** One post that was tried; nothing promises another try. */
export interface Post {
  event: string;
  url: string;
  body: { resource_url: string; resource_type: string };
  /** Undefined when nobody answered. */
  status: number | undefined;
}

type Message = Omit<Post, "status"> & Pick<HookRow, "api">;

const keyId = "sandbox-key-1";

/** The address of what happened, by event; V2's are told in capitals. */
const resources: Readonly<Record<string, { kind: Told["kind"]; path(told: Told): string }>> = {
  ORDER_NOTIFY: { kind: "orders", path: ({ batch, storeId }) => `/orders?storeID=${storeId}&importBatch=${batch}` },
  ITEM_ORDER_NOTIFY: {
    kind: "orders",
    path: ({ batch, storeId }) => `/orders?storeID=${storeId}&importBatch=${batch}&includeOrderItems=True`,
  },
  SHIP_NOTIFY: { kind: "labels", path: ({ batch }) => `/shipments?batchId=${batch}&includeShipmentItems=False` },
  ITEM_SHIP_NOTIFY: { kind: "labels", path: ({ batch }) => `/shipments?batchId=${batch}&includeShipmentItems=True` },
  FULFILLMENT_SHIPPED: { kind: "fulfillment", path: ({ batch }) => `/fulfillments?fulfillmentId=${batch}` },
  FULFILLMENT_REJECTED: { kind: "rejection", path: ({ batch }) => `/fulfillments?fulfillmentId=${batch}` },
  SHIPMENT_CREATED_V2: { kind: "orders", path: ({ batch }) => `/v2/shipments?import_batch_id=${batch}` },
  LABEL_CREATED_V2: { kind: "labels", path: ({ batch }) => `/v2/labels?batch_id=se-${batch}` },
  FULFILLMENT_SHIPPED_V2: {
    kind: "fulfillment",
    path: ({ batch, orderId }) => `/v2/fulfillments?fulfillment_id=se-${batch}&shipment_id=se-${orderId}`,
  },
  FULFILLMENT_REJECTED_V2: {
    kind: "rejection",
    path: ({ batch, orderId }) => `/v2/fulfillments?fulfillment_id=se-${batch}&shipment_id=se-${orderId}`,
  },
};

/** Whether there is such an event in the API. */
export function isEvent(api: HookRow["api"], event: string): boolean {
  const name = api === "v2" ? event.toUpperCase() : event;
  return Object.hasOwn(resources, name) && name.endsWith("_V2") === (api === "v2");
}

/** Keeps subscriptions and posts to them. */
export class Webhooks {
  readonly hooks: HookRow[] = [];
  readonly #account: Account;
  #waiting: Message[] = [];
  #keys: { publicKey: KeyObject; privateKey: KeyObject } | undefined;
  #lastId = 123_000;

  constructor(account: Account) {
    this.#account = account;
    account.listeners.push((told) => this.#note(told));
  }

  /** How many posts wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(hook: Omit<HookRow, "id" | "active">): HookRow {
    this.#lastId += 1;
    const row = { ...hook, id: this.#lastId, active: true };
    this.hooks.push(row);
    return row;
  }

  /** Whether there was one to remove. */
  remove(api: HookRow["api"], id: number): boolean {
    const at = this.hooks.findIndex((hook) => hook.api === api && hook.id === id);
    if (at >= 0) this.hooks.splice(at, 1);
    return at >= 0;
  }

  /** Posts what waits, oldest first. */
  async deliver(call: (request: Request) => Promise<Response>): Promise<Post[]> {
    const due = this.#waiting;
    this.#waiting = [];
    const posts: Post[] = [];
    for (const message of due) {
      const { event, url, body } = message;
      posts.push({ event, url, body, status: await this.#statusOf(message, call) });
    }
    return posts;
  }

  /** The keys by which V2's posts are signed, as their address gives them. */
  keySet(): { keys: object[] } {
    const { n, e } = this.#signing().publicKey.export({ format: "jwk" });
    return { keys: [{ kty: "RSA", kid: keyId, use: "sig", alg: "RS256", n, e }] };
  }

  #note(told: Told): void {
    for (const { api, event, url, storeId, active, origin } of this.hooks) {
      const resource = resources[event.toUpperCase()];
      const isMeant = storeId === null || storeId === told.storeId;
      if (!active || !isMeant || resource?.kind !== told.kind) continue;
      const body = { resource_url: `${origin}${resource.path(told)}`, resource_type: event.toUpperCase() };
      this.#waiting.push({ api, event, url, body });
    }
  }

  async #statusOf({ api, url, body }: Message, call: (request: Request) => Promise<Response>) {
    const text = JSON.stringify(body);
    const headers = { "content-type": "application/json", ...(api === "v2" ? this.#signed(text) : {}) };
    try {
      return (await call(new Request(url, { method: "POST", headers, body: text }))).status;
    } catch (error) {
      // Nobody listens there.
      if (error instanceof Error) return undefined;
      throw error;
    }
  }

  #signed(text: string): Record<string, string> {
    const timestamp = this.#account.setup.clock.now().toISOString();
    const signature = createSign("RSA-SHA256")
      .update(`${timestamp}.${text}`)
      .sign(this.#signing().privateKey, "base64");
    return {
      "x-shipengine-rsa-sha256-key-id": keyId,
      "x-shipengine-rsa-sha256-signature": signature,
      "x-shipengine-timestamp": timestamp,
    };
  }

  #signing() {
    this.#keys ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
    return this.#keys;
  }
}
