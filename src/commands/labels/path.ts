import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { labelPaths } from "../support/labels.ts";

/** `mlc labels path` */
export default class LabelsPath extends BaseCommand {
  static override summary = "print where the label files of an order or a tracking number are, one a line";
  static override examples = [
    "<%= config.bin %> <%= command.id %> SO-1001",
    "<%= config.bin %> <%= command.id %> 794600000001",
    "lp $(<%= config.bin %> <%= command.id %> SO-1001)",
  ];
  static override args = {
    id: Args.string({ ignoreStdin: true, required: true, description: "document number, record or tracking number" }),
  };
  static override flags = { pair: Flags.string({ description: "only this pair", helpValue: "<pair>" }) };
  static override enableJsonFlag = true;

  async run(): Promise<{ paths: string[] }> {
    const { args, flags } = await this.parse(LabelsPath);
    const paths = await labelPaths(await this.openMlc(flags), args.id, flags.pair);
    for (const path of paths) this.log(path);
    return { paths };
  }
}
