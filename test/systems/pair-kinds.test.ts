import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/core/config.ts";
import { pairKinds } from "../../src/systems/index.ts";

const settingsOf = (pair: string, settings: unknown) => {
  const kind = pairKinds[pair];
  if (!kind) throw new Error(pair);
  return parseSettings(kind.settings, settings, pair);
};

describe("the pair that buys labels", () => {
  it("is not set up without the day from which on orders are bought", () => {
    expect(() => settingsOf("fno-fedex", { packing: "line" })).toThrow(
      "fno-fedex.flows.orders.startDate is missing: labels are bought for orders created from this day on",
    );
    expect(settingsOf("fno-fedex", { flows: { orders: { startDate: "2026-12-01" } } })).toMatchObject({
      packing: "order",
    });
  });

  it("is the only one that wants it", () => {
    expect(settingsOf("fno-shipstation", {})).toBeDefined();
  });
});
