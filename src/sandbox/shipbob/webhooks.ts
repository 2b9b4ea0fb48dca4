/** Subscriptions, and what is sent to them (ShipBob, 10). */

import { createHmac } from "node:crypto";
import type { Account } from "./account.ts";
import type { OrderRow, ShipmentRow } from "./rows.ts";
import { showOrder, showShipment } from "./show.ts";

/** Someone who wants to be told. */
export interface SubscriptionRow {
  id: string;
  topics: string[];
  url: string;
  description: string | null;
  secret: string;
  enabled: boolean;
  /** Since when every attempt failed; null after one that was taken. */
  failingSince: number | null;
  created: string;
}

/** One attempt to deliver a message. */
export interface Attempt {
  id: string;
  topic: string;
  url: string;
  /** Undefined when nobody answered. */
  status: number | undefined;
}

interface Message {
  id: string;
  topic: string;
  body: string;
  subscription: SubscriptionRow;
  attempts: number;
  dueAt: number;
}

/** After each failed attempt, in milliseconds. */
const pauses = [5000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000];
const giveUpMs = 5 * 86_400_000;

/** The parts of a message that its signature covers. */
export interface Signed {
  secret: string;
  id: string;
  timestamp: string;
  body: string;
}

/** `v1,` and the signature of Standard Webhooks. */
export function signatureOf({ secret, id, timestamp, body }: Signed): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** Keeps subscriptions and delivers to them. */
export class Webhooks {
  readonly subscriptions: SubscriptionRow[] = [];
  readonly #account: Account;
  #waiting: Message[] = [];
  #count = 0;

  constructor(account: Account) {
    this.#account = account;
    account.listeners.push((topic, row) => this.#note(topic, row));
  }

  /** How many messages wait for their first or their next attempt. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Sends what is due, the newest first: nothing promises an order. */
  async deliver(call: (request: Request) => Promise<Response>): Promise<Attempt[]> {
    const now = this.#now();
    const due = this.#waiting.filter(({ dueAt }) => dueAt <= now).reverse();
    const made: Attempt[] = [];
    for (const message of due) {
      const status = await this.#send(message, call);
      made.push({ id: message.id, topic: message.topic, url: message.subscription.url, status });
      this.#settle(message, status !== undefined && status >= 200 && status < 300);
    }
    return made;
  }

  /** A message as it would be sent now; the same id on every attempt. */
  #request({ id, topic, body, subscription }: Message): Request {
    const timestamp = String(Math.floor(this.#now() / 1000));
    const signature = signatureOf({ secret: subscription.secret, id, timestamp, body });
    const { signaturePadding } = this.#account.switches;
    return new Request(subscription.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signaturePadding === "full" ? signature : signature.replace(/=+$/, ""),
        "x-webhook-topic": topic,
      },
      body,
    });
  }

  async #send(message: Message, call: (request: Request) => Promise<Response>): Promise<number | undefined> {
    message.attempts += 1;
    try {
      return (await call(this.#request(message))).status;
    } catch (error) {
      // Nobody listens there: as good as any other failure.
      if (error instanceof Error) return undefined;
      throw error;
    }
  }

  #settle(message: Message, isTaken: boolean): void {
    const now = this.#now();
    const pause = pauses[message.attempts - 1];
    if (isTaken || pause === undefined) this.#waiting = this.#waiting.filter((one) => one !== message);
    else message.dueAt = now + pause;
    const { subscription } = message;
    subscription.failingSince = isTaken ? null : (subscription.failingSince ?? now);
    if (subscription.failingSince !== null && now - subscription.failingSince >= giveUpMs) subscription.enabled = false;
  }

  #note(topic: string, row: ShipmentRow | OrderRow): void {
    const shown = "shipments" in row ? showOrder(this.#account, row) : showShipment(this.#account, row);
    const body = JSON.stringify(this.#account.switches.hookBody === "flat" ? shown : { data: shown });
    const now = this.#now();
    for (const subscription of this.subscriptions) {
      if (!subscription.enabled || !subscription.topics.includes(topic)) continue;
      this.#count += 1;
      const id = `msg_sandbox${String(this.#count).padStart(4, "0")}`;
      this.#waiting.push({ id, topic, body, subscription, attempts: 0, dueAt: now });
    }
  }

  #now(): number {
    return this.#account.setup.clock.now().getTime();
  }
}
