import { chmodSync, copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { makeKey } from "../../src/core/secrets/store.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { acquireLock } from "../../src/core/state/lock.ts";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ seeded: false });
});
afterEach(() => bench.close());

const secrets = (...args: string[]) => bench.run(["secrets", ...args]);
const keyFile = () => join(bench.home, "vault.key");
const vault = (profile = "default") => join(bench.home, profile, "vault.json");
const refused = async (code: number, message: RegExp, hint: RegExp) => {
  const { stdout, stderr, ...ended } = await secrets("list");
  expect([stdout, ended.code]).toEqual(["", code]);
  const [said = "", told = ""] = stderr.split("\n");
  expect(said).toMatch(message);
  expect(told).toMatch(hint);
};

describe("secrets list", () => {
  it("names each secret, its store and when it was set, never its value", async () => {
    const listed = JSON.parse((await secrets("list", "--json")).stdout);
    const names = ["fno.clientSecret", "mac", "shipstation.apiKey", "shipstation.apiKeyV2", "shipstation.apiSecret"];
    expect(listed.store).toBe("vault");
    expect(listed.secrets.map(({ name }: { name: string }) => name)).toEqual(names);
    const { stdout, code } = await secrets("list");
    expect(code).toBe(0);
    for (const name of names) expect(stdout).toContain(name);
    const values = [sandboxCredentials.clientSecret, sandboxCredentials.apiKey, sandboxCredentials.apiSecret];
    for (const value of values) expect(stdout + JSON.stringify(listed)).not.toContain(value);
  });

  it("keeps the time of a secret that is given again unchanged", async () => {
    const times = async () => {
      const { secrets: all } = JSON.parse((await secrets("list", "--json")).stdout);
      return Object.fromEntries(all.map(({ name, setAt }: { name: string; setAt: string | null }) => [name, setAt]));
    };
    const before = await times();
    bench.clock.advance(86_400_000);
    const { apiKey, apiSecret } = sandboxCredentials;
    const stdin = JSON.stringify({ apiKey, apiSecret, apiKeyV2: "another-key" });
    const connect = ["connect", "shipstation", "--no-input", "--no-check", "--secrets-stdin"];
    expect((await bench.run(connect, { stdin })).code).toBe(0);
    const after = await times();
    expect(after["shipstation.apiKey"]).toBe(before["shipstation.apiKey"]);
    expect(after["shipstation.apiKeyV2"]).toBe(bench.clock.now().toISOString());
  });

  it("is empty before anything is connected", async () => {
    const { stdout, code } = await bench.run(["secrets", "list", "--profile", "none", "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([0, { store: null, secrets: [] }]);
  });
});

describe("secrets rotate-key", () => {
  it("puts every vault of the key file under a new key, and the old one opens none", async () => {
    cpSync(join(bench.home, "default"), join(bench.home, "second"), { recursive: true });
    const old = readFileSync(keyFile(), "utf8");
    // A vault opens only under its own profile's name, so that the second one is made anew.
    rmSync(vault("second"));
    const connect = ["connect", "shipstation", "--profile", "second", "--no-input", "--no-check", "--secrets-stdin"];
    await bench.run(connect, { stdin: JSON.stringify({ apiKey: "a", apiSecret: "b" }) });
    const { code, stderr } = await secrets("rotate-key");
    expect(code).toBe(0);
    expect(stderr).toMatch(/profiles default, second.*under a new key.*audit trail stays/s);
    expect(readFileSync(keyFile(), "utf8")).not.toBe(old);
    expect((await bench.run(["sync"])).code).toBe(0);
    expect((await bench.run(["audit", "verify"])).code).toBe(0);
    expect((await bench.run(["secrets", "list", "--profile", "second"])).code).toBe(0);
    writeFileSync(keyFile(), old);
    expect((await secrets("list")).code).toBe(6);
  });

  it("ends a rotation that was cut short after the vault was written", async () => {
    const old = `${keyFile()}.old`;
    copyFileSync(keyFile(), old);
    await secrets("rotate-key");
    copyFileSync(keyFile(), `${keyFile()}.next`);
    copyFileSync(old, keyFile());
    chmodSync(`${keyFile()}.next`, 0o600);
    expect((await bench.run(["sync"])).code).toBe(0);
    expect((await secrets("rotate-key")).code).toBe(0);
    expect(readFileSync(keyFile(), "utf8")).not.toBe(readFileSync(old, "utf8"));
    expect((await bench.run(["sync"])).code).toBe(0);
  });

  it("is refused where systemd handed the key over, and for a keychain", async () => {
    const env = { MLC_VAULT_KEY_FILE: "", CREDENTIALS_DIRECTORY: bench.home };
    copyFileSync(keyFile(), join(bench.home, "mlc-vault-key"));
    const handed = await bench.run(["secrets", "rotate-key"], { env });
    expect(handed.code).toBe(6);
    expect(handed.stderr).toMatch(/systemd handed.*\n {2}→ Run it with MLC_VAULT_KEY_FILE/);
    const file = join(bench.home, "default", "config.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), secrets: "keychain" }));
    const keychain = await secrets("rotate-key");
    expect([keychain.code, keychain.stderr]).toEqual([6, expect.stringContaining("keeps no key in a file")]);
  });

  it("waits for the profile's lock", async () => {
    const elsewhere = { self: async () => ({ host: "elsewhere", pid: 1 }), process: async () => ({ runs: true }) };
    const lock = { command: "sync", token: () => "t", mode: "fail", waitMs: 0, clock: bench.clock } as const;
    const dir = join(bench.home, "default");
    await acquireLock({ ...lock, disk: machineDisk(process.platform), dir, machine: elsewhere });
    const before = readFileSync(vault(), "utf8");
    for (const args of [["rotate-key"], ["move", "--to", "keychain"]]) expect((await secrets(...args)).code).toBe(11);
    expect(readFileSync(vault(), "utf8")).toBe(before);
  });
});

describe("secrets move", () => {
  it("changes nothing when they are there already, or when the other store cannot take them", async () => {
    const before = readFileSync(vault(), "utf8");
    const there = await secrets("move", "--to", "vault");
    expect([there.code, there.stderr]).toEqual([0, expect.stringContaining("in the vault already")]);
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bench.home}/none` };
    const absent = await bench.run(["secrets", "move", "--to", "keychain", "--no-input"], { env });
    expect(absent.code).toBe(6);
    expect(absent.stderr).toContain("no keychain in this session");
    expect(readFileSync(vault(), "utf8")).toBe(before);
    expect((await bench.run(["ping"])).code).toBe(0);
    expect((await secrets("move")).code).toBe(2);
  });
});

it("a vault opens with the key that systemd hands over, which stat shows as readable by the group", async () => {
  copyFileSync(keyFile(), join(bench.home, "mlc-vault-key"));
  rmSync(keyFile());
  chmodSync(join(bench.home, "mlc-vault-key"), 0o440);
  const env = { MLC_VAULT_KEY_FILE: "", CREDENTIALS_DIRECTORY: bench.home };
  expect((await bench.run(["sync"], { env })).code).toBe(0);
});

describe("a vault that does not open", () => {
  it("under another key", async () => {
    writeFileSync(keyFile(), makeKey());
    await refused(6, /The vault .*vault\.json was closed with another key/, /→ Let MLC_VAULT_KEY_FILE name/);
  });

  it("damaged", async () => {
    const file = JSON.parse(readFileSync(vault(), "utf8"));
    writeFileSync(vault(), JSON.stringify({ ...file, data: `AAAA${file.data.slice(4)}` }));
    await refused(7, /The vault .*vault\.json is damaged/, /→ Restore .*vault\.json from a backup/);
    writeFileSync(vault(), "");
    await refused(7, /is damaged/, /→ Restore/);
  });

  it("with a key file that others can read", async () => {
    chmodSync(keyFile(), 0o640);
    await refused(6, /Others can read the vault's key file .* \(mode 640\)/, /→ Run `chmod 600 /);
  });

  it("with a key file that is gone, or holds no key", async () => {
    rmSync(keyFile());
    await refused(6, /key file .*vault\.key does not exist/, /→ Restore it from where you keep it/);
    writeFileSync(keyFile(), "abc", { mode: 0o600 });
    await refused(6, /does not hold 32 bytes in hex or base64/, /→ Put the key back/);
  });
});
