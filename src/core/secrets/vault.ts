import { createHmac } from "node:crypto";
import { basename, dirname } from "node:path";
import { ConfigError, StateError } from "../errors.ts";
import type { Disk } from "../state/disk.ts";
import { type Migrations, migrated, refuseNewer, type Versioned } from "../state/schema.ts";
import { replaceVersioned } from "../state/versioned.ts";
import { type Box, closeBox, derivedKey, openBox } from "./box.ts";
import { type SecretStore, secretsFrom } from "./store.ts";

const schema = 1;
/** Nothing grew yet; what grows is the table of secrets, while the file around it keeps its shape. */
const vaultMigrations: Migrations = {};

interface VaultFile extends Box {
  schema: number;
  /** Tells a wrong key from a damaged file. */
  check: string;
}

/** What a vault needs. */
export interface VaultOptions {
  disk: Disk;
  path: string;
  profile: string;
  /** 32 bytes. */
  key: Uint8Array;
  /** The key of a rotation that was cut short; the vault may be under it already. */
  nextKey?: Uint8Array | undefined;
  migrations?: Migrations;
}

/** The secrets with the version of their shape. */
interface VaultContent extends Versioned {
  values: Record<string, string>;
}

/** Secrets in an encrypted file; a text that was moved from another profile, file or schema does not open. */
export function vaultStore(options: VaultOptions): SecretStore {
  return {
    kind: "vault",
    readAll: async () => secretsFrom((await readVault(options)).values),
    write: async (entries) => {
      const { values, key } = await readVault(options);
      for (const [name, value] of Object.entries(entries)) {
        if (value === null) delete values[name];
        else values[name] = value;
      }
      await writeVault({ ...options, key }, values);
    },
  };
}

/** Encrypts the vault anew under another key; the old key opens it no more. One that is under it already is left. */
export async function rotateVaultKey(options: VaultOptions, next: Uint8Array): Promise<void> {
  const { values, key } = await readVault({ ...options, nextKey: next });
  if (checkOf(key) !== checkOf(next)) await writeVault({ ...options, key: next }, values);
}

/** Whether one of the vault's keys closed it; false when there is no vault. Throws StateError when it is damaged. */
export async function fitsVault({ disk, path, key, nextKey }: VaultOptions): Promise<boolean> {
  const bytes = await disk.read(path);
  return bytes !== undefined && fittingKey(parsedFile(bytes, path), [key, nextKey]) !== undefined;
}

async function writeVault({ disk, path, profile, key }: VaultOptions, values: Record<string, string>): Promise<void> {
  const box = closeBox(derivedKey(key, "mlc vault"), contextOf(profile, path, schema), JSON.stringify(values));
  const file: VaultFile = { schema, check: checkOf(key), ...box };
  await disk.makeDirectory(dirname(path));
  await replaceVersioned(disk, path, Buffer.from(JSON.stringify(file)), schema);
}

async function readVault(options: VaultOptions): Promise<{ values: Record<string, string>; key: Uint8Array }> {
  const { disk, path, profile, migrations } = options;
  const values: Record<string, string> = Object.create(null);
  const bytes = await disk.read(path);
  if (bytes === undefined) return { values, key: options.key };
  const file = parsedFile(bytes, path);
  const fitting = fittingKey(file, [options.key, options.nextKey]);
  const key = fitting ?? options.key;
  const text = openBox(derivedKey(key, "mlc vault"), contextOf(profile, path, file.schema), file);
  if (text === undefined) throw fitting === undefined ? wrongKey(path) : damagedVault(path);
  const found: VaultContent = { schema: file.schema, values: JSON.parse(text) };
  const content = migrated(found, schema, migrations ?? vaultMigrations, path) as VaultContent;
  return { values: Object.assign(values, content.values), key };
}

function fittingKey(file: VaultFile, keys: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
  return keys.find((key) => key !== undefined && checkOf(key) === file.check);
}

function parsedFile(bytes: Buffer, path: string): VaultFile {
  const file = objectFrom(bytes);
  if (typeof file?.schema !== "number") throw damagedVault(path);
  refuseNewer(file.schema, schema, path);
  const { nonce, data, tag, check } = file as VaultFile;
  if (![nonce, data, tag, check].every((part) => typeof part === "string")) throw damagedVault(path);
  return { schema: file.schema, nonce, data, tag, check };
}

function objectFrom(bytes: Buffer): Partial<VaultFile> | undefined {
  try {
    const value = JSON.parse(bytes.toString("utf8")) as unknown;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // What does not parse is damaged, and the parser's message would quote it.
    return undefined;
  }
}

function contextOf(profile: string, path: string, version: number): string {
  return JSON.stringify([profile, basename(path), version]);
}

function checkOf(key: Uint8Array): string {
  return createHmac("sha256", derivedKey(key, "mlc vault check")).update("mlc").digest("hex").slice(0, 16);
}

function wrongKey(path: string): ConfigError {
  return new ConfigError(`The vault ${path} was closed with another key.`, {
    code: "VAULT_KEY",
    field: "MLC_VAULT_KEY_FILE",
    hint: "Let MLC_VAULT_KEY_FILE name the key file that this vault was made with; if `mlc secrets rotate-key` was cut short, run it again.",
  });
}

function damagedVault(path: string): StateError {
  return new StateError(`The vault ${path} is damaged, or it belongs to another profile.`, {
    code: "VAULT_DAMAGED",
    hint: `Restore ${path} from a backup, or remove it and run \`mlc connect --store vault\` to give the secrets anew.`,
  });
}
