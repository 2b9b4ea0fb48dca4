import { Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { plainLine } from "../support/print.ts";
import { settingsListed, valueText } from "../support/settings.ts";

/** `mlc config list` */
export default class ConfigList extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>", "<%= config.bin %> <%= command.id %> --defaults"];
  static override summary = "show all settings as path=value; secrets are never shown";
  static override enableJsonFlag = true;
  static override flags = { defaults: Flags.boolean({ description: "show the defaults that are in force too" }) };

  async run(): Promise<Record<string, unknown>> {
    const { flags } = await this.parse(ConfigList);
    const settings = settingsListed(await this.openMlc(flags), flags.defaults);
    for (const { path, value } of settings) this.log(plainLine(`${path}=${valueText(value)}`));
    return Object.fromEntries(settings.map(({ path, value }) => [path, value]));
  }
}
