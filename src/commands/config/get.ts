import { Args } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { plain } from "../support/print.ts";
import { settingAt, valueText } from "../support/settings.ts";

/** `mlc config get` */
export default class ConfigGet extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %> fno.host",
    "<%= config.bin %> <%= command.id %> fno-shipstation.flows.orders --json",
  ];
  static override summary = "show the value in force of a setting, or of all below a path";
  static override enableJsonFlag = true;
  static override args = { path: Args.string({ ignoreStdin: true, description: "like fno.host", required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigGet);
    const value = settingAt(await this.openMlc(flags), args.path);
    if (this.jsonEnabled()) {
      // What run() returns is printed only when it is truthy.
      this.logJson(value ?? null);
      return;
    }
    const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
    if (value !== undefined) this.log(plain(isSection ? JSON.stringify(value, null, 2) : valueText(value)));
  }
}
