import { z } from "zod";
import type { Http } from "../../core/http/types.ts";
import type { Secret } from "../../core/secret.ts";
import { given, written } from "./answers.ts";
import { shipStationError } from "./errors.ts";

const id = z.number().int();

/** A subscription of V1 (V1, 6). */
const hookV1 = z.looseObject({
  WebHookID: id,
  HookType: z.string().nullish(),
  Url: z.string().nullish(),
  Active: z.boolean().nullish(),
});

/** A subscription of V1; its address holds its secret. */
export type HookV1 = z.infer<typeof hookV1>;

const hooksV1 = z.looseObject({ webhooks: hookV1.array().nullish() });

/** The sample has one, the specification the other (V1, 6). */
const madeV1 = z.union([z.looseObject({ id }), z.looseObject({ WebHookID: id })]);

/** A subscription of V2 (V2, 7.4). */
const hookV2 = z.looseObject({ webhook_id: z.string().min(1), url: z.string(), event: z.string() });

/** A subscription of V2, which signs its calls. */
export type HookV2 = z.infer<typeof hookV2>;

/** Webhook subscriptions of an account (V1, 6; V2, 7.4). */
export class ShipStationHooks {
  readonly #api: { v1(): Http; v2(): Http };

  constructor(api: { v1(): Http; v2(): Http }) {
    this.#api = api;
  }

  /** All subscriptions of V1, those that are switched off too. May be repeated. */
  async listV1(): Promise<HookV1[]> {
    const answer = await this.#api.v1().call({ method: "GET", path: "/webhooks", repeatable: true });
    return given(answer, hooksV1, "list webhooks").value.webhooks ?? [];
  }

  /** Subscribes an address to an event of all stores; returns its id. What stands in its last part is shown to nobody. */
  async subscribeV1(event: string, url: string, token: Secret): Promise<number> {
    const hidden = token.reveal();
    const answer = await this.#api.v1().call({
      method: "POST",
      path: "/webhooks/subscribe",
      json: { target_url: `${url}/${hidden}`, event, friendly_name: `mlc ${event}` },
      hidden: [hidden],
      repeatable: false,
    });
    const { value } = written(answer, madeV1, `subscribe to ${event}`);
    return "id" in value && typeof value.id === "number" ? value.id : Number(value.WebHookID);
  }

  /** Ends a subscription of V1; one that is gone is well. May be repeated. */
  async unsubscribeV1(hookId: string): Promise<void> {
    const path = `/webhooks/${encodeURIComponent(hookId)}`;
    const answer = await this.#api.v1().call({ method: "DELETE", path, repeatable: true });
    if (answer.status !== 404 && answer.status > 299) throw shipStationError(answer, "end a subscription");
  }

  /** All subscriptions of V2. May be repeated. */
  async listV2(): Promise<HookV2[]> {
    const answer = await this.#api.v2().call({ method: "GET", path: hooksPathV2, repeatable: true });
    return given(answer, hookV2.array(), "list webhooks (V2)").value;
  }

  /** Subscribes an address to an event; returns the subscription. */
  async subscribeV2(event: string, url: string): Promise<HookV2> {
    const call = { method: "POST", path: hooksPathV2, json: { event, url }, repeatable: false } as const;
    return written(await this.#api.v2().call(call), hookV2, `subscribe to ${event} (V2)`).value;
  }

  /** Ends a subscription of V2; one that is gone is well. May be repeated. */
  async unsubscribeV2(hookId: string): Promise<void> {
    const path = `${hooksPathV2}/${encodeURIComponent(hookId)}`;
    const answer = await this.#api.v2().call({ method: "DELETE", path, repeatable: true });
    if (answer.status !== 404 && answer.status > 299) throw shipStationError(answer, "end a subscription (V2)");
  }
}

const hooksPathV2 = "/v2/environment/webhooks";
