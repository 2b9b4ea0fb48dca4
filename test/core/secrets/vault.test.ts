import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, StateError } from "../../../src/core/errors.ts";
import { keyBytes, makeKey } from "../../../src/core/secrets/store.ts";
import { rotateVaultKey, vaultStore } from "../../../src/core/secrets/vault.ts";
import { makeVaultKey, readVaultKey } from "../../../src/core/secrets/vault-key.ts";
import { machineDisk } from "../../../src/core/state/disk.ts";
import { MemoryDisk } from "../state/memory-disk.ts";

const path = "/home/p/secrets.vault";
const key = Buffer.alloc(32, 1);

async function filled() {
  const disk = new MemoryDisk();
  const store = vaultStore({ disk, path, profile: "default", key });
  await store.write({ "erp.clientSecret": "canary", mac: makeKey() });
  return { disk, store };
}

describe("the vault", () => {
  it("gives back what was written, masked wherever it is printed, and removes entries", async () => {
    const { store } = await filled();
    const secrets = await store.readAll();
    expect(secrets["erp.clientSecret"]?.reveal()).toBe("canary");
    expect(inspect(secrets) + JSON.stringify(secrets)).not.toContain("canary");
    await store.write({ "erp.clientSecret": null });
    expect(Object.keys(await store.readAll())).toEqual(["mac"]);
  });

  it("is empty when there is no file, keeps no secret in clear and uses a new nonce for each write", async () => {
    const { disk, store } = await filled();
    expect(await vaultStore({ disk, path: "/other", profile: "p", key }).readAll()).toEqual({});
    const before = disk.content(path).toString();
    expect(before).not.toMatch(/canary|clientSecret/);
    await store.write({});
    expect(JSON.parse(disk.content(path).toString()).nonce).not.toBe(JSON.parse(before).nonce);
  });

  it("survives a power cut with the old or the new secrets, never none", async () => {
    const { disk, store } = await filled();
    disk.failFromNow("rename", 1, "ENOSPC");
    await expect(store.write({ "erp.clientSecret": "new" })).rejects.toBeInstanceOf(StateError);
    disk.fault = undefined;
    disk.powerCut();
    expect((await store.readAll())["erp.clientSecret"]?.reveal()).toBe("canary");
  });

  it("tells a wrong key from a damaged file", async () => {
    const { disk } = await filled();
    const wrong = vaultStore({ disk, path, profile: "default", key: Buffer.alloc(32, 2) });
    await expect(wrong.readAll()).rejects.toMatchObject({ exitCode: 6, context: { code: "VAULT_KEY" } });
    await expect(wrong.write({ a: "b" })).rejects.toBeInstanceOf(ConfigError);
    const whole = JSON.parse(disk.content(path).toString());
    const damages = [
      { data: `AAAA${whole.data.slice(4)}` },
      { tag: "" },
      { nonce: "AAAA" },
      { data: 5 },
      { schema: "1" },
    ];
    for (const damage of damages) {
      disk.put(path, Buffer.from(JSON.stringify({ ...whole, ...damage })));
      const read = vaultStore({ disk, path, profile: "default", key }).readAll();
      await expect(read).rejects.toMatchObject({ exitCode: 7, context: { code: "VAULT_DAMAGED" } });
    }
    for (const bytes of ["", "null", "[]", "{"]) {
      disk.put(path, Buffer.from(bytes));
      const read = vaultStore({ disk, path, profile: "default", key }).readAll();
      await expect(read).rejects.toMatchObject({ context: { code: "VAULT_DAMAGED" } });
    }
  });

  it("does not open under another profile or file name, nor when a newer mlc wrote it", async () => {
    const { disk } = await filled();
    const damaged = { context: { code: "VAULT_DAMAGED" } };
    await expect(vaultStore({ disk, path, profile: "test", key }).readAll()).rejects.toMatchObject(damaged);
    disk.put("/home/p/old.vault", disk.content(path));
    const moved = vaultStore({ disk, path: "/home/p/old.vault", profile: "default", key });
    await expect(moved.readAll()).rejects.toMatchObject(damaged);
    disk.put(path, Buffer.from(disk.content(path).toString().replace('"schema":1', '"schema":2')));
    const newer = vaultStore({ disk, path, profile: "default", key });
    await expect(newer.readAll()).rejects.toMatchObject({ context: { code: "SCHEMA_NEWER" } });
  });

  it("opens only with the new key after a rotation", async () => {
    const { disk, store } = await filled();
    const next = Buffer.alloc(32, 3);
    await rotateVaultKey({ disk, path, profile: "default", key }, next);
    await expect(store.readAll()).rejects.toMatchObject({ context: { code: "VAULT_KEY" } });
    expect(Object.keys(await vaultStore({ disk, path, profile: "default", key: next }).readAll())).toHaveLength(2);
  });
});

describe("the vault's key", () => {
  let dir = "";
  const disk = machineDisk(process.platform);
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "mlc-key-"));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it("is made once, for its owner only, and read from the file the environment names", async () => {
    const file = join(dir, "made", "key");
    expect(await makeVaultKey(disk, file)).toBe(true);
    const read = await readVaultKey(disk, { MLC_VAULT_KEY_FILE: file });
    expect(read).toHaveLength(32);
    expect(await makeVaultKey(disk, file)).toBe(false);
    expect(await readVaultKey(disk, { MLC_VAULT_KEY_FILE: file })).toEqual(read);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, "made"))).mode & 0o777).toBe(0o700);
  });

  it("is read from systemd's credentials when no file is named", async () => {
    await writeFile(join(dir, "mlc-vault-key"), key.toString("base64"));
    await chmod(join(dir, "mlc-vault-key"), 0o440);
    expect(await readVaultKey(disk, { CREDENTIALS_DIRECTORY: dir })).toEqual(key);
  });

  it("is refused when it is absent, nowhere named, readable by others or no key", async () => {
    await writeFile(join(dir, "open"), key.toString("hex"));
    await chmod(join(dir, "open"), 0o644);
    await writeFile(join(dir, "short"), "abc", { mode: 0o600 });
    const cases: [Record<string, string>, RegExp][] = [
      [{}, /Nothing names/],
      [{ MLC_VAULT_KEY_FILE: join(dir, "none") }, /does not exist/],
      [{ MLC_VAULT_KEY_FILE: join(dir, "open") }, /Others can read .* \(mode 644\)/],
      [{ MLC_VAULT_KEY_FILE: join(dir, "short") }, /does not hold 32 bytes/],
    ];
    for (const [env, message] of cases) {
      const error = await readVaultKey(disk, env).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toMatch(message);
      expect((error as ConfigError).hint).toBeTruthy();
    }
  });

  it("may be written as hex or base64", () => {
    expect(keyBytes(key.toString("hex"))).toEqual(key);
    expect(keyBytes(`${key.toString("base64")}\n`)).toEqual(key);
    expect(keyBytes("x".repeat(40))).toBeUndefined();
  });
});
