/** Calls about subscriptions (ShipBob, 10). */

import { createHash } from "node:crypto";
import { z } from "zod";
import type { Account } from "./account.ts";
import { json } from "./order-input.ts";
import { cursorPage } from "./pages.ts";
import { empty, Refusal } from "./refusals.ts";
import type { Call, Route } from "./routes.ts";
import type { SubscriptionRow, Webhooks } from "./webhooks.ts";

/** Topics that can be subscribed to, with the scope that each one wants. */
const topicScopes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "order.shipped",
      "order.delivered",
      "order.shipment.delivered",
      "order.shipment.tracking.updated",
      "order.shipment.exception",
      "order.shipment.on_hold",
      "order.shipment.cancelled",
    ].map((topic) => [topic, "orders_read"]),
  ),
  "return.created": "returns_read",
  "return.updated": "returns_read",
  "return.completed": "returns_read",
  "billing.charge.created": "billing_read",
  "billing.refund.created": "billing_read",
  "billing.credit.created": "billing_read",
};

const subscription = z.object({
  topics: z.array(z.string()).min(1),
  // https alone (10), but for a receiver that is tried on this machine.
  url: z.union([z.url({ protocol: /^https$/ }), z.url({ protocol: /^http$/, hostname: /^(localhost|127\.0\.0\.1)$/ })]),
  description: z.string().nullish(),
  secret: z
    .string()
    .regex(/^whsec_[a-zA-Z0-9+/]{32}$/)
    .nullish(),
});

/** Subscriptions: made, listed without their secret, deleted. */
export function webhookRoutes(account: Account, webhooks: Webhooks): Route[] {
  return [
    { method: "POST", path: "/webhook", scope: "webhooks_write", handle: (call) => create(account, webhooks, call) },
    { method: "GET", path: "/webhook", scope: "webhooks_read", handle: (call) => list(webhooks, call) },
    { method: "DELETE", path: "/webhook/{text}", scope: "webhooks_write", handle: (call) => remove(webhooks, call) },
  ];
}

function create(account: Account, webhooks: Webhooks, call: Call): Response {
  const parsed = subscription.safeParse(json(call.text));
  if (!parsed.success) throw framework(parsed.error.issues.map(({ message }) => message).join(" "));
  const { topics, url, description, secret } = parsed.data;
  const unknown = topics.find((topic) => !topicScopes[topic]);
  if (unknown !== undefined) throw framework(`The topic ${unknown} is not supported.`);
  if (topics.some((topic) => !call.caller.scopes.includes(topicScopes[topic] ?? ""))) throw empty(403);
  const count = webhooks.subscriptions.length + account.ledger.length + 1;
  const made: SubscriptionRow = {
    id: `ep_sandbox${count}`,
    topics,
    url,
    description: description ?? null,
    secret: secret ?? `whsec_${createHash("sha256").update(String(count)).digest("base64").slice(0, 32)}`,
    enabled: true,
    failingSince: null,
    created: account.now(),
  };
  webhooks.subscriptions.push(made);
  account.record("POST /webhook", url, { topics, url });
  const { enabled: _, failingSince: __, created, ...shown } = made;
  return Response.json({ ...shown, created_at: created }, { status: account.switches.webhookCreated });
}

function list(webhooks: Webhooks, call: Call): Response {
  const size = call.query.integer("RecordsPerPage", { least: 1, most: 250, absent: 50 });
  const page = cursorPage(webhooks.subscriptions, { call, path: "/webhook", size, form: "cursor" });
  const items = page.items.map(({ secret: _, failingSince: __, created, ...row }) => ({ ...row, created_at: created }));
  return Response.json({ items, next: page.next, prev: page.prev });
}

function remove(webhooks: Webhooks, call: Call): Response {
  const at = webhooks.subscriptions.findIndex(({ id }) => id === call.params[0]);
  if (at < 0) throw empty(404);
  webhooks.subscriptions.splice(at, 1);
  return new Response(null, { status: 204 });
}

/** A serialized framework object (12). */
function framework(value: string): Refusal {
  const $type = "Microsoft.AspNetCore.Mvc.UnprocessableEntityObjectResult, Microsoft.AspNetCore.Mvc.Core";
  return new Refusal(() => Response.json({ $type, value, status_code: 422 }, { status: 422 }));
}
