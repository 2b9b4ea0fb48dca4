import { ConfigError } from "./errors.ts";

/** Called at each place where a crash must be harmless; does nothing outside tests. */
export type Failpoint = (name: string) => void;

/** A failpoint that never fails. */
export const noFailpoint: Failpoint = () => {};

/** The failpoint that `MLC_FAILPOINT=<name>:<n>` asks for: the n-th time that name is met the process is killed. */
export function failpointFrom(
  env: Readonly<Record<string, string | undefined>>,
  kill: () => void = () => process.kill(process.pid, "SIGKILL"),
): Failpoint {
  const wanted = env.MLC_FAILPOINT;
  if (wanted === undefined || wanted === "") return noFailpoint;
  const [, name, count = "1"] = /^([^:]+)(?::([1-9]\d*))?$/.exec(wanted) ?? [];
  if (name === undefined) throw new ConfigError(`MLC_FAILPOINT is "${wanted}", not <name>:<count>.`);
  let left = Number(count);
  return (met) => {
    if (met === name && --left === 0) kill();
  };
}
