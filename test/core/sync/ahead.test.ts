import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Step, StepResult } from "../../../src/core/delivery.ts";
import { AuthError } from "../../../src/core/errors.ts";
import type { Target } from "../../../src/core/ports.ts";
import type { LineDraft } from "../../../src/core/state/lines.ts";
import { type Doc, MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

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

/** Eight orders in batches of three. */
const eightAhead = [
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
];

it("writes the intents of a batch while the one before is on its way, and sends one at a time", async () => {
  const { sync, happened } = slow(8);
  expect((await sync()).counts).toMatchObject({ created: 8 });
  expect(happened).toEqual([...eightAhead, "cursor page"]);
});

it("what may not be sent twice has its result on disk before anything else is asked", async () => {
  const { sync, erp, happened } = slow(8, { pageSize: 4, settleMs: 60_000 });
  const read = erp.read.bind(erp);
  erp.read = (record) => {
    happened.push(`read ${record.id}`);
    return read(record);
  };
  await sync();
  const rest = happened.slice(happened.indexOf("read 4") + 1);
  expect(rest.slice(0, 8)).toEqual([
    "intent 1 2 3",
    "send 1 2 3",
    "back 1 2 3",
    "result 1 2 3",
    ...["read 5", "read 6", "read 7", "read 8"],
  ]);
  expect(rest.filter((one) => one.startsWith("intent"))).toEqual(["intent 1 2 3", "intent 4 5 6", "intent 7 8"]);
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

it("goes on with the next page while batches of the one before are on their way, and keeps cursors in their order", async () => {
  const { sync, happened, store } = slow(8, { pageSize: 4 });
  expect((await sync()).counts).toMatchObject({ created: 8 });
  expect(happened).toEqual([...eightAhead, "cursor page page"]);
  expect(store.state.cursor).toEqual({ source: 8 });
});

it("a page that fills no batch does not wait for the next one", async () => {
  const { sync, happened } = slow(6, { pageSize: 2 });
  await sync();
  expect(happened.filter((one) => one.startsWith("send"))).toEqual(["send 1 2", "send 3 4", "send 5 6"]);
});

it("what is left of a page does not wait for pages of which nothing is to do", async () => {
  const { sync, happened, erp } = slow(16, { pageSize: 4 });
  for (const row of erp.rows.values()) if (Number(row.id) > 4) row.isBroken = true;
  const list = erp.list.bind(erp);
  erp.list = async function* (request) {
    for await (const page of list(request)) {
      happened.push(`page ${page.records[0]?.id}`);
      yield page;
    }
  };
  await sync();
  expect(happened.indexOf("send 4")).toBeLessThan(happened.indexOf("page 13"));
});

it("all that came back is on disk before a slow source gives its next page", async () => {
  const { sync, erp, store } = slow(6, { pageSize: 3 });
  const list = erp.list.bind(erp);
  const deliveries: number[] = [];
  erp.list = async function* (request) {
    for await (const page of list(request)) {
      for (let turn = 0; turn < 200; turn += 1) await setImmediate();
      deliveries.push(store.state.deliveries.size);
      yield page;
    }
  };
  await sync();
  expect(deliveries).toEqual([0, 3]);
});

it.each([
  ["of the page before", "6", "3", 3],
  ["of the page before, whose name it has,", "3", "6", 3],
  ["of the same page", "6", "1", 6],
])("a document that a record %s has a part in waits for what that one comes to", async (_, id, key, pageSize) => {
  const { sync, shipper, store } = slow(6, { pageSize });
  shipper.key = (document) => (document.id === id ? key : document.id);
  expect((await sync()).counts).toMatchObject({ created: 5, updated: 0, unchanged: 1 });
  expect(Object.keys(store.state.deliveries.get(key)?.versions ?? {}).sort()).toEqual([key, id].sort());
});

it.each(["fetched", "understood"])("a page that cannot be %s leaves what is on its way taken in", async (how) => {
  const { sync, erp, store } = slow(8, { pageSize: 4 });
  const error = new AuthError("erp: the key was refused");
  if (how === "fetched") erp.failOnPage = { number: 2, error };
  const read = erp.read.bind(erp);
  erp.read = (record) => {
    if (how === "understood" && record.id === "5") throw error;
    return read(record);
  };
  expect((await sync()).error).toBe(error);
  expect([store.state.cursor, store.state.deliveries.size]).toEqual([{ source: 4 }, 4]);
});

/** Lists all, then the second row once more as it is by then. */
function listedAgain(erp: MemoryErp, { isBroken = false } = {}): void {
  const list = erp.list.bind(erp);
  erp.list = async function* (request) {
    yield* list(request);
    erp.put("2", "second").isBroken = isBroken;
    for await (const { records } of list({ now: request.now, cursor: 0 })) yield { records };
  };
}

it("a record that comes again, changed, on the next page waits for its first version to be settled", async () => {
  const { sync, erp, shipper } = slow(4, { pageSize: 4 });
  listedAgain(erp);
  expect((await sync()).counts).toMatchObject({ created: 4, updated: 1 });
  expect(shipper.ledger.map(({ key, action, text }) => `${key} ${action} ${text}`)).toEqual([
    "1 create first",
    "2 create first",
    "3 create first",
    "4 create first",
    "2 update second",
  ]);
});

it("a record that is unreadable on the next page stays a dead letter when its version before is settled", async () => {
  const { sync, erp, shipper, store } = slow(4, { pageSize: 4 });
  shipper.faults = ["resetBefore"];
  listedAgain(erp, { isBroken: true });
  expect((await sync()).counts).toMatchObject({ created: 4, deadLettered: 1 });
  expect(Object.keys(store.state.asides)).toEqual(["2"]);
});

it("asks where documents belong when nothing is on its way", async () => {
  const { sync, shipper, happened } = slow(8, { pageSize: 4 });
  const locate: NonNullable<Target<Doc>["locate"]> = async (documents) => {
    happened.push("locate");
    return new Map(documents.map((document) => [document, { at: "found", key: document.id, ref: document.id }]));
  };
  Object.assign(shipper, { locate });
  await sync();
  expect(happened.filter((one) => /^(back|locate)/.test(one)).slice(0, 4)).toEqual([
    "locate",
    "back 1 2 3",
    "back 4",
    "locate",
  ]);
});

it("asks nothing more of the target when it is interrupted", async () => {
  const { sync, shipper, happened } = slow(4);
  const abort = new AbortController();
  shipper.next = (_, { steps }) => {
    abort.abort();
    return steps.look === undefined
      ? [{ name: "look", action: "read", naturalKey: "", payload: null, repeatable: true }]
      : [];
  };
  await sync({}, { signal: abort.signal });
  expect(happened).toEqual([]);
});

it("takes a document that never settles for a bug", async () => {
  const { sync, shipper } = slow(1);
  const next = shipper.next.bind(shipper);
  let text = 0;
  shipper.next = (document, delivery) => {
    text += 1;
    return next({ ...document, text: String(text) }, delivery);
  };
  expect((await sync()).error).toEqual(new Error("1 does not settle: order"));
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
