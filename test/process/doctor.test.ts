import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Bench, openBench, type RunOptions } from "./fixture.ts";

let bench: Bench;
afterEach(() => bench.close());

interface Finding {
  name: string;
  state: string;
  message: string;
  fix?: string;
}

async function doctor(options: RunOptions = {}) {
  const { code, stdout } = await bench.run(["doctor", "--json"], options);
  const { checks, exitCode } = JSON.parse(stdout) as { checks: Finding[]; exitCode: number };
  expect(exitCode).toBe(code);
  return { code, checks, bad: checks.filter(({ state }) => state !== "ok") };
}

const rows = {
  warehouses: { "24": 1001, "25": 1001, "51": 1002 },
  deliveryModes: Object.fromEntries(
    ["2Day", "Express", "Ground", "Pallet", "Pickup"].map((mode) => [mode, { carrierCode: "ups" }]),
  ),
};

describe("doctor", () => {
  it("finds nothing wrong with a complete set-up", async () => {
    bench = await openBench({ seeded: false, pair: rows });
    const { code, bad, checks } = await doctor();
    expect({ code, bad }).toEqual({ code: 0, bad: [] });
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Node", "Directory", "Permissions", "Lock", "Config", "Secrets", "ShipStation"]),
    );
    const text = await bench.run(["doctor"]);
    expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining("ok       Node: ") });
  });

  it("lists delivery modes and warehouses without a row, which is no failure", async () => {
    bench = await openBench({ seeded: false, pair: { ...rows, deliveryModes: { Ground: { carrierCode: "ups" } } } });
    const { code, bad } = await doctor();
    expect(code).toBe(0);
    expect(bad).toEqual([
      expect.objectContaining({
        name: "fno-shipstation.deliveryModes",
        state: "warning",
        message: expect.stringContaining("2Day, Express, Pallet, Pickup"),
        fix: expect.any(String),
      }),
    ]);
  });

  it("fails with 6 on a mapped field that is not there", async () => {
    const headerFields = { map: { trackingNumber: "ContosoTrackingNumber" } };
    bench = await openBench({ seeded: false, pair: { ...rows, writeBack: { headerFields } } });
    const { code, bad } = await doctor();
    expect(code).toBe(6);
    expect(bad).toEqual([
      expect.objectContaining({ state: "failed", message: expect.stringContaining("ContosoTrackingNumber") }),
    ]);
  });

  it("fails with 4 on a refused secret and goes on with the other system", async () => {
    bench = await openBench({ seeded: false, pair: rows });
    bench.entra.clientSecret = "rotated";
    const { code, bad, checks } = await doctor();
    expect(code).toBe(4);
    expect(bad).toEqual([expect.objectContaining({ message: expect.stringContaining("AADSTS7000215") })]);
    expect(checks).toContainEqual(expect.objectContaining({ name: "ShipStation", state: "ok" }));
  });

  it("warns of a clock that differs", async () => {
    bench = await openBench({ seeded: false, pair: rows });
    const { code, bad } = await doctor({ env: { MLC_TEST_NOW: "2026-01-01T00:00:00Z" } });
    expect(code).toBe(0);
    expect(bad.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^its clock is \d+ s ahead$/));
  });

  it("fails with 6 before anything is connected, and says where it will be", async () => {
    bench = await openBench({ connected: false, seeded: false });
    const { code, bad } = await doctor();
    expect(code).toBe(6);
    expect(bad).toEqual([expect.objectContaining({ name: "Config", fix: "Run `mlc connect`." })]);
  });

  it.each([
    [
      "a config that is no JSON",
      (dir: string) => writeFileSync(join(dir, "config.json"), "{"),
      6,
      "is not a JSON object",
    ],
    [
      "a setting that is wrong, named once",
      (dir: string) =>
        writeFileSync(
          join(dir, "config.json"),
          JSON.stringify({ schema: 1, secrets: "vault", shipstation: { storeId: "many" } }),
        ),
      6,
      "shipstation.storeId",
    ],
    [
      "a config that does not say where secrets are",
      (dir: string) => writeFileSync(join(dir, "config.json"), '{"schema":1,"secrets":"drawer","shipstation":{}}'),
      6,
      'secrets = "drawer"',
    ],
    ["a key file that others can read", (dir: string) => chmodSync(join(dir, "..", "vault.key"), 0o644), 6, "mode 644"],
    ["a key file that is gone", (dir: string) => rmSync(join(dir, "..", "vault.key")), 6, "does not exist"],
    ["a lock that cannot be read", (dir: string) => writeFileSync(join(dir, "lock"), "?"), 7, "lock"],
  ])("names %s, with its fix", async (_case, spoil, code, message) => {
    bench = await openBench({ seeded: false, pair: rows });
    spoil(join(bench.home, "default"));
    const found = await doctor();
    expect(found.code).toBe(code);
    const failed = found.bad.filter(({ state }) => state === "failed");
    expect(failed.filter((finding) => finding.message.includes(message))).toHaveLength(1);
    for (const { fix } of failed) expect(fix).toBeTruthy();
  });

  it("warns of open permissions, of a proxy that is not used, and of certificates that are not checked", async () => {
    bench = await openBench({ seeded: false, pair: rows });
    chmodSync(join(bench.home, "default", "config.json"), 0o644);
    const env = { HTTPS_PROXY: "http://user:canary@proxy.example:3128", NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const { code, bad } = await doctor({ env });
    expect(code).toBe(0);
    expect(bad.map(({ name }) => name)).toEqual(["TLS", "Proxy", "Permissions"]);
    expect(JSON.stringify(bad)).not.toContain("canary");
  });
});
