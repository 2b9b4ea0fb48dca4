import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runMlc } from "./fixture.ts";

const folder = join(import.meta.dirname, "..", "..", "src", "commands");
const commands = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith("support"))
  .map((file) => file.replace(/(\/index)?\.ts$/, "").split("/"));

it("every command's help begins with real examples", async () => {
  const helps = await Promise.all(
    commands.map(async (command) => ({ command, help: await runMlc([...command, "--help"]) })),
  );
  expect(helps.length).toBeGreaterThan(10);
  for (const { command, help } of helps) {
    expect(help.code).toBe(0);
    const [examples, usage] = [help.stdout.indexOf("EXAMPLES"), help.stdout.indexOf("USAGE")];
    expect({ command, isFirst: examples > 0 && examples < usage }).toEqual({ command, isFirst: true });
    expect(help.stdout).toContain(`$ mlc ${command.join(" ")}`);
  }
});
