import { describe, expect, it } from "vitest";
import { z } from "zod";
import { account } from "./shipbob-fixture.ts";

const variant = z.looseObject({ id: z.number(), sku: z.string() });
const product = z.looseObject({ id: z.number(), name: z.string(), variants: z.array(variant) });
const page = z.object({
  items: z.array(product),
  next: z.string().nullable(),
  first: z.string().nullable(),
  last: z.string().nullable(),
  prev: z.string().nullable(),
});

const speaker = (more: object = {}) => ({
  name: "Mid-range speaker",
  type_id: 1,
  variants: [
    {
      sku: "D0001",
      name: "Mid-range speaker",
      status_id: 0,
      weight: 52.9,
      dimension: { length: 11.8, width: 8, height: 9.4 },
      upc: "012345678905",
      barcodes: [{ value: "BC-1" }],
      customs: { hs_tariff_code: "85182100", country_code_of_origin: "CN", value: 41 },
      ...more,
    },
  ],
});

function catalogue(skus: readonly string[], options: Parameters<typeof account>[0] = {}) {
  const world = account(options);
  for (const sku of skus) world.sandbox.desk.addProduct({ sku });
  const list = async (query = "") => page.parse(await world.get(`/product${query}`));
  const skusOf = async (query: string) =>
    (await list(query)).items.map(({ variants }) => variants.map(({ sku }) => sku).join());
  return { ...world, list, skusOf };
}

describe("a new product", () => {
  it("is shown otherwise than it was written", async () => {
    const { post, sandbox } = account();
    const made = await post("/product", speaker());
    expect([made.status, await made.json()]).toMatchObject([
      201,
      {
        name: "Mid-range speaker",
        type: "Regular",
        variants: [
          {
            sku: "D0001",
            status: "Active",
            weight: { weight: 52.9, unit: "oz" },
            dimension: { length: 11.8, width: 8, height: 9.4, unit: "inch", is_locked: false },
            inventory: { on_hand_qty: 0 },
            packaging_requirement: { id: 1, name: "No Requirements" },
            barcodes: [{ value: "BC-1" }],
            customs: { hs_tariff_code: "85182100", country_code_of_origin: "CN", value: 41 },
          },
        ],
      },
    ]);
    expect(sandbox.ledger).toMatchObject([{ action: "POST /product", key: "D0001" }]);
  });

  it("is refused with a SKU that is taken, without one, and without a name", async () => {
    const { post } = account();
    await post("/product", speaker());
    const repeated = await post("/product", speaker());
    expect([repeated.status, await repeated.json()]).toEqual([
      422,
      { ReferenceId: ["Cannot insert duplicate reference id: D0001"] },
    ]);
    expect((await post("/product", speaker({ sku: "" }))).status).toBe(400);
    expect((await post("/product", { name: "x", variants: [] })).status).toBe(400);
    expect((await post("/product", { ...speaker({ sku: "D0002" }), name: undefined })).status).toBe(400);
  });

  it("takes cents of a customs value from 2026-07 on", async () => {
    const { call } = account();
    const body = speaker({ customs: { value: 41.5 } });
    expect((await call("POST", "/2026-01/product", body)).status).toBe(400);
    expect((await call("POST", "/2026-07/product", body)).status).toBe(201);
  });

  it("is seen by its own application only where it is told so", async () => {
    const { skusOf, sandbox } = catalogue(["A"]);
    sandbox.desk.addProduct({ sku: "B", application: "Shopify" });
    expect(await skusOf("")).toEqual(["A", "B"]);
    sandbox.switches.productVisibility = "application";
    expect(await skusOf("")).toEqual(["A"]);
  });
});

describe("a changed product", () => {
  const patched = async (options: Parameters<typeof account>[0] = {}) => {
    const world = account(options);
    const made = product.parse(await (await world.post("/product", speaker())).json());
    const id = made.variants[0]?.id ?? 0;
    const patch = (body: unknown, path = "/variants") =>
      world.call("PATCH", `/2026-01/product/${made.id}${path}`, body);
    return { ...world, id, productId: made.id, patch };
  };

  it("takes its variants as an array, and keeps what is left out", async () => {
    const { patch, id } = await patched();
    expect((await patch({ id, weight: 60 })).status).toBe(400);
    const answer = await patch([{ id, weight: 60, status: 2 }]);
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      [{ sku: "D0001", status: "Inactive", weight: { weight: 60 }, dimension: { length: 11.8 }, upc: "012345678905" }],
    ]);
    expect((await patch([{ id: 1, weight: 60 }])).status).toBe(404);
    expect((await patch([{ id, status: 4 }])).status).toBe(400);
  });

  it("is changed itself with its name", async () => {
    const { patch, id } = await patched();
    const answer = await patch({ name: "Speaker", variants: [{ id, sku: "D0001-B" }] }, "");
    expect(await answer.json()).toMatchObject({ name: "Speaker", variants: [{ sku: "D0001-B" }] });
  });

  it("keeps the dimensions that the warehouse measured", async () => {
    const { patch, id, sandbox, productId, get } = await patched();
    sandbox.desk.measure("D0001", { length: 12, width: 8, height: 9 });
    const change = [{ id, dimension: { length: 1, width: 1, height: 1 }, weight: 50 }];
    expect((await patch(change)).status).toBe(200);
    expect(await get(`/product/${productId}`)).toMatchObject({
      variants: [{ dimension: { length: 12, is_locked: true }, weight: { weight: 50 } }],
    });
    sandbox.switches.lockedDimensions = "refused";
    expect((await patch(change)).status).toBe(400);
  });
});

describe("the list of products", () => {
  it("names the next page without the version", async () => {
    const { list, get } = catalogue(["A", "B", "C"]);
    const first = await list("?PageSize=2");
    expect(first.items).toHaveLength(2);
    expect(first.next).toMatch(/^\/Product\?cursor=\w+&PageSize=2$/);
    const second = page.parse(await get(first.next ?? ""));
    expect(second.items.map(({ name }) => name)).toEqual(["C"]);
    expect(second.next).toBeNull();
  });

  it("names it as a cursor or an address, and repeats a product, where it is told so", async () => {
    const { list, sandbox } = catalogue(["A", "B", "C"]);
    sandbox.switches.next = "cursor";
    const { next } = await list("?PageSize=2");
    expect((await list(`?PageSize=2&cursor=${next}`)).items.map(({ name }) => name)).toEqual(["C"]);
    sandbox.switches.next = "address";
    expect((await list("?PageSize=2")).next).toMatch(/^http:\/\/sb\.local\/2026-01\/Product\?cursor=/);
    Object.assign(sandbox.switches, { next: "cursor", productPages: "repeating" });
    const repeating = await list("?PageSize=2");
    expect((await list(`?PageSize=2&cursor=${repeating.next}`)).items.map(({ name }) => name)).toEqual(["B", "C"]);
  });

  it("finds SKUs by a plain list, not by an escaped one, and an odd SKU alone", async () => {
    const { skusOf, sandbox } = catalogue(["A", "B", "A,B", "any:A", "AB"]);
    expect(await skusOf("?SKU=any:A,B")).toEqual(["A", "B"]);
    expect(await skusOf("?SKU=any%3AA%2CB")).toEqual([]);
    expect(await skusOf("?SKU=any:A%2CB")).toEqual(["A,B"]);
    expect(await skusOf("?SKU=A%2CB")).toEqual(["A,B"]);
    expect(await skusOf("?SKU=A")).toEqual(["A"]);
    sandbox.switches.skuFilter = "partial";
    expect(await skusOf("?SKU=A")).toEqual(["A", "A,B", "any:A", "AB"]);
  });

  it("finds by barcode", async () => {
    const { sandbox, skusOf } = catalogue(["A"]);
    sandbox.desk.addProduct({ sku: "B", barcodes: [{ value: "42" }] });
    expect(await skusOf("?Barcode=42")).toEqual(["B"]);
  });
});

const level = z.looseObject({ sku: z.string() });
const levels = z.object({ items: z.array(level), next: z.string().nullable() });

describe("stock", () => {
  const stocked = () => {
    const world = account();
    world.sandbox.desk.addProduct({ sku: "A", stock: { 8: 10, 20: 4 } });
    world.sandbox.desk.addProduct({ sku: "B", stock: { 8: 3 } });
    const read = async (path: string) => levels.parse(await world.get(path)).items;
    const line = (quantity: number, sku = "A") => [{ reference_id: sku, name: sku, quantity }];
    return { ...world, read, line };
  };

  it("is committed about a minute after an order, and gone when it left", async () => {
    const { create, clock, read, line, sandbox } = stocked();
    await create({ products: line(2) });
    const [before] = await read("/inventory-level");
    expect(before).toMatchObject({ total_on_hand_quantity: 14, total_committed_quantity: 0 });
    clock.pass(61);
    const [after] = await read("/inventory-level");
    expect(after).toMatchObject({
      total_on_hand_quantity: 14,
      total_committed_quantity: 2,
      total_fulfillable_quantity: 12,
      total_sellable_quantity: 12,
    });
    sandbox.desk.ship("SO-1");
    const [left] = await read("/inventory-level/locations");
    expect(left).toMatchObject({
      locations: [
        { location_id: 8, name: "Cicero (IL)", on_hand_quantity: 8, committed_quantity: 0 },
        { location_id: 20, on_hand_quantity: 4 },
      ],
    });
  });

  it("counts exceptions for the network only", async () => {
    const { create, read, line, sandbox } = stocked();
    await create({ products: line(12) });
    sandbox.desk.expectGoods("A", 8, 5);
    const [first] = await read("/inventory-level");
    expect(first).toMatchObject({
      total_exception_quantity: 12,
      total_sellable_quantity: 2,
      total_awaiting_quantity: 5,
    });
    sandbox.switches.sellable = "withAwaiting";
    const [other] = await read("/inventory-level");
    expect(other).toMatchObject({ total_fulfillable_quantity: 14, total_sellable_quantity: 19 });
  });

  it("shows what no centre ever had, or leaves it out", async () => {
    const { read, sandbox } = stocked();
    sandbox.desk.addProduct({ sku: "NEVER" });
    expect(await read("/inventory-level")).toHaveLength(3);
    sandbox.switches.emptyLevels = "missing";
    expect((await read("/inventory-level")).map(({ sku }) => sku)).toEqual(["A", "B"]);
  });

  it("is held by the parts of a bundle, which has none itself", async () => {
    const { create, read, line, sandbox, clock } = stocked();
    const [a, b] = sandbox.products.map(({ variants }) => variants[0]?.id ?? 0);
    sandbox.desk.addProduct({
      sku: "SET",
      bundle_definition: [
        { variant_id: a ?? 0, quantity: 2 },
        { variant_id: b ?? 0, quantity: 1 },
      ],
    });
    await create({ products: line(3, "SET") });
    clock.pass(61);
    const found = await read("/inventory-level");
    expect(found).toMatchObject([
      { sku: "A", total_committed_quantity: 6 },
      { sku: "B", total_committed_quantity: 3 },
    ]);
    expect(sandbox.shipments[0]?.lines[0]?.items).toHaveLength(2);
  });

  it("is read in pages that are followed by next", async () => {
    const { get, read } = stocked();
    const first = levels.parse(await get("/inventory-level/locations?PageSize=1"));
    expect(first.items.map(({ sku }) => sku)).toEqual(["A"]);
    expect((await read(first.next ?? "")).map(({ sku }) => sku)).toEqual(["B"]);
    expect(await get("/inventory")).toMatchObject({ items: [{ sku: "A", weight: { unit: "oz" } }, { sku: "B" }] });
  });
});
