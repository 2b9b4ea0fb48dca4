import { describe, expect, it } from "vitest";
import { rotateKeyFile, vaultsUnder } from "../../../src/core/secrets/rotate.ts";
import { makeKey } from "../../../src/core/secrets/store.ts";
import { vaultStore } from "../../../src/core/secrets/vault.ts";
import { readNextVaultKey, readVaultKey } from "../../../src/core/secrets/vault-key.ts";
import type { Disk } from "../../../src/core/state/disk.ts";
import { MemoryDisk } from "../state/memory-disk.ts";

const keyFile = "/keys/vault.key";
const vaults = ["default", "test"].map((profile) => ({ profile, path: `/home/${profile}/vault.json` }));
const other = { profile: "own", path: "/home/own/vault.json" };

async function opened(disk: Disk, vault: (typeof vaults)[number]) {
  const env = { MLC_VAULT_KEY_FILE: keyFile };
  const keys = { key: await readVaultKey(disk, env), nextKey: await readNextVaultKey(disk, env) };
  return vaultStore({ disk, ...vault, ...keys });
}

async function filled(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  disk.put(keyFile, Buffer.from(makeKey()));
  for (const vault of vaults) await (await opened(disk, vault)).write({ secret: `canary-${vault.profile}` });
  await vaultStore({ disk, ...other, key: Buffer.alloc(32, 9) }).write({ secret: "other" });
  return disk;
}

async function expectWhole(disk: Disk): Promise<void> {
  for (const vault of vaults) {
    const secrets = await (await opened(disk, vault)).readAll();
    expect(secrets.secret?.reveal()).toBe(`canary-${vault.profile}`);
  }
}

describe("a new key for vaults", () => {
  it("opens all that the old one opened, and the old one none; a vault with a key of its own stays", async () => {
    const disk = await filled();
    const old = disk.content(keyFile).toString();
    expect(await vaultsUnder(disk, keyFile, [...vaults, other])).toEqual(vaults);
    await rotateKeyFile(disk, keyFile, vaults);
    expect(disk.content(keyFile).toString()).not.toBe(old);
    expect(disk.paths().filter((path) => path.startsWith("/keys/"))).toEqual([keyFile]);
    await expectWhole(disk);
    disk.put(keyFile, Buffer.from(old));
    await expect(expectWhole(disk)).rejects.toMatchObject({ context: { code: "VAULT_KEY" } });
  });

  it("leaves every vault open with what is on the disk wherever it stops, and ends when it runs again", async () => {
    const start = await filled();
    const calls = ["write", "link", "remove", "rename", "syncDirectory", "makeDirectory"] as const;
    let stops = 0;
    for (const call of calls) {
      for (let nth = 1; ; nth += 1) {
        const disk = start.fork();
        disk.failFromNow(call, nth, "EIO");
        const failed = await rotateKeyFile(disk, keyFile, vaults).then(
          () => false,
          () => true,
        );
        disk.fault = undefined;
        if (!failed) break;
        stops += 1;
        for (const names of [true, false]) {
          const after = disk.fork();
          after.powerCut({ names });
          await expectWhole(after);
          // What is written between crash and second try goes under the key that the vault has then.
          const [first] = vaults;
          if (first) await (await opened(after, first)).write({ more: "m" });
          await rotateKeyFile(after, keyFile, vaults);
          await expectWhole(after);
          expect(after.paths()).not.toContain(`${keyFile}.next`);
        }
      }
    }
    expect(stops).toBeGreaterThan(10);
  });

  it("is refused, with nothing changed, when a vault is damaged or under a key that is not there", async () => {
    const disk = await filled();
    const before = disk.content(keyFile);
    await expect(rotateKeyFile(disk, keyFile, [other])).rejects.toMatchObject({ context: { code: "VAULT_KEY" } });
    disk.put("/home/test/vault.json", Buffer.from("{"));
    await expect(vaultsUnder(disk, keyFile, vaults)).rejects.toMatchObject({ context: { code: "VAULT_DAMAGED" } });
    expect(disk.content(keyFile)).toEqual(before);
  });
});
