import { BaseCommand } from "../support/base.ts";
import { changeFlags, runWebhooks, systemArg, type WebhooksJson } from "../support/webhooks.ts";

/** `mlc webhooks renew` */
export default class WebhooksRenew extends BaseCommand {
  static override summary = "renew the subscriptions now, whenever they end; exit 3 when one is gone";
  static override description =
    "Of Business Central's alone, as the others last. `mlc listen` and each `mlc sync` do it for what ends within 36 hours. The system calls the address again and a bad answer ends the subscription, so mlc first asks whether its own receiver is reached there; exit 5 when it is not.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> bc --dry-run",
    "<%= config.bin %> <%= command.id %> bc --json",
  ];
  static override args = systemArg;
  static override flags = changeFlags;
  static override enableJsonFlag = true;

  async run(): Promise<WebhooksJson> {
    const { args, flags } = await this.parse(WebhooksRenew);
    const mlc = await this.openMlc(flags);
    const isDry = flags["dry-run"];
    const given = { system: args.system, url: flags.url, isDry, isJson: this.jsonEnabled(), isQuiet: flags.quiet };
    return runWebhooks(mlc, given, (name, url) => mlc.webhooks.renew(name, url, isDry));
  }
}
