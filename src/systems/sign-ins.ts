import type { ConfigFile } from "../core/config.ts";
import { UnavailableError } from "../core/errors.ts";
import type { SignInStatus } from "../core/report.ts";
import type { System } from "../core/system.ts";
import { systemKinds } from "./index.ts";

const dayMs = 24 * 60 * 60_000;

/** What is kept, by its whole name, and since when; null where nobody knows. */
export type KeptTimes = readonly { name: string; setAt: string | null }[];

/** How old the sign-ins are that end by themselves. Pure. */
export function signInsIn(config: ConfigFile, kept: KeptTimes, now: Date): SignInStatus[] {
  return Object.entries(systemKinds).flatMap(([system, { signIn }]) => {
    if (!signIn || config[system] === undefined) return [];
    const entry = kept.find(({ name }) => name === `${system}.${signIn.secret}`);
    if (!entry) return [];
    const { setAt: renewedAt } = entry;
    const at = renewedAt === null ? undefined : Date.parse(renewedAt);
    return [
      {
        system,
        renewedAt,
        ageMs: at === undefined ? null : now.getTime() - at,
        endsAt: at === undefined ? null : new Date(at + signIn.endsAfterDays * dayMs).toISOString(),
      },
    ];
  });
}

/** One sentence for each sign-in that has ended. Pure. */
export function endedSignIns(signIns: readonly SignInStatus[], now: Date): string[] {
  return signIns.flatMap(({ system, endsAt }) =>
    endsAt !== null && endsAt <= now.toISOString()
      ? [`${system}: its sign-in ended on ${endsAt.slice(0, 10)}; run \`mlc connect ${system}\` again and sign in.`]
      : [],
  );
}

/**
 * Has each system replace a sign-in that is old, used by this run or not. One that cannot be reached is asked by the runs of
 * the days that are left. Throws AuthError and what else a person must mend.
 */
export async function keepSignInsFresh(
  signIns: readonly SignInStatus[],
  open: (system: string) => Promise<System>,
): Promise<void> {
  for (const { system, ageMs } of signIns) {
    const after = systemKinds[system]?.signIn?.renewAfterDays ?? Number.POSITIVE_INFINITY;
    if (ageMs !== null && ageMs < after * dayMs) continue;
    try {
      await (await open(system)).keepFresh?.();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
}
