import { existsSync, realpathSync } from "node:fs";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { parseSettings } from "../../core/config.ts";
import { UsageError } from "../../core/errors.ts";
import { homeOf } from "../../core/profile.ts";
import { cronSchedule } from "../../core/schedule/cron.ts";
import type { Schedule, ScheduledJob, ScheduleKind } from "../../core/schedule/job.ts";
import { systemdSchedule, type UnitScope } from "../../core/schedule/systemd.ts";
import { windowsSchedule } from "../../core/schedule/windows.ts";
import { spanMs, timeSpan } from "../../core/settings.ts";
import { flowNames } from "../../flows/names.ts";
import type { Mlc } from "../../mlc.ts";
import { pairKinds } from "../../systems/index.ts";

/** The span of a profile to which nothing says how often it runs. */
const usualSpan = "15m";

/** What this machine runs things again and again with. */
export function usualKind(platform: NodeJS.Platform, exists: (path: string) => boolean = existsSync): ScheduleKind {
  if (platform === "win32") return "windows";
  // sd_booted(3): the directory is there when systemd runs the machine.
  return exists("/run/systemd/system") ? "systemd" : "cron";
}

/** The shortest span of all flows that run; what a flow's `every` says stands in its pair's settings. */
export function shortestSpan(mlc: Mlc): string {
  const spans = mlc.pairs.flatMap((pair) => {
    const kind = pairKinds[pair];
    if (!kind) return [];
    const settings = parseSettings(kind.settings, mlc.settingsOf(pair), pair);
    const { flows } = settings as { flows: Partial<Record<string, { enabled: boolean; every: string }>> };
    return flowNames.flatMap((name) => (flows[name]?.enabled ? [flows[name].every] : []));
  });
  return spans.reduce((least, span) => (spanMs(span) < spanMs(least) ? span : least), spans[0] ?? usualSpan);
}

/** The run of a profile as a scheduler on this machine must call it. */
export function jobOf(
  mlc: Mlc,
  given: { every: string | undefined; logFile: string | undefined; logFormat: "text" | "json" },
): ScheduledJob {
  const { env, platform, profile } = mlc.surroundings;
  const every = given.every ?? shortestSpan(mlc);
  if (!timeSpan.safeParse(every).success)
    throw new UsageError(`--every ${every} is not a time span`, { hint: "Write it like 15m, 2h or 1d." });
  const { kind } = mlc.secrets;
  return {
    profile,
    node: process.execPath,
    script: realpathSync(process.argv[1] ?? ""),
    home: resolve(homeOf(mlc.surroundings)),
    store: kind,
    ...(kind === "vault" ? { keyFile: resolve(mlc.secrets.vaultKeyFile) } : {}),
    ...(given.logFile === undefined ? {} : { logFile: resolve(given.logFile), logFormat: given.logFormat }),
    // Where a company's own authority signs what mlc talks to, a run without it would reach nothing.
    env: env.NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS: resolve(env.NODE_EXTRA_CA_CERTS) } : {},
    user: userOf(platform, env),
    everyMs: spanMs(every),
    every,
  };
}

function userOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  const { username } = userInfo();
  return platform === "win32" && env.USERDOMAIN ? `${env.USERDOMAIN}\\${username}` : username;
}

/** The text of a scheduler; a user's service where only that one finds an open keychain, unless the scope is said. */
export function scheduleOf(
  job: ScheduledJob,
  { kind, scope, now }: { kind: ScheduleKind; scope: UnitScope | undefined; now: Date },
): Schedule {
  if (kind === "cron") return cronSchedule(job);
  if (kind === "windows") return windowsSchedule(job, now);
  return systemdSchedule(job, scope ?? (job.store === "keychain" ? "user" : "system"));
}

/** The file with an ending, or all as one text: where there are several, each below its path. Pure. */
export function scheduleText({ files }: Schedule, ending?: string): string {
  const chosen = files.filter(({ path }) => ending === undefined || path?.endsWith(`.${ending}`));
  return chosen.map(({ path, text }) => (chosen.length > 1 ? `# ${path}\n${text}` : text)).join("\n");
}
