import { dirname, join } from "node:path";
import type { Clock } from "../clock.ts";
import { ConfigError, StateError } from "../errors.ts";
import { memoryTokenCache, type TokenCache } from "../http/token-cache.ts";
import type { Secret } from "../secret.ts";
import type { Disk } from "../state/disk.ts";
import type { Machine } from "../state/machine.ts";
import { keychainStore } from "./keychain.ts";
import { profileKey } from "./profile-key.ts";
import { type NamedVault, rotateKeyFile, vaultsUnder } from "./rotate.ts";
import { type KeptSecret, macName, makeKey, revealed, type SecretStore } from "./store.ts";
import { timesAfter, timesName, timesOf } from "./times.ts";
import { tokenFiles } from "./token-cache.ts";
import { vaultStore } from "./vault.ts";
import { makeVaultKey, readNextVaultKey, readVaultKey, vaultKeyFile } from "./vault-key.ts";

/** Where a profile's secrets can be kept; the user chooses, mlc never does. */
export type SecretStoreKind = SecretStore["kind"];

/** The vault's file in a profile's directory. */
const vaultName = "vault.json";

/** What the secrets of a profile need. */
export interface ProfileSecretsOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  profile: string;
  /** From the config; undefined before the first `connect`. */
  kind: SecretStoreKind | undefined;
  env: Readonly<Record<string, string | undefined>>;
  isTty: boolean;
  clock: Clock;
  machine: Machine;
  /** Makes a token that no other lock has. */
  lockToken: () => string;
  signal: AbortSignal;
}

/** The secrets of a profile, read once a run. */
export class ProfileSecrets {
  readonly #options: ProfileSecretsOptions;
  #kind: SecretStoreKind | undefined;
  #all: Promise<Record<string, Secret>> | undefined;
  #tokens: Promise<TokenCache> | undefined;

  constructor(options: ProfileSecretsOptions) {
    this.#options = options;
    this.#kind = options.kind;
  }

  get kind(): SecretStoreKind | undefined {
    return this.#kind;
  }

  /** All secrets by `<system>.<secret>`; none before the first `connect`. */
  all(): Promise<Record<string, Secret>> {
    const kind = this.#kind;
    if (kind === undefined) return Promise.resolve({});
    this.#all ??= this.#store(kind).then((store) => store.readAll());
    return this.#all;
  }

  /** Sets secrets, or removes those that are null, and makes the profile's own key when there is none. */
  async write(entries: Record<string, string | null>, kind: SecretStoreKind): Promise<void> {
    const store = await this.#store(kind);
    const before = await store.readAll();
    const known = this.#kind === kind ? before : { ...before, ...(await this.all()) };
    const own = before[macName] === undefined ? { [macName]: makeKey() } : {};
    const written = { ...own, ...entries };
    await store.write({ ...written, [timesName]: timesAfter(known, written, this.#options.clock.now()) });
    this.#moved(kind);
  }

  /** One entry as it is in the store at this moment, whatever was read before. */
  async read(entry: string, kind: SecretStoreKind): Promise<KeptSecret | undefined> {
    const all = await (await this.#store(kind)).readAll();
    const value = all[entry];
    const setAt = timesOf(all)[entry];
    return value && { value, ...(setAt === undefined ? {} : { setAt: new Date(setAt) }) };
  }

  /** What is kept, without mlc's own notes; `setAt` is null where the entry is older than those. */
  async list(): Promise<{ name: string; setAt: string | null }[]> {
    const all = await this.all();
    const times = timesOf(all);
    return Object.keys(all)
      .filter((name) => name !== timesName)
      .sort()
      .map((name) => ({ name, setAt: times[name] ?? null }));
  }

  /**
   * Writes all that is kept to another store and reads it back; the profile stays with the old one until its config says
   * otherwise. Throws StateError when the other one gives back something else.
   */
  async copyTo(kind: SecretStoreKind): Promise<void> {
    const values = revealed(await this.all());
    const store = await this.#store(kind);
    const gone = Object.keys(await store.readAll()).filter((name) => values[name] === undefined);
    await store.write({ ...Object.fromEntries(gone.map((name) => [name, null])), ...values });
    const kept = revealed(await store.readAll());
    const names = [...new Set([...Object.keys(values), ...Object.keys(kept)])];
    const wrong = names.filter((name) => values[name] !== kept[name]);
    if (wrong.length === 0) return;
    throw new StateError(`The ${kind} does not give back what was written to it: ${wrong.sort().join(", ")}.`, {
      code: "SECRETS_DIFFER",
      hint: "Nothing was changed; mend that store and run it again.",
    });
  }

  /** Names that a store holds, this profile's or not. */
  async namesIn(kind: SecretStoreKind): Promise<string[]> {
    return Object.keys(await (await this.#store(kind)).readAll());
  }

  #moved(kind: SecretStoreKind): void {
    this.#kind = kind;
    this.#all = undefined;
    this.#tokens = undefined;
  }

  /** This profile's vault and those of others that the same key opens. Throws ConfigError when there is no such key. */
  async vaultsOfKey(): Promise<NamedVault[]> {
    const { disk, dir, profile, env } = this.#options;
    const own = { path: join(dir, vaultName), profile };
    // The key of a profile without a named file is its own.
    const profiles = env.MLC_VAULT_KEY_FILE ? await disk.list(dirname(dir)) : [];
    const others = profiles.filter((name) => name !== profile).map((name) => this.#vaultOf(name));
    return [own, ...(await vaultsUnder(disk, this.vaultKeyFile, others))];
  }

  #vaultOf(profile: string): NamedVault {
    return { path: join(dirname(this.#options.dir), profile, vaultName), profile };
  }

  /** Replaces the key of these vaults; safe against a crash. Throws ConfigError when the key cannot be replaced from here. */
  async rotateKey(vaults: readonly NamedVault[]): Promise<void> {
    const { disk, env } = this.#options;
    if (vaultKeyFile(env)?.from === "credentials") {
      throw new ConfigError("systemd handed the vault's key over, so that its file is not known here.", {
        field: "MLC_VAULT_KEY_FILE",
        hint: "Run it with MLC_VAULT_KEY_FILE naming the file that LoadCredential= of the service names.",
      });
    }
    await rotateKeyFile(disk, this.vaultKeyFile, vaults);
    this.#all = undefined;
  }

  /** Removes secrets from a store that the profile has left. */
  async erase(names: readonly string[], kind: SecretStoreKind): Promise<void> {
    await (await this.#store(kind)).write(Object.fromEntries(names.map((name) => [name, null])));
  }

  /** The key that seals the profile's logs. Throws ConfigError before the first `connect`. */
  async macKey(): Promise<Uint8Array> {
    if (this.#kind === undefined) throw new ConfigError("Nothing is connected yet", { hint: "Run `mlc connect`." });
    return profileKey(await this.all());
  }

  /** Access tokens shared by the processes of this profile; before the first `connect` they end with the process. */
  tokens(): TokenCache {
    const cache = (): Promise<TokenCache> => {
      this.#tokens ??= this.#openTokens();
      return this.#tokens;
    };
    return {
      get: async (name) => (await cache()).get(name),
      put: async (name, value) => (await cache()).put(name, value),
      drop: async (name) => (await cache()).drop(name),
      exclusive: async (name, work) => (await cache()).exclusive(name, work),
    };
  }

  async #openTokens(): Promise<TokenCache> {
    if (this.#kind === undefined) return memoryTokenCache();
    const { disk, dir, machine, clock, lockToken, signal } = this.#options;
    return tokenFiles({ disk, dir: join(dir, "tokens"), key: await this.macKey(), machine, clock, lockToken, signal });
  }

  async #store(kind: SecretStoreKind): Promise<SecretStore> {
    const { disk, dir, profile, env, isTty } = this.#options;
    if (kind === "keychain") return keychainStore({ service: `mlc ${dir}`, env, isTty });
    const keyEnv = this.#vaultEnv();
    const [key, nextKey] = [await readVaultKey(disk, keyEnv), await readNextVaultKey(disk, keyEnv)];
    return vaultStore({ disk, path: join(dir, vaultName), profile, key, nextKey });
  }

  /** Where the vault's key is: as the surroundings say, else beside the profile. */
  #vaultEnv(): Readonly<Record<string, string | undefined>> {
    const { dir, env } = this.#options;
    return vaultKeyFile(env) ? env : { MLC_VAULT_KEY_FILE: join(dir, "vault.key") };
  }

  /** The file with the vault's key, there or not. */
  get vaultKeyFile(): string {
    return vaultKeyFile(this.#options.env)?.path ?? join(this.#options.dir, "vault.key");
  }

  /** Makes the vault's key file when it is absent; returns its path when it made one. */
  async makeVaultKey(): Promise<string | undefined> {
    return (await makeVaultKey(this.#options.disk, this.vaultKeyFile)) ? this.vaultKeyFile : undefined;
  }
}
