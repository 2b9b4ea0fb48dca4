import type { ScheduledJob } from "../../../src/core/schedule/job.ts";

/** A job with everything that bites in a shell, a unit file or a command interpreter left out. */
export function job(changes: Partial<ScheduledJob> = {}): ScheduledJob {
  return {
    profile: "default",
    node: "/usr/bin/node",
    script: "/opt/mlc/bin/run.js",
    home: "/var/lib/mlc",
    store: "vault",
    keyFile: "/etc/mlc/vault.key",
    env: {},
    user: "ops",
    everyMs: 900_000,
    every: "15m",
    ...changes,
  };
}
