import { randomBytes } from "node:crypto";
import { Secret } from "../core/secret.ts";

/** A secret that mlc makes for a system and keeps. */
export interface OwnSecretOptions {
  /** Its own name: `webhookSecret`. */
  name: string;
  kept: Secret | undefined;
  keepSecret(name: string, value: string): Promise<void>;
  /** Default: 32 random bytes. */
  make?(): string;
}

/** A secret of mlc's own, kept before it is used: what carries one that nobody knows could only be thrown away. */
export class OwnSecret {
  readonly #options: OwnSecretOptions;
  #secret: Secret | undefined;

  constructor(options: OwnSecretOptions) {
    this.#options = options;
    this.#secret = options.kept;
  }

  /** As it is; undefined before it was made. */
  get kept(): Secret | undefined {
    return this.#secret;
  }

  /** Its name while there is none. */
  get missing(): string | undefined {
    return this.#secret ? undefined : this.#options.name;
  }

  /** Makes it where there is none. */
  async make(): Promise<"made" | "kept"> {
    if (this.#secret) return "kept";
    await this.value();
    return "made";
  }

  async value(): Promise<Secret> {
    if (this.#secret) return this.#secret;
    const { name, keepSecret, make = () => randomBytes(32).toString("base64url") } = this.#options;
    const value = make();
    await keepSecret(name, value);
    this.#secret = new Secret(value);
    return this.#secret;
  }
}
