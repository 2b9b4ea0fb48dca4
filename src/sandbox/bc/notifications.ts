/** Notifications: changes wait 30 seconds, are merged, and go out several in a body (Business Central, 7.2). */

import type { Change } from "./books.ts";
import type { Company } from "./company.ts";
import type { Environment } from "./environment.ts";
import type { Subscription, Subscriptions } from "./subscriptions.ts";
import type { Wire } from "./types.ts";

/** How long the first change of a record waits for more. */
const delayMs = 30_000;
const giveUpMs = 36 * 60 * 60_000;

interface Pending extends Change {
  company: Company;
  since: number;
  at: string;
}

/** One body that could not be delivered yet. */
interface Retry {
  url: string;
  entries: { subscription: Subscription; entry: Wire }[];
  since: number;
  nextAt: number;
  attempts: number;
}

/** What became of one body. */
export interface Delivery {
  url: string;
  /** Undefined when nobody answered. */
  status: number | undefined;
  body: { value: Wire[] };
}

/** Collects changes and delivers them. */
export class Notifications {
  private readonly environment: Environment;
  private readonly subscriptions: Subscriptions;
  private readonly call: typeof fetch;
  private readonly pending = new Map<string, Pending>();
  private retries: Retry[] = [];

  constructor(environment: Environment, subscriptions: Subscriptions, call: typeof fetch) {
    this.environment = environment;
    this.subscriptions = subscriptions;
    this.call = call;
  }

  /** Notes a change, if somebody subscribed to its set. A change of a line is one of its header. */
  note(company: Company, change: Change): void {
    if (!this.subscriptions.alive.some((one) => one.companyId === company.id && one.set === change.table)) return;
    const now = this.environment.clock.now();
    const key = `${company.id}/${change.table}/${change.id}`;
    const before = this.pending.get(key);
    const isNew = before?.changeType === "created" && change.changeType === "updated";
    this.pending.set(key, {
      ...change,
      changeType: isNew ? "created" : change.changeType,
      company,
      since: before?.since ?? now.getTime(),
      at: now.toISOString(),
    });
  }

  /** Delivers what is due: changes whose 30 seconds are over, and what an earlier call could not deliver. */
  async deliver(): Promise<Delivery[]> {
    const now = this.environment.clock.now().getTime();
    const again = this.retries.filter(({ nextAt }) => nextAt <= now);
    this.retries = this.retries.filter(({ nextAt }) => nextAt > now);
    const due = [...this.pending.entries()].filter(([, { since }]) => since + delayMs <= now);
    for (const [key] of due) this.pending.delete(key);
    const fresh = this.bodiesOf(due.map(([, change]) => change));
    const deliveries: Delivery[] = [];
    for (const body of [...again, ...fresh]) {
      const delivery = await this.send(body);
      if (delivery) deliveries.push(delivery);
    }
    return deliveries;
  }

  /** One body for each address: the entries of all its subscriptions. */
  private bodiesOf(changes: readonly Pending[]): Retry[] {
    const bodies = new Map<string, Retry>();
    const now = this.environment.clock.now().getTime();
    for (const subscription of this.subscriptions.alive) {
      const own = changes.filter(
        ({ company, table }) => company.id === subscription.companyId && table === subscription.set,
      );
      if (own.length === 0) continue;
      const url = subscription.notificationUrl;
      const body = bodies.get(url) ?? { url, entries: [], since: now, nextAt: now, attempts: 0 };
      for (const entry of this.entriesOf(subscription, own)) body.entries.push({ subscription, entry });
      bodies.set(url, body);
    }
    return [...bodies.values()];
  }

  private entriesOf(subscription: Subscription, changes: readonly Pending[]): Wire[] {
    const { subscriptionId, clientState, expirationDateTime, set, companyId } = subscription;
    const resource = `api/v2.0/companies(${companyId})/${set}`;
    const head = { subscriptionId, clientState, expirationDateTime };
    const moments = changes.map(({ at }) => at).sort();
    if (changes.length > this.environment.switches.collectionAbove)
      return [
        {
          ...head,
          // The printed sample misspells the field's name, and so does this (Business Central, 7.2).
          resource: `${resource}?$filter=lastDateTimeModified%20gt%20${moments[0]}`,
          changeType: "collection",
          lastModifiedDateTime: moments.at(-1),
        },
      ];
    return changes.map(({ id, changeType, at }) => ({
      ...head,
      resource: `${resource}(${id})`,
      changeType,
      lastModifiedDateTime: at,
    }));
  }

  private async send(body: Retry): Promise<Delivery | undefined> {
    const entries = body.entries.filter(({ subscription }) => this.subscriptions.alive.includes(subscription));
    if (entries.length === 0) return undefined;
    const sent = { value: entries.map(({ entry }) => entry) };
    const status = await this.statusOf(body.url, JSON.stringify(sent));
    const isGone = status !== undefined && status >= 300 && status < 500 && status !== 408 && status !== 429;
    const isFailed = status === undefined || status >= 300;
    if (isGone) for (const { subscription } of entries) this.subscriptions.drop(subscription);
    else if (isFailed) this.tryLater({ ...body, entries });
    return { url: body.url, status, body: sent };
  }

  /** Growing gaps; after about 36 hours the subscription is deleted. */
  private tryLater(body: Retry): void {
    const now = this.environment.clock.now().getTime();
    if (now - body.since >= giveUpMs) {
      for (const { subscription } of body.entries) this.subscriptions.drop(subscription);
      return;
    }
    const attempts = body.attempts + 1;
    const gap = 60_000 * 4 ** (attempts - 1);
    this.retries.push({ ...body, attempts, nextAt: Math.min(now + gap, body.since + giveUpMs) });
  }

  private async statusOf(url: string, body: string): Promise<number | undefined> {
    try {
      const headers = { "content-type": "application/json" };
      const response = await this.call(new Request(url, { method: "POST", headers, body }));
      await response.text();
      return response.status;
    } catch {
      // Nobody answered, which is what undefined says.
      return undefined;
    }
  }
}
