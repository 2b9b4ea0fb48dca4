import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { account } from "../sandbox/shipbob-fixture.ts";
import { complaintsOf } from "./openapi.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipbob-2026-01.openapi.json");

/** An account with something of everything. */
async function used() {
  const world = account({ switches: { hasTracking: "works" } });
  const { desk } = world.sandbox;
  desk.addProduct({ sku: "A", stock: { 8: 100, 20: 100 }, upc: "012345678905", barcodes: [{ value: "1" }] });
  const [part] = world.sandbox.products;
  desk.addProduct({ sku: "SET", bundle_definition: [{ variant_id: part?.variants[0]?.id ?? 0, quantity: 2 }] });
  const lines = (sku: string) => [{ reference_id: sku, name: sku, quantity: 6, unit_price: 1.5, external_line_id: 1 }];
  const tags = [{ name: "erp", value: "fno" }];
  await world.create({ products: lines("A"), tags, financials: { total_price: 9 }, gift_message: "Hi" });
  await world.create({ reference_id: "SO-2", products: lines("SET") });
  await world.create({ reference_id: "SO-3", products: lines("UNKNOWN") });
  const second = desk.split("SO-1", [{ sku: "A", quantity: 1 }]);
  desk.hold(second.id, "InvalidAddress", ["No such street."]);
  desk.ship("SO-2");
  desk.transit("SO-2");
  desk.deliver("SO-2");
  world.clock.pass(86_400);
  desk.invoice("SO-2", 7.42);
  desk.charge("SO-2", { fee: "Credit", amount: -1, taxRate: 8 });
  const invoice = desk.closeInvoice();
  world.clock.pass(7 * 3600);
  await world.post("/webhook", { topics: ["order.shipped"], url: "https://a.example" });
  const shipped = world.sandbox.shipments.find(({ referenceId }) => referenceId === "SO-2");
  const ids = {
    order: String(shipped?.orderId),
    shipment: String(shipped?.id),
    number: shipped?.tracking?.number ?? "",
    product: String(world.sandbox.products[1]?.id),
    invoice: String(invoice.id),
  };
  return { ...world, ids };
}

/** Without members that are null: the specification has no null for objects, which the sheet has (5.4). */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  const complaints = (name: string, body: unknown) =>
    complaintsOf(readFileSync(file, "utf8"), name, withoutNulls(body));

  describe("the simulated ShipBob answers as its specification says", () => {
    it.each([
      ["/order", "Orders.OrderViewModelArray"],
      ["/order/:order", "Orders.OrderViewModel"],
      ["/order/:order/shipment", "Orders.Get.Api.Order.OrderId.Shipment.OK.OneOfArray"],
      ["/shipment/:shipment", "Orders.ShipmentViewModel"],
      ["/shipment/:shipment/timeline", "Orders.ShipmentLogViewModelArray"],
      ["/shipments-tracking?ShipmentIds=:shipment", "Tracking.ShipmentTrackingResponseArray"],
      ["/tracking?TrackingIds=:number", "Tracking.PlatformShipmentTrackingResponseArray"],
      ["/channel", "Channels.ChannelsV2ViewModel"],
      ["/shipping-method", "Orders.ShipMethodDetailViewModelArray"],
      ["/location", "Locations.Get.1.0.Location.OK.OneOfArray"],
      ["/fulfillment-center", "Receiving.FulfillmentCenterViewModelArray"],
      ["/product", "Products.ProductViewModelV5PagedResponse"],
      ["/product/:product", "Products.ProductViewModelV5"],
      ["/product/:product/variants", "Products.VariantViewModelV5Array"],
      ["/packaging-requirement", "Products.PackagingRequirementViewModelArray"],
      ["/inventory", "Inventory.InventoryResponsePagedResponse"],
      ["/inventory-level", "Inventory.InventoryQuantityResponsePagedResponse"],
      ["/inventory-level/locations", "Inventory.InventoryQuantityFcResponsePagedResponse"],
      ["/invoices", "Billing.InvoiceDtoCursorPagedResponseV3"],
      ["/invoices/:invoice/transactions", "Billing.TransactionDtoCursorPagedResponseV3"],
      ["/transaction-fees", "Billing.TransactionFeeModelV3"],
      ["/webhook", "Webhooks.GetWebhookResponse"],
    ])("to GET %s", async (path, name) => {
      const { call, ids } = await used();
      const filled = Object.entries(ids).reduce((text, [key, value]) => text.replace(`:${key}`, value), path);
      const answer = await call("GET", `/2026-01${filled}`);
      expect(answer.status).toBe(200);
      const body = await answer.json();
      const rows = Array.isArray(body) ? body : Object.values(body ?? {}).find(Array.isArray);
      expect(rows).not.toEqual([]);
      expect(complaints(name, body)).toEqual([]);
    });

    it.each([
      ["/order/:order:cancel", {}, "Orders.CanceledOrderViewModel"],
      ["/transactions:query", {}, "Billing.TransactionDtoCursorPagedResponseV3"],
      ["/webhook", { topics: ["order.shipped"], url: "https://b.example" }, "Webhooks.V2.Create.WebhookViewModelV2"],
      [
        "/shipment:batchUpdateTrackingUpload",
        { is_tracking_uploaded: true, shipment_ids: [1] },
        "Orders.BulkUpdateResponseModel",
      ],
      ["/shipment:batchCancel", { shipment_ids: [1] }, "Orders.CanceledShipmentsViewModel"],
      ["/product", { name: "N", variants: [{ sku: "N", customs: { value: 4 } }] }, "Products.ProductViewModelV5"],
    ])("to POST %s", async (path, given, name) => {
      const { post, ids } = await used();
      const answer = await post(path.replace(":order", ids.order), given);
      expect(answer.ok).toBe(true);
      expect(complaints(name, await answer.json())).toEqual([]);
    });

    it("and what does not fit is found", async () => {
      const { get } = await used();
      const [first] = z.array(z.record(z.string(), z.unknown())).parse(await get("/order"));
      const wrong = [{ ...first, status: "Sent", zone: 1, recipient: { name: 1 } }];
      expect(complaints("Orders.OrderViewModelArray", wrong)).toEqual([
        "[].status Sent is none of Processing, Exception, PartiallyFulfilled, Fulfilled, Cancelled, ImportReview",
        "[].recipient.address is missing",
        "[].recipient.name is no string",
        "[].zone is unknown",
      ]);
    });
  });
} else {
  describe("ShipBob's specification", () => {
    it("is not beside the repository, so nothing is compared with it", () => expect(existsSync(file)).toBe(false));
  });
}
