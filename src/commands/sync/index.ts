import { BaseCommand } from "../support/base.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync` */
export default class Sync extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --dry-run",
    "<%= config.bin %> <%= command.id %> --watch --every 15m",
    "<%= config.bin %> <%= command.id %> --json --if-running skip",
  ];
  static override summary = "run all flows of all pairs, once or on and on";
  static override enableJsonFlag = true;
  static override flags = syncFlags;

  async run(): Promise<SyncJson | undefined> {
    const { flags } = await this.parse(Sync);
    return runSync(() => this.openMlc(flags), { flags, command: "sync", isJson: this.jsonEnabled() });
  }
}
