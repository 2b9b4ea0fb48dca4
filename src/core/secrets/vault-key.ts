import { dirname, join } from "node:path";
import { ConfigError } from "../errors.ts";
import type { Disk } from "../state/disk.ts";
import { keyBytes, makeKey } from "./store.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The file that holds the vault's key, as the environment names it. Pure. */
export function vaultKeyFile(env: Environment): { path: string; from: "file" | "credentials" } | undefined {
  if (env.MLC_VAULT_KEY_FILE) return { path: env.MLC_VAULT_KEY_FILE, from: "file" };
  if (!env.CREDENTIALS_DIRECTORY) return undefined;
  return { path: join(env.CREDENTIALS_DIRECTORY, "mlc-vault-key"), from: "credentials" };
}

/** Where a new key waits until every vault is under it; what is left there is of a rotation that was cut short. Pure. */
export function nextKeyFile(path: string): string {
  return `${path}.next`;
}

/** The key that vaults may be under since a rotation was cut short. */
export async function readNextVaultKey(disk: Disk, env: Environment): Promise<Buffer | undefined> {
  const file = vaultKeyFile(env);
  if (file?.from !== "file") return undefined;
  const path = nextKeyFile(file.path);
  return (await disk.facts(path)) === undefined ? undefined : readVaultKey(disk, { MLC_VAULT_KEY_FILE: path });
}

/** Reads the vault's key; throws ConfigError when there is none, when others can read it, or when it is no key. */
export async function readVaultKey(disk: Disk, env: Environment): Promise<Buffer> {
  const file = vaultKeyFile(env);
  if (file === undefined) {
    throw new ConfigError("Nothing names the vault's key.", {
      field: "MLC_VAULT_KEY_FILE",
      hint: "Set MLC_VAULT_KEY_FILE to the key file that `mlc connect --store vault` made.",
    });
  }
  const facts = await disk.facts(file.path);
  if (facts === undefined) {
    throw new ConfigError(`The vault's key file ${file.path} does not exist.`, {
      field: "MLC_VAULT_KEY_FILE",
      hint: "Restore it from where you keep it, or run `mlc connect --store vault` again and give the secrets anew.",
    });
  }
  // systemd gives a credential to the service's user by an access list, which stat shows as group bits.
  const foreign = file.from === "file" ? 0o077 : 0o007;
  if ((facts.mode & foreign) !== 0) {
    throw new ConfigError(`Others can read the vault's key file ${file.path} (mode ${facts.mode.toString(8)}).`, {
      field: "MLC_VAULT_KEY_FILE",
      hint: `Run \`${facts.closeWith ?? `chmod 600 ${file.path}`}\`, and make a new key if somebody may have read it.`,
    });
  }
  const key = keyBytes((await disk.read(file.path))?.toString("utf8"));
  if (key !== undefined) return key;
  throw new ConfigError(`The vault's key file ${file.path} does not hold 32 bytes in hex or base64.`, {
    field: "MLC_VAULT_KEY_FILE",
    hint: "Put the key back as it was made; `openssl rand -hex 32` makes a new one for a new vault.",
  });
}

/** Makes a key file, 0600, unless the file is there already; true when it made one. */
export async function makeVaultKey(disk: Disk, path: string): Promise<boolean> {
  const own = `${path}.${makeKey().slice(0, 12)}`;
  await disk.makeDirectory(dirname(path));
  try {
    await disk.write(own, Buffer.from(`${makeKey()}\n`));
    return await disk.link(own, path);
  } finally {
    await disk.remove(own);
    await disk.syncDirectory(dirname(path));
  }
}
