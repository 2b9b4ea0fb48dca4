import { Flags } from "@oclif/core";
import { UsageError } from "../../core/errors.ts";
import type { StockRow } from "../../flows/stock-report.ts";
import { BaseCommand } from "../support/base.ts";
import { differencesText, reportKind, reportLine, writeReport } from "../support/stock-report.ts";
import { nothingRun, runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync inventory` */
export default class SyncInventory extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --report stock.csv",
    "<%= config.bin %> <%= command.id %> --json --dry-run",
  ];
  static override summary = "compare the shipper's stock with the ERP's, and write it there if the settings say so";
  static override description =
    "By default nothing is written: the differences are shown, or go to a file. What is written is set by inventory.mode of the pair.";
  static override enableJsonFlag = true;
  static override flags = {
    ...syncFlags,
    report: Flags.string({
      description: "write all rows to a file instead of showing the differences: .csv or .json; - is stdout, as CSV",
      helpValue: "<file>",
    }),
  };

  async run(): Promise<(SyncJson & { stock?: StockRow[] }) | undefined> {
    const { flags } = await this.parse(SyncInventory);
    const given = { flags, flows: ["inventory"] as const, command: "sync inventory", isJson: this.jsonEnabled() };
    const refused = flags.watch ? "--watch" : this.jsonEnabled() && flags.report === "-" ? "--json" : undefined;
    if (flags.report !== undefined && refused !== undefined)
      throw new UsageError(`--report ${flags.report} does not go with ${refused}`, { hint: "Name one of the two." });
    if (flags.watch) return runSync(() => this.openMlc(flags), given);
    if (flags.report !== undefined) reportKind(flags.report);
    const mlc = await this.openMlc(flags);
    const report = await mlc.reports.stock(flags.pair);
    const { columnsOf } = await import("../support/table.ts");
    if (flags.report !== undefined) await writeReport(mlc, report.rows, flags.report);
    else if (!this.jsonEnabled()) {
      const text = await differencesText(report.rows, columnsOf(process.stdout));
      if (text !== "") this.log(text);
    }
    this.say(reportLine(report, flags.report));
    const ran = report.isWritten ? await runSync(async () => mlc, given) : nothingRun(mlc);
    return ran && { ...ran, stock: report.rows };
  }
}
