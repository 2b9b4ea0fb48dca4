import { expect, it } from "vitest";
import type { Named } from "../../../src/core/ports.ts";
import { clock, MemoryErp, MemoryShipper, world } from "./memory-systems.ts";

const order = (id: string): Named => ({ kind: "orderNumber", id });

/** A flow that has read its two orders to the end. */
async function polled() {
  const made = world(new MemoryErp(), new MemoryShipper());
  made.erp.put("A");
  made.erp.put("B");
  await made.sync();
  made.erp.asked.length = 0;
  const event = (...ids: string[]) => made.sync({ command: "listen", named: ids.map(order) });
  const texts = () => [...made.shipper.documents].map(([key, { text, status }]) => `${key} ${text} ${status}`);
  return { ...made, event, texts };
}

it("an event reads and moves only what it names, and tells nothing of the rest", async () => {
  const { erp, store, event, texts } = await polled();
  erp.put("A", "second");
  erp.put("B", "second");
  erp.put("C");
  const before = structuredClone({ cursor: store.state.cursor, at: store.state.lastSuccessAt });
  clock.advance(60_000);
  const { isNarrow, counts } = await event("A", "C");
  expect([isNarrow, counts.updated, counts.created, erp.asked]).toEqual([true, 1, 1, ["named A C"]]);
  expect(texts()).toEqual(["A second open", "B first open", "C first open"]);
  expect({ cursor: store.state.cursor, at: store.state.lastSuccessAt }).toEqual(before);
  expect(store.lines.at(-1)).toMatchObject({ kind: "run", event: "end", narrow: true });
});

it("an event that comes twice, or beside a poll, has one effect", async () => {
  const { erp, shipper, event, sync } = await polled();
  erp.put("A", "second");
  await event("A", "A");
  await event("A");
  await sync();
  expect(shipper.ledger.filter(({ key }) => key === "A").map(({ text }) => text)).toEqual(["first", "second"]);
});

it("an order that no listing would give is moved by no event, but one that is there is cancelled", async () => {
  const { erp, event, texts } = await polled();
  erp.put("C", "first", "closed");
  erp.put("D", "first", "cancelled");
  erp.rows.set("E", { id: "E", text: "first", status: "closed", isBroken: true });
  erp.put("B", "first", "cancelled");
  const { counts } = await event("B", "C", "D", "E", "nobody's");
  expect([counts.cancelled, counts.created, counts.deadLettered]).toEqual([1, 0, 0]);
  expect(texts()).toEqual(["A first open", "B  cancelled"]);
});

it("a mass of cancellations is left to a whole run, which asks a person", async () => {
  const { erp, event, sync } = await polled();
  const ids = Array.from({ length: 60 }, (_, number) => `N${number}`);
  for (const id of ids) erp.put(id);
  await sync();
  for (const id of ids) erp.put(id, "first", "cancelled");
  const { error, isNarrow } = await event(...ids);
  expect([String(error), isNarrow]).toEqual([expect.stringContaining("60 of 62 open orders"), false]);
});

it("the first run of a flow is whole, whatever an event names, and so is the first after a restore", async () => {
  const { erp, sync, store } = world(new MemoryErp(), new MemoryShipper());
  erp.put("A");
  erp.put("B");
  expect((await sync({ named: [order("A")] })).isNarrow).toBe(false);
  expect([erp.asked, store.state.deliveries.size]).toEqual([["list"], 2]);
  await store.append([
    { kind: "run", run: "r", pair: "erp-shipper", flow: "orders", event: "restored", command: "doctor" },
  ]);
  expect((await sync({ named: [order("A")] })).isNarrow).toBe(false);
  expect(store.state.restored).toBeUndefined();
  expect((await sync({ named: [order("A")] })).isNarrow).toBe(true);
});

it("a run is whole when any of what was named is found by a listing only", async () => {
  const { erp, event, sync } = await polled();
  expect((await sync({ named: [order("A"), { kind: "changes", id: "orders" }] })).isNarrow).toBe(false);
  expect((await sync({ named: [order("A")], told: ["https://shipper.test/orders?batch=1"] })).isNarrow).toBe(false);
  expect(erp.asked).toEqual(["list", "list"]);
  erp.torn.add("A");
  erp.asked.length = 0;
  expect((await event("A")).isNarrow).toBe(false);
  expect(erp.asked).toEqual(["named A", "list"]);
});

it("an event ends what was left open, tries what is due and leaves the rest waiting", async () => {
  const { erp, shipper, event, sync, store, texts } = await polled();
  erp.put("C", "slow");
  erp.put("D", "slow too");
  shipper.waitsFor = (text) => text.startsWith("slow");
  await sync();
  const attempts = () => Object.values(store.state.asides).map(({ attempts }) => attempts);
  shipper.waitsFor = () => false;
  const { counts } = await sync({ command: "listen", ignoreSchedule: true, named: [order("C")] });
  expect([counts.waiting, attempts()]).toEqual([1, [1, 1]]);
  clock.advance(16 * 60_000);
  await event("C");
  expect(texts()).toContain("C slow open");
  await sync();
  expect(texts()).toContain("D slow too open");
});

it("an event that goes well hides neither what stopped the polls nor what drifts", async () => {
  const { erp, event, sync, setMapping, shipper, store } = await polled();
  setMapping("m2");
  shipper.suffix = "!";
  await sync();
  await event("A");
  expect(store.state.drift).toBe(2);
  erp.failOnPage = { number: 1, error: new Error("down") };
  await sync();
  expect((await event("A")).error).toBeUndefined();
  expect(store.state.stopped?.error.message).toBe("down");
});

it("no event begins a first run that buys something: a poll does, which tells how much", async () => {
  const { erp, shipper, store, sync, told } = world(new MemoryErp(), new MemoryShipper());
  Object.assign(shipper, { buys: "label" });
  erp.put("A");
  const { counts, isNarrow, error } = await sync({ command: "listen", named: [order("A")], told: [] });
  expect([counts.created, isNarrow, error, store.state.lastSuccessAt]).toEqual([0, true, undefined, undefined]);
  expect([(await sync()).counts.created, told]).toEqual([1, [1]]);
});

it("a whole run in place of a narrow one tries what has come, as every other", async () => {
  const { erp, shipper, event, sync, texts } = await polled();
  erp.put("C", "slow");
  shipper.waitsFor = (text) => text === "slow";
  await sync();
  shipper.waitsFor = () => false;
  Object.assign(shipper, { arrived: async () => new Set(["C"]) });
  erp.torn.add("A");
  expect((await event("A")).isNarrow).toBe(false);
  expect(texts()).toContain("C slow open");
});

it("what nobody can tell yet is not asked for at each event", async () => {
  const { erp, shipper, store, sync } = world(new MemoryErp(), new MemoryShipper({ isBlind: true }));
  erp.reads = "changes";
  erp.put("A");
  await sync();
  erp.put("C");
  shipper.faults = ["resetAfter"];
  await sync();
  expect(Object.values(store.state.asides).map(({ outcome }) => outcome)).toEqual(["unknown"]);
  await sync();
  erp.asked.length = 0;
  await sync({ command: "listen", named: [order("A")] });
  expect(erp.asked).toEqual(["named A"]);
});
