import { Args } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { assignment, setSettings } from "../support/settings.ts";

/** `mlc config set` */
export default class ConfigSet extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %> fno-shipstation.flows.orders.every=10m",
    "<%= config.bin %> <%= command.id %> fno.legalEntities=usmf,demf",
    `<%= config.bin %> <%= command.id %> 'fno-shipstation.deliveryModes."Air.Express"={"carrierCode":"ups"}'`,
  ];
  static override summary = "change settings; all of them are checked and saved, or none";
  static override strict = false;
  static override args = {
    setting: Args.string({
      ignoreStdin: true,
      description: "path=value, one or more (or: path value)",
      required: true,
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConfigSet);
    const words = argv.map(String);
    const [path = "", text = ""] = words;
    const isPair = words.length === 2 && !path.includes("=");
    await setSettings(await this.openMlc(flags), isPair ? [{ path, text }] : words.map(assignment));
  }
}
