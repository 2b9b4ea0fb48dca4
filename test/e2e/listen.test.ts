import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { EventFlow } from "../../src/webhooks/event-flows.ts";
import { Inbox } from "../../src/webhooks/inbox/inbox.ts";
import { noProgress, processWaiting } from "../../src/webhooks/processor.ts";
import { type Access, receiverApp } from "../../src/webhooks/server/app.ts";
import { openShipBobWorld } from "./shipbob-world.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const map = { trackingNumber: "CustTracking", shippingCost: "CustCost", deliveryStatus: "CustDelivery" };
let world: Awaited<ReturnType<typeof openShipBobWorld>> | undefined;
afterEach(() => world?.close());

/** The world, and a receiver that its ShipBob calls. */
async function openReceiving() {
  const own = await openShipBobWorld({ pair: { writeBack: { headerFields: { map }, packingSlipTracking: false } } });
  world = own;
  const { clock, shipbob } = own;
  shipbob.webhooks.subscriptions.push({
    ...{ id: "sub-1", url: "https://mlc.test/webhooks/shipbob", description: null, secret, enabled: true },
    topics: ["order.shipped", "order.shipment.delivered", "return.created"],
    ...{ failingSince: null, created: clock.now().toISOString() },
  });
  const mlc = await own.open();
  const inbox = await Inbox.open({ disk: mlc.disk, dir: join(mlc.dir, "inbox"), clock });
  const accesses: Access[] = [];
  const app = receiverApp({
    ...{ clock, inbox, isHandshakeExpected: async () => false, log: (access) => void accesses.push(access) },
    known: () => ({ shipbob: { secrets: [secret] } }),
  });
  const deliver = () => shipbob.webhooks.deliver(async (request) => app.fetch(request));
  const runs: string[] = [];
  const progress = noProgress();
  const run = async ({ pair, flow, ...more }: EventFlow) => {
    runs.push(flow);
    const report = await mlc.sync({ command: "listen", pair, flows: [flow], ...more });
    const [done] = report?.flows ?? [];
    return done !== undefined && done.error === undefined && (done.narrow ? "narrow" : true);
  };
  const { signal } = new AbortController();
  const warn = (error: unknown) => expect(error).toBeUndefined();
  const work = () => processWaiting({ inbox, clock, signal, config: () => mlc.config, run, warn }, progress);
  return { ...own, inbox, accesses, deliver, runs, work };
}

it("a label at ShipBob is on the sales order as soon as its call came, once, whatever else calls again", async () => {
  const { addOrder, sync, desk, fields, deliver, work, runs, inbox, fno } = await openReceiving();
  addOrder("SO-1");
  await sync();
  const { id, tracking } = desk.ship("usmf-SO-1");
  expect((await deliver()).map(({ status }) => status)).toEqual([200]);
  await work();
  expect(fields("SO-1")).toEqual([tracking?.number, 0, "label created"]);
  expect([runs, inbox.counts.waiting]).toEqual([["shipments"], 0]);
  const writes = fno.ledger.length;
  await sync({ flows: ["shipments"], afterMs: 60_000 });
  expect(fno.ledger.length).toBe(writes);
  desk.deliver(id);
  await deliver();
  await work();
  expect(fields("SO-1")[2]).toBe("delivered");
});

it("events of many orders are worked off in one run, and again only after a while", async () => {
  const { addOrder, sync, desk, fields, deliver, work, runs, clock } = await openReceiving();
  const numbers = ["SO-1", "SO-2", "SO-3"];
  for (const number of numbers) addOrder(number);
  await sync();
  for (const number of numbers) desk.ship(`usmf-${number}`);
  await deliver();
  await work();
  expect(numbers.map((number) => fields(number)[2])).toEqual(numbers.map(() => "label created"));
  desk.deliver("usmf-SO-1");
  await deliver();
  await work();
  expect(runs).toEqual(["shipments"]);
  clock.advance(5_000);
  await work();
  expect([runs.length, fields("SO-1")[2]]).toEqual([2, "delivered"]);
});

it("an event waits while its flow cannot read, and is worked off later", async () => {
  const { addOrder, sync, desk, fields, deliver, work, inbox, shipbob, clock } = await openReceiving();
  addOrder("SO-1");
  await sync();
  desk.ship("usmf-SO-1");
  await deliver();
  shipbob.faults = () => "unavailable";
  await work();
  expect(inbox.counts.waiting).toBeGreaterThan(0);
  shipbob.faults = undefined;
  clock.advance(61_000);
  await work();
  expect([fields("SO-1")[2], inbox.counts.waiting]).toEqual(["label created", 0]);
});
