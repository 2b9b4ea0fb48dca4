import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ShipBobShipments } from "../../src/connectors/shipbob/shipments/calls.ts";
import { callsTo, pagesOf } from "../connectors/shipbob-kit.ts";
import { complaintsOf } from "./openapi.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipbob-2026-01.openapi.json");

const parameter = z.object({ name: z.string(), in: z.string() });
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ parameters: z.array(parameter).optional() }))),
});

/** Every call about shipments, each once. */
async function sent() {
  const { calls, requests } = callsTo([({ method }) => Response.json(method === "GET" ? [] : { results: [] })]);
  const shipments = new ShipBobShipments(calls);
  const [since, until] = [new Date("2026-11-21T11:00:00Z"), new Date("2026-11-21T12:00:00Z")];
  await pagesOf(shipments.ordersUpdated({ since, until }));
  await shipments.ordersById(["240765630", "240765631"]);
  await shipments.tracking([320263454, 320263455]);
  await shipments.timeline(320263454);
  await shipments.flagUploaded([320263454, 320263455]);
  return requests;
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  const openApi = readFileSync(file, "utf8");

  describe("what is sent to ShipBob about shipments has only what its specification knows", () => {
    it("in paths, queries and headers", async () => {
      const { paths } = document.parse(JSON.parse(openApi));
      const requests = await sent();
      const faults = requests.flatMap(({ method, url, headers }) => {
        const { pathname, searchParams } = new URL(url);
        const path = pathname.replace(/\/\d+(?=\/|$)/, "/{shipmentId}");
        const known = paths[path]?.[method.toLowerCase()]?.parameters ?? [];
        if (!paths[path]?.[method.toLowerCase()]) return [`${method} ${path}: unknown`];
        const has = (name: string, where: string) => known.some((one) => one.name === name && one.in === where);
        const strange = [...searchParams.keys()].filter((name) => !has(name, "query"));
        const isStray = headers.has("shipbob_channel_id") && !has("shipbob_channel_id", "header");
        return [...strange, ...(isStray ? ["shipbob_channel_id"] : [])].map((name) => `${method} ${path}: ${name}`);
      });
      expect(faults).toEqual([]);
      expect(requests).toHaveLength(5);
    });

    it("in the body of the tracking flag", async () => {
      const flag = (await sent()).find(({ method }) => method === "POST");
      expect(complaintsOf(openApi, "Orders.BulkUpdateTrackingUploadModel", await flag?.json())).toEqual([]);
    });
  });
}

describe("lists of numbers that are sent to ShipBob", () => {
  it("stand as it takes them: orders with bare commas, shipments one by one", async () => {
    const urls = (await sent()).map(({ url }) => url);
    expect(urls[1]).toContain("?IDs=240765630,240765631&");
    expect(urls[2]).toMatch(/\?ShipmentIds=320263454&ShipmentIds=320263455$/);
  });
});
