import { createHash, randomBytes } from "node:crypto";
import type { Hook, ShipBobHooks } from "../../connectors/shipbob/webhooks/calls.ts";
import { Secret } from "../../core/secret.ts";
import type { WebhookSubscription, WebhookSubscriptions } from "../../core/system.ts";
import type { OwnSecret } from "../own-secret.ts";

/** All that 2026-01 can be subscribed to (10): what goods and charges flow by, and returns, which are kept and shown. */
const wantedTopics = [
  "order.shipped",
  "order.shipment.delivered",
  "order.shipment.exception",
  "order.shipment.on_hold",
  "order.shipment.cancelled",
  "billing.charge.created",
  "billing.refund.created",
  "billing.credit.created",
  "return.created",
  "return.updated",
  "return.completed",
];

/** A secret as ShipBob takes it: 24 bytes are 32 characters without padding (10). */
export function makeShipBobSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}

/**
 * The subscriptions of an account that call mlc, one a topic: one that the token has no scope for is refused alone. No list tells
 * their secret, so a mark of it stands in the description: one with another mark would prove nothing here.
 */
export class ShipBobWebhooks implements WebhookSubscriptions {
  readonly path = "/webhooks/shipbob";
  readonly hasHandshake = false;
  readonly renewWithinMs = 0;
  readonly #hooks: ShipBobHooks;
  readonly #secret: OwnSecret;

  constructor(hooks: ShipBobHooks, secret: OwnSecret) {
    this.#hooks = hooks;
    this.#secret = secret;
  }

  missingSecret(): Promise<string | undefined> {
    return this.#secret.missing();
  }

  async topics(): Promise<string[]> {
    return wantedTopics;
  }

  async list(url: string): Promise<WebhookSubscription[]> {
    const kept = await this.#secret.current();
    const mark = kept && markOf(newest(kept));
    const ours = (await this.#hooks.list()).filter((hook) => URL.parse(hook.url)?.href === URL.parse(url)?.href);
    return ours.flatMap((hook) => (hook.topics ?? []).map((topic) => subscriptionOf(hook, { topic, url, mark })));
  }

  makeSecret(isAnew = false): Promise<"made" | "kept"> {
    return this.#secret.make(isAnew);
  }

  async create(topic: string, url: string): Promise<WebhookSubscription> {
    const secret = newest(await this.#secret.value());
    const mark = markOf(secret);
    const made = await this.#hooks.create({ topic, url, description: mark, secret });
    return subscriptionOf({ ...made, description: mark }, { topic, url, mark });
  }

  /** They last, and one with another secret is stale. */
  async renew(subscription: WebhookSubscription): Promise<WebhookSubscription> {
    return subscription;
  }

  remove({ id }: WebhookSubscription): Promise<void> {
    return this.#hooks.remove(id);
  }
}

/** While a secret is replaced two are kept, the new one first. */
function newest(kept: Secret): Secret {
  return new Secret(kept.reveal().split(/[\s,]+/)[0] ?? "");
}

function markOf(secret: Secret): string {
  return `mlc ${createHash("sha256").update(secret.reveal()).digest("hex").slice(0, 12)}`;
}

/** What has no mark was made by a person, who knows its secret. */
function subscriptionOf(
  { id, enabled, description, created_at }: Hook,
  { topic, url, mark }: { topic: string; url: string; mark: string | undefined },
): WebhookSubscription {
  const isMarked = /^mlc [\da-f]{12}$/.test(description ?? "");
  const isStale = enabled === false || mark === undefined || (isMarked && description !== mark);
  const created = Date.parse(created_at ?? "");
  return {
    ...{ id, topic, url },
    ...(Number.isNaN(created) ? {} : { createdAt: new Date(created) }),
    ...(isStale ? { isStale } : {}),
  };
}
