import { join } from "node:path";
import { ulid } from "ulid";
import type { Clock } from "./clock.ts";
import { type ConfigFile, readConfig, writeConfig } from "./config.ts";
import { ConfigError } from "./errors.ts";
import type { Profile } from "./profile.ts";
import { ProfileSecrets, type SecretStoreKind } from "./secrets/profile-secrets.ts";
import type { KeptSecret } from "./secrets/store.ts";
import type { Disk } from "./state/disk.ts";
import { acquireLock } from "./state/lock.ts";
import { thisMachine } from "./state/machine.ts";

/** What a profile's config is made of. */
export interface ProfileConfigOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  clock: Clock;
  signal: AbortSignal;
  platform: NodeJS.Platform;
  secrets: ProfileSecrets;
  /** As it was read when the profile was opened. */
  config: ConfigFile;
  /** Hears that another config holds from now on. */
  saved(): void;
}

/** A profile's config and secrets, which one process at a time changes, so that none undoes another's change. */
export class ProfileConfig {
  readonly #options: ProfileConfigOptions;
  #current: ConfigFile;

  constructor(options: ProfileConfigOptions) {
    this.#options = options;
    this.#current = options.config;
  }

  /** As it was read or saved last. */
  get current(): ConfigFile {
    return this.#current;
  }

  /** The config's file. */
  get file(): string {
    return join(this.#options.dir, "config.json");
  }

  /** Changes the config, and what belongs to it, as it stands at this moment. Not for work that asks a person. */
  change(change: (config: ConfigFile) => Promise<ConfigFile>): Promise<void> {
    return this.locked(async () => {
      this.#current = await this.#read();
      await this.save(await change(this.#current));
    });
  }

  /** Does work on config and secrets while no other process does; runs do not wait for it. */
  async locked(work: () => Promise<void>): Promise<void> {
    await this.lockedFile({ name: "config.lock", command: "a change of the settings", mode: "wait" }, work);
  }

  async save(config: ConfigFile): Promise<void> {
    const { disk, dir, saved } = this.#options;
    await disk.makeDirectory(dir);
    await writeConfig(disk, this.file, config);
    this.#current = config;
    saved();
  }

  /** Keeps a secret that mlc made, where the profile's secrets are at this moment. Throws ConfigError before the first `connect`. */
  keepSecret(entry: string, value: string): Promise<void> {
    return this.locked(async () => {
      const kind = storeKindIn(await this.#read());
      if (kind === undefined) throw new ConfigError("Nothing is connected yet", { hint: "Run `mlc connect`." });
      await this.#options.secrets.write({ [entry]: value }, kind);
    });
  }

  /** A secret as it is kept at this moment, wherever the profile has them now; undefined before the first `connect`. */
  async readSecret(entry: string): Promise<KeptSecret | undefined> {
    const kind = storeKindIn(await this.#read());
    return kind && this.#options.secrets.read(entry, kind);
  }

  /** Does work while it holds a lock beside the runs' own; undefined when another has it and the mode is skip. */
  async lockedFile<T>(
    named: { name: string; command: string; mode: "wait" | "skip" },
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const { disk, dir, clock, signal, platform } = this.#options;
    const lock = await acquireLock({
      ...{ disk, dir, clock, signal, ...named },
      ...{ machine: thisMachine(platform), token: ulid, waitMs: 60_000 },
    });
    if (!lock) return undefined;
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  #read(): Promise<ConfigFile> {
    return readConfig(this.#options.disk, this.file);
  }
}

/** The secrets of a profile, which nothing is asked for yet. */
export function secretsOf({ surroundings, disk, dir, clock, config }: Profile): ProfileSecrets {
  const { profile, env, platform, isTty, signal } = surroundings;
  const kind = storeKindIn(config);
  const machine = thisMachine(platform);
  return new ProfileSecrets({ disk, dir, profile, kind, env, isTty, clock, machine, lockToken: ulid, signal });
}

/** Where a config says that the secrets are. */
function storeKindIn({ secrets }: ConfigFile): SecretStoreKind | undefined {
  return secrets === "vault" || secrets === "keychain" ? secrets : undefined;
}
