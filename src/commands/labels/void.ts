import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { dryRunFlag } from "../support/flags.ts";
import { runVoid, type VoidJson } from "../support/labels-void.ts";

/** `mlc labels void` */
export default class LabelsVoid extends BaseCommand {
  static override summary = "cancel the labels of an order, or one shipment by its number, and withdraw its tracking";
  static override description =
    "A label that is void already stays so, and that is no error. A shipment of several pieces is cancelled whole. `mlc replay <order>` buys a new label.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> SO-1001",
    "<%= config.bin %> <%= command.id %> 794600000001 --yes",
    "<%= config.bin %> <%= command.id %> usmf/SO-1001 --dry-run",
  ];
  static override args = {
    id: Args.string({ ignoreStdin: true, required: true, description: "document number, record or tracking number" }),
  };
  static override flags = {
    pair: Flags.string({ description: "only this pair", helpValue: "<pair>" }),
    yes: Flags.boolean({ char: "y", description: "do not ask first" }),
    ...dryRunFlag,
  };
  static override enableJsonFlag = true;

  async run(): Promise<VoidJson> {
    const { args, flags } = await this.parse(LabelsVoid);
    return runVoid(await this.openMlc(flags), { id: args.id, flags, isJson: this.jsonEnabled() });
  }
}
