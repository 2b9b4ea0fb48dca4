import { BaseCommand } from "../support/base.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync` */
export default class Sync extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --dry-run",
    "<%= config.bin %> <%= command.id %> --json --if-running skip",
  ];
  static override summary = "run all flows of all pairs once";
  static override enableJsonFlag = true;
  static override flags = syncFlags;

  async run(): Promise<SyncJson> {
    const { flags } = await this.parse(Sync);
    const mlc = await this.openMlc(flags);
    return runSync(mlc, { flags, command: "sync", isJson: this.jsonEnabled() });
  }
}
