import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { HookV1, HookV2, ShipStationHooks } from "../../connectors/shipstation/webhooks.ts";
import type { WebhookSubscription, WebhookSubscriptions } from "../../core/system.ts";
import type { SystemContext } from "../context.ts";
import { OwnSecret } from "../own-secret.ts";

/** What is told of goods that leave; the `ITEM_` events say the same once more. */
const shippedV1 = ["SHIP_NOTIFY", "FULFILLMENT_SHIPPED", "FULFILLMENT_REJECTED"];
const shippedV2 = ["label_created_v2", "fulfillment_shipped_v2", "fulfillment_rejected_v2"];

/** What the pairs of the account have a use for. */
export interface HookOptions {
  /** Orders come from its stores: where they come from an ERP, mlc would only be told what it did itself. */
  readsOrders: boolean;
}

/**
 * The subscriptions of V1 that call mlc. V1 signs nothing: a token in the address proves its calls (V1, 6). None names a
 * store: one subscription covers stores that are added later too, and what is of other stores is left out when it is read.
 */
class ShipStationWebhooks implements WebhookSubscriptions {
  readonly path = "/webhooks/shipstation";
  readonly hasHandshake = false;
  readonly renewWithinMs = 0;
  readonly #hooks: ShipStationHooks;
  readonly #token: OwnSecret;
  readonly #topics: string[];

  constructor(hooks: ShipStationHooks, token: OwnSecret, { readsOrders }: HookOptions) {
    this.#hooks = hooks;
    this.#token = token;
    this.#topics = [...(readsOrders ? ["ORDER_NOTIFY"] : []), ...shippedV1];
  }

  missingSecret(): Promise<string | undefined> {
    return this.#token.missing();
  }

  async topics(): Promise<string[]> {
    return this.#topics;
  }

  async list(url: string): Promise<WebhookSubscription[]> {
    const token = (await this.#token.current())?.reveal();
    return (await this.#hooks.listV1()).flatMap((hook) => {
      const rest = restUnder(url, hook.Url);
      return rest === undefined ? [] : [subscriptionOf(hook, url, token !== undefined && rest === `/${token}`)];
    });
  }

  makeSecret(isAnew = false): Promise<"made" | "kept"> {
    return this.#token.make(isAnew);
  }

  async create(topic: string, url: string): Promise<WebhookSubscription> {
    return { id: String(await this.#hooks.subscribeV1(topic, url, await this.#token.value())), topic, url };
  }

  /** They last, and one with another token is stale. */
  async renew(subscription: WebhookSubscription): Promise<WebhookSubscription> {
    return subscription;
  }

  remove({ id }: WebhookSubscription): Promise<void> {
    return this.#hooks.unsubscribeV1(id);
  }
}

/** The subscriptions of V2 that call mlc, of an account without keys of V1: both would tell the same. */
class ShipStationV2Webhooks implements WebhookSubscriptions {
  readonly path = "/webhooks/shipstation-v2";
  readonly hasHandshake = false;
  readonly renewWithinMs = 0;
  readonly #hooks: ShipStationHooks;
  readonly #topics: string[];

  constructor(hooks: ShipStationHooks, { readsOrders }: HookOptions) {
    this.#hooks = hooks;
    this.#topics = [...(readsOrders ? ["shipment_created_v2"] : []), ...shippedV2];
  }

  async topics(): Promise<string[]> {
    return this.#topics;
  }

  async list(url: string): Promise<WebhookSubscription[]> {
    return (await this.#hooks.listV2()).filter((hook) => restUnder(url, hook.url) === "").map(subscriptionOfV2);
  }

  async create(topic: string, url: string): Promise<WebhookSubscription> {
    return subscriptionOfV2(await this.#hooks.subscribeV2(topic, url));
  }

  /** They last. */
  async renew(subscription: WebhookSubscription): Promise<WebhookSubscription> {
    return subscription;
  }

  remove({ id }: WebhookSubscription): Promise<void> {
    return this.#hooks.unsubscribeV2(id);
  }
}

/** What an address has after ours, which may be a token; undefined for one of somebody else. */
function restUnder(url: string, called: string | null | undefined): string | undefined {
  const [ours, theirs] = [URL.parse(url)?.href, URL.parse(called ?? "")?.href];
  if (ours === undefined || !theirs?.startsWith(ours)) return undefined;
  const rest = theirs.slice(ours.length);
  return /^(\/[^/?#]+)?$/.test(rest) ? rest : undefined;
}

/** The address that is shown has no token. */
function subscriptionOf({ WebHookID, HookType, Active }: HookV1, url: string, isProved: boolean): WebhookSubscription {
  const isLive = isProved && Active !== false;
  return { id: String(WebHookID), topic: HookType ?? "", url, ...(isLive ? {} : { isStale: true as const }) };
}

function subscriptionOfV2({ webhook_id, event, url }: HookV2): WebhookSubscription {
  return { id: webhook_id, topic: event.toLowerCase(), url };
}

/** The subscriptions of an account, by the API that it has keys of; none where no secret can be kept. */
export function webhooksOf(
  client: ShipStationClient,
  { secrets, keepSecret, readSecret }: Pick<SystemContext, "secrets" | "keepSecret" | "readSecret">,
  options: HookOptions,
): { webhooks?(): WebhookSubscriptions } {
  if (!client.hasV1) return { webhooks: () => new ShipStationV2Webhooks(client.webhooks, options) };
  if (!keepSecret) return {};
  const token = new OwnSecret({ name: "webhookToken", secrets, keepSecret, ...(readSecret ? { readSecret } : {}) });
  return { webhooks: () => new ShipStationWebhooks(client.webhooks, token, options) };
}
