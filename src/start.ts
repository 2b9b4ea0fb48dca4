import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Interfaces } from "@oclif/core";

/** Finds the command that the arguments name and runs it; `bin` is the URL of the file that was started. */
export async function start(bin: string): Promise<void> {
  const root = dirname(dirname(fileURLToPath(bin)));
  const pjson: Interfaces.PJSON = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (process.argv[2] === "--version") {
    const { platform, arch, version } = process;
    process.stdout.write(`${pjson.name}/${pjson.version} ${platform}-${arch} node-${version}\n`);
    return;
  }
  process.env.MLC_DISABLE_THEME = "1";
  // oclif would ask whether this Node is new enough for oclif itself.
  process.env.OCLIF_DISABLE_ENGINE_WARNING = "1";
  const { execute } = await import("@oclif/core");
  // Its own debugging is loaded only for somebody who asks for it.
  await execute({ loadOptions: process.env.DEBUG ? { root, pjson } : { root, pjson, logger: silent } });
}

const nothing = () => {};

const silent: Interfaces.Logger = {
  namespace: "oclif",
  child: () => silent,
  debug: nothing,
  error: nothing,
  info: nothing,
  trace: nothing,
  warn: nothing,
};
