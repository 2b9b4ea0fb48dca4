import { expect, it } from "vitest";
import { account, line, order } from "./shipstation-fixture.ts";

const withOrders = async (keys: string[], options = {}) => {
  const vendor = account(options);
  for (const key of keys) await vendor.create(order(key, { amountPaid: 40, taxAmount: 2, shippingAmount: 6.5 }));
  vendor.clock.pass(600);
  return vendor;
};

it("a printed label ships the order and appears with its lines only when asked for", async () => {
  const { sandbox, get } = await withOrders(["A"]);
  const shipment = sandbox.print("A", {
    carrierCode: "fedex",
    serviceCode: "fedex_2day",
    cost: 12.3,
    insuranceCost: 1,
  });
  expect(shipment.shipmentId).toBe(700001);
  expect(sandbox.orders[0]).toMatchObject({
    orderStatus: "shipped",
    shipDate: "2026-03-02",
    modifyDate: { instant: "2026-03-02T22:15:09.123Z" },
  });
  const row = {
    shipmentId: 700001,
    orderId: 900001,
    orderKey: "A",
    orderNumber: "A",
    createDate: "2026-03-02T14:15:09.1230000",
    shipDate: "2026-03-02",
    shipmentCost: 12.3,
    insuranceCost: 1,
    carrierCode: "fedex",
    serviceCode: "fedex_2day",
    isReturnLabel: false,
    voided: false,
    voidDate: null,
  };
  expect(await get("/shipments")).toMatchObject({ shipments: [{ ...row, shipmentItems: null }], total: 1 });
  expect(await get("/shipments?includeShipmentItems=True")).toMatchObject({
    shipments: [
      {
        ...row,
        shipmentItems: [
          { lineItemKey: "1", quantity: 2 },
          { lineItemKey: "2", quantity: 1 },
        ],
      },
    ],
  });
  expect(await get("/fulfillments")).toMatchObject({ fulfillments: [] });
});

it("a label for a part leaves the order open until the rest has one", async () => {
  const { sandbox } = await withOrders(["A"]);
  sandbox.print("A", { items: [{ lineItemKey: "1", quantity: 1 }] });
  expect(sandbox.orders[0]?.orderStatus).toBe("awaiting_shipment");
  expect(() => sandbox.print("A", { items: [{ sku: "SKU-1", quantity: 2 }] })).toThrow("Only 1 of SKU-1 is open.");
  const rest = sandbox.print("A");
  expect(rest.shipmentItems.map(({ quantity }) => quantity)).toEqual([1, 1]);
  expect(sandbox.orders[0]?.orderStatus).toBe("shipped");
  expect(() => sandbox.print("A")).toThrow("Order A is shipped.");
});

it("a discount line needs no label", async () => {
  const { sandbox, create } = account();
  await create(order("A", { items: [line("1"), line("2", 1, { adjustment: true, unitPrice: -5 })] }));
  expect(sandbox.print("A").shipmentItems).toHaveLength(1);
  expect(sandbox.orders[0]?.orderStatus).toBe("shipped");
});

it("a void keeps the row, finds it by void date only, and reopens the order", async () => {
  const { sandbox, clock, get } = await withOrders(["A"]);
  const { shipmentId } = sandbox.print("A");
  clock.pass(86_400);
  sandbox.void(shipmentId);
  expect(sandbox.orders[0]).toMatchObject({ orderStatus: "awaiting_shipment", shipDate: null });
  expect(await get("/shipments?voidDateStart=2026-03-03")).toMatchObject({
    shipments: [{ shipmentId, voided: true, voidDate: "2026-03-03T14:15:09.1230000" }],
  });
  expect(await get("/shipments?createDateStart=2026-03-03")).toMatchObject({ shipments: [] });
  expect(() => sandbox.void(shipmentId)).toThrow("voided already");
  expect(sandbox.print("A").shipmentItems).toHaveLength(2);
});

it("a label bought before the void has no items, and the void reopens the lines", async () => {
  const { sandbox } = await withOrders(["A"]);
  const first = sandbox.print("A", { carrierCode: "fedex", serviceCode: "fedex_ground" });
  const second = sandbox.reprint(first.shipmentId);
  expect(second).toMatchObject({ carrierCode: "fedex", shipmentItems: [] });
  expect(sandbox.orders[0]?.orderStatus).toBe("shipped");
  sandbox.void(first.shipmentId);
  expect(sandbox.orders[0]?.orderStatus).toBe("awaiting_shipment");
});

it("voidlabel approves once", async () => {
  const { sandbox, json } = await withOrders(["A"]);
  const body = { shipmentId: sandbox.print("A").shipmentId };
  expect(await json("POST", "/shipments/voidlabel", body)).toMatchObject({ approved: true });
  expect(await json("POST", "/shipments/voidlabel", body)).toMatchObject({ approved: false });
});

it("a return label changes nothing of its order", async () => {
  const { sandbox } = await withOrders(["A"]);
  sandbox.print("A");
  const back = sandbox.print("A", { isReturnLabel: true });
  expect(back).toMatchObject({ isReturnLabel: true, shipmentItems: [{ quantity: 2 }, { quantity: 1 }] });
  sandbox.void(back.shipmentId);
  expect(sandbox.orders[0]?.orderStatus).toBe("shipped");
});

it("an order marked as shipped is a fulfillment, which can be taken back", async () => {
  const { sandbox, get } = await withOrders(["A"]);
  const { fulfillmentId } = sandbox.markShipped("A", { carrierName: "USPS", trackingNumber: "9400" });
  expect(sandbox.orders[0]?.orderStatus).toBe("shipped");
  expect(await get("/shipments")).toMatchObject({ shipments: [] });
  sandbox.voidFulfillment(fulfillmentId);
  expect(await get("/fulfillments?trackingNumber=9400")).toMatchObject({
    fulfillments: [{ carrierCode: "USPS", voided: true, voidDate: "2026-03-02T14:15:09" }],
  });
  expect(sandbox.orders[0]?.orderStatus).toBe("awaiting_shipment");
});

it("edits, holds, releases and cancellations move modifyDate and leave no ledger entry", async () => {
  const { sandbox, clock } = await withOrders(["A"]);
  const moves = [
    () => sandbox.edit("A", { carrierCode: "ups", tagIds: [5001] }),
    () => sandbox.hold("A", "2026-04-01"),
    () => sandbox.release(900001),
    () => sandbox.cancel("A"),
  ];
  const seen = moves.map((move) => {
    clock.pass(1);
    const { orderStatus, holdUntilDate, modifyDate } = move();
    return [orderStatus, holdUntilDate, modifyDate.instant.slice(17, 19)];
  });
  expect(seen).toEqual([
    ["awaiting_shipment", null, "10"],
    ["on_hold", "2026-04-01", "11"],
    ["awaiting_shipment", null, "12"],
    ["cancelled", null, "13"],
  ]);
  expect(sandbox.orders[0]).toMatchObject({ carrierCode: "ups", tagIds: [5001] });
  expect(() => sandbox.hold("A")).toThrow("Order A is cancelled.");
  expect(sandbox.ledger).toHaveLength(1);
});

it("a split makes a part of its own, with the money on the parent", async () => {
  const { sandbox, get, create, clock } = await withOrders(["A"]);
  const child = sandbox.split("A", [{ lineItemKey: "1", quantity: 1 }]);
  expect(child).toMatchObject({
    orderId: 900002,
    orderKey: "A",
    orderTotal: 0,
    amountPaid: 0,
    taxAmount: 0,
    shippingAmount: 0,
    items: [{ lineItemKey: "1", quantity: 1 }],
    advancedOptions: { parentId: 900001, mergedOrSplit: true },
  });
  expect(await get("/orders?orderNumber=A")).toMatchObject({
    orders: [
      {
        orderTotal: 40,
        items: [
          { lineItemKey: "1", quantity: 1 },
          { lineItemKey: "2", quantity: 1 },
        ],
        advancedOptions: { parentId: null, mergedOrSplit: true },
      },
      { orderId: 900002 },
    ],
  });
  clock.pass(60);
  const refused = await create(order("A"));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({ Message: "A split order is updated with both its orderId and its orderKey." });
  expect((await create(order("A", { orderId: 900002, items: [line("1", 1)] }))).status).toBe(200);
});

it("a part of a split order can have a key of its own", async () => {
  const { sandbox } = await withOrders(["A"], { switches: { splitOrderKey: "own" } });
  expect(sandbox.split("A", [{ lineItemKey: "2", quantity: 1 }]).orderKey).not.toBe("A");
});

it("a split order can have a total for each part, of its own goods", async () => {
  const { sandbox } = await withOrders(["A"], { switches: { splitTotals: "computed" } });
  const { orderTotal } = sandbox.split("A", [{ lineItemKey: "2", quantity: 1 }]);
  expect([orderTotal, (sandbox.orders[0]?.orderTotal ?? 0) + orderTotal]).toEqual([10.5, 40]);
});

it("a merge adds up what its orders cost", async () => {
  const { sandbox } = await withOrders([]);
  for (const orderKey of ["A", "B"])
    sandbox.addOrder({ orderKey, taxAmount: 0.7, shippingAmount: 4.1, amountPaid: 14.8 });
  expect(sandbox.merge("A", ["B"])).toMatchObject({
    orderTotal: 29.6,
    taxAmount: 1.4,
    shippingAmount: 8.2,
    amountPaid: 29.6,
  });
});

it.each(["gone", "cancelled"] as const)("a merge names the orders that are %s by it", async (mergedAway) => {
  const { sandbox, call, create } = await withOrders(["A", "B"], { switches: { mergedAway } });
  const kept = sandbox.merge("A", ["B"]);
  expect(kept).toMatchObject({ orderTotal: 80, advancedOptions: { mergedIds: [900002], mergedOrSplit: true } });
  expect(kept.items).toHaveLength(4);
  expect((await call("GET", "/orders/900002")).status).toBe(mergedAway === "gone" ? 404 : 200);
  expect((await create(order("B"))).status).toBe(400);
  expect(sandbox.print("A").shipmentItems).toHaveLength(4);
});

it("an order of a connected store is none of ours", async () => {
  const { sandbox, get } = account();
  const { orderId, orderKey } = sandbox.addOrder({ orderNumber: "112-7" });
  expect(await get(`/orders/${orderId}`)).toMatchObject({
    orderNumber: "112-7",
    orderKey,
    advancedOptions: { storeId: 771200 },
  });
  sandbox.print(orderId);
  expect(await get("/shipments?storeId=771200")).toMatchObject({ total: 1 });
  expect(await get("/shipments?storeId=771100")).toMatchObject({ total: 0 });
  expect(sandbox.ledger).toEqual([]);
});

it("a label of three packages shows one number in V1 and all in V2", async () => {
  const { sandbox, get } = await withOrders(["A"]);
  const { shipmentId } = sandbox.print("A", { trackingNumbers: ["T1", "T2", "T3"], carrierCode: "ups" });
  expect(await get("/shipments")).toMatchObject({ shipments: [{ shipmentId, trackingNumber: "T1" }], total: 1 });
  expect(await get("/v2/labels")).toMatchObject({
    labels: [
      {
        label_id: `se-${shipmentId}`,
        shipment_id: "se-900001",
        external_shipment_id: "A",
        created_at: "2026-03-02T22:15:09.123Z",
        shipment_cost: { currency: "usd", amount: 9.85 },
        carrier_code: "ups",
        packages: [{ tracking_number: "T1" }, { tracking_number: "T2" }, { tracking_number: "T3" }],
      },
    ],
    total: 1,
    pages: 1,
  });
});

it("can show a V1 row for each package, with money and items on the first", async () => {
  const { sandbox, get } = await withOrders(["A"], { switches: { multiPackage: "rowEach" } });
  sandbox.print("A", { trackingNumbers: ["T1", "T2"], cost: 7 });
  const { shipments } = (await get("/shipments?includeShipmentItems=true")) as { shipments: Record<string, unknown>[] };
  expect(shipments).toMatchObject([
    { shipmentId: 700001, trackingNumber: "T1", shipmentCost: 7, shipmentItems: [{}, {}] },
    { shipmentId: 700002, trackingNumber: "T2", shipmentCost: 0, shipmentItems: [] },
  ]);
  expect(await get("/shipments?pageSize=1&page=2")).toMatchObject({ shipments: [{ trackingNumber: "T2" }], total: 2 });
  expect(await get("/v2/labels")).toMatchObject({ total: 1 });
});

it("makes tracking numbers that no two labels share", async () => {
  const { sandbox } = await withOrders(["A", "B"]);
  const numbers = ["A", "B"].flatMap((key) => sandbox.print(key, { packages: 3 }).trackingNumbers);
  expect(new Set(numbers).size).toBe(6);
  expect(numbers[0]).toBe("1ZSIM0010070000100");
});

it("V2 pages, newest first unless asked otherwise", async () => {
  const { sandbox, get, clock } = await withOrders(["A", "B", "C"]);
  for (const key of ["A", "B", "C"]) {
    sandbox.print(key);
    clock.pass(60);
  }
  sandbox.void(700001);
  const ids = (answer: unknown) => (answer as { labels: { label_id: string }[] }).labels.map((row) => row.label_id);
  const first = (await get("/v2/labels?page_size=2")) as {
    pages: number;
    links: { next: { href: string }; prev: object };
  };
  expect(ids(first)).toEqual(["se-700003", "se-700002"]);
  expect([first.pages, first.links.prev]).toEqual([2, {}]);
  const next = new URL(first.links.next.href);
  expect(ids(await get(next.pathname + next.search))).toEqual(["se-700001"]);
  expect(ids(await get("/v2/labels?sort_dir=asc&created_at_start=2026-03-02T22:16:09.123Z"))).toEqual([
    "se-700002",
    "se-700003",
  ]);
  expect(ids(await get("/v2/labels?label_status=voided"))).toEqual(["se-700001"]);
  expect(ids(await get("/v2/labels?sort_by=modified_at&page_size=1"))).toEqual(["se-700001"]);
  expect(ids(await get("/v2/labels?shipment_id=se-900002"))).toEqual(["se-700002"]);
});

it("V2 knows V1's orders as shipments, by their key unless that link is missing", async () => {
  const { sandbox, get, call } = await withOrders(["A"]);
  expect(await get("/v2/shipments")).toMatchObject({
    shipments: [{ shipment_id: "se-900001", shipment_number: "A", shipment_status: "pending" }],
  });
  sandbox.print("A");
  expect(await get("/v2/shipments/external_shipment_id/A")).toMatchObject({ shipment_status: "label_purchased" });
  expect(await get("/v2/labels/external_shipment_id/A")).toMatchObject({ label_id: "se-700001" });
  sandbox.switches.externalShipmentId = "unlinked";
  expect((await call("GET", "/v2/shipments/external_shipment_id/A")).status).toBe(404);
  expect(await get("/v2/shipments")).toMatchObject({ shipments: [{ external_shipment_id: null }] });
  expect(await get("/v2/labels")).toMatchObject({ labels: [{ external_shipment_id: "SEAuto-700001" }] });
});

it("V2 voids a label", async () => {
  const { sandbox, json } = await withOrders(["A"]);
  sandbox.print("A");
  expect(await json("PUT", "/v2/labels/se-700001/void")).toMatchObject({ approved: true });
  expect(await json("PUT", "/v2/labels/se-700001/void")).toMatchObject({ approved: false });
  expect(sandbox.shipments[0]?.voided).toBe(true);
});

it("V2 refuses another key, and the 201st call of a minute with Retry-After", async () => {
  const { call, clock } = account();
  const refused = await call("GET", "/v2/labels", undefined, { "api-key": "key" });
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({
    errors: [{ error_source: "ShipStation", error_type: "security", error_code: "unauthorized" }],
  });
  for (let used = 0; used < 200; used += 1) await call("GET", "/v2/shipments");
  clock.pass(10);
  const throttled = await call("GET", "/v2/shipments");
  expect([throttled.status, throttled.headers.get("retry-after")]).toEqual([429, "50"]);
  clock.pass(50);
  expect((await call("GET", "/v2/shipments")).status).toBe(200);
});
