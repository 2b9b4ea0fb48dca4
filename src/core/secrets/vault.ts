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
    readAll: async () => secretsFrom(await readVault(options)),
    write: async (entries) => {
      const values = await readVault(options);
      for (const [name, value] of Object.entries(entries)) {
        if (value === null) delete values[name];
        else values[name] = value;
      }
      await writeVault(options, values);
    },
  };
}

/** Encrypts the vault anew under another key; the old key opens it no more. */
export async function rotateVaultKey(options: VaultOptions, next: Uint8Array): Promise<void> {
  await writeVault({ ...options, key: next }, await readVault(options));
}

async function writeVault({ disk, path, profile, key }: VaultOptions, values: Record<string, string>): Promise<void> {
  const box = closeBox(derivedKey(key, "mlc vault"), contextOf(profile, path, schema), JSON.stringify(values));
  const file: VaultFile = { schema, check: checkOf(key), ...box };
  await disk.makeDirectory(dirname(path));
  await replaceVersioned(disk, path, Buffer.from(JSON.stringify(file)), schema);
}

async function readVault({ disk, path, profile, key, migrations }: VaultOptions): Promise<Record<string, string>> {
  const values: Record<string, string> = Object.create(null);
  const bytes = await disk.read(path);
  if (bytes === undefined) return values;
  const file = parsedFile(bytes, path);
  const text = openBox(derivedKey(key, "mlc vault"), contextOf(profile, path, file.schema), file);
  if (text === undefined) throw file.check === checkOf(key) ? damagedVault(path) : wrongKey(path);
  const found: VaultContent = { schema: file.schema, values: JSON.parse(text) };
  const content = migrated(found, schema, migrations ?? vaultMigrations, path) as VaultContent;
  return Object.assign(values, content.values);
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
    hint: "Let MLC_VAULT_KEY_FILE name the key file that this vault was made with.",
  });
}

function damagedVault(path: string): StateError {
  return new StateError(`The vault ${path} is damaged, or it belongs to another profile.`, {
    code: "VAULT_DAMAGED",
    hint: `Restore ${path} from a backup, or remove it and run \`mlc connect --store vault\` to give the secrets anew.`,
  });
}
