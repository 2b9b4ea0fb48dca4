import { ConfigError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { keyBytes, macName } from "./store.ts";

/** The key that seals a profile's logs and snapshots, from secrets already read; throws ConfigError when it is none. */
export function profileKey(secrets: Readonly<Record<string, Secret>>): Buffer {
  const key = keyBytes(secrets[macName]);
  if (key !== undefined) return key;
  const state = secrets[macName] === undefined ? "missing" : "not a key";
  throw new ConfigError(`The secret "${macName}", which seals this profile's log, is ${state}.`, {
    field: macName,
    hint: "Restore the secret store from a backup, or run `mlc connect` for a profile that has no state yet.",
  });
}
