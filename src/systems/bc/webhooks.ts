import type { Subscription } from "../../connectors/bc/environment.ts";
import type { BcSubscriptions } from "../../connectors/bc/subscriptions.ts";
import { RejectedError } from "../../core/errors.ts";
import type { WebhookSubscription, WebhookSubscriptions } from "../../core/system.ts";
import type { OwnSecret } from "../own-secret.ts";

/** What the flows read or write there; shipments have no subscriptions, and a change of a line is one of its header (BC, 7.1). */
const wantedSets = ["items", "customers", "salesOrders", "salesInvoices"] as const;

const hourMs = 3_600_000;

/** The subscriptions of a company in Business Central that call mlc. */
export class BcWebhooks implements WebhookSubscriptions {
  readonly path = "/webhooks/bc";
  readonly hasHandshake = true;
  /** Half of their three days (BC, 7.1): a machine that was off for a day still renews them. */
  readonly renewWithinMs = 36 * hourMs;
  readonly #subscriptions: BcSubscriptions;
  /** Notifications carry it as their `clientState`, their only proof (BC, 7.1). */
  readonly #secret: OwnSecret;

  constructor(subscriptions: BcSubscriptions, secret: OwnSecret) {
    this.#subscriptions = subscriptions;
    this.#secret = secret;
  }

  async topics(): Promise<string[]> {
    const { value } = await this.#subscriptions.supported();
    const offered = new Set(value.map((resource) => resource.split("/").at(-1)?.toLowerCase()));
    return wantedSets.filter((set) => offered.has(set.toLowerCase()));
  }

  async list(url: string): Promise<WebhookSubscription[]> {
    const ours = [...(await this.#ours())].filter(([{ notificationUrl }]) => notificationUrl === url);
    const secret = (await this.#secret.current())?.reveal();
    return ours.map(([held, set]) => ({
      ...subscriptionOf(held, set),
      // It was made before the secret was, which the process that made it did not live to give it.
      ...(held.clientState === undefined || held.clientState.reveal() === secret ? {} : { isOutdated: true as const }),
    }));
  }

  missingSecret(): Promise<string | undefined> {
    return this.#secret.missing();
  }

  makeSecret(isAnew = false): Promise<"made" | "kept"> {
    return this.#secret.make(isAnew);
  }

  async create(topic: string, url: string): Promise<WebhookSubscription> {
    const { value } = await this.#subscriptions.create(topic, url, await this.#secret.value());
    return subscriptionOf(value, topic);
  }

  async renew({ id, topic }: WebhookSubscription): Promise<WebhookSubscription> {
    const held = await this.#find(id);
    if (!held) {
      const message = `Business Central could not renew the subscription to ${topic}: it is not there any more`;
      throw new RejectedError(message, { system: "bc", hint: "Run `mlc webhooks create bc`." });
    }
    const { value } = await this.#subscriptions.renew(held, await this.#secret.value());
    return subscriptionOf(value, topic);
  }

  async remove({ id }: WebhookSubscription): Promise<void> {
    const held = await this.#find(id);
    if (held) await this.#subscriptions.remove(held);
  }

  /** The company's own, by set. */
  async #ours(): Promise<Map<Subscription, string>> {
    return this.#subscriptions.setsOf((await this.#subscriptions.list()).value);
  }

  /** As it is now, since each renewal changes its tag. */
  async #find(id: string): Promise<Subscription | undefined> {
    return [...(await this.#ours()).keys()].find(({ subscriptionId }) => subscriptionId === id);
  }
}

function subscriptionOf(held: Subscription, set: string): WebhookSubscription {
  const { subscriptionId: id, notificationUrl: url, expirationDateTime } = held;
  const topic = wantedSets.find((wanted) => wanted.toLowerCase() === set.toLowerCase()) ?? set;
  const ends = Date.parse(expirationDateTime ?? "");
  return { id, topic, url, ...(Number.isNaN(ends) ? {} : { endsAt: new Date(ends) }) };
}
