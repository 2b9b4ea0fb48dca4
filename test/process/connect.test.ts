import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { openMlc } from "../../src/mlc.ts";
import { type Bench, type Ended, openBench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ connected: false, seeded: false });
});
afterEach(() => bench.close());

const { tenantId, clientId, clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
const shipStationSecrets = JSON.stringify({ apiKey, apiSecret, apiKeyV2 });

const flags = (sets: Record<string, string>) =>
  Object.entries(sets).flatMap(([path, text]) => ["--set", `${path}=${text}`]);
const connectFno = (stdin: string, sets: Record<string, string> = {}, more: string[] = []) =>
  bench.run(
    [
      ...["connect", "fno", "--no-input", "--secrets-stdin", "--store", "vault", ...more],
      ...flags({
        host: bench.urls.fno,
        authority: bench.urls.entra,
        tenantId,
        clientId,
        legalEntities: "usmf,demf",
        ...sets,
      }),
    ],
    { stdin },
  );
const connectShipStation = () =>
  bench.run(
    [
      ...["connect", "shipstation", "--no-input", "--secrets-stdin", "--store", "vault"],
      ...flags({ apiUrl: bench.urls.shipstation, apiUrlV2: bench.urls.shipstation }),
    ],
    { stdin: shipStationSecrets },
  );
const config = () => JSON.parse(readFileSync(join(bench.home, "default", "config.json"), "utf8")) as unknown;
const filesBelow = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
const closedPort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
const hasKeptNothing = () => filesBelow(bench.home).length === 0;

describe("connect --no-input", () => {
  it("sets up both systems and the pair, makes the vault's key and keeps only what was set", async () => {
    const fno = await connectFno(JSON.stringify({ clientSecret }));
    expect(fno).toMatchObject({ code: 0, stdout: "" });
    expect(fno.stderr).toContain(`Made the vault's key: ${bench.env.MLC_VAULT_KEY_FILE}`);
    const shipstation = await connectShipStation();
    expect(shipstation.code).toBe(0);
    expect(shipstation.stderr).toContain("Next: mlc connect fno-shipstation");
    const pair = await bench.run(["connect", "fno-shipstation", "--no-input", "--json"]);
    expect(pair.code).toBe(0);
    expect(JSON.parse(pair.stdout)).toMatchObject({ connected: "fno-shipstation", kind: "pair", warnings: [] });
    expect(config()).toEqual({
      schema: 1,
      secrets: "vault",
      fno: { host: bench.urls.fno, authority: bench.urls.entra, tenantId, clientId, legalEntities: ["usmf", "demf"] },
      shipstation: { apiUrl: bench.urls.shipstation, apiUrlV2: bench.urls.shipstation },
      "fno-shipstation": {},
    });
    for (const path of filesBelow(bench.home)) expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o600]);
    expect((await bench.run(["ping"])).code).toBe(0);
  });

  it("puts the key beside the profile when nothing names another place", async () => {
    const run = await bench.run(
      ["connect", "shipstation", "--no-input", "--secrets-stdin", "--store", "vault", "--no-check"],
      { stdin: shipStationSecrets, env: { MLC_VAULT_KEY_FILE: "" } },
    );
    expect(run.code).toBe(0);
    expect(statSync(join(bench.home, "default", "vault.key")).mode & 0o777).toBe(0o600);
  });

  it("connects again with one setting and keeps the others and the secret", async () => {
    await connectFno(JSON.stringify({ clientSecret }));
    const again = await bench.run(["connect", "fno", "--no-input", "--set", "legalEntities=usmf"]);
    expect(again.code).toBe(0);
    expect(config()).toMatchObject({ secrets: "vault", fno: { clientId, legalEntities: ["usmf"] } });
  });

  it("refuses a secret that was right before, whatever token is still good", async () => {
    await connectFno(JSON.stringify({ clientSecret }));
    expect((await bench.run(["ping"])).code).toBe(0);
    expect((await connectFno('{"clientSecret":"canary-wrong"}')).code).toBe(4);
    expect((await bench.run(["ping"])).code).toBe(0);
  });

  const refused: [string, number, string, () => Promise<Ended>][] = [
    [
      "a wrong secret",
      4,
      "the client secret is wrong (AADSTS7000215)",
      () => connectFno('{"clientSecret":"canary-1"}'),
    ],
    [
      "a wrong API secret",
      4,
      "ShipStation",
      () =>
        bench.run(
          ["connect", "shipstation", "--no-input", "--secrets-stdin", ...flags({ apiUrl: bench.urls.shipstation })],
          {
            stdin: JSON.stringify({ apiKey, apiSecret: "canary-4" }),
          },
        ),
    ],
    [
      "an unreachable host",
      5,
      "(ECONNREFUSED); nothing was sent",
      async () => connectFno(JSON.stringify({ clientSecret }), { host: `http://127.0.0.1:${await closedPort()}` }),
    ],
    [
      "an unknown setting",
      6,
      "fno.colour is not a setting of mlc",
      () => connectFno(JSON.stringify({ clientSecret }), { colour: "red" }),
    ],
    [
      "a path into every object",
      6,
      "__proto__.polluted is not the path of a setting",
      () => connectFno(JSON.stringify({ clientSecret }), { "__proto__.polluted": "1" }),
    ],
    ["a missing secret", 6, "fno has no credential", () => connectFno("{}")],
    ["a secret that is no JSON", 6, "not one JSON object", () => connectFno("canary-2")],
    ["an unknown secret", 6, 'fno has no secret named "password"', () => connectFno('{"password":"canary-3"}')],
    [
      "plain http beyond loopback",
      6,
      "plain http is for loopback hosts only",
      () => connectFno(JSON.stringify({ clientSecret }), { host: "http://contoso.example" }),
    ],
    [
      "a missing setting",
      6,
      "fno.tenantId is missing",
      () => bench.run(["connect", "fno", "--no-input", "--set", `host=${bench.urls.fno}`]),
    ],
    [
      "a pair before its systems",
      6,
      "not connected yet",
      () => bench.run(["connect", "fno-shipstation", "--no-input"]),
    ],
    ["an unknown system", 2, "no system or pair", () => bench.run(["connect", "contoso", "--no-input"])],
    ["no name", 2, "needs the name", () => bench.run(["connect"])],
    ["an unknown store", 2, "--store", () => bench.run(["connect", "fno", "--store", "drawer"])],
    [
      "no keychain",
      6,
      "mlc connect --store vault",
      () =>
        bench.run(["connect", "shipstation", "--no-input", "--secrets-stdin", "--no-check"], {
          stdin: shipStationSecrets,
          env: { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/bus" },
        }),
    ],
  ];
  it.each(refused)("keeps nothing on %s and exits %i", async (_case, code, message, run) => {
    const ended = await run();
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(code);
    expect(ended.stdout + ended.stderr).not.toMatch(/canary|sandbox-/);
    expect(hasKeptNothing()).toBe(true);
  });

  it("refuses unchecked certificates beyond loopback", async () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const run = (sets: Record<string, string>) =>
      bench.run(
        ["connect", "shipstation", "--no-input", "--secrets-stdin", "--store", "vault", "--no-check", ...flags(sets)],
        { stdin: shipStationSecrets, env },
      );
    const beyond = await run({});
    expect(beyond).toMatchObject({ code: 6, stderr: expect.stringContaining("NODE_EXTRA_CA_CERTS") });
    expect(hasKeptNothing()).toBe(true);
    expect((await run({ apiUrl: bench.urls.shipstation, apiUrlV2: bench.urls.shipstation })).code).toBe(0);
  });

  it("leaves at once and keeps nothing when it is interrupted while a system does not answer", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    const ended = await bench.run(
      ["connect", "shipstation", "--no-input", "--secrets-stdin", ...flags({ apiUrl: `http://127.0.0.1:${port}` })],
      {
        stdin: JSON.stringify({ apiKey, apiSecret }),
        started: (child) => silent.once("connection", () => child.kill("SIGINT")),
      },
    );
    silent.close();
    expect(ended).toEqual({ code: 130, stdout: "", stderr: "" });
    expect(hasKeptNothing()).toBe(true);
  });

  it("shows no secret anywhere, in any outcome", async () => {
    const ended = [
      await connectFno(JSON.stringify({ clientSecret })),
      await connectShipStation(),
      await bench.run(["connect", "fno-shipstation", "--no-input", "--json"]),
      await bench.run(["ping", "--json"]),
      await bench.run(["doctor", "--json"]),
      await connectFno('{"clientSecret":"canary-wrong"}', {}, ["--json", "--verbose"]),
    ];
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 4]);
    const files = filesBelow(bench.home).map((path) => readFileSync(path, "latin1"));
    const all = [...ended.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files].join("\n");
    const secrets = [clientSecret, apiKey, apiSecret, apiKeyV2, "canary-wrong"];
    const forms = secrets.flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64"),
      encodeURIComponent(secret),
    ]);
    const basic = Buffer.from(`${apiKey}:${apiSecret}`).toString("base64");
    for (const form of [...forms, basic]) expect(all).not.toContain(form);
  });
});

describe("connect of a pair that has delivered orders", () => {
  it("refuses another key template, and takes what renames nothing", async () => {
    await bench.close();
    bench = await openBench();
    const mlc = await openMlc({
      profile: "default",
      env: { ...bench.env, MLC_TEST_NOW: bench.clock.now().toISOString() },
      platform: process.platform,
      homedir: bench.home,
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
    });
    await mlc.sync({ command: "sync orders", flows: ["orders"] });
    const before = config();
    const renamed = await bench.run([
      "connect",
      "fno-shipstation",
      "--no-input",
      ...flags({ "flows.orders.keyTemplate": "{orderNumber}" }),
    ]);
    expect(renamed).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("fno-shipstation.flows.orders.keyTemplate"),
    });
    expect(config()).toEqual(before);
    const other = await bench.run(["connect", "fno-shipstation", "--no-input", ...flags({ orderStatus: "on_hold" })]);
    expect(other.code).toBe(0);
  });
});
