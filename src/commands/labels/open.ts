import { Args, Flags } from "@oclif/core";
import { UsageError } from "../../core/errors.ts";
import { BaseCommand } from "../support/base.ts";
import { labelPaths } from "../support/labels.ts";
import { openFiles } from "../support/opener.ts";
import { plain } from "../support/print.ts";

/** `mlc labels open` */
export default class LabelsOpen extends BaseCommand {
  static override summary = "open the label files of an order or a tracking number with the system's own program";
  static override description =
    'To print each label when it is bought, set the pair\'s printCommand: mlc config set \'fno-fedex.printCommand=["lp","{file}"]\'.';
  static override examples = [
    "<%= config.bin %> <%= command.id %> SO-1001",
    "<%= config.bin %> <%= command.id %> 794600000001",
  ];
  static override args = {
    id: Args.string({ ignoreStdin: true, required: true, description: "document number, record or tracking number" }),
  };
  static override flags = { pair: Flags.string({ description: "only this pair", helpValue: "<pair>" }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LabelsOpen);
    const mlc = await this.openMlc(flags);
    if (!mlc.surroundings.isTty) {
      throw new UsageError("labels open needs a terminal with somebody at it", {
        hint: `Use \`mlc labels path ${args.id}\` where a program takes the files.`,
      });
    }
    const paths = await labelPaths(mlc, args.id, flags.pair);
    await openFiles(paths, process.platform);
    for (const path of paths) this.say(`Opened ${plain(path)}`);
  }
}
