import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
it("try", async () => {
  expect(1).toBe(1);
  for (const args of [
    ["--help"],
    ["audit", "--help"],
    ["status"],
    ["sync", "orders"],
    ["status"],
    ["audit", "--limit", "4"],
    ["audit", "SO-1007", "--json"],
    ["audit", "--status", "dead"],
    ["replay", "SO-1007"],
    ["replay", "SO-1002"],
    ["replay", "SO-1003", "-n"],
    ["replay", "SO-1016"],
    ["replay", "SO-1001"],
    ["replay", "usmf/SO-1008", "--drop"],
    ["sync"],
    ["status"],
    ["replay", "nope"],
    ["replay", "SO-1008"],
    ["replay", "SO-1002", "--drop"],
    ["config", "get", "fno-shipstation.flows.orders.enabled", "--json"],
    ["config", "unset", "fno.host"],
    ["sync", "--nope", "--json"],
    ["sync", "--pair", "x", "--json"],
    ["config", "schema"],
  ]) {
    const t = Date.now();
    const r = await bench.run(args);
    console.log(args.join(" "), r.code, Date.now() - t, "\n--stdout\n" + r.stdout + "\n--stderr\n" + r.stderr);
  }
});
