import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shipmentRequest } from "../../src/mappings/fedex.ts";
import { inGermany, lineOf, optionsOf, orderOf, shipTo } from "../mappings/fedex-order.ts";
import { complaintsOf } from "./openapi.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "fedex-ship-v1.openapi.json");

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  const complaints = (body: unknown) => complaintsOf(readFileSync(file, "utf8"), "Full_Schema_Ship", body);
  const dimensions = { length: 30, width: 22, height: 12, unit: "cm" } as const;
  const customs = { countryOfOrigin: "DE", commodityCode: "85182200" };

  describe("the create call fits FedEx's specification", () => {
    it("for a domestic shipment of several packages", () => {
      const lines = [lineOf({ dimensions }), lineOf({ quantity: 1 })];
      const to = { ...shipTo, company: "Lopez Inc", email: "ana@lopez.example", phone: "5125550123 x7" };
      const options = optionsOf({
        packing: "unit",
        residential: "always",
        label: { imageType: "ZPLII", stockType: "STOCK_4X6" },
      });
      const { body } = shipmentRequest(...orderOf(lines, to, { invoice: "CIV-1" }), options);
      // Its own text limits the member to international shipments (2.2).
      expect(complaints(body)).toEqual([".requestedShipment.totalWeight is missing"]);
    });

    it.each([
      ["Germany", inGermany],
      ["Canada", { ...shipTo, state: "ON", postalCode: "M5H 2M5", country: "CA" }],
    ])("for a shipment to %s", (_, to) => {
      const options = optionsOf({ termsOfSale: "DDP", exportComplianceStatement: "NO EEI 30.37(a)" });
      const { body } = shipmentRequest(
        ...orderOf([lineOf({ customs, dimensions })], to, { invoice: "CIV-1" }),
        options,
      );
      // Its text says that a commodity's weight has the package's unit, and its samples do that (2.6).
      const path = ".requestedShipment.customsClearanceDetail.commodities[].weight.units";
      expect(complaints(body)).toEqual([`${path} LB is none of KG`]);
    });

    it("and what does not is found", () => {
      const { body } = shipmentRequest(...orderOf([lineOf()]), optionsOf());
      const { shipper: _, ...shipment } = body.requestedShipment;
      const wrong = {
        ...body,
        requestedShipment: { ...shipment, pickupType: "NEVER", shipDate: "2026-11-23", serviceType: 1 },
      };
      expect(complaints(wrong)).toEqual([
        ".requestedShipment.shipper is missing",
        ".requestedShipment.totalWeight is missing",
        ".requestedShipment.serviceType is no string",
        ".requestedShipment.pickupType NEVER is none of CONTACT_FEDEX_TO_SCHEDULE, DROPOFF_AT_FEDEX_LOCATION, USE_SCHEDULED_PICKUP",
        ".requestedShipment.shipDate is unknown",
      ]);
    });
  });
} else {
  describe("FedEx's specification", () => {
    it("is not beside the repository, so nothing is compared with it", () => expect(existsSync(file)).toBe(false));
  });
}
