import { expect, it } from "vitest";
import { ShipBobProducts, skuQueries } from "../../src/connectors/shipbob/products/calls.ts";
import { RejectedError, UnknownOutcomeError } from "../../src/core/errors.ts";
import { broken, json, status } from "../core/http/kit.ts";
import { callsTo, failure, pagesOf } from "./shipbob-kit.ts";

const shown = (id: number, more: object = {}) => ({ id, name: "Speaker", type: "Regular", variants: [], ...more });

it("lists plain SKUs together with bare colon and commas, and each odd one alone", () => {
  expect(skuQueries(["A-1", "B_2", "A-1", "C,D", "E:F", "G H", "Ü", "I/J"])).toEqual([
    "SKU=any:A-1,B_2",
    "SKU=C%2CD",
    "SKU=E%3AF",
    "SKU=G%20H",
    "SKU=%C3%9C",
    "SKU=I%2FJ",
  ]);
});

it("keeps lists to a hundred SKUs and short addresses", () => {
  const long = skuQueries(Array.from({ length: 100 }, (_, index) => `${"X".repeat(60)}${index}`));
  const many = skuQueries(Array.from({ length: 250 }, (_, index) => `S${index}`));
  expect(Math.max(...long.map((query) => query.length))).toBeLessThan(1_600);
  expect(many.map((query) => query.split(",").length)).toEqual([100, 100, 50]);
});

it("reads a list to its end, each product once, whatever the link to the next page looks like", async () => {
  const { calls, wire } = callsTo([
    json({ items: [shown(1), shown(2)], next: "/Product?cursor=abc" }),
    json({ items: [shown(2), shown(3)], next: null }),
  ]);
  const pages = await pagesOf(new ShipBobProducts(calls).bySku(["A", "B"]));
  expect(pages.flat().map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(wire()).toEqual([
    "/2026-01/product?SKU=any:A,B&PageSize=250",
    "/2026-01/product?cursor=abc&SKU=any:A,B&PageSize=250",
  ]);
});

it("asks for nothing where no SKU is asked for", async () => {
  const { calls, wire } = callsTo([status(500)]);
  expect(await pagesOf(new ShipBobProducts(calls).bySku([]))).toEqual([]);
  expect(wire()).toEqual([]);
});

it("takes added variants from the product that is answered, and from an array too", async () => {
  const variants = [{ id: 7, sku: "A" }];
  for (const answer of [shown(1, { variants }), variants]) {
    const { calls, requests } = callsTo([json(answer, { status: 201 })]);
    const { body } = await new ShipBobProducts(calls).addVariants(1, [{ sku: "A" }]);
    expect(body.variants?.map(({ id, sku }) => [id, sku])).toEqual([[7, "A"]]);
    expect(await requests[0]?.json()).toEqual([{ sku: "A" }]);
  }
});

it("sends a product that is made once, and says that nobody knows when the answer is lost", async () => {
  const { calls, requests } = callsTo([broken("ECONNRESET")]);
  const made = await failure(new ShipBobProducts(calls).create({ name: "A", type_id: 1, variants: [{ sku: "A" }] }));
  expect(made).toBeInstanceOf(UnknownOutcomeError);
  expect(requests).toHaveLength(1);
});

it("repeats a change whose answer is lost", async () => {
  const { calls, requests } = callsTo([broken("ECONNRESET"), json(shown(1))]);
  await new ShipBobProducts(calls).change(1, { variants: [{ id: 7, weight: 2 }] });
  expect(requests.map(({ method }) => method)).toEqual(["PATCH", "PATCH"]);
});

it("tells a SKU that is taken as a refusal", async () => {
  const refusal = { ReferenceId: ["Cannot insert duplicate reference id: A"] };
  const { calls } = callsTo([json(refusal, { status: 422 })]);
  const made = await failure(new ShipBobProducts(calls).create({ name: "A", type_id: 1, variants: [{ sku: "A" }] }));
  expect(made).toBeInstanceOf(RejectedError);
  expect(String(made)).toContain("Cannot insert duplicate reference id: A");
});
