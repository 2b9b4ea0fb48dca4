import { BaseCommand } from "../support/base.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync charges` */
export default class SyncCharges extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>", "<%= config.bin %> <%= command.id %> --dry-run"];
  static override summary = "write what the shipper charged onto the ERP's orders, where charges.mode says so";
  static override enableJsonFlag = true;
  static override flags = syncFlags;

  async run(): Promise<SyncJson | undefined> {
    const { flags } = await this.parse(SyncCharges);
    return runSync(() => this.openMlc(flags), {
      flags,
      flows: ["charges"],
      command: "sync charges",
      isJson: this.jsonEnabled(),
    });
  }
}
