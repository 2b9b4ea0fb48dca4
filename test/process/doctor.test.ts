import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { thisMachine } from "../../src/core/state/machine.ts";
import { sealed, summed } from "../../src/core/state/seal.ts";
import { openMlc } from "../../src/mlc.ts";
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

/** What this process opens a profile with, to spoil it. */
const surroundings = {
  profile: "default",
  platform: process.platform,
  version: "0.0.0",
  signal: new AbortController().signal,
  isTty: false,
};

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

  const settings = (bench: Bench) => join(bench.home, "default", "config.json");
  const change = (name: string, values: Record<string, unknown>) => (bench: Bench) => {
    const file = JSON.parse(readFileSync(settings(bench), "utf8"));
    writeFileSync(settings(bench), JSON.stringify({ ...file, [name]: { ...file[name], ...values } }));
  };
  const inProfile = (name: string, text: string | Buffer) => (bench: Bench) =>
    writeFileSync(join(bench.home, "default", name), text);
  const secret = (name: string, value: string | null) => async (bench: Bench) => {
    const mlc = await openMlc({ ...surroundings, homedir: bench.home, env: bench.env });
    await mlc.secrets.write({ [name]: value }, "vault");
  };
  const heldBy = (pid: number) => async (bench: Bench) => {
    const holder = { ...(await thisMachine(process.platform).self()), pid, token: "t", command: "sync", at: "2026" };
    delete holder.start;
    inProfile("lock", summed(holder))(bench);
  };

  type Row = [
    what: string,
    spoil: (bench: Bench) => unknown,
    code: number,
    finding: { name: string; state: string; message: string; fix: RegExp },
  ];
  const failed = (name: string, message: string, fix: RegExp) => ({ name, state: "failed", message, fix });
  const warning = (name: string, message: string, fix: RegExp) => ({ name, state: "warning", message, fix });
  const fno = "Dynamics 365 Finance & Operations";
  const brokenSetUps: Row[] = [
    ["a config that is no JSON", inProfile("config.json", "{"), 6, failed("Config", "not a JSON object", /by hand/)],
    ["a config of a newer mlc", inProfile("config.json", '{"schema":2}'), 6, failed("Config", "schema 2", /newer mlc/)],
    [
      "a setting that is none",
      change("fno-shipstation", { warehuoses: {} }),
      6,
      failed("Config", "fno-shipstation.warehuoses is not a setting", /config unset fno-shipstation\.warehuoses/),
    ],
    [
      "a setting of the wrong kind, named once",
      change("shipstation", { storeId: "many" }),
      6,
      failed("Config", 'shipstation.storeId = "many"', /config set shipstation\.storeId/),
    ],
    [
      "a section that is none",
      change("fno-shipbob2", {}),
      0,
      warning("Config", "fno-shipbob2 is no system, pair or setting", /config\.json/),
    ],
    [
      "a config that does not say where secrets are",
      inProfile("config.json", '{"schema":1,"secrets":"drawer","shipstation":{}}'),
      6,
      failed("Config", 'secrets = "drawer"', /--store vault/),
    ],
    [
      "a key file that others can read",
      ({ home }) => chmodSync(join(home, "vault.key"), 0o644),
      6,
      failed("Secrets", "mode 644", /chmod 600/),
    ],
    [
      "a key file that is gone",
      ({ home }) => rmSync(join(home, "vault.key")),
      6,
      failed("Secrets", "vault.key does not exist", /Restore it/),
    ],
    [
      "a key file that is no key",
      ({ home }) => writeFileSync(join(home, "vault.key"), "secret", { mode: 0o600 }),
      6,
      failed("Secrets", "does not hold 32 bytes", /openssl rand/),
    ],
    [
      "the key of another vault",
      ({ home }) => writeFileSync(join(home, "vault.key"), "ab".repeat(32)),
      6,
      failed("Secrets", "closed with another key", /MLC_VAULT_KEY_FILE/),
    ],
    ["a vault that is damaged", inProfile("vault.json", "{}"), 7, failed("Secrets", "is damaged", /from a backup/)],
    [
      "a vault that is gone",
      ({ home }) => rmSync(join(home, "default", "vault.json")),
      6,
      failed("Secrets", "vault.json is not there", /from a backup/),
    ],
    [
      "a secret that is missing",
      secret("fno.clientSecret", null),
      6,
      failed("Secrets", "fno has none", /mlc connect fno/),
    ],
    [
      "half a credential",
      secret("shipstation.apiSecret", null),
      6,
      failed("Secrets", "shipstation.apiSecret is missing", /mlc connect shipstation/),
    ],
    [
      "a session without a keychain",
      (bench) => {
        const file = JSON.parse(readFileSync(settings(bench), "utf8"));
        writeFileSync(settings(bench), JSON.stringify({ ...file, secrets: "keychain" }));
      },
      6,
      failed("Secrets", "keychain", /--store vault/),
    ],
    [
      "a client secret that F&O's directory refuses",
      ({ entra }) => {
        entra.clientSecret = "rotated";
      },
      4,
      failed(fno, "AADSTS7000215", /./),
    ],
    [
      "an API secret that ShipStation refuses",
      secret("shipstation.apiSecret", "rotated"),
      4,
      failed("ShipStation", "refused our credentials", /./),
    ],
    [
      "a host where nobody answers",
      async (bench) => {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const address = server.address();
        await new Promise((resolve) => server.close(resolve));
        const port = typeof address === "object" && address ? address.port : 0;
        change("fno", { host: `http://127.0.0.1:${port}` })(bench);
      },
      5,
      failed(fno, "fno could not be reached", /address and port/),
    ],
    [
      "a port that fetch never opens",
      change("fno", { host: "http://127.0.0.1:9" }),
      5,
      failed(fno, "could not be reached at 127.0.0.1:9 (BAD_PORT)", /another port/),
    ],
    [
      "a legal entity that is not there",
      change("fno", { legalEntities: ["usmf", "nope"] }),
      0,
      warning(fno, "legal entity nope is not there", /mlc connect fno/),
    ],
    [
      "a store that is not there",
      change("shipstation", { storeId: 4711 }),
      0,
      warning("ShipStation", "no store 4711", /mlc connect shipstation/),
    ],
    [
      "an entity set that F&O must publish",
      ({ fno }) => Object.assign(fno.switches, { absentSets: ["SalesOrderLines"] }),
      6,
      failed("F&O SalesOrderLines", "is not published", /Publish the entity set/),
    ],
    [
      "an entity set that mlc can do without",
      ({ fno }) => Object.assign(fno.switches, { absentSets: ["CustomersV3"] }),
      0,
      warning("F&O CustomersV3", "is not published: orders have no phone", /Publish the entity set/),
    ],
    [
      "a field that the settings map and F&O does not have",
      change("fno-shipstation", { writeBack: { headerFields: { map: { trackingNumber: "ContosoTracking" } } } }),
      6,
      failed("F&O SalesOrderHeadersV3", "has no ContosoTracking", /headerFields\.map/),
    ],
    [
      "delivery modes without a row",
      change("fno-shipstation", { deliveryModes: { Ground: { carrierCode: "ups" } } }),
      0,
      warning("fno-shipstation.deliveryModes", "2Day, Express, Pallet, Pickup", /mlc connect fno-shipstation/),
    ],
    [
      "a warehouse without a row",
      change("fno-shipstation", { warehouses: { "24": 1001, "25": 1001 } }),
      0,
      warning("fno-shipstation.warehouses", "no row for warehouse 51", /mlc connect fno-shipstation/),
    ],
    [
      "a row that names what the account does not have",
      change("fno-shipstation", { warehouses: { ...rows.warehouses, "51": 4711 } }),
      6,
      failed("warehouses.51", "no ship-from warehouse 4711", /Set warehouses\.51/),
    ],
    ["a lock that cannot be read", inProfile("lock", "?"), 7, failed("Lock", "cannot be read", /no mlc runs/)],
    [
      "a profile that is no directory",
      ({ home }) => {
        rmSync(join(home, "default"), { recursive: true });
        writeFileSync(join(home, "default"), "");
      },
      7,
      failed("Directory", "ENOTDIR", /./),
    ],
    [
      "files that others can read",
      ({ home }) => chmodSync(join(home, "default", "config.json"), 0o644),
      0,
      warning("Permissions", "config.json", /chmod -R go-rwx/),
    ],
  ];
  it.each(brokenSetUps)("names %s, with its fix", async (_what, spoil, code, { fix, message, ...finding }) => {
    bench = await openBench({ seeded: false, pair: rows });
    await spoil(bench);
    const found = await doctor();
    const matching = found.bad.filter((one) => one.name === finding.name && one.message.includes(message));
    expect(found.bad.length > 0 && matching).toEqual([
      expect.objectContaining({ ...finding, fix: expect.stringMatching(fix) }),
    ]);
    expect(found.code).toBe(code);
    for (const one of found.bad) expect([one.name, one.fix]).toEqual([one.name, expect.stringMatching(/^[A-Z].*\.$/)]);
  });

  const state = (name: RegExp) => {
    const dir = join(bench.home, "default", "state", "fno-shipstation.orders");
    return join(dir, readdirSync(dir).find((one) => name.test(one)) ?? "");
  };
  const orders = "State of fno-shipstation orders";
  const brokenStates: Row[] = [
    [
      "a line of the log that somebody changed",
      () => {
        const log = readFileSync(state(/^log-/), "utf8");
        writeFileSync(state(/^log-/), log.replace('"outcome":"created"', '"outcome":"updated"'));
      },
      7,
      failed(orders, "log-2026-11.jsonl", /./),
    ],
    [
      "a log whose end is cut off",
      () => {
        const lines = readFileSync(state(/^log-/), "utf8").trimEnd().split("\n");
        writeFileSync(state(/^log-/), `${lines.slice(0, -2).join("\n")}\n`);
      },
      7,
      failed(orders, "its end is cut off", /./),
    ],
    ["a log that is gone", () => rmSync(state(/^log-/)), 7, failed(orders, "log", /backup/)],
    [
      "a snapshot of a newer mlc",
      async (bench) => {
        const mlc = await openMlc({ ...surroundings, homedir: bench.home, env: bench.env });
        const { mac: _, ...snapshot } = JSON.parse(readFileSync(state(/^state\.json$/), "utf8"));
        const newer = sealed(await mlc.secrets.macKey(), { ...snapshot, schema: 99 }).bytes;
        writeFileSync(state(/^state\.json$/), newer);
      },
      7,
      failed(orders, "was written by a newer mlc (schema 99", /newer mlc/),
    ],
    [
      "the state of another account",
      change("shipstation", { stores: [1] }),
      6,
      failed(orders, "The state of fno-shipstation orders belongs to", /--new-state/),
    ],
    [
      "a setting that would name delivered orders otherwise",
      change("fno-shipstation", { flows: { orders: { keyTemplate: "x-{orderNumber}" } } }),
      6,
      failed(orders, "fno-shipstation.flows.orders.keyTemplate", /Leave it/),
    ],
    [
      "a log that was sealed with another key",
      secret("mac", "cd".repeat(32)),
      7,
      failed(orders, "log-2026-11.jsonl", /./),
    ],
  ];
  it.each(brokenStates)("names %s, with its fix", async (_what, spoil, code, { fix, message, ...finding }) => {
    bench = await openBench({ pair: rows });
    await bench.run(["sync", "-q"]);
    const { checks } = await doctor();
    expect(checks).toContainEqual(expect.objectContaining({ name: orders, state: "ok" }));
    await spoil(bench);
    const found = await doctor();
    expect(found.bad).toContainEqual({
      ...finding,
      message: expect.stringContaining(message),
      fix: expect.stringMatching(fix),
      exitCode: code,
    });
    expect(found.code).toBe(code);
  });

  it("says who holds the lock, and whether that process is gone", async () => {
    bench = await openBench({ seeded: false, pair: rows });
    const lock = async () => (await doctor()).checks.find(({ name }) => name === "Lock")?.message;
    expect(await lock()).toBe("free");
    await heldBy(process.pid)(bench);
    expect(await lock()).toMatch(new RegExp(`^held by "sync", process ${process.pid} on `));
    await heldBy(4_194_303)(bench);
    expect(await lock()).toMatch(/^left by "sync", process 4194303 .*, which is gone; the next run takes it$/);
  });

  it("fits a terminal of 80 columns", async () => {
    bench = await openBench({ seeded: false, pair: { ...rows, warehouses: {} } });
    bench.entra.clientSecret = "rotated";
    chmodSync(join(bench.home, "default", "config.json"), 0o644);
    const { stdout } = await bench.run(["doctor"], { env: { HTTPS_PROXY: "http://proxy.example" } });
    const lines = stdout.trimEnd().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.every((line) => /^(ok {7}|warning {2}|FAILED {3}| {9}(→ | {2})?)\S/.test(line))).toBe(true);
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
