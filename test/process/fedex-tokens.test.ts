import { afterEach, expect, it } from "vitest";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
afterEach(() => bench.close());

const onePerKey = { "sandbox-ship-key": 1, "sandbox-track-key": 1 };
// A machine's own clock: processes wait for each other in real time.
const ping = () => bench.run(["ping", "fedex", "--json"], { env: { MLC_TEST_NOW: "" } });

it("thirty processes in a row ask FedEx for one token a key", async () => {
  bench = await openBench({ seeded: false, fedex: { flows: { orders: { startDate: "2026-11-01" } } } });
  for (let run = 0; run < 30; run += 1) expect((await ping()).code).toBe(0);
  expect(bench.fedex.tokensPerKey).toEqual(onePerKey);
});

it("twenty processes at once ask FedEx for one token a key", async () => {
  bench = await openBench({ seeded: false, fedex: { flows: { orders: { startDate: "2026-11-01" } } } });
  const ended = await Promise.all(Array.from({ length: 20 }, ping));
  expect(ended.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, () => 0));
  expect(bench.fedex.tokensPerKey).toEqual(onePerKey);
  expect(bench.fedex.tokenCalls).toBe(2);
});
