import { readFile } from "node:fs/promises";
import { checkbox, confirm, input, password, select } from "@inquirer/prompts";
import { ConfigError } from "../../core/errors.ts";
import { plain } from "./print.ts";
import type { Prompts } from "./prompts.ts";
import { columnsOf, isAddress, wrapped } from "./wrap.ts";

/** Rows of a list that are shown at once. */
const pageSize = 12;

/** Prompts on the terminal; they are written to stderr, since stdout is for data. */
export function terminalPrompts(say: (text: string) => void): Prompts {
  const context = { output: process.stderr };
  const named = (choices: Parameters<Prompts["many"]>[0]["choices"]) =>
    choices.map(({ value, name }) => ({ value, name: plain(name).replaceAll("\n", " ") }));
  return {
    text: ({ message, proposal, refusal }) =>
      input(
        {
          message,
          ...(proposal === undefined ? {} : { default: proposal }),
          validate: (text) => refusal?.(text.trim()) ?? true,
        },
        context,
      ).then((text) => text.trim()),
    secret: (message) => password({ message, mask: "*" }, context).then((text) => text.trim()),
    one: ({ message, choices, proposal }) =>
      select(
        { message, choices: named(choices), pageSize, ...(proposal === undefined ? {} : { default: proposal }) },
        context,
      ),
    many: ({ message, choices, chosen }) =>
      checkbox(
        {
          message,
          choices: named(choices).map((choice) => ({ ...choice, checked: chosen.includes(choice.value) })),
          required: true,
          pageSize,
        },
        context,
      ),
    yes: (message, proposal) => confirm({ message, default: proposal }, context),
    say: (text) => say(indented(text, columnsOf(process.stderr))),
    file: async (path) => {
      try {
        return await readFile(path, "utf8");
      } catch (cause) {
        throw new ConfigError(`${path} cannot be read`, { hint: "Name a file that is there.", cause });
      }
    },
  };
}

/** Text broken between words; what goes on is indented like the line it goes on from. Pure. */
export function indented(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => {
      if (isAddress(line)) return line;
      const indent = /^\s*(?:[→✗✓] )?/.exec(line)?.[0].length ?? 0;
      return line.slice(0, indent) + wrapped(line.slice(indent), columns - indent).join(`\n${" ".repeat(indent)}`);
    })
    .join("\n");
}

/** Whether a prompt ended because a person pressed Ctrl-C. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === "ExitPromptError";
}
