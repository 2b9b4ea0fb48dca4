import { join } from "node:path";
import { type Clock, jumpingClock, systemClock } from "./clock.ts";
import { type ConfigFile, readConfig } from "./config.ts";
import { UsageError } from "./errors.ts";
import type { RunLog } from "./run-log.ts";
import { type Disk, machineDisk } from "./state/disk.ts";

/** Where mlc runs and what it is told by its surroundings. */
export interface Surroundings {
  profile: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  homedir: string;
  version: string;
  signal: AbortSignal;
  isTty: boolean;
  /** Instead of the machine's: tests and the demo. */
  fetch?: typeof fetch;
  clock?: Clock;
  disk?: Disk;
  /** Where what happens is written down, when somebody wants it. */
  log?: RunLog;
}

/** A profile's files and nothing that could talk to a system, so that it opens at once. */
export interface Profile {
  surroundings: Surroundings;
  clock: Clock;
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  /** Where its flows keep what they did. */
  stateDir: string;
  config: ConfigFile;
}

/** The directory that holds all profiles. */
export function homeOf({ env, platform, homedir }: Pick<Surroundings, "env" | "platform" | "homedir">): string {
  if (env.MLC_HOME) return env.MLC_HOME;
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(homedir, "AppData", "Local"), "mlc");
  return join(homedir, ".mlc");
}

/** Where the flows of a profile keep what they did. */
export function stateDirOf(dir: string): string {
  return join(dir, "state");
}

/** Opens a profile's files. Throws UsageError for a name that is none, ConfigError when its config cannot be read. */
export async function openProfile(surroundings: Surroundings): Promise<Profile> {
  const { profile, env, platform } = surroundings;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(profile))
    throw new UsageError(`${JSON.stringify(profile)} is not a profile name`, { hint: "Use letters, digits, - and _." });
  const disk = surroundings.disk ?? machineDisk(platform);
  const dir = join(homeOf(surroundings), profile);
  // Tests of real processes set the clock; waiting then takes no time.
  const clock = surroundings.clock ?? (env.MLC_TEST_NOW ? jumpingClock(new Date(env.MLC_TEST_NOW)) : systemClock);
  const config = await readConfig(disk, join(dir, "config.json"));
  return { surroundings, clock, disk, dir, stateDir: stateDirOf(dir), config };
}
