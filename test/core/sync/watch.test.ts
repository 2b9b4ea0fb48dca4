import { describe, expect, it } from "vitest";
import type { Delivery, Ref, Step } from "../../../src/core/delivery.ts";
import { UnavailableError } from "../../../src/core/errors.ts";
import type { ListRequest, OrdersDone, Page, SourceRecord } from "../../../src/core/ports.ts";
import { isDone } from "../../../src/core/steps.ts";
import { Crash, clock, type Doc, MemoryErp, MemoryShipper, MemoryStore, world } from "./memory-systems.ts";

/** A carrier that is asked for what mlc gave it: texts by order, each a document of the order's only record. */
class MemoryCarrier extends MemoryErp {
  override reads = "watch" as const;
  readonly requests: ListRequest[] = [];
  readonly texts = new Map<string, string[]>();
  isFinal = false;

  override async *list(request: ListRequest): AsyncGenerator<Page> {
    this.requests.push(request);
    const done = await request.orders?.since(request.cursor);
    if (done) yield { records: done.orders.map(({ key }) => this.#recordOf(key)), cursor: done.place };
    yield { records: (request.open ?? []).map((ref) => this.#recordOf(String(ref))) };
  }

  override async get(refs: readonly Ref[], _isAnew?: boolean, orders?: OrdersDone) {
    const known = new Set((await orders?.load(refs.map(String)))?.map(({ key }) => key));
    return new Map(
      refs.map((ref): [string, SourceRecord | "gone"] => {
        const key = String(ref);
        return [key, known.has(key) ? this.#recordOf(key) : "gone"];
      }),
    );
  }

  #recordOf(key: string): SourceRecord {
    const texts = this.texts.get(key) ?? [];
    return { id: key, version: texts.join(), ref: key, payload: texts };
  }

  override read({ id, payload }: SourceRecord): Doc[] {
    const final = this.isFinal;
    return (payload as string[]).map((text) => ({ id, number: id, status: "open", text, final, personal: [] }));
  }
}

/** Takes every document under a step of its own. */
class MemoryNotes extends MemoryShipper {
  remembers = false;

  override next(document: Doc, delivery: Delivery): Step[] {
    if (this.waitsFor(document.text))
      return [{ name: "wait", action: "wait", naturalKey: "", payload: null, repeatable: true, remark: "not ready" }];
    const step: Step = {
      name: `note:${document.text}`,
      action: "create",
      naturalKey: `${document.id}#${this.remembers ? "same" : document.text}`,
      payload: { text: document.text },
      ...(this.remembers ? { memo: { told: document.text } } : {}),
      repeatable: false,
    };
    const isTold = this.remembers ? delivery.memo.told !== undefined : isDone(step, delivery);
    return isTold ? [] : [step];
  }
}

const delivery: Delivery = { versions: {}, steps: {}, memo: {}, closed: false, at: "", document: "", ref: null };

/** The orders flow's log, as one of its other flows is told of it. */
function ordersIn(log: string[]): OrdersDone {
  const done = (keys: readonly string[]) => [...new Set(keys)].map((key) => ({ key, delivery }));
  return {
    since: async (place) => ({ orders: done(log.slice(Number(place ?? 0))), place: log.length }),
    load: async (keys) => done(keys.filter((key) => log.includes(key))),
    find: async () => undefined,
  };
}

function watching() {
  const carrier = new MemoryCarrier();
  const notes = new MemoryNotes();
  const log: string[] = [];
  const made = world(carrier, notes, new MemoryStore());
  const put = (key: string, ...texts: string[]) => {
    carrier.texts.set(key, texts);
    log.push(key);
  };
  const sync = (options = {}, more = {}) => made.sync(options, { orders: ordersIn(log), ...more });
  return { ...made, carrier, notes, put, sync };
}

describe("a source that watches open deliveries", () => {
  it("is told what the orders flow did, what is open, when it last ran and to take everything as due", async () => {
    const { sync, carrier, put } = watching();
    put("SO-1", "a");
    await sync();
    clock.advance(60_000);
    await sync({ ignoreSchedule: true });
    const [first, second] = carrier.requests;
    expect(first).toMatchObject({ open: [] });
    expect(first).not.toHaveProperty("lastRunAt");
    expect(first).not.toHaveProperty("ignoreSchedule");
    expect(second).toMatchObject({ cursor: 1, open: ["SO-1"], ignoreSchedule: true });
    expect(second?.lastRunAt).toEqual(new Date(clock.now().getTime() - 60_000));
  });

  it("is told no more of what is final", async () => {
    const { sync, carrier, put, store } = watching();
    put("SO-1", "a", "b");
    carrier.isFinal = true;
    await sync();
    expect(store.state.deliveries.get("SO-1")).toMatchObject({ closed: true });
    await sync();
    expect(carrier.requests.at(-1)?.open).toEqual([]);
  });

  it("hears of an order again until it is settled: a stop before its result moves no cursor", async () => {
    const { sync, carrier, notes, put } = watching();
    put("SO-1", "a");
    notes.faults = ["down"];
    expect((await sync()).error).toBeInstanceOf(UnavailableError);
    await sync();
    expect(carrier.requests.map(({ cursor }) => cursor)).toEqual([undefined, undefined]);
    expect(notes.ledger).toHaveLength(1);
  });

  it("reads by name what a person asks for, and what waits", async () => {
    const { sync, notes, put } = watching();
    put("SO-1", "a");
    await sync({ limit: 0 });
    expect((await sync({ only: ["SO-1", "SO-9"] })).counts).toMatchObject({ created: 1 });
    expect(notes.ledger).toHaveLength(1);
  });
});

describe("a record of several documents", () => {
  it("has each sent, the second no drift of the first", async () => {
    const { sync, notes, put, store } = watching();
    put("SO-1", "a", "b", "c");
    expect((await sync()).counts).toMatchObject({ created: 3, drift: 0 });
    put("SO-1", "a", "b", "d");
    expect((await sync()).counts).toMatchObject({ created: 1, unchanged: 2, drift: 0 });
    expect(notes.ledger.map(({ text }) => text)).toEqual(["a", "b", "c", "d"]);
    expect(store.state.deliveries.get("SO-1")?.versions).toEqual({ "SO-1": "a,b,d" });
  });

  it("is neither settled nor closed while one of them is set aside, and takes that one up when it can", async () => {
    const { sync, carrier, notes, put, store, setMapping } = watching();
    put("SO-1", "a", "bad", "c");
    carrier.isFinal = true;
    notes.refuse = (text) => text === "bad";
    expect((await sync()).counts).toMatchObject({ created: 2, deadLettered: 1 });
    expect(store.state.deliveries.get("SO-1")).toMatchObject({ versions: {}, closed: false });
    expect(store.state.asides["SO-1"]?.outcome).toBe("dead");
    notes.refuse = () => false;
    setMapping("m2");
    expect((await sync()).counts).toMatchObject({ created: 1, unchanged: 2, drift: 0 });
    expect(store.state.asides).toEqual({});
    expect(store.state.deliveries.get("SO-1")).toMatchObject({ closed: true });
  });
});

describe("a record of which several documents are set aside", () => {
  it("is tried once a run, and is as grave as the gravest of them", async () => {
    const { sync, notes, put, store } = watching();
    put("SO-1", "late", "later");
    put("SO-2", "late", "bad", "later");
    notes.waitsFor = (text) => text.startsWith("late");
    notes.refuse = (text) => text === "bad";
    expect((await sync()).counts).toMatchObject({ waiting: 4, deadLettered: 1 });
    expect(store.state.asides["SO-1"]).toMatchObject({ outcome: "waiting", attempts: 1 });
    expect(store.state.asides["SO-2"]).toMatchObject({ outcome: "dead" });
    await sync({ ignoreSchedule: true });
    expect(store.state.asides["SO-1"]).toMatchObject({ outcome: "waiting", attempts: 2 });
    notes.waitsFor = () => false;
    expect((await sync({ ignoreSchedule: true })).counts).toMatchObject({ created: 2 });
    expect(store.state.asides["SO-1"]).toBeUndefined();
  });
});

describe("a record that a limit cuts through", () => {
  it("is not settled, so that the rest is sent by the next run", async () => {
    const { sync, notes, put, store } = watching();
    put("SO-1", "a", "b");
    await sync({ limit: 1 });
    expect(notes.ledger).toHaveLength(1);
    expect(store.state.deliveries.get("SO-1")?.versions).toEqual({});
    expect((await sync()).counts).toMatchObject({ created: 1, unchanged: 1, drift: 0 });
  });
});

describe("a write found after a crash", () => {
  it("is remembered as it was sent, whatever its source says now", async () => {
    const { sync, carrier, notes, put, store } = watching();
    put("SO-1", "a");
    notes.remembers = true;
    notes.faults = ["crashAfter"];
    expect((await sync()).error).toBeInstanceOf(Crash);
    carrier.texts.set("SO-1", ["later"]);
    await sync();
    expect(store.state.deliveries.get("SO-1")?.memo).toMatchObject({ told: "a" });
    expect(notes.ledger).toHaveLength(1);
  });
});
