import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ShipBobAccount } from "../../src/connectors/shipbob/account/calls.ts";
import { callsTo } from "../connectors/shipbob-kit.ts";
import { json } from "../core/http/kit.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipbob-2026-01.openapi.json");
const operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
  responses: z.object({
    200: z.object({ content: z.object({ "application/json": z.object({ example: z.unknown() }) }) }),
  }),
});
const spec = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

const reads = {
  "/2026-01/channel": (account: ShipBobAccount) => account.channels(),
  "/2026-01/shipping-method": (account: ShipBobAccount) => account.shippingMethods(),
  "/2026-01/location": (account: ShipBobAccount) => account.locations(),
  "/2026-01/fulfillment-center": (account: ShipBobAccount) => account.fulfillmentCenters(),
};

if (existsSync(file)) {
  describe("ShipBob's own description of 2026-01", () => {
    it.each(Object.entries(reads))("has what is asked of %s, and its example is read", async (path, read) => {
      const { paths } = spec.parse(JSON.parse(readFileSync(file, "utf8")));
      const { parameters = [], responses } = operation.parse(paths[path]?.get);
      const { example } = responses[200].content["application/json"];
      const last = z.looseObject({ items: z.array(z.unknown()) }).safeParse(example).data;
      const { calls, requests } = callsTo([json(last ? { ...last, next: null } : example)]);
      const rows = await read(new ShipBobAccount(calls));
      expect(rows.length).toBeGreaterThan(0);
      const url = new URL(requests[0]?.url ?? "");
      expect(url.pathname).toBe(path);
      const known = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
      expect([...url.searchParams.keys()].filter((name) => !known.includes(name))).toEqual([]);
    });
  });
} else {
  it("is not beside the repository, so nothing is compared with it", () => expect(existsSync(file)).toBe(false));
}
