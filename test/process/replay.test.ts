import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, jsonLines, openBench } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.run(["sync", "orders", "-q"]);
});
afterAll(() => bench.close());

const written = () => bench.shipstation.ledger.length;

it("says of a dead record why, and what it is now", async () => {
  const { stdout, stderr, code } = await bench.run(["replay", "SO-1007"]);
  expect(stderr).toMatch(/^SO-1007 \(usmf\/SO-1007\) was dead: .*DeliveryAddressStreet is empty\n$/);
  expect(stdout).toMatch(/^SO-1007: dead: .* → /);
  expect(code).toBe(3);
});

it("sends a mended record, and exits 0", async () => {
  bench.fno.edit("usmf", "SO-1007", { DeliveryAddressStreet: "1 Main Street" });
  const dry = await bench.run(["replay", "usmf/SO-1007", "-n"]);
  expect(dry.stdout).toContain('"street1": "1 Main Street"');
  expect(dry.code).toBe(0);
  const before = written();
  const { stdout, code } = await bench.run(["replay", "fno-shipstation/orders:usmf/SO-1007"]);
  expect(stdout).toMatch(/^SO-1007: created: \d+/m);
  expect([code, written() - before]).toEqual([0, 1]);
});

it("takes a delivered and a skipped record too", async () => {
  const delivered = await bench.run(["replay", "SO-1002"]);
  expect(delivered.stderr).toBe("SO-1002 (usmf/SO-1002) was delivered\n");
  expect(delivered.stdout).toMatch(/^SO-1002: updated: /);
  const skipped = await bench.run(["replay", "SO-1016"]);
  expect(skipped.stderr).toBe("SO-1016 (usmf/SO-1016) was skipped\n");
  expect(skipped.stdout).toMatch(/^SO-1016: skipped: /);
});

it("finds a record by the id of its audit entry", async () => {
  const [entry] = jsonLines((await bench.run(["audit", "SO-1003", "--json"])).stdout);
  const { stderr, code } = await bench.run(["replay", String(entry?.id), "-n"]);
  expect(stderr).toContain("SO-1003 (usmf/SO-1003) was delivered");
  expect(code).toBe(0);
});

it("does not choose between two orders of one number", async () => {
  const { stderr, code } = await bench.run(["replay", "SO-1001"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/usmf\/SO-1001, demf\/SO-1001.*mlc replay usmf\/SO-1001/s);
});

it("wants exactly one of an id and --all, and --yes where nobody can be asked", async () => {
  for (const args of [
    [],
    ["SO-1007", "--all"],
    ["--all"],
    ["nope"],
    ["--all", "--create-anyway"],
    ["--all", "--drop"],
  ]) {
    const { code, stderr, stdout } = await bench.run(["replay", ...args]);
    expect([args.join(" "), code, stdout]).toEqual([args.join(" "), 2, ""]);
    expect(stderr).toContain("Error");
  }
});

it("a dropped record rests until it changes, and can be taken up again", async () => {
  const { stdout, code } = await bench.run(["replay", "SO-1008", "--drop"]);
  expect([stdout, code]).toEqual(["SO-1008: dropped; it rests until it changes\n", 0]);
  expect(JSON.parse((await bench.run(["sync", "orders", "--json"])).stdout).flows[0]).toMatchObject({
    deadLettered: 0,
    skipped: 1,
  });
  expect((await bench.run(["replay", "SO-1008", "--drop"])).code).toBe(2);
  const again = await bench.run(["replay", "SO-1008"]);
  expect(again.stderr).toContain("SO-1008 (usmf/SO-1008) was dropped");
  expect(again.code).toBe(3);
});

it("--all --yes does what is set aside, and --json says what each was", async () => {
  bench.fno.edit("usmf", "SO-1008", {
    DeliveryAddressCountryRegionISOCode: "US",
    DeliveryAddressCountryRegionId: "USA",
  });
  const { stdout, code } = await bench.run(["replay", "--all", "--yes", "--json"]);
  const { records, flows, exitCode } = JSON.parse(stdout);
  expect(records).toMatchObject([
    { document: "SO-1018", was: "dead" },
    { document: "SO-1008", was: "dead" },
  ]);
  expect(flows).toMatchObject([{ flow: "orders", created: 1, deadLettered: 1 }]);
  expect([exitCode, code]).toEqual([3, 3]);
});
