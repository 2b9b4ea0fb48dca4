import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { Inbox } from "../../src/webhooks/inbox/inbox.ts";
import type { InboxEvent } from "../../src/webhooks/inbox/lines.ts";
import { eventNamed, newestEvents } from "../../src/webhooks/inbox/reader.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import { now } from "./callers.ts";

let disk = new MemoryDisk();
let clock = jumpingClock(now);
beforeEach(() => {
  disk = new MemoryDisk();
  clock = jumpingClock(now);
});

const open = () => Inbox.open({ disk, dir: "inbox", clock, limits: { segmentBytes: 2_000 } });
const event = (id: string, orders: readonly string[] = [id], topic = "order.shipped"): InboxEvent => ({
  ...{ route: "shipbob", id, at: clock.now().toISOString(), topic, body: `{"id":"${id}"}` },
  records: orders.map((order) => ({ kind: "orderId", id: order })),
});
const listed = async (filter: Partial<Parameters<typeof newestEvents>[2]> = {}) =>
  (await newestEvents(disk, "inbox", { limit: 1000, ...filter })).map(({ id, isDone }) => `${id}${isDone ? "" : "?"}`);

it("the newest events are given, oldest first, from as many files as it takes", async () => {
  const inbox = await open();
  for (let at = 1; at <= 40; at += 1) await inbox.add(event(`m${at}`));
  expect((await disk.list("inbox")).length).toBeGreaterThan(3);
  expect(await listed({ limit: 3 })).toEqual(["m38?", "m39?", "m40?"]);
  expect(await listed()).toHaveLength(40);
  expect((await listed({ isWanted: ({ topic }) => topic === "return.created" })).length).toBe(0);
});

it("an event is done once all that it names is, for the events up to it", async () => {
  const inbox = await open();
  await inbox.add(event("m1", ["1", "2"]));
  await inbox.add(event("m2", ["2"]));
  await inbox.add(event("m3", [], "return.created"));
  const [one, two] = inbox.waiting(2);
  await inbox.settle(one ? [one] : []);
  await inbox.add(event("m4", ["2"]));
  expect(await listed()).toEqual(["m1?", "m2?", "m3", "m4?"]);
  await inbox.settle(two ? [two] : []);
  expect(await listed()).toEqual(["m1", "m2", "m3", "m4?"]);
});

it("since and until are instants of when an event came, and older files are not read", async () => {
  const inbox = await open();
  for (let at = 1; at <= 30; at += 1) {
    await inbox.add(event(`m${at}`));
    clock.advance(60_000);
  }
  const minute = (count: number) => new Date(now.getTime() + count * 60_000);
  disk.calls = [];
  expect(await listed({ since: minute(27), until: minute(29) })).toEqual(["m28?", "m29?"]);
  const files = await disk.list("inbox");
  expect(disk.calls.filter((call) => call.includes(files[0] ?? ""))).toEqual([]);
});

it("what a receiver is just writing, has damaged or removes meanwhile is left out", async () => {
  const inbox = await open();
  for (let at = 1; at <= 20; at += 1) await inbox.add(event(`m${at}`));
  const files = await disk.list("inbox");
  const last = `inbox/${files.at(-1)}`;
  const bytes = (await disk.read(last)) ?? Buffer.alloc(0);
  await disk.write(last, Buffer.concat([bytes, Buffer.from('{"kind":"event","seq":99,"torn')]));
  const all = await listed();
  expect(all).toHaveLength(20);
  const list = disk.list.bind(disk);
  disk.list = async (path) => {
    const names = await list(path);
    await disk.remove(`inbox/${files[0]}`);
    return names;
  };
  expect((await listed()).length).toBeLessThan(20);
  expect((await listed()).at(-1)).toBe("m20?");
});

it("an event is found by the vendor's id and by mlc's own name, with its body", async () => {
  const inbox = await open();
  for (let at = 1; at <= 20; at += 1) await inbox.add(event(`m${at}`));
  expect(await eventNamed(disk, "inbox", "m2")).toMatchObject({ seq: 2, body: '{"id":"m2"}', isDone: false });
  expect(await eventNamed(disk, "inbox", "ev20")).toMatchObject({ id: "m20" });
  await inbox.settle(inbox.waiting(2));
  expect(await eventNamed(disk, "inbox", "ev2")).toMatchObject({ isDone: true });
  expect(await eventNamed(disk, "inbox", "20")).toBeUndefined();
});

it("whatever came and was done, an event waits here if and only if it does for the receiver", async () => {
  const step = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }).map((orders) => ({ orders })),
    fc.record({ skip: fc.nat(3) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      disk = new MemoryDisk();
      const inbox = await open();
      const events: { id: string; orders: string[] }[] = [];
      for (const one of steps) {
        if ("skip" in one) await inbox.settle(inbox.waiting(10).slice(one.skip));
        else {
          const added = { id: `m${events.length}`, orders: one.orders.map(String) };
          events.push(added);
          await inbox.add(event(added.id, added.orders));
        }
      }
      const pending = inbox.waiting(100);
      const isPending = ({ orders }: { orders: string[] }, seq: number) =>
        pending.some(({ record, first }) => orders.includes(record.id) && first <= seq);
      expect(await listed()).toEqual(events.map((one, at) => `${one.id}${isPending(one, at + 1) ? "?" : ""}`));
    }),
    { numRuns: 200 },
  );
});
