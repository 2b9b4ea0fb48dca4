import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { ConfigError } from "../errors.ts";
import { memoryTokenCache, type TokenCache } from "../http/token-cache.ts";
import type { Secret } from "../secret.ts";
import type { Disk } from "../state/disk.ts";
import type { Machine } from "../state/machine.ts";
import { keychainStore } from "./keychain.ts";
import { makeProfileKey, profileKey } from "./profile-key.ts";
import type { SecretStore } from "./store.ts";
import { tokenFiles } from "./token-cache.ts";
import { vaultStore } from "./vault.ts";
import { makeVaultKey, readVaultKey, vaultKeyFile } from "./vault-key.ts";

/** Where a profile's secrets can be kept; the user chooses, mlc never does. */
export type SecretStoreKind = SecretStore["kind"];

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
    await makeProfileKey(store);
    await store.write(entries);
    this.#kind = kind;
    this.#all = undefined;
    this.#tokens = undefined;
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
    return vaultStore({
      disk,
      path: join(dir, "vault.json"),
      profile,
      key: await readVaultKey(disk, this.#vaultEnv()),
    });
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
