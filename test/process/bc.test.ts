import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import type { BcSwitches } from "../../src/sandbox/bc.ts";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ connected: false, seeded: false });
});
afterEach(() => bench.close());

const { tenantId, clientId, clientSecret } = sandboxCredentials;

const connect = (sets: Record<string, string> = {}, more: string[] = [], stdin = JSON.stringify({ clientSecret })) => {
  const { apiUrl, authority } = bench.settings.bc;
  const all = {
    apiUrl,
    authority,
    tenantId,
    clientId,
    environment: "production",
    company: "CRONUS USA, Inc.",
    ...sets,
  };
  const flags = Object.entries(all).flatMap(([path, text]) => ["--set", `${path}=${text}`]);
  return bench.run(["connect", "bc", "--no-input", "--secrets-stdin", "--store", "vault", ...flags, ...more], {
    stdin,
  });
};
const config = () => JSON.parse(readFileSync(join(bench.home, "default", "config.json"), "utf8"));
const ping = async () => {
  const { code, stdout } = await bench.run(["ping", "bc", "--json"]);
  const { systems } = JSON.parse(stdout) as { systems: Record<string, unknown>[] };
  return { code, row: systems[0] };
};
const identityIn = (company: string) =>
  `company ${company} in environment production of tenant ${tenantId}, as app ${clientId}`;

describe("Business Central", () => {
  it("is connected by the company's name, asked who we are there, and found in order", async () => {
    const { code, stderr } = await connect();
    expect(code).toBe(0);
    expect(stderr).toContain(`Connected bc: ${identityIn("CRONUS USA, Inc.")}.\n`);
    expect(config().bc).toEqual({ ...bench.settings.bc, company: "CRONUS USA, Inc." });
    expect(await ping()).toEqual({
      code: 0,
      row: {
        system: "bc",
        ok: true,
        ms: expect.any(Number),
        identity: identityIn("CRONUS USA, Inc."),
        warnings: [],
        notes: [],
      },
    });
    const { checks } = JSON.parse((await bench.run(["doctor", "--json"])).stdout);
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: "Dynamics 365 Business Central",
        state: "ok",
        message: identityIn("CRONUS USA, Inc."),
      }),
    );
    expect((await bench.run(["sync"])).stderr).toContain("No pair is connected yet");
  });

  it("is connected by the company's id", async () => {
    const { id } = bench.bc.desk("CRONUS International Ltd.").company;
    const { code, stdout } = await connect({ company: id }, ["--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      connected: "bc",
      identity: identityIn("CRONUS International Ltd."),
      notes: [],
      possible: [],
    });
    expect(config().bc.company).toBe(id);
  });

  it.each<[string, () => Promise<{ code: number | null; stderr: string }>, number, string]>([
    ["a wrong secret", () => connect({}, [], '{"clientSecret":"canary-wrong"}'), 4, "AADSTS7000215"],
    ["a company that is not there", () => connect({ company: "CRONUS" }), 6, "there are CRONUS USA, Inc., CRONUS I"],
    [
      "an environment that is not there",
      () => connect({ environment: "test" }),
      6,
      "no Business Central environment test",
    ],
    ["another tenant", () => connect({ tenantId: "contoso.com" }), 4, "AADSTS90002"],
    ["no company", () => connect({ company: "" }), 6, "bc.company"],
  ])("keeps nothing of %s", async (_what, attempt, exitCode, sentence) => {
    const { code, stderr } = await attempt();
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("canary-wrong");
    expect(code).toBe(exitCode);
    expect(config).toThrow("ENOENT");
  });

  it.each<[string, Partial<BcSwitches>, readonly string[], string, RegExp]>([
    ["consent that is missing", { consent: "missing" }, [], "consent is missing$", /with admin consent\.$/],
    [
      "an app that is not enabled",
      { app: "disabled" },
      ["API.ReadWrite.All"],
      "is not enabled inside",
      /^In Business Central's environment production open Microsoft Entra applications/,
    ],
    [
      "no permission set",
      { permissionSets: "none" },
      ["API.ReadWrite.All"],
      "has no permission set for it",
      /^Add permission sets for/,
    ],
  ])("has ping and doctor name %s, with its fix", async (_what, switches, roles, message, hint) => {
    await connect();
    Object.assign(bench.bc.switches, switches);
    bench.entra.roles = roles;
    // Whoever withdraws consent waits for the tokens to go, which carry it.
    bench.entra.revokeAll();
    expect(await ping()).toEqual({
      code: 4,
      row: expect.objectContaining({
        ok: false,
        error: expect.objectContaining({
          kind: "AuthError",
          message: expect.stringMatching(message),
          hint: expect.stringMatching(hint),
        }),
      }),
    });
    const doctor = await bench.run(["doctor", "--json"]);
    expect(doctor.code).toBe(4);
    expect(JSON.parse(doctor.stdout).checks).toContainEqual(
      expect.objectContaining({
        state: "failed",
        message: expect.stringMatching(message),
        fix: expect.stringMatching(hint),
      }),
    );
  });

  it("has ping name a company that is there no more, and those that are", async () => {
    await connect();
    await bench.run(["config", "set", "bc.company=Closed Down Ltd."]);
    const { code, row } = await ping();
    expect(code).toBe(6);
    expect(row).toMatchObject({
      error: {
        kind: "ConfigError",
        message: expect.stringMatching(/has no company Closed Down Ltd\.; there are CRONUS/),
      },
    });
  });

  it("has ping warn of the sets that a permission set is missing for", async () => {
    await connect();
    bench.bc.switches.forbiddenSets = ["salesInvoices"];
    const { code, row } = await ping();
    expect(code).toBe(0);
    expect(row?.warnings).toEqual([expect.stringMatching(/^no permission for salesInvoices: /)]);
  });
});
