import { Flags } from "@oclif/core";
import { BaseCommand } from "./support/base.ts";
import { listenFlags, listenGiven, openListening } from "./support/listen-flags.ts";
import { inPersonsZone } from "./support/zone.ts";

/** `mlc listen` */
export default class Listen extends BaseCommand {
  static override summary = "take the systems' calls when something changed, and run the flows they ask for";
  static override description = [
    "Listens at /webhooks/<system> until Ctrl-C or SIGTERM; /webhooks/shipstation and /webhooks/fno are followed by /<webhookToken>. A call is verified and kept (inbox/) before it is answered; a system without its secret (webhookToken, webhookSecret) is not known. `mlc webhooks create` and `mlc webhooks guide` make those; at its start it says whose calls it takes.",
    "What an event names is read again from its system and goes through the same flows as everything else. `mlc sync` stays the backstop and must go on running: beside this, or in one process with it as `mlc sync --watch --listen`.",
    "stdout is an access log, a line of JSON for each call; --print has a line for people in its place, with what the event names. What the flows did stands on stderr. Events that were not worked off when it ends wait in inbox/ for the next start: no other command works them off, and what they tell of is found by `mlc sync` too. `mlc webhooks events` shows them.",
  ].join("\n\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --print",
    "<%= config.bin %> <%= command.id %> --port 8787 --trust-proxy --public-url https://sync.contoso.example",
    "<%= config.bin %> <%= command.id %> --host 0.0.0.0 --cert fullchain.pem --key privkey.pem",
  ];
  static override flags = {
    ...listenFlags,
    print: Flags.boolean({ description: "show events as they come, a line each: time, system, topic, what it names" }),
    json: Flags.boolean({
      description: "with --print: one JSON object a line",
      dependsOn: ["print"],
      helpGroup: "GLOBAL",
    }),
  };

  protected override readonly onStop = "Finishing what is in flight; again to leave at once.";

  async run(): Promise<void> {
    const { flags } = await this.parse(Listen);
    const [{ runListen }, { accessPrint, stampOf }] = await Promise.all([
      import("./support/listen-run.ts"),
      import("./support/access-print.ts"),
    ]);
    const { log } = this.surroundings(flags);
    const form = !flags.print ? "access" : flags.json ? "events" : "eventsText";
    await runListen(
      openListening(() => this.openMlc(flags), flags),
      {
        ...(await listenGiven(flags)),
        access: accessPrint(form, { log, stdout: process.stdout }),
        stamp: (at) => inPersonsZone(process.env, () => stampOf(form, at)),
        say: (text) => this.say(text),
      },
    );
  }
}
