import { BaseCommand } from "../support/base.ts";
import { changeFlags, runWebhooks, systemArg, type WebhooksJson } from "../support/webhooks.ts";

/** `mlc webhooks delete` */
export default class WebhooksDelete extends BaseCommand {
  static override summary = "end the subscriptions by which systems call mlc, and forget the address";
  static override description =
    "Only mlc's own: of the connected account, and with the address that was kept, or the one that --url names. What is gone already is no error.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> bc",
    "<%= config.bin %> <%= command.id %> bc --dry-run",
    "<%= config.bin %> <%= command.id %> bc --url https://old.contoso.example",
  ];
  static override args = systemArg;
  static override flags = changeFlags;
  static override enableJsonFlag = true;

  async run(): Promise<WebhooksJson> {
    const { args, flags } = await this.parse(WebhooksDelete);
    const mlc = await this.openMlc(flags);
    const isDry = flags["dry-run"];
    const given = { system: args.system, url: flags.url, isDry, isJson: this.jsonEnabled(), isQuiet: flags.quiet };
    return runWebhooks(mlc, given, (name, url) => mlc.webhooks.delete(name, url, isDry));
  }
}
