/** Calls about subscriptions (ShipStation V1, 6; V2, 7.4). */

import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Account } from "./account.ts";
import { errorV2, invalidV1, messageV1 } from "./refusals.ts";
import { bodyOf, missing } from "./v1-orders.ts";
import { type HookRow, isEvent, type Webhooks } from "./webhooks.ts";

const subscribed = z.object({
  target_url: z.url(),
  event: z.string(),
  store_id: z.int().nullish(),
  friendly_name: z.string().nullish(),
});

/** The `/webhooks` routes of V1. */
export function webhooksV1(account: Account, webhooks: Webhooks): Hono {
  const app = new Hono();
  app.post("/subscribe", async (c) => {
    const body = subscribed.safeParse(await bodyOf(c));
    if (!body.success) return missing(body.error);
    const { target_url: url, event, store_id: storeId = null, friendly_name: name = null } = body.data;
    if (!isEvent("v1", event)) return invalidV1("request", { event: [`The event ${event} is not supported.`] });
    const hook = webhooks.add({ api: "v1", event, url, storeId, name, origin: new URL(c.req.url).origin });
    return c.json(account.switches.subscribed === "id" ? { id: hook.id } : showV1(hook));
  });
  app.get("/", (c) => c.json({ webhooks: webhooks.hooks.filter(({ api }) => api === "v1").map(showV1) }));
  app.delete("/:id", (c) => {
    if (!webhooks.remove("v1", Number(c.req.param("id")))) return messageV1(404, "Webhook not found.");
    return c.body(null, 200);
  });
  return app;
}

/** The `/environment/webhooks` routes of V2. */
export function webhooksV2(webhooks: Webhooks): Hono {
  const app = new Hono();
  const idOf = (c: Context) => Number(/^se-(\d+)$/.exec(c.req.param("id") ?? "")?.[1]);
  const unknown = () => errorV2(404, "validation", "unspecified", "The webhook does not exist.");
  app.post("/", async (c) => {
    const body = z.strictObject({ event: z.string(), url: z.url() }).safeParse(await bodyOf(c));
    if (!body.success || !isEvent("v2", body.data.event))
      return errorV2(400, "validation", "unspecified", "event and url are needed.");
    const { event, url } = body.data;
    if (webhooks.hooks.some((hook) => hook.api === "v2" && hook.event === event && hook.url === url))
      return errorV2(409, "business_rules", "identifier_conflict", "There is such a webhook already.");
    const { origin } = new URL(c.req.url);
    return c.json(showV2(webhooks.add({ api: "v2", event, url, storeId: null, name: null, origin })));
  });
  app.get("/", (c) => c.json(webhooks.hooks.filter(({ api }) => api === "v2").map(showV2)));
  app.put("/:id", async (c) => {
    const hook = webhooks.hooks.find(({ api, id }) => api === "v2" && id === idOf(c));
    const body = z.object({ url: z.url().optional() }).safeParse(await bodyOf(c));
    if (!hook || !body.success) return unknown();
    if (body.data.url !== undefined) hook.url = body.data.url;
    return c.body(null, 204);
  });
  app.delete("/:id", (c) => (webhooks.remove("v2", idOf(c)) ? c.body(null, 204) : unknown()));
  return app;
}

function showV1({ id, event, url, storeId, name, active }: HookRow) {
  return {
    ...{ IsLabelAPIHook: false, WebHookID: id, SellerID: 100_000, StoreID: storeId, HookType: event },
    ...{ MessageFormat: "Json", Url: url, Name: name, Active: active, WebhookLogs: [] },
  };
}

function showV2({ id, event, url }: HookRow) {
  return { webhook_id: `se-${id}`, url, event, headers: [] };
}
