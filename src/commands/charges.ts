import { Flags } from "@oclif/core";
import { UsageError } from "../core/errors.ts";
import { type ChargesReport, chargesCsv } from "../flows/charges-report.ts";
import { BaseCommand } from "./support/base.ts";
import { chargesLine, invoicesText } from "./support/charges.ts";
import { put } from "./support/print.ts";

/** `mlc charges` */
export default class Charges extends BaseCommand {
  static override summary = "show what the shipper charged in a month, invoice by invoice, and whether it adds up";
  static override description =
    "Nothing is written anywhere. Whether charges also go to the ERP is set by charges.mode of the pair; `mlc sync charges` does it.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --month 2026-10",
    "<%= config.bin %> <%= command.id %> --month 2026-10 --csv > charges.csv",
    "<%= config.bin %> <%= command.id %> --month 2026-10 --json",
  ];
  static override flags = {
    month: Flags.string({ description: "the month, like 2026-10; default: this one", helpValue: "<month>" }),
    csv: Flags.boolean({ description: "print every charge as CSV instead of the invoices", exclusive: ["json"] }),
    pair: Flags.string({ description: "the pair whose shipper is asked", helpValue: "<pair>" }),
  };
  static override enableJsonFlag = true;

  async run(): Promise<ChargesReport> {
    const { flags } = await this.parse(Charges);
    const mlc = await this.openMlc(flags);
    const month = flags.month ?? mlc.clock.now().toISOString().slice(0, 7);
    if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month))
      throw new UsageError(`--month ${month} is not a month`, { hint: "Write it like 2026-10." });
    const report = await mlc.reports.charges(month, flags.pair);
    const { columnsOf } = await import("./support/table.ts");
    if (flags.csv) await put(chargesCsv(report.rows));
    else if (!this.jsonEnabled() && report.invoices.length > 0)
      this.log(await invoicesText(report, columnsOf(process.stdout)));
    this.say(chargesLine(report));
    if (report.invoices.some(({ isReconciled }) => !isReconciled)) process.exitCode = 3;
    return report;
  }
}
