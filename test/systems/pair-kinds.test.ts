import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../src/core/clock.ts";
import { parseSettings } from "../../src/core/config.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { LabelStore } from "../../src/core/labels.ts";
import { Secret } from "../../src/core/secret.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { pairKinds, systemKinds } from "../../src/systems/index.ts";
import { pagesOf } from "./shipstation-fixture.ts";

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

describe("the pair that books a store's orders", () => {
  it("reads them as the store's rules say, without the stores that another pair feeds", async () => {
    const clock = jumpingClock(new Date("2026-03-02T22:05:09Z"));
    const sandbox = new ShipStationSandbox({ clock, apiKey: "key", apiSecret: "secret" });
    const settings = {
      currency: "eur",
      flows: { sales: { startDate: "2026-03-01" } },
      storeRules: { 771101: { bookOn: "new", currency: "cad" } },
    };
    const others = { "fno-shipstation": { storeByLegalEntity: { usmf: 771100 } } };
    const system = systemKinds.shipstation?.build(
      {},
      { name: "bc-shipstation", settings, others },
      {
        clock,
        random: () => 0,
        signal: new AbortController().signal,
        tokens: memoryTokenCache(),
        secrets: { apiKey: new Secret("key"), apiSecret: new Secret("secret") },
        fetch: async (input, init) => sandbox.fetch(new Request(input, init)),
        labels: new LabelStore(machineDisk(process.platform), "/nowhere"),
      },
    );
    for (const [number, store] of [771100, 771101, 771200].entries()) {
      sandbox.addOrder({ orderKey: `new-${number}` }, store);
      sandbox.addOrder({ orderKey: `old-${number}`, orderDate: "2026-02-01T10:00:00" }, store);
      sandbox.addOrder({ orderKey: `shipped-${number}` }, store);
      sandbox.print(`shipped-${number}`);
    }
    const source = system?.saleSource?.();
    const { records } = source ? await pagesOf(source.list({ now: clock.now() })) : { records: [] };
    const sales = records.flatMap((record) => source?.read(record) ?? []);
    expect(sales.map(({ naturalKey, currency }) => [naturalKey, currency])).toEqual([
      ["new-1", "CAD"],
      ["shipped-1", "CAD"],
      ["shipped-2", "EUR"],
    ]);
  });
});
