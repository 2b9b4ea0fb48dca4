import { afterEach, describe, expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
afterEach(() => bench.close());

const rows = (stdout: string) => (JSON.parse(stdout) as { systems: Record<string, unknown>[] }).systems;

describe("ping", () => {
  it("says of each system who we are there, side by side, without a warning in a stock environment", async () => {
    bench = await openBench({ seeded: false });
    const { code, stdout, stderr } = await bench.run(["ping", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(rows(stdout)).toEqual([
      {
        system: "fno",
        ok: true,
        ms: expect.any(Number),
        identity: expect.stringContaining(`app ${sandboxCredentials.clientId}`),
        warnings: [],
        notes: [],
      },
      {
        system: "shipstation",
        ok: true,
        ms: expect.any(Number),
        identity: expect.any(String),
        warnings: [],
        notes: [],
      },
    ]);
  });

  it("prints a table that fits 80 columns", async () => {
    bench = await openBench({ seeded: false });
    const { code, stdout } = await bench.run(["ping", "shipstation"]);
    expect(code).toBe(0);
    expect(stdout).toContain("shipstation");
    expect(stdout).not.toContain("fno");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("ends with the worst of its systems and still tells of the others", async () => {
    bench = await openBench({ seeded: false });
    bench.entra.clientSecret = "rotated";
    const { code, stdout } = await bench.run(["ping", "--json"]);
    expect(code).toBe(4);
    expect(rows(stdout)).toEqual([
      expect.objectContaining({
        system: "fno",
        ok: false,
        identity: null,
        error: expect.objectContaining({
          kind: "AuthError",
          message: expect.stringContaining("AADSTS7000215"),
          exitCode: 4,
        }),
      }),
      expect.objectContaining({ system: "shipstation", ok: true }),
    ]);
  });

  it("warns of a mapped field that the environment does not have", async () => {
    bench = await openBench({
      seeded: false,
      pair: { writeBack: { headerFields: { map: { trackingNumber: "ContosoTrackingNumber" } } } },
    });
    const { code, stdout } = await bench.run(["ping", "--json"]);
    expect(code).toBe(0);
    expect(rows(stdout)[0]?.warnings).toEqual([expect.stringContaining("ContosoTrackingNumber")]);
  });

  it("warns of a legal entity that is not there", async () => {
    bench = await openBench({ seeded: false });
    await bench.run(["connect", "fno", "--no-input", "--no-check", "--set", "legalEntities=usmf,xxxx"]);
    const { code, stdout } = await bench.run(["ping", "fno", "--json"]);
    expect(code).toBe(0);
    expect(rows(stdout)[0]?.warnings).toEqual([expect.stringContaining("xxxx")]);
  });

  it("warns of a clock that differs", async () => {
    bench = await openBench({ seeded: false });
    const { stdout } = await bench.run(["ping", "shipstation", "--json"], {
      env: { MLC_TEST_NOW: "2026-11-21T12:00:00Z" },
    });
    expect(rows(stdout)[0]?.warnings).toContainEqual("its clock is 14400 s ahead");
  });

  it("wants a system that is known and connected", async () => {
    bench = await openBench({ seeded: false, connected: false });
    expect(await bench.run(["ping"])).toMatchObject({ code: 6, stderr: expect.stringContaining("mlc connect") });
    expect(await bench.run(["ping", "fno"])).toMatchObject({ code: 6, stderr: expect.stringContaining("connect fno") });
    expect((await bench.run(["ping", "contoso"])).code).toBe(2);
    expect((await bench.run(["ping", "--bogus"])).code).toBe(2);
  });
});
