import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { guideText } from "../support/guide-text.ts";
import type { GuideJson } from "../support/webhooks-guide.ts";
import { columnsOf } from "../support/wrap.ts";

/** `mlc webhooks guide` */
export default class WebhooksGuide extends BaseCommand {
  static override summary = "print, step by step, what a person sets up at F&O or FedEx, which no API can do";
  static override description =
    "Without --out nothing is changed. With it mlc makes the secret that proves the calls, unless it has one, keeps it where the profile's secrets are, and writes what is to be pasted into a new file that only you can read: of F&O the address with its token, of FedEx the security token. No output has the secret. F&O is asked which business events it has.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> fedex --url https://sync.contoso.example",
    "<%= config.bin %> <%= command.id %> fno --url https://sync.contoso.example --out fno-url.txt",
    "<%= config.bin %> <%= command.id %> fedex --out fedex-token.txt --rotate",
  ];
  static override args = {
    system: Args.string({ required: true, ignoreStdin: true, description: "fno or fedex" }),
  };
  static override flags = {
    url: Flags.string({
      description: "the address at which the system reaches `mlc listen`",
      helpValue: "<https://…>",
    }),
    out: Flags.string({ description: "write what is to be pasted to this new file", helpValue: "<path>" }),
    rotate: Flags.boolean({ description: "with --out: make a new secret; the old one is refused then" }),
    yes: Flags.boolean({ description: "with --rotate: replace it without asking" }),
  };
  static override enableJsonFlag = true;

  async run(): Promise<GuideJson> {
    const { args, flags } = await this.parse(WebhooksGuide);
    const { guideOf } = await import("../support/webhooks-guide.ts");
    const mlc = await this.openMlc(flags);
    const { url, out, rotate: isRotated, yes: isSure } = flags;
    const canAsk = mlc.surroundings.isTty && !flags["no-input"] && !this.jsonEnabled();
    const guide = await guideOf(mlc, { system: args.system, url, out, isRotated, isSure, canAsk });
    if (!this.jsonEnabled()) process.stdout.write(guideText(guide, columnsOf(process.stdout)));
    return guide;
  }
}
