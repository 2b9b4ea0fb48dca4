import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it("before the first run every flow stands at never, exit 0", async () => {
  const { stdout, code } = await bench.run(["status"]);
  expect(stdout).toMatch(/^fno-shipstation orders +never +15 min +0 +0 +0 +0 +0$/m);
  expect(stdout).toMatch(/^Nobody is needed\.$/m);
  expect(code).toBe(0);
});

it("exits 3 and says what to do while something waits for a person", async () => {
  await bench.run(["sync", "-q"]);
  bench.clock.advance(30 * 60_000);
  const { stdout, stderr, code } = await bench.run(["status"]);
  expect(stdout).toMatch(/^fno-shipstation orders +30 min ago +15 min +0 +0 +3 +0 +0$/m);
  expect(stdout).toMatch(/^A person is needed:$/m);
  expect(stdout).toMatch(/^! fno-shipstation orders: 3 set aside; .*mlc audit --status dead/m);
  expect([stderr, code]).toEqual(["", 3]);
});

it("--json has the shape that scripts rely on", async () => {
  const { stdout, code } = await bench.run(["status", "--json"]);
  const { flows, budgets, attention } = JSON.parse(stdout);
  expect(flows).toMatchObject([
    {
      pair: "fno-shipstation",
      flow: "orders",
      lastSuccessAt: "2026-11-21T16:00:00.000Z",
      backlog: 0,
      waiting: 0,
      deadLetters: 3,
      unknown: 0,
      drift: 0,
      cursor: null,
      enabled: true,
      everyMs: 900_000,
      late: false,
      stopped: null,
    },
    { flow: "shipments", deadLetters: 0 },
  ]);
  expect(budgets).toEqual([
    { name: "shipstation v1", limit: 10_000, remaining: 10_000 },
    { name: "shipstation v2", limit: 200, remaining: 200 },
  ]);
  expect(attention).toHaveLength(1);
  expect(code).toBe(3);
});

it("says since when a flow has had no good run, once that is three times its cadence", async () => {
  bench.clock.advance(30 * 60_000);
  const { stdout, code } = await bench.run(["status"]);
  expect(stdout).toMatch(/^fno-shipstation shipments +1 h ago +15 min/m);
  expect(stdout).toMatch(/^! fno-shipstation shipments: no good run since 2026-11-21T16:00/m);
  expect(code).toBe(3);
});

it("says at once what a flow stopped at when only a person can mend it", async () => {
  await bench.run([
    "config",
    "set",
    "fno-shipstation.flows.orders.every=1d",
    "fno-shipstation.flows.shipments.every=1d",
  ]);
  bench.clock.advance(2 * 3_600_000);
  bench.entra.clientSecret = "another";
  const { code } = await bench.run(["sync", "-q"]);
  const { flows, attention } = JSON.parse((await bench.run(["status", "--json"])).stdout);
  expect([code, flows[0].stopped]).toMatchObject([4, { exitCode: 4, since: bench.clock.now().toISOString() }]);
  expect(attention).toContainEqual(
    expect.stringMatching(
      /^fno-shipstation orders: stopped since .*the client secret is wrong .* Enter the secret's value/,
    ),
  );
});
