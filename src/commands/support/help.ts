import { CommandHelp, Help } from "@oclif/core";

type Section = ReturnType<CommandHelp["sections"]>[number];

/** One command's help: what to type comes first, then what it means. */
class ExamplesFirst extends CommandHelp {
  protected override sections(): Section[] {
    const sections = super.sections();
    const examples = sections.filter(({ header }) => header === "EXAMPLES");
    return [...examples, ...sections.filter((section) => !examples.includes(section))];
  }

  /** The summary already stands above all sections. */
  protected override description(): string | undefined {
    const { description } = this.command;
    return description === undefined ? undefined : this.wrap(description);
  }
}

const firstSteps = [
  ["mlc demo", "see it at work against simulated vendors; touches nothing"],
  ["mlc connect", "set up your own systems"],
  ["mlc sync --dry-run", "see what would be sent"],
  ["mlc sync", "send it"],
] as const;

/** The help of mlc: examples first. */
export class MlcHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst;

  override formatRoot(): string {
    const [title = "", ...rest] = super.formatRoot().split("\n\n");
    const examples = firstSteps.map(([line, what]) => `  $ ${line.padEnd(20)}${what}`).join("\n");
    return [title, `EXAMPLES\n${examples}`, ...rest].join("\n\n");
  }
}
