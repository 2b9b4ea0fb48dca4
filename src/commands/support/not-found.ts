import type { Hook } from "@oclif/core";
import { plain } from "./print.ts";

/** Says of a command that is none what to do; oclif alone would show its inner name. Ends with 2. */
export const commandNotFound: Hook<"command_not_found"> = async function commandNotFound({ id, argv = [] }) {
  const message = `mlc has no command ${plain(id.replaceAll(":", " "))}`;
  const hint = "Run `mlc --help`.";
  if (argv.includes("--json"))
    process.stdout.write(`${JSON.stringify({ error: { kind: "UsageError", message, hint, exitCode: 2 } })}\n`);
  process.stderr.write(`Error: ${message}\n  → ${hint}\n`);
  this.exit(2);
};
