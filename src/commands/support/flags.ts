import { Flags } from "@oclif/core";

/** Flags that narrow what a command looks at; the same everywhere. */
export const filterFlags = {
  pair: Flags.string({ description: "only this pair, like fno-shipstation", helpValue: "<pair>" }),
  since: Flags.string({
    description: "from here on: 2026-11-21, 2026-11-21T08:30, 12h, 7d",
    helpValue: "<date>",
  }),
  until: Flags.string({ description: "up to here; a day is meant to its end", helpValue: "<date>" }),
  limit: Flags.integer({ description: "at most so many documents", min: 1, helpValue: "<n>" }),
};

/** Flag of every command that writes. */
export const dryRunFlag = {
  "dry-run": Flags.boolean({ char: "n", description: "print exactly what would be sent, and send nothing" }),
};

/** The value of a flag as it stands among the arguments, else in the environment: known before the flags are parsed. Pure. */
export function earlyFlag(
  argv: readonly string[],
  name: string,
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const at = argv.findLastIndex((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  const argument = argv[at];
  if (argument === undefined) return env[variable] || undefined;
  if (argument !== `--${name}`) return argument.slice(name.length + 3) || undefined;
  const next = argv[at + 1];
  // A flag without its value is refused when all are parsed.
  return next?.startsWith("-") ? undefined : next || undefined;
}

/** What to do when another run holds the profile's lock. */
export const ifRunningFlag = {
  "if-running": Flags.option({
    description: "when another run holds the lock: wait (up to 60 s, then exit 11), skip (exit 0) or fail (exit 11)",
    options: ["wait", "skip", "fail"] as const,
    default: "wait" as const,
  })(),
};
