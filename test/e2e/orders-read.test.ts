import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
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

const filesUnder = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });

describe("the token", () => {
  const pem = (name: string) => readFileSync(join(import.meta.dirname, "..", "fixtures", "entra", name), "utf8");

  it("comes for a certificate, signed with PS256, as well as for a secret", async () => {
    const certificate = pem("app-certificate.pem");
    const world = await worldWith({
      certificate,
      fnoSecrets: { "fno.certificate": certificate, "fno.privateKey": pem("app-key.pem") },
    });
    addOrder(world, "SO-1");
    expect(await sync(world)).toMatchObject({ created: 1, exitCode: 0 });
    expect(world.entra.tokenRequests).toBe(1);
  });

  it("of a certificate that is not the app's is refused with what to do", async () => {
    const world = await worldWith({
      fnoSecrets: { "fno.certificate": pem("app-certificate.pem"), "fno.privateKey": pem("app-key.pem") },
    });
    const { error } = await sync(world);
    expect(error).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining("certificate is not one of the app's"),
    });
    expect(error?.hint).toMatch(/Upload the certificate/);
  });

  it("is kept encrypted, so that the next run asks for none until it is nearly over", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    await sync(world);
    const token = world.entra.requests.length;
    expect(token).toBe(1);
    await sync(world);
    expect(world.entra.tokenRequests).toBe(1);
    for (const file of filesUnder(world.home)) expect(readFileSync(file, "latin1")).not.toMatch(/eyJ/);
    world.clock.advance(54 * 60_000);
    await sync(world);
    expect(world.entra.tokenRequests).toBe(2);
  });

  it("that F&O refuses is renewed once, and a second refusal ends with 4", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    await sync(world);
    world.entra.revokeAll();
    expect(await sync(world)).toMatchObject({ unchanged: 1, exitCode: 0 });
    expect(world.entra.tokenRequests).toBe(2);
    world.entra.environmentHost = undefined;
    world.entra.revokeAll();
    world.entra.accepts = () => false;
    expect(await sync(world)).toMatchObject({ exitCode: 4 });
    expect(world.entra.tokenRequests).toBe(3);
  });

  it("is for the environment's address however it was typed", async () => {
    const world = await worldWith({ fnoSettings: { host: "https://FNO.Test/" } });
    addOrder(world, "SO-1");
    expect(await sync(world)).toMatchObject({ created: 1, exitCode: 0 });
  });
});

describe("reading", () => {
  it("asks V3 for header and lines by name, a company at a time, and only for what is used", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    await sync(world);
    const lists = world.urls.filter((url) => url.includes("/SalesOrderHeadersV3?") && url.includes("$filter"));
    expect(lists.length).toBeGreaterThan(0);
    for (const url of lists) {
      expect(url).toContain("cross-company=true");
      expect(url).toMatch(/dataAreaId eq '(usmf|demf)'/);
      expect(url).toMatch(/\$select=[^&]*SalesOrderNumber/);
      expect(url).toMatch(/\$expand=SalesOrderLines\(\$select=[^&]*InventoryLotId/);
    }
  });

  it("takes whole lines where options inside $expand are refused", async () => {
    const world = await worldWith();
    world.fno.switches.selectsInExpand = false;
    addOrder(world, "SO-1");
    expect(await sync(world)).toMatchObject({ created: 1, exitCode: 0 });
    world.fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
    expect(await sync(world)).toMatchObject({ updated: 1 });
    world.fno.cancel("usmf", "SO-1");
    expect(await sync(world)).toMatchObject({ cancelled: 1, exitCode: 0 });
  });

  it("falls back to V2, and to its own filter where the server's fails", async () => {
    for (const status of [400, 500] as const) {
      const world = await worldWith();
      world.fno.switches.absentSets = ["SalesOrderHeadersV3"];
      world.fno.switches.processingStatusFilter = status;
      addOrder(world, "SO-1");
      addOrder(world, "SO-2", { processingStatus: "Active" });
      expect(await sync(world)).toMatchObject({ created: 1, exitCode: 0 });
    }
  });

  it("follows small pages, and sends nothing to another host", async () => {
    const world = await worldWith();
    for (let number = 1; number <= 25; number += 1) addOrder(world, `SO-${number}`);
    Object.assign(world.fno.switches, { pageSize: 4, honoursMaxPageSize: false });
    expect(await sync(world)).toMatchObject({ created: 25, exitCode: 0 });
    addOrder(world, "SO-26");
    world.fno.switches.nextLinkHost = "evil.example";
    const { exitCode, error } = await sync(world);
    expect(exitCode).toBe(5);
    expect(error?.message).toContain("evil.example");
    expect(error?.hint).toMatch(/\w/);
    expect(world.urls.filter((url) => url.includes("evil.example/"))).toEqual([]);
  });

  it("ends when pages lead round in a circle", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    addOrder(world, "SO-2");
    world.fno.switches.pageSize = 1;
    let calls = 0;
    const fetch = world.fno.fetch.bind(world.fno);
    world.fno.fetch = async (request, env) => {
      calls += 1;
      if (calls > 60) throw new Error("it never ends");
      const url = new URL(request.url);
      if (url.searchParams.get("$skiptoken") === "1") {
        const answer = await fetch(request, env);
        const body = await answer.json();
        return Response.json({
          ...(body as object),
          "@odata.nextLink": `${url.origin}/data/SalesOrderHeadersV3?again`,
        });
      }
      if (url.search === "?again") {
        const link = `${url.origin}/data/SalesOrderHeadersV3?cross-company=true&$skiptoken=1&$expand=SalesOrderLines`;
        return Response.json({ value: [], "@odata.nextLink": link });
      }
      return fetch(request, env);
    };
    expect(await sync(world)).toMatchObject({ exitCode: 5, error: { message: expect.stringContaining("circle") } });
    expect(calls).toBeLessThan(60);
  });

  it("leaves a stopped order and says why, also when its stop comes later", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1", { header: { IsSalesProcessingStopped: "Yes" } });
    addOrder(world, "SO-2");
    expect(await sync(world)).toMatchObject({ created: 1, skipped: 1 });
    expect((await remarks(world)).join("\n")).toMatch(/skipped: IsSalesProcessingStopped is Yes/);
    world.fno.edit("usmf", "SO-2", { IsSalesProcessingStopped: "Yes" });
    expect(await sync(world)).toMatchObject({ skipped: 1 });
    expect(held(world, "usmf-SO-2")?.orderStatus).toBe("awaiting_shipment");
  });

  it("says of an order that lost its confirmation that, and not that it was stopped", async () => {
    const world = await worldWith();
    addOrder(world, "SO-1");
    await sync(world);
    world.fno.edit("usmf", "SO-1", { SalesOrderProcessingStatus: "Active" });
    expect(await sync(world)).toMatchObject({ skipped: 1, cancelled: 0 });
    expect((await remarks(world)).at(-1)).toMatch(/skipped: .*SalesOrderProcessingStatus is Active/);
  });

  it("sends the remainder of an order first met partially delivered, or sets it aside", async () => {
    const lines = [{ item: "A-1", quantity: 5, delivered: 2, price: 1, warehouse: "24" }];
    for (const absentSets of [[], ["SalesLineBiEntities"]]) {
      const world = await worldWith();
      world.fno.switches.absentSets = absentSets;
      addOrder(world, "SO-1", { processingStatus: "PartiallyDelivered", lines });
      const { exitCode, asides } = await sync(world);
      if (absentSets.length === 0) expect(held(world, "usmf-SO-1")?.items[0]?.quantity).toBe(3);
      else {
        expect(exitCode).toBe(3);
        expect(asides[0]?.error).toMatchObject({
          field: "RemainSalesPhysical",
          hint: expect.stringMatching(/SalesLineBi/),
        });
        expect(world.shipstation.orders).toEqual([]);
      }
    }
  });

  it("does not set aside an order that it sent in full when part of it is delivered later", async () => {
    const world = await worldWith();
    world.fno.switches.absentSets = ["SalesLineBiEntities"];
    addOrder(world, "SO-1");
    await sync(world);
    world.fno.deliver("usmf", "SO-1", { 1: 1 });
    const again = await sync(world);
    expect(again).toMatchObject({ deadLettered: 0, updated: 0, cancelled: 0, exitCode: 0 });
    expect((await remarks(world)).at(-1)).toMatch(/skipped: .*RemainSalesPhysical/);
    expect(held(world, "usmf-SO-1")?.items[0]?.quantity).toBe(2);
  });

  it("begins at the start date, and counts before it makes the first ones", async () => {
    const world = await worldWith({ pair: { flows: { orders: { startDate: "2026-11-10" } } } });
    addOrder(world, "SO-1", { orderedAt: "2026-11-09T23:00:00Z" });
    addOrder(world, "SO-2", { orderedAt: "2026-11-10T01:00:00Z" });
    expect(await sync(world)).toMatchObject({ created: 1, counted: [1] });
    expect((await sync(world)).counted).toEqual([]);
  });

  it("refuses a start date that is no day", async () => {
    const world = await worldWith({ pair: { flows: { orders: { startDate: "2026-02-30" } } } });
    expect(await sync(world)).toMatchObject({ exitCode: 6 });
  });
});
