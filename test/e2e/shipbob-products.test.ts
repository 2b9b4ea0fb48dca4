import { afterEach, expect, it } from "vitest";
import { openShipBobWorld } from "./shipbob-world.ts";

let world: Awaited<ReturnType<typeof openShipBobWorld>> | undefined;
afterEach(() => world?.close());

it("moves released products of the chosen categories to ShipBob, once", async () => {
  world = await openShipBobWorld({
    pair: { flows: { products: { categories: "Mugs", inactiveStates: "Obsolete" } } },
  });
  const { fno, shipbob } = world;
  const sync = () => world?.sync({ flows: ["products"] });
  for (const item of ["B-1", "B-2"]) {
    fno.addProduct("usmf", { ItemNumber: item, ProductNumber: item, NetProductWeight: 0.5 });
    fno.addProductRow("ProductsV2", { ProductNumber: item, ProductName: `Mug ${item}` });
  }
  const assigned = { ProductCategoryName: "Mugs", ProductCategoryHierarchyName: "Retail" };
  fno.addProductRow("ProductCategoryAssignments", { ProductNumber: "B-1", ...assigned });
  expect(await sync()).toMatchObject({ pair: "fno-shipbob", flow: "products", created: 1, deadLettered: 0 });
  fno.editProduct("usmf", "B-1", { ProductLifecycleStateId: "Obsolete" });
  expect(await sync()).toMatchObject({ created: 0, updated: 1, drift: 0 });
  expect(await sync()).toMatchObject({ created: 0, updated: 0, unchanged: 1, drift: 0 });
  const [product, ...others] = shipbob.products;
  expect(others).toEqual([]);
  expect(product).toMatchObject({ name: "Mug B-1", variants: [{ sku: "B-1", status: 2, fields: { weight: 17.64 } }] });
});
