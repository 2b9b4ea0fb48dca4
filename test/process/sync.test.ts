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
    ["status"],
    ["sync", "orders"],
    ["status"],
    ["audit", "--limit", "4"],
    ["audit", "SO-1007", "--json"],
    ["audit", "--status", "dead"],
    ["audit", "verify"],
    ["replay", "SO-1007"],
    ["replay", "SO-1002"],
    ["replay", "SO-1003", "-n"],
    ["replay", "SO-1016"],
    ["replay", "--all", "-y"],
    ["replay", "--all"],
    ["replay", "usmf/SO-1008", "--drop"],
    ["sync"],
    ["status"],
    ["replay", "nope"],
    ["audit", "nope"],
    ["config", "list"],
    ["config", "get", "fno-shipstation.flows.orders"],
    ["config", "get", "fno.hostt"],
    ["config", "set", "fno-shipstation.flows.orders.every=10m"],
    ["config", "set", "fno-shipstation.flows.orders.keyTemplate={orderNumber}"],
    ["config", "set", "fno-shipstation.flows.orders.every=oft"],
    ["config", "set", "fno-shipstation.flows.orders.nope=oft"],
    ["config", "unset", "fno.host"],
    ["config", "unset", "fno-shipstation.flows.orders.every"],
    ["config", "set", "fno.clientSecret=abc"],
    ["sync", "--since", "2026-02-30"],
    ["sync", "--nope"],
    ["nope"],
    ["sync", "--pair", "bc-shipstation"],
  ]) {
    const t = Date.now();
    const r = await bench.run(args);
    console.log(args.join(" "), r.code, Date.now() - t, "\n--stdout\n" + r.stdout + "\n--stderr\n" + r.stderr);
  }
});
