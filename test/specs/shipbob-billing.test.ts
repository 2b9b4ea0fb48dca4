import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ShipBobBilling } from "../../src/connectors/shipbob/billing/calls.ts";
import { ShipBobStock } from "../../src/connectors/shipbob/stock/calls.ts";
import { callsTo, pagesOf } from "../connectors/shipbob-kit.ts";
import { complaintsOf } from "./openapi.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipbob-2026-01.openapi.json");

const operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.object({ $ref: z.string() }) })) })
    .optional(),
});
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
});

const charge = { transaction_id: "01A", amount: 1, charge_date: "2026-11-20" };

/** Every call about stock and charges, each once, and the second page of the transactions. */
async function sent() {
  const pages = [{ items: [charge], next: "c2" }, { items: [{ ...charge, transaction_id: "01B" }] }];
  const { calls, requests } = callsTo([
    ({ method }) => Response.json((method === "POST" ? pages.shift() : undefined) ?? { items: [], next: null }),
  ]);
  const [billing, stock] = [new ShipBobBilling(calls), new ShipBobStock(calls)];
  const [from, to] = [new Date("2026-11-01T00:00:00Z"), new Date("2026-11-30T23:59:59Z")];
  await billing.invoices(from, to);
  await billing.invoiced(8_001);
  await pagesOf(billing.transactions({ from, to, isInvoiced: false }));
  await billing.ofShipments(["320263454", "320263455"], from);
  await stock.levels();
  await stock.items();
  return requests;
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  const openApi = readFileSync(file, "utf8");
  const { paths } = document.parse(JSON.parse(openApi));
  const operationOf = ({ method, url }: Request) => {
    const path = new URL(url).pathname.replace(/\/invoices\/\d+/, "/invoices/{invoiceId}");
    return { path, ...operation.parse(paths[path]?.[method.toLowerCase()]) };
  };

  describe("what is sent to ShipBob about stock and charges has only what its specification knows", () => {
    it("in paths, queries and headers", async () => {
      const requests = await sent();
      const faults = requests.flatMap((request) => {
        const { path, parameters = [] } = operationOf(request);
        const isKnown = (name: string) => parameters.some((one) => one.name === name && one.in === "query");
        const strange = [...new URL(request.url).searchParams.keys()].filter((name) => !isKnown(name));
        return [...strange, ...(request.headers.has("shipbob_channel_id") ? ["shipbob_channel_id"] : [])].map(
          (name) => `${path}: ${name}`,
        );
      });
      expect(faults).toEqual([]);
      expect(requests).toHaveLength(7);
    });

    it("in the bodies that ask for transactions", async () => {
      const posts = (await sent()).filter(({ method }) => method === "POST");
      for (const request of posts) {
        const ref = operationOf(request).requestBody?.content["application/json"]?.schema.$ref ?? "";
        expect(ref).not.toBe("");
        expect(complaintsOf(openApi, ref.split("/").at(-1) ?? "", await request.json())).toEqual([]);
      }
      expect(posts).toHaveLength(3);
    });
  });
}

describe("the further pages of transactions", () => {
  it("are asked for by the cursor in the query, as the body is ignored then", async () => {
    const posts = (await sent()).filter(({ method }) => method === "POST").map(({ url }) => new URL(url).search);
    expect(posts).toEqual(["", "?Cursor=c2", ""]);
  });
});
