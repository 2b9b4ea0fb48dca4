import { plainLine } from "./print.ts";
import type { GuideJson } from "./webhooks-guide.ts";
import { hanging } from "./wrap.ts";

const done = { made: "Made the secret and wrote", replaced: "Replaced the secret and wrote", kept: "Wrote" } as const;

/** The steps as a person reads them; what is to be typed stays on one line, so that it can be copied. Pure. */
export function guideText({ address, steps, notes, secret, file }: GuideJson, columns: number): string {
  const written = secret === null ? [] : [hanging("", `${done[secret]} what is to be pasted to ${file}.`, columns), ""];
  const indent = "    ";
  const lines = steps.flatMap(({ title, details, commands = [] }, index) => [
    hanging(`${String(index + 1).padStart(2)}  `, title, columns),
    ...details.map((text) => hanging(indent, text, columns)),
    ...commands.map((command) => `${indent}  ${plainLine(command)}`),
    "",
  ]);
  const last = notes.map((text) => hanging("", text, columns));
  return `${[...written, `Address: ${plainLine(address)}`, "", ...lines, ...last].join("\n")}\n`;
}
