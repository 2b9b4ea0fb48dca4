import { expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Named } from "../../src/core/ports.ts";
import { type EventFlow, flowsFor } from "../../src/webhooks/event-flows.ts";
import type { PendingRecord } from "../../src/webhooks/inbox/pending.ts";
import { noProgress, processWaiting } from "../../src/webhooks/processor.ts";

const config = {
  schema: 1 as const,
  ...Object.fromEntries(["fno", "bc", "shipstation", "shipbob", "fedex"].map((name) => [name, {}])),
  ...Object.fromEntries(["fno-shipstation", "bc-shipstation", "fno-shipbob", "fno-fedex"].map((name) => [name, {}])),
};

const at = "2026-11-21T12:00:00.000Z";
let seq = 0;
function pending(route: PendingRecord["route"], topic: string, record: Named): PendingRecord {
  seq += 1;
  return { key: `${route} ${record.id}`, route, topic, record, first: seq, last: seq, firstAt: at, lastAt: at };
}

const order = (number: number) => pending("fno", "SalesOrderConfirmed", { kind: "orderNumber", id: `SO-${number}` });

/** Works off records with a clock that jumps; each run takes so long and ends so. */
function processing(records: PendingRecord[], { ms, ends }: { ms: number; ends: boolean | "narrow" }) {
  const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
  const runs: EventFlow[] = [];
  const progress = noProgress();
  const given = {
    clock,
    signal: new AbortController().signal,
    config: () => config,
    inbox: { waiting: () => records, settle: async () => {} },
    run: async (flow: EventFlow) => {
      clock.advance(ms);
      runs.push(flow);
      return ends;
    },
    warn: () => {},
  };
  const work = () => processWaiting(given, progress);
  /** Whether the flow runs again after so long. */
  const runsAfter = async (waitMs: number) => {
    const before = runs.length;
    clock.advance(waitMs);
    await work();
    return runs.length > before;
  };
  return { work, runs, runsAfter };
}

it.each([
  [
    "shipstation",
    "ORDER_NOTIFY",
    { kind: "resourceUrl", id: "https://ssapi.test/orders?importBatch=1" },
    ["bc-shipstation sales"],
  ],
  ["shipbob", "order.shipped", { kind: "orderId", id: "1" }, ["fno-shipbob shipments"]],
  ["fedex", "tracking", { kind: "trackingNumber", id: "1" }, ["fno-fedex shipments"]],
  ["bc", "items", { kind: "record", id: "api/v2.0/companies(1)/items(1)" }, ["bc-shipstation products"]],
] as const)("%s' %s asks for the flows that read it alone", (route, topic, record, flows) => {
  expect(flowsFor(config, pending(route, topic, record)).map(({ pair, flow }) => `${pair} ${flow}`)).toEqual(flows);
});

it("a burst is one run with all its names, and too many names are a whole run", async () => {
  const few = processing([order(1), order(2)], { ms: 10, ends: "narrow" });
  await few.work();
  const own = few.runs.filter(({ pair }) => pair === "fno-shipstation");
  expect(own.map(({ named }) => named.map(({ id }) => id))).toEqual([["SO-1", "SO-2"]]);
  const many = processing(
    Array.from({ length: 501 }, (_, number) => order(number)),
    { ms: 10, ends: true },
  );
  await many.work();
  expect(many.runs.map(({ named, told }) => [named, told])).toEqual(many.runs.map(() => [[], []]));
});

it("a run that read little is followed after a second, a slow one after as long, a whole one after five, a failed one after a minute", async () => {
  const after = async (ends: boolean | "narrow", ms: number, [early, late]: [number, number]) => {
    const { work, runsAfter } = processing([pending("fedex", "tracking", { kind: "trackingNumber", id: "1" })], {
      ms,
      ends,
    });
    await work();
    return [await runsAfter(early), await runsAfter(late)];
  };
  expect(await after("narrow", 10, [900, 200])).toEqual([false, true]);
  expect(await after("narrow", 3_000, [2_900, 200])).toEqual([false, true]);
  expect(await after("narrow", 60_000, [4_900, 200])).toEqual([false, true]);
  expect(await after(true, 10, [4_900, 200])).toEqual([false, true]);
  expect(await after(false, 10, [59_000, 2_000])).toEqual([false, true]);
});
