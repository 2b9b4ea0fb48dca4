import { Args, Flags } from "@oclif/core";
import { UsageError } from "../../core/errors.ts";
import { BaseCommand } from "../support/base.ts";
import { filterFlags } from "../support/flags.ts";

/** `mlc webhooks events` */
export default class WebhooksEvents extends BaseCommand {
  static override summary = "show what systems called mlc for, newest last";
  static override description =
    "An event is waiting until each flow that it asks for has run well; done after that; kept where no flow has it, such as ShipBob's return.* and wro.*; refused where a call with the right token or signature would have had mlc send the account's keys to another host, which is shown. It says when it came, so a waiting one is as old as that: `mlc status` says why a flow stopped. `mlc listen` works off what waits, and `mlc replay` runs the flows of one event now.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --system shipbob --topic return.",
    "<%= config.bin %> <%= command.id %> --since 1h --json | jq .state",
    "<%= config.bin %> <%= command.id %> ev12 --body",
  ];
  static override args = {
    event: Args.string({ ignoreStdin: true, description: "the system's id of an event, or mlc's own, like ev12" }),
  };
  static override flags = {
    system: Flags.string({
      description: "only of this system",
      options: ["fno", "bc", "shipstation", "shipbob", "fedex"],
    }),
    topic: Flags.string({ description: "only topics that begin like this", helpValue: "<topic>" }),
    since: filterFlags.since,
    until: filterFlags.until,
    limit: Flags.integer({ description: "only the newest so many", min: 1, default: 100, helpValue: "<n>" }),
    body: Flags.boolean({ description: "the body of the event that is named, as it is kept: it may name people" }),
    json: Flags.boolean({ description: "print one JSON object a line", helpGroup: "GLOBAL" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(WebhooksEvents);
    if (flags.body && args.event === undefined)
      throw new UsageError("--body is of one event", { hint: "Name it, like `mlc webhooks events ev12 --body`." });
    const { printEvents } = await import("../support/webhook-events.ts");
    await printEvents(await this.openProfile(flags), { event: args.event, flags });
  }
}
