import { ConfigError, MlcError } from "../../core/errors.ts";
import { failpointFrom } from "../../core/failpoint.ts";
import type { SecretStoreKind } from "../../core/secrets/profile-secrets.ts";
import { type Mlc, openMlc } from "../../mlc.ts";

type Say = (text: string) => void;

const otherStore = { keychain: "vault", vault: "keychain" } as const;

/** Where the secrets are; throws ConfigError when nothing is connected yet. */
export function storeOf({ secrets: { kind } }: Mlc): SecretStoreKind {
  if (kind !== undefined) return kind;
  throw new ConfigError("Nothing is connected yet, so that there are no secrets", { hint: "Run `mlc connect`." });
}

/** Moves a profile's secrets to a store. After a crash at any point they are whole in the store that the config names. */
export async function moveSecrets(opened: Mlc, to: SecretStoreKind, say: Say): Promise<void> {
  await opened.state.locked({ command: `secrets move --to ${to}` }, async () => {
    const failpoint = failpointFrom(opened.surroundings.env);
    const left: { from: SecretStoreKind; names: string[] }[] = [];
    await opened.settings.change(async (config) => {
      // Opened anew: whoever held the lock before may have changed where the secrets are.
      const mlc = await openMlc(opened.surroundings);
      const from = storeOf(mlc);
      if (from === to) return config;
      if (to === "vault") await madeKey(mlc, say);
      await mlc.secrets.copyTo(to);
      left.push({ from, names: Object.keys(await mlc.secrets.all()) });
      failpoint("move-copied");
      return { ...config, secrets: to };
    });
    failpoint("move-switched");
    const mlc = await openMlc(opened.surroundings);
    if (left.length === 0) await eraseLeft(mlc, say);
    for (const { from, names } of left) {
      await mlc.secrets.erase(names, from);
      say(`Moved the secrets from the ${from} to the ${to}.`);
    }
  });
}

async function madeKey(mlc: Mlc, say: Say): Promise<void> {
  const made = await mlc.secrets.makeVaultKey();
  if (made !== undefined)
    say(`Made the vault's key: ${made}. Keep a copy of it elsewhere; without it the secrets are lost.`);
}

/** A move that was cut short after the config was written has left the old store full. */
async function eraseLeft(mlc: Mlc, say: Say): Promise<void> {
  const kind = storeOf(mlc);
  const other = otherStore[kind];
  try {
    const left = await mlc.secrets.namesIn(other);
    await mlc.secrets.erase(left, other);
    say(`The secrets are in the ${kind} already${left.length > 0 ? `; erased what was left in the ${other}` : ""}.`);
  } catch (error) {
    // A store that this machine does not have, or has no key for, holds nothing of this profile.
    if (!(error instanceof MlcError) || error.exitCode === 130) throw error;
    say(`The secrets are in the ${kind} already.`);
  }
}

/** Puts the profile's vault, and all others that its key opens, under a new key; returns their profiles. */
export async function rotateKey(opened: Mlc): Promise<string[]> {
  if (storeOf(opened) !== "vault") {
    throw new ConfigError("The secrets are in the keychain, which keeps no key in a file", {
      hint: "Change the password of the keychain in the system's own program, or run `mlc secrets move --to vault`.",
    });
  }
  const names = (await opened.secrets.vaultsOfKey()).map(({ profile }) => profile).sort();
  const profiles = await Promise.all(names.map((profile) => openMlc({ ...opened.surroundings, profile })));
  await lockedAll(profiles, async () => {
    // Read again, now that nobody writes them.
    const vaults = await opened.secrets.vaultsOfKey();
    const late = vaults.find(({ profile }) => !names.includes(profile));
    if (late) throw new ConfigError(`The profile ${late.profile} was connected meanwhile`, { hint: "Run it again." });
    await opened.secrets.rotateKey(vaults);
  });
  return names;
}

/** Does work under the locks of several profiles, of runs and of changes, taken in this order. */
async function lockedAll([first, ...rest]: readonly Mlc[], work: () => Promise<void>): Promise<void> {
  if (first === undefined) return work();
  const others = () => lockedAll(rest, work);
  await first.state.locked({ command: "secrets rotate-key" }, () => first.settings.locked(others));
}
