import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { runMlc } from "./fixture.ts";

const dist = join(import.meta.dirname, "..", "..", "dist");

/** A built file and all that it imports before it does anything. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export) .*"(\.[^"]+)";$/gm))
    loadedWith(join(dirname(file), target), seen);
  return seen;
}

const heavy = /^\/\/ node_modules\/(@hono|@inquirer|cli-table3|date-fns-tz|hono|ky|ora|zod)\//gm;

function heavyIn(file: string): string[] {
  const files = [...loadedWith(file)];
  expect(files.length).toBeGreaterThan(3);
  return [...new Set(files.flatMap((one) => readFileSync(one, "utf8").match(heavy) ?? []))];
}

it("the trail opens without the libraries that only other commands need, and is shown with the tables alone", () => {
  expect(heavyIn(join(dist, "commands", "audit.js"))).toEqual([]);
  const shown = readdirSync(join(dist, "chunks")).filter((file) => file.startsWith("audit-table-"));
  expect(shown.map((file) => heavyIn(join(dist, "chunks", file)))).toEqual([["// node_modules/cli-table3/"]]);
  const others = readdirSync(join(dist, "chunks")).map((file) => readFileSync(join(dist, "chunks", file), "utf8"));
  expect(new Set(others.flatMap((text) => text.match(heavy) ?? [])).size).toBe(8);
});

it("the trail opens without cryptography, since nothing is proved where it is only read", () => {
  const proves = (file: string) => /^import .*"node:crypto";$/m.test(readFileSync(file, "utf8"));
  expect([...loadedWith(join(dist, "commands", "audit.js"))].filter(proves)).toEqual([]);
  const all = readdirSync(join(dist, "chunks")).map((file) => join(dist, "chunks", file));
  expect(all.filter(proves)).not.toEqual([]);
});

it("--version says the same as the help, which oclif answers", async () => {
  const [version, help] = await Promise.all([runMlc(["--version"]), runMlc(["--help"])]);
  expect(version).toMatchObject({ stderr: "", code: 0 });
  expect(version.stdout).toMatch(/^mlc\/\d+\.\d+\.\d+ \S+ node-v\d+\.\d+\.\d+\n$/);
  expect(help.stdout).toContain(`VERSION\n  ${version.stdout}`);
});

it("starts without a word to stderr, and every command is in the manifest", async () => {
  expect(await runMlc(["config", "schema"])).toMatchObject({ stderr: "", code: 0 });
  const manifest = JSON.parse(readFileSync(join(dist, "..", "oclif.manifest.json"), "utf8"));
  const built = readdirSync(join(dist, "commands"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") && !file.startsWith("support"))
    .map((file) => file.replace(/([/\\]index)?\.js$/, "").replaceAll(/[/\\]/g, ":"));
  expect(Object.keys(manifest.commands).sort()).toEqual(built.sort());
});
