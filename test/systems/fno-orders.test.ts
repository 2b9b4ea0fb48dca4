import { describe, expect, it } from "vitest";
import { AuthError, ConfigError, ContractError, MappingError } from "../../src/core/errors.ts";
import { environment, recordsOf } from "./fno-environment.ts";

const order = (number: string, more: object = {}) => ({
  legalEntity: "usmf",
  number,
  customer: "C-1",
  lines: [{ item: "D0001", quantity: 3, price: 41.5 }],
  ...more,
});

it("lists the open confirmed orders of each legal entity, mapped with customer and product", async () => {
  const { fno, system } = environment();
  fno.addCustomer("usmf", {
    CustomerAccount: "C-1",
    OrganizationName: "Harbor",
    PrimaryContactPhone: "+1 207 555 0101",
  });
  fno.addProduct("usmf", { ItemNumber: "D0001", ProductType: "Item", NetProductWeight: 1.1, TareProductWeight: 0.1 });
  fno.addOrder(order("SO-1"));
  fno.addOrder(order("SO-2", { processingStatus: "Active" }));
  fno.addOrder(order("SO-3", { legalEntity: "demf", processingStatus: "Picked" }));
  fno.addOrder(order("SO-4", { processingStatus: "Canceled" }));
  const records = await recordsOf(system);
  expect(records.map(({ id, ref }) => [id, ref])).toEqual([
    ["usmf/SO-1", { legalEntity: "usmf", number: "SO-1" }],
    ["demf/SO-3", { legalEntity: "demf", number: "SO-3" }],
  ]);
  const [first] = system.orderSource().read(records[0]!);
  expect(first).toMatchObject({
    id: "usmf/SO-1",
    status: "open",
    customerName: "Harbor",
    lines: [{ sku: "D0001", quantity: 3, unitPrice: "41.5", weight: { value: 1.2, unit: "kg" }, warehouse: "24" }],
  });
  expect(first?.lines[0]?.shipTo).toMatchObject({
    street: ["18 Quay Street"],
    country: "US",
    phone: "+1 207 555 0101",
  });
});

it("reads page after page and asks for customers and products in few calls", async () => {
  const { fno, system } = environment({ sandbox: { switches: { pageSize: 20 } }, legalEntities: ["usmf"] });
  for (let index = 0; index < 10; index += 1) fno.addCustomer("usmf", { CustomerAccount: `C-${index}` });
  for (let index = 0; index < 60; index += 1)
    fno.addOrder(order(`SO-${1000 + index}`, { customer: `C-${index % 10}` }));
  const records = await recordsOf(system);
  expect(records).toHaveLength(60);
  const asked = (set: string) => fno.requests.filter((request) => request.endsWith(set)).length;
  expect([asked("SalesOrderHeadersV3"), asked("CustomersV3"), asked("ReleasedProductsV2")]).toEqual([4, 1, 1]);
});

describe("customers and products", () => {
  const asked = ({ urls }: { urls: string[] }, set: string) =>
    urls.filter((url) => url.includes(`/data/${set}?`)).map((url) => decodeURIComponent(url));

  function manyCustomers(orders: number, customers: number) {
    const world = environment({ legalEntities: ["usmf"] });
    for (let index = 0; index < customers; index += 1)
      world.fno.addCustomer("usmf", { CustomerAccount: `C-${index}`, OrganizationName: `Customer ${index}` });
    for (let index = 0; index < orders; index += 1)
      world.fno.addOrder(order(`SO-${10_000 + index}`, { customer: `C-${index}` }));
    return world;
  }

  it("are read whole as soon as that takes no more calls than asking by name", async () => {
    const world = manyCustomers(250, 250);
    const records = await recordsOf(world.system);
    expect(world.system.orderSource().read(records[249]!)[0]).toMatchObject({ customerName: "Customer 249" });
    const [count, all, ...more] = asked(world, "CustomersV3");
    expect(count).toContain("$count=true");
    expect(all).not.toContain("CustomerAccount eq");
    expect(more).toEqual([]);
  });

  it("are asked for by name where the whole set would take more calls", async () => {
    const world = manyCustomers(100, 7_000);
    await recordsOf(world.system);
    const reads = asked(world, "CustomersV3").filter((url) => !url.includes("$count"));
    expect(reads.every((url) => url.includes("CustomerAccount eq"))).toBe(true);
  });

  it("are kept for a day; a person's replay and the next day read them again, and what was absent is asked again", async () => {
    const world = manyCustomers(1, 0);
    const name = async (read: () => Promise<unknown>) => {
      await read();
      return asked(world, "CustomersV3").length;
    };
    const source = world.system.orderSource();
    const ref = { legalEntity: "usmf", number: "SO-10000" };
    expect(await name(() => recordsOf(world.system))).toBe(1);
    expect(await name(() => recordsOf(world.system))).toBe(2);
    world.fno.addCustomer("usmf", { CustomerAccount: "C-0", OrganizationName: "Harbor" });
    expect(await name(() => recordsOf(world.system))).toBe(3);
    expect(await name(() => recordsOf(world.system))).toBe(3);
    expect(await name(() => source.get([ref]))).toBe(3);
    expect(await name(() => source.get([ref], true))).toBe(4);
    world.clock.advance(86_400_000);
    expect(await name(() => recordsOf(world.system))).toBe(5);
  });
});

it("counts what it would list in a call for each legal entity", async () => {
  const { fno, system } = environment();
  for (let index = 0; index < 7; index += 1) fno.addOrder(order(`SO-${index}`));
  fno.addOrder(order("SO-9", { processingStatus: "Active" }));
  fno.addOrder(order("SO-1", { legalEntity: "demf" }));
  expect(await system.orderSource().count?.({ now: new Date("2026-11-21T08:00:00Z") })).toBe(8);
});

it("reads the server's own pages where it does not honour the size asked for", async () => {
  const { fno, system } = environment({ sandbox: { switches: { honoursMaxPageSize: false } } });
  for (let index = 0; index < 600; index += 1) fno.addOrder(order(`SO-${1000 + index}`));
  expect(await recordsOf(system)).toHaveLength(600);
});

it("falls back to V2 where V3 is not published", async () => {
  const { fno, system } = environment({ sandbox: { switches: { absentSets: ["SalesOrderHeadersV3"] } } });
  fno.addOrder(order("SO-1"));
  expect((await recordsOf(system)).map(({ id }) => id)).toEqual(["usmf/SO-1"]);
});

it("says which setting helps when no header set is published", async () => {
  const absentSets = ["SalesOrderHeadersV3", "SalesOrderHeadersV2"];
  const { system } = environment({ sandbox: { switches: { absentSets } } });
  await expect(recordsOf(system)).rejects.toThrow(ConfigError);
});

it.each([400, 500] as const)("filters by processing status itself when the server answers %i", async (status) => {
  const { fno, system, urls } = environment({ sandbox: { switches: { processingStatusFilter: status } } });
  fno.addOrder(order("SO-1"));
  fno.addOrder(order("SO-2", { processingStatus: "Active" }));
  expect((await recordsOf(system)).map(({ id }) => id)).toEqual(["usmf/SO-1"]);
  urls.length = 0;
  await recordsOf(system);
  expect(urls.filter((url) => url.includes("filter=") && url.includes("ProcessingStatus%20eq"))).toEqual([]);
});

it("keeps every address below two kilobytes", async () => {
  const eligible = [
    "Active",
    "Confirmed",
    "Picked",
    "PartiallyDelivered",
    "Delivered",
    "PartiallyInvoiced",
    "Invoiced",
  ];
  const deliveryModes = Array.from({ length: 60 }, (_, index) => `MODE-${index}`);
  const { fno, system, urls } = environment({ pair: { flows: { orders: { eligible, filter: { deliveryModes } } } } });
  for (let index = 0; index < 40; index += 1)
    fno.addOrder(order(`SO-${1000 + index}`, { customer: `C-${index}`, header: { DeliveryModeCode: "MODE-7" } }));
  fno.addOrder(order("SO-9", { header: { DeliveryModeCode: "Ground" } }));
  const records = await recordsOf(system);
  expect(records).toHaveLength(40);
  const found = await system.orderSource().get(records.map(({ ref }) => ref));
  expect([...found.values()].every((record) => record !== "gone")).toBe(true);
  expect(Math.max(...urls.map((url) => url.length))).toBeLessThan(2_000);
});

it.each([
  [{ startDate: "2026-11-10" }, {}, ["usmf/SO-2", "usmf/SO-3"]],
  [{}, { since: new Date("2026-11-19T00:00:00Z") }, ["usmf/SO-3"]],
  [{ startDate: "2026-11-10" }, { until: new Date("2026-11-19T00:00:00Z") }, ["usmf/SO-2"]],
  [{ filter: { pools: ["B"] } }, {}, ["usmf/SO-2"]],
  [{ filter: { warehouses: "51" } }, {}, ["usmf/SO-3"]],
])("takes what %o and %o name", async (orders, request, ids) => {
  const { fno, system } = environment({ pair: { flows: { orders } } });
  fno.addOrder(order("SO-1", { orderedAt: "2026-11-01T10:00:00Z" }));
  fno.addOrder(order("SO-2", { orderedAt: "2026-11-15T10:00:00Z", header: { SalesOrderPoolId: "B" } }));
  const lines = [{ item: "D0001", quantity: 1, warehouse: "51" }];
  fno.addOrder(order("SO-3", { orderedAt: "2026-11-20T10:00:00Z", lines }));
  expect((await recordsOf(system, request)).map(({ id }) => id)).toEqual(ids);
});

it("reads orders by name, whatever their status, exactly as asked, and says which are gone", async () => {
  const { fno, system } = environment();
  fno.addOrder(order("SO-1", { processingStatus: "Canceled" }));
  fno.addOrder(order("SO-2'*", { processingStatus: "Delivered" }));
  fno.addOrder(order("SO-2'X"));
  const source = system.orderSource();
  const refs = ["SO-1", "SO-2'*", "SO-9"].map((number) => ({ legalEntity: "usmf", number }));
  const found = await source.get(refs);
  expect([...found].map(([id, record]) => [id, record === "gone" ? record : source.read(record)[0]?.status])).toEqual([
    ["usmf/SO-1", "cancelled"],
    ["usmf/SO-2'*", "closed"],
    ["usmf/SO-9", "gone"],
  ]);
});

it("moves the version with the header, with a line and with what remains, and with nothing else", async () => {
  const { fno, system } = environment();
  fno.addOrder(order("SO-1"));
  const version = async () => (await recordsOf(system))[0]?.version;
  const first = await version();
  expect(await version()).toBe(first);
  fno.addProduct("usmf", { ItemNumber: "D0001", NetProductWeight: 2 });
  expect(await version()).toBe(first);
  fno.edit("usmf", "SO-1", { CustomerRequisitionNumber: "PO 1" });
  const second = await version();
  fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 4 });
  const third = await version();
  fno.deliver("usmf", "SO-1", { 1: 1 });
  const fourth = await version();
  fno.deliver("usmf", "SO-1", { 1: 1 });
  expect(new Set([first, second, third, fourth, await version()]).size).toBe(5);
});

it("ships only what remains of a partially delivered order, and sets it aside where F&O does not say", async () => {
  const lines = [
    { item: "D0001", quantity: 5, delivered: 2 },
    { item: "D0002", quantity: 1, delivered: 1 },
  ];
  const published = environment();
  published.fno.addOrder(order("SO-1", { processingStatus: "PartiallyDelivered", lines }));
  const [record] = await recordsOf(published.system);
  const [read] = published.system.orderSource().read(record!);
  expect(read?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([["D0001", 3]]);
  expect(read?.leftOut).toEqual(["line 2 (D0002): delivered"]);
  const hidden = environment({ sandbox: { switches: { absentSets: ["SalesLineBiEntities"] } } });
  hidden.fno.addOrder(order("SO-1", { processingStatus: "PartiallyDelivered", lines }));
  const [other] = await recordsOf(hidden.system);
  expect(hidden.system.orderSource().read(other!)[0]?.unsendable).toBeInstanceOf(MappingError);
  hidden.fno.switches.absentSets = [];
  const [again] = await recordsOf(hidden.system);
  expect(again?.version, "publishing the set brings the order back").not.toBe(other?.version);
});

it("looks up two letters for a country that has only its key", async () => {
  const { fno, system } = environment();
  fno.addOrder(order("SO-1", { header: { DeliveryAddressCountryRegionISOCode: "" } }));
  const [record] = await recordsOf(system);
  expect(system.orderSource().read(record!)[0]?.lines[0]?.shipTo.country).toBe("US");
});

it("takes the order as it stands when customers and products are not published", async () => {
  const absentSets = ["CustomersV3", "ReleasedProductsV2", "UnitsOfMeasure", "AddressCountryRegions"];
  const { fno, system } = environment({ sandbox: { switches: { absentSets } } });
  fno.addOrder(order("SO-1"));
  const [record] = await recordsOf(system);
  expect(system.orderSource().read(record!)[0]).toMatchObject({
    customerName: "Harbor Tools",
    lines: [{ quantity: 3 }],
  });
});

it.each([
  ["an app without its row in F&O", { appIsKnown: false }, AuthError],
  ["a set the user may not read", { forbiddenSets: ["SalesOrderHeadersV3"] }, AuthError],
  ["a page link to another host", { pageSize: 1, nextLinkHost: "evil.example" }, ContractError],
])("stops at %s", async (_, switches, kind) => {
  const { fno, system } = environment({ sandbox: { switches } });
  fno.addOrder(order("SO-1"));
  fno.addOrder(order("SO-2"));
  await expect(recordsOf(system)).rejects.toThrow(kind);
});

it("probes with one call, names us and the companies that are missing", async () => {
  const { fno, system } = environment({ legalEntities: ["USMF", "frmf"] });
  expect(await system.probe()).toEqual({
    identity: "app app-1 of tenant contoso at contoso.example",
    warnings: ["legal entity frmf is not there, or the app's user may not see it; there are demf, usmf"],
  });
  expect(fno.requests).toEqual(["GET /data/LegalEntities"]);
  expect(system.account()).toEqual({ host: "https://contoso.example", tenantId: "contoso" });
});

it("refuses a wrong secret as ours to mend", async () => {
  const { system } = environment({ clientSecret: "wrong" });
  await expect(system.probe()).rejects.toThrow(AuthError);
});

it("offers companies, delivery modes and warehouses to choose from", async () => {
  const { system } = environment({ legalEntities: ["usmf"] });
  const choices = await system.choices();
  expect(choices.legalEntities?.map(({ value }) => value)).toEqual(["demf", "usmf"]);
  expect(choices.deliveryModes).toContainEqual({ name: "Ground (Parcel ground)", value: "Ground" });
  expect(choices.warehouses?.map(({ value }) => value)).toEqual(["24", "25", "51"]);
});

it("checks the header's carrier fields once a carrier is mapped", async () => {
  const { system } = environment({ pair: { writeBack: { standardCarrier: { ups: { carrier: "UPS" } } } } });
  const plain = environment({});
  const withTable = (await system.checks()).filter(({ name }) => name === "F&O SalesOrderHeadersV3");
  const without = (await plain.system.checks()).filter(({ name }) => name === "F&O SalesOrderHeadersV3");
  expect(withTable.map(({ state, message }) => [state, message])).toContainEqual(["ok", "2 fields are there"]);
  expect(withTable).toHaveLength(without.length + 1);
});

it("names mapped sets and fields that $metadata does not have", async () => {
  const map = { trackingNumber: "XyzTracking", carrier: "XyzCarrier" };
  const { system } = environment({
    pair: { writeBack: { headerFields: { map } } },
    sandbox: {
      customFields: { XyzCarrier: { type: "Edm.String" } },
      switches: { absentSets: ["SalesLineBiEntities"], fillerSets: 200 },
    },
  });
  const checks = await system.checks();
  expect(checks.filter(({ state }) => state !== "ok")).toEqual([
    {
      name: "F&O SalesLineBiEntities",
      state: "warning",
      message: "is not published: partially delivered orders are set aside",
      fix: expect.stringContaining("Publish the entity set"),
    },
    {
      name: "F&O SalesOrderHeadersV3",
      state: "failed",
      message: "has no XyzTracking",
      fix: "Correct writeBack.headerFields.map, or add the field to the entity in F&O.",
    },
  ]);
});
