import { BaseCommand } from "../support/base.ts";
import { runWebhooks, systemArg, urlFlag, type WebhooksJson } from "../support/webhooks.ts";

/** `mlc webhooks list` */
export default class WebhooksList extends BaseCommand {
  static override summary =
    "show the subscriptions by which systems call mlc, and when they end; exit 3 when one is gone";
  static override description = "Only mlc's own: of the connected account, and with the address that was kept.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> bc --json",
    "<%= config.bin %> <%= command.id %> bc --url https://old.contoso.example",
  ];
  static override args = systemArg;
  static override flags = urlFlag;
  static override enableJsonFlag = true;

  async run(): Promise<WebhooksJson> {
    const { args, flags } = await this.parse(WebhooksList);
    const mlc = await this.openMlc(flags);
    const given = {
      system: args.system,
      url: flags.url,
      isDry: false,
      isJson: this.jsonEnabled(),
      isQuiet: flags.quiet,
    };
    return runWebhooks(mlc, given, async (name, url) => ({ rows: await mlc.webhooks.list(name, url) }));
  }
}
