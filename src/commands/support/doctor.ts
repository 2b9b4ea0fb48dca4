import { join } from "node:path";
import { parseSettings, valueAt } from "../../core/config.ts";
import { worstExitCode } from "../../core/errors.ts";
import { skewOf } from "../../core/ping.ts";
import { homeOf, type Surroundings } from "../../core/profile.ts";
import { profileSections } from "../../core/profile-settings.ts";
import { machineDisk } from "../../core/state/disk.ts";
import { thisMachine } from "../../core/state/machine.ts";
import type { System } from "../../core/system.ts";
import { letThrough, overlapFix, overlapping, overlapText } from "../../flows/overlap.ts";
import { type Mlc, openMlc } from "../../mlc.ts";
import { pairKinds, systemKinds } from "../../systems/index.ts";
import { type Finding, findingOf, freeBytesAt, machineFindings } from "./doctor-machine.ts";
import { restoredFindings } from "./doctor-restored.ts";
import { secretFindings } from "./doctor-secrets.ts";
import { stateFindings } from "./doctor-state.ts";
import { webhookFindings } from "./doctor-webhooks.ts";

/** Values named in one message. */
const mostNamed = 12;

/** What doctor found, as `--json` prints it. */
export interface Diagnosis {
  checks: Finding[];
  exitCode: number;
}

/** Looks at machine, profile and systems; what is broken keeps nothing else from being looked at. */
export async function diagnose(surroundings: Surroundings, nodeVersion: string): Promise<Diagnosis> {
  const { platform, env, profile } = surroundings;
  const [home, disk] = [homeOf(surroundings), machineDisk(platform)];
  const dir = join(home, profile);
  const machine = await machineFindings({
    env,
    nodeVersion,
    disk,
    home,
    dir,
    machine: thisMachine(platform),
    freeBytes: freeBytesAt,
  });
  const checks = [...machine, ...(await profileFindings(surroundings))];
  const failed = checks.filter(({ state }) => state === "failed");
  return { checks, exitCode: worstExitCode(failed.map(({ exitCode = 6 }) => exitCode)) };
}

async function profileFindings(surroundings: Surroundings): Promise<Finding[]> {
  try {
    const mlc = await openMlc(surroundings);
    if (mlc.systems.length === 0) {
      const message = "no system is connected yet";
      return [{ name: "Config", state: "failed", message, fix: "Run `mlc connect`.", exitCode: 6 }];
    }
    const secrets = await secretFindings(mlc);
    const findings = [...configFindings(mlc), ...secrets];
    // What seals the state is among the secrets.
    if (secrets.every(({ state }) => state === "ok")) findings.push(...(await stateFindings(mlc)));
    const answering = new Set<string>();
    for (const name of mlc.systems) {
      const found = await systemFindings(mlc, name);
      if (found[0]?.state === "ok") answering.add(name);
      findings.push(...found);
    }
    for (const pair of mlc.pairs) {
      if (answering.has(pairKinds[pair]?.erp ?? "")) findings.push(...(await tableFindings(mlc, pair)));
    }
    findings.push(...overlapFindings(mlc), ...(await restoredFindings(mlc)));
    return findings.filter((finding, index) => !isRepeated(finding, findings.slice(0, index)));
  } catch (error) {
    return [findingOf("Config", error)];
  }
}

/** What is wrong with a setting is found again when its system is built. */
function isRepeated({ state, message }: Finding, before: readonly Finding[]): boolean {
  return state === "failed" && before.some((other) => other.state === "failed" && other.message === message);
}

function configFindings(mlc: Mlc): Finding[] {
  const known = new Set(["schema", "secrets", ...Object.keys({ ...systemKinds, ...pairKinds, ...profileSections })]);
  const unknown = Object.keys(mlc.config).filter((name) => !known.has(name));
  const sections = Object.entries(profileSections).map(([name, settings]) => [name, { settings }] as const);
  const kinds = [...Object.entries({ ...systemKinds, ...pairKinds }), ...sections].filter(
    ([name]) => mlc.config[name] !== undefined,
  );
  const wrong = kinds.flatMap(([name, kind]): Finding[] => {
    try {
      parseSettings(kind.settings, mlc.config[name], name);
      return [];
    } catch (error) {
      return [findingOf("Config", error)];
    }
  });
  const strange = unknown.map(
    (name): Finding => ({
      name: "Config",
      state: "warning",
      message: `${name} is no system, pair or setting of mlc`,
      fix: `Take it out of ${join(mlc.dir, "config.json")}.`,
    }),
  );
  const all = [...wrong, ...strange, ...storeFindings(mlc)];
  const names = kinds.map(([name]) => name).join(", ");
  return all.length > 0 ? all : [{ name: "Config", state: "ok", message: `valid: ${names}` }];
}

function storeFindings({ config, secrets: { kind } }: Mlc): Finding[] {
  if (kind !== undefined) return [];
  const message = `secrets = ${JSON.stringify(config.secrets) ?? "nothing"} does not say where secrets are kept`;
  const fix = "Run `mlc connect` again, with `--store vault` where there is no keychain.";
  return [{ name: "Config", state: "failed", message, fix, exitCode: 6 }];
}

async function systemFindings(mlc: Mlc, name: string): Promise<Finding[]> {
  const title = systemKinds[name]?.title ?? name;
  const pair = mlc.pairOf(name);
  try {
    const system = await mlc.system(name, pair);
    const probe = await system.probe();
    const warning =
      (fix: string) =>
      (message: string): Finding => ({ name: title, state: "warning", message, fix });
    return [
      { name: title, state: "ok", message: [probe.identity, ...(probe.notes ?? [])].join(". ") },
      ...probe.warnings.map(warning(`Run \`mlc connect ${name}\` and choose anew, or mend it in the account.`)),
      ...skewOf(probe, mlc.clock.now()).map(warning("Set this machine's clock, and let it be kept by NTP.")),
      ...(pair === undefined ? [] : await mappedFindings(system, title)),
      ...(await webhookFindings(mlc, name)),
    ];
  } catch (error) {
    return [findingOf(title, error)];
  }
}

/** A failed check of what a pair uses is a wrong setting, whichever side mends it. */
async function mappedFindings(system: System, title: string): Promise<Finding[]> {
  try {
    const checks = (await system.checks?.()) ?? [];
    return checks.map((check) => (check.state === "failed" ? { ...check, exitCode: 6 } : check));
  } catch (error) {
    return [findingOf(`${title}, what the pair uses`, error)];
  }
}

/** Pairs of one ERP that may take the same orders. */
function overlapFindings(mlc: Mlc): Finding[] {
  const connected = { pairKinds, settingsOf: (name: string) => mlc.settingsOf(name) };
  return mlc.pairs.flatMap((pair, index) =>
    overlapping(connected, pair, mlc.settingsOf(pair) ?? {})
      .filter((other) => mlc.pairs.indexOf(other) > index)
      .map((other): Finding => {
        const message = overlapText(pair, other);
        return { name: "Filters", state: "warning", message, fix: overlapFix(other, pair) };
      }),
  );
}

/** Values of the ERP that have no row in the pair's tables; a table by the shipper's values names of the ERP only what it wants. */
async function tableFindings(mlc: Mlc, pair: string): Promise<Finding[]> {
  const kind = pairKinds[pair];
  if (!kind) return [];
  try {
    const choices = (await (await mlc.system(kind.erp, pair)).choices?.()) ?? {};
    const settings = parseSettings(kind.settings, mlc.config[pair], pair);
    const tables = kind.tables.filter(({ isByShipper }) => !isByShipper);
    return tables.flatMap(({ path, label, erp, otherwise }): Finding[] => {
      const values = letThrough(settings, erp, choices[erp] ?? []).map(({ value }) => value);
      const bare = values.filter((value) => valueAt(settings, [path, value]) === undefined);
      const name = `${pair}.${path}`;
      if (values.length === 0) return [];
      if (bare.length === 0) return [{ name, state: "ok", message: `each ${label} has a row` }];
      const more = bare.length > mostNamed ? `, and ${bare.length - mostNamed} more` : "";
      const message = `no row for ${label} ${bare.slice(0, mostNamed).join(", ")}${more}: ${otherwise}`;
      return [{ name, state: "warning", message, fix: `Run \`mlc connect ${pair}\`, or leave it so.` }];
    });
  } catch (error) {
    return [findingOf(pair, error)];
  }
}
