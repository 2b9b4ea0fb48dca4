import { randomBytes } from "node:crypto";
import { Secret } from "../secret.ts";

/** Where a profile's secrets are kept; names look like `system.clientSecret`. */
export interface SecretStore {
  readonly kind: "keychain" | "vault";
  readAll(): Promise<Record<string, Secret>>;
  /** Sets entries, or removes those that are null; all or none where the store can do so. */
  write(entries: Record<string, string | null>): Promise<void>;
}

/** A secret as it is kept at this moment. */
export interface KeptSecret {
  value: Secret;
  /** Since when; undefined where the entry is older than such notes. */
  setAt?: Date;
}

/** The entry that holds the key which seals logs and snapshots. */
export const macName = "mac";

/** A fresh key of 32 bytes as it stands in a secret store. */
export function makeKey(): string {
  return randomBytes(32).toString("hex");
}

/** The bytes of a key entry; undefined when it is absent or no key. Pure. */
export function keyBytes(secret: Secret | string | undefined): Buffer | undefined {
  const text = (secret instanceof Secret ? secret.reveal() : (secret ?? "")).trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  if (/^[A-Za-z0-9+/]{43}=?$/.test(text)) return Buffer.from(text, "base64");
  return undefined;
}

/** Secrets by name, in a map without prototype. */
export function secretsFrom(values: Readonly<Record<string, string>>): Record<string, Secret> {
  const secrets: Record<string, Secret> = Object.create(null);
  for (const [name, value] of Object.entries(values)) secrets[name] = new Secret(value);
  return secrets;
}

/** The values of secrets, in a map without prototype. */
export function revealed(secrets: Readonly<Record<string, Secret>>): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [name, secret] of Object.entries(secrets)) values[name] = secret.reveal();
  return values;
}
