import { describe, expect, it } from "vitest";
import { createReplySchema, trackReplySchema } from "../../src/connectors/fedex/schema.ts";
import type { Address } from "../../src/core/model.ts";
import { bought } from "../../src/mappings/fedex/reply.ts";
import { trackingOf } from "../../src/mappings/fedex/tracking.ts";
import { type ShipmentOptions, shipmentRequest } from "../../src/mappings/fedex.ts";
import { fedEx } from "../sandbox/fedex-fixture.ts";
import { inGermany, lineOf, optionsOf, orderOf, shipTo } from "./fedex-order.ts";

const customs = { countryOfOrigin: "DE", commodityCode: "85182200" };
const lines = [lineOf({ customs }), lineOf({ customs, sku: "T0001", quantity: 1 })];

/** What the simulated FedEx, written from the sheet alone, sells for an order. */
async function buy(to: Address, change: Partial<ShipmentOptions> = {}) {
  const world = await fedEx();
  const { body } = shipmentRequest(...orderOf(lines, to), optionsOf(change));
  const answer = await world.create(body);
  return { world, errors: answer.body.errors, found: bought(createReplySchema.parse(answer.body)) };
}

const abroad = { serviceType: "FEDEX_INTERNATIONAL_PRIORITY", termsOfSale: "DAP" };

describe("the simulated FedEx sells what the mapping asks for", () => {
  it.each<[string, Address, Partial<ShipmentOptions>, number]>([
    ["in the US", shipTo, {}, 1],
    ["by the unit", shipTo, { packing: "unit" }, 3],
    ["to Germany", inGermany, abroad, 1],
    ["to Canada", { ...shipTo, state: "Ontario", postalCode: "M5H 2M5", country: "CA" }, { packing: "line" }, 2],
    ["to Puerto Rico", { ...shipTo, state: "", postalCode: "00901", country: "PR" }, abroad, 1],
  ])("%s", async (_, to, change, pieces) => {
    const { errors, found } = await buy(to, change);
    expect(errors).toBeUndefined();
    expect(found?.pieces.map(({ sequence, documents }) => [sequence, documents.length])).toEqual(
      Array.from({ length: pieces }, (_value, index) => [index + 1, 1]),
    );
    expect(found?.charge?.currency).toBe("USD");
    expect(found?.pieces[0]?.trackingNumber).toBe(found?.master);
  });
});

describe("the simulated FedEx's scans", () => {
  async function parcel() {
    const { world, found } = await buy(shipTo);
    const number = found?.master ?? "";
    const tracked = async () => {
      const [result] = trackReplySchema.parse((await world.track([number])).body).output?.completeTrackResults ?? [];
      return result && trackingOf(result, { shippedOn: "2026-11-23", reference: "usmf-SO-100482" });
    };
    return { world, number, tracked };
  }

  it("lead from an unknown number to a delivery, each scan once", async () => {
    const { world, number, tracked } = await parcel();
    expect(await tracked()).toMatchObject({ notFound: true });
    for (let stage = 0; stage < 4; stage += 1) {
      world.sandbox.advance(number);
      world.clock.pass(600);
    }
    const found = await tracked();
    expect(found).toMatchObject({ status: "delivered", isReturned: false });
    expect(found?.deliveredAt).toBe(found?.scans.at(-1)?.at);
    expect(new Set(found?.scans.map(({ id }) => id)).size).toBe(found?.scans.length);
  });

  it("of a parcel that went back are no delivery", async () => {
    const { world, number, tracked } = await parcel();
    for (const code of ["PU", "DE", "RS", "DL"]) world.sandbox.scan(number, code);
    expect(await tracked()).toMatchObject({ status: "returned", isReturned: true });
  });

  it("of a stranger's parcel with the same number are not ours", async () => {
    const { world, number, tracked } = await parcel();
    world.sandbox.duplicate(number, { codes: ["OC", "PU", "DL"] });
    world.sandbox.scan(number, "PU");
    expect(await tracked()).toMatchObject({ status: "picked up" });
  });
});
