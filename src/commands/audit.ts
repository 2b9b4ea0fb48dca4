import { Args, Flags } from "@oclif/core";
import { flowNames } from "../flows/names.ts";
import { outcomes, printAudit } from "./support/audit-print.ts";
import { BaseCommand } from "./support/base.ts";
import { filterFlags } from "./support/flags.ts";

/** `mlc audit` */
export default class Audit extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> SO-1007",
    "<%= config.bin %> <%= command.id %> --status dead --since 7d",
    "<%= config.bin %> <%= command.id %> --json --flow orders | jq .outcome",
    "<%= config.bin %> <%= command.id %> verify",
  ];
  static override summary = "show what was done, newest last";
  static override args = {
    about: Args.string({
      ignoreStdin: true,
      description: "document number, record key, number at the target, or id of an entry or run",
    }),
  };
  static override flags = {
    ...filterFlags,
    limit: Flags.integer({ description: "only the newest so many", min: 1, helpValue: "<n>" }),
    flow: Flags.option({ description: "only this flow", options: flowNames })(),
    status: Flags.option({ description: "only this outcome", options: outcomes })(),
    json: Flags.boolean({ description: "print one JSON object a line", helpGroup: "GLOBAL" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Audit);
    await printAudit(await this.openProfile(flags), { about: args.about, flags });
  }
}
