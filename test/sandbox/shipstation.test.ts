import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/kit.ts";
import { account, line, order } from "./shipstation-fixture.ts";

describe("access and limits", () => {
  it("refuses other credentials with a lower-case message", async () => {
    const { call } = account();
    const response = await call("GET", "/orders", undefined, { authorization: "Basic bm8=" });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: "Unauthorized" });
  });

  it("answers 402 when the plan has no V1", async () => {
    const { call } = account({ switches: { planHasV1: false } });
    expect((await call("GET", "/orders")).status).toBe(402);
  });

  it("shows the window on every response and refuses the 41st call until it is over", async () => {
    const { call, clock } = account({ limitV1: 40 });
    const limits = (response: Response) =>
      ["limit", "remaining", "reset"].map((name) => response.headers.get(`x-rate-limit-${name}`));
    expect(limits(await call("GET", "/stores"))).toEqual(["40", "39", "60"]);
    clock.pass(20.5);
    for (let used = 1; used < 40; used += 1) expect((await call("GET", "/orders/1")).status).toBe(404);
    const refused = await call("GET", "/stores");
    expect(refused.status).toBe(429);
    expect(limits(refused)).toEqual(["40", "0", "40"]);
    expect(refused.headers.get("retry-after")).toBeNull();
    expect(await refused.json()).toEqual({ message: "Too Many Requests" });
    clock.pass(39);
    expect((await call("GET", "/stores")).status).toBe(429);
    clock.pass(0.5);
    expect(limits(await call("GET", "/stores"))).toEqual(["40", "39", "60"]);
  });

  it("can send Retry-After with V1's 429", async () => {
    const { call } = account({ limitV1: 1, switches: { retryAfterV1: true } });
    await call("GET", "/stores");
    expect((await call("GET", "/stores")).headers.get("retry-after")).toBe("60");
  });

  it("notes every request, and answers an unknown path with a message", async () => {
    const { call, sandbox } = account();
    expect((await call("GET", "/nothing?page=1")).status).toBe(404);
    expect(sandbox.requests).toEqual(["GET /nothing"]);
  });
});

describe("faults", () => {
  it.each<[Fault, string, number, string | null]>([
    ["throttled", "/orders", 429, "x-rate-limit-reset"],
    ["throttled", "/v2/labels", 429, "retry-after"],
    ["serverError", "/orders", 500, null],
    ["serverError", "/v2/labels", 500, null],
    ["unavailable", "/orders", 503, null],
  ])("%s on %s is a %i", async (fault, path, status, header) => {
    const { call, sandbox } = account();
    sandbox.faults = () => fault;
    const response = await call("GET", path);
    expect(response.status).toBe(status);
    if (header) expect(Number(response.headers.get(header))).toBe(60);
    if (status === 500)
      expect(Object.keys((await response.json()) as object)).toContain(
        path === "/orders" ? "ExceptionMessage" : "errors",
      );
  });

  it("keeps the order when the connection drops after the commit, and not when before", async () => {
    const { create, sandbox } = account();
    sandbox.faults = () => "resetBefore";
    await expect(create(order("A"))).rejects.toThrow("fetch failed");
    expect(sandbox.ledger).toHaveLength(0);
    sandbox.faults = () => "resetAfter";
    await expect(create(order("A"))).rejects.toThrow("fetch failed");
    expect(sandbox.ledger).toMatchObject([{ action: "create", key: "A" }]);
  });
});

describe("createorder refuses", () => {
  const bare = { orderKey: "A" };
  const address = { name: "Dana", country: "US" };
  it.each<[string, unknown, string[]]>([
    [
      "an order without its five required fields",
      bare,
      ["billTo", "orderDate", "orderNumber", "orderStatus", "shipTo"],
    ],
    ["an empty name", order("A", { shipTo: { ...address, name: " " } }), ["shipTo.name"]],
    ["a bill-to without a name", order("A", { billTo: {} }), ["billTo.name"]],
    ["a country of three letters", order("A", { shipTo: { ...address, country: "USA" } }), ["shipTo.country"]],
    ["an order number of 51 characters", order("A", { orderNumber: "x".repeat(51) }), ["orderNumber"]],
    ["a status that does not exist", order("A", { orderStatus: "open" }), ["orderStatus"]],
    ["a date that is none", order("A", { orderDate: "02.03.2026" }), ["orderDate"]],
    ["an item without a name", order("A", { items: [line("1"), line("2", 1, { name: null })] }), ["items[1].name"]],
    ["a boolean sent as 0", order("A", { gift: 0 }), ["gift"]],
    ["money sent as text", order("A", { amountPaid: "12,50" }), ["amountPaid"]],
    ["half an item", order("A", { items: [line("1", 1.5)] }), ["items[0].quantity"]],
    ["a weight in kilograms", order("A", { weight: { value: 1, units: "kg" } }), ["weight.units"]],
  ])("%s", async (_, body, fields) => {
    const { create, sandbox } = account();
    const response = await create(body);
    const answer = (await response.json()) as { Message: string; ModelState: Record<string, string[]> };
    expect(response.status).toBe(400);
    expect(answer.Message).toBe("The request is invalid.");
    expect(Object.keys(answer.ModelState).sort()).toEqual(fields.map((field) => `apiOrder.${field}`));
    expect(sandbox.orders).toHaveLength(0);
  });

  it.each([
    ["an array", [order("A")], "JSON array"],
    ["no JSON", "{", "Unexpected character"],
  ])("%s, as .NET's deserialiser does", async (_, body, reason) => {
    const { create } = account();
    const response = await create(body);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(reason);
  });

  it("a store that does not exist", async () => {
    const { create } = account();
    const response = await create(order("A", { advancedOptions: { storeId: 1 } }));
    expect([response.status, await response.json()]).toEqual([400, { Message: "The store 1 does not exist." }]);
  });
});

describe("createorder keeps", () => {
  it("a new order under its key, in the first manual store, with the total it computed", async () => {
    const { create, sandbox } = account();
    const response = await create(order("A", { taxAmount: 1.25, shippingAmount: 5, unknownField: 1 }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      orderId: 900001,
      orderKey: "A",
      orderDate: "2026-03-02T08:15:00.000",
      createDate: "2026-03-02T14:05:09.123",
      orderTotal: 37.75,
      customerNotes: null,
      tagIds: null,
      shipTo: { addressVerified: "Address not yet validated" },
      items: [{ lineItemKey: "1", orderItemId: 60000001 }, { lineItemKey: "2" }],
      advancedOptions: { storeId: 771100, parentId: null, mergedIds: null, mergedOrSplit: false },
    });
    expect(sandbox.ledger).toMatchObject([
      { at: "2026-03-02T22:05:09.123Z", action: "create", key: "A", body: { orderNumber: "A" } },
    ]);
    expect(sandbox.products.map(({ sku }) => sku)).toEqual(["SKU-1", "SKU-2"]);
  });

  it("a replacement of the whole order, but its store and its creation", async () => {
    const { create, clock, sandbox } = account();
    await create(order("A", { customerNotes: "ring twice", carrierCode: "ups", tagIds: [5001] }));
    clock.pass(60);
    await create(order("A", { orderNumber: "A-new", items: [line("2", 5)], advancedOptions: { storeId: 771101 } }));
    expect(sandbox.orders).toMatchObject([
      {
        orderNumber: "A-new",
        customerNotes: null,
        carrierCode: null,
        tagIds: [],
        items: [{ lineItemKey: "2", orderItemId: 60000002, quantity: 5 }],
        createDate: { instant: "2026-03-02T22:05:09.123Z" },
        modifyDate: { instant: "2026-03-02T22:06:09.123Z" },
        advancedOptions: { storeId: 771100 },
      },
    ]);
    expect(sandbox.ledger.map(({ action }) => action)).toEqual(["create", "update"]);
  });

  it("an order sent back as it was read", async () => {
    const { create, json, sandbox } = account();
    await create(order("A", { weight: { value: 8, units: "ounces" }, tagIds: [5001], paymentDate: "2026-03-01" }));
    const before = structuredClone(sandbox.orders[0]);
    expect((await create(await json("GET", "/orders/900001"))).status).toBe(200);
    expect(sandbox.orders[0]).toEqual(before);
  });

  it("two orders when no key was sent", async () => {
    const { create, sandbox } = account();
    await create(order("A", { orderKey: undefined }));
    await create(order("A", { orderKey: undefined }));
    expect(new Set(sandbox.orders.map(({ orderKey }) => orderKey)).size).toBe(2);
  });

  it("a cancellation, after which the order is locked", async () => {
    const { create, sandbox } = account();
    await create(order("A"));
    await create(order("A", { orderStatus: "cancelled" }));
    const locked = await create(order("A"));
    expect(locked.status).toBe(400);
    expect(await locked.json()).toEqual({ Message: "Order A is cancelled and cannot be updated." });
    expect(sandbox.ledger.map(({ action }) => action)).toEqual(["create", "cancel"]);
  });

  it("nothing of a write to a locked order when that is ignored", async () => {
    const { create, sandbox } = account({ switches: { lockedOrder: "ignored" } });
    await create(order("A", { orderStatus: "shipped" }));
    const response = await create(order("A", { orderNumber: "B" }));
    expect([response.status, await response.json()]).toMatchObject([200, { orderNumber: "A", orderStatus: "shipped" }]);
    expect(sandbox.ledger).toHaveLength(1);
  });

  it("an update by id only when id and key belong together", async () => {
    const { create, sandbox } = account();
    await create(order("A"));
    expect((await create(order("A", { orderId: 900001 }))).status).toBe(200);
    expect((await create(order("B", { orderId: 900001 }))).status).toBe(400);
    expect((await create(order("A", { orderId: 1 }))).status).toBe(400);
    expect(sandbox.orders).toHaveLength(1);
  });

  it("items that an update left out, and gives new ids, when switched so", async () => {
    const { create, sandbox } = account({ switches: { omittedItems: "kept", itemIds: "new" } });
    await create(order("A"));
    await create(order("A", { items: [line("2", 5)] }));
    expect(sandbox.orders[0]?.items).toMatchObject([
      { lineItemKey: "1", orderItemId: 60000001 },
      { lineItemKey: "2", orderItemId: 60000003, quantity: 5 },
    ]);
  });

  it.each([
    [{}, 3],
    [{ orderKeyCase: "insensitive" }, 2],
    [{ orderKeyScope: "store", orderKeyCase: "insensitive" }, 3],
  ] as const)("keys as %j says", async (switches, orders) => {
    const { create, sandbox } = account({ switches });
    const other = { advancedOptions: { storeId: 771101 } };
    await create(order("A"));
    await create(order("a", other));
    await create(order("B"));
    expect(sandbox.orders).toHaveLength(orders);
  });
});

describe("createorders", () => {
  it("answers each order by itself", async () => {
    const { createMany, sandbox } = account();
    const response = await createMany([order("A"), order("B", { shipTo: { name: "" } }), order("C")]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      hasErrors: true,
      results: [
        { orderId: 900001, orderNumber: "A", orderKey: "A", success: true, errorMessage: null },
        {
          orderId: null,
          orderNumber: "B",
          orderKey: "B",
          success: false,
          errorMessage: "The name field must not be empty.",
        },
        { orderId: 900002, orderNumber: "C", orderKey: "C", success: true, errorMessage: null },
      ],
    });
    expect(sandbox.ledger.map(({ key }) => key)).toEqual(["A", "C"]);
  });

  it("shows a failed row with another status and id when switched so", async () => {
    const { createMany } = account({ switches: { bulkErrorStatus: 202, failedRowOrderId: 0 } });
    const response = await createMany([order("A", { orderStatus: "shipped" }), order("A")]);
    expect([response.status, await response.json()]).toMatchObject([
      202,
      { results: [{ success: true }, { success: false, orderId: 0 }] },
    ]);
  });

  it("says nothing of a locked order when that is ignored", async () => {
    const { createMany } = account({ switches: { lockedOrder: "ignored" } });
    const response = await createMany([order("A", { orderStatus: "shipped" }), order("A", { orderNumber: "B" })]);
    expect(await response.json()).toMatchObject({
      hasErrors: false,
      results: [{}, { orderNumber: "A", success: true }],
    });
  });

  it.each<[string, unknown, object, number, string]>([
    ["an object", order("A"), {}, 400, "JSON object"],
    ["101 orders", Array.from({ length: 101 }, (_, n) => order(`A${n}`)), {}, 400, "at most 100"],
    ["a member that does not convert", [order("A"), order("B", { gift: 1 })], {}, 400, "apiOrders.gift"],
    [
      "a bad order, when one fails the batch",
      [order("A"), order("B", { orderDate: null })],
      { bulkValidation: "wholeBatch" },
      400,
      "apiOrders.orderDate",
    ],
    ["a poisoned item", [order("A"), order("B", { items: [line("1", 1, { name: "POISON500" })] })], {}, 500, "SqlExc"],
  ])("refuses whole: %s", async (_, body, switches, status, reason) => {
    const { createMany, sandbox } = account({ switches });
    const response = await createMany(body);
    expect(response.status).toBe(status);
    expect(JSON.stringify(await response.json())).toContain(reason);
    expect(sandbox.orders).toHaveLength(0);
  });

  it("can keep the rows before the one that broke the batch", async () => {
    const { createMany, sandbox } = account({ switches: { poisonedBatch: "rowsBefore" } });
    const poison = order("B", { items: [line("1", 1, { name: "POISON500" })] });
    expect((await createMany([order("A"), poison, order("C")])).status).toBe(500);
    expect(sandbox.orders.map(({ orderKey }) => orderKey)).toEqual(["A"]);
  });
});

describe("GET /orders", () => {
  const filled = async (switches = {}) => {
    const vendor = account({ switches });
    for (const key of ["SO-1", "SO-10", "SO-2"]) {
      await vendor.create(order(key, { customerNotes: null }));
      vendor.clock.pass(3600);
    }
    return vendor;
  };
  const numbers = (answer: unknown) =>
    (answer as { orders: { orderNumber: string }[] }).orders.map(({ orderNumber }) => orderNumber);

  it.each<[string, string[]]>([
    ["", ["SO-1", "SO-10", "SO-2"]],
    ["?orderNumber=SO-1", ["SO-1", "SO-10"]],
    ["?orderNumber=O-1", []],
    ["?orderStatus=shipped", []],
    ["?storeId=771100&customerName=dana", ["SO-1", "SO-10", "SO-2"]],
    ["?storeId=771101", []],
    ["?itemKeyword=sku-2&pageSize=2", ["SO-1", "SO-10"]],
    ["?pageSize=2&page=2", ["SO-2"]],
    ["?sortBy=ModifyDate&sortDir=DESC", ["SO-2", "SO-10", "SO-1"]],
    ["?MODIFYDATESTART=2026-03-02%2015:05:09.123", ["SO-10", "SO-2"]],
    ["?modifyDateStart=2026-03-02T15:05:10", ["SO-2"]],
    ["?createDateEnd=2026-03-02T15:05:10&createDateStart=2026-03-02", ["SO-1", "SO-10"]],
    ["?modifyDateStart=2026-03-02T23:05:09Z", []],
    ["?paymentDateStart=2020-01-01", []],
  ])("answers %s with %j", async (query, expected) => {
    const { get } = await filled();
    expect(numbers(await get(`/orders${query}`))).toEqual(expected);
  });

  it("obeys an offset when switched so", async () => {
    const { get } = await filled({ offsets: "honoured" });
    expect(numbers(await get("/orders?modifyDateStart=2026-03-02T23:05:09Z"))).toEqual(["SO-10", "SO-2"]);
    expect(numbers(await get("/orders?modifyDateStart=2026-03-03T01:05:09%2B0100"))).toEqual(["SO-2"]);
  });

  it("refuses a date that is none", async () => {
    const { call } = account();
    expect((await call("GET", "/orders?modifyDateStart=yesterday")).status).toBe(400);
    expect((await call("GET", "/orders?modifyDateEnd=2026-02-30")).status).toBe(400);
  });

  it("varies fraction digits from row to row", async () => {
    const { get } = await filled();
    const { orders } = (await get("/orders")) as { orders: { createDate: string }[] };
    expect(orders.map(({ createDate }) => createDate)).toEqual([
      "2026-03-02T14:05:09.123",
      "2026-03-02T15:05:09.1230000",
      "2026-03-02T16:05:09",
    ]);
  });

  it.each([
    [{}, { total: 3, page: 1, pages: 2 }],
    [{ pages: "zero" }, { total: 3, page: 1, pages: 0 }],
    [{ totals: "missing" }, {}],
  ])("counts as %j says", async (switches, counts) => {
    const { get } = await filled(switches);
    const { orders, ...rest } = (await get("/orders?pageSize=2")) as { orders: unknown[] };
    expect([orders.length, rest]).toEqual([2, counts]);
  });

  it("leaves fields without a value out when switched so", async () => {
    const { get } = await filled({ emptyFields: "absent" });
    expect(Object.keys((await get("/orders/900001")) as object)).not.toContain("customerNotes");
  });

  it("gives 500 rows at most", async () => {
    const { get, sandbox } = account();
    for (let n = 0; n < 501; n += 1) sandbox.addOrder();
    expect(numbers(await get("/orders?pageSize=1000"))).toHaveLength(500);
    expect(numbers(await get("/orders"))).toHaveLength(100);
  });

  it("fails a whole page for one bad record", async () => {
    const { call, sandbox } = await filled();
    sandbox.badRecords.add(900003);
    expect((await call("GET", "/orders")).status).toBe(500);
    expect((await call("GET", "/orders?pageSize=2")).status).toBe(200);
  });
});

describe("other order calls", () => {
  it("hold, restore, and delete without losing the row", async () => {
    const { create, json, call, sandbox } = account();
    await create(order("A"));
    await json("POST", "/orders/holduntil", { orderId: 900001, holdUntilDate: "2026-04-01" });
    expect(sandbox.orders[0]).toMatchObject({ orderStatus: "on_hold", holdUntilDate: "2026-04-01" });
    await create(order("A", { orderStatus: "on_hold" }));
    expect(sandbox.orders[0]?.holdUntilDate).toBe("2026-04-01");
    await json("POST", "/orders/restorefromhold", { orderId: 900001 });
    expect(sandbox.orders[0]).toMatchObject({ orderStatus: "awaiting_shipment", holdUntilDate: null });
    expect(await json("DELETE", "/orders/900001")).toMatchObject({ success: true });
    expect((await call("GET", "/orders/900001")).status).toBe(404);
    expect(sandbox.orders).toHaveLength(1);
    expect(sandbox.ledger.map(({ action }) => action)).toEqual([
      "create",
      "holduntil",
      "update",
      "restorefromhold",
      "delete",
    ]);
  });

  it("markasshipped makes a fulfillment with the carrier's name, and no shipment", async () => {
    const { create, json, get } = account();
    await create(order("A"));
    const body = { orderId: 900001, carrierCode: "stamps_com", trackingNumber: "9400", shipDate: "2026-03-03" };
    expect(await json("POST", "/orders/markasshipped", body)).toEqual({ orderId: 900001, orderNumber: "A" });
    expect(await get("/shipments")).toMatchObject({ shipments: [] });
    expect(await get("/fulfillments?orderId=900001")).toMatchObject({
      fulfillments: [{ orderNumber: "A", carrierCode: "USPS", shipDate: "2026-03-03T00:00:00", voided: false }],
    });
    expect(await get("/orders/900001")).toMatchObject({ orderStatus: "shipped", shipDate: "2026-03-03" });
  });

  it("names what a small body lacks", async () => {
    const { json } = account();
    expect(await json("POST", "/orders/holduntil", { orderId: 1 })).toMatchObject({
      ModelState: { "request.holdUntilDate": ["The holdUntilDate field is required."] },
    });
  });
});

it("lists stores, warehouses, carriers, services, packages, tags and products", async () => {
  const { create, get, call } = account();
  await create(order("A"));
  expect(await get("/stores")).toMatchObject([{ storeId: 771100, marketplaceId: 0 }, {}, { marketplaceId: 23 }, {}]);
  expect(await get("/warehouses")).toMatchObject([{ warehouseId: 1001 }, { warehouseId: 1002 }]);
  expect(await get("/carriers")).toMatchObject([{ code: "stamps_com" }, { code: "ups" }, { code: "fedex" }]);
  expect(await get("/carriers/listservices?carrierCode=ups")).toMatchObject([{ code: "ups_ground" }, {}, {}]);
  expect(await get("/carriers/listpackages?carrierCode=ups")).toMatchObject([{ code: "package" }, {}]);
  expect((await call("GET", "/carriers/listservices?carrierCode=dhl")).status).toBe(404);
  expect(await get("/accounts/listtags")).toMatchObject([{ tagId: 5001 }, { tagId: 5002 }]);
  expect(await get("/products?sku=SKU-1")).toMatchObject({ products: [{ sku: "SKU-1" }], total: 1 });
  expect(await get("/products?sku=SKU")).toMatchObject({ products: [] });
});
