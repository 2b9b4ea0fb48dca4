import { ConfigError } from "../../core/errors.ts";
import { memoryTokenCache } from "../../core/http/token-cache.ts";
import type { Secret } from "../../core/secret.ts";
import type { Mlc } from "../../mlc.ts";
import { pairKinds, systemKinds } from "../../systems/index.ts";
import type { BrowserSignIn, SignInAsked } from "../../systems/kinds.ts";
import type { Bench, StoreKind } from "./connect.ts";
import { ReplacedSecrets } from "./connect-replaced.ts";

/** How a bench keeps secrets. */
export interface Keeping {
  /** Undefined: where the profile has them, and a keychain at first. */
  store: StoreKind | undefined;
  say(text: string): void;
  /** Asks whether a vault may take the keychain's place; absent: nobody is there to ask. */
  offerVault?(error: ConfigError): Promise<boolean>;
  /** Has a person sign in in a browser; absent: nobody is there to do it. */
  signIn?(begin: (answering: SignInAsked["answering"]) => BrowserSignIn): Promise<string>;
}

/** A profile as `connect` works on it. */
export function connectBench(mlc: Mlc, keeping: Keeping): Bench {
  let chosen = keeping.store;
  const replaced = new ReplacedSecrets();
  const { signIn } = keeping;
  return {
    ...(signIn ? { signIn: (...asked) => signIn(signInOf(mlc, asked)) } : {}),
    systemKinds,
    pairKinds,
    settingsOf: (name) => mlc.settingsOf(name),
    secretsOf: (system) => mlc.secretsOf(system),
    build: (system, settings, pair, secrets) => {
      const tokens = systemKinds[system]?.tokensProve ? {} : { tokens: memoryTokenCache() };
      const kept = replaced.trialOf({ mlc, system, secrets });
      return mlc.systemOf(system, settings, pair, secrets, { ...tokens, ...kept });
    },
    save: async ({ name, settings, secrets }) => {
      const before = mlc.secrets.kind;
      if (before !== undefined && Object.hasOwn(pairKinds, name)) await mlc.refuseThawed(name, settings);
      const old = await mlc.secrets.all();
      const entries = Object.fromEntries(
        Object.entries(secrets).map(([key, value]) => [`${name}.${key}`, value && replaced.latest(value)]),
      );
      chosen = await keep(mlc, { name, settings, old, entries }, { ...keeping, store: chosen });
      if (before !== undefined && before !== chosen) await mlc.secrets.erase(Object.keys(old), before);
    },
  };
}

/** How a sign-in at a system is begun. */
function signInOf(mlc: Mlc, [system, settings, secrets]: Parameters<NonNullable<Bench["signIn"]>>) {
  const { fetch = globalThis.fetch, signal } = mlc.surroundings;
  return (answering: SignInAsked["answering"]): BrowserSignIn => {
    const begun = systemKinds[system]?.beginSignIn?.(settings, { fetch, clock: mlc.clock, signal, secrets, answering });
    if (!begun) throw new ConfigError(`${system} has no sign-in in a browser`);
    return begun;
  };
}

/** What is kept of a system or pair. */
interface Kept {
  name: string;
  settings: unknown;
  old: Readonly<Record<string, Secret>>;
  entries: Readonly<Record<string, string | null>>;
}

/** Keeps settings and secrets; returns where the secrets are. A person is asked while nothing is locked. */
async function keep(mlc: Mlc, kept: Kept, keeping: Keeping): Promise<StoreKind> {
  const kind = keeping.store ?? mlc.secrets.kind ?? "keychain";
  const { name, settings } = kept;
  try {
    await mlc.settings.change(async (config) => {
      await keepSecrets(mlc, kept, { kind, say: keeping.say });
      return { ...config, secrets: kind, [name]: settings };
    });
    return kind;
  } catch (error) {
    if (kind !== "keychain" || !(error instanceof ConfigError) || !(await keeping.offerVault?.(error))) throw error;
    return keep(mlc, kept, { ...keeping, store: "vault" });
  }
}

/** Keeps secrets where they belong, the old ones too when the store changes. */
async function keepSecrets(
  mlc: Mlc,
  { old, entries }: Kept,
  { kind, say }: { kind: StoreKind; say(text: string): void },
): Promise<void> {
  const before = mlc.secrets.kind;
  if (before === kind && Object.keys(entries).length === 0) return;
  const moved = before === kind ? {} : Object.fromEntries(Object.entries(old).map(([k, v]) => [k, v.reveal()]));
  if (kind === "vault") await prepareVault(mlc, say);
  await mlc.secrets.write({ ...moved, ...entries }, kind);
}

async function prepareVault(mlc: Mlc, say: (text: string) => void): Promise<void> {
  const made = await mlc.secrets.makeVaultKey();
  if (made === undefined) return;
  say(`Made the vault's key: ${made}. Keep a copy of it elsewhere; without it the secrets are lost.`);
}
