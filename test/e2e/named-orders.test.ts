import { afterEach, beforeEach, expect, it } from "vitest";
import type { Named } from "../../src/core/ports.ts";
import type { LineSpec, OrderSpec } from "../../src/sandbox/fno.ts";
import { oneLine, openShipping, type Shipping } from "./shipping.ts";

const orders = { startDate: "2026-11-01", filter: { deliveryModes: ["GRND"], pools: ["WEB"], warehouses: ["24"] } };
const header = { DeliveryModeCode: "GRND", SalesOrderPoolId: "WEB" };
const order = (id: string, legalEntity?: string): Named => ({
  ...{ kind: "orderNumber", id },
  ...(legalEntity === undefined ? {} : { legalEntity }),
});

let world: Shipping;
beforeEach(async () => {
  world = await openShipping({ pair: { flows: { orders } }, fnoSettings: { legalEntities: ["usmf"] } });
  put("SO-0");
  await world.sync("orders");
  world.urls.length = 0;
});
afterEach(() => world.close());

function put(number: string, more: Partial<OrderSpec> = {}) {
  world.fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines: [oneLine], header, ...more });
}

const event = (...named: Named[]) => world.sync("orders", { command: "listen", named });
const there = () => world.shipstation.orders.map(({ orderKey, orderStatus }) => `${orderKey} ${orderStatus}`);
const listings = () => world.urls.filter((url) => url.includes("SalesOrderProcessingStatus eq"));

it("an event brings its order, whatever case its company is written in, and reads no other", async () => {
  for (const number of ["SO-1", "SO-2", "SO-3"]) put(number);
  expect(await event(order("SO-2", "USMF"), order("SO-3"))).toMatchObject({ created: 2, narrow: true });
  expect(there()).toEqual(["usmf-SO-0", "usmf-SO-2", "usmf-SO-3"].map((key) => `${key} awaiting_shipment`));
  expect([listings(), world.urls.filter((url) => url.includes("SO-1"))]).toEqual([[], []]);
  expect(await world.sync("orders")).toMatchObject({ created: 1, unchanged: 3 });
});

it("one call to F&O's orders is made for all that a burst names", async () => {
  for (const number of ["SO-1", "SO-2", "SO-3"]) put(number);
  await event(order("SO-1"), order("SO-2", "usmf"), order("SO-3"), order("SO-1"));
  expect(world.urls.filter((url) => url.includes("/data/SalesOrderHeadersV") && !url.includes("$top"))).toHaveLength(1);
});

const other: LineSpec = { ...oneLine, warehouse: "99" };
const unwanted: [string, Partial<OrderSpec>, (() => void)?][] = [
  ["not confirmed", { processingStatus: "Active" }],
  ["cancelled before it was ever sent", {}, () => world.fno.cancel("usmf", "SO-1")],
  ["delivered already", {}, () => world.fno.deliver("usmf", "SO-1")],
  ["of another delivery mode", { header: { ...header, DeliveryModeCode: "AIR" } }],
  ["of another pool", { header: { ...header, SalesOrderPoolId: "B2B" } }],
  ["in another warehouse", { lines: [other] }],
  ["older than the start date", { orderedAt: "2026-10-30T10:00:00Z" }],
  ["of another company", { legalEntity: "demf" }],
];

it.each(unwanted)("an order that is %s is moved by no event, as by no poll", async (_, more, change) => {
  put("SO-1", more);
  change?.();
  expect(await event(order("SO-1"), order("SO-1", "usmf"), order("SO-1", "demf"))).toMatchObject({
    created: 0,
    deadLettered: 0,
    narrow: true,
  });
  expect(there()).toEqual(["usmf-SO-0 awaiting_shipment"]);
  await world.sync("orders");
  expect(there()).toEqual(["usmf-SO-0 awaiting_shipment"]);
});

it("an order that F&O does not have, or whose number would match all, does nothing", async () => {
  put("SO-1");
  expect(await event(order("SO-99"), order("*"), order("SO*"))).toMatchObject({
    created: 0,
    unchanged: 0,
    narrow: true,
  });
  expect(there()).toEqual(["usmf-SO-0 awaiting_shipment"]);
});

it("an event of a cancellation cancels what is there", async () => {
  world.fno.cancel("usmf", "SO-0");
  expect(await event(order("SO-0"))).toMatchObject({ cancelled: 1, narrow: true });
  expect(there()).toEqual(["usmf-SO-0 cancelled"]);
});

it("an event before the flow's first run has it run whole", async () => {
  world.close();
  world = await openShipping({ fnoSettings: { legalEntities: ["usmf"] } });
  for (const number of ["SO-1", "SO-2"]) put(number);
  const first = await event(order("SO-2"));
  expect([first?.created, first?.narrow]).toEqual([2, undefined]);
});

it("events and polls at once in one process have one effect", async () => {
  for (const number of ["SO-1", "SO-2", "SO-3"]) put(number);
  const mlc = await world.open();
  const run = (more: object) => mlc.sync({ command: "sync orders", flows: ["orders"], ...more }, {});
  const named = [order("SO-1"), order("SO-3")];
  const reports = await Promise.all([run({ named }), run({}), run({ named }), run({})]);
  expect(reports.map((report) => report?.flows[0]?.created)).toEqual([2, 1, 0, 0]);
  expect(there()).toHaveLength(4);
});
