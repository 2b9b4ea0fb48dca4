import { afterEach, describe, expect, it } from "vitest";
import type { Named } from "../../src/core/ports.ts";
import { type Labels, openLabels } from "./labels.ts";
import { openShipBobWorld } from "./shipbob-world.ts";
import { openShipping, type Shipping } from "./shipping.ts";

let world: { close(): void } | undefined;
afterEach(() => world?.close());

const toldOf = (query: string) => [`https://ssapi.test/shipments?${query}&includeShipmentItems=False`];

describe("ShipStation", () => {
  async function open(...options: Parameters<typeof openShipping>): Promise<Shipping> {
    const own = await openShipping(...options);
    world = own;
    await own.send("SO-1", "SO-2");
    await own.sync("shipments");
    own.urls.length = 0;
    return own;
  }

  it("a call brings the labels of its list and reads no window", async () => {
    const { shipstation, sync, notes, urls } = await open();
    const { orderId } = shipstation.print("usmf-SO-1");
    shipstation.print("usmf-SO-2");
    const told = toldOf(`orderId=${orderId}`);
    expect(await sync("shipments", { told })).toMatchObject({ created: 1, narrow: true });
    expect([notes("SO-1").length, notes("SO-2").length]).toEqual([1, 0]);
    expect(urls.filter((url) => /createDateStart|voidDateStart|modifyDateStart/.test(url))).toEqual([]);
    expect(await sync("shipments", { told })).toMatchObject({ created: 0, updated: 0 });
    expect(await sync("shipments")).toMatchObject({ created: 1 });
    expect([notes("SO-1").length, notes("SO-2").length]).toEqual([1, 1]);
  });

  it.each([[true], [false]])("a call about a store that is not read does nothing (V2 is read: %s)", async (hasV2) => {
    const { shipstation, sync, fno, open: openMlc, clock } = await open({ hasV2 });
    const mlc = await openMlc();
    const stores = [...new Set(shipstation.orders.map(({ advancedOptions }) => advancedOptions.storeId))];
    await mlc.settings.save({ ...mlc.config, shipstation: { ...(mlc.config.shipstation as object), stores } });
    const other = shipstation.addOrder({ orderKey: "usmf-SO-2", orderNumber: "SO-2" }, 999_001);
    const label = shipstation.print(other.orderId);
    const marked = shipstation.markShipped(shipstation.addOrder({ orderKey: "usmf-SO-1-x" }, 999_001).orderId, {});
    clock.advance(60_000);
    const before = fno.ledger.length;
    const told = [
      ...toldOf(`orderId=${label.orderId}`),
      `https://ssapi.test/fulfillments?fulfillmentId=${marked.fulfillmentId}`,
    ];
    const done = await sync("shipments", { told, keepState: true });
    expect(done).toMatchObject({ created: 0, waiting: 0, deadLettered: 0, notOurs: 0, narrow: true });
    expect(fno.ledger.length).toBe(before);
    const polled = await sync("shipments", { keepState: true });
    expect(polled).toMatchObject({ created: 0, waiting: 0, deadLettered: 0 });
  });

  it("a list that ShipStation refuses, and one that no flow knows, leave it to the windows", async () => {
    const { shipstation, sync, notes } = await open();
    shipstation.print("usmf-SO-1");
    const refused = await sync("shipments", { told: toldOf("orderId=none") });
    const unknown = await sync("shipments", { told: ["https://ssapi.test/stores?batch=1"] });
    expect([refused?.error, unknown?.narrow]).toEqual([undefined, undefined]);
    expect(notes("SO-1")).toHaveLength(1);
  });
});

describe("FedEx", () => {
  const parcel = (id: string): Named => ({ kind: "trackingNumber", id });

  /** Two orders whose labels are known to the shipments flow. */
  async function open(): Promise<Labels & { numbers: string[] }> {
    const own = await openLabels({ writeBack: { packingSlipTracking: false } });
    world = own;
    for (const number of ["SO-1", "SO-2"]) own.addOrder(number);
    await own.sync("orders");
    await own.sync("shipments");
    return { ...own, numbers: own.fedex.shipments.map(({ masterTrackingNumber }) => masterTrackingNumber) };
  }

  it("a push asks for its own parcel only, and brings what is new of it once", async () => {
    const { fedex, numbers, sync, notes } = await open();
    const [one = "", two = ""] = numbers;
    for (const number of numbers) fedex.deliver(number);
    const before = [notes("SO-1").length, notes("SO-2").length];
    const done = await sync("shipments", { named: [parcel(one), parcel(one)], ignoreSchedule: true });
    expect(done).toMatchObject({ narrow: true, updated: 1 });
    expect([notes("SO-1").length, notes("SO-2").length]).toEqual([(before[0] ?? 0) + 1, before[1]]);
    expect(await sync("shipments", { named: [parcel(one)] })).toMatchObject({ updated: 0 });
    expect(await sync("shipments", { named: [parcel(two)] })).toMatchObject({ updated: 1 });
  });

  it("a push that is late, after a newer one, takes nothing back", async () => {
    const { fedex, numbers, sync, notes, fno } = await open();
    const [one = ""] = numbers;
    fedex.advance(one);
    fedex.deliver(one);
    await sync("shipments", { named: [parcel(one)] });
    const [ledger, told] = [fno.ledger.length, notes("SO-1")];
    expect(told.at(-1)).toMatch(/deliver/i);
    await sync("shipments", { named: [parcel(one)] });
    expect([fno.ledger.length, notes("SO-1")]).toEqual([ledger, told]);
  });

  it("somebody else's parcel is not asked for", async () => {
    const { fedex, numbers, sync } = await open();
    // What waits is tried on the way, and then not for a while.
    await sync("shipments", { named: numbers.map(parcel) });
    fedex.requests.length = 0;
    expect(await sync("shipments", { named: [parcel("794600009999")] })).toMatchObject({ narrow: true, unchanged: 0 });
    expect(fedex.requests).toEqual([]);
  });
});

describe("ShipBob", () => {
  it("a call brings its order, by its own id or by its shipment's, and none of another channel", async () => {
    const map = { trackingNumber: "CustTracking", shippingCost: "CustCost", deliveryStatus: "CustDelivery" };
    const own = await openShipBobWorld({ pair: { writeBack: { headerFields: { map }, packingSlipTracking: false } } });
    world = own;
    for (const number of ["SO-1", "SO-2", "SO-3"]) own.addOrder(number);
    await own.sync();
    await own.sync({ flows: ["shipments"] });
    const shipments = ["SO-1", "SO-2", "SO-3"].map((number) => own.desk.ship(`usmf-${number}`));
    const [order] = own.shipbob.orders;
    own.shipbob.requests.length = 0;
    const named: Named[] = [
      { kind: "orderId", id: String(order?.id) },
      { kind: "shipmentId", id: String(shipments[0]?.id) },
      { kind: "shipmentId", id: String(shipments[1]?.id) },
      { kind: "shipmentId", id: "999999999" },
      { kind: "orderId", id: "999999999" },
    ];
    expect(await own.sync({ flows: ["shipments"], named })).toMatchObject({ narrow: true, deadLettered: 0 });
    const status = (number: string) => own.fields(number)[2];
    expect(["SO-1", "SO-2", "SO-3"].map(status)).toEqual(["label created", "label created", undefined]);
    expect(own.shipbob.requests.filter((request) => request.endsWith(`/shipment/${shipments[0]?.id}`))).toEqual([]);
    const ledger = own.fno.ledger.length;
    await own.sync({ flows: ["shipments"], named });
    expect(own.fno.ledger.length).toBe(ledger);
  });
});
