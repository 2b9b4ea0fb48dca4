import { Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { changeFlags, runWebhooks, systemArg, urlAsked, type WebhooksJson } from "../support/webhooks.ts";

/** `mlc webhooks create` */
export default class WebhooksCreate extends BaseCommand {
  static override summary = "have systems call mlc when something changed; run twice, it makes nothing twice";
  static override description =
    "Business Central, ShipStation and ShipBob; what a person sets up at F&O and FedEx `mlc webhooks guide` tells. Without a system: all that are connected. Each is given its own path under webhooks.publicUrl, or under --url; the address is kept (<system>.webhooks.url), and another one takes its place. What proves the calls is a secret that mlc makes and keeps. Business Central calls the address at once and wants an answer, so the receiver must be running and reached from the internet; exit 3 when it was not. A topic that the account may not be told of is a warning, and holds up no other. `mlc listen` and each `mlc sync` renew what ends within 36 hours and make again what vanished.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --url https://sync.contoso.example",
    "<%= config.bin %> <%= command.id %> shipstation --dry-run",
    "<%= config.bin %> <%= command.id %> shipstation --rotate",
    "<%= config.bin %> <%= command.id %> --json",
  ];
  static override args = systemArg;
  static override flags = {
    ...changeFlags,
    rotate: Flags.boolean({
      description:
        "with a new secret in place of the kept one, which somebody may have seen; calls with that are refused",
    }),
  };
  static override enableJsonFlag = true;

  async run(): Promise<WebhooksJson> {
    const { args, flags } = await this.parse(WebhooksCreate);
    const mlc = await this.openMlc(flags);
    const isDry = flags["dry-run"];
    const isJson = this.jsonEnabled();
    const ask = urlAsked(mlc, { canAsk: mlc.surroundings.isTty && !flags["no-input"] && !isJson });
    const given = { system: args.system, url: flags.url, isDry, isJson, isQuiet: flags.quiet, ask };
    return runWebhooks(mlc, given, (name, url) =>
      mlc.webhooks.create(name, url, { isDry, isSecretAnew: flags.rotate }),
    );
  }
}
