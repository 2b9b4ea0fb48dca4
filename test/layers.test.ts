import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const src = join(import.meta.dirname, "..", "src");
const layers = ["core", "connectors", "mappings", "systems", "flows", "webhooks", "mlc.ts", "commands"];
const systems = ["fno", "bc", "nav", "shipstation", "shipbob", "fedex"];

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const imports = files.flatMap((file) =>
  [...readFileSync(join(src, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => ({
    file,
    target: relative(src, join(src, dirname(file), match[1] ?? "")),
  })),
);
const layerOf = (path: string) => path.split("/")[0] ?? "";
const systemOf = (path: string) => systems.find((name) => path.split(/[/.]/)[1] === name);

const breach = (file: string, target: string): string | undefined => {
  const [from, to] = [layerOf(file), layerOf(target)];
  if (from === "sandbox") return to === "sandbox" ? undefined : "the sandbox stands alone";
  if (to === "sandbox") return from === "commands" ? undefined : "only commands use the sandbox";
  if (layers.indexOf(to) > layers.indexOf(from)) return "imports point to the left";
  const [own, other] = [systemOf(file), systemOf(target)];
  if (own && other && own !== other) return "one system never imports another";
  if (from === "mappings" && to === "core" && /core\/(http|state|secrets)/.test(target)) return "mappings do no I/O";
  if (from === "mappings" && to === "connectors" && !target.endsWith("/schema.ts")) return "mappings see only schemas";
  return undefined;
};

it("every import points to its own layer or one to the left", () => {
  const breaches = imports.flatMap(({ file, target }) => {
    const reason = breach(file, target);
    return reason ? [`${file} imports ${target}: ${reason}`] : [];
  });
  expect(imports.length).toBeGreaterThan(0);
  expect(breaches).toEqual([]);
});

it("core names no vendor", () => {
  const named = files
    .filter((file) => layerOf(file) === "core")
    .filter((file) =>
      /shipstation|shipbob|fedex|business ?central|dynamics|\bfno\b|dataAreaId/i.test(
        readFileSync(join(src, file), "utf8"),
      ),
    );
  expect(named).toEqual([]);
});
