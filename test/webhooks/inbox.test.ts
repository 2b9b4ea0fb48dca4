import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { Inbox, type InboxLimits } from "../../src/webhooks/inbox/inbox.ts";
import { type InboxEvent, refusedIn } from "../../src/webhooks/inbox/lines.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import { now } from "./callers.ts";

let disk = new MemoryDisk();
let clock = jumpingClock(now);
beforeEach(() => {
  disk = new MemoryDisk();
  clock = jumpingClock(now);
});

const open = (limits: Partial<InboxLimits> = {}) => Inbox.open({ disk, dir: "inbox", clock, limits });

const event = (id: string, order = id): InboxEvent => ({
  route: "shipbob",
  id,
  at: now.toISOString(),
  topic: "order.shipped",
  records: [{ kind: "orderId", id: order }],
  body: `{"id":"${order}"}`,
});

const waitingIn = (inbox: Inbox) => inbox.waiting(1000).map(({ record }) => record.id);

it("an event that was taken is there after a power cut, and is a duplicate from then on", async () => {
  const inbox = await open();
  expect(await inbox.add(event("m1"))).toBe("stored");
  expect(await inbox.add(event("m1"))).toBe("duplicate");
  disk.powerCut();
  const again = await open();
  expect(waitingIn(again)).toEqual(["m1"]);
  expect(await again.add(event("m1"))).toBe("duplicate");
  expect(await again.add({ ...event("m1"), route: "fedex" })).toBe("stored");
});

it("events of one record fold, and one that comes while the record is worked on stays", async () => {
  const inbox = await open();
  for (const id of ["m1", "m2", "m3"]) await inbox.add(event(id, "SO-1"));
  const taken = inbox.waiting(10);
  expect(taken).toHaveLength(1);
  await inbox.add(event("m4", "SO-1"));
  await inbox.settle(taken);
  expect(waitingIn(inbox)).toEqual(["SO-1"]);
  await inbox.settle(inbox.waiting(10));
  expect(waitingIn(inbox)).toEqual([]);
  disk.powerCut();
  const again = await open();
  expect([waitingIn(again), again.counts.events]).toEqual([[], 4]);
});

it("calls that come at once share one fsync, and the second of a pair is not confirmed before the first is safe", async () => {
  const inbox = await open();
  await inbox.add(event("m0"));
  disk.calls = [];
  const taken = await Promise.all(Array.from({ length: 200 }, (_, at) => inbox.add(event(`m${(at % 100) + 1}`))));
  expect(taken.filter((one) => one === "stored")).toHaveLength(100);
  expect(disk.calls.filter((call) => call.startsWith("appendSync")).length).toBeLessThanOrEqual(2);
  disk.failFromNow("appendSync", 1, "ENOSPC");
  const failed = await Promise.allSettled([inbox.add(event("x")), inbox.add(event("x"))]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

it("goes on in a new file after the disk was full", async () => {
  const inbox = await open();
  await inbox.add(event("m1"));
  disk.failFromNow("appendWrite", 1, "ENOSPC");
  await expect(inbox.add(event("m2"))).rejects.toThrow();
  disk.fault = undefined;
  expect(await inbox.add(event("m2"))).toBe("stored");
  disk.powerCut({ keep: 1000 });
  const again = await open();
  expect(waitingIn(again)).toEqual(["m1", "m2"]);
});

it("is full at its limits while its events wait, and makes room of old ones that are done with", async () => {
  const inbox = await open({ events: 5, segmentBytes: 1 });
  for (const id of ["a", "b", "c", "d", "e"]) expect(await inbox.add(event(id))).toBe("stored");
  expect(await inbox.add(event("f"))).toBe("full");
  expect(await inbox.add(event("a"))).toBe("duplicate");
  await inbox.settle(inbox.waiting(2));
  const bytes = inbox.counts.bytes;
  expect(await inbox.add(event("f"))).toBe("stored");
  expect(inbox.counts).toMatchObject({ events: 5, waiting: 4 });
  expect(inbox.counts.bytes).toBeLessThan(bytes + 400);
  const files = (await Promise.all(disk.paths().map(async (path) => (await disk.facts(path))?.size ?? 0))).reduce(
    (a, b) => a + b,
    0,
  );
  expect(inbox.counts.bytes).toBe(files);
  expect(waitingIn(await open())).toEqual(["c", "d", "e", "f"]);
});

it("one that is full says so as soon as it is opened again, and one of which old files can go does not", async () => {
  const limits = { events: 3, segmentBytes: 1 };
  const inbox = await open(limits);
  for (const id of ["a", "b", "c"]) await inbox.add(event(id));
  expect((await open(limits)).takesMore).toBe(false);
  await inbox.settle(inbox.waiting(2));
  const again = await open(limits);
  expect([again.takesMore, waitingIn(again), again.counts.events]).toEqual([true, ["c"], 2]);
});

it("many at once do not overrun the limits", async () => {
  const inbox = await open({ events: 50 });
  const taken = await Promise.all(Array.from({ length: 200 }, (_, at) => inbox.add(event(`m${at}`))));
  expect(taken.filter((one) => one === "stored")).toHaveLength(50);
  const small = await Inbox.open({ disk, dir: "small", clock, limits: { bytes: 2000 } });
  const some = await Promise.all(Array.from({ length: 200 }, (_, at) => small.add(event(`m${at}`))));
  expect(some.filter((one) => one === "stored").length).toBeLessThan(12);
  expect(small.counts.bytes).toBeLessThan(2400);
});

it("a file is written to for a day at most, so that its age is that of its events", async () => {
  const inbox = await open();
  await inbox.add(event("a"));
  clock.advance(86_400_000);
  await inbox.add(event("b"));
  expect(disk.paths()).toEqual(["inbox/0000000001.jsonl", "inbox/0000000002.jsonl"]);
});

it("an id of F&O with another body is told from the same event again, also after a restart", async () => {
  const one: InboxEvent = { ...event("E-1"), route: "fno" };
  const other = { ...one, body: "{}" };
  const inbox = await open();
  expect(await Promise.all([one, other, one].map((sent) => inbox.add(sent)))).toEqual([
    "stored",
    "changed",
    "duplicate",
  ]);
  const again = await open();
  expect([await again.add(other), await again.add(one), again.counts.events]).toEqual(["changed", "duplicate", 1]);
});

it("of refused calls the first hundred of an hour are noted, and they are no events", async () => {
  const inbox = await open();
  const refused = { route: "shipstation", at: now.toISOString(), elsewhere: "https://evil.example" } as const;
  for (let at = 0; at < 150; at += 1) await inbox.note(refused);
  clock.advance(3_600_000);
  await inbox.note(refused);
  let noted = 0;
  for await (const { elsewhere } of refusedIn(disk, "inbox")) noted += elsewhere === "https://evil.example" ? 1 : 0;
  expect(noted).toBe(101);
  expect((await open()).counts).toEqual({ ...inbox.counts, events: 0, waiting: 0, damaged: 0 });
});

it("10,000 events of 100 records wait as 100, and are settled in one write", async () => {
  const inbox = await open();
  await Promise.all(Array.from({ length: 10_000 }, (_, at) => inbox.add(event(`m${at}`, `SO-${at % 100}`))));
  const waiting = inbox.waiting(10_000);
  expect([waiting.length, waiting[0]?.first, waiting[0]?.last]).toEqual([100, 1, 9_901]);
  disk.calls = [];
  await inbox.settle(waiting);
  expect(inbox.counts.waiting).toBe(0);
  expect(disk.calls.filter((call) => call.startsWith("appendSync")).length).toBeLessThanOrEqual(2);
});

it("takes a million events, then none, and more once some were worked off and their files removed", async () => {
  class Sink extends MemoryDisk {
    override append = async () => ({ write: async () => {}, sync: async () => {}, close: async () => {} });
  }
  const inbox = await Inbox.open({ disk: new Sink(), dir: "inbox", clock });
  const add = async (from: number, to: number) => {
    const ids = Array.from({ length: to - from }, (_, at) => `m${from + at}`);
    return (await Promise.all(ids.map((id) => inbox.add({ ...event(id), body: "{}" })))).filter(
      (taken) => taken === "stored",
    ).length;
  };
  let stored = 0;
  for (let from = 0; from < 1_000_000; from += 50_000) stored += await add(from, from + 50_000);
  expect([stored, inbox.counts.events]).toEqual([1_000_000, 1_000_000]);
  expect([await add(1_000_000, 1_000_010), inbox.takesMore]).toEqual([0, false]);
  await inbox.settle(inbox.waiting(100_000));
  expect([await add(1_000_000, 1_000_010), inbox.takesMore]).toEqual([10, true]);
}, 180_000);

it("a damaged line is passed over and counted", async () => {
  const inbox = await open();
  for (const id of ["a", "b", "c"]) await inbox.add(event(id));
  const bytes = disk.content("inbox/0000000001.jsonl");
  bytes[bytes.indexOf('"b"') + 1] = 120;
  disk.put("inbox/0000000001.jsonl", bytes);
  const again = await open();
  expect([waitingIn(again), again.counts.damaged]).toEqual([["a", "c"], 1]);
});

it("whatever the order of events, work and power cuts, what was taken is never lost and never waits twice", async () => {
  const act = fc.oneof(
    fc.record({ act: fc.constant("add" as const), ids: fc.array(fc.nat(30), { maxLength: 8 }) }),
    fc.record({ act: fc.constant("settle" as const), most: fc.nat(4) }),
    fc.record({ act: fc.constant("cut" as const), keep: fc.nat(300) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      disk = new MemoryDisk();
      let inbox = await open({ segmentBytes: 600 });
      const [taken, settled] = [new Set<string>(), new Set<string>()];
      for (const one of acts) {
        if (one.act === "add") {
          await Promise.all(one.ids.map((id) => inbox.add(event(`m${id}`))));
          for (const id of one.ids) taken.add(`m${id}`);
        } else if (one.act === "settle") {
          const batch = inbox.waiting(one.most);
          await inbox.settle(batch);
          for (const { record } of batch) settled.add(record.id);
        } else {
          // On their way while the power goes: they may be there or not.
          const lost = inbox.add(event("lost")).catch(() => undefined);
          disk.powerCut({ keep: one.keep });
          await lost;
          inbox = await open({ segmentBytes: 600 });
        }
        const owed = [...taken].filter((id) => !settled.has(id)).sort();
        expect(
          waitingIn(inbox)
            .filter((id) => id !== "lost")
            .sort(),
        ).toEqual(owed);
      }
    }),
    { numRuns: 300 },
  );
});
