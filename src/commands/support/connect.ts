import { parseSettings, type Settings } from "../../core/config.ts";
import { ConfigError, UsageError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Probe, System } from "../../core/system.ts";
import { overlapFix, overlapping, overlapText } from "../../flows/overlap.ts";
import type { ForPair, PairKind, SystemKind } from "../../systems/kinds.ts";
import { saidForConnect, withSets } from "./connect-input.ts";

/** Where secrets are kept. */
export type StoreKind = "keychain" | "vault";

/** What `connect` works on: a profile, and the systems and pairs that can be in it. */
export interface Bench {
  systemKinds: Readonly<Record<string, SystemKind>>;
  pairKinds: Readonly<Record<string, PairKind>>;
  /** What somebody set for a system or pair; undefined when it is not connected. */
  settingsOf(name: string): Settings | undefined;
  secretsOf(system: string): Promise<Readonly<Record<string, Secret>>>;
  /** Builds a system whose check proves the credential, so that it may know only tokens that do. Throws ConfigError. */
  build(
    system: string,
    settings: Settings,
    pair: ForPair | undefined,
    secrets: Readonly<Record<string, Secret>>,
  ): System;
  /** Has a person sign in and gives the secret that comes of it; absent where nobody is there. Throws AuthError, ConfigError. */
  signIn?(system: string, settings: Settings, secrets: Readonly<Record<string, Secret>>): Promise<string>;
  /** Keeps secrets, then settings; on failure nothing. */
  save(connection: Connection): Promise<void>;
}

/** What is to be kept of a system or pair. */
export interface Connection {
  name: string;
  settings: Settings;
  /** New ones, and null for those that are dropped; by the system's own names. */
  secrets: Readonly<Record<string, string | null>>;
}

/** What was given without a person. */
export interface Given {
  name: string;
  sets: readonly string[];
  secrets: Readonly<Record<string, string>>;
  /** Ask the system whether it takes the credentials. */
  check: boolean;
}

/** What came of a connection, as `--json` prints it. */
export interface Connected {
  connected: string;
  kind: "system" | "pair";
  /** Who we are there; null when nobody asked. */
  identity: string | null;
  warnings: string[];
  /** What is good to know of its accounts. */
  notes: string[];
  /** Pairs that can be connected now. */
  possible: string[];
}

/** Connects a system or pair without asking; on any error nothing is kept. Throws UsageError, ConfigError, AuthError, UnavailableError. */
export async function connectGiven(bench: Bench, given: Given): Promise<Connected> {
  const probes = Object.hasOwn(bench.systemKinds, given.name)
    ? await connectSystem(bench, given)
    : await connectPair(bench, given);
  return {
    connected: given.name,
    kind: Object.hasOwn(bench.systemKinds, given.name) ? "system" : "pair",
    identity: probes.length === 0 ? null : probes.map(({ identity }) => identity).join("; "),
    warnings: [...probes.flatMap(({ warnings }) => warnings), ...overlapWarnings(bench, given.name)],
    notes: [...probes.flatMap(({ notes = [] }) => notes), ...unpairedNotes(bench, given.name)],
    possible: possiblePairs(bench),
  };
}

/** That a pair may take what another one takes too. */
function overlapWarnings(bench: Bench, name: string): string[] {
  const settings = Object.hasOwn(bench.pairKinds, name) ? bench.settingsOf(name) : undefined;
  if (!settings) return [];
  return overlapping(bench, name, settings).map((other) => `${overlapText(name, other)}. ${overlapFix(name, other)}`);
}

async function connectSystem(bench: Bench, { name, sets, secrets, check }: Given): Promise<Probe[]> {
  const kind = bench.systemKinds[name];
  if (!kind) return [];
  const settings = withSets(kind, bench.settingsOf(name) ?? {}, sets, name);
  saidForConnect(kind.settings, name, () => parseSettings(kind.settings, settings, name));
  const change = withoutRivals(kind, secrets);
  const system = bench.build(name, settings, pairOf(bench, name), merged(await bench.secretsOf(name), change));
  const probes = check ? [await system.probe()] : [];
  await bench.save({ name, settings, secrets: change });
  return probes;
}

async function connectPair(bench: Bench, { name, sets, secrets, check }: Given): Promise<Probe[]> {
  const kind = pairKindOf(bench, name);
  if (Object.keys(secrets).length > 0) {
    throw new ConfigError(`${name} has no secrets of its own`, {
      field: name,
      hint: `Give them to ${kind.erp} or ${kind.shipper}.`,
    });
  }
  const settings = withSets(kind, bench.settingsOf(name) ?? {}, sets, name);
  saidForConnect(kind.settings, name, () => parseSettings(kind.settings, settings, name));
  const systems = await systemsOf(bench, kind, { name, settings });
  const probes = check ? await Promise.all(systems.map((system) => system.probe())) : [];
  await bench.save({ name, settings, secrets: {} });
  return probes;
}

/** Both systems of a pair with its settings; throws ConfigError when one is not connected. */
export async function systemsOf(bench: Bench, kind: PairKind, pair: ForPair): Promise<[System, System]> {
  const built = async (name: string) =>
    bench.build(name, connectedSettings(bench, name), pair, await bench.secretsOf(name));
  return [await built(kind.erp), await built(kind.shipper)];
}

/** What is set for a system; throws ConfigError when it is not connected. */
export function connectedSettings(bench: Bench, name: string): Settings {
  const own = bench.settingsOf(name);
  if (own) return own;
  const title = bench.systemKinds[name]?.title ?? name;
  throw new ConfigError(`${title} is not connected yet`, { field: name, hint: `Run \`mlc connect ${name}\` first.` });
}

/** The kind of a pair; throws UsageError when mlc knows neither pair nor system of that name. */
export function pairKindOf({ systemKinds, pairKinds }: Bench, name: string): PairKind {
  const kind = Object.hasOwn(pairKinds, name) ? pairKinds[name] : undefined;
  if (kind) return kind;
  throw new UsageError(`${name} is no system or pair that mlc knows`, {
    hint: `Name one of ${[...Object.keys(systemKinds), ...Object.keys(pairKinds)].join(", ")}.`,
  });
}

/** Pairs of which both systems are connected and the pair is not. */
export function possiblePairs(bench: Bench): string[] {
  return Object.entries(bench.pairKinds).flatMap(([name, { erp, shipper }]) =>
    bench.settingsOf(erp) && bench.settingsOf(shipper) && !bench.settingsOf(name) ? [name] : [],
  );
}

/** Whether mlc knows a pair that a system works in. Pure. */
export function isPaired({ pairKinds }: Pick<Bench, "pairKinds">, system: string): boolean {
  return Object.values(pairKinds).some(({ erp, shipper }) => erp === system || shipper === system);
}

/** That nothing can be moved with a system yet, where mlc knows no pair with it. Pure. */
export function unpairedNotes(bench: Pick<Bench, "systemKinds" | "pairKinds">, system: string): string[] {
  const title = bench.systemKinds[system]?.title;
  return title === undefined || isPaired(bench, system) ? [] : [`No pair with ${title} can be connected yet.`];
}

/** The first connected pair that a system works in. */
export function pairOf(bench: Bench, system: string): ForPair | undefined {
  const name = Object.entries(bench.pairKinds).find(
    ([id, { erp, shipper }]) => (erp === system || shipper === system) && bench.settingsOf(id),
  )?.[0];
  return name === undefined ? undefined : { name, settings: bench.settingsOf(name) };
}

/** The new secrets, with null for those of a credential whose place they take. Pure. */
export function withoutRivals(
  { credentials = [] }: Pick<SystemKind, "credentials">,
  secrets: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const chosen = credentials.filter((credential) => credential.secrets.every((name) => secrets[name] !== undefined));
  const [only] = chosen;
  if (!only || chosen.length > 1) return { ...secrets };
  const rivals = credentials.filter((credential) => credential !== only).flatMap((credential) => credential.secrets);
  return { ...Object.fromEntries(rivals.map((name) => [name, null])), ...secrets };
}

/** Stored secrets with a change laid over them. Pure. */
export function merged(
  stored: Readonly<Record<string, Secret>>,
  change: Readonly<Record<string, string | null>>,
): Record<string, Secret> {
  const secrets: Record<string, Secret> = { ...stored };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete secrets[name];
    else secrets[name] = new Secret(value);
  }
  return secrets;
}
