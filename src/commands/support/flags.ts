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

/** What to do when another run holds the profile's lock. */
export const ifRunningFlag = {
  "if-running": Flags.option({
    description: "when another run holds the lock: wait (up to 60 s, then exit 11), skip (exit 0) or fail (exit 11)",
    options: ["wait", "skip", "fail"] as const,
    default: "wait" as const,
  })(),
};
