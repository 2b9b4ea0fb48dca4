import { dirname } from "node:path";
import { ConfigError } from "../errors.ts";
import type { Disk } from "../state/disk.ts";
import { errorCode } from "../state/disk-error.ts";
import { fitsVault, rotateVaultKey, type VaultOptions } from "./vault.ts";
import { makeVaultKey, nextKeyFile, readNextVaultKey, readVaultKey } from "./vault-key.ts";

/** A vault, without its keys. */
export type NamedVault = Pick<VaultOptions, "path" | "profile">;

interface Keys {
  key: Uint8Array;
  nextKey: Uint8Array | undefined;
}

async function keysOf(disk: Disk, keyFile: string): Promise<Keys> {
  const env = { MLC_VAULT_KEY_FILE: keyFile };
  return { key: await readVaultKey(disk, env), nextKey: await readNextVaultKey(disk, env) };
}

/** Those of some vaults that a key file opens. Throws ConfigError when it holds no key. */
export async function vaultsUnder(disk: Disk, keyFile: string, vaults: readonly NamedVault[]): Promise<NamedVault[]> {
  const keys = await keysOf(disk, keyFile);
  const fitting: NamedVault[] = [];
  for (const vault of vaults) if (await fits({ disk, ...vault, ...keys })) fitting.push(vault);
  return fitting;
}

/** What stands beside the profiles may be a file, like the key. */
async function fits(vault: VaultOptions): Promise<boolean> {
  try {
    return await fitsVault(vault);
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/**
 * Replaces the key of vaults by a new one. The new key is safe beside the old one before a vault is under it, and takes
 * its place once all are, so that after a crash each vault opens with one of the two; to run it again ends it.
 */
export async function rotateKeyFile(disk: Disk, keyFile: string, vaults: readonly NamedVault[]): Promise<void> {
  const waiting = nextKeyFile(keyFile);
  const { key } = await keysOf(disk, keyFile);
  await makeVaultKey(disk, waiting);
  const { nextKey } = await keysOf(disk, keyFile);
  if (nextKey === undefined) throw new ConfigError(`The new key ${waiting} is gone`, { hint: "Run it again." });
  for (const vault of vaults) await rotateVaultKey({ disk, ...vault, key }, nextKey);
  await disk.rename(waiting, keyFile);
  await disk.syncDirectory(dirname(keyFile));
}
