import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ShipBobOrders } from "../../src/connectors/shipbob/orders/calls.ts";
import { ShipBobShipments } from "../../src/connectors/shipbob/shipments/calls.ts";
import { type OrderOptions, orderBody } from "../../src/mappings/shipbob/order.ts";
import { callsTo, pagesOf } from "../connectors/shipbob-kit.ts";
import { json } from "../core/http/kit.ts";
import { lineOf, orderOf, shipTo } from "../mappings/fedex-order.ts";
import { methods, optionsOf } from "../mappings/shipbob-order.ts";
import { complaintsOf } from "./openapi.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipbob-2026-01.openapi.json");

const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional() });
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ parameters: z.array(parameter).optional() }))),
});

/** Every call of orders, each once. */
async function sent(options: Partial<OrderOptions> = {}) {
  const row = { id: 501, reference_id: "usmf-SO-1", status: "Success" };
  const { calls, requests } = callsTo([
    ({ method, url }) => json(method === "GET" && !/order\/5/.test(url) ? [row] : row)(new Request(url), 0),
  ]);
  const orders = new ShipBobOrders(calls);
  const to = { ...shipTo, company: "Lopez Design", email: "ana@lopez.example" };
  const [order, part] = orderOf([lineOf({ lineNumber: 1 })], to, { purchaseOrder: "PO 7781" });
  const all = optionsOf({ fulfillmentCenters: { "7": "24" }, ...options });
  await orders.create(orderBody(order, part, { reference: "usmf-SO-1", methods }, all));
  await orders.byReferences(["usmf-SO-1", "usmf-SO-2"]);
  await orders.get(501);
  await orders.cancel(501, "usmf-SO-1");
  const shipments = new ShipBobShipments(calls);
  await pagesOf(
    shipments.ordersUpdated({ since: new Date("2026-11-21T11:00:00Z"), until: new Date("2026-11-21T12:00:00Z") }),
  );
  return requests;
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  const openApi = readFileSync(file, "utf8");

  describe("what is sent to ShipBob for orders has only what its specification knows", () => {
    it("in paths, queries and headers", async () => {
      const { paths } = document.parse(JSON.parse(openApi));
      const faults = (await sent()).flatMap(({ method, url, headers }) => {
        const { pathname, searchParams } = new URL(url);
        const path = pathname.replace(/\/\d+(?=$|:)/, "/{orderId}");
        const operation = paths[path]?.[method.toLowerCase()];
        if (!operation) return [`${method} ${path}: unknown`];
        const known = (operation.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name);
        const strange = [...searchParams.keys()].filter((name) => !known.includes(name));
        const wanted = (operation.parameters ?? []).filter((one) => one.in === "header" && one.required);
        const missing = wanted.filter(({ name }) => !headers.has(name));
        return [...strange, ...missing.map(({ name }) => name)].map((name) => `${method} ${path}: ${name}`);
      });
      expect(faults).toEqual([]);
    });

    it.each(["DTC", "DropShip", "B2B"] as const)("in the body of an order of type %s", async (orderType) => {
      const [create] = await sent({ orderType });
      const complaints = complaintsOf(openApi, "Orders.CreateOrderModel", await create?.json());
      // It wants these two under other names than those that it lists (5.1).
      const known = [
        ".retailer_program_data.purchaseOrderNumber is missing",
        ".retailer_program_data.retailerProgramType is missing",
      ];
      expect(complaints.filter((complaint) => !known.includes(complaint))).toEqual([]);
    });

    it("and what it does not know is found", async () => {
      const [create] = await sent();
      const body = z
        .looseObject({ recipient: z.looseObject({}), products: z.array(z.looseObject({})) })
        .parse(await create?.json());
      const [line] = body.products;
      const { quantity: _, ...rest } = line ?? {};
      const wrong = {
        ...body,
        type: "Retail",
        products: [{ ...rest, amount: 1 }],
        recipient: { ...body.recipient, fax: "1" },
      };
      expect(complaintsOf(openApi, "Orders.CreateOrderModel", wrong).sort()).toEqual(
        [
          ".type Retail is none of DTC, DropShip, B2B",
          ".recipient.fax is unknown",
          ".products[].quantity is missing",
          ".products[].amount is unknown",
        ].sort(),
      );
    });
  });
} else {
  describe("ShipBob's specification", () => {
    it("is not beside the repository, so nothing is compared with it", () => expect(existsSync(file)).toBe(false));
  });
}
