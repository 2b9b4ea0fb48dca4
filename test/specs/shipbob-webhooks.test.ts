import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ShipBobHooks } from "../../src/connectors/shipbob/webhooks/calls.ts";
import { Secret } from "../../src/core/secret.ts";
import { OwnSecret } from "../../src/systems/own-secret.ts";
import { ShipBobWebhooks } from "../../src/systems/shipbob/webhooks.ts";
import { callsTo } from "../connectors/shipbob-kit.ts";
import { json } from "../core/http/kit.ts";
import { complaintsOf } from "./openapi.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipbob-2026-01.openapi.json");
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const url = "https://sync.contoso.example/webhooks/shipbob";
const made = { id: "1", url, topics: ["order.shipped"], secret, created_at: "2026-11-21T12:00:00Z" };

it("every topic that mlc subscribes to is in ShipBob's specification, and so is every field of the request", async () => {
  const { calls, requests } = callsTo(Array.from({ length: 11 }, () => json(made)));
  const secrets = { webhookSecret: new Secret(secret) };
  const own = new OwnSecret({ name: "webhookSecret", secrets, keepSecret: async () => {} });
  const hooks = new ShipBobWebhooks(new ShipBobHooks(calls), own);
  for (const topic of await hooks.topics()) await hooks.create(topic, url);
  expect(requests).toHaveLength(11);
  const bodies = await Promise.all(requests.map((request) => request.clone().json()));
  expect(bodies[0]).toEqual({ description: expect.stringMatching(/^mlc /), secret, topics: ["order.shipped"], url });
  // The vendors' specifications lie beside the repository, where they are there at all.
  if (!existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  for (const body of bodies) expect(complaintsOf(text, "Webhooks.V2.CreateSubscriptionRequest", body)).toEqual([]);
});
