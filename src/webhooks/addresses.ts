import {
  type ConfigFile,
  isSettings,
  parseSettings,
  type Settings,
  valueAt,
  withTyped,
  withValue,
} from "../core/config.ts";
import { ConfigError, UsageError } from "../core/errors.ts";
import { profileSections } from "../core/profile-settings.ts";
import { systemKinds } from "../systems/index.ts";
import { addressUnder } from "./reached.ts";

interface AddressesOptions {
  /** As it is now. */
  config(): ConfigFile;
  changeConfig(change: (config: ConfigFile) => Promise<ConfigFile>): Promise<void>;
  /** The receiver's path for a system. Throws UsageError for one without webhooks. */
  pathOf(name: string): Promise<string>;
}

const urlPath = ["webhooks", "url"];

/** The addresses at which the systems of a profile reach mlc. */
export class Addresses {
  readonly #options: AddressesOptions;
  /** Stands for the profile's setting in this process. */
  publicUrlHere: string | undefined;

  constructor(options: AddressesOptions) {
    this.#options = options;
  }

  /** The address that a system calls, as its settings have it. */
  of(name: string): string | undefined {
    const url = valueAt(systemKinds[name]?.settings.safeParse(this.#options.config()[name]).data, urlPath);
    return typeof url === "string" ? url : undefined;
  }

  /** Where all systems reach the receiver: each at its own path under it. */
  get publicUrl(): string | undefined {
    const { publicUrl } = parseSettings(profileSections.webhooks, this.#options.config().webhooks ?? {}, "webhooks");
    return this.publicUrlHere ?? publicUrl;
  }

  /** The address of a system under the public one; undefined where there is none. */
  async underPublic(name: string): Promise<string | undefined> {
    const { publicUrl } = this;
    return publicUrl === undefined ? undefined : addressUnder(publicUrl, await this.#options.pathOf(name));
  }

  /** An address as it is kept for a system; alone, scheme and host mean the receiver's path. Throws UsageError for one that is none. */
  async typed(name: string, text: string): Promise<string> {
    const url = URL.parse(text.trim());
    const isBare = url?.pathname === "/" && !url.search && !url.hash;
    return this.checked(name, isBare ? addressUnder(text.trim(), await this.#options.pathOf(name)) : text);
  }

  /** The same of a whole address. Throws UsageError. */
  checked(name: string, text: string): string {
    const kind = systemKinds[name];
    const settings = settingsIn(this.#options.config(), name);
    try {
      const url = kind && valueAt(withTyped(kind.settings, settings, urlPath.join("."), text, name), urlPath);
      return typeof url === "string" ? url : text;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const hint = "Write it like https://sync.contoso.example.";
      throw new UsageError(error.message.replace(`${name}.${urlPath.join(".")} =`, "--url"), { cause: error, hint });
    }
  }

  /** Keeps the address of a system in its settings, or forgets it. */
  keep(name: string, url: string | undefined): Promise<void> {
    return this.#options.changeConfig(async (config) => ({
      ...config,
      [name]: withValue(settingsIn(config, name), urlPath, url),
    }));
  }
}

function settingsIn(config: ConfigFile, name: string): Settings {
  const settings = config[name];
  return isSettings(settings) ? settings : {};
}
