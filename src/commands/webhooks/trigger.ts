import { randomUUID } from "node:crypto";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { tableOf } from "../support/table.ts";
import type { TriggerEvent, TriggerJson } from "../support/webhooks-trigger.ts";
import { columnsOf, hanging } from "../support/wrap.ts";

/** `mlc webhooks trigger` */
export default class WebhooksTrigger extends BaseCommand {
  static override summary = "call your own receiver as a system would; alone: list the events";
  static override description =
    "The call is signed with the profile's own secret, so the receiver takes it for the system's and runs the flow that it asks for. It names a record and says nothing of it: mlc reads that from the system, and a record that is not there changes nothing. With --url the way through a proxy is tried, and its certificate. Exit 0: taken; 4: the secret was refused; 5: anything else.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> fno.SalesOrderConfirmedBusinessEvent --order SO-1001",
    "<%= config.bin %> <%= command.id %> fedex.tracking --url https://sync.contoso.example",
  ];
  static override args = {
    event: Args.string({ ignoreStdin: true, description: "like shipstation.SHIP_NOTIFY; F&O's by their own ids" }),
  };
  static override flags = {
    url: Flags.string({
      description: "where `mlc listen` is reached",
      default: "http://127.0.0.1:8787",
      helpValue: "<address>",
    }),
    order: Flags.string({
      description: "F&O's or ShipStation's order number, ShipBob's order id",
      helpValue: "<number>",
    }),
    id: Flags.string({ description: "the record's id; for ShipStation the batch's", helpValue: "<id>" }),
    tracking: Flags.string({ description: "FedEx's tracking number", helpValue: "<number>" }),
    "legal-entity": Flags.string({ description: "F&O's company; default: the first one", helpValue: "<id>" }),
  };
  static override enableJsonFlag = true;

  async run(): Promise<TriggerJson | { events: TriggerEvent[] }> {
    const { args, flags } = await this.parse(WebhooksTrigger);
    const { triggered, triggerEvents } = await import("../support/webhooks-trigger.ts");
    const mlc = await this.openMlc(flags);
    const { url, order, id, tracking, "legal-entity": legalEntity } = flags;
    if (args.event === undefined) return this.#listed(await triggerEvents(mlc));
    const naming = { order, id, tracking, legalEntity };
    const done = await triggered(mlc, { event: args.event, url, naming, unique: randomUUID() });
    if (!this.jsonEnabled()) {
      const columns = columnsOf(process.stdout);
      const note = done.note === undefined ? [] : [hanging("", done.note, columns)];
      const said = [`${done.event} to ${done.url}`, hanging(`${done.status}  `, done.meaning, columns), ...note];
      process.stdout.write(`${said.join("\n")}\n`);
    }
    process.exitCode = done.exitCode;
    return done;
  }

  #listed(events: TriggerEvent[]): { events: TriggerEvent[] } {
    const rows = events.map(({ event, flags, state }) => [event, state, flags.join(" ")]);
    const head = ["event", "state", "named by"];
    if (!this.jsonEnabled()) process.stdout.write(`${tableOf(rows, { head, columns: columnsOf(process.stdout) })}\n`);
    return { events };
  }
}
