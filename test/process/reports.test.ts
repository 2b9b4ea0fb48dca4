import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runMlc } from "./fixture.ts";

it.each([
  ["charges --csv --json", "--json"],
  ["charges --month 2026-13", "Write it like 2026-10."],
  ["charges", "No connected pair has charges"],
  ["sync inventory", "No connected pair has stock to compare"],
  ["sync inventory --report stock.txt", "Name it like stock.csv."],
  ["sync inventory --report - --json", "--report - does not go with --json"],
  ["sync inventory --report stock.csv --watch", "--report stock.csv does not go with --watch"],
])("mlc %s is refused before anything is read", async (line, told) => {
  const home = mkdtempSync(join(tmpdir(), "mlc-reports-"));
  const { code, stderr } = await runMlc(line.split(" "), { env: { MLC_HOME: home } });
  rmSync(home, { recursive: true, force: true });
  expect(stderr).toContain(told);
  expect(code).toBe(2);
});
