import { afterEach, describe, expect, it } from "vitest";
import { openShipping, type Shipping } from "./shipping.ts";

const day = 24 * 3_600_000;
let world: Shipping;
const open = async (...options: Parameters<typeof openShipping>) => {
  world = await openShipping(...options);
  return world;
};
afterEach(() => world.close());

const text = (maxLength = 60) => ({ type: "Edm.String", maxLength });
const customFields = {
  CustTrackingNumber: text(200),
  CustTrackingUrl: text(1000),
  CustCarrier: text(),
  CustService: text(),
  CustShipDate: { type: "Edm.DateTimeOffset", dateOnly: true },
  CustCost: { type: "Edm.Decimal" },
  CustCurrency: text(3),
  CustPackages: { type: "Edm.Int32" },
  CustDelivery: text(),
};
const map = {
  trackingNumber: "CustTrackingNumber",
  trackingUrl: "CustTrackingUrl",
  carrier: "CustCarrier",
  service: "CustService",
  shipDate: "CustShipDate",
  shippingCost: "CustCost",
  currency: "CustCurrency",
  packages: "CustPackages",
  deliveryStatus: "CustDelivery",
};
const mapped = { customFields, pair: { writeBack: { headerFields: { map } } } };

describe("header fields", () => {
  it("hold what the shipment says, lose it with a void, and take the new label", async () => {
    const { send, sync, shipstation, header } = await open(mapped);
    await send("SO-1");
    const { shipmentId } = shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"], cost: 12.3 });
    await sync("shipments");
    expect(header("SO-1")).toMatchObject({
      CustTrackingNumber: "1Z1",
      CustTrackingUrl: "https://www.ups.com/track?tracknum=1Z1",
      CustCarrier: "UPS",
      CustService: "ups_ground",
      CustShipDate: "2026-11-21T12:00:00Z",
      CustCost: 12.3,
      CustCurrency: "USD",
      CustPackages: 1,
    });
    shipstation.void(shipmentId);
    await sync("shipments");
    expect(header("SO-1")).toMatchObject({
      CustTrackingNumber: "",
      CustCost: 0,
      CustPackages: 0,
      CustShipDate: "1900-01-01T12:00:00Z",
    });
    shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z2"], cost: 9 });
    await sync("shipments");
    expect(header("SO-1")).toMatchObject({ CustTrackingNumber: "1Z2", CustCost: 9, CustPackages: 1 });
  });

  it.each([
    ["join", "1Z1, 1Z2, 1Z3", 20],
    ["first", "1Z1", 10],
  ])("of several packages and labels: %s", async (multiPackage, number, cost) => {
    const { send, sync, shipstation, header } = await open({
      customFields,
      pair: { writeBack: { headerFields: { map, multiPackage } } },
    });
    await send("SO-1");
    shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1", "1Z2"], cost: 10, items: [{ sku: "A-1", quantity: 1 }] });
    await sync("shipments");
    shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z3"], cost: 10 });
    await sync("shipments");
    expect(header("SO-1")).toMatchObject({ CustTrackingNumber: number, CustCost: cost });
  });

  it("of a label bought before the first was voided end as the new one", async () => {
    const { send, sync, shipstation, header, notes } = await open(mapped);
    await send("SO-1");
    const { shipmentId } = shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"], cost: 10 });
    await sync("shipments");
    shipstation.reprint(shipmentId, { trackingNumbers: ["1Z2"], cost: 11 });
    shipstation.void(shipmentId);
    await sync("shipments");
    expect(header("SO-1")).toMatchObject({ CustTrackingNumber: "1Z2", CustCost: 11 });
    expect(notes("SO-1")).toHaveLength(3);
  });

  it("stay as they are on a void that was seen before anything was written", async () => {
    const { send, sync, shipstation, fno } = await open(mapped);
    await send("SO-1");
    shipstation.void(shipstation.print("usmf-SO-1").shipmentId);
    expect(await sync("shipments")).toMatchObject({ created: 0, skipped: 1 });
    expect(fno.ledger).toEqual([]);
  });
});

describe("tracking rows", () => {
  it("are one a package, leave with the void and are made anew for the next label", async () => {
    const { send, sync, shipstation, fno, slips, clock } = await open();
    await send("SO-1");
    const { shipmentId } = shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1", "1Z2"] });
    await sync("shipments");
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    clock.advance(day);
    await sync("shipments");
    expect(slips("SO-1")).toEqual(["PS-1 1Z1", "PS-1 1Z2"]);
    shipstation.void(shipmentId);
    shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z3"] });
    await sync("shipments");
    expect(slips("SO-1")).toEqual(["PS-1 1Z3"]);
  });

  it.each([
    ["auto", [], 0, 1],
    ["auto", ["PackingSlipTrackingInformation"], 0, 0],
    ["auto", ["CustPackingSlipJourBiEntities"], 0, 0],
    [true, ["PackingSlipTrackingInformation"], 1, 0],
    [false, [], 0, 0],
  ] as const)(
    "set to %s where %j is absent: %i wait, %i rows",
    async (packingSlipTracking, absentSets, waiting, rows) => {
      const { send, sync, shipstation, fno, slips } = await open({ pair: { writeBack: { packingSlipTracking } } });
      fno.switches.absentSets = absentSets;
      await send("SO-1");
      shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
      fno.postPackingSlip("usmf", "SO-1", "PS-1");
      expect(await sync("shipments")).toMatchObject({ created: 1, waiting });
      expect(slips("SO-1")).toHaveLength(rows);
    },
  );
});

describe("each target by itself", () => {
  const pair = {
    writeBack: {
      headerFields: { map: { trackingNumber: "CustTrackingNumber" } },
      confirmedShipDate: true,
      standardCarrier: { ups: { carrier: "UPS", service: "GROUND" } },
    },
  };

  it.each([1, 2, 3, 4, 5])(
    "the one that was refused (%i of the first) is all that a replay sends again",
    async (times) => {
      const { send, sync, shipstation, fno, header, notes, slips, open: openMlc } = await open({ customFields, pair });
      await send("SO-1");
      shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
      fno.postPackingSlip("usmf", "SO-1", "PS-1");
      fno.refuse("usmf", "SO-1", ["Error: The period is closed."], times);
      expect(await sync("shipments")).toMatchObject({ deadLettered: 1 });
      expect(fno.ledger).toHaveLength(5 - times);
      const { shipmentId } = shipstation.shipments[0] ?? {};
      await (await openMlc()).replay({ id: `se-${shipmentId}` });
      expect(fno.ledger).toHaveLength(5);
      expect(await sync("shipments")).toMatchObject({ deadLettered: 0, updated: 0 });
      expect(fno.ledger).toHaveLength(5);
      expect(header("SO-1")).toMatchObject({
        CustTrackingNumber: "1Z1",
        ShippingCarrierId: "UPS",
        ConfirmedShippingDate: "2026-11-21T12:00:00Z",
      });
      expect([notes("SO-1").length, slips("SO-1")]).toEqual([1, ["PS-1 1Z1"]]);
    },
  );

  it("a target that is refused for good leaves the note alone", async () => {
    const { send, sync, shipstation, fno, notes, slips, open: openMlc } = await open();
    await send("SO-1");
    shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1"] });
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    fno.switches.trackingInsertable = false;
    expect(await sync("shipments")).toMatchObject({ deadLettered: 1 });
    fno.switches.trackingInsertable = true;
    expect(await sync("shipments")).toMatchObject({ deadLettered: 0, created: 0 });
    await (await openMlc()).replay({});
    expect([notes("SO-1").length, slips("SO-1")]).toEqual([1, ["PS-1 1Z1"]]);
  });

  it("an unknown carrier keeps none of the others from being written, and is told once", async () => {
    const { send, sync, shipstation, fno, notes, audit } = await open({ customFields, pair });
    await send("SO-1");
    shipstation.print("usmf-SO-1", { carrierCode: "dhl_express_worldwide", serviceCode: "dhl_air" });
    expect(await sync("shipments")).toMatchObject({ created: 1, deadLettered: 0 });
    await sync("shipments");
    expect(notes("SO-1")[0]).toContain("Carrier: dhl_express_worldwide");
    expect(fno.ledger).toHaveLength(3);
    expect((await audit()).filter((line) => line.includes("no row for dhl_express_worldwide/dhl_air"))).toHaveLength(1);
  });
});

it("a note alone holds all of a shipment in a stock environment", async () => {
  const { send, sync, shipstation, notes } = await open();
  await send("SO-1", "SO-2");
  shipstation.print("usmf-SO-1", { trackingNumbers: ["1Z1", "1Z2"], cost: 12.3, serviceCode: "ups_ground" });
  shipstation.markShipped("usmf-SO-2", { carrierName: "FedEx", trackingNumber: "7946" });
  await sync("shipments");
  expect(notes("SO-1")[0]?.split("\n")).toEqual([
    "Shipment: se-700001",
    "Tracking number: 1Z1",
    "Tracking URL: https://www.ups.com/track?tracknum=1Z1",
    "Tracking number: 1Z2",
    "Tracking URL: https://www.ups.com/track?tracknum=1Z2",
    "Carrier: UPS",
    "Service: ups_ground",
    "Ship date: 2026-11-21",
    "Packages: 2",
    "Cost: 12.3 USD",
  ]);
  expect(notes("SO-2")[0]).toContain("Tracking URL: https://www.fedex.com/fedextrack/?trknbr=7946");
});
