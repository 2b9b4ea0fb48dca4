import { afterEach, describe, expect, it } from "vitest";
import { openMasterDataWorld } from "./master-data-world.ts";

type World = Awaited<ReturnType<typeof openMasterDataWorld>>;
let world: World;
afterEach(() => world.close());
const openWorld = async (...given: Parameters<typeof openMasterDataWorld>) => {
  world = await openMasterDataWorld(...given);
  return world;
};

const openLists = ["awaiting_payment", "awaiting_shipment", "on_hold"].map(
  (status) => `GET /orders?orderStatus=${status}&sortBy=ModifyDate&sortDir=ASC&page=1&pageSize=500`,
);
const puts = ({ calls }: World) => calls.filter((call) => call.startsWith("PUT"));

describe("products of Business Central's items", () => {
  it("writes what the item has and leaves all else of the product as it is, once", async () => {
    const { desk, shipstation, sync, product } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug", unitPrice: 19.95 });
    shipstation.addProduct({
      sku: "A-1",
      name: "mug",
      weightOz: 12,
      warehouseLocation: "R4",
      price: 21,
      noCustoms: false,
    });
    const { productId } = shipstation.products[0] ?? {};
    const run = await sync("products");
    expect(run).toMatchObject({ updated: 1, waiting: 0, deadLettered: 0 });
    expect(run.asked).toEqual([
      ...openLists,
      expect.stringMatching(/^GET bc\/items\?/),
      "GET /products?sku=A-1&showInactive=true&sortBy=CreateDate&sortDir=ASC&page=1&pageSize=500",
      `GET /products/${productId}`,
      `PUT /products/${productId}`,
    ]);
    expect(product("A-1")).toMatchObject({
      name: "Blue mug",
      weightOz: 12,
      warehouseLocation: "R4",
      price: 21,
      noCustoms: false,
    });
    const again = await sync("products");
    expect(again).toMatchObject({ updated: 0, unchanged: 1, drift: 0 });
    expect(again.asked).toEqual([...openLists, expect.stringMatching(/^GET bc\/items\?.*lastModifiedDateTime gt/)]);
  });

  it("sends nothing where ShipStation has the values, and remembers that", async () => {
    const { desk, shipstation, sync, calls } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    shipstation.addProduct({ sku: "A-1", name: "Blue mug" });
    expect(await sync("products")).toMatchObject({ updated: 0, unchanged: 1 });
    expect(puts(world)).toEqual([]);
    desk.editItem("A-1", { unitPrice: 3 });
    const { length } = calls;
    await sync("products");
    expect(calls.slice(length).filter((call) => call.includes("/products"))).toEqual([]);
  });

  it("writes the price only where the settings have it, and never a price of zero", async () => {
    const { desk, shipstation, sync, product } = await openWorld({
      pair: { flows: { products: { fields: "name,price" } } },
    });
    desk.addItem({ number: "A-1", displayName: "Blue mug", unitPrice: 19.95 });
    desk.addItem({ number: "A-2", displayName: "Red mug", unitPrice: 0 });
    for (const sku of ["A-1", "A-2"]) shipstation.addProduct({ sku, name: "mug", price: 21 });
    await sync("products");
    expect([product("A-1"), product("A-2")]).toMatchObject([
      { name: "Blue mug", price: 19.95 },
      { name: "Red mug", price: 21 },
    ]);
  });

  it("takes items that are of use alone, and leaves one alone that was delivered and is of none any more", async () => {
    const filter = { categories: "mugs", numbers: "^A-" };
    const { desk, shipstation, sync, product } = await openWorld({ pair: { flows: { products: { filter } } } });
    const mug = { itemCategoryCode: "MUGS", displayName: "Mug" };
    desk.addItem({ number: "A-1", ...mug });
    desk.addItem({ number: "A-2", ...mug, itemCategoryCode: "CHAIRS" });
    desk.addItem({ number: "A-3", ...mug, type: "Service" });
    desk.addItem({ number: "A-4", ...mug, blocked: true });
    desk.addItem({ number: "B-1", ...mug });
    for (const sku of ["A-1", "A-2", "A-3", "A-4", "B-1"]) shipstation.addProduct({ sku, name: "as it was" });
    expect(await sync("products")).toMatchObject({ updated: 1, skipped: 0, waiting: 0 });
    desk.editItem("A-1", { blocked: true, displayName: "Old mug" });
    expect(await sync("products")).toMatchObject({ updated: 0, skipped: 1 });
    expect(shipstation.products.map(({ sku, name }) => `${sku} ${name}`)).toEqual([
      "A-1 Mug",
      ...["A-2", "A-3", "A-4", "B-1"].map((sku) => `${sku} as it was`),
    ]);
    desk.editItem("A-1", { blocked: false });
    expect(await sync("products")).toMatchObject({ updated: 1 });
    expect(product("A-1").name).toBe("Old mug");
  });

  it("finds a product in another case, takes the one written alike and the active one before others", async () => {
    const { desk, shipstation, sync } = await openWorld();
    for (const number of ["AB-1", "AB-2", "AB-3"]) desk.addItem({ number, displayName: `Item ${number}` });
    shipstation.addProduct({ sku: "ab-1" });
    shipstation.addProduct({ sku: "ab-2" });
    shipstation.addProduct({ sku: "AB-2" });
    shipstation.addProduct({ sku: "AB-3", active: false });
    shipstation.addProduct({ sku: "AB-3" });
    expect(await sync("products")).toMatchObject({ updated: 3, deadLettered: 0 });
    expect(shipstation.products.map(({ name }) => name)).toEqual(["Item AB-1", null, "Item AB-2", null, "Item AB-3"]);
  });

  it("writes a product that is inactive, and lets it be inactive", async () => {
    const { desk, shipstation, sync, product } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    shipstation.addProduct({ sku: "A-1", active: false });
    await sync("products");
    expect(product("A-1")).toMatchObject({ name: "Blue mug", active: false });
  });

  it("sets an item aside whose SKU ShipStation has twice, until a person has put one away", async () => {
    const { desk, shipstation, sync, replay } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    const [one, other] = [shipstation.addProduct({ sku: "A-1" }), shipstation.addProduct({ sku: "A-1" })];
    const run = await sync("products");
    expect(run).toMatchObject({ deadLettered: 1, updated: 0 });
    expect(run.asides[0]?.error.message).toBe(
      `ShipStation has 2 products of the SKU A-1: ${one.productId}, ${other.productId}`,
    );
    Object.assign(other, { active: false });
    expect(await replay("A-1")).toMatchObject({ updated: 1 });
    expect(one.name).toBe("Blue mug");
  });

  it("does not take what a SKU filter finds beside the SKU for it", async () => {
    const { desk, shipstation, sync } = await openWorld({ switches: { productSkuFilter: "partial" } });
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    shipstation.addProduct({ sku: "A-10" });
    expect(await sync("products")).toMatchObject({ waiting: 1, updated: 0 });
  });

  it("reads ShipStation's list once for many items, and goes on after a limit", async () => {
    const { desk, shipstation, sync, standIn } = await openWorld();
    for (let index = 0; index < 230; index += 1) {
      desk.addItem({ number: `A-${index}`, displayName: `Item ${index}` });
      shipstation.addProduct({ sku: `A-${index}`, name: index < 226 ? `Item ${index}` : "mug" });
    }
    let refusals = 1;
    standIn.answer = (request) =>
      request.method === "PUT" && refusals-- > 0
        ? Response.json({ message: "Too Many Requests" }, { status: 429, headers: { "X-Rate-Limit-Reset": "20" } })
        : undefined;
    const run = await sync("products");
    expect(run).toMatchObject({ updated: 4, unchanged: 226, waiting: 0 });
    expect(run.asked.filter((call) => call.startsWith("GET /products?"))).toHaveLength(1);
    expect(run.asked.filter((call) => call.startsWith("GET /products/"))).toHaveLength(4);
    expect(shipstation.ledger.map(({ key }) => key)).toEqual(["A-226", "A-227", "A-228", "A-229"]);
  });

  it("finds after a crash what a lost answer has written, and writes it anew where it has not", async () => {
    const { desk, shipstation, sync, standIn, product } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    shipstation.addProduct({ sku: "A-1", name: "mug" });
    standIn.answer = (request) =>
      request.method === "PUT" ? Response.json({ message: "" }, { status: 503 }) : undefined;
    expect((await sync("products")).error).toMatchObject({ exitCode: 5 });
    standIn.answer = undefined;
    expect(await sync("products")).toMatchObject({ updated: 1 });
    expect(product("A-1").name).toBe("Blue mug");
  });

  it("records what was written before ShipStation failed, and writes only the rest in the next run", async () => {
    const { desk, shipstation, sync, standIn, calls } = await openWorld();
    for (const sku of ["A-1", "A-2", "A-3"]) {
      desk.addItem({ number: sku, displayName: `Item ${sku}` });
      shipstation.addProduct({ sku, name: "mug" });
    }
    const second = shipstation.products[1]?.productId;
    standIn.answer = (request) =>
      request.method === "PUT" && request.url.endsWith(`/${second}`) ? new Response("", { status: 503 }) : undefined;
    const run = await sync("products");
    expect([run.error?.exitCode, shipstation.ledger.map(({ key }) => key)]).toEqual([5, ["A-1"]]);
    standIn.answer = undefined;
    const { length } = calls;
    expect(await sync("products")).toMatchObject({ updated: 2, deadLettered: 0, unknown: 0 });
    expect(calls.slice(length).filter((call) => call.startsWith("PUT"))).toHaveLength(2);
    expect(shipstation.products.map(({ name }) => name)).toEqual(["Item A-1", "Item A-2", "Item A-3"]);
  });

  it("sets aside alone the product that ShipStation refuses, in its own words", async () => {
    const { desk, shipstation, sync, standIn } = await openWorld();
    for (const sku of ["A-1", "A-2"]) {
      desk.addItem({ number: sku, displayName: `Item ${sku}` });
      shipstation.addProduct({ sku, name: "mug" });
    }
    const first = shipstation.products[0]?.productId;
    standIn.answer = (request) =>
      request.method === "PUT" && request.url.endsWith(`/${first}`)
        ? Response.json({ success: false, message: "It is part of a bundle." })
        : undefined;
    const run = await sync("products");
    expect(run).toMatchObject({ updated: 1, deadLettered: 1 });
    expect(run.asides[0]).toMatchObject({
      document: "A-1",
      error: { message: `ShipStation refused to write product ${first}: It is part of a bundle.` },
    });
  });

  it("names what a dry run would change without writing it", async () => {
    const { desk, shipstation, sync, product } = await openWorld();
    desk.addItem({ number: "A-1", displayName: "Blue mug" });
    shipstation.addProduct({ sku: "A-1", name: "mug" });
    const run = await sync("products", { dryRun: true });
    expect(run.planned).toMatchObject([{ document: "A-1", fields: ["name"], step: { action: "update" } }]);
    expect([puts(world), product("A-1").name]).toEqual([[], "mug"]);
  });
});
