// Bundles the program into dist/ and notes its commands in oclif.manifest.json; with `bench`, the benches into dist-bench/.
// docs/decisions/0007 says why. It is JavaScript because Node 20 runs no TypeScript.
import { readdirSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { Plugin } from "@oclif/core";
import { build } from "rolldown";

const root = import.meta.dirname;

/** Entries by the name of their output: all sources of a folder but those below `except`. */
function entriesIn(/** @type {string} */ folder, except = "") {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !(except !== "" && file.startsWith(except)));
  return Object.fromEntries(files.map((file) => [file.slice(0, -".ts".length), join(root, folder, file)]));
}

/** What oclif does at every start for nothing that this program has, by its source and what stands there instead. */
const shortcuts = [
  // Commands in the order in which people sort words: loads a collator, and ids are plain.
  ["a.id.localeCompare(b.id)", "(a.id < b.id ? -1 : 1)"],
  // Whether Windows is around Linux and which shell it was: loads much, on Windows even PowerShell, to tell plugins.
  ["(await import('wsl-utils')).isWsl ? 'wsl' : ", ""],
  ["await (0, os_1.getShell)()", '"unknown"'],
  // All of it again before the command runs, since a plugin may bring another oclif.
  ["await config_1.Config.load(opts ||", "opts?._base ? opts : await config_1.Config.load(opts ||"],
];

/** Makes oclif start at once. It requires at the top of each file what few commands need; here that waits for its use. */
function quickOclif() {
  const left = new Set(shortcuts);
  return {
    name: "quick-oclif",
    transform: {
      filter: { id: /@oclif[\\/]core[\\/]lib/ },
      handler(/** @type {string} */ code) {
        let quick = code;
        for (const shortcut of shortcuts) {
          const [there = "", instead = ""] = shortcut;
          if (quick.includes(there)) left.delete(shortcut);
          quick = quick.replace(there, instead);
        }
        const required = /^(?:const|var) (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm;
        for (const [line, name, call] of quick.matchAll(required)) {
          const used = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, "g");
          quick = quick.replace(line, "").replace(used, `(${name}())`);
          quick += `\nvar ${name}$; function ${name}() { return ${name}$ ??= ${call}; }`;
        }
        return quick;
      },
    },
    buildEnd() {
      if (left.size > 0) throw new Error(`oclif has changed; build.js no longer finds ${[...left].join(", ")}`);
    },
  };
}

/** What oclif would load only to look for commands, plugins and settings that this program has not. */
const neverLoaded = ["cli-spinners", "lilconfig", "minimatch", "semver", "tinyglobby", "typescript"];

/** One file for what the quickest command needs at once of one kind, since every file costs half a millisecond. */
function earlyChunk(/** @type {string} */ name, /** @type {(module: string) => boolean} */ isAmong) {
  /** @type {Set<string>} */
  const early = new Set();
  return {
    debugName: name,
    name(/** @type {string} */ id, /** @type {import("rolldown").ChunkingContext} */ graph) {
      const add = (/** @type {string} */ module) => {
        if (early.has(module) || !isAmong(module)) return;
        early.add(module);
        graph.getModuleInfo(module)?.importedIds.forEach(add);
      };
      if (early.size === 0) graph.getModuleInfo(join(root, "src", "commands", "audit.ts"))?.importedIds.forEach(add);
      return early.has(id) ? name : null;
    },
  };
}

/** Of packages only a small one that all need. */
const ours = earlyChunk("early", (module) => !module.includes("node_modules") || module.includes("lowdb"));
const oclif = earlyChunk("oclif", (module) => module.includes("node_modules"));

async function buildProgram() {
  const commands = entriesIn("src/commands", "support/");
  const others = ["start", "commands/support/help", "commands/support/not-found", "core/secrets/keychain-child"];
  await build({
    input: {
      ...Object.fromEntries(Object.entries(commands).map(([name, path]) => [`commands/${name}`, path])),
      ...Object.fromEntries(others.map((name) => [name, join(root, "src", `${name}.ts`)])),
    },
    platform: "node",
    // The keychain's binding is a binary of its own.
    external: ["keytar", ...neverLoaded],
    plugins: [quickOclif()],
    preserveEntrySignatures: "allow-extension",
    output: {
      dir: join(root, "dist"),
      cleanDir: true,
      chunkFileNames: "chunks/[name]-[hash].js",
      // One byte a character: half of what is read and scanned.
      charset: "ascii",
      codeSplitting: { includeDependenciesRecursively: false, groups: [ours, oclif] },
    },
  });
  const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  writeFileSync(join(root, "oclif.manifest.json"), `${JSON.stringify(plugin.manifest)}\n`);
}

/** Packages stay outside: a bench measures what is installed. */
async function buildBenches() {
  await build({
    input: entriesIn("bench"),
    platform: "node",
    external: (id) => !id.startsWith(".") && !isAbsolute(id),
    output: { dir: join(root, "dist-bench"), cleanDir: true, chunkFileNames: "[name]-[hash].js" },
  });
}

await (process.argv[2] === "bench" ? buildBenches() : buildProgram());
