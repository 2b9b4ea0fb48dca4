import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ShipStationClient } from "../../src/connectors/shipstation/client.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { Secret } from "../../src/core/secret.ts";
import { addOrder, held, sync, type World, worldWith } from "../e2e/orders-kit.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipstation-v1.swagger2.json");

interface Schema {
  properties?: Record<string, Schema> | undefined;
  items?: Schema | undefined;
}
const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({ properties: z.record(z.string(), schema).optional(), items: schema.optional() }),
);
const operation = z.object({
  post: z.object({ parameters: z.array(z.object({ in: z.string(), schema: schema.optional() })) }),
});
const spec = z.object({ paths: z.record(z.string(), z.unknown()) });

function bodyOf(path: string): Schema {
  const { paths } = spec.parse(JSON.parse(readFileSync(file, "utf8")));
  const body = operation.parse(paths[path]).post.parameters.find((parameter) => parameter.in === "body")?.schema;
  if (!body) throw new Error(`${path} has no body`);
  return body;
}

/** Paths of the members that a schema does not have; where its example was null or empty it says nothing of what is inside. */
function unknownIn(value: unknown, { properties, items }: Schema, path = ""): string[] {
  if (Array.isArray(value)) return items ? value.flatMap((entry) => unknownIn(entry, items, `${path}[]`)) : [];
  if (typeof value !== "object" || value === null || !properties) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = properties[name];
    return inner ? unknownIn(member, inner, `${path}.${name}`) : [`${path}.${name}`];
  });
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  describe("orders that mlc sends have only fields of ShipStation's specification", () => {
    let world: World;
    const sent: { path: string; body: unknown }[] = [];

    beforeAll(async () => {
      const deliveryModes = { Ground: { carrierCode: "ups", serviceCode: "ups_ground", packageCode: "package" } };
      world = await worldWith({
        pair: { deliveryModes, warehouses: { "24": 1001 }, storeByLegalEntity: { usmf: 771101 } },
      });
      const fetch = world.shipstation.fetch.bind(world.shipstation);
      world.shipstation.fetch = async (request, env) => {
        const { pathname } = new URL(request.url);
        if (request.method === "POST") sent.push({ path: pathname, body: JSON.parse(await request.clone().text()) });
        return fetch(request, env);
      };
      const header = { CustomerRequisitionNumber: "PO 1", Email: "dock@harbor.example", DeliveryModeCode: "Ground" };
      for (const number of ["SO-1", "SO-2", "SO-3"]) addOrder(world, number, { header });
      await sync(world);
      world.shipstation.edit("usmf-SO-1", { internalNotes: "call first", tagIds: [1], gift: true });
      world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
      await sync(world);
      world.fno.cancel("usmf", "SO-2");
      await sync(world);
    });
    afterAll(() => world.close());

    it("when they are created, replaced and cancelled", () => {
      expect(sent.map(({ path }) => path)).toEqual([
        "/orders/createorders",
        "/orders/createorder",
        "/orders/createorder",
      ]);
      expect(held(world, "usmf-SO-2")?.orderStatus).toBe("cancelled");
      const unknown = sent.flatMap(({ path, body }) => unknownIn(body, bodyOf(path)));
      // Younger than the specification: it names the order that an update is meant for (V1, 2.1).
      expect(unknown.filter((name) => name !== ".orderId")).toEqual([]);
    });

    it("and one that it does not have is found", () => {
      const [first] = z.array(z.record(z.string(), z.unknown())).parse(sent[0]?.body);
      const wrong = { ...first, sku: 1, advancedOptions: { store: 1 } };
      expect(unknownIn([wrong], bodyOf("/orders/createorders"))).toEqual(["[].advancedOptions.store", "[].sku"]);
    });
  });
} else {
  describe("ShipStation's specification", () => {
    it("is not beside the repository, so nothing is compared with it", () => expect(existsSync(file)).toBe(false));
  });
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  it("a subscription that mlc asks for has only fields of ShipStation's specification", async () => {
    const sent: unknown[] = [];
    const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
    const client = new ShipStationClient({
      settings: { apiUrl: "https://ssapi.test", apiUrlV2: "https://api.test" },
      secrets: { apiKey: new Secret("key"), apiSecret: new Secret("secret"), apiKeyV2: new Secret("v2") },
      clock,
      fetch: async (input, init) => {
        sent.push(await new Request(input, init).json());
        return Response.json({ id: 1, webhook_id: "se-1", url: "https://a.example", event: "track" });
      },
    });
    const url = "https://sync.contoso.example/webhooks/shipstation";
    await client.webhooks.subscribeV1("SHIP_NOTIFY", url, new Secret("token-of-more-than-twenty"));
    await client.webhooks.subscribeV2("label_created_v2", `${url}-v2`);
    expect(unknownIn(sent[0], bodyOf("/webhooks/subscribe"))).toEqual([]);
    expect(sent[0]).toMatchObject({ target_url: `${url}/token-of-more-than-twenty`, event: "SHIP_NOTIFY" });
    // V2's specification allows these alone: `additionalProperties` is false.
    expect(sent[1]).toEqual({ event: "label_created_v2", url: `${url}-v2` });
  });
}
