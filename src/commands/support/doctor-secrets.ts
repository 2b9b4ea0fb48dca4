import { join } from "node:path";
import { readVaultKey, vaultKeyFile } from "../../core/secrets/vault-key.ts";
import type { Mlc } from "../../mlc.ts";
import { systemKinds } from "../../systems/index.ts";
import type { SystemKind } from "../../systems/kinds.ts";
import { type Finding, findingOf } from "./doctor-machine.ts";

const name = "Secrets";

/** Whether the store of the secrets opens, and has what each connected system needs. */
export async function secretFindings(mlc: Mlc): Promise<Finding[]> {
  try {
    const { kind } = mlc.secrets;
    if (kind === "vault") {
      await readVaultKey(mlc.disk, vaultEnv(mlc));
      const path = join(mlc.dir, "vault.json");
      if ((await mlc.disk.facts(path)) === undefined) return [failed(`the vault ${path} is not there`, lostVault)];
    }
    const stored = Object.keys(await mlc.secrets.all());
    return mlc.systems.map((system) => secretFinding(system, stored, kind ?? "store"));
  } catch (error) {
    return [findingOf(name, error)];
  }
}

const lostVault =
  "Restore it from a backup: the key that seals the state is in it too. Without state, run `mlc connect` again.";

function failed(message: string, fix: string): Finding {
  return { name, state: "failed", message, fix, exitCode: 6 };
}

function secretFinding(system: string, stored: readonly string[], store: string): Finding {
  const own = stored.filter((entry) => entry.startsWith(`${system}.`));
  const fix = `Run \`mlc connect ${system}\`.`;
  if (own.length === 0) return failed(`${system} has none`, fix);
  const kind = systemKinds[system];
  const missing = kind
    ? missingOf(
        kind,
        own.map((entry) => entry.slice(system.length + 1)),
      )
    : [];
  if (missing.length > 0) return failed(`${missing.map((one) => `${system}.${one}`).join(" and ")} is missing`, fix);
  return { name, state: "ok", message: `${own.join(", ")} in the ${store}` };
}

/** What is still missing of credentials of which a part is there; a system may do with optional ones alone. */
function missingOf({ secrets, credentials }: SystemKind, stored: readonly string[]): string[] {
  const required = secrets.filter(({ isOptional }) => !isOptional).map((secret) => secret.name);
  const sets = credentials?.map((credential) => credential.secrets) ?? [required];
  const halves = sets
    .map((names) => ({ names, missing: names.filter((one) => !stored.includes(one)) }))
    .filter(({ names, missing }) => missing.length < names.length);
  return halves.some(({ missing }) => missing.length === 0) ? [] : (halves[0]?.missing ?? []);
}

function vaultEnv({ surroundings: { env }, dir }: Mlc): Readonly<Record<string, string | undefined>> {
  return vaultKeyFile(env) ? env : { MLC_VAULT_KEY_FILE: join(dir, "vault.key") };
}
