import { afterEach, describe, expect, it } from "vitest";
import { addOrder, held, remarks, sync, type World, worldWith as worldOf } from "./orders-kit.ts";

const open: World[] = [];
afterEach(() => {
  for (const world of open.splice(0)) world.close();
});

async function worldWith(options: Parameters<typeof worldOf>[0] = {}): Promise<World> {
  const world = await worldOf(options);
  open.push(world);
  return world;
}

const line = (more: object = {}) => ({ item: "A-1", quantity: 2, price: 10, warehouse: "24", ...more });

/** The orders that reached ShipStation's write calls, as they were sent. */
function sentOrders(world: World): Record<string, unknown>[] {
  const sent: Record<string, unknown>[] = [];
  const fetch = world.shipstation.fetch.bind(world.shipstation);
  world.shipstation.fetch = async (request, env) => {
    if (request.method === "POST") sent.push(...[JSON.parse(await request.clone().text())].flat());
    return fetch(request, env);
  };
  return sent;
}

describe("an order at ShipStation", () => {
  it("has the customer's phone, else the default one, and always somebody to bill", async () => {
    const world = await worldWith({ pair: { flows: { orders: { phone: "555 9999" } } } });
    world.fno.addCustomer("usmf", { CustomerAccount: "C-2", OrganizationName: "No Phone" });
    addOrder(world, "SO-1");
    addOrder(world, "SO-2", { customer: "C-2" });
    addOrder(world, "SO-3", { customer: "GONE" });
    await sync(world);
    expect(held(world, "usmf-SO-1")?.shipTo).toMatchObject({ phone: "555 0100", country: "US" });
    expect(held(world, "usmf-SO-2")?.shipTo).toMatchObject({ phone: "555 9999" });
    for (const { billTo } of world.shipstation.orders) expect(billTo.name).toBeTruthy();
  });

  it("keeps apostrophes and leading blanks of numbers, items and accounts", async () => {
    const world = await worldWith();
    world.fno.addCustomer("usmf", { CustomerAccount: "O'Neil", OrganizationName: "O'Neil & Sons" });
    world.fno.addProduct("usmf", { ItemNumber: " RFI-1", ProductType: "Item", NetProductWeight: 3 });
    addOrder(world, "SO'1", { customer: "O'Neil", lines: [line({ item: " RFI-1" })] });
    expect(await sync(world)).toMatchObject({ created: 1 });
    expect(held(world, "usmf-SO'1")).toMatchObject({
      customerUsername: "O'Neil",
      items: [{ sku: " RFI-1", weight: { value: 3000, units: "grams" } }],
    });
    world.fno.cancel("usmf", "SO'1");
    expect(await sync(world)).toMatchObject({ cancelled: 1 });
  });

  it("has its carrier from the table, else only the requested service", async () => {
    const deliveryModes = { Ground: { carrierCode: "ups", serviceCode: "ups_ground", packageCode: "package" } };
    const world = await worldWith({ pair: { deliveryModes, warehouses: { "24": 1001 } } });
    addOrder(world, "SO-1", { header: { DeliveryModeCode: "Ground" } });
    addOrder(world, "SO-2", { header: { DeliveryModeCode: "Air" } });
    const sent = sentOrders(world);
    await sync(world);
    expect(sent[0]).toMatchObject({
      carrierCode: "ups",
      serviceCode: "ups_ground",
      packageCode: "package",
      advancedOptions: { warehouseId: 1001 },
    });
    expect(sent[1]).toMatchObject({ requestedShippingService: "Air" });
    for (const name of ["carrierCode", "serviceCode", "packageCode"]) expect(sent[1]).not.toHaveProperty(name);
  });

  it("stands in the store of its legal entity, however that is spelt", async () => {
    const world = await worldWith({ pair: { storeByLegalEntity: { USMF: 771101 } } });
    addOrder(world, "SO-1");
    const sent = sentOrders(world);
    await sync(world);
    expect(sent[0]).toMatchObject({ advancedOptions: { storeId: 771101 } });
  });

  it("is set aside with the field where street, country or a whole quantity is missing", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1", { shipTo: { name: "A", city: "Reno", country: "USA", iso: "US" } });
    addOrder(world, "SO-2", { shipTo: { name: "A", street: "1 Main St", city: "Reno" } });
    addOrder(world, "SO-3", { lines: [line({ quantity: 2.5 })] });
    const { asides, deadLettered, exitCode } = await sync(world);
    expect([deadLettered, exitCode]).toEqual([3, 3]);
    expect(asides.map(({ error }) => error.field)).toEqual([
      "DeliveryAddressStreet",
      "DeliveryAddressCountryRegionISOCode",
      "quantity",
    ]);
    for (const { error } of asides) expect(error.hint).toMatch(/\w.*\.$/);
    expect(asides[2]?.error.message).toContain("2.5");
  });

  it.each([
    ["zeroQuantity", { quantity: 0 }],
    ["stoppedLines", { fields: { IsLineStopped: "Yes" } }],
    ["serviceItems", { item: "S-1" }],
  ])("is without the lines that %s skips, with them when it sends, and held when it sets aside", async (name, more) => {
    for (const rule of ["skip", "send", "setAside"]) {
      const world = await worldWith({ pair: { flows: { orders: { [name]: rule } } } });
      world.fno.addProduct("usmf", { ItemNumber: "S-1", ProductType: "Service" });
      addOrder(world, "SO-1", { lines: [line(), line(more)] });
      const { created, deadLettered } = await sync(world);
      const items = held(world, "usmf-SO-1")?.items.length;
      const expected = { skip: [1, 0, 1], send: [1, 0, 2], setAside: [0, 1, undefined] }[rule];
      expect([rule, created, deadLettered, items]).toEqual([rule, ...(expected ?? [])]);
      if (rule === "skip") expect((await remarks(world)).join("\n")).toMatch(/noticed: left out: line 2/);
    }
  });

  it("of which no line is left to ship is skipped, and said so", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1", { lines: [line({ quantity: 0 })] });
    expect(await sync(world)).toMatchObject({ created: 0, skipped: 1, unchanged: 0 });
    expect(await remarks(world)).toEqual([expect.stringMatching(/^skipped: .*line 1 \(A-1\): quantity 0/)]);
    expect(await sync(world)).toMatchObject({ skipped: 0, unchanged: 1 });
    world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 3 });
    expect(await sync(world)).toMatchObject({ created: 1 });
  });

  it("keeps each part's number when only the recipient's phone changes", async () => {
    const world = await worldWith();
    const lines = [line(), line({ warehouse: "51" }), line({ item: "B-2" })];
    addOrder(world, "SO-1", { lines });
    await sync(world);
    expect(held(world, "usmf-SO-1")?.items).toHaveLength(2);
    world.fno.editLine("usmf", "SO-1", 1, { SalesOrderLineStatus: "Canceled" });
    world.fno.edit("usmf", "SO-1", { DeliveryAddressName: "Harbor Tools Inc" });
    await sync(world);
    expect(held(world, "usmf-SO-1")?.items.map(({ sku }) => sku)).toEqual(["B-2"]);
    expect(held(world, "usmf-SO-1-2")?.items.map(({ sku }) => sku)).toEqual(["A-1"]);
  });
});

describe("writing", () => {
  it.each([
    ["a batch refused whole", { bulkValidation: "wholeBatch" }, "C-BAD", "x"],
    ["a batch that breaks and takes nothing", { poisonedBatch: "nothing" }, "C-1", "POISON500"],
    ["a batch that breaks half way", { poisonedBatch: "rowsBefore" }, "C-1", "POISON500"],
  ])("%s costs its bad order alone", async (_name, switches, customer, description) => {
    const world = await worldWith();
    Object.assign(world.shipstation.switches, switches);
    const bad = { CustomerAccount: "C-BAD", AddressStreet: "1 Main St", AddressCountryRegionISOCode: "USA" };
    world.fno.addCustomer("usmf", bad);
    for (let number = 1; number <= 100; number += 1) {
      if (number === 37) addOrder(world, "SO-37", { customer, lines: [line({ description })] });
      else addOrder(world, `SO-${number}`);
    }
    const result = await sync(world);
    expect(result).toMatchObject({ created: 99, deadLettered: 1, exitCode: 3 });
    expect(result.asides[0]?.document).toBe("SO-37");
    expect(result.asides[0]?.error.hint).toMatch(/\w/);
    expect(new Set(world.shipstation.orders.map(({ orderKey }) => orderKey)).size).toBe(99);
    expect(world.shipstation.orders).toHaveLength(99);
    expect(await sync(world)).toMatchObject({ created: 0, deadLettered: 0, exitCode: 0 });
  });

  it("stops where ShipStation breaks at everything, and sets nothing aside", async () => {
    const world = await worldWith();
    for (let number = 1; number <= 10; number += 1) addOrder(world, `SO-${number}`);
    world.shipstation.faults = () => "serverError";
    expect(await sync(world)).toMatchObject({ created: 0, deadLettered: 0, unknown: 0, exitCode: 5 });
    world.shipstation.faults = undefined;
    expect(await sync(world)).toMatchObject({ created: 10, exitCode: 0 });
    expect(world.shipstation.orders).toHaveLength(10);
  });

  it("refuses another key template once orders exist, and says why", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    await sync(world);
    const mlc = await world.open();
    const pair = { flows: { orders: { keyTemplate: "{orderNumber}" } } };
    await expect(mlc.refuseThawed("fno-shipstation", pair)).rejects.toThrow(/names documents that were delivered/);
    await mlc.settings.save({ ...mlc.config, "fno-shipstation": pair });
    const { error, exitCode } = await sync(world);
    expect([exitCode, error?.message]).toEqual([6, expect.stringMatching(/keyTemplate.*delivered already/)]);
    expect(error?.hint).toContain("{legalEntity}-{orderNumber}");
    expect(world.shipstation.orders).toHaveLength(1);
  });

  it("carries over what F&O does not own, and names what it overwrites", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    await sync(world);
    const theirs = {
      carrierCode: "fedex",
      serviceCode: "fedex_ground",
      packageCode: "package",
      weight: { value: 40, units: "ounces" as const },
      dimensions: { length: 1, width: 2, height: 3, units: "inches" as const },
      tagIds: [1, 2],
      internalNotes: "call first",
      customerNotes: "ring twice",
      gift: true,
      customerEmail: "changed@there.example",
    };
    const before = held(world, "usmf-SO-1")?.advancedOptions;
    if (!before) throw new Error("no order");
    world.shipstation.edit("usmf-SO-1", {
      ...theirs,
      advancedOptions: { ...before, customField2: "two", customField3: "three" },
    });
    world.fno.edit("usmf", "SO-1", { Email: "erp@here.example" });
    expect(await sync(world)).toMatchObject({ updated: 1 });
    expect(held(world, "usmf-SO-1")).toMatchObject({
      ...theirs,
      customerEmail: "erp@here.example",
      advancedOptions: { customField2: "two", customField3: "three" },
    });
    expect((await remarks(world)).at(-1)).toMatch(/updated: overwrites .*customerEmail$/);
  });

  it.each(["shipped", "cancelled"])("leaves an order that is %s there, and says locked", async (status) => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    await sync(world);
    if (status === "shipped") world.shipstation.print("usmf-SO-1");
    else world.shipstation.cancel("usmf-SO-1");
    world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 7 });
    expect(await sync(world)).toMatchObject({ updated: 0, skipped: 1, deadLettered: 0, exitCode: 0 });
    expect((await remarks(world)).at(-1)).toMatch(new RegExp(`skipped: locked: .*${status}`));
  });

  it("looks a lost answer up by number and exact key, not by what begins alike", async () => {
    const world = await worldWith();
    addOrder(world, "SO-10270");
    await sync(world);
    addOrder(world, "SO-1027");
    let lost = 0;
    world.shipstation.faults = ({ method }) => (method === "POST" && lost++ === 0 ? "resetBefore" : undefined);
    expect(await sync(world)).toMatchObject({ created: 1, exitCode: 0 });
    expect(world.urls.some((url) => url.includes("/orders?orderNumber=SO-1027&"))).toBe(true);
    addOrder(world, "SO-102");
    lost = 0;
    world.shipstation.faults = ({ method }) => (method === "POST" && lost++ === 0 ? "resetAfter" : undefined);
    const posts = () => world.shipstation.requests.filter((request) => request.startsWith("POST")).length;
    const before = posts();
    expect(await sync(world)).toMatchObject({ created: 1, exitCode: 0 });
    expect(posts() - before).toBe(1);
    expect(world.shipstation.orders.map(({ orderNumber }) => orderNumber)).toEqual(["SO-10270", "SO-1027", "SO-102"]);
  });
});

describe("a dry run", () => {
  it("tells exactly what is sent afterwards, for what is new, changed, cancelled and drifted", async () => {
    const world = await worldWith();
    for (const number of ["SO-1", "SO-2", "SO-3"]) addOrder(world, number);
    const sent = sentOrders(world);
    const both = async (more: object = {}) => {
      sent.length = 0;
      const { planned } = await sync(world, { ...more, dryRun: true });
      expect(sent).toEqual([]);
      await sync(world, more);
      expect(planned.map(({ step }) => step.payload)).toEqual(sent);
      return planned;
    };
    expect((await both()).map(({ fields }) => fields.includes("orderNumber"))).toEqual([true, true, true]);
    world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 9 });
    expect((await both()).map(({ fields }) => fields)).toEqual([["items"]]);
    world.fno.cancel("usmf", "SO-2");
    expect((await both()).map(({ fields }) => fields)).toEqual([["orderStatus"]]);
    const mlc = await world.open();
    await mlc.settings.save({ ...mlc.config, "fno-shipstation": { warehouses: { "24": 1001 } } });
    const { planned, drift } = await sync(world, { dryRun: true });
    expect(drift).toBe(2);
    expect(planned.map(({ isDrift, fields }) => [isDrift, fields])).toEqual([
      [true, ["advancedOptions.warehouseId"]],
      [true, ["advancedOptions.warehouseId"]],
    ]);
    await both({ resend: true });
  });
});

describe("--since and --limit", () => {
  it("narrow the run and cancel nothing", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1", { orderedAt: "2026-11-01T00:00:00Z" });
    addOrder(world, "SO-2", { orderedAt: "2026-11-20T00:00:00Z" });
    addOrder(world, "SO-3", { orderedAt: "2026-11-20T01:00:00Z" });
    expect(await sync(world, { since: new Date("2026-11-15T00:00:00Z"), limit: 1 })).toMatchObject({ created: 1 });
    world.fno.cancel("usmf", "SO-2");
    expect(await sync(world, { since: new Date("2026-11-15T00:00:00Z") })).toMatchObject({ created: 1, cancelled: 0 });
    expect(await sync(world)).toMatchObject({ created: 1, cancelled: 1 });
  });
});

describe("ShipStation's forty a minute", () => {
  it("are never exceeded by many orders, and waits take exactly the reset", async () => {
    const world = await worldWith();
    for (let number = 1; number <= 4_200; number += 1) addOrder(world, `SO-${number}`);
    const times: number[] = [];
    const statuses = new Set<number>();
    const fetch = world.shipstation.fetch.bind(world.shipstation);
    world.shipstation.fetch = async (request, env) => {
      times.push(world.clock.now().getTime());
      const answer = await fetch(request, env);
      statuses.add(answer.status);
      return answer;
    };
    expect(await sync(world)).toMatchObject({ created: 4_200, exitCode: 0 });
    expect([...statuses]).toEqual([200]);
    for (const [index, at] of times.entries())
      expect((times[index + 40] ?? at + 60_000) - at).toBeGreaterThanOrEqual(60_000 - 1);
    // While work waits, at least 95 % of the limit is used.
    expect((times[40] ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(60_000 / 0.95);
    let refused = 0;
    addOrder(world, "SO-LAST");
    world.shipstation.faults = () => (refused++ === 0 ? "throttled" : undefined);
    const begin = world.clock.now().getTime();
    expect(await sync(world)).toMatchObject({ created: 1, exitCode: 0 });
    expect(world.clock.now().getTime() - begin).toBeLessThanOrEqual(2 * 60_000);
  });
});
