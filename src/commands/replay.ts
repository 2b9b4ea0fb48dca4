import { Args, Flags } from "@oclif/core";
import { UsageError } from "../core/errors.ts";
import { BaseCommand } from "./support/base.ts";
import { dryRunFlag, ifRunningFlag } from "./support/flags.ts";
import { runReplay } from "./support/replay-run.ts";
import type { SyncJson } from "./support/sync-run.ts";

/** `mlc replay` */
export default class Replay extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %> SO-1007",
    "<%= config.bin %> <%= command.id %> usmf/SO-1007 --dry-run",
    "<%= config.bin %> <%= command.id %> --all --yes",
    "<%= config.bin %> <%= command.id %> usmf/SO-1007 --drop",
    "<%= config.bin %> <%= command.id %> ev12",
  ];
  // What oclif makes of flags that exclude each other cannot be read.
  static override usage = [
    "<%= command.id %> <id> [-n] [--adopt <number> | --create-anyway | --drop] [--order <number>]",
    "<%= command.id %> --all [-n] [-y] [--pair <pair>]",
  ];
  static override summary = "send a record again that is set aside, waiting, unknown or delivered";
  static override enableJsonFlag = true;
  static override args = {
    id: Args.string({
      ignoreStdin: true,
      description: "document number, record key, id of an audit entry, or event that a system called for",
    }),
  };
  static override flags = {
    all: Flags.boolean({ char: "a", description: "everything that is set aside", default: false }),
    pair: Flags.string({ description: "only this pair", helpValue: "<pair>" }),
    yes: Flags.boolean({ char: "y", description: "do not ask before --all" }),
    ...dryRunFlag,
    ...ifRunningFlag,
    adopt: Flags.string({
      description: "the unknown write is there, under this number of the target's",
      helpValue: "<number>",
      exclusive: ["create-anyway", "drop", "all"],
    }),
    "create-anyway": Flags.boolean({
      description: "the unknown write is not there: send it again",
      exclusive: ["drop", "all"],
    }),
    drop: Flags.boolean({ description: "leave it as it is until the record changes", exclusive: ["all"] }),
    order: Flags.string({
      description: "the ERP order that an ambiguous record belongs to",
      helpValue: "<number>",
      exclusive: ["all", "drop"],
    }),
  };

  async run(): Promise<SyncJson> {
    const { args, flags } = await this.parse(Replay);
    if ((args.id === undefined) !== flags.all) {
      throw new UsageError("replay takes either an id or --all", { hint: "Find ids with `mlc audit --status dead`." });
    }
    const mlc = await this.openMlc(flags);
    return runReplay(mlc, { id: args.id, flags, isJson: this.jsonEnabled() });
  }
}
