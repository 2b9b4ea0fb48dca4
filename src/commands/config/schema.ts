import { BaseCommand } from "../support/base.ts";
import { configSchema } from "../support/settings.ts";

/** `mlc config schema` */
export default class ConfigSchema extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %> > mlc.schema.json"];
  static override summary = "print the JSON Schema of all settings";
  static override enableJsonFlag = true;

  async run(): Promise<Record<string, unknown>> {
    await this.parse(ConfigSchema);
    const schema = configSchema();
    this.log(JSON.stringify(schema, null, 2));
    return schema;
  }
}
