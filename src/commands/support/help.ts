import { CommandHelp, Help } from "@oclif/core";

class ExamplesFirst extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp["sections"]> {
    const sections = super.sections();
    const examples = sections.filter(({ header }) => header === "EXAMPLES");
    return [...examples, ...sections.filter(({ header }) => header !== "EXAMPLES")];
  }
}

/** A command's help, examples first: most readers look for the line to copy. */
export default class MlcHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst;
}
