import { BaseCommand } from "../support/base.ts";
import { changeFlags, runWebhooks, systemArg, urlAsked, type WebhooksJson } from "../support/webhooks.ts";

/** `mlc webhooks create` */
export default class WebhooksCreate extends BaseCommand {
  static override summary = "have a system call mlc when something changed; run twice, it makes one subscription";
  static override description =
    "The system calls the address at once and wants an answer, so the receiver must be running and reached from the internet; exit 3 when it was not. The address is kept (<system>.webhooks.url); another one takes its place. An address without a path gets the receiver's, /webhooks/<system>. What proves the calls is a secret that mlc makes and keeps. Each `mlc sync` renews what ends within 36 hours.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> bc --url https://sync.contoso.example",
    "<%= config.bin %> <%= command.id %> bc --dry-run",
    "<%= config.bin %> <%= command.id %> --json",
  ];
  static override args = systemArg;
  static override flags = changeFlags;
  static override enableJsonFlag = true;

  async run(): Promise<WebhooksJson> {
    const { args, flags } = await this.parse(WebhooksCreate);
    const mlc = await this.openMlc(flags);
    const isDry = flags["dry-run"];
    const isJson = this.jsonEnabled();
    const ask = urlAsked(mlc, { canAsk: mlc.surroundings.isTty && !flags["no-input"] && !isJson });
    const given = { system: args.system, url: flags.url, isDry, isJson, isQuiet: flags.quiet, ask };
    return runWebhooks(mlc, given, (name, url) => mlc.webhooks.create(name, url, isDry));
  }
}
