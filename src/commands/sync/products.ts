import { BaseCommand } from "../support/base.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync products` */
export default class SyncProducts extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>", "<%= config.bin %> <%= command.id %> --dry-run"];
  static override summary =
    "update the shipper's products from the ERP's items, and tell which SKUs are missing on either side";
  static override enableJsonFlag = true;
  static override flags = syncFlags;

  async run(): Promise<SyncJson | undefined> {
    const { flags } = await this.parse(SyncProducts);
    return runSync(() => this.openMlc(flags), {
      flags,
      flows: ["products"],
      command: "sync products",
      isJson: this.jsonEnabled(),
    });
  }
}
