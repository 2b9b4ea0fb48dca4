import { BaseCommand } from "../support/base.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync shipments` */
export default class SyncShipments extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --since 2026-11-01 --dry-run",
  ];
  static override summary = "write tracking numbers, carriers and costs back onto the ERP's orders";
  static override enableJsonFlag = true;
  static override flags = syncFlags;

  async run(): Promise<SyncJson | undefined> {
    const { flags } = await this.parse(SyncShipments);
    return runSync(() => this.openMlc(flags), {
      flags,
      flows: ["shipments"],
      command: "sync shipments",
      isJson: this.jsonEnabled(),
    });
  }
}
