import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Bench, Figure } from "./kit.ts";
import { machineLine } from "./machine.ts";

/** A bench that cannot run is told in a line. */
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "5" } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 5) throw new Error(`--runs ${values.runs}: a median wants 5 runs or more`);

const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".bench.js"))
  .map((file) => file.slice(0, -".bench.js".length));
for (const name of positionals)
  if (!known.includes(name)) throw new Error(`There is no bench ${name}: ${known.join(", ")}`);

const figures: Figure[] = [];
const machine = machineLine();
for (const name of positionals.length > 0 ? positionals : known) {
  process.stderr.write(`${name} …\n`);
  const { bench } = (await import(`./${name}.bench.js`)) as { bench: Bench };
  figures.push(...(await bench.run(runs)));
}
process.stdout.write(`${machine}\n\n${table(figures)}\n`);

function table(rows: readonly Figure[]): string {
  const head = ["what", "median", "baseline", "ratio", "target", "met"];
  const lines = [head, head.map((_, index) => (index === 0 ? "---" : "---:")), ...rows.map(cells)];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cells({ what, value, unit, baseline, ratio, target = "", isMet }: Figure): string[] {
  return [
    what,
    `${rounded(value)} ${unit}`,
    baseline === undefined ? "" : `${baseline.what}: ${rounded(baseline.value)} ${unit}`,
    ratio === undefined ? "" : `${ratio.toFixed(2)} ×`,
    target,
    isMet === undefined ? "" : isMet ? "yes" : "**no**",
  ];
}

/** Three digits that count, with commas: `1,234,567`, `12.3`, `0.0125`. */
function rounded(value: number): string {
  return value.toLocaleString("en-US", value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}
