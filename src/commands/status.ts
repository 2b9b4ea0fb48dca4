import type { FlowStatus, StatusReport } from "../core/report.ts";
import { BaseCommand } from "./support/base.ts";
import { plain, spanText } from "./support/print.ts";
import { eventsText, restoredText, signInText, waitingText, webhooksText } from "./support/report-text.ts";
import { columnsOf, tableOf } from "./support/table.ts";
import { errorColumns, hanging } from "./support/wrap.ts";

/** `mlc status` */
export default class Status extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>", "<%= config.bin %> <%= command.id %> --json"];
  static override description =
    "A person is needed for records set aside, for writes whose outcome nobody knows, for a flow that stopped and for one that had no good run in three times its cadence (flows.<flow>.every).";
  static override summary = "show how each flow stands; exit 3 when a person is needed";
  static override enableJsonFlag = true;

  async run(): Promise<StatusReport> {
    const { flags } = await this.parse(Status);
    const mlc = await this.openMlc(flags);
    const report = await mlc.status();
    if (report.attention.length > 0) process.exitCode = 3;
    if (this.jsonEnabled()) return report;
    const head = ["flow", "last good", "every", "open", "wait", "aside", "unknown", "drift"];
    this.log(tableOf(report.flows.map(rowOf), { head, columns: columnsOf(process.stdout) }));
    for (const { name, remaining, limit } of report.budgets) this.log(`${name}: ${remaining} of ${limit} calls left`);
    for (const { pair, flow, restoredAt } of report.flows)
      if (restoredAt !== null) this.log(plain(restoredText(pair, flow, restoredAt)));
    const waiting = waitingText(report.waitingRecords, columnsOf(process.stdout));
    if (waiting !== "") this.log(waiting);
    const lines = [
      ...report.webhooks.map(webhooksText),
      ...report.events.map(eventsText),
      ...report.signIns.map(signInText),
    ];
    for (const line of lines) this.log(hanging("", line, errorColumns(process.stdout)));
    for (const line of report.warnings) this.log(hanging("Warning: ", line, errorColumns(process.stdout)));
    this.log(report.attention.length > 0 ? "A person is needed:" : "Nobody is needed.");
    for (const line of report.attention) this.log(hanging("! ", line, errorColumns(process.stdout)));
    return report;
  }
}

function rowOf(status: FlowStatus): string[] {
  const { pair, flow, lastSuccessAt, ageMs, enabled, everyMs, backlog } = status;
  const { waiting, deadLetters, unknown, drift } = status;
  const last = lastSuccessAt === null ? "never" : `${spanText(ageMs ?? 0)} ago`;
  const every = enabled ? spanText(everyMs) : "off";
  const counts = [backlog, waiting, deadLetters, unknown, drift].map(String);
  return [`${pair} ${flow}`, last, every, ...counts];
}
