import { describe, expect, it } from "vitest";
import type { FirstRun } from "../../../src/core/sync/run.ts";
import { MemoryErp, MemoryShipper, world } from "./memory-systems.ts";

function buying(count: number) {
  const erp = new MemoryErp();
  for (let number = 1; number <= count; number += 1) erp.put(`SO-${number}`);
  return world(erp, Object.assign(new MemoryShipper(), { buys: "label" }));
}

describe("a first run that costs money", () => {
  it("tells what it is about to buy, and goes on with a yes", async () => {
    const { sync, shipper } = buying(3);
    const told: FirstRun[] = [];
    await sync({}, { observer: { firstRun: async (about) => told.push(about) } });
    expect(told).toEqual([{ documents: 3, isAtMost: false, buys: { what: "label", count: 3 } }]);
    expect(shipper.ledger).toHaveLength(3);
  });

  it("counts all there are at most where they are too many to be held, without what is bought for them", async () => {
    const { sync, erp } = buying(600);
    erp.pageSize = 300;
    const told: FirstRun[] = [];
    await sync({}, { observer: { firstRun: async (about) => void told.push(about) } });
    expect(told).toEqual([{ documents: 600, isAtMost: true, buys: { what: "label" } }]);
  });

  it("ends well and sends nothing with a no, and asks again the next time", async () => {
    const { sync, shipper, store } = buying(3);
    let asked = 0;
    const observer = {
      firstRun: async () => {
        asked += 1;
        return false;
      },
    };
    expect(await sync({}, { observer })).toMatchObject({ counts: { created: 0 } });
    expect((await sync({}, { observer })).error).toBeUndefined();
    expect(asked).toBe(2);
    expect([shipper.ledger, store.state.lastSuccessAt]).toEqual([[], undefined]);
  });
});
