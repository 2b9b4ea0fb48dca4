// Bundles the benches into dist-bench/. It is JavaScript because Node 20 runs no TypeScript.
import { readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { build } from "rolldown";

const root = import.meta.dirname;

/** Entries by the name of their output, for all sources of a folder. */
function entriesIn(/** @type {string} */ folder) {
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith(".ts"));
  return Object.fromEntries(files.map((file) => [file.slice(0, -".ts".length), join(root, folder, file)]));
}

await build({
  input: entriesIn("bench"),
  platform: "node",
  // Packages stay outside: a bench measures what is installed.
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  output: { dir: join(root, "dist-bench"), cleanDir: true, chunkFileNames: "[name]-[hash].js" },
});
