import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { productsWorld } from "../systems/shipbob-products-world.ts";
import { complaintsOf } from "./openapi.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "shipbob-2026-01.openapi.json");
const document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ parameters: z.array(z.object({ name: z.string() })).optional() })),
  ),
});
const bodies: Readonly<Record<string, string>> = {
  "POST /2026-01/product": "Products.CreateProductRequestModelV5",
  "POST /2026-01/product/{productId}/variants": "Products.CreateProductVariantRequestModelV5Array",
  "PATCH /2026-01/product/{productId}": "Products.UpdateProductRequestModelV5",
};

if (existsSync(file)) {
  it("sends of products what ShipBob's specification promises to take", async () => {
    const openApi = readFileSync(file, "utf8");
    const { paths } = document.parse(JSON.parse(openApi));
    const { fno, shipbob, hooks, release, addVariant, sync } = productsWorld({ customsValue: "salesPrice" });
    const sent: { at: string; query: string[]; body: Promise<string> }[] = [];
    hooks.onRequest = (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const at = `${request.method} ${pathname.replace(/\d+(?=$|\/variants)/, "{productId}")}`;
      sent.push({ at, query: [...searchParams.keys()], body: request.clone().text() });
    };
    const all = { GrossDepth: 3, GrossProductWidth: 2, GrossProductHeight: 1, SalesPrice: 9.5, SalesPriceQuantity: 1 };
    const customs = { OriginCountryRegionId: "CHN", IntrastatCommodityCode: "85182100" };
    for (const item of ["NEW", "OLD", "T"]) {
      release(item, { ...all, ...customs, ProductLifecycleStateId: item === "OLD" ? "Obsolete" : "" });
      for (const Barcode of ["4006381333931", "036000291452", "X1"])
        fno.addProductRow("ProductBarcodesV3", { dataAreaId: "usmf", ItemNumber: item, Barcode });
    }
    shipbob.desk.addProduct({ sku: "OLD", name: "as it was" });
    addVariant("T", "Red");
    await sync();
    addVariant("T", "Blue");
    expect((await sync()).counts).toMatchObject({ created: 1, deadLettered: 0 });
    const complaints = [];
    for (const { at, query, body } of sent) {
      const [method = "", path = ""] = at.split(" ");
      const known = paths[path]?.[method.toLowerCase()]?.parameters?.map(({ name }) => name) ?? [`${at} is unknown`];
      if (method === "GET") complaints.push(...query.filter((name) => !known.includes(name)));
      else
        complaints.push(
          ...complaintsOf(openApi, bodies[at] ?? at, JSON.parse(await body)).map((text) => `${at}: ${text}`),
        );
    }
    expect(complaints).toEqual([]);
    expect(new Set(sent.map(({ at }) => at))).toEqual(new Set(["GET /2026-01/product", ...Object.keys(bodies)]));
  });
} else {
  it("is not beside the repository, so nothing is compared with it", () => expect(existsSync(file)).toBe(false));
}
