import { randomBytes } from "node:crypto";
import { Secret } from "../core/secret.ts";
import type { SystemContext } from "./context.ts";

/** A secret that mlc makes for a system and keeps. */
export interface OwnSecretOptions extends Pick<SystemContext, "secrets" | "readSecret"> {
  /** Its own name: `webhookSecret`. */
  name: string;
  keepSecret(name: string, value: string): Promise<void>;
  /** Default: 32 random bytes. */
  make?(): string;
}

/**
 * A secret of mlc's own, kept before it is used: what carries one that nobody knows could only be thrown away. It is read anew
 * each time, as another process may have made another one since this one began.
 */
export class OwnSecret {
  readonly #options: OwnSecretOptions;
  #last: Secret | undefined;

  constructor(options: OwnSecretOptions) {
    this.#options = options;
    this.#last = options.secrets[options.name];
  }

  /** As it is; undefined before it was made. */
  async current(): Promise<Secret | undefined> {
    const { name, readSecret } = this.#options;
    this.#last = (await readSecret?.(name))?.value ?? this.#last;
    return this.#last;
  }

  /** Its name while there is none. */
  async missing(): Promise<string | undefined> {
    return (await this.current()) ? undefined : this.#options.name;
  }

  /** Makes it where there is none, or another in its place: the one of before proves nothing from then on. */
  async make(isAnew = false): Promise<"made" | "kept"> {
    if (!isAnew && (await this.current())) return "kept";
    await this.#made();
    return "made";
  }

  async value(): Promise<Secret> {
    return (await this.current()) ?? this.#made();
  }

  async #made(): Promise<Secret> {
    const { name, keepSecret, make = () => randomBytes(32).toString("base64url") } = this.#options;
    const value = make();
    await keepSecret(name, value);
    this.#last = new Secret(value);
    return this.#last;
  }
}
