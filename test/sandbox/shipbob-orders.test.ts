import { describe, expect, it } from "vitest";
import { z } from "zod";
import { account, order, ownChannel } from "./shipbob-fixture.ts";

const shipment = z.looseObject({
  id: z.number(),
  status: z.string(),
  tracking: z.looseObject({ tracking_number: z.string() }).nullable(),
  last_update_at: z.string(),
  invoice_amount: z.number().nullable(),
});
const shown = z.looseObject({
  id: z.number(),
  reference_id: z.string(),
  status: z.string(),
  created_date: z.string(),
  shipments: z.array(shipment),
});

/** An account with goods in the first centre. */
function stocked(options: Parameters<typeof account>[0] = {}) {
  const world = account(options);
  world.sandbox.desk.addProduct({ sku: "D0001", name: "Mid-range speaker", stock: { 8: 100 } });
  world.sandbox.desk.addProduct({ sku: "D0002", name: "Cabinet", stock: { 8: 5, 20: 50 } });
  const one = async () => shown.parse(await world.get(`/order/${world.sandbox.orders.at(-1)?.id}`));
  const list = async (query = "", headers: Record<string, string> = {}) =>
    z.array(shown).parse(await world.get(`/order${query}`, headers));
  return { ...world, one, list };
}

describe("a new order", () => {
  it("has one shipment, whose goods are in the centre that has them", async () => {
    const { create, sandbox } = stocked();
    const made = await create();
    expect(made.status).toBe(201);
    const body = shown.parse(await made.json());
    expect(body).toMatchObject({
      reference_id: "SO-1",
      status: "Processing",
      type: "DTC",
      purchase_date: "2026-11-20T14:03:00+00:00",
      channel: { id: 100101, name: "API" },
      products: [{ reference_id: "D0001", sku: "D0001", quantity: 2, external_line_id: 10_000 }],
      shipments: [
        {
          status: "Processing",
          tracking: null,
          location: { id: 8, name: "Cicero (IL)" },
          products: [{ sku: "D0001", inventory_items: [{ quantity: 2, quantity_committed: 2 }] }],
        },
      ],
    });
    expect(body.created_date).toMatch(/^2026-11-20T14:00:00\.000\d{4}\+00:00$/);
    expect(sandbox.ledger).toMatchObject([{ action: "POST /order", key: "SO-1", body: { type: "DTC" } }]);
  });

  it("is refused field by field where a limit is exceeded", async () => {
    const { create, post } = stocked();
    const refused = await create({
      reference_id: "r".repeat(301),
      type: undefined,
      gift_message: "g".repeat(501),
      tags: [{ name: "", value: "v" }],
      products: [{ reference_id: "D0001", name: "x", quantity: 0, external_line_id: 2 ** 31 }],
    });
    expect(refused.status).toBe(400);
    const names = Object.keys(z.record(z.string(), z.array(z.string())).parse(await refused.json()));
    expect(names).toEqual([
      "reference_id",
      "type",
      "gift_message",
      "tags[0].name",
      "products[0].quantity",
      "products[0].external_line_id",
    ]);
    expect((await post("/order", "no json")).status).toBe(400);
  });

  it("is refused when its reference is taken, in that channel or in the account", async () => {
    const { create, sandbox, call } = stocked();
    await create();
    const repeated = await create();
    expect([repeated.status, await repeated.json()]).toEqual([
      422,
      { "": ["Cannot insert order with existing ReferenceId"] },
    ]);
    const elsewhere = () => call("POST", "/2026-01/order", order(), { shipbob_channel_id: "100103" });
    sandbox.desk.addChannel({ id: 100103, name: "Second", application: "SMA" });
    expect((await elsewhere()).status).toBe(201);
    sandbox.switches.referenceScope = "account";
    expect((await elsewhere()).status).toBe(422);
  });

  it("is refused under the name of the field where that is told so", async () => {
    const { create } = stocked({ switches: { duplicateField: "reference_id" } });
    await create();
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(await (await create()).json()))).toEqual([
      "reference_id",
    ]);
  });

  it("holds its reference after it was cancelled, unless told otherwise", async () => {
    const { create, sandbox } = stocked();
    await create();
    sandbox.desk.cancel("SO-1");
    expect((await create()).status).toBe(422);
    sandbox.switches.cancelledReference = "freed";
    expect((await create()).status).toBe(201);
  });

  it("goes as Standard with a method that nobody knows, and the method is there from then on", async () => {
    const { create, get } = stocked();
    const made = shown.parse(await (await create({ shipping_method: "Overnite" })).json());
    expect(made.shipments[0]).toMatchObject({ ship_option: "Standard" });
    expect(await get("/shipping-method")).toContainEqual(
      expect.objectContaining({ name: "Overnite", default: false, service_level: { id: 3, name: "Standard" } }),
    );
  });

  it("makes a product of a SKU that nobody knows, which is out of stock", async () => {
    const { create, one, sandbox } = stocked();
    await create({ products: [{ reference_id: "NEW", name: "New thing", quantity: 1 }] });
    expect(await one()).toMatchObject({
      status: "Exception",
      shipments: [{ status: "Exception", status_details: [{ id: 303, name: "OutOfStock" }] }],
    });
    expect(sandbox.products.at(-1)?.variants[0]?.sku).toBe("NEW");
    const nameless = await create({
      reference_id: "SO-2",
      products: [{ reference_id: "OTHER", name: null, quantity: 1 }],
    });
    expect(nameless.status).toBe(422);
  });

  it("waits in ImportReview instead where it is told so, until the product is there", async () => {
    const { create, one, sandbox } = stocked({ switches: { unknownSku: "importReview" } });
    await create({ products: [{ reference_id: "NEW", name: "New thing", quantity: 1 }] });
    expect(await one()).toMatchObject({ status: "ImportReview", shipments: [{ status: "ImportReview" }] });
    sandbox.desk.addProduct({ sku: "NEW", stock: { 20: 3 } });
    sandbox.desk.resolve("SO-1");
    expect(await one()).toMatchObject({ status: "Processing", shipments: [{ location: { id: 20 } }] });
  });

  it("goes to the centre it names, even if that has too little", async () => {
    const { create, one } = stocked();
    const products = [{ reference_id: "D0002", name: "Cabinet", quantity: 6 }];
    await create({ products });
    expect(await one()).toMatchObject({ shipments: [{ status: "Processing", location: { id: 20 } }] });
    await create({ reference_id: "SO-2", location_id: 8, products });
    expect(await one()).toMatchObject({ shipments: [{ status: "Exception", location: { id: 8 } }] });
    expect((await create({ reference_id: "SO-3", location_id: 9 })).status).toBe(422);
  });
});

describe("the list of orders", () => {
  it("does not show a new order for some seconds", async () => {
    const { create, list, clock, one } = stocked();
    await create();
    expect(await list("?ReferenceIds=SO-1")).toEqual([]);
    expect((await one()).reference_id).toBe("SO-1");
    clock.pass(5);
    expect((await list("?ReferenceIds=SO-1")).map(({ reference_id }) => reference_id)).toEqual(["SO-1"]);
  });

  it("is a bare array of 50 unless another size up to 250 is asked for, with headers", async () => {
    const { create, call, clock, list, sandbox } = stocked();
    for (let n = 0; n < 51; n += 1) await create({ reference_id: `SO-${n}`, products: [line(1)] });
    clock.pass(10);
    const first = await call("GET", "/2026-01/order");
    expect(z.array(shown).parse(await first.json())).toHaveLength(50);
    expect(first.headers.get("total-count")).toBe("51");
    expect(first.headers.get("total-pages")).toBe("2");
    expect(first.headers.get("next-page")).toBe("/order?Page=2&Limit=50");
    expect(await list("?Page=2")).toHaveLength(1);
    expect((await call("GET", "/2026-01/order?Limit=251")).status).toBe(400);
    sandbox.switches.pageHeaders = "missing";
    expect((await call("GET", "/2026-01/order")).headers.get("total-count")).toBeNull();
    const [oldest] = await list("?SortOrder=Oldest&Limit=1");
    expect(oldest?.reference_id).toBe("SO-0");
  });

  it("takes references with plain commas only", async () => {
    const { create, list, clock } = stocked();
    await create();
    await create({ reference_id: "SO-2" });
    clock.pass(10);
    expect(await list("?ReferenceIds=SO-1,SO-2")).toHaveLength(2);
    expect(await list("?ReferenceIds=SO-1%2CSO-2")).toHaveLength(0);
  });

  it("breaks on HasTracking=true, and works where it is told so", async () => {
    const { call, sandbox } = stocked();
    expect((await call("GET", "/2026-01/order?HasTracking=true")).status).toBe(500);
    expect((await call("GET", "/2026-01/order?HasTracking=false")).status).toBe(200);
    sandbox.switches.hasTracking = "works";
    expect((await call("GET", "/2026-01/order?HasTracking=true")).status).toBe(200);
  });

  it("shows every channel, or the one that is named", async () => {
    const { create, clock, list } = stocked();
    await create();
    clock.pass(10);
    expect(await list("", ownChannel)).toHaveLength(1);
    expect(await list("", { shipbob_channel_id: "100102" })).toHaveLength(0);
  });

  it("finds by update what a label or a hold changed, not what the timeline or a late invoice did", async () => {
    const { create, clock, sandbox, list } = stocked();
    await create();
    clock.pass(60);
    sandbox.desk.pick("SO-1");
    sandbox.desk.pack("SO-1");
    const since = "?LastUpdateStartDate=2026-11-20T14:00:30Z";
    expect(await list(since)).toHaveLength(0);
    sandbox.desk.label("SO-1");
    expect(await list(since)).toHaveLength(1);
    clock.pass(60);
    sandbox.desk.complete("SO-1");
    clock.pass(86_400);
    sandbox.desk.deliver("SO-1");
    sandbox.desk.invoice("SO-1", 9.5);
    expect(await list("?LastUpdateStartDate=2026-11-21T00:00:00Z")).toHaveLength(0);
    const [found] = await list(since);
    expect(found).toMatchObject({ status: "Fulfilled", shipments: [{ status: "Completed" }] });
    expect(found?.shipments[0]).toMatchObject({ invoice_amount: 9.5, delivery_date: expect.stringContaining("2026") });
  });
});

const line = (quantity: number) => ({ reference_id: "D0001", name: "Mid-range speaker", quantity });

describe("a cancellation", () => {
  it("answers 200 whatever came of it", async () => {
    const { create, post, sandbox, one } = stocked();
    await create({ products: [line(3)] });
    const cancel = async () =>
      z
        .looseObject({
          status: z.string(),
          canceled_shipment_results: z.array(z.looseObject({ is_success: z.boolean() })),
        })
        .parse(await (await post(`/order/${sandbox.orders.at(-1)?.id}:cancel`)).json());
    expect(await cancel()).toMatchObject({ status: "Success", order: { status: "Cancelled" } });
    expect((await cancel()).status).toBe("Failure");
    sandbox.switches.repeatedCancel = "Success";
    expect((await cancel()).status).toBe("Success");
    await create({ reference_id: "SO-2", products: [line(3)] });
    const second = sandbox.desk.split("SO-2", [{ sku: "D0001", quantity: 1 }]);
    sandbox.desk.pick(second.id);
    const part = await cancel();
    expect(part.status).toBe("PartialSuccess");
    expect(part.canceled_shipment_results.map(({ is_success }) => is_success)).toEqual([true, false]);
    await create({ reference_id: "SO-3", products: [line(3)] });
    sandbox.desk.pick("SO-3");
    expect((await cancel()).status).toBe("Failure");
    expect((await one()).status).toBe("Processing");
  });

  it("is refused for an order of another application, and unknown for one that is not there", async () => {
    const { post, sandbox, clock } = stocked();
    sandbox.desk.addOrder(order({ reference_id: "WEB-1" }), 100102);
    clock.pass(10);
    expect((await post(`/order/${sandbox.orders[0]?.id}:cancel`)).status).toBe(403);
    expect((await post("/order/1:cancel")).status).toBe(404);
  });
});
