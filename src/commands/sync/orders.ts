import { BaseCommand } from "../support/base.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync orders` */
export default class SyncOrders extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --dry-run --limit 1",
    "<%= config.bin %> <%= command.id %> --since 7d --resend",
  ];
  static override summary = "send released orders of the ERP to the shipper, or book orders of its stores in the ERP";
  static override enableJsonFlag = true;
  static override flags = syncFlags;

  async run(): Promise<SyncJson | undefined> {
    const { flags } = await this.parse(SyncOrders);
    return runSync(() => this.openMlc(flags), {
      flags,
      flows: ["orders", "sales"],
      command: "sync orders",
      isJson: this.jsonEnabled(),
    });
  }
}
