import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { noFailpoint } from "../../src/core/failpoint.ts";
import { ProfileState } from "../../src/core/profile-state.ts";
import { PairOrders } from "../../src/flows/pair-orders.ts";
import { macKey, ofRun, result } from "../core/state/kit.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";

const start = "2026-11-21T12:00:00Z";
const hour = 3_600_000;

/** A profile whose orders flow writes while another flow of the pair reads what it did. */
async function orders(clock = jumpingClock(new Date(start))) {
  const state = new ProfileState({
    disk: new MemoryDisk(),
    dir: "/profile",
    clock,
    platform: "linux",
    signal: new AbortController().signal,
    failpoint: noFailpoint,
    macKey: async () => macKey,
    beforeRelease: async () => {},
  });
  const write = async (...keys: string[]) => {
    const store = await state.open(ofRun.pair, "orders", "write");
    await store.append(keys.map((key) => result(key)));
    await store.close();
  };
  return { clock, state, write, read: await PairOrders.open(state, ofRun.pair) };
}

const keysOf = (done: { orders: readonly { key: string }[] }) => done.orders.map(({ key }) => key);

describe("what the orders flow did", () => {
  it("is told from a place on, each order once and as it is now", async () => {
    const { write, read } = await orders();
    await write("so-1", "so-2", "so-1");
    const first = await read.since(undefined);
    expect(keysOf(first)).toEqual(["so-1", "so-2"]);
    expect(first.orders[0]?.delivery.steps.order).toMatchObject({ target: "t-so-1" });
    expect(await read.since(first.place)).toEqual({ orders: [], place: first.place });
    await write("so-2", "so-3");
    expect(keysOf(await read.since(first.place))).toEqual(["so-2", "so-3"]);
  });

  it("is nothing where nothing was done yet", async () => {
    const { read } = await orders();
    const { orders: none, place } = await read.since(undefined);
    expect(none).toEqual([]);
    expect((await read.since(place)).orders).toEqual([]);
  });

  it("is whole where the clock was set back", async () => {
    const behind = jumpingClock(new Date(start));
    let offset = 0;
    const { write, read } = await orders({ ...behind, now: () => new Date(behind.now().getTime() + offset) });
    await write("so-1");
    const { place } = await read.since(undefined);
    offset = -20 * hour;
    await write("so-2");
    expect(keysOf(await read.since(place))).toEqual(["so-2"]);
  });

  it("is all there is in a log that was begun anew", async () => {
    const old = await orders();
    await old.write("so-1", "so-2", "so-3");
    const { place } = await old.read.since(undefined);
    const { write, read } = await orders();
    await write("so-4");
    expect(keysOf(await read.since(place))).toEqual(["so-4"]);
  });

  it("has the deliveries of lines that came after it was opened, and finds them by what they are called there", async () => {
    const { write, read } = await orders();
    expect(await read.find({ naturalKey: "so-1" })).toBeUndefined();
    await write("so-1");
    expect((await read.since(undefined)).orders[0]?.delivery.document).toBe("SO-1");
    expect((await read.find({ naturalKey: "so-1" }))?.key).toBe("so-1");
    expect((await read.find({ id: "t-so-1" }))?.key).toBe("so-1");
    expect(keysOf({ orders: await read.load(["so-1", "so-9"]) })).toEqual(["so-1"]);
  });
});
