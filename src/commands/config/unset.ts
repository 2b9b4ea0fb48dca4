import { Args } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { unsetSettings } from "../support/settings.ts";

/** `mlc config unset` */
export default class ConfigUnset extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %> fno-shipstation.flows.orders.every"];
  static override summary = "take settings out, so that their defaults hold again";
  static override strict = false;
  static override args = {
    path: Args.string({ ignoreStdin: true, description: "path of a setting, one or more", required: true }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConfigUnset);
    await unsetSettings(await this.openMlc(flags), argv.map(String));
  }
}
