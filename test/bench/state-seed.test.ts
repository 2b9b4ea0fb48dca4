import { describe, expect, it } from "vitest";
import { seededName, seedState } from "../../bench/state-seed.ts";
import { auditEntries } from "../../src/core/audit.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { flowDirectory } from "../../src/core/state/flow-store.ts";
import { verifyLog } from "../../src/core/state/log-check.ts";
import { home, macKey, open } from "../core/state/kit.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";

const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));

async function seeded(past: number, stillOpen: number, entries: number, flow: "orders" | "shipments" = "orders") {
  const disk = new MemoryDisk();
  const pair = "erp-shipper";
  const told = await seedState({ disk, dir: home, pair, flow, macKey, past, open: stillOpen, entries, clock });
  return { disk, told, dir: flowDirectory(home, pair, flow) };
}

describe("a seeded state", () => {
  it.each([
    ["orders", 2_300, 40, 5_000],
    ["shipments", 600, 0, 1_203],
    ["orders", 600, 0, 603],
    ["orders", 0, 0, 50],
  ] as const)("of %s holds what was asked for: %i past, %i open, %i lines", async (flow, past, stillOpen, entries) => {
    const { disk, told, dir } = await seeded(past, stillOpen, entries, flow);
    expect(told.lines).toBe(entries);
    expect(await verifyLog(disk, dir, macKey)).toMatchObject({ lines: entries, torn: false });
    expect((await verifyLog(disk, dir, macKey)).problem).toBeUndefined();
    const store = await open(disk, { flow, readOnly: true });
    expect(store.state.deliveries.size).toBe(stillOpen);
    expect(Object.keys(store.state.intents)).toEqual([]);
    expect(Object.keys(store.state.asides)).toEqual([]);
    if (past === 0) return;
    const { key } = seededName("past", past - 1);
    expect((await store.load([key])).get(key)).toMatchObject({ closed: true, document: key.slice("usmf/".length) });
  });

  it("spreads its log over twelve months and tells how many entries are dead", async () => {
    const { disk, told, dir } = await seeded(700, 0, 2_600);
    expect((await disk.list(dir)).filter((name) => name.startsWith("log-"))).toHaveLength(13);
    let dead = 0;
    for await (const _ of auditEntries(disk, home, { outcome: "dead" })) dead += 1;
    expect(dead).toBe(told.dead);
    expect(dead).toBeGreaterThan(0);
  });

  it("is the same each time", async () => {
    const [one, other] = [await seeded(700, 10, 1_500), await seeded(700, 10, 1_500)];
    for (const name of await one.disk.list(one.dir)) {
      if (name === "closed") continue;
      expect(one.disk.content(`${one.dir}/${name}`).equals(other.disk.content(`${other.dir}/${name}`))).toBe(true);
    }
  });

  it("needs a line for each delivery", async () => {
    await expect(seeded(10, 0, 12)).rejects.toThrow(/too few/);
  });
});
