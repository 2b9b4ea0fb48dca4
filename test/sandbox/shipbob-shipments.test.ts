import { describe, expect, it } from "vitest";
import { z } from "zod";
import { account } from "./shipbob-fixture.ts";

async function shipping(options: Parameters<typeof account>[0] = {}) {
  const world = account(options);
  world.sandbox.desk.addProduct({ sku: "D0001", name: "Mid-range speaker", stock: { 8: 100, 20: 10 } });
  await world.create({ products: [{ reference_id: "D0001", name: "Mid-range speaker", quantity: 5 }] });
  const { id = 0, orderId = 0 } = world.sandbox.shipments[0] ?? {};
  const shipment = () => world.get(`/shipment/${id}`);
  return { ...world, id, orderId, shipment };
}

describe("a shipment", () => {
  it("gets its number with the label and leaves when it is completed", async () => {
    const { sandbox, shipment, orderId, get } = await shipping();
    expect(await shipment()).toMatchObject({ status: "Processing", tracking: null, actual_fulfillment_date: null });
    sandbox.desk.pick("SO-1");
    expect(await shipment()).toMatchObject({ status_details: [{ id: 100, name: "Picked" }] });
    sandbox.desk.pack("SO-1");
    sandbox.desk.label("SO-1", { carrier: "UPS", service: "Ground", trackingNumber: "1Z1" });
    expect(await shipment()).toMatchObject({
      status: "LabeledCreated",
      tracking: { carrier: "UPS", carrier_service: "Ground", tracking_number: "1Z1" },
      invoice_amount: null,
    });
    expect(await get(`/order/${orderId}`)).toMatchObject({ status: "Processing" });
    sandbox.desk.complete("SO-1");
    expect(await get(`/order/${orderId}/shipment`)).toMatchObject([
      { status: "Completed", status_details: [{ id: 200, name: "Processing" }] },
    ]);
    sandbox.desk.deliver("SO-1");
    expect(await shipment()).toMatchObject({ status: "Completed", status_details: [{ id: 203, name: "Delivered" }] });
  });

  it("shows another number of the same shipment after its label was made anew", async () => {
    const { sandbox, id, shipment } = await shipping();
    sandbox.desk.ship("SO-1");
    const first = sandbox.shipments[0]?.tracking?.number;
    expect(sandbox.desk.relabel("SO-1").tracking?.number).not.toBe(first);
    expect(await shipment()).toMatchObject({ id, status: "Completed" });
  });

  it("has no number while its label is void", async () => {
    const { sandbox, shipment } = await shipping();
    sandbox.desk.label("SO-1");
    const first = sandbox.shipments[0]?.tracking?.number;
    sandbox.desk.voidLabel("SO-1");
    expect(await shipment()).toMatchObject({ status: "Processing", tracking: null });
    expect(sandbox.desk.label("SO-1").tracking?.number).not.toBe(first);
  });

  it("is split in two with goods of their own, so that its order is fulfilled in part", async () => {
    const { sandbox, orderId, get, id } = await shipping();
    const second = sandbox.desk.split("SO-1", [{ sku: "D0001", quantity: 2 }], 20);
    sandbox.desk.ship(second.id);
    expect(await get(`/order/${orderId}`)).toMatchObject({
      status: "PartiallyFulfilled",
      shipments: [
        { id, location: { id: 8 }, products: [{ inventory_items: [{ quantity: 3 }] }] },
        { id: second.id, location: { id: 20 }, products: [{ inventory_items: [{ quantity: 2 }] }] },
      ],
    });
  });

  it("is held or an exception until someone resolves it", async () => {
    const { sandbox, shipment, orderId, get } = await shipping();
    sandbox.desk.hold("SO-1", "InvalidAddress", ["No such street."]);
    expect(await shipment()).toMatchObject({
      status: "OnHold",
      status_details: [
        { id: 401, name: "InvalidAddress", extra_information: { validation_messages: ["No such street."] } },
      ],
    });
    sandbox.desk.resolve("SO-1");
    sandbox.desk.exception("SO-1");
    expect(await get(`/order/${orderId}`)).toMatchObject({
      status: "Exception",
      shipments: [{ status: "Exception", status_details: [{ id: 303 }] }],
    });
    sandbox.desk.resolve("SO-1");
    expect(await shipment()).toMatchObject({ status: "Processing" });
    expect(() => sandbox.desk.resolve("SO-1")).toThrow(/is Processing/);
  });

  it("can have a status that is listed nowhere", async () => {
    const { sandbox, shipment } = await shipping();
    sandbox.desk.setStatus("SO-1", "Reserved", [{ id: 999, name: "SomethingNew" }]);
    expect(await shipment()).toMatchObject({ status: "Reserved", status_details: [{ id: 999, name: "SomethingNew" }] });
    sandbox.desk.setStatus("SO-1", "CleanSweeped");
    expect(await shipment()).toMatchObject({ status: "CleanSweeped", status_details: [] });
  });

  it("has a timeline, which may be absent while the logs are there", async () => {
    const { sandbox, id, orderId, get, call } = await shipping();
    sandbox.desk.ship("SO-1");
    const names = z.array(z.looseObject({ log_type_id: z.number() }));
    const events = names.parse(await get(`/shipment/${id}/timeline`)).map(({ log_type_id }) => log_type_id);
    expect(events).toEqual([601, 613, 602, 603, 604, 612]);
    sandbox.switches.timeline = "absent";
    expect((await call("GET", `/2026-01/order/${orderId}/shipment/${id}/timeline`)).status).toBe(404);
    expect((await call("GET", `/2026-01/shipment/${id}/logs`)).status).toBe(200);
  });

  it("is cancelled on its own until it is picked", async () => {
    const { sandbox, id, post } = await shipping();
    sandbox.desk.pick("SO-1");
    expect((await post(`/shipment/${id}:cancel`)).status).toBe(422);
    const many = await post("/shipment:batchCancel", { shipment_ids: [id, 1] });
    expect(await many.json()).toMatchObject({
      results: [
        { shipment_id: id, is_success: false },
        { shipment_id: 1, is_success: false, reason: "Shipment not found." },
      ],
    });
  });
});

describe("the flag of uploaded tracking", () => {
  it("answers 200 in camelCase with the failures inside", async () => {
    const { sandbox, id, post, shipment } = await shipping();
    sandbox.desk.ship("SO-1");
    const body = { is_tracking_uploaded: true, shipment_ids: [id, 7] };
    const answer = await post("/shipment:batchUpdateTrackingUpload", body);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        results: [
          { shipmentId: id, isSuccess: true, error: null },
          { shipmentId: 7, isSuccess: false, error: { code: "NOT_FOUND", message: "No shipment 7." } },
        ],
        summary: { total: 2, successful: 1, failed: 1 },
      },
    ]);
    expect(await shipment()).toMatchObject({ is_tracking_uploaded: true });
    const refused = await post("/shipment:batchUpdateTrackingUpload", { shipment_ids: "all" });
    expect([refused.status, typeof (await refused.json())]).toEqual([400, "string"]);
  });
});

describe("tracking", () => {
  it("takes 1 to 25 ids as a repeated parameter, never a list", async () => {
    const { sandbox, id, get, call } = await shipping();
    sandbox.desk.ship("SO-1", { trackingNumber: "92" });
    sandbox.desk.transit("SO-1");
    sandbox.desk.transit("SO-1", { status: "OutForDelivery" });
    expect(await get(`/shipments-tracking?ShipmentIds=${id}&ShipmentIds=1`)).toMatchObject([
      { shipment_id: id, carrier_tracking_number: "92", status: "OutForDelivery", history: [{}, {}, {}] },
    ]);
    const list = await call("GET", `/2026-01/shipments-tracking?ShipmentIds=${id},1`);
    expect([list.status, typeof (await list.json())]).toEqual([400, "string"]);
    const many = Array.from({ length: 26 }, () => `ShipmentIds=${id}`).join("&");
    expect((await call("GET", `/2026-01/shipments-tracking?${many}`)).status).toBe(400);
    expect((await call("GET", "/2026-01/shipments-tracking")).status).toBe(400);
    sandbox.desk.failDelivery("SO-1");
    expect(await get("/tracking?TrackingIds=92")).toMatchObject([{ status: "DeliveryException" }]);
  });

  it("wants a token of the day that knows the scope", async () => {
    const { call, sandbox } = account({ scopes: ["orders_read"] });
    expect((await call("GET", "/2026-01/shipments-tracking?ShipmentIds=1")).status).toBe(403);
    sandbox.grants.personal.set("pat", ["tracking_read"]);
    expect((await call("GET", "/2026-01/shipments-tracking?ShipmentIds=1")).status).toBe(200);
  });
});

describe("a person at the command line", () => {
  it("ships and delivers an order by its number", async () => {
    const { call, sandbox } = await shipping();
    const shipped = await call("POST", "/sandbox/ship/SO-1");
    expect(await shipped.text()).toBe(`${sandbox.shipments[0]?.tracking?.number}\n`);
    expect((await call("POST", "/sandbox/deliver/SO-1")).status).toBe(200);
    expect((await call("POST", "/sandbox/fly/SO-1")).status).toBe(404);
    const unknown = await call("POST", "/sandbox/ship/SO-2");
    expect([unknown.status, await unknown.text()]).toEqual([
      404,
      "The simulated ShipBob has 0 open shipments of SO-2.\n",
    ]);
  });
});
