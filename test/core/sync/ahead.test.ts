import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { AuthError } from "../../../src/core/errors.ts";
import type { Step, StepResult } from "../../../src/core/ports.ts";
import type { LineDraft } from "../../../src/core/state/lines.ts";
import { MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

/** A shipper that takes its time, and what happened meanwhile. */
class SlowShipper extends MemoryShipper {
  readonly happened: string[];
  refused = new Set<string>();

  constructor(happened: string[], settleMs = 0) {
    super({ settleMs });
    this.happened = happened;
  }

  override async send(steps: readonly Step[]): Promise<StepResult[]> {
    const names = steps.map(({ naturalKey }) => naturalKey).join(" ");
    this.happened.push(`send ${names}`);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    this.happened.push(`back ${names}`);
    if (steps.some(({ naturalKey }) => this.refused.has(naturalKey)))
      throw new AuthError("shipper: the key was refused");
    return super.send(steps);
  }
}

class ToldStore extends MemoryStore {
  readonly happened: string[];

  constructor(happened: string[]) {
    super();
    this.happened = happened;
  }

  override async append(drafts: readonly LineDraft[]) {
    for (const kind of ["intent", "result", "cursor"] as const) {
      const keys = drafts.flatMap((line) => (line.kind === kind ? ["key" in line ? line.key : "page"] : []));
      if (keys.length > 0) this.happened.push(`${kind} ${keys.join(" ")}`);
    }
    return super.append(drafts);
  }
}

function slow(count: number, { pageSize = 100, settleMs = 0 } = {}) {
  const happened: string[] = [];
  const erp = new MemoryErp();
  erp.reads = "changes";
  erp.pageSize = pageSize;
  for (let number = 1; number <= count; number += 1) erp.put(String(number));
  const shipper = new SlowShipper(happened, settleMs);
  return { happened, ...world(erp, shipper, new ToldStore(happened)), shipper };
}

it("writes the intents of a batch while the one before is on its way, and sends one at a time", async () => {
  const { sync, happened } = slow(8);
  expect((await sync()).counts).toMatchObject({ created: 8 });
  expect(happened).toEqual([
    "intent 1 2 3",
    "send 1 2 3",
    "intent 4 5 6",
    "back 1 2 3",
    "send 4 5 6",
    "intent 7 8",
    "result 1 2 3",
    "back 4 5 6",
    "send 7 8",
    "back 7 8",
    "result 4 5 6 7 8",
    "cursor page",
  ]);
});

it("writes no intent ahead of what may not be sent twice", async () => {
  const { sync, happened } = slow(6, { settleMs: 60_000 });
  await sync();
  expect(happened.slice(0, 4)).toEqual(["intent 1 2 3", "send 1 2 3", "back 1 2 3", "intent 4 5 6"]);
});

it("a batch that was made ready is not sent when the one before stops the flow, and nothing of it stays open", async () => {
  const { sync, shipper, store, happened } = slow(8);
  shipper.refused.add("2");
  expect((await sync()).error).toBeInstanceOf(AuthError);
  expect(happened.filter((one) => one.startsWith("send"))).toEqual(["send 1 2 3"]);
  expect(store.state.intents).toEqual({});
  shipper.refused.clear();
  expect((await sync()).counts).toMatchObject({ created: 8 });
  expect(shipper.ledger).toHaveLength(8);
});

it("an interruption lets what is on its way come back and sends nothing more", async () => {
  const { sync, shipper, store, happened } = slow(8);
  const abort = new AbortController();
  const send = shipper.send.bind(shipper);
  shipper.send = (steps) => {
    abort.abort();
    return send(steps);
  };
  await sync({}, { signal: abort.signal });
  expect(happened.filter((one) => one.startsWith("send"))).toEqual(["send 1 2 3"]);
  expect([shipper.ledger.length, store.state.deliveries.size, store.state.intents]).toEqual([3, 3, {}]);
});

it("finds out what a page needs before the last batch of the page before is back, and keeps cursors in their order", async () => {
  const { sync, happened, erp, shipper, store } = slow(4, { pageSize: 2 });
  const read = erp.read.bind(erp);
  erp.read = (record) => {
    happened.push(`read ${record.id}`);
    return read(record);
  };
  await sync();
  const at = (what: string) => happened.indexOf(what);
  expect(at("read 3")).toBeLessThan(at("back 1 2"));
  expect(at("cursor page")).toBeGreaterThan(at("result 1 2"));
  expect(at("cursor page")).toBeLessThan(at("send 3 4"));
  expect(store.state.cursor).toEqual({ source: 4 });
  expect(shipper.ledger).toHaveLength(4);
});

it("a page that fails to be read leaves what is on its way taken in", async () => {
  const { sync, erp, store } = slow(6, { pageSize: 2 });
  erp.failOnPage = { number: 3, error: new AuthError("erp: the key was refused") };
  expect((await sync()).error).toBeInstanceOf(AuthError);
  expect([store.state.cursor, store.state.deliveries.size]).toEqual([{ source: 4 }, 4]);
});

it("a record that comes again, changed, on the next page waits for its first version to be settled", async () => {
  const { sync, erp, shipper } = slow(2, { pageSize: 2 });
  const list = erp.list.bind(erp);
  erp.list = async function* (request) {
    yield* list(request);
    erp.put("2", "second");
    for await (const { records } of list({ now: request.now, cursor: 0 })) yield { records };
  };
  expect((await sync()).counts).toMatchObject({ created: 2, updated: 1 });
  expect(shipper.ledger.map(({ key, action, text }) => `${key} ${action} ${text}`)).toEqual([
    "1 create first",
    "2 create first",
    "2 update second",
  ]);
});

it("a record that is unreadable on the next page stays a dead letter when its version before is settled", async () => {
  const { sync, erp, shipper, store } = slow(2, { pageSize: 2 });
  shipper.faults = ["resetBefore"];
  const list = erp.list.bind(erp);
  erp.list = async function* (request) {
    yield* list(request);
    erp.put("2", "second").isBroken = true;
    for await (const { records } of list({ now: request.now, cursor: 0 })) yield { records };
  };
  expect((await sync()).counts).toMatchObject({ created: 2, deadLettered: 1 });
  expect(Object.keys(store.state.asides)).toEqual(["2"]);
});

it.each([2, 4])("of two orders with one key over there the second is set aside (order %i)", async (last) => {
  const { sync, shipper, store } = slow(4);
  const next = shipper.next.bind(shipper);
  const keyOf = (id: string) => (id === String(last) ? "1" : id);
  shipper.next = (document, delivery) =>
    next(document, delivery).map((step) => ({ ...step, naturalKey: keyOf(document.id) }));
  store.holder = async (naturalKey) =>
    Object.values(store.state.intents).find((intent) => intent.naturalKey === naturalKey)?.key;
  expect((await sync()).counts).toMatchObject({ created: 3, deadLettered: 1 });
  expect(Object.keys(store.state.asides)).toEqual([String(last)]);
});
