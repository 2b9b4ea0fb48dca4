import { expect, it } from "vitest";
import { dropLines } from "../../src/core/drop.ts";
import { recordsAside, recordsInLog, recordsNamed } from "../../src/core/find-record.ts";
import { MemoryErp, MemoryShipper, type MemoryStore, world } from "./sync/memory-systems.ts";

const base = { run: "run", pair: "erp-shipper", flow: "orders" };

function little(shipper = new MemoryShipper()) {
  const erp = new MemoryErp();
  erp.put("SO-1");
  return world(erp, shipper);
}

async function drop(store: MemoryStore): Promise<void> {
  const [record] = recordsAside(store.state);
  if (!record) throw new Error("nothing is set aside");
  await store.append(dropLines(store.state, record, base));
}

it("a dropped dead letter rests, told as skipped, until its record changes", async () => {
  const { sync, erp, store, shipper } = little();
  erp.put("SO-1").isBroken = true;
  await sync();
  await drop(store);
  expect(store.state.asides).toEqual({});
  const lines = store.lines.length;
  expect((await sync()).counts).toMatchObject({ deadLettered: 0, skipped: 1 });
  expect(store.lines.length - lines).toBe(2); // the run's start and end
  erp.put("SO-1", "mended");
  expect((await sync()).counts).toMatchObject({ created: 1, skipped: 0 });
  expect(shipper.ledger).toHaveLength(1);
});

it("a dropped unknown write is over: no backlog, and it is not sent again", async () => {
  const { sync, store, shipper } = little(new MemoryShipper({ isBlind: true }));
  shipper.faults = ["resetAfter"];
  expect((await sync()).counts).toMatchObject({ unknown: 1 });
  await drop(store);
  expect(store.state.intents).toEqual({});
  expect((await sync()).counts).toMatchObject({ unknown: 0, created: 0, drift: 0 });
  expect(shipper.ledger).toHaveLength(1);
});

it("a replay takes a dropped record up again", async () => {
  const { sync, erp, store } = little();
  erp.put("SO-1").isBroken = true;
  await sync();
  await drop(store);
  expect((await sync({ only: ["SO-1"] })).counts).toMatchObject({ deadLettered: 1 });
  expect(Object.keys(store.state.asides)).toEqual(["SO-1"]);
  expect(store.state.dropped).toEqual({});
});

it("what is delivered cannot be dropped", async () => {
  const { sync, store } = little();
  await sync();
  const [record] = recordsNamed(store.state, "SO-1");
  expect(record).toMatchObject({ was: "delivered" });
  expect(dropLines(store.state, { id: "SO-1", key: "SO-1", document: "SO-1" }, base)).toEqual([]);
});

it("a record that only the log remembers is found there, with what became of it last", async () => {
  const { sync, erp, store } = little();
  erp.put("SO-1").isBroken = true;
  await sync();
  await drop(store);
  expect(recordsNamed(store.state, "SO-1")).toEqual([]);
  async function* lines() {
    yield* store.lines;
  }
  expect(await recordsInLog(lines(), "SO-1")).toMatchObject([{ id: "SO-1", ref: "SO-1", was: "dropped" }]);
  expect(await recordsInLog(lines(), "SO-2")).toEqual([]);
});
