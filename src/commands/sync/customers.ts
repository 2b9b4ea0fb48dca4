import { BaseCommand } from "../support/base.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync customers` */
export default class SyncCustomers extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>", "<%= config.bin %> <%= command.id %> --dry-run"];
  static override summary = "align the ship-to of open orders with the customer's address in the ERP";
  static override enableJsonFlag = true;
  static override flags = syncFlags;

  async run(): Promise<SyncJson | undefined> {
    const { flags } = await this.parse(SyncCustomers);
    return runSync(() => this.openMlc(flags), {
      flags,
      flows: ["customers"],
      command: "sync customers",
      isJson: this.jsonEnabled(),
    });
  }
}
