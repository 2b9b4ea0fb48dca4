import { expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import type { ConfigFile } from "../../src/core/config.ts";
import { type EventFlow, flowsFor } from "../../src/webhooks/event-flows.ts";
import { Inbox } from "../../src/webhooks/inbox/inbox.ts";
import type { InboxEvent } from "../../src/webhooks/inbox/lines.ts";
import { noProgress, processWaiting } from "../../src/webhooks/processor.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import { now } from "./callers.ts";

const config: ConfigFile = {
  ...{ schema: 1, fno: {}, shipstation: {}, shipbob: {} },
  ...{ "fno-shipstation": {}, "fno-shipbob": {} },
};

async function opened() {
  const disk = new MemoryDisk();
  const clock = jumpingClock(now);
  const inbox = await Inbox.open({ disk, dir: "inbox", clock });
  const runs: EventFlow[] = [];
  const held = new Map<string, Promise<boolean>>();
  const warnings: unknown[] = [];
  const stop = new AbortController();
  const progress = noProgress();
  const options = {
    ...{ inbox, clock, signal: stop.signal, config: () => config },
    run: (flow: EventFlow) => {
      runs.push(flow);
      return held.get(flow.pair) ?? Promise.resolve(true);
    },
    warn: (error: unknown) => void warnings.push(error),
  };
  const add = (id: string, topic: string, records: InboxEvent["records"], route: InboxEvent["route"] = "fno") =>
    inbox.add({ route, at: now.toISOString(), id, topic, records, body: "{}" });
  const work = () => processWaiting(options, progress);
  return { clock, inbox, runs, held, warnings, stop, add, work, flows: () => runs.map(({ pair }) => pair) };
}

const order = (id: string) => ({ kind: "orderNumber" as const, id });
const charge = (id: string) => ({ kind: "chargeId" as const, id });

/** An event of order 1 is worked on, and one of its flows takes until `end`. */
async function begun() {
  const all = await opened();
  const { add, work, held } = all;
  let end: (isDone: boolean) => void = () => {};
  held.set("fno-shipstation", new Promise((resolve) => (end = resolve)));
  await add("m1", "SalesOrderConfirmed", [order("1")]);
  const first = work();
  await new Promise((resolve) => setImmediate(resolve));
  return { ...all, first, end: (isDone: boolean) => end(isDone) };
}

it("a flow that takes long holds up neither the other flows of its event nor those of others", async () => {
  const { add, work, flows, inbox, clock, first, end } = await begun();
  await add("m2", "SalesOrderConfirmed", [order("2")]);
  clock.advance(6_000);
  await work();
  expect(flows()).toEqual(["fno-shipstation", "fno-shipbob", "fno-shipbob"]);
  expect(inbox.counts.waiting).toBe(2);
  end(true);
  await first;
  expect(inbox.waiting(10).map(({ record }) => record.id)).toEqual(["2"]);
});

it("a flow that failed is run again after a minute, alone, and the record waits for it", async () => {
  const { add, work, flows, held, inbox, clock } = await opened();
  held.set("fno-shipstation", Promise.resolve(false));
  await add("m1", "SalesOrderConfirmed", [order("1")]);
  await work();
  held.clear();
  clock.advance(30_000);
  await work();
  expect([flows(), inbox.counts.waiting]).toEqual([["fno-shipstation", "fno-shipbob"], 1]);
  clock.advance(31_000);
  await work();
  expect([flows(), inbox.counts.waiting]).toEqual([["fno-shipstation", "fno-shipbob", "fno-shipstation"], 0]);
});

it("an event that comes while its record is worked on asks for all its flows once more", async () => {
  const { add, work, flows, held, inbox, clock, first, end } = await begun();
  await add("m2", "SalesOrderConfirmed", [order("1")]);
  end(true);
  await first;
  held.clear();
  expect(inbox.counts.waiting).toBe(1);
  clock.advance(6_000);
  await work();
  expect([flows(), inbox.counts.waiting]).toEqual([
    ["fno-shipstation", "fno-shipbob", "fno-shipstation", "fno-shipbob"],
    0,
  ]);
});

it("what is done and cannot be noted is told, and run again later", async () => {
  const { add, work, flows, warnings, inbox, clock } = await opened();
  await add("m1", "SalesOrderConfirmed", [order("1")]);
  const settle = inbox.settle.bind(inbox);
  inbox.settle = async () => {
    throw new Error("no space");
  };
  await work();
  expect(warnings).toHaveLength(1);
  inbox.settle = settle;
  clock.advance(61_000);
  await work();
  expect([flows().length, inbox.counts.waiting]).toEqual([4, 0]);
});

it("nothing is begun after the signal, and what no flow has is settled at once", async () => {
  const { add, work, runs, stop, inbox } = await opened();
  await add("m1", "return.created", [order("7")], "shipbob");
  await add("m2", "billing.posted", [charge("c")], "shipbob");
  expect(flowsFor(config, { route: "shipbob", topic: "return.created", record: order("7") })).toEqual([]);
  stop.abort();
  await work();
  expect([runs, inbox.counts.waiting]).toEqual([[], 0]);
});

it("a burst is one run, which has all that was named", async () => {
  const { add, work, runs } = await opened();
  for (const id of ["1", "2", "3"]) await add(`m${id}`, "SalesOrderConfirmed", [order(id)]);
  await work();
  expect(runs.map(({ pair, named }) => [pair, named.map(({ id }) => id)])).toEqual([
    ["fno-shipstation", ["1", "2", "3"]],
    ["fno-shipbob", ["1", "2", "3"]],
  ]);
});

it("what one system is stuck with hides no event of another", async () => {
  const { add, work, runs, held, clock } = await opened();
  held.set("fno-shipstation", Promise.resolve(false));
  const many = Array.from({ length: 10_000 }, (_, number) => order(String(number)));
  await add("m1", "SalesOrderConfirmed", many);
  await work();
  await add("m2", "order.shipped", [{ kind: "orderId", id: "1" }], "shipbob");
  clock.advance(6_000);
  await work();
  expect(runs.map(({ pair, flow }) => `${pair} ${flow}`)).toContain("fno-shipbob shipments");
});
