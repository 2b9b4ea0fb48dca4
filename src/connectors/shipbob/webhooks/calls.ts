import { z } from "zod";
import type { Secret } from "../../../core/secret.ts";
import type { ShipBobCalls } from "../calls.ts";
import { isNotFound } from "../errors.ts";

const hook = z.looseObject({
  id: z.string().min(1),
  url: z.string(),
  topics: z.string().array().nullish(),
  enabled: z.boolean().nullish(),
  description: z.string().nullish(),
  created_at: z.string().nullish(),
});

/** A subscription (10); its secret is never told. */
export type Hook = z.infer<typeof hook>;

/** What a subscription is made of. */
export interface NewHook {
  topic: string;
  url: string;
  /** Shown in ShipBob's own pages too. */
  description: string;
  /** `whsec_` and 24 bytes in base64. */
  secret: Secret;
}

const pageSize = 250;

/** Webhook subscriptions of an account (10). */
export class ShipBobHooks {
  readonly #calls: Pick<ShipBobCalls, "call" | "pages">;

  constructor(calls: Pick<ShipBobCalls, "call" | "pages">) {
    this.#calls = calls;
  }

  /** All subscriptions that the token sees, those that ShipBob switched off too. May be repeated. */
  async list(): Promise<Hook[]> {
    const query = { RecordsPerPage: pageSize };
    const idOf = ({ id }: Hook) => id;
    const what = "read webhooks";
    const hooks: Hook[] = [];
    for await (const page of this.#calls.pages({ path: "/webhook", query, item: hook, style: "next", idOf, what })) {
      hooks.push(...page);
    }
    return hooks;
  }

  /** Subscribes an address to a topic. */
  async create({ topic, url, description, secret }: NewHook): Promise<Hook> {
    const revealed = secret.reveal();
    const { body } = await this.#calls.call({
      method: "POST",
      path: "/webhook",
      json: { description, secret: revealed, topics: [topic], url },
      repeatable: false,
      schema: hook,
      what: `subscribe to ${topic}`,
      hidden: [revealed],
    });
    return body;
  }

  /** Ends a subscription; one that is gone is well. May be repeated. */
  async remove(id: string): Promise<void> {
    const path = `/webhook/${encodeURIComponent(id)}`;
    const what = "end a subscription";
    await this.#calls
      .call({ method: "DELETE", path, repeatable: true, schema: z.unknown(), what })
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
  }
}
