import { Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { listenFlags, listenGiven, openListening } from "../support/listen-flags.ts";
import { compileLess, runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

const onlyListening = { dependsOn: ["listen"] };

/** `mlc sync` */
export default class Sync extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --dry-run",
    "<%= config.bin %> <%= command.id %> --watch --every 15m",
    "<%= config.bin %> <%= command.id %> --watch --listen --port 8787 --trust-proxy",
    "<%= config.bin %> <%= command.id %> --json --if-running skip",
  ];
  static override summary = "run all flows of all pairs, once or on and on";
  // What oclif makes of flags that want each other cannot be read.
  static override usage = [
    "<%= command.id %> [-n] [--pair <pair>] [--since <date>] [--until <date>] [--limit <n>] [--resend] [-y]",
    "<%= command.id %> --watch [--every <span>] [--pair <pair>]",
    "<%= command.id %> --watch --listen [--port <n>] [--host <address>] [--public-url <url>] [--trust-proxy | --cert <path> --key <path>]",
  ];
  static override enableJsonFlag = true;
  static override flags = {
    ...syncFlags,
    listen: Flags.boolean({
      description:
        'take the systems\' calls too, as `mlc listen` does; stdout has them among the runs, with --json as {"kind":"access"}',
      dependsOn: ["watch"],
      // The inbox is that of the profile: what is for the other pairs would stay in it.
      exclusive: ["pair"],
    }),
    port: { ...listenFlags.port, ...onlyListening },
    host: { ...listenFlags.host, ...onlyListening },
    "public-url": { ...listenFlags["public-url"], ...onlyListening },
    "trust-proxy": { ...listenFlags["trust-proxy"], ...onlyListening },
    cert: { ...listenFlags.cert, dependsOn: ["listen", "key"] },
    key: { ...listenFlags.key, dependsOn: ["listen", "cert"] },
  };

  async run(): Promise<SyncJson | undefined> {
    const { flags } = await this.parse(Sync);
    const isJson = this.jsonEnabled();
    if (!flags.listen) return runSync(() => this.openMlc(flags), { flags, command: "sync", isJson });
    compileLess();
    const [{ runWatchAndListen }, { accessPrint, stampOf }] = await Promise.all([
      import("../support/listen-run.ts"),
      import("../support/access-print.ts"),
    ]);
    const form = isJson ? "access" : flags.quiet ? "none" : "accessText";
    await runWatchAndListen(
      openListening(() => this.openMlc(flags), flags),
      {
        watch: { flags, command: "sync", isJson },
        listen: {
          ...(await listenGiven(flags)),
          access: accessPrint(form, { log: this.surroundings(flags).log, stdout: process.stdout }),
          stamp: (at) => stampOf("accessText", at),
          say: (text) => this.say(text),
        },
      },
    );
    return undefined;
  }
}
