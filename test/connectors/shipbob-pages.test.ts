import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { PageRequest } from "../../src/connectors/shipbob/pages.ts";
import { ContractError } from "../../src/core/errors.ts";
import { json, type Turn } from "../core/http/kit.ts";
import { callsTo, failure, pagesOf } from "./shipbob-kit.ts";

const item = z.looseObject({ id: z.number() });
const rows = (...ids: number[]) => ids.map((id) => ({ id }));
const request = (more: Partial<PageRequest<z.infer<typeof item>>>): PageRequest<z.infer<typeof item>> => ({
  path: "/channel",
  item,
  style: "next",
  idOf: ({ id }) => id,
  ...more,
});

async function read(turns: Turn[], more: Partial<PageRequest<z.infer<typeof item>>>) {
  const { calls, wire, requests } = callsTo(turns);
  const pages = await pagesOf(calls.pages(request(more)));
  return { ids: pages.map((page) => page.map(({ id }) => id)), wire: wire(), requests };
}

describe("pages by number", () => {
  const orders = { path: "/order", style: "page", query: { Limit: 2 } } as const;

  it("stop at a short one", async () => {
    const { ids, wire } = await read([json(rows(1, 2)), json(rows(3))], orders);
    expect(ids).toEqual([[1, 2], [3]]);
    expect(wire).toEqual(["/2026-01/order?Page=1&Limit=2", "/2026-01/order?Page=2&Limit=2"]);
  });

  it("ask for as many as ShipBob gives, and go on behind a short one when a header says so", async () => {
    const headers = { "Total-Pages": "2" };
    const { ids, wire } = await read([json(rows(1), { headers }), json(rows(2), { headers })], {
      ...orders,
      query: {},
    });
    expect(ids).toEqual([[1], [2]]);
    expect(wire[0]).toBe("/2026-01/order?Page=1&Limit=250");
  });

  it("stop at one without rows", async () => {
    expect((await read([json(rows(1, 2)), json([])], orders)).ids).toEqual([[1, 2]]);
  });

  it("leave out what came before, and stop when all of it did", async () => {
    const { ids, wire } = await read([json(rows(1, 2)), json(rows(2, 3)), json(rows(3, 2)), json(rows(4, 5))], orders);
    expect(ids).toEqual([[1, 2], [3]]);
    expect(wire).toHaveLength(3);
  });
});

describe("pages by what leads on", () => {
  const second = "/2026-01/channel?cursor=eyJJZCI6Mn0%3D&RecordsPerPage=50";

  it.each([
    ["a bare cursor", "f8cUk/xJ+eQ==", "/2026-01/channel?Cursor=f8cUk%2FxJ%2BeQ%3D%3D&RecordsPerPage=50"],
    ["a number", 2, "/2026-01/channel?Cursor=2&RecordsPerPage=50"],
    ["a path with the version", "/2026-01/channel?cursor=eyJJZCI6Mn0%3D", second],
    ["a path without the version", "/Channel?cursor=eyJJZCI6Mn0%3D", second],
    ["a query alone", "?cursor=eyJJZCI6Mn0%3D&RecordsPerPage=50", second],
    ["an address of the same host", "https://api.shipbob.com/2026-01/channel?cursor=eyJJZCI6Mn0%3D", second],
  ])("follow %s", async (_name, next, expected) => {
    const turns = [json({ items: rows(1), next, prev: null }), json({ items: rows(2), next: "" })];
    const { ids, wire } = await read(turns, { query: { RecordsPerPage: 50 } });
    expect(ids).toEqual([[1], [2]]);
    expect(wire[1]).toBe(expected);
  });

  it.each([
    "https://evil.example/2026-01/channel?cursor=1",
    "https://api.shipbob.com.evil.example/?cursor=1",
    "//evil.example/2026-01/channel?cursor=1",
    "https://api.shipbob.com@evil.example/?cursor=1",
  ])("never go to another host: %s", async (next) => {
    const { calls, requests } = callsTo([json({ items: rows(1), next }), json({ items: rows(2) })]);
    const error = await failure(pagesOf(calls.pages(request({}))));
    expect(error).toBeInstanceOf(ContractError);
    expect(error).toMatchObject({ message: expect.stringContaining("another host") });
    expect(requests).toHaveLength(1);
  });

  it("keep a raw filter as it is, on every page", async () => {
    const turns = [json({ items: rows(1), next: "/Product?cursor=2" }), json({ items: rows(2), next: null })];
    const { wire } = await read(turns, { path: "/product", query: { PageSize: 250 }, rawQuery: "SKU=any:A-1,B%20C" });
    expect(wire).toEqual([
      "/2026-01/product?PageSize=250&SKU=any:A-1,B%20C",
      "/2026-01/product?cursor=2&PageSize=250&SKU=any:A-1,B%20C",
    ]);
  });

  it("are asked for by POST with the body, the cursor in the query, and read from `data` too", async () => {
    const turns = [json({ data: rows(1), next: "c2" }), json({ data: rows(2), next: null })];
    const { wire, requests } = await read(turns, { path: "/inventory/history:query", post: { facility_id: 10 } });
    expect(wire).toEqual(["/2026-01/inventory/history:query", "/2026-01/inventory/history:query?Cursor=c2"]);
    expect(await requests[1]?.json()).toEqual({ facility_id: 10 });
  });

  it("go on over one without rows, but not for ever", async () => {
    const gap = [json({ items: rows(1), next: "b" }), json({ items: [], next: "c" }), json({ items: rows(2) })];
    expect((await read(gap, {})).ids).toEqual([[1], [2]]);
    const { calls } = callsTo([(_request, index) => Response.json({ items: [], next: `c${index}` })]);
    expect(await failure(pagesOf(calls.pages(request({}))))).toBeInstanceOf(ContractError);
  });

  it("end where the cursor leads round in a circle or brings what came before", async () => {
    const circle = [json({ items: rows(1), next: "b" }), json({ items: rows(2), next: "b" })];
    expect((await read(circle, {})).ids).toEqual([[1], [2]]);
    const same: Turn = (_request, index) => Response.json({ items: rows(1, 2), next: `c${index}` });
    const { ids, wire } = await read([same], {});
    expect(ids).toEqual([[1, 2]]);
    expect(wire).toHaveLength(2);
  });

  it.each([
    ["no page", { items: "none" }, "something that is not a page"],
    ["a row of another shape", { items: [{ id: "one" }] }, "not in the documented shape (id)"],
    ["a link without a cursor", { items: rows(1), next: "https://api.shipbob.com/2026-01/channel" }, "has no cursor"],
  ])("stop the flow at %s", async (_name, body, said) => {
    const { calls } = callsTo([json(body)]);
    const error = await failure(pagesOf(calls.pages(request({ what: "read channels" }))));
    expect(error).toBeInstanceOf(ContractError);
    expect(error).toMatchObject({ message: expect.stringContaining(said) });
    expect(error).toMatchObject({ message: expect.stringContaining("read channels") });
  });
});
